"""The mark of a launch: a constant line that the client itself writes into the transcript, as what a hook said.

Measured on 2.1.97 to 2.1.332: what a `SessionStart` hook writes to stderr stands in the transcript, before the first
request of each start, resume, fork, `/clear` and compaction; not in the request, on the screen or in what `-p` prints.
"""

import json
from typing import TYPE_CHECKING, Any

from cc_launcher.core.plan import client
from cc_launcher.core.text.quote import quoted, sh

if TYPE_CHECKING:
    from cc_launcher.core.plan.machine import Machine
    from cc_launcher.core.profile.resolve import Resolved  # pydantic comes with it, and who reads marks needs none

KEY = "cc"
VERSION = 1
EVENT = "SessionStart"
NONE = f'"{EVENT}":[]'
VARIABLE = "CC_PROFILE"  # which each session of ours has: see core/plan/pins.py


def line(profile: str, provider: str, host: str) -> str:
    """What the hook of a launch writes to stderr. A host, and no address: a secret may be in that.

    Behind a gateway it is each of the hosts that may see the session, with commas between them.
    """
    values = {"v": VERSION, "profile": profile, "provider": provider, "host": host}
    return f"{KEY} {json.dumps(values, separators=(',', ':'))}"


def of(resolved: "Resolved", machine: "Machine") -> str:
    """The setting that marks a launch, as it stands in the pins; nothing for a client that would not write it down."""
    if machine.version is not None and not machine.can(client.KEEPS_MARKS):
        return ""
    return setting(_line_of(resolved))


def apart(resolved: "Resolved", machine: "Machine") -> str:
    """The setting for a session whose every event is printed: at each prompt, a line goes into a file of ours.

    Measured on 2.1.97 to 2.1.332: a `UserPromptSubmit` hook that says nothing is in no event. The client keeps nothing
    of it either. The line is what it would have kept.
    """
    return _setting("UserPromptSubmit", _written_down(_line_of(resolved), machine.marks)) if machine.marks else NONE


def setting(said: str) -> str:
    """The setting with which a hook says this."""
    return _setting(EVENT, f"printf '%s\\n' {quoted(said)} >&2")


def _line_of(resolved: "Resolved") -> str:
    return line(resolved.name, resolved.provider, ",".join(resolved.behind) or resolved.host)


def _setting(event: str, command: str) -> str:
    hooks = [{"hooks": [{"type": "command", "command": command}]}]
    return f'"{event}":{json.dumps(hooks, separators=(",", ":"))}'


def _written_down(said: str, file: str) -> str:
    """The command that adds a line to a file: the session is named in what the client says to the hook.

    Whatever fails, it says nothing and ends well: else the client would show that, or keep the prompt back.
    """
    hook = {"type": "hook_success", "hookName": "UserPromptSubmit", "stderr": said}
    text = json.dumps({"type": "attachment", "attachment": hook}, separators=(",", ":"))[:-1]
    directory = file.rpartition("/")[0]
    made = f"[ -d {sh(directory)} ] || mkdir -p {sh(directory)}"
    form = quoted('%s,"sessionId":"%s","timestamp":"%s"}\\n')
    values = f'{quoted(text)} "${{l%%\\"*}}" "$(date -u +%Y-%m-%dT%H:%M:%SZ)"'
    # Only the beginning: a shell reads letter by letter, and a prompt of a megabyte took it 1.5 seconds.
    read = """l=$(head -c 999); l=${l#*'"session_id":"'}"""
    return f"{read}; umask 77; {{ {made}; printf {form} {values} >>{sh(file)}; }} 2>/dev/null; :"


def in_pins(mark: str) -> dict[str, Any]:
    """The mark as what `hooks` is in the pins."""
    hooks: dict[str, Any] = json.loads(f"{{{mark}}}")
    return hooks


def in_file(mark: str, profile: str) -> dict[str, Any]:
    """The same for a settings file, which a launch of another profile reads, too: that one has its own mark."""
    hooks = in_pins(mark)
    for listed in hooks.values():
        for hook in listed[0]["hooks"]:
            hook["command"] = f'[ "${VARIABLE}" != {sh(profile)} ] || {hook["command"]}'
    return hooks
