"""`cc use`: what plain `claude`, and the editors that start it, do in one project."""

import difflib
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer

from cc_launcher.actions.in_project import fetched, helper, planned, there, with_ours
from cc_launcher.claude import in_force
from cc_launcher.cli import render, use_status
from cc_launcher.core.errors import IN_THE_WAY, USAGE, CcError
from cc_launcher.core.plan import Plan, override
from cc_launcher.core.plan.set_values import HOST_FLAG
from cc_launcher.core.profile.profile import Profile
from cc_launcher.core.stores import references
from cc_launcher.core.text import json_edit
from cc_launcher.core.text.masked import masked
from cc_launcher.files import excludes, git, guard, hosts, overrides
from cc_launcher.files.overrides import Change
from cc_launcher.launch import paths, secret_reader, start

_LOCAL, _SHARED, _EDITOR = ".claude/settings.local.json", ".claude/settings.json", ".vscode/settings.json"


def command(
    profile: Annotated[str, typer.Argument(help="a profile or provider: cc list-profiles", show_default=False)] = "",
    *,
    model: Annotated[
        str, typer.Option("--model", "-m", help="the model that a session starts on", show_default=False)
    ] = "",
    off: Annotated[bool, typer.Option("--off", help="put back what was there before")] = False,
    shared: Annotated[
        bool, typer.Option("--shared", help="what a team may commit, into .claude/settings.json: models and windows")
    ] = False,
    vscode: Annotated[
        bool, typer.Option("--vscode", help="print the variables for the editor's extension, without a secret")
    ] = False,
    write: Annotated[bool, typer.Option("--write", help="with --vscode: into .vscode/settings.json")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="show what would change, and change nothing")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="without a profile: for programs")] = False,
) -> None:
    """Make plain `claude` use a profile in this project; alone: say what is in force here, and why.

    The settings go into .claude/settings.local.json, without the secret: a command in there fetches it. In a repository
    that does not ignore this file, it offers to add the line to .git/info/exclude.

    cc use zai
    cc use zai --model glm-5.3-flash
    cc use
    cc use --off

    What stood in the file stays as it is, byte for byte; values of yours that ours replace are kept in the data
    directory, for you alone to read, and --off puts them back. A file that was changed since loses only what is ours;
    with --shared or --vscode, only that file does.

    Refused: a file that git would commit (73), one that the client itself would not read (78), a profile with a secret
    in a header or in a variable, an isolated one, one with `auth = "login"` (2), a secret that is not there (77).
    """
    _validate(Asked(profile, model, off, shared, vscode, write, dry_run, as_json))
    directory = _project()
    if off:
        chosen = [name for name, on in ((_SHARED, shared), (_EDITOR, vscode)) if on]
        _off(directory, chosen or [_LOCAL, _SHARED, _EDITOR], dry_run=dry_run)
    elif not profile:
        use_status.show(directory, [directory / name for name in (_LOCAL, _SHARED, _EDITOR)], as_json=as_json)
    elif shared:
        _share(directory, profile, model, dry_run=dry_run)
    elif vscode:
        _for_editor(directory, profile, model, write=write, dry_run=dry_run)
    else:
        _use(directory, profile, model, dry_run=dry_run)


class Asked(NamedTuple):
    """What the command line says."""

    profile: str
    model: str
    off: bool
    shared: bool
    vscode: bool
    write: bool
    dry_run: bool
    as_json: bool


def _validate(asked: Asked) -> None:
    """Refuse what does not go together."""
    alone = not asked.profile and not asked.off
    refusals = (
        (asked.off and (asked.profile or asked.model or asked.write), "--off needs no profile", "cc use --off"),
        (
            alone and (asked.model or asked.shared or asked.vscode or asked.write or asked.dry_run),
            "which profile?",
            "cc list-profiles",
        ),
        (asked.profile and asked.as_json, "--json works only without a profile", "cc help use"),
        (asked.shared and asked.vscode and asked.profile, "--shared and --vscode cannot be combined", "cc help use"),
        (asked.write and not asked.vscode and asked.profile, "--write needs --vscode", "cc help use"),
    )
    for wrong, what, hint in refusals:
        if wrong:
            raise CcError(f"cc use: {what}", hint, code=USAGE)


