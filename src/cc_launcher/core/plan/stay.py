"""A launch beside which we wait: what is pinned for it, and the client's arguments when a session goes on elsewhere."""

import json
from typing import NamedTuple

from cc_launcher.core.errors import USAGE, CcError
from cc_launcher.core.plan import Plan, before_dashes
from cc_launcher.core.plan.client_options import MANY, MAYBE_ONE, ONE
from cc_launcher.core.plan.hooks import Hooks, joined
from cc_launcher.core.text.quote import sh

MARK, PROMPT = "failed", "prompt"  # the two files of a launch
RETRIES = "CLAUDE_CODE_MAX_RETRIES"
FEW = "2"  # measured: 3 requests in 2 seconds; its own are 11 in 190
# The client's own words for it. Measured on 2.1.258 to 2.1.332: the prompt of the turn that failed stands in the
# history, and is sent again with it; given again, it would be there twice.
GO_ON = "Continue from where you left off."
_JSON, _STREAM = "json", "stream-json"


class Printing(NamedTuple):
    """How a session that answers once gives its answer."""

    asked: str  # text, json or stream-json

    @property
    def is_held(self) -> bool:
        """Whether the answer is kept back until it is known to be the last one."""
        return self.asked != _STREAM


def marking(plan: Plan, place: str) -> Plan:
    """The plan with hooks that leave a mark in this directory when a turn fails, and keep the last prompt there."""
    hooks: Hooks = {"StopFailure": [_keeping(place, MARK)], "UserPromptSubmit": [_keeping(place, PROMPT)]}
    settings = json.loads(plan.pins)
    settings["hooks"] = joined(settings.get("hooks", {}), hooks)
    settings["env"] = settings.pop("env", {})  # the last thing in it: see `settings` in core/plan/__init__.py
    return plan.but(pins=json.dumps(settings, ensure_ascii=False, separators=(",", ":")))


def impatient(plan: Plan) -> Plan:
    """The plan of a client that gives up soon, where somebody else is there to go on."""
    if RETRIES in plan.set:
        return plan  # the user's own
    settings = json.loads(plan.pins) if plan.pins else {}
    if settings:
        settings["env"] = settings.pop("env", {}) | {RETRIES: FEW}
    text = json.dumps(settings, ensure_ascii=False, separators=(",", ":")) if settings else ""
    return plan.but(set=plan.set | {RETRIES: FEW}, pins=text)


def prints(given: list[str]) -> bool:
    """Whether the client is told to answer once and end."""
    return any(argument in {"-p", "--print"} for argument in before_dashes(given))


def printing(given: list[str]) -> Printing:
    """How the answer is wanted. `given` are all arguments of the client, the profile's too."""
    wanted = "text"
    options = before_dashes(given)
    for index, argument in enumerate(options):
        name, equals, value = argument.partition("=")
        if name == "--output-format":
            wanted = value if equals else "".join(options[index + 1 : index + 2])
    return Printing(wanted)


def held_back(given: list[str]) -> list[str]:
    """The arguments with which the client says as JSON what it would have printed."""
    before = before_dashes(given)
    left: list[str] = []
    skip = False
    for argument in before:
        name, equals, _ = argument.partition("=")
        if not skip and name != "--output-format":
            left.append(argument)  # each where it stands: what takes several words would take the prompt, too
        skip = not skip and name == "--output-format" and not equals
    return ["--output-format", _JSON, *left, *given[len(before) :]]


def refuse(given: list[str]) -> None:
    """Refuse what nobody could go on with: nothing has been sent then."""
    if reason := elsewhere(given):
        raise CcError(f"--stay does not go with {reason}", "leave one of the two out", code=USAGE)


def elsewhere(given: list[str]) -> str:
    """The argument with which a session cannot go on on another profile: it is stored nowhere, or not here."""
    options, _ = _split(given)
    for words in options:
        name, equals, value = words[0].partition("=")
        value = value if equals else "".join(words[1:2])
        if name in _NOWHERE:
            return name
        if name == "--input-format" and value == _STREAM:
            return f"{name} {value}"
    return ""


def resumed(given: list[str], text: str) -> list[str]:
    """The arguments that go on with a session, for another profile, with this text in the place of the prompt."""
    options, _ = _split(given)
    left = [words for words in options if words[0].partition("=")[0] not in _OF_THE_FIRST]
    return [*_joined(left), "--", text]


_NOWHERE = frozenset(
    {"--no-session-persistence", "--bg", "--background", "--tmux", "--cloud", "--teleport", "--desktop", "--sdk-url"}
)
# What is of the first start alone, or names a model of the first profile
_OF_THE_FIRST = frozenset(
    {"--session-id", "--fork-session", "--from-pr", "--resume-session-at", "--model", "--fallback-model"}
)


def _split(given: list[str]) -> tuple[list[list[str]], list[str]]:
    """The options, each with its values, and what else there is: the prompt."""
    before = before_dashes(given)
    options: list[list[str]] = []
    rest = given[len(before) :]
    words: list[str] = []
    index = 0
    while index < len(before):
        argument = before[index]
        index += 1
        if not argument.startswith("-") or argument == "-":
            words.append(argument)
            continue
        found = [argument]
        name, equals, _ = argument.partition("=")
        if not equals:
            most = 1 if name in ONE or name in MAYBE_ONE else len(before) if name in MANY else 0
            while len(found) <= most and index < len(before) and (name in ONE or not before[index].startswith("-")):
                found.append(before[index])
                index += 1
        options.append(found)
    return options, [*words, *rest]


def _joined(options: list[list[str]]) -> list[str]:
    return [word for words in options for word in words]


def _keeping(place: str, name: str) -> dict[str, object]:
    """A hook that writes down what it is told, whole, for the owner alone. It says nothing, and never fails."""
    file, unfinished = sh(f"{place}/{name}"), f"{sh(f'{place}/{name}')}.$$"
    command = f"umask 077; {{ cat >{unfinished} && mv -f {unfinished} {file}; }} 2>/dev/null; :"
    return {"hooks": [{"type": "command", "command": command}]}
