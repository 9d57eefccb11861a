"""What the client sends to a provider: the whole first request of a session, and each of its unusual fields alone.

Nothing here is made up: `client_request.json` was captured from the client (`python -m tests.client.capture`), its long
texts replaced. What knobs change was measured over all combinations of seven of them, and over a part of those with the
cache marks and the billing line. It is the first request of `claude -p` towards a model that the client does not know.
Headers that belong to a connection or a session are not in it.
"""

import json
from collections.abc import Callable, Collection, Mapping
from typing import Any, NamedTuple

BETA = "anthropic-beta"
Body = dict[str, Any]
Captured = Mapping[str, Any]  # the shipped JSON, parsed

# Which knobs take out which beta, by the beginning of its name: the date behind it changes.
_BETAS_OUT = {
    "context-management-": {"no-betas", "no-context-management"},
    "mid-conversation-tool-changes-": {"no-betas", "no-system-role"},
    "thinking-token-count-": {"no-betas"},
    "advanced-tool-use-": {"no-betas", "no-tool-search"},
    "effort-": {"no-effort"},
}
_LEAST_BUDGET = 1024
_SEARCH = "ToolSearch"
_OF_ANTHROPICS = "DesignSync"  # a tool for a service of Anthropic's, which a private session has not
_CACHED = {"cache_control": {"type": "ephemeral"}}


class ClientRequest(NamedTuple):
    """A request: headers in lower case, without a credential; and the body."""

    headers: dict[str, str]
    body: Body


class Part(NamedTuple):
    """One field that the client sends and that a provider may refuse, or all that belongs to one."""

    what: str
    knob: str  # that spares a provider this
    add: Callable[[ClientRequest], ClientRequest]  # put into a request that has none
    needs: tuple[str, ...] = ()  # parts that come with this one


# The whole


def shaped(captured: Captured, model: str, knobs: Collection[str], max_tokens: int) -> ClientRequest:
    """What the client sends to this model when these knobs are turned on."""
    on = frozenset(knobs)
    headers = {**captured["headers"], BETA: _betas(captured, on)}
    if not headers[BETA]:
        del headers[BETA]
    body = _copy(captured["body"])
    body |= {"model": model, "max_tokens": max_tokens}
    body["messages"] = _messages(captured, on)
    body["system"] = _system(body["system"], on)
    body["tools"] = _tools(captured, on)
    _thinking(body, on)
    if on & {"no-betas", "no-thinking", "no-context-management"}:
        del body["context_management"]
    if "no-effort" in on:
        del body["output_config"]
    return ClientRequest(headers, body)


def _betas(captured: Captured, on: frozenset[str]) -> str:
    def stays(beta: str) -> bool:
        return not any(beta.startswith(name) and on & knobs for name, knobs in _BETAS_OUT.items())

    return ",".join(filter(stays, captured["headers"][BETA].split(",")))


def _searches(on: frozenset[str]) -> bool:
    return not on & {"no-betas", "no-tool-search"}


def _messages(captured: Captured, on: frozenset[str]) -> list[Body]:
    """The session's surroundings are a message of the role `system`, or reminders before the prompt."""
    if "no-system-role" in on:
        messages: list[Body] = _copy(captured["folded"])
        [user] = messages
        if not _searches(on):
            del user["content"][0]  # one reminder names the deferred tools
        if "no-caching" in on:
            user["content"][-1].pop("cache_control")
        return messages
    messages = _copy(captured["body"]["messages"])
    user, system = messages
    # The last of these is marked for the cache: but the system message's text only together with the betas.
    if on & {"no-betas", "no-caching"}:
        system["content"] = system["content"][0]["text"]
        if "no-caching" not in on:
            user["content"][-1] |= _copy(_CACHED)
    return messages


def _system(blocks: list[Body], on: frozenset[str]) -> list[Body]:
    if "stable-prompt" in on:
        blocks = [block for block in blocks if not block["text"].startswith("x-anthropic-billing-header")]
    return [_uncached(block) for block in blocks] if "no-caching" in on else blocks


def _tools(captured: Captured, on: frozenset[str]) -> list[Body]:
    tools: list[Body] = _copy(captured["body"]["tools"])
    if "no-effort" in on:  # then a subagent has none to choose, either
        [agent] = [tool for tool in tools if tool["name"] == "Agent"]
        del agent["input_schema"]["properties"]["effort"]
    if _searches(on):
        return tools
    at_once = [tool for tool in tools if tool["name"] != _SEARCH and "defer_loading" not in tool]
    every = sorted([*at_once, *_copy(captured["deferred"])], key=lambda tool: tool["name"])
    return [tool for tool in every if tool["name"] != _OF_ANTHROPICS] if "private" in on else every


def _thinking(body: Body, on: frozenset[str]) -> None:
    if "no-thinking" in on:
        del body["thinking"]
        return
    if "no-adaptive-thinking" in on:
        body["thinking"] = _with_budget(body["thinking"], body["max_tokens"])
    if "no-betas" in on:
        del body["thinking"]["display"]


