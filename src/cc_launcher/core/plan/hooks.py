"""The hooks of the client that a launch brings along: each a command that the client runs itself."""

import json
from typing import TYPE_CHECKING, Any

from cc_launcher.core.plan import STREAMS, Plan, before_dashes, session_mark
from cc_launcher.core.text.entry_points import CODE, PACKAGE
from cc_launcher.core.text.quote import posix, quoted, sh

if TYPE_CHECKING:
    from cc_launcher.core.plan.machine import Machine

Hooks = dict[str, list[dict[str, Any]]]  # by event, as the client has it in its settings

PROMPT, TOOL = "UserPromptSubmit", "PostToolUse"
AT_PROMPT, AFTER_TOOL = "prompt", "tool"  # what our command is told of where it is called
ANYWAY = "CC_OVER_BUDGET"  # the variable with the profile of a session that goes on, although nothing is left
COMMAND = "__budget"  # of ours, which looks at the budget: see actions/budget_hook.py
UNHEARD = "budget-unheard"  # a directory that is there once it was said that nobody can look
_PATIENCE = 20  # seconds: after that, the client lets the prompt go


def joined(*several: Hooks) -> Hooks:
    """All of them."""
    result: Hooks = {}
    for hooks in several:
        for event, entries in hooks.items():
            result[event] = [*result.get(event, []), *entries]
    return result


def of_budget(profile: str, own_command: tuple[str, ...], place: str) -> Hooks:
    """Those that stop a session when nothing is left of its profile's budget.

    Measured on 2.0.64 to 2.1.332: a prompt that is blocked is not sent, and a tool with `"continue": false` ends the
    turn. `place` is the directory of what is kept of the profile for its sessions.
    """
    return {event: [_entry(profile, own_command, place, word)] for event, word in _STOPS.items()}


def marked_apart(plan: Plan, user: list[str]) -> Plan:
    """The plan with its mark among these hooks, where every event of the session is printed: both are at a prompt."""
    if not plan.mark or not any(argument in STREAMS for argument in before_dashes([*plan.args, *user])):
        return plan
    settings = json.loads(plan.pins)
    settings["hooks"].pop(session_mark.EVENT)
    settings["hooks"] = joined(session_mark.in_pins(plan.mark_apart), settings["hooks"])
    return plan.but(pins=_text(settings), mark="", mark_apart="")


def without_tools(pins: str) -> str:
    """These pins without what ends a turn: with `-p` nobody would see the reason, and the exit code would be 0."""
    settings = json.loads(pins)
    _take_out(settings.get("hooks", {}), TOOL)
    return _text(settings)


def notes(profile: str, machine: "Machine") -> list[str]:
    """That hooks are off, where a settings file turns them off."""
    return off(profile, machine, "so inside the session nothing stops at the budget")


def off(profile: str, machine: "Machine", so: str) -> list[str]:
    """The file that turns hooks off, and what comes of that."""
    files = [file.path for file in (*machine.managed, *machine.settings) if _OFF.intersection(file.keys)]
    return [f"{profile}: {file} turns hooks off, {so}" for file in files[:1]]


_OFF = frozenset({"disableAllHooks", "allowManagedHooksOnly"})
_STOPS = {PROMPT: AT_PROMPT, TOOL: AFTER_TOOL}


def _entry(profile: str, own_command: tuple[str, ...], place: str, word: str) -> dict[str, Any]:
    command = posix([*_quick(own_command), COMMAND, word, profile])
    unheard = json.dumps({"systemMessage": f"cc cannot look at the budget of {profile}, so nothing is stopped by it"})
    # Whatever goes wrong, the prompt goes; and that is said once, until a launch or a look has worked again.
    once = f"mkdir {sh(f'{place}/{UNHEARD}')} 2>/dev/null && printf '%s\\n' {quoted(unheard)}"
    return {
        "hooks": [{"type": "command", "command": f"{command} 2>/dev/null || {{ {once}; }}; :", "timeout": _PATIENCE}]
    }


def _quick(own_command: tuple[str, ...]) -> tuple[str, ...]:
    """Our command without `-m`, which would cost half a Python more."""
    return (*own_command[:2], "-c", CODE) if own_command[1:] == ("-P", "-m", PACKAGE) else own_command


def _take_out(hooks: dict[str, Any], event: str) -> None:
    left = [
        entry for entry in hooks.get(event, ()) if not any(f" {COMMAND} " in hook["command"] for hook in entry["hooks"])
    ]
    if left:
        hooks[event] = left
    else:
        hooks.pop(event, None)


def _text(settings: dict[str, Any]) -> str:
    return json.dumps(settings, ensure_ascii=False, separators=(",", ":"))
