"""What the commands about wrappers have in common: from what is wanted to the text of the script."""

import dataclasses
import os
import shlex
from collections.abc import Iterator
from pathlib import Path

from cc_launcher.actions import gateway_session, making, takes_images
from cc_launcher.actions.making import Setting
from cc_launcher.claude import installed_version as clients
from cc_launcher.claude import this_machine
from cc_launcher.core.errors import IN_THE_WAY, INVALID, USAGE, CcError
from cc_launcher.core.plan import HEADER, TOKEN, Plan, client_options, without
from cc_launcher.core.plan.client import KEEPS_FROM_MCP
from cc_launcher.core.plan.machine import Machine
from cc_launcher.core.plan.make_plan import Options
from cc_launcher.core.profile import clouds
from cc_launcher.core.profile.resolve import Resolved
from cc_launcher.core.text import has_control, names
from cc_launcher.core.wrapper.mark import Wrapper
from cc_launcher.core.wrapper.script import SEALED, render
from cc_launcher.core.wrapper.way import PROGRAMS, Surroundings, Way
from cc_launcher.files import guard, profiles, wrappers
from cc_launcher.launch import helper, paths, process

_RESERVED = ("claude", "cc", "cc-launcher")
_TRIAL = 2.0  # seconds for `timeout` to show what it can


def text_of(wrapper: Wrapper) -> str:
    """The script that this wrapper is today."""
    return written(wrapper)[0]


def written(wrapper: Wrapper) -> tuple[str, list[str]]:
    """The script that this wrapper is today, and what it does, in words."""
    ways = ways_of(wrapper)
    return render(wrapper, ways, surroundings()), list(_in_words(wrapper, ways))


def _in_words(wrapper: Wrapper, ways: list[Way]) -> Iterator[str]:
    """What it starts, and with which of its flags something else."""
    for way in ways:
        model = f", model {way.plan.model}" if way.plan.model else ""
        flag = f" --{way.flag}" if way.flag else ""
        yield f"{wrapper.name}{flag} starts Claude Code on {way.plan.profile}{model}"
    if len(ways) == 1:
        yield f"a flag for another profile or model: cc install-wrapper {wrapper.profile} --mode FLAG=PROFILE[:MODEL]"
    yield from dict.fromkeys(way.less for way in ways if way.less)
    if wrapper.sealed:
        yield SEALED


def ways_of(wrapper: Wrapper) -> list[Way]:
    """What the wrapper does by itself, and with each of its modes."""
    base = profiles.load(wrapper.profile)
    modes = {name: (mode.extends or wrapper.profile, mode.model or "") for name, mode in base.profile.modes.items()}
    for name, what in wrapper.modes.items():
        profile, _, model = what.partition(":")
        modes[name] = (profile, model)
    for name in modes:
        _check_flag(name)
    found = [_way("", base, wrapper.model, sealed=wrapper.sealed, anyway=wrapper.anyway)]
    for flag, (profile, model) in sorted(modes.items()):
        found.append(_way(flag, profiles.load(profile), model, sealed=False, anyway=wrapper.anyway))
    return found


def alone(profile: str, model: str, *, sealed: bool, anyway: bool) -> Way:
    """What a script without modes does."""
    return _way("", profiles.load(profile), model, sealed=sealed, anyway=anyway)


def _way(flag: str, loaded: Resolved, model: str, *, sealed: bool, anyway: bool) -> Way:
    setting = Setting(this_machine.client()[0], this_machine.NOWHERE, changed=_as_a_script_sees_it)
    by_gateway = loaded.profile.by_gateway
    if by_gateway:
        loaded = gateway_session.seen(loaded, model or None, sealed=sealed, screen=None)
    made = making.made(loaded, model or None, Options(sealed=sealed), setting)
    unfit = None if anyway else making.unfit_for(made.meant)
    if unfit is not None:
        raise unfit
    resolved, described, meant = made.resolved, made.machine, made.meant
    profile, variables = resolved.profile, _variables(resolved)
    plan = made.plan()
    held = making.held_back(resolved, plan.slots)
    if held is not None:
        raise held
    if not by_gateway:
        making.bind(resolved, plan.slots)
    options = [*(["--sealed"] if sealed else []), *(["--anyway"] if anyway else [])]
    words = [resolved.name, *([model] if model else []), *options]
    kept = tuple(name for name in variables if name in {*profile.keep, *plan.set, *(slot.name for slot in plan.slots)})
    files = dict.fromkeys([*this_machine.watched_anywhere(resolved), *meant.sources])
    watched, absent = ([path for path in files if os.path.exists(path) == there] for there in (True, False))
    return Way(
        plan,
        tuple(words),
        flag,
        variables,
        kept,
        tuple(watched),
        tuple(absent),
        bool(profile.fallback),
        profile.budget is not None,
        os.path.realpath(plan.target),
        clients.package_of(plan.target),
        served=by_gateway,
        less=_less(resolved, plan),
        exposed=any(slot.delivery in {TOKEN, HEADER} for slot in plan.slots) and not described.can(KEEPS_FROM_MCP),
    )


def _less(resolved: Resolved, plan: Plan) -> str:
    """What is said of what the provider does not serve."""
    return without.note(without.of(resolved, plan.model, takes_images=takes_images.known(resolved, plan.model)))


