"""`cc edit`: change a profile of the user's, in an editor or key by key."""

import os
import shlex
import sys
from pathlib import Path
from typing import Annotated

import typer

from cc_launcher.actions import consent as consents
from cc_launcher.actions.secret_places import all_of
from cc_launcher.cli import render
from cc_launcher.core.errors import IN_THE_WAY, INVALID, NO_SUCH, USAGE, CcError
from cc_launcher.core.profile import toml_edit
from cc_launcher.core.profile.mcp_servers import slots_of
from cc_launcher.core.profile.resolve import Resolved
from cc_launcher.core.text import printable
from cc_launcher.files import atomic, follows, guard, hosts, places, profiles, user_profiles
from cc_launcher.launch import foreground, report

_EDITORS = ("VISUAL", "EDITOR")


def command(
    name: Annotated[str, typer.Argument(help="a profile of yours", show_default=False)],
    assignments: Annotated[
        list[str] | None,
        typer.Argument(metavar="[KEY=VALUE]…", help="such as tiers.haiku=glm-5.3-flash", show_default=False),
    ] = None,
    *,
    take_out: Annotated[
        list[str] | None, typer.Option("--unset", metavar="KEY", help="take a key out of the file", show_default=False)
    ] = None,
    confirm_host: Annotated[
        bool,
        typer.Option("--confirm-host", help="let the stored secret, or your login, go to the host that base_url names"),
    ] = False,
    withdraw: Annotated[
        str,
        typer.Option(
            "--withdraw",
            metavar="HOST",
            help="take back that sessions may go to HOST, or from there",
            show_default=False,
        ),
    ] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="print the changed file, and write nothing")] = False,
) -> None:
    """Change a profile. Alone, it opens $VISUAL or $EDITOR; with KEY=VALUE, it changes these keys and nothing else.

    The old file stays until the new one is valid. Comments, order and formatting are kept.

    cc edit work
    cc edit work tiers.haiku=glm-5.3-flash 'models."z-ai/glm-5.3".context=200000'
    cc edit zai --withdraw api.deepseek.com
    """
    changes = bool(assignments or take_out)
    if withdraw:
        _withdraw(name, withdraw, alone=not (changes or confirm_host), dry_run=dry_run)
        return
    _validate(changes=changes, confirm_host=confirm_host, dry_run=dry_run)
    if confirm_host and not changes:
        resolved = profiles.load(name)
        if dry_run:
            what = "your claude.ai login" if resolved.profile.auth == "login" else "its secret"
            render.talk(f"{name}: {what} would go to {hosts.host_of(resolved)}")
        else:
            _confirm_host(resolved)
        return
    before = user_profiles.read(name)
    after = toml_edit.changed(before, assignments or [], take_out or []) if changes else _in_editor(name, before)
    resolved = user_profiles.check(name, after, f"{name}.toml")
    if dry_run:
        sys.stdout.write(after)
        return
    if after == before:
        render.talk(f"{name}: nothing was changed")
        return
    user_profiles.replace(name, after)
    render.talk(f"{name}: changed ({guard.shown(places.user_path(name))})")
    source = follows.of_profile(name)
    if source is not None:
        render.talk(f"{name}: follows {source.shown}: what you have changed stays when that changes")
    if any(word.startswith("search=") for word in assignments or []):
        _say_where_its_key_is(resolved)
    if confirm_host:
        _confirm_host(resolved)
    elif held := _held(resolved):
        report.say(held)


def _validate(*, changes: bool, confirm_host: bool, dry_run: bool) -> None:
    """Refuse what does not go together."""
    if dry_run and not changes and not confirm_host:
        raise CcError("--dry-run needs KEY=VALUE", "cc edit NAME opens an editor", code=USAGE)


