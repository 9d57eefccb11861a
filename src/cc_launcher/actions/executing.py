"""What `cc exec` does: a program with the environment of a profile, and a `claude` of ours first on its PATH."""

import contextlib
import dataclasses
import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from cc_launcher.actions import planning, wrapping
from cc_launcher.actions.planning import Planned
from cc_launcher.actions.screen import Screen
from cc_launcher.claude import handed_client
from cc_launcher.core import plan as plans
from cc_launcher.core.errors import NOT_EXECUTABLE, NOT_FOUND, CcError
from cc_launcher.core.plan import BY_ITSELF, HELPER, Plan, for_programs
from cc_launcher.core.plan.pins import repriced
from cc_launcher.core.plan.session_mark import VARIABLE
from cc_launcher.core.text import ours, printable
from cc_launcher.core.wrapper import shim
from cc_launcher.core.wrapper.mark import Wrapper
from cc_launcher.core.wrapper.script import render
from cc_launcher.files import gateway_keys, places, shims
from cc_launcher.launch import paths, process, secret_reader, start
from cc_launcher.launch.request import Request

_CONFIG = "CLAUDE_CONFIG_DIR"


@dataclass(frozen=True)
class Prepared:
    """All that a program is started with, but the secrets."""

    planned: Planned
    plan: Plan  # of the program's environment
    command: list[str]
    for_ours: list[str] | None  # what our `claude` is given, where that is the program
    shim: Path  # the directory with our `claude`
    path: str  # the program's PATH
    replaced: list[str]  # what is on PATH no longer: another `claude` of ours
    keyless: bool
    said: list[str]  # what stays open
    begun: int  # when the look at the machine began


def prepared(request: Request, command: list[str], *, for_real: bool, screen: Screen) -> Prepared:
    """Plan it. What a surrounding session has left is out of our own environment from now on."""
    begun = time.time_ns()
    for_ours = _for_ours(command)
    left = _leave()
    planned = planning.plan(request, for_real=for_real, ask=True, screen=screen)
    directory = shims.place(_key(request, planned))
    keyless = for_programs.is_keyless(planned.plan, is_client=for_ours is not None)
    known = repriced(planned.plan, [], replaced=True)  # variables hand over no prices
    plan = for_programs.of(known, keyless=keyless, claude=str(directory / shim.NAME), left=left)
    entries = os.environ.get("PATH", os.defpath).split(os.pathsep)
    replaced = [entry for entry in entries if entry == str(directory) or shims.is_one(entry)]
    path = os.pathsep.join([str(directory), *(entry for entry in entries if entry not in replaced)])
    profile = planned.resolved.profile
    said = (
        [] if for_ours is not None else for_programs.said(plan, planned.machine, profile, command[0], keyless=keyless)
    )
    return Prepared(planned, plan, command, for_ours, directory, path, replaced, keyless, list(said), begun)


def become(found: Prepared, request: Request) -> int:
    """Write our `claude`, fetch the secrets, and become the program."""
    planned = found.planned
    script = shims.put(found.shim, _script(request, planned), found.begun)
    os.environ["PATH"] = found.path
    if found.for_ours is not None:
        program, words = str(script), [shim.NAME, *found.for_ours]
    else:
        program, words = program_of(found.command[0]), found.command
    for slot in planned.plan.slots:
        if slot.delivery == HELPER:  # which the client will not say so clearly
            secret_reader.for_helper(slot, request.profile)
    secrets = [secret_reader.of(slot, request.profile) for slot in found.plan.slots]
    environment = plans.environment(found.plan, start.inherited(), secrets)
    for slot in planned.plan.slots:
        if slot.read[0] == "env" and gateway_keys.is_one(slot.reference):
            environment.pop(slot.read[1], None)  # which only we have read
    planned.bind()
    planned.note([slot.reference for slot in planned.plan.slots])
    lines = [*planned.plan.notes, *found.said]
    sys.stderr.write("".join(f"{ours(line)}\n" for line in lines))
    sys.stderr.flush()
    return process.become(program, words, environment)


