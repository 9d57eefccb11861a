"""Transcripts by the gigabyte, made up: as client 2.1.332 writes them, in the proportions of real ones.

Sessions are log-normal in length (median 14 requests, sigma 1.15), a request has 1 to 5 lines (1.5 in the mean) and
one of the user's, most of the bytes are results of tools: log-normal, median 2.2 KB, sigma 1.8, at most 1 MB, each
written twice in its line, as the client does; every session begins with 120 KB of instructions. One session in 25 is a
fork that copies the lines of another one; one request in 400 is followed by an error of the client's own; one result in
50 quotes a transcript. All is drawn from one seed. A gigabyte is about 1,100 files and 29,000 requests.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

MODELS = ("z-ai/glm-5.3", "deepseek-flash", "kimi-k3")
_FORKS = 25
_START = 1_790_000_000.0
_ABOUT = {"effort": "high", "perTurnEffort": None, "madeBy": "model", "userType": "external", "entrypoint": "cli"}
_WORDS = ("the", "of", "and", "to", "in", "that", "it", "is", "was", "for", "on", "are", "with", "as", "be", "this")


@dataclass
class Made:
    """What was made, and what is in it."""

    files: int = 0
    size: int = 0
    lines: int = 0
    requests: int = 0
    tokens: dict[str, int] = field(default_factory=dict)


def make(directory: Path, size: int, seed: int = 1) -> Made:
    """Transcripts below a configuration directory, until there are so many bytes."""
    dice = random.Random(seed)
    text = _text(dice)
    made = Made(tokens=dict.fromkeys(("input", "output", "write", "read"), 0))
    before: list[str] = []
    while made.size < size:
        project = directory / "projects" / f"-home-dev-project-{dice.randrange(20):02}"
        project.mkdir(parents=True, exist_ok=True)
        session = _id(dice)
        copied = before if before and dice.randrange(_FORKS) == 0 else []
        lines = [_copied(line, session) for line in copied]
        begins = _end(copied) if copied else _START + dice.random() * 60 * 86_400
        own = list(_session(dice, session, begins, made, text, project.name))
        (project / f"{session}.jsonl").write_text("\n".join([*lines, *own, ""]))
        made.files += 1
        made.lines += len(lines) + len(own)
        made.size += sum(len(line) + 1 for line in (*lines, *own))
        before = [line for line in own[:-1] if len(line) < 200_000]  # a fork has no copy of the sum
    return made


def _session(dice: random.Random, session: str, now: float, made: Made, text: str, project: str) -> Iterator[str]:
    model = dice.choice(MODELS)
    common = {"cwd": "/" + project[1:].replace("-", "/"), "sessionId": session, "version": "2.1.332"}
    marker = {"v": 1, "profile": model.split("-")[0].replace("/", "-"), "provider": "p", "host": "h"}
    said = {"type": "hook_success", "hookName": "SessionStart:startup", "stdout": "", "stderr": f"cc {_json(marker)}\n"}
    yield _json(_head(dice) | {"attachment": said, "type": "attachment", "timestamp": _time(now)} | common)
    snapshot = {"type": "prompt_snapshot", "systemPrompt": [text[:120_000]]}
    yield _json(_head(dice) | {"attachment": snapshot, "type": "attachment", "timestamp": _time(now)} | common)
    read, total = (
        0,
        dict.fromkeys(("inputTokens", "outputTokens", "cacheReadInputTokens", "cacheCreationInputTokens"), 0),
    )
    for _ in range(max(1, min(3_000, round(dice.lognormvariate(2.64, 1.15))))):
        usage: dict[str, Any] = {
            "input_tokens": dice.randrange(1, 400),
            "cache_creation_input_tokens": (written := dice.randrange(0, 4_000)),
            "cache_read_input_tokens": read,
            "output_tokens": dice.randrange(20, 1_500),
            "output_tokens_details": {"thinking_tokens": 0},
            "server_tool_use": {"web_search_requests": 0, "web_fetch_requests": 0},
            "service_tier": "standard",
            "cache_creation": {"ephemeral_1h_input_tokens": 0, "ephemeral_5m_input_tokens": written},
            "inference_geo": "",
            "iterations": [],
            "speed": "standard",
            "fallback_credit": None,
        }
        read = min(read + written, 180_000)
        made.requests += 1
        for ours, theirs, key in (
            ("input", "inputTokens", "input_tokens"),
            ("output", "outputTokens", "output_tokens"),
            ("write", "cacheCreationInputTokens", "cache_creation_input_tokens"),
            ("read", "cacheReadInputTokens", "cache_read_input_tokens"),
        ):
            made.tokens[ours] += usage[key]
            total[theirs] += usage[key]
        reference, message = _id(dice), f"msg_{dice.getrandbits(96):024x}"
        for block in range(dice.choices((1, 2, 3, 4, 5), (70, 18, 7, 3, 2))[0]):
            now += 0.3
            about = _answer(dice, (model, message, reference, block), usage, text)
            yield _json(about | {"timestamp": _time(now)} | _ABOUT | common | {"gitBranch": "main"})
        now += 2 + dice.expovariate(1 / 20)
        yield _json(_result(dice, text) | {"timestamp": _time(now)} | common)
        if dice.randrange(400) == 0:
            error = {
                "id": _id(dice),
                "model": "<synthetic>",
                "role": "assistant",
                "content": [],
                "usage": {"input_tokens": 0},
            }
            yield _json(_head(dice) | {"message": error, "type": "assistant", "timestamp": _time(now)} | common)
    yield _json(
        {
            "type": "cost-state",
            "sessionId": session,
            "startTime": int(now * 1000),
            "modelUsage": {model: total | {"cacheCreationEphemeral5mInputTokens": total["cacheCreationInputTokens"]}},
        }
    )


def _answer(dice: random.Random, about: tuple[str, str, str, int], usage: dict[str, Any], text: str) -> dict[str, Any]:
    model, message, reference, block = about
    content: dict[str, Any] = {"type": "text", "text": _some(dice, text, 300)}
    if block:
        content = {
            "type": "tool_use",
            "id": f"toolu_{block}",
            "name": "Bash",
            "input": {"command": _some(dice, text, 200)},
        }
    return _head(dice) | {
        "message": {
            "id": message,
            "type": "message",
            "role": "assistant",
            "model": model,
            "content": [content],
            "stop_reason": "tool_use",
            "stop_sequence": None,
            "usage": usage,
            "stop_details": None,
        },
        "apiBlockIndex": block,
        "requestId": f"req_{message[4:]}",
        "requestRef": reference,
        "requestedModel": model,
        "promptCacheRequested": "5m",
        "type": "assistant",
        "uuid": _id(dice),
    }


def _result(dice: random.Random, text: str) -> dict[str, Any]:
    length = min(1_000_000, round(dice.lognormvariate(7.7, 1.8)))
    said = _some(dice, text, length)
    if dice.randrange(50) == 0:
        said += _json({"type": "assistant", "message": {"id": "quoted", "usage": {"input_tokens": 999_999}}})
    block = {"tool_use_id": "toolu_1", "type": "tool_result", "content": said, "is_error": False}
    return _head(dice) | {
        "message": {"role": "user", "content": [block]},
        "type": "user",
        "uuid": _id(dice),
        "toolUseResult": {"stdout": said, "stderr": "", "interrupted": False},
    }


def _copied(line: str, session: str) -> str:
    value = json.loads(line)
    if value["type"] == "assistant" and "requestRef" in value:
        value["requestSessionId"] = value["sessionId"]
    value["sessionId"] = session
    return _json(value)


def _end(lines: list[str]) -> float:
    """When these lines were over: a fork is made later."""
    from datetime import datetime

    return datetime.fromisoformat(json.loads(lines[-1])["timestamp"]).timestamp() + 60


def _head(dice: random.Random) -> dict[str, Any]:
    return {"parentUuid": _id(dice), "isSidechain": False}


def _json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))


def _text(dice: random.Random) -> str:
    lines = [" ".join(dice.choices(_WORDS, k=dice.randrange(3, 14))) for _ in range(60_000)]
    return "\n".join(f'{line}: "{index}"' if index % 3 == 0 else line for index, line in enumerate(lines))


def _some(dice: random.Random, text: str, length: int) -> str:
    start = dice.randrange(max(1, len(text) - length))
    return text[start : start + length]


def _id(dice: random.Random) -> str:
    digits = f"{dice.getrandbits(128):032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def _time(seconds: float) -> str:
    from datetime import UTC, datetime

    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
