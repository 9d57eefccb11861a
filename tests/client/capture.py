"""What the client asks of a provider whose model it does not know, captured and reduced to what matters.

`python -m tests.client.capture` writes it anew, after a change of the client: look at what `git diff` shows.
"""

import json
import re
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from tests.client import harness
from tests.client.stage import Kind, Stage
from tests.fakes.fake_provider import Block, Body, FakeProvider, Request, call, say

PATH = Path(__file__).parents[2] / "src" / "cc_launcher" / "core" / "probe" / "client_request.json"
MODEL = "example/model"
PROMPT = "hi"
FOUND = ("WebFetch", "CronList")  # deferred tools that a script searches for
# Of the connection or the session, or a credential: none of them says what a provider must understand.
_LEFT_OUT = {
    "accept-encoding",
    "authorization",
    "connection",
    "content-length",
    "host",
    "x-api-key",
    "x-claude-code-session-id",
}
_MACHINE = {"x-stainless-arch": "x64", "x-stainless-os": "Linux"}
_PROFILE = """kind = "gateway"
base_url = "{url}"
auth = "bearer"
secret = "cmd:cat {secret_file}"
context = 1000000
"""
_TIERS = "[tiers]\n" + "".join(f'{slot} = "{MODEL}"\n' for slot in ("main", "opus", "sonnet", "haiku", "fable"))
PLAIN = Kind(_PROFILE + _TIERS, "bearer", ("hosted", "pinned"), frozenset({MODEL}))


def requests_with(stage: Stage, knobs: tuple[str, ...] = (), keys: str = "") -> list[Request]:
    """What a launch sends with these knobs turned on, from its start to its end."""
    stage.profile(PLAIN, keys=keys, tables="[compat]\n" + "".join(f"{knob} = true\n" for knob in knobs))
    stage.forget()
    ended = stage.launch(PLAIN, "-p", PROMPT)
    assert (ended.returncode, ended.stdout) == (0, "pong\n"), ended
    return stage.ours.messages


def runs(stage: Stage) -> dict[str, list[dict[str, Any]]]:
    """The reduced requests of the launches of which the shipped file is made, by the knob that was turned on."""
    stage.ours.script = search_tools
    found = {"": [reduced(request) for request in requests_with(stage)]}
    stage.ours.script = lambda _: [say("pong")]
    for knob in ("no-system-role", "no-tool-search"):
        found[knob] = [reduced(request) for request in requests_with(stage, (knob,))]
    return found


def captured(found: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    """All that is shipped: the request, and what takes the place of its parts."""
    first, after_search = found[""]
    [folded], [at_once] = found["no-system-role"], found["no-tool-search"]
    known = {tool["name"] for tool in first["body"]["tools"]}
    return {
        "client": harness.CURRENT,
        **first,
        "deferred": [tool for tool in at_once["body"]["tools"] if tool["name"] not in known],
        "folded": folded["body"]["messages"],
        "found": after_search["body"]["messages"][2:],
    }


def search_tools(body: Body) -> list[Block]:
    """Search for tools, then say a word."""
    if body["messages"][-1]["role"] == "user" and "tool_result" in json.dumps(body["messages"][-1]):
        return [say("pong")]
    return [call("ToolSearch", query=f"select:{','.join(FOUND)}", max_results=5)]


def reduced(request: Request) -> dict[str, Any]:
    """The request without what is Anthropic's text, this machine's, this session's or secret."""
    headers = {name: value for name, value in request.headers.items() if name not in _LEFT_OUT}
    headers |= {name: value for name, value in _MACHINE.items() if name in headers}
    body = json.loads(request.raw)
    for block in body["system"]:
        block["text"] = _system_text(block["text"])
    for message in body["messages"]:
        message["content"] = _content(message["role"], message["content"])
    body["tools"] = [_described(tool) for tool in body["tools"]]
    body["metadata"] = {name: _artificial(value) for name, value in body["metadata"].items()}
    return {"headers": headers, "body": body}


def _system_text(text: str) -> str:
    if text.startswith("x-anthropic-billing-header:"):
        return re.sub(r"(cc_version=\d+\.\d+\.\d+)\.\w+;", r"\1.000;", text)
    return "You are a coding agent."


def _content(role: str, content: str | list[Block]) -> str | list[Block]:
    if isinstance(content, str):
        return _text(role, content)
    for block in content:
        if block["type"] == "text":
            block["text"] = _text(role, block["text"])
        for name in {"id", "tool_use_id"} & set(block):
            block[name] = f"toolu_{0:024}"
    return content


def _text(role: str, text: str) -> str:
    if role == "system":
        return "The session runs in a directory of a Linux machine."
    if text == PROMPT:
        return text
    short = re.sub(r"\A<system-reminder>.*</system-reminder>", _REMINDER, text, flags=re.DOTALL)
    assert short.strip() == _REMINDER, f"a text that nobody has seen so far: {text}"
    return short


_REMINDER = "<system-reminder>\nA reminder.\n</system-reminder>"


def _described(value: Any) -> Any:
    """The same with a short text for each description; a property of that name stays what it is."""
    if isinstance(value, dict):
        return {
            key: "A description." if key == "description" and isinstance(inner, str) else _described(inner)
            for key, inner in value.items()
        }
    return [_described(inner) for inner in value] if isinstance(value, list) else value


def _artificial(user: str) -> str:
    """The user's id, which is a JSON text, with the same keys and values that mean nobody."""
    session = "00000000-0000-4000-8000-000000000000"
    values = {"device_id": "0" * 64, "account_uuid": "", "session_id": session}
    said = json.loads(user)
    assert said.keys() == values.keys()
    assert all(len(value) == len(values[name]) for name, value in said.items())
    return json.dumps({name: values[name] for name in said}, separators=(",", ":"))


def main() -> None:
    """Write what the client sends now."""
    with tempfile.TemporaryDirectory() as root, ExitStack() as open_now:
        providers = [open_now.enter_context(FakeProvider()) for _ in range(3)]
        found = captured(runs(Stage(Path(root) / "stage", harness.CURRENT, providers)))
    PATH.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"{PATH}: client {found['client']}")


if __name__ == "__main__":
    main()