def _withdraw(name: str, word: str, *, alone: bool, dry_run: bool) -> None:
    """Take back what was said of this profile's host and another one. A catalog's profile has such consents, too."""
    if not alone:
        raise CcError("--withdraw stands alone", f"cc edit {name} --withdraw {printable(word)[:80]}", code=USAGE)
    resolved = profiles.load(name)
    hosts = consents.hosts(profiles.load(word)) if word in places.known() else [word.lower()]
    found = consents.of(resolved) if dry_run else consents.taken_back(resolved, hosts)
    found = [one for one in found if not {one.sender, one.receiver}.isdisjoint(hosts)]
    if not found:
        shown = printable(", ".join(hosts))[:80]
        raise CcError(f"{name}: nothing was said of {shown}", f"cc show {name} lists what was", code=NO_SUCH)
    for one in found:
        may = "would be asked again" if dry_run else "is asked again from now on"
        render.talk(f"{name}: {one.sender} to {one.receiver} {may}")


def _in_editor(name: str, before: str) -> str:
    """The text after somebody has edited a copy of it, and edited it again until it was valid or given up."""
    editor = next((os.environ[variable] for variable in _EDITORS if os.environ.get(variable, "").strip()), "vi")
    try:
        argv = shlex.split(editor)
    except ValueError:
        raise CcError(f"{printable(editor)}: a quote is not closed", "fix EDITOR, or VISUAL", code=USAGE) from None
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise CcError("cc edit: an editor needs a terminal", f"cc edit {name} KEY=VALUE needs none", code=USAGE)
    copy = _free(Path(places.cache()) / "edit", name)
    atomic.directory(copy.parent)
    atomic.write(copy, before.encode())
    while True:
        status = foreground.run([*argv, str(copy)])
        if status != 0:
            raise CcError(f"{editor} ended with {status}", f"nothing was changed; your text is in {guard.shown(copy)}")
        try:
            text = guard.read_text(copy) or ""
            user_profiles.check(name, text, guard.shown(copy))
        except CcError as error:
            report.say(error)
            if typer.confirm("Edit it again? (n keeps the old file)", default=True, err=True):
                continue
            raise CcError(
                f"{name}: nothing was changed", f"your text is in {guard.shown(copy)}", code=INVALID
            ) from None
        if user_profiles.read(name) != before:
            raise CcError(
                f"{name}: the file was changed in the meantime; nothing was written",
                f"your text is in {guard.shown(copy)}",
                code=IN_THE_WAY,
            )
        copy.unlink(missing_ok=True)
        return text


def _free(directory: Path, name: str) -> Path:
    """A file for the copy: one that an earlier attempt has left is somebody's work."""
    names = (directory / f"{name}{f'-{number}' if number else ''}.toml" for number in range(1000))
    return next(path for path in names if not path.exists())


def _held(resolved: Resolved) -> CcError | None:
    """Why a secret of this profile is not handed out."""
    try:
        hosts.refuse_unconfirmed_login(resolved)
        for _, reference in all_of(resolved):
            hosts.refuse_stranger(resolved, reference)
    except CcError as error:
        return error
    return None


def _say_where_its_key_is(resolved: Resolved) -> None:
    """The search server that is chosen may want a key of its own, and a session cannot ask for it."""
    name, search = resolved.name, resolved.profile.search
    for slot in slots_of(resolved.profile.mcp_servers):
        if slot.server == search:
            command = f"cc secret set {name} --mcp {slot.label}"
            render.talk(f"{name}: {search} reads its key from {slot.reference}; if it is not there: {command}")


def _confirm_host(resolved: Resolved) -> None:
    references = all_of(resolved, frozenset())
    for _, reference in references:
        hosts.confirm(resolved, reference)
    if resolved.profile.auth == "login" and resolved.profile.base_url is not None:
        hosts.confirm_login(resolved)
        render.talk(f"{resolved.name}: your claude.ai login goes to {hosts.host_of(resolved)}, with each request")
        return
    if not references:
        render.talk(f"{resolved.name} needs no secret")
        return
    for host in dict.fromkeys(hosts.host_of(resolved, reference) for _, reference in references):
        render.talk(f"{resolved.name}: its secret goes to {host}")
