"""`cc take-over`: go on with a session on another profile. It comes to a `cc run PROFILE --resume ID`."""

from dataclasses import dataclass, field
from typing import Annotated

import typer

from cc_launcher.actions import sessions as known
from cc_launcher.actions import take_over as action
from cc_launcher.actions.sessions import LAST, Session
from cc_launcher.cli import ask_profile, questions, render
from cc_launcher.core.errors import NO_SUCH, USAGE, CcError
from cc_launcher.core.sessions import consent
from cc_launcher.core.sessions.consent import Pair
from cc_launcher.core.text.nearest import did_you_mean
from cc_launcher.files import consents, profiles
from cc_launcher.launch.request import TABLE

_NAME = "take-over"
_ALLOW, _PRIVATE, _BACK = "--allow", "--private", "--back"
_DRY_RUN, _JSON, _WITHOUT_IMAGES = "--dry-run", "--json", "--without-images"
_FLAGS = TABLE[_NAME][4].split()
_MOST = 2  # words of ours


@dataclass
class Line:
    """What a line of `cc take-over` says."""

    words: list[str] = field(default_factory=list)
    flags: list[str] = field(default_factory=list)
    rest: list[str] = field(default_factory=list)  # the client's


def command(
    context: typer.Context,  # noqa: ARG001 - takes what Typer would refuse
    profile: Annotated[str, typer.Argument(help="a profile or provider (cc ls)", show_default=False)] = "",
    session: Annotated[
        str, typer.Argument(help="its id, the beginning of it, or last: the newest one", show_default=False)
    ] = "",
    *,
    back: Annotated[
        bool, typer.Option("--back", help="go back to the profile that it came from, with what was done since")
    ] = False,
    allow: Annotated[
        bool, typer.Option("--allow", help="start nothing: say that what A has seen may go to B (--allow A B)")
    ] = False,
    private: Annotated[bool, typer.Option("--private", help="with --allow, where A is private")] = False,
    without_images: Annotated[
        bool, typer.Option("--without-images", help="for a model that takes none: a copy, in which they are text")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="say what would happen, and start nothing")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="with --dry-run: for programs")] = False,
) -> None:
    """Go on with a session of this project on another profile. What follows PROFILE and SESSION goes to claude.

    Before it starts it says what the other provider gets: the whole history. It asks once for each pair of hosts.

    cc take-over
    cc take-over zai
    cc take-over zai 1b2c3d4e
    cc take-over zai last -p "go on"
    cc take-over --back
    cc take-over --allow claude zai
    """
    raise AssertionError(
        profile, session, back, allow, private, without_images, dry_run, as_json
    )  # only its help is used: see `execute`


def execute(args: list[str]) -> int | list[str]:
    """The line of `cc run` that it comes to, or an exit code where nothing is to be started."""
    line = _parsed(args)
    if _ALLOW in line.flags:
        return _allow(line)
    if _PRIVATE in line.flags:
        raise CcError("cc take-over: --private goes with --allow", "cc take-over --allow --private A B", code=USAGE)
    if _JSON in line.flags and _DRY_RUN not in line.flags:
        raise CcError("cc take-over: --json goes with --dry-run", f"cc take-over --dry-run {_JSON} PROFILE", code=USAGE)
    profile, session = _back(line) if _BACK in line.flags else _meant(line)
    _refuse_twice(profile, session)
    action.refuse_open(session.file, profile)
    ours = [flag for flag in line.flags if flag in {_DRY_RUN, _JSON, _WITHOUT_IMAGES}]
    return ["run", *ours, profile, "--resume", session.file.id, *line.rest]


def _parsed(args: list[str]) -> Line:
    line = Line()
    index = 0
    while index < len(args):
        word = args[index]
        if word in _FLAGS:
            line.flags.append(word)
        elif word == "--":
            index += 1
            break
        elif word.startswith("-") and not (line.words or _BACK in line.flags):
            hint = did_you_mean(word, _FLAGS) or "options of claude go after the profile: cc take-over PROFILE OPTIONS"
            raise CcError(f"cc take-over: unknown option {word.partition('=')[0]}", hint, code=USAGE)
        elif word.startswith("-") or len(line.words) == _MOST or any(letter.isspace() for letter in word):
            break
        else:
            line.words.append(word)
        index += 1
    line.rest = args[index:]
    return line


def _meant(line: Line) -> tuple[str, Session]:
    """The profile and the session, chosen from lists where the line does not name them."""
    if line.words:
        profiles.load(line.words[0])  # which says what is wrong with it, before a session is looked for
        return line.words[0], known.named(line.words[1] if len(line.words) == _MOST else LAST)
    here = known.found()
    if not here:
        raise known.none_here()
    if not questions.is_conversation():
        raise CcError("cc take-over: which profile?", "cc take-over PROFILE [SESSION]; cc ls lists them", code=USAGE)
    from cc_launcher.cli import session_rows  # the ledger comes with it

    session = session_rows.picked(session_rows.with_figures(here), "Which session? (type to search)")
    return ask_profile.picked(but=action.current_of(action.stretches(session.file))), session


def _back(line: Line) -> tuple[str, Session]:
    """The newest session of the thread, and the profile that it came from."""
    if len(line.words) == _MOST:
        raise CcError("cc take-over: --back knows the profile", "cc take-over --back [SESSION]", code=USAGE)
    session = known.in_thread(known.named(line.words[0] if line.words else LAST))[0]
    seen = action.stretches(session.file)
    origin = action.origin_of(seen)
    short = session.file.id[: action.SHORT]
    if not origin:
        on = action.current_of(seen) or "one profile"
        raise CcError(f"{short} has been on {on} alone", "cc take-over PROFILE goes on elsewhere", code=NO_SUCH)
    render.talk(f"{short}: back to {origin}")
    return origin, session


def _refuse_twice(profile: str, session: Session) -> None:
    """Nothing is taken over from a profile to itself."""
    if action.current_of(action.stretches(session.file)) == profile:
        short = session.file.id[: action.SHORT]
        hint = f"cc run {profile} --resume {session.file.id}"
        raise CcError(f"{short} is on {profile} already", hint, code=USAGE)


def _allow(line: Line) -> int:
    """Write down that what the first has seen may go to the second."""
    if len(line.words) != _MOST or line.rest or set(line.flags) - {_ALLOW, _PRIVATE}:
        raise CcError("cc take-over: --allow takes two profiles", "cc take-over --allow FROM TO", code=USAGE)
    senders, receivers = map(action.sides_named, line.words)
    there = {side.host for side, _ in receivers}
    pairs = [Pair(side, to, private) for side, private in senders if side.host not in there for to, _ in receivers]
    if not pairs:
        both = ", ".join(sorted(there))
        raise CcError(f"{' and '.join(line.words)} are both {both}", "nothing has to be allowed", code=USAGE)
    private = [pair for pair in pairs if pair.private]
    if private and _PRIVATE not in line.flags:
        hint = f"if that is right: {consent.command_for(private[0])}"
        raise CcError(f"{line.words[0]} is private", hint, code=USAGE)
    for sender, receiver in dict.fromkeys((pair.sender.host, pair.receiver.host) for pair in pairs):
        consents.record(sender, receiver)
        render.talk(
            f"what {sender} has seen may go to {receiver}; cc edit {line.words[0]} --withdraw {receiver} takes it back"
        )
    return 0