def _variables(resolved: Resolved) -> tuple[str, ...]:
    """The variables in which a key may be when the script runs, and that come before the place where it is kept."""
    profile = resolved.profile
    if profile.auth == "cloud":
        return profile.key_env
    with_secret = profile.secret is None and profile.auth in {"bearer", "api-key"}
    return clouds.key_variables(profile) if with_secret else ()


def _as_a_script_sees_it(found: Machine, resolved: Resolved) -> Machine:
    """Of variables it looks itself, and of what another script starts it cannot ask: that counts as the oldest."""
    variables = _variables(resolved)
    present = frozenset(name for name in found.present if name not in variables and not name.endswith("@"))
    return dataclasses.replace(found, present=present, version=None if found.shim else found.version)


def surroundings() -> Surroundings:
    """This machine, for a script."""
    found = {name: _program(name) for name in (*PROGRAMS, "timeout", "gtimeout")}
    missing = [name for name in PROGRAMS if not found[name]]
    if missing:
        raise CcError(f"a wrapper needs {', '.join(missing)}, which is not on PATH", "cc run needs none of it")
    home = paths.home()
    if has_control(home):
        raise CcError("the path of your home directory contains control characters", "cc run works there", code=USAGE)
    limit = found["timeout"] or found["gtimeout"]
    kill = ("-k", "1") if limit and _knows(limit, "-k", "1") else ()  # what does not end when it is asked to
    return Surroundings(
        own=this_machine.OWN_COMMAND,
        programs={name: found[name] for name in PROGRAMS},
        home=home,
        client_config=os.environ.get("CLAUDE_CONFIG_DIR", ""),
        timeout=(limit, *kill) if limit else (),
        timeout_asking=(limit, "--foreground", *kill) if limit and _knows(limit, "--foreground") else (),
        user=os.geteuid() if os.name != "nt" else 0,
    )


def parse_modes(given: list[str]) -> dict[str, str]:
    """`--mode FLAG=PROFILE[:MODEL]`, each."""
    found = {}
    for text in given:
        flag, equals, what = text.partition("=")
        flag = flag.removeprefix("--")
        if not equals or not flag or not what:
            raise CcError(
                f"--mode takes FLAG=PROFILE[:MODEL], not {text}",
                "such as --mode local=ollama:glm-4.7-flash",
                code=USAGE,
            )
        _check_flag(flag)
        _profile, _, model = what.partition(":")
        if model and not names.is_model(model):
            raise CcError(
                f"--mode {flag}: {model} cannot be a model id", "such as --mode local=ollama:glm-4.7-flash", code=USAGE
            )
        found[flag] = what
    return found


def check_name(name: str, path: Path, *, force: bool) -> None:
    """Refuse what no wrapper can be called, and what another program is called."""
    if not names.is_profile(name):
        raise CcError(f"a wrapper cannot be called {name}", "small letters, digits, '.', '_' and '-'", code=USAGE)
    if os.path.lexists(path) and paths.same(str(path), this_machine.client()[0]):
        raise CcError(f"{guard.shown(path)} is the client itself", "choose another --name, or --dir", code=IN_THE_WAY)
    if force:
        return
    others = [other for other in _programs(name) if not _is_ours(other, path)]
    if others or name in _RESERVED:
        where = f": {guard.shown(Path(others[0]))}" if others else ""
        raise CcError(f"{name} is already another command{where}", "choose another --name, or --force", code=IN_THE_WAY)


def _is_ours(other: str, path: Path) -> bool:
    """Whether a program on PATH is the wrapper itself, or another one of ours."""
    return paths.same(os.path.dirname(other), str(path.parent)) or process.leads_back(other)


def _check_flag(flag: str) -> None:
    if not names.is_profile(flag) or flag == "cc-help":
        raise CcError(f"a mode cannot be called {flag}", "small letters, digits and '-', a letter first", code=INVALID)
    if flag in client_options.NAMES:
        raise CcError(f"mode {flag}: --{flag} is an option of claude", "give the mode another name", code=INVALID)


def _program(name: str) -> str:
    return next(iter(_programs(name)), "")


def _programs(name: str) -> list[str]:
    """Those on PATH, but for relative entries, which lead to others in each directory."""
    return list(filter(os.path.isabs, process.find(name, os.environ.get("PATH", os.defpath))))


def _knows(limit: str, *options: str) -> bool:
    try:
        helper.read((limit, *options, "1", "true"), "timeout", _TRIAL, helper.Manner(listen=True))
    except CcError:
        return False
    return True


def target_of(found: wrappers.Found) -> str:
    """The client that a script starts."""
    line = next((line.strip() for line in found.text.splitlines() if line.strip().startswith("_cc_target=")), "")
    return next(iter(shlex.split(line.partition("=")[2])), "") if line else ""


def removed(path: Path, *, force: bool) -> list[str]:
    """Remove one. What became of what."""
    backup, aside = wrappers.uninstall(path, force=force)
    said = [f"{path.name}: removed ({guard.shown(path)})"]
    if aside is not None:
        said.append(f"the edited script is now {guard.shown(aside)}")
    if backup is not None:
        said.append(f"what was there before is back ({guard.shown(backup)})")
    return said
