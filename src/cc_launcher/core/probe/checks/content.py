"""Whether a model thinks when it is asked to, takes its thoughts back, and sees pictures."""

from collections.abc import Generator
from typing import Any

from cc_launcher.core.probe import message
from cc_launcher.core.probe.check import (
    CONTENT,
    FATAL,
    LOSS,
    Check,
    Scene,
    Script,
    degraded,
    failed,
    knob,
    passed,
    refusal,
    skipped,
    trouble,
)
from cc_launcher.core.probe.checks.fields import refused_knobs
from cc_launcher.core.probe.checks.tools import handed_back
from cc_launcher.core.probe.exchange import Answer, Ask
from cc_launcher.core.probe.message import REDACTED, Message
from cc_launcher.core.probe.outcome import FAILED, Result
from cc_launcher.core.probe.prompts import COLOUR, PICTURE, RESULT, SUM, Body, user

_LONGEST = 4000  # tokens of an answer with thinking in it
_NO_THINKING = "no-thinking"


def _thoughts(scene: Scene) -> Generator[Ask | tuple[Ask, ...], Any, Result | Message]:
    """An answer for which the model was asked to think, as the client asks; or why there is none."""
    if _NO_THINKING in scene.knobs:
        return passed("the client does not ask for it (compat.no-thinking)")
    if _NO_THINKING in refused_knobs(scene):
        return skipped("not judged: it cannot be asked for")
    answer: Answer = yield scene.ask(SUM, output=_LONGEST, **_field(scene))
    return trouble(answer) or message.streamed(answer)


def _thinking(scene: Scene) -> Script:
    found = yield from _thoughts(scene)
    if isinstance(found, Result):
        return found
    if not found.thought:
        why = "nothing that does not come is asked for"
        return degraded("it is asked for, and none comes", knob(_NO_THINKING, tried=True, why=why))
    shown = sum(len(block.text) for block in found.thought)
    return passed(f"{shown:,} characters of it" if shown else "comes, without being shown")


def _thinking_back(scene: Scene) -> Script:
    found = yield from _thoughts(scene)
    if isinstance(found, Result):
        return found
    if not found.thought:
        return skipped("not judged: the model did not think")
    refused = yield from _given_back(scene, found.content)
    if refused is not None:
        return refused
    signed = all(block.signature or block.kind == REDACTED for block in found.thought)
    return passed("taken back" if signed else "taken back, though they have no signatures")


def _given_back(scene: Scene, thought: list[Body]) -> Generator[Ask | tuple[Ask, ...], Any, Result | None]:
    """What is wrong when thoughts are handed back: in the next turn, and beside a tool's result."""
    # That a tool's result is taken without thinking, its own check has shown.
    advice = knob(_NO_THINKING, tried=True, why="then there is nothing to hand back")
    conversation: list[Body] = [user(SUM), {"role": "assistant", "content": thought}, user(SUM)]
    answer: Answer = yield scene.ask(conversation, output=_LONGEST, **_field(scene))
    if answer.status in {400, 422}:
        return failed(refusal(answer), advice)
    if (bad := trouble(answer)) is not None:
        return bad
    with_tool = yield from handed_back(scene, RESULT, is_error=False, output=_LONGEST, **_field(scene))
    if isinstance(with_tool, Result) and with_tool.status == FAILED:
        return failed(f"beside a tool's result: {with_tool.said}", advice)
    return None


def _field(scene: Scene) -> dict[str, Any]:
    """With what the client asks this model to think."""
    adaptive: dict[str, Any] = scene.client["body"]["thinking"]
    if "no-adaptive-thinking" in scene.knobs | refused_knobs(scene):
        return {"thinking": {"type": "enabled", "budget_tokens": _LONGEST // 2}}
    return {"thinking": adaptive}


def _images(scene: Scene) -> Script:
    picture = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": PICTURE}}
    conversation = [{"role": "user", "content": [picture, {"type": "text", "text": COLOUR}]}]
    answer: Answer = yield scene.ask(conversation, output=600)
    if answer.status in {400, 404, 422}:
        return failed(refusal(answer))
    if (bad := trouble(answer)) is not None:
        return bad
    found = message.streamed(answer).text
    if "red" not in found.lower():
        return degraded(f"a red square is taken for: {found[:60] or 'nothing'}")
    return passed("are seen")


CHECKS = (
    Check(
        "thinking",
        "thinking",
        CONTENT,
        LOSS,
        _thinking,
        "the model answers at once where it should think first",
        without="thinking",
        needs=("sse",),
    ),
    Check(
        "thinking-back",
        "thoughts handed back",
        CONTENT,
        FATAL,
        _thinking_back,
        "the session ends at the first request after a thought: mostly at the first tool",
        needs=("sse", "tool-call", "tool-result", "thinking"),
    ),
    Check(
        "images",
        "pictures",
        CONTENT,
        LOSS,
        _images,
        "screenshots and pictures are not seen; where they are refused, a session that has read one may be stuck",
        without="pictures",
        needs=("sse",),
    ),
)