def _project() -> Path:
    try:
        directory = Path.cwd()
    except OSError:
        raise CcError("this directory is gone", "cd to another directory", code=USAGE) from None
    if paths.same(str(directory), paths.home()):
        raise CcError("this is your home directory, not a project", "cd to a project first", code=USAGE)
    return directory


def _use(directory: Path, name: str, model: str, *, dry_run: bool) -> None:
    file = directory / _LOCAL
    base = overrides.without_ours(file)
    resolved, plan = planned(name, model, file, base)
    missing = _not_ignored(file, dry_run=dry_run)
    for slot in fetched(plan):
        secret_reader.value(slot.read, name, slot.hint, alone=True)  # as the helper will: with nobody to ask
    settings = override.settings_of(plan, helper(resolved, plan), start.inherited())

    def ours(base: Change) -> Change:
        # A mode that somebody has chosen since the plan was made stays.
        chosen = there(base, ("permissions", "defaultMode")) is not None
        wanted = {key: value for key, value in settings.items() if key != "permissions" or not chosen}
        return with_ours(base, wanted, resolved.name, plan.model)

    change = ours(base)
    if dry_run:
        _show(change)
        return
    for slot in fetched(plan):
        hosts.confirm(resolved, references.parse(slot.reference))
    change = _written(file, missing, ours)
    _say_done(change, f"plain claude uses {resolved.name}{f' ({plan.model})' if plan.model else ''} in this directory")
    for setting in in_force.look(str(directory)).settings:
        if setting.file and setting.file != str(file):
            render.talk(f"but {setting.name} is decided by {guard.shown(Path(setting.file))}:{setting.line}")
    top = git.top(directory)
    if top is not None and top != directory:
        render.talk(f"only if it is started in this directory; for the whole repository: cd {guard.shown(top)}")
    _say_what_is_for_launches(resolved.profile)
    if os.environ.get(HOST_FLAG):
        render.talk(f"{HOST_FLAG} is set in this shell, and makes claude ignore these settings: unset it")
    _say_frozen(resolved.name, plan)
    render.talk("back to what was there before: cc use --off")


def _not_ignored(file: Path, *, dry_run: bool) -> git.Exclude | None:
    """The line that keeps the file out of commits, where one is missing and somebody wants it."""
    missing = git.unignored(file)
    if missing is None:
        return None
    error = git.not_ignored(file, missing)
    if dry_run:
        render.talk(f"{error.what}: first, {missing.line} would have to stand in {guard.shown(missing.file)}")
    elif not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise error
    else:
        render.talk(error.what)
        if not typer.confirm(f"Add {missing.line} to {guard.shown(missing.file)}?", default=True, err=True):
            raise error
    return missing


def _written(file: Path, missing: git.Exclude | None, ours: Callable[[Change], Change]) -> Change:
    """Write it; the line that keeps it out of commits comes first, and stays only if the rest is done."""
    if missing is None:
        return overrides.carry_out(file, ours)
    excludes.add(file, missing)
    try:
        return overrides.carry_out(file, ours)
    except BaseException:
        excludes.take_out(file)
        raise


def _say_frozen(name: str, plan: Plan) -> None:
    """The way to the network stands in the file as it is now, so that no file of the project brings another one."""
    frozen = override.frozen(plan, start.inherited())
    what = ", ".join(frozen) or "no proxy"
    render.talk(f"it keeps your proxy as it is now ({what}): if you change it, run cc use {name} again")
    for note in plan.notes:
        render.talk(note)


def _say_what_is_for_launches(profile: Profile) -> None:
    if profile.args:
        render.talk(f"the profile's args are for launches alone: {' '.join(profile.args)}")
    if profile.mcp or profile.mcp_servers:
        render.talk("the profile's MCP servers are for launches alone")
    if profile.telemetry is not None:
        render.talk("the profile's telemetry is for launches alone: the client takes none from a project's file")
    if profile.fallback:
        both = " and in_session are" if profile.in_session else " is"
        render.talk(f"the profile's fallback{both} for launches alone: {', '.join(profile.fallback)}")