def _with_budget(thinking: Body, max_tokens: int) -> Body:
    # At least 1024, even where that is more than the answer may have: so the client does it.
    return {"budget_tokens": max(_LEAST_BUDGET, max_tokens - 1), **thinking, "type": "enabled"}


# One part


def parts(captured: Captured) -> dict[str, Part]:
    """Each part of the client's request that a provider may refuse, to be put into a small request of one's own."""
    body = captured["body"]

    def field(name: str) -> Callable[[ClientRequest], ClientRequest]:
        return lambda request: ClientRequest(request.headers, {**request.body, name: _copy(body[name])})

    def effort(request: ClientRequest) -> ClientRequest:
        return _with_beta(captured, field("output_config")(request), "effort-")

    def context_management(request: ClientRequest) -> ClientRequest:
        thinking = field("thinking")(request)  # what it edits: the client never sends one without the other
        return _with_beta(captured, field("context_management")(thinking), "context-management-")

    def budget(request: ClientRequest) -> ClientRequest:
        most = request.body["max_tokens"] + _LEAST_BUDGET  # the answer keeps the room that it had
        thinking = {**_with_budget(body["thinking"], 0)}
        return ClientRequest(request.headers, {**request.body, "max_tokens": most, "thinking": thinking})

    def betas(request: ClientRequest) -> ClientRequest:
        return ClientRequest({**request.headers, BETA: captured["headers"][BETA]}, request.body)

    def system_role(request: ClientRequest) -> ClientRequest:
        first, *others = request.body["messages"]
        message = {"role": "system", "content": body["messages"][1]["content"][0]["text"]}
        asked = {**request.body, "messages": [first, message, *others]}
        return _with_beta(captured, ClientRequest(request.headers, asked), "mid-conversation-tool-changes-")

    def tool_search(request: ClientRequest) -> ClientRequest:
        search = [tool for tool in body["tools"] if tool["name"] == _SEARCH or "defer_loading" in tool]
        asked = {**request.body, "tools": [*request.body.get("tools", []), *_copy(search)]}
        return _with_beta(captured, ClientRequest(request.headers, asked), "advanced-tool-use-")

    def tool_reference(request: ClientRequest) -> ClientRequest:
        searched = tool_search(request)
        found = {block["tool_name"] for block in captured["found"][-1]["content"][0]["content"]}
        tools = [{**tool, "defer_loading": True} for tool in _copy(captured["deferred"]) if tool["name"] in found]
        messages = [_without_caching(message) for message in _copy(captured["found"])]
        asked = {
            "messages": [*searched.body["messages"], *messages],
            "tools": [*searched.body["tools"], *tools],
        }
        return ClientRequest(searched.headers, {**searched.body, **asked})

    return {
        "thinking": Part("adaptive thinking", "no-adaptive-thinking", field("thinking")),
        "thinking-budget": Part("thinking with a budget", "no-thinking", budget),
        "effort": Part("the effort level, in `output_config`", "no-effort", effort),
        "context-management": Part(
            "`context_management`", "no-context-management", context_management, needs=("thinking",)
        ),
        "betas": Part("the header `anthropic-beta`", "no-betas", betas),
        "caching": Part("`cache_control`", "no-caching", _with_caching),
        "system-role": Part("a message whose role is `system`", "no-system-role", system_role),
        "tool-search": Part("tools with `defer_loading`", "no-tool-search", tool_search),
        "tool-reference": Part(
            "a tool found by tool search, as `tool_reference`", "no-tool-search", tool_reference, needs=("tool-search",)
        ),
    }


def _with_beta(captured: Captured, request: ClientRequest, name: str) -> ClientRequest:
    [beta] = [beta for beta in captured["headers"][BETA].split(",") if beta.startswith(name)]
    before = request.headers.get(BETA, "")
    every = dict.fromkeys([*filter(None, before.split(",")), beta])
    return ClientRequest({**request.headers, BETA: ",".join(every)}, request.body)


def _with_caching(request: ClientRequest) -> ClientRequest:
    """Where the client has it, at most: at the end of the system prompt, and at the end of the conversation."""
    body = _copy(request.body)
    if body.get("system"):
        body["system"] = _blocks(body["system"])
        body["system"][-1] |= _copy(_CACHED)
    last = body["messages"][-1]
    last["content"] = _blocks(last["content"])
    last["content"][-1] |= _copy(_CACHED)
    return ClientRequest(request.headers, body)


def _blocks(content: str | list[Body]) -> list[Body]:
    return [{"type": "text", "text": content}] if isinstance(content, str) else content


def _without_caching(message: Body) -> Body:
    return {**message, "content": [_uncached(block) for block in message["content"]]}


def _uncached(block: Body) -> Body:
    return {key: value for key, value in block.items() if key != "cache_control"}


def _copy(value: Any) -> Any:
    return json.loads(json.dumps(value))