def _for_ours(command: list[str]) -> list[str] | None:
    """What our `claude` is given where the command is a client; nothing where it is another program.

    That is the one on PATH, and one by its whole path: ours is handed that, as a wrapper is by an editor, and it is
    judged as any other. The `claude` of another `cc exec` is no client: this one counts.
    """
    name = command[0]
    if name == shim.NAME or (os.path.basename(name) == shim.NAME and shims.is_one(os.path.dirname(name))):
        return command[1:]
    handed = handed_client.of(command)
    if handed is None:
        return None
    handed.take(as_part=False)
    return command


def program_of(word: str) -> str:
    """The file that a command's first word means, as a shell looks for it. Relative entries of PATH do not count."""
    if "/" in word:
        return _checked(os.path.expanduser(word))
    found = process.on_path(word)
    if found:
        return found
    if why := process.only_relative(word):
        raise CcError(why, process.WHOLE_PATH, code=NOT_FOUND)
    blocked = next(iter(process.find(word, os.environ.get("PATH", os.defpath), os.F_OK)), "")
    if blocked:
        return _checked(blocked)
    raise CcError(
        f"{printable(word)}: command not found",
        "a word of the shell's own, or an alias, is for a shell: cc exec PROFILE -- sh -c '…'",
        code=NOT_FOUND,
    )


def _checked(path: str) -> str:
    if not os.path.exists(path):
        raise CcError(f"{printable(path)}: there is no such program", "check the path", code=NOT_FOUND)
    if os.path.isdir(path) or not os.access(path, os.X_OK):
        what = "is a directory" if os.path.isdir(path) else "cannot be executed"
        hint = "name a program" if os.path.isdir(path) else f"chmod +x {printable(path)}, or name its interpreter"
        raise CcError(f"{printable(path)}: {what}", hint, code=NOT_EXECUTABLE)
    return path


def _leave() -> tuple[str, ...]:
    """The variables that a surrounding session of ours has set. The configuration of an isolated one is not ours."""
    session = os.environ.get(VARIABLE, "")
    configured = os.environ.get(_CONFIG, "")
    if configured.startswith(f"{places.data()}/isolated/"):
        del os.environ[_CONFIG]
    if not session:
        return ()
    asked = Request()
    asked.profile = session
    with contextlib.suppress(CcError):
        there = planning.plan(asked, for_real=False).plan.set
        return for_programs.left_by(there, os.environ)
    return ()  # it may be gone, or its name somebody else's


def _key(request: Request, planned: Planned) -> tuple[str, ...]:
    """What makes another script, but for what changes with time."""
    flags = [flag if flag in request.flags else "" for flag in ("--sealed", "--anyway")]
    where = (places.config(), places.data(), paths.client_config(), paths.home(), sys.executable)
    override = os.environ.get(process.TARGET_OVERRIDE, "")
    return (request.profile, request.word or "", *flags, *where, override, planned.plan.target)


def _script(request: Request, planned: Planned) -> str:
    """Our `claude`: the text of a wrapper."""
    sealed, anyway = "--sealed" in request.flags, "--anyway" in request.flags
    word = request.word or ""
    way = wrapping.alone(request.profile, word, sealed=sealed, anyway=anyway)
    own = planned.plan.set.get(_CONFIG)
    begins = (shim.restored(_CONFIG, own, os.environ.get(_CONFIG)),) if own is not None else ()
    machine = dataclasses.replace(wrapping.surroundings(), again=shim.AGAIN, begins=begins)
    return render(Wrapper(shim.NAME, request.profile, word, sealed, anyway=anyway), [way], machine)


def secret_places(found: Prepared) -> list[tuple[str, str]]:
    """Each secret, and the variable that it goes into; empty where only our `claude` reads it."""
    if found.keyless:
        return [(slot.reference, "") for slot in found.planned.plan.slots if slot.delivery not in BY_ITSELF[1:]]
    return [
        (slot.reference, plans.BASE_URL if slot.delivery == plans.URL else _variable(slot.delivery, slot.name))
        for slot in found.plan.slots
        if not gateway_keys.is_one(slot.reference)
    ]


def _variable(delivery: str, name: str) -> str:
    return plans.CUSTOM_HEADERS if delivery == plans.HEADER else name
