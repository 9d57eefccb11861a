"""How much an endpoint takes, and how it says that something is too much."""

import re

from cc_launcher.core.probe import message
from cc_launcher.core.probe.check import (
    FATAL,
    LOSS,
    SIZES,
    Asking,
    Check,
    Scene,
    Script,
    degraded,
    failed,
    message_of,
    passed,
    refusal,
    skipped,
    trouble,
)
from cc_launcher.core.probe.exchange import Answer
from cc_launcher.core.probe.outcome import Advice
from cc_launcher.core.probe.prompts import CODE, CODE_LINE, FIND, PONG, REPLY, filler
from cc_launcher.core.probe.wordings import is_too_long

CLIENTS_OWN_OUTPUT = 32_000  # what the client asks for where nothing says how long an answer may be
LONG = 30_000  # tokens
LESS_OUTPUT = "max-output"  # learnt: as much may be asked for, or
NO_LENGTH = "none"  # no length that was tried
_SMALLER = (16_384, 8_192, 4_096)
_PER_WORD = "tokens-for-1000"  # learnt: how many tokens the endpoint counts for 1000 of ours
_REACHED = 0.8  # of what was sent must have been counted, or it was cut
_TO_SPARE = 0.95
_REFUSED = (400, 413, 422)
_LEAST = 8_000
_HALVINGS = 4
_NUMBER = re.compile(r"(?<![\d.])\d[\d,]{3,}(?![\d.]*\d)")


def _max_output(scene: Scene) -> Script:
    wanted = scene.max_output or CLIENTS_OWN_OUTPUT
    answer: Answer = yield scene.ask(REPLY.format(PONG), output=600, max_tokens=wanted)
    if answer.accepted:
        return passed(f"answers of up to {wanted:,} tokens may be asked for")
    if answer.status not in _REFUSED:
        return trouble(answer) or failed(answer.why)
    for size in _SMALLER:
        if size >= wanted:
            continue
        less: Answer = yield scene.ask(REPLY.format(PONG), output=600, max_tokens=size)
        if less.accepted:
            advice = Advice(f'models."{scene.model}".max_output={size}', tried=True)
            said = f"max_tokens {wanted:,} is {refusal(answer)}"
            return failed(said, advice, **{LESS_OUTPUT: str(size)})
    return failed(f"max_tokens {wanted:,} is {refusal(answer)}", **{LESS_OUTPUT: NO_LENGTH})


