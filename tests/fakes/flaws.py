"""What can be wrong with a fake endpoint, each thing by its name, and what it does to requests and answers."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any

from tests.fakes.fake_model import Turn, sample
from tests.fakes.fake_provider import Block, Body, ErrorReply

FLAWS: dict[str, str] = {
    # connection
    "no-such-server": "nobody listens at its address",
    "bad-certificate": "speaks TLS with a certificate that nobody trusts",
    "wants-x-api-key": "takes the secret in x-api-key alone",
    "refuses-key": "takes no key (401)",
    "refuses-access": "takes the key, and does not let it in (403)",
    "unknown-model": "does not have the model (404)",
    "out-of-credit": "wants to be paid first (402)",
    "html-answers": "answers everything with a page (200)",
    "sends-elsewhere": "sends every request on to another host (307)",
    # plain
    "answer-without-content": "gives whole answers without any text in them",
    "stream-without-content": "streams answers without any text in them",
    "usage-missing": "says nothing of tokens",
    "usage-implausible": "counts one token of input, whatever was sent",
    "stop-reason-wrong": "says that an answer which max_tokens has cut is whole",
    # stream
    "no-event-names": "streams lines of data alone, and [DONE], without the names of the events",
    "openai-stream": "streams the chunks of OpenAI's API",
    "wrong-order": "streams the first piece of a block before its start",
    "blocks-not-closed": "streams blocks without their ends",
    "same-index": "streams all blocks with one number",
    "strange-events": "streams events of its own beside those of the API",
    "no-message-stop": "streams all but the last event, message_stop",
    "unfinished": "ends each stream without saying so: no message_stop, no stop reason",
    "cut-off": "closes the connection in the middle of each stream",
    "error-in-stream": "streams an error after the first piece",
    "not-streamed": "answers with one JSON although a stream was asked for",
    "no-pings": "sends no ping",
    "buffered": "keeps a stream back until all of it is there",
    "usage-missing-in-stream": "says nothing of tokens in a stream",
    # tools
    "ignores-tools": "drops the tools: the model has none to call",
    "empty-arguments": "gives each tool an empty input",
    "cut-arguments": "streams no more than the first 60 letters of a tool's input",
    "arguments-whole-only": "gives a tool its input when the answer is whole, and an empty one when it streams",
    "parallel-merged": "streams several calls as one, with their inputs one after the other",
    "only-first-call": "keeps the first of several calls alone",
    "same-ids": "gives several calls one id",
    "nested-as-text": "gives objects and lists inside an input as JSON in a text",
    "numbers-as-text": "gives numbers inside an input as text",
    "edit-newlines": "turns line breaks inside an input into a backslash and an n",
    "edit-letters": "turns what is not ASCII inside an input into question marks",
    "edit-quotes": "straightens the curly quotes inside an input",
    "tool-result-refused": "refuses what a tool has said (400)",
    "tool-result-ignored": "does not show the model what a tool gave",
    "tool-error-refused": "refuses is_error in a tool's result (400)",
    "always-calls": "calls a tool wherever one is offered",
    "ignores-tool-choice": "drops tool_choice",
    "stop-reason-not-tool-use": "says end_turn where a tool is called",
    # what the client sends; each also in words from which the client recovers, where it knows some
    "refuses-adaptive-thinking": "refuses thinking that is adaptive (400)",
    "refuses-adaptive-thinking-in-known-words": "the same, in words that the client knows",
    "refuses-thinking": "refuses thinking (400)",
    "refuses-effort": "refuses output_config (400)",
    "refuses-effort-in-known-words": "the same, in words that the client knows",
    "refuses-context-management": "refuses context_management (400)",
    "refuses-context-management-in-known-words": "the same, in words that the client knows",
    "refuses-betas": "refuses an anthropic-beta header (400)",
    "refuses-betas-in-known-words": "the same, in words that the client knows",
    "refuses-new-betas": "refuses all of them but the oldest (400)",
    "refuses-new-betas-in-known-words": "the same, in words that the client knows",
    "refuses-cache-control": "refuses cache_control (400)",
    "refuses-system-role": "refuses messages of the role system (400)",
    "refuses-system-role-in-known-words": "the same, in words that the client knows",
    "refuses-tool-search": "refuses tools that are deferred (400)",
    "refuses-tool-reference": "refuses the tools that were searched for (400)",
    "refuses-many-tools": "refuses more than 10 tools (400)",
    "max-output-small": "refuses max_tokens above 8192 (400)",
    # thinking
    "drops-thinking": "keeps what the model thinks to itself",
    "thinking-not-handed-back": "refuses a block of thinking that is handed back (400)",
    "signature-missing": "does not sign what the model thinks",
    # web search
    "refuses-searches": "refuses the tool that it is to run itself (400)",
    "makes-searches-up": "lets the model answer in the place of a search",
    # images
    "refuses-images": "refuses images (400)",
    "ignores-images": "does not show the model images",
    # size
    "refuses-long-prompts": "refuses prompts of more than 20,000 tokens (400)",
    "small-window": "has a window much smaller than claimed",
    "small-window-odd-words": "the same, and says so in words that the client does not know",
    "too-long-odd-words": "says that a prompt is too long in words that the client does not know",
    "truncates": "forgets the beginning of a long prompt without a word",
    # the rest
    "no-count-tokens": "cannot count tokens (404)",
    "no-models-list": "has no list of models (404)",
    "odd-errors": "says what is wrong in a form of its own",
    "wrong-key-as-500": "takes a wrong key for a fault of its own (500)",
    "wrong-key-accepted": "takes any key",
    "unknown-model-as-500": "takes an unknown model for a fault of its own (500)",
    "unknown-model-served": "serves an unknown model by another one, but for a claude-*",
    "serves-unknown-claude": "serves any claude-* by another model",
    "one-at-a-time": "refuses a request while it answers another one (429)",
    "429-without-retry-after": "the same, and does not say when to try again",
}

LONG_PROMPT, SMALL_OUTPUT, MANY_TOOLS, KEPT_LETTERS = 20_000, 8_192, 10, 60
_OLD_BETAS = ("claude-code-", "interleaved-thinking-", "effort-")
BAD = ErrorReply(400, "Bad request (E1001)", "invalid_request_error")
Flaws = Collection[str]


def _bad(message: str) -> ErrorReply:
    return ErrorReply(400, message, "invalid_request_error")


# Of a request


def blocks_of(body: Body) -> Iterator[Block]:
    """Every block of the messages, those inside the results of tools too."""
    for message in body.get("messages", ()):
        if isinstance(message.get("content"), list):
            for block in message["content"]:
                yield block
                if isinstance(block.get("content"), list):
                    yield from block["content"]


def _thinks(body: Body, _: Mapping[str, str]) -> bool:
    return (body.get("thinking") or {}).get("type") in {"adaptive", "enabled"}


def _defers(body: Body, _: Mapping[str, str]) -> bool:
    return any("defer_loading" in tool for tool in body.get("tools") or ())


def _has_block(kind: str) -> Callable[[Body, Mapping[str, str]], bool]:
    return lambda body, _: any(block.get("type") == kind for block in blocks_of(body))


def _has_result(body: Body, _: Mapping[str, str]) -> bool:
    """Whether there is what a tool has said: what tool search has found is something else."""
    results = [block.get("content") or "" for block in blocks_of(body) if block.get("type") == "tool_result"]
    return any(isinstance(said, str) or any(one["type"] != "tool_reference" for one in said) for said in results)


def searched(body: Body) -> list[Block]:
    """What an endpoint that searches the web puts before its answer, where the request has that tool."""
    if not any(str(tool.get("type", "")).startswith("web_search") for tool in body.get("tools") or ()):
        return []
    found = {"type": "web_search_result", "title": "News", "url": "https://news.example/", "encrypted_content": "Eq"}
    return [
        {"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {"query": "news"}},
        {"type": "web_search_tool_result", "tool_use_id": "srvtoolu_1", "content": [found]},
    ]


def new_betas(headers: Mapping[str, str]) -> list[str]:
    """The betas that an old endpoint does not know."""
    given = [beta for beta in headers.get("anthropic-beta", "").split(",") if beta]
    return [beta for beta in given if not beta.startswith(_OLD_BETAS)]


_REFUSED: dict[str, tuple[Callable[[Body, Mapping[str, str]], bool], str]] = {
    "tool-result-refused": (_has_result, ""),
    "tool-error-refused": (lambda body, _: any(block.get("is_error") for block in blocks_of(body)), ""),
    "refuses-adaptive-thinking": (
        lambda body, _: (body.get("thinking") or {}).get("type") == "adaptive",
        "adaptive thinking is not supported on this model",
    ),
    "refuses-thinking": (_thinks, ""),
    "refuses-effort": (
        lambda body, _: "output_config" in body,
        "This model does not support the effort parameter.",
    ),
    "refuses-context-management": (
        lambda body, _: "context_management" in body,
        "context_management: Extra inputs are not permitted",
    ),
    "refuses-betas": (
        lambda _, headers: bool(headers.get("anthropic-beta")),
        "Unexpected value(s) `{beta}` for the `anthropic-beta` header.",
    ),
    "refuses-new-betas": (
        lambda _, headers: bool(new_betas(headers)),
        "Unexpected value(s) `{beta}` for the `anthropic-beta` header.",
    ),
    "refuses-cache-control": (lambda body, _: '"cache_control"' in json.dumps(body), ""),
    "refuses-system-role": (
        lambda body, _: any(message["role"] == "system" for message in body.get("messages", ())),
        "messages.1.role: Input should be 'user' or 'assistant'",
    ),
    "refuses-tool-search": (_defers, ""),
    "refuses-tool-reference": (_has_block("tool_reference"), ""),
    "refuses-many-tools": (lambda body, _: len(body.get("tools") or ()) > MANY_TOOLS, ""),
    "thinking-not-handed-back": (_has_block("thinking"), ""),
    "refuses-images": (_has_block("image"), ""),
    "refuses-searches": (lambda body, _: bool(searched(body)), ""),
}


def refusal(flaws: Flaws, body: Body, headers: Mapping[str, str]) -> ErrorReply | None:
    """Why this request is refused, although a correct endpoint would take it."""
    for flaw, (meets, known) in _REFUSED.items():
        if flaw in flaws and meets(body, headers):
            return BAD
        if f"{flaw}-in-known-words" in flaws and meets(body, headers):
            betas = new_betas(headers) or headers.get("anthropic-beta", "").split(",")
            return _bad(known.replace("{beta}", betas[-1]))
    return None


def seen(flaws: Flaws, body: Body, kept: int) -> Body:
    """What of a request gets to the model, which sees at most so many letters where the beginning is forgotten."""
    body = copy.deepcopy(body)
    if "ignores-tools" in flaws:
        body.pop("tools", None)
        body.pop("tool_choice", None)
    if "ignores-tool-choice" in flaws:
        body.pop("tool_choice", None)
    if "tool-result-ignored" in flaws:
        for block in blocks_of(body):
            if block.get("type") == "tool_result":
                block["content"] = ""
    if "ignores-images" in flaws:
        for holder in [*body["messages"], *blocks_of(body)]:
            if isinstance(holder.get("content"), list):
                holder["content"] = [block for block in holder["content"] if block.get("type") != "image"]
    if "truncates" in flaws:
        _forget(body, kept)
    return body


def _forget(body: Body, room: int) -> None:
    """Keep the last letters of a request alone."""
    holders: list[tuple[Any, str]] = []
    for holder, key in [(body, "system"), *((message, "content") for message in body["messages"])]:
        content = holder.get(key)
        if isinstance(content, str):
            holders.append((holder, key))
        else:
            holders += [(block, "text") for block in content or () if block.get("type") == "text"]
    for holder, key in reversed(holders):
        kept = holder[key][-room:] if room > 0 else ""
        holder[key] = kept
        room -= len(kept)


# Of an answer


def spoken(flaws: Flaws, body: Body, turn: Turn) -> Turn:
    """What comes of a turn of the model."""
    calls = list(turn.calls)
    if "always-calls" in flaws and body.get("tools") and not calls and not _has_block("tool_result")(body, {}):
        tool = body["tools"][0]
        calls = [(tool["name"], sample(tool.get("input_schema")))]
    if "only-first-call" in flaws:
        calls = calls[:1]
    for flaw, change in _CHANGED.items():
        if flaw in flaws:
            calls = [(name, change(given)) for name, given in calls]
    turn = replace(turn, calls=tuple(calls))
    if "stop-reason-wrong" in flaws:
        turn = replace(turn, cut=False)
    if "drops-thinking" in flaws:
        turn = replace(turn, thoughts="")
    return turn


def _each_text(change: Callable[[str], str]) -> Callable[[Any], Any]:
    def changed(value: Any) -> Any:
        match value:
            case str():
                return change(value)
            case list():
                return [changed(one) for one in value]
            case dict():
                return {name: changed(one) for name, one in value.items()}
        return value

    return changed


def _numbers_as_text(value: Any) -> Any:
    match value:
        case bool():
            return value
        case int() | float():
            return str(value)
        case list():
            return [_numbers_as_text(one) for one in value]
        case dict():
            return {name: _numbers_as_text(one) for name, one in value.items()}
    return value


def _nested_as_text(given: Body) -> Body:
    return {name: json.dumps(value) if isinstance(value, dict | list) else value for name, value in given.items()}


_STRAIGHT = str.maketrans("“”‘’", "\"\"''")
_CHANGED: dict[str, Callable[[Any], Any]] = {
    "empty-arguments": lambda _: {},
    "nested-as-text": _nested_as_text,
    "numbers-as-text": _numbers_as_text,
    "edit-newlines": _each_text(lambda text: text.replace("\n", "\\n")),
    "edit-letters": _each_text(lambda text: text.encode("ascii", "replace").decode()),
    "edit-quotes": _each_text(lambda text: text.translate(_STRAIGHT)),
}


def written(flaws: Flaws, message: Body, *, stream: bool) -> Body:
    """What comes of a message, streamed or not."""
    if ("stream-without-content" if stream else "answer-without-content") in flaws:
        message["content"] = [block for block in message["content"] if block["type"] != "text"]
    if "usage-missing" in flaws:
        del message["usage"]
    if "usage-implausible" in flaws:
        message["usage"]["input_tokens"] = 1
    if "stop-reason-not-tool-use" in flaws and message["stop_reason"] == "tool_use":
        message["stop_reason"] = "end_turn"
    calls = [block for block in message["content"] if block["type"] == "tool_use"]
    if "same-ids" in flaws:
        for block in calls:
            block["id"] = calls[0]["id"]
    if "signature-missing" in flaws:
        for block in message["content"]:
            block.pop("signature", None)
    return message


def streamed(flaws: Flaws, events: list[Body]) -> list[Body]:
    """What comes of the events of a stream."""
    for flaw, change in _STREAMED.items():
        if flaw in flaws:
            events = change(events)
    return events


def _without(*kinds: str) -> Callable[[list[Body]], list[Body]]:
    return lambda events: [event for event in events if event["type"] not in kinds]


def _uncounted(events: list[Body]) -> list[Body]:
    events[0]["message"].pop("usage")
    events[-2].pop("usage")
    return events


def _started_late(events: list[Body]) -> list[Body]:
    for at in [at for at, event in enumerate(events) if event["type"] == "content_block_start"]:
        events[at], events[at + 1] = events[at + 1], events[at]
    return events


def _in_error(events: list[Body]) -> list[Body]:
    first = next(at for at, event in enumerate(events) if event["type"] == "content_block_delta")
    error = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}
    return [*events[: first + 1], error]


def _arguments(events: list[Body], change: Callable[[str], str]) -> list[Body]:
    """The same events with the input of each call changed as a text."""
    left: dict[int, str] = {}
    for event in events:
        if (delta := event.get("delta", {})).get("type") == "input_json_delta":
            left[event["index"]] = left.get(event["index"], "") + delta["partial_json"]
    left = {index: change(text) for index, text in left.items()}
    changed = []
    for event in events:
        if (delta := event.get("delta", {})).get("type") == "input_json_delta":
            size = len(delta["partial_json"])
            piece, left[event["index"]] = left[event["index"]][:size], left[event["index"]][size:]
            changed.append({**event, "delta": {**delta, "partial_json": piece}})
        else:
            changed.append(event)
    return changed


def _merged(events: list[Body]) -> list[Body]:
    """All calls as the first one: one block with the inputs of all."""
    calls = [
        event["index"]
        for event in events
        if event["type"] == "content_block_start" and event["content_block"]["type"] == "tool_use"
    ]
    merged = []
    for event in events:
        index = event.get("index")
        if index in calls[1:] and event["type"] == "content_block_start":
            continue
        if index in calls[:-1] and event["type"] == "content_block_stop":
            continue
        merged.append({**event, "index": calls[0]} if index in calls else event)
    return merged


_STREAMED: dict[str, Callable[[list[Body]], list[Body]]] = {
    "usage-missing-in-stream": _uncounted,
    "no-pings": _without("ping"),
    "arguments-whole-only": lambda events: _arguments(events, lambda _: ""),
    "cut-arguments": lambda events: _arguments(events, lambda text: text[:KEPT_LETTERS]),
    "parallel-merged": _merged,
    "wrong-order": _started_late,
    "blocks-not-closed": _without("content_block_stop"),
    "same-index": lambda events: [{**event, "index": 0} if "index" in event else event for event in events],
    "strange-events": lambda events: [events[0], {"type": "metrics", "queue_ms": 3}, *events[1:]],
    "no-message-stop": _without("message_stop"),
    "unfinished": _without("message_delta", "message_stop"),
    "error-in-stream": _in_error,
}
