"""What the tests of `cc usage` share: lines as the client writes them, the corpus, and what an index comes to."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cc_launcher.core.usage.figures import Figures
from cc_launcher.core.usage.rollup import Amount, Part
from cc_launcher.files import usage_index, usage_refresh, usage_store, usage_sums

CORPUS = Path(__file__).parent / "data" / "usage"
TRUTH: dict[str, Any] = json.loads((CORPUS / "truth.json").read_text())
EVER = (0, 4_000_000_000_000)
START = 1_795_885_000.0
SESSION = "aaaaaaaa-1111-4111-8111-111111111111"
FORK = "bbbbbbbb-2222-4222-8222-222222222222"
PROJECT = "/home/dev/project"
NAME = "-home-dev-project"


def text(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))


def stamp(after: float) -> str:
    made = datetime.fromtimestamp(START + after, UTC).isoformat(timespec="milliseconds")
    return made.replace("+00:00", "Z")


def milliseconds(after: float) -> int:
    return round((START + after) * 1000)


def answer(
    after: float,
    figures: tuple[int, int, int, int],
    *,
    session: str = SESSION,
    model: str = "glm-5.3",
    message: dict[str, Any] | None = None,
    **changed: Any,
) -> dict[str, Any]:
    """A line of an answer: input, output, cache write (of five minutes) and cache read."""
    given, output, write, read = figures
    line = {
        "parentUuid": None,
        "isSidechain": False,
        "message": {
            "id": f"msg_{after}",
            "type": "message",
            "role": "assistant",
            "model": model,
            "content": [{"type": "text", "text": "said"}],
            "stop_reason": "end_turn",
            "stop_sequence": None,
            "usage": {
                "input_tokens": given,
                "cache_creation_input_tokens": write,
                "cache_read_input_tokens": read,
                "output_tokens": output,
                "cache_creation": {"ephemeral_5m_input_tokens": write, "ephemeral_1h_input_tokens": 0},
            },
            "stop_details": None,
        }
        | (message or {}),
        "requestId": f"req_{after}",
        "requestRef": f"ref-{after}",
        "type": "assistant",
        "timestamp": stamp(after),
        "cwd": PROJECT,
        "sessionId": session,
        "version": "2.1.332",
    }
    line |= changed
    return {key: value for key, value in line.items() if value is not None or key == "parentUuid"}


def marked(after: float, profile: str, *, session: str = SESSION, why: str = "startup") -> dict[str, Any]:
    """A marker, as the client keeps it."""
    said = f'cc {{"v":1,"profile":"{profile}","provider":"p","host":"h.example"}}\n'
    hook = {"type": "hook_success", "hookName": f"SessionStart:{why}", "stdout": "", "stderr": said}
    about = {"type": "attachment", "timestamp": stamp(after), "cwd": PROJECT, "sessionId": session}
    return {"parentUuid": None, "isSidechain": False, "attachment": hook, **about}


def summed(
    figures: dict[str, tuple[int, int, int, int]], *, session: str = SESSION, started: float = 0.0
) -> dict[str, Any]:
    """The client's own sum."""
    models = {
        model: {
            "inputTokens": given,
            "outputTokens": output,
            "cacheCreationInputTokens": write,
            "cacheReadInputTokens": read,
            "cacheCreationEphemeral5mInputTokens": write,
        }
        for model, (given, output, write, read) in figures.items()
    }
    return {"type": "cost-state", "sessionId": session, "startTime": milliseconds(started), "modelUsage": models}


def compacted(after: float, *, session: str = SESSION) -> dict[str, Any]:
    about = {"timestamp": stamp(after), "sessionId": session, "compactMetadata": {"trigger": "auto"}}
    return {"parentUuid": None, "type": "system", "subtype": "compact_boundary", **about}


def write(config: Path, lines: Iterable[dict[str, Any] | str], session: str = SESSION, name: str = NAME) -> Path:
    """A transcript of these lines."""
    path = config / "projects" / name / f"{session}.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(line if isinstance(line, str) else f"{text(line)}\n" for line in lines))
    return path


def read_up(index: Path, *configs: Path) -> list[tuple[Part, Amount]]:
    """Bring an index up to what is there, and tell what it comes to."""
    with usage_store.opened(index) as connection:
        usage_index.update(connection, [str(config) for config in configs], lambda _, __: None)
        usage_refresh.refresh(connection)
        return sorted(usage_sums.read(connection, *EVER), key=repr)


def missing(index: Path) -> int:
    """The compactions that no sum counts."""
    with usage_store.opened(index) as connection:
        return usage_sums.uncounted(connection, *EVER)


def four(figures: Figures) -> list[int]:
    return [figures.input, figures.output, figures.cache_write, figures.read]


def by(parts: Iterable[tuple[Part, Amount]], way: str, *, hidden: bool | None = None) -> dict[str, list[int]]:
    """Input, output, write and read, by profile, model or session; hidden or not, or both."""
    found: dict[str, Figures] = {}
    for part, amount in parts:
        if hidden is None or part.hidden is hidden:
            key = getattr(part, way)
            found[key] = found.get(key, Figures()).plus(amount.figures)
    return {key: four(figures) for key, figures in found.items()}


def whole(parts: Iterable[tuple[Part, Amount]], *, hidden: bool | None = None) -> list[int]:
    """All of it."""
    sums = by(parts, "session", hidden=hidden).values()
    return [sum(each) for each in zip(*sums, strict=True)] if sums else [0, 0, 0, 0]


def requests(parts: Iterable[tuple[Part, Amount]]) -> int:
    return sum(amount.requests for _, amount in parts)