def _long(scene: Scene, tokens: int) -> Asking:
    """Send that much, with a code word near the start: what is cut is cut there."""
    story = filler(tokens)
    at = story.index("\n", len(story) // 50) + 1
    system = [{"type": "text", "text": story[:at] + CODE_LINE.format(CODE) + story[at:]}]
    answer: Answer = yield scene.ask(FIND, output=900, system=system)
    return answer


def _long_prompt(scene: Scene) -> Script:
    tokens = min(LONG, scene.context // 2) if scene.context else LONG
    answer: Answer = yield from _long(scene, tokens)
    if answer.status in _REFUSED:
        return failed(f"about {tokens:,} tokens are {refusal(answer)}")
    if (bad := trouble(answer)) is not None:
        return bad
    found = message.streamed(answer)
    counted = found.input_tokens or 0
    if CODE not in found.text:
        return degraded(f"the model did not see the beginning of about {tokens:,} tokens")
    learnt = {_PER_WORD: str(round(1000 * counted / tokens))} if counted > tokens / 4 else {}
    return passed(f"about {counted or tokens:,} tokens, read to the beginning; {answer.ended:.1f} s", **learnt)


def _window(scene: Scene) -> Script:
    if scene.context is None:
        return skipped("the profile does not say what the window is: the client assumes 1,000,000")
    rate = int(scene.learnt.get(_PER_WORD, "1000")) / 1000
    counts = _PER_WORD in scene.learnt  # or else what it says of tokens proves nothing

    def attempt(window: int) -> Asking:
        return (yield from _long(scene, int((window * _TO_SPARE - 1500) / rate)))

    answer: Answer = yield from attempt(scene.context)
    why = _falls_short(answer, scene.context, counts=counts)
    if not why:
        return trouble(answer) or passed(f"{scene.context:,} tokens, as the profile says")
    low, high = 0, scene.context
    for window in [*_named(answer, high), *[0] * _HALVINGS]:  # what it says itself comes first
        middle = window or (low + high) // 2
        if middle < _LEAST or (not window and high - low <= scene.context // 10):
            break
        tried: Answer = yield from attempt(middle)
        if tried.ok and not _falls_short(tried, middle, counts=counts):
            low = max(low, middle)
            if window:
                break
        else:
            high = min(high, middle)
    if not low:
        return failed(f"{scene.context:,} tokens are claimed; {why}")
    advice = Advice(f'models."{scene.model}".context={low}', tried=True, why="the largest window that was taken")
    said = f"{scene.context:,} tokens are claimed, {low:,} are there: {why}"
    if answer.status in _REFUSED and is_too_long(message_of(answer), answer.status):
        return degraded(f"{said}; the client compacts once it is refused", advice)
    return failed(said, advice)


def _named(answer: Answer, claimed: int) -> list[int]:
    """The window that a refusal speaks of, or that was read of what was sent, if it is a smaller one."""
    if answer.ok:
        numbers = [message.streamed(answer).input_tokens or 0]
    else:
        numbers = [int(number.replace(",", "")) for number in _NUMBER.findall(message_of(answer))]
    return sorted({number for number in numbers if _LEAST <= number < claimed * _REACHED}, reverse=True)[:2]


def _falls_short(answer: Answer, window: int, *, counts: bool) -> str:
    """How an answer shows that the window is smaller."""
    if answer.status in _REFUSED:
        return refusal(answer)
    if not answer.ok:
        return ""
    found = message.streamed(answer)
    if counts and found.input_tokens and found.input_tokens < _REACHED * window * _TO_SPARE - 1500:
        return f"only {found.input_tokens:,} of them were read"
    if CODE not in found.text:
        return "the beginning was not read"
    return ""


def _too_long(scene: Scene) -> Script:
    if scene.context is None:
        return skipped("the profile does not say what the window is")
    answer: Answer = yield from _long(scene, int(scene.context * 1.3))
    if answer.ok:
        return degraded("more than the window is taken without a word: something of it is not read")
    if answer.status not in _REFUSED:
        return trouble(answer) or failed(answer.why)
    if not is_too_long(message_of(answer), answer.status):
        return degraded(f"the client does not see from this that it was too much: {message_of(answer)}")
    return passed(f"said so that the client compacts and goes on: {message_of(answer)[:80]}")


CHECKS = (
    Check(
        "max-output",
        "the length of an answer",
        SIZES,
        FATAL,
        _max_output,
        "each request of a session is refused: the client always says how long an answer may be",
        needs=("sse",),
        apart=True,
    ),
    Check(
        "long-prompt",
        f"a prompt of {LONG:,} tokens",
        SIZES,
        FATAL,
        _long_prompt,
        "a session begins with some 20,000 tokens and grows: it would fail, or forget, at once",
        without="the beginning of a session",
        needs=("sse",),
    ),
    Check(
        "window",
        "the window that is claimed",
        SIZES,
        FATAL,
        _window,
        "a session fails, or forgets how it began, before the client thinks of compacting it",
        without="the window that is claimed",
        needs=("sse", "long-prompt"),
        deep=True,
    ),
    Check(
        "too-long",
        "the refusal of too much",
        SIZES,
        LOSS,
        _too_long,
        "a session whose window is full ends, instead of being compacted",
        without="compaction when the window is full",
        needs=("sse", "long-prompt", "window"),
        deep=True,
    ),
)