def _share(directory: Path, name: str, model: str, *, dry_run: bool) -> None:
    file = directory / _SHARED
    base = overrides.without_ours(file)
    resolved, plan = planned(name, model, directory / _LOCAL, overrides.without_ours(directory / _LOCAL))
    settings = override.shared_of(plan, resolved.profile)
    if not settings:
        raise CcError(
            f"{name}: it names no models, so there is nothing to share", "cc use without --shared", code=USAGE
        )

    def ours(base: Change) -> Change:
        return with_ours(base, settings, resolved.name, plan.model)

    if dry_run:
        _show(ours(base))
        return
    change = overrides.carry_out(file, ours)
    _say_done(change, f"{guard.shown(file)} has the models of {resolved.name}, for a team to commit")
    render.talk(
        "everyone who clones this asks for these models, and Anthropic does not have them: "
        f"each person has to run `cc use {resolved.name}` with their own key"
    )


def _for_editor(directory: Path, name: str, model: str, *, write: bool, dry_run: bool) -> None:
    file = directory / _EDITOR
    base = overrides.without_ours(file, comments=True)
    local = directory / _LOCAL
    resolved, plan = planned(name, model, local, overrides.without_ours(local))

    def variables(base: Change) -> list[Any]:
        given = there(base, (override.EDITOR_KEY,), [], comments=True)
        if not isinstance(given, list):
            raise CcError(f"{guard.shown(file)}: {override.EDITOR_KEY} is not a list", "fix it first", code=IN_THE_WAY)
        return override.for_editor(plan, given)

    def ours(base: Change) -> Change:
        return with_ours(base, {override.EDITOR_KEY: variables(base)}, resolved.name, plan.model, comments=True)

    variables(base)  # what is wrong with the file is said, also where it is not written
    if not write:
        shown = json_edit.put("", (override.EDITOR_KEY,), override.for_editor(plan, []))
        render.script(shown)
    else:
        if dry_run:
            _show(ours(base))
            return
        change = overrides.carry_out(file, ours, comments=True)
        _say_done(change, f"{guard.shown(file)} has the variables for the editor's extension")
    if fetched(plan):
        render.talk(f"the secret is not among them: cc use {name} gives claude the command that fetches it")


def _off(directory: Path, names: list[str], *, dry_run: bool) -> None:
    done = False
    for name in names:
        file = directory / name
        if overrides.recorded(file) is None:
            continue
        done = True
        if dry_run:
            _show(overrides.without_ours(file, comments=name == _EDITOR))
            continue
        change = overrides.carry_out(file, comments=name == _EDITOR)
        if change.new is None:
            render.talk(
                f"{guard.shown(file)} is removed"
                if change.old is not None
                else f"{guard.shown(file)} was not there any more"
            )
        elif change.edited:
            render.talk(f"{guard.shown(file)} was changed since: only what is ours was taken out")
        else:
            render.talk(f"{guard.shown(file)} is as it was before")
        _say_left(change)
        for exclude in excludes.take_out(file):
            render.talk(f"{guard.shown(exclude)}: the line for it is taken out, too")
    if not done:
        render.talk("nothing here is from cc use")


def _say_done(change: Change, what: str) -> None:
    render.talk(what if change.new != change.old else f"{what}: it already did")
    _say_left(change)


def _say_left(change: Change) -> None:
    if change.left:
        names = ", ".join(str(entry.path[-1]) for entry in change.left)
        render.talk(f"{guard.shown(change.file)}: changed since, and left as it is: {names}")


def _show(change: Change) -> None:
    """What would change, with nothing of what may be a secret."""
    old, new = (masked(text, comments=change.file.parent.name == ".vscode") for text in change.texts)
    name = guard.shown(change.file)
    after = name if change.new is not None else "(removed)"
    lines = difflib.unified_diff(old.splitlines(), new.splitlines(), name, after, n=0, lineterm="")
    shown = list(lines)
    for line in shown:
        render.out(line)
    if not shown:
        render.talk(f"{name}: nothing would change")
