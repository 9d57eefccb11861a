"""Whether an answer comes as a stream that the client can read, when it is made, with what it cost."""

from cc_launcher.core.probe import message, stream
from cc_launcher.core.probe.check import (
    FATAL,
    LOSS,
    MINOR,
    STREAMING,
    WHOLE,
    Check,
    Scene,
    Script,
    degraded,
    failed,
    knob,
    passed,
    skipped,
    trouble,
)
from cc_launcher.core.probe.exchange import Answer
from cc_launcher.core.probe.outcome import PASSED, Result
from cc_launcher.core.probe.prompts import COUNT, ONE_CALL, PONG, REPLY, WEATHER, calls, filler
from cc_launcher.core.probe.stream import PING, Stream

_NO_STREAM = "not judged: no stream can be read"
_QUICK = 0.8  # seconds: who answers in less has nothing to hold back
_FEW = 10  # pieces of text, below which one cannot tell how they came
_ASKED = 600  # tokens of text, about
_LEAST, _MOST = 0.3, 4.0  # of which a count may be off: no two tokenizers agree


def _sse(scene: Scene) -> Script:
    answer: Answer = yield scene.ask(REPLY.format(PONG), output=600)
    if answer.status != 200 and (bad := trouble(answer)) is not None:
        return bad
    read = stream.read(answer)
    if read.faults:
        return (yield from _asked_again(scene, answer, read))
    if (bad := trouble(answer)) is not None:
        return bad
    if not message.streamed(answer).blocks:
        return failed("the stream has no content")
    odd = f"; {read.odd[0]}" if read.odd else ""
    return passed(f"{len(read.events)} events, in order{odd}")


def _asked_again(scene: Scene, answer: Answer, read: Stream) -> Script:
    """A stream that the client cannot read: mostly it asks once more, for a whole answer."""
    said = "; ".join(read.faults[:2])
    if answer.fault or not read.asked_again or "no-retry-unstreamed" in scene.knobs:
        return failed(said)
    again: Answer = yield scene.ask(REPLY.format(PONG), stream=False, output=600)
    if not again.ok or not message.whole(again).blocks:
        return failed(said)
    return degraded(f"{said}; the client asks again, for a whole answer: each is paid twice", **{WHOLE: "yes"})


def _pings(scene: Scene) -> Script:
    if WHOLE in scene.learnt:
        return skipped(_NO_STREAM)
    answer: Answer = yield scene.ask(COUNT.format(30), output=600)
    if (bad := trouble(answer)) is not None:
        return bad
    read = message.streamed(answer).stream
    if read is not None and read.named(PING):
        return passed("come")
    if "slow-start" in scene.knobs:
        return passed("none come; the client waits anyway (compat.slow-start)")
    return degraded("none come", knob("slow-start", tried=False, why="the client then waits, however long it is quiet"))


def _cadence(scene: Scene) -> Script:
    if WHOLE in scene.learnt:
        return skipped(_NO_STREAM)
    answer: Answer = yield scene.ask(COUNT.format(120), output=1000)
    if (bad := trouble(answer)) is not None:
        return bad
    read = message.streamed(answer).stream
    deltas = read.named("content_block_delta") if read is not None else []
    if not deltas:
        return failed("no text comes in pieces")
    first, last = deltas[0].at, deltas[-1].at
    figures = {"first_token": round(first, 3), "whole": round(answer.ended, 3)}
    moments = len({delta.at for delta in deltas})
    said = f"the first piece after {first:.2f} s, {len(deltas)} in {last - first:.2f} s"
    held_back = len(deltas) < _FEW or moments * 10 <= len(deltas)
    if held_back and first > 0.9 * answer.ended and answer.ended > _QUICK:
        said = f"all {len(deltas)} pieces come at once, after {first:.1f} s of nothing"
        if "slow-start" in scene.knobs:
            return Result(PASSED, f"{said}; the client waits for it (compat.slow-start)", figures=figures)
        advice = knob("slow-start", tried=False, why="the client then does not take the silence for a dead connection")
        return Result("degraded", said, (advice,), figures=figures)
    return Result(PASSED, said, figures=figures)


def _usage(scene: Scene) -> Script:
    answer: Answer = yield scene.ask(filler(_ASKED) + REPLY.format(PONG), output=600)
    if (bad := trouble(answer)) is not None:
        return bad
    found = message.streamed(answer)
    if not found.input_tokens or found.output_tokens is None:
        return failed("the stream does not say how many tokens it took")
    if not _ASKED * _LEAST <= found.input_tokens <= _ASKED * _MOST or found.output_tokens < 1:
        said = f"{found.input_tokens:,} tokens in and {found.output_tokens:,} out are said of about {_ASKED:,} in"
        return degraded(said)
    return passed(f"{found.input_tokens:,} tokens in, {found.output_tokens:,} out")


def _stop_reasons(scene: Scene) -> Script:
    wrong = []
    cut, called = scene.ask(COUNT.format(200), output=16), scene.ask(calls([ONE_CALL]), output=600, tools=[WEATHER])
    for ask, expected in ((scene.ask("Say hi.", output=600), "end_turn"), (cut, "max_tokens"), (called, "tool_use")):
        answer: Answer = yield ask
        if (bad := trouble(answer)) is not None:
            return bad
        found = message.streamed(answer)
        # A model that did not call the tool, or that was cut, has another reason, and another check.
        judged = bool(found.calls) if expected == "tool_use" else True
        if judged and found.stop != expected and not (expected == "end_turn" and found.stop == "max_tokens"):
            wrong.append(f"{found.stop or 'none'} where it is {expected}")
    if wrong:
        return degraded("; ".join(wrong))
    return passed("end_turn, max_tokens and tool_use are told apart")


CHECKS = (
    Check(
        "sse",
        "the stream's events",
        STREAMING,
        FATAL,
        _sse,
        "the client drops what it cannot read: it asks again without a stream, or the answer breaks off",
        without="streaming",
        needs=("model",),
        apart=True,
    ),
    Check(
        "cadence",
        "streaming",
        STREAMING,
        LOSS,
        _cadence,
        "nothing is to be seen until an answer is whole: it feels like a hang, and a proxy may cut it",
        without="streaming",
        needs=("sse",),
        apart=True,
    ),
    Check(
        "pings",
        "pings",
        STREAMING,
        MINOR,
        _pings,
        "in a long pause the client may take the connection for dead",
        needs=("sse",),
    ),
    Check(
        "usage",
        "the count of tokens",
        STREAMING,
        LOSS,
        _usage,
        "the client cannot tell how full the window is: it compacts too late or too early, and costs are wrong",
        without="a count of tokens",
        needs=("sse",),
    ),
    Check(
        "stop-reasons",
        "why an answer ends",
        STREAMING,
        LOSS,
        _stop_reasons,
        "the client takes an answer that was cut for a whole one; a tool it runs anyway",
        without="true stop reasons",
        needs=("sse",),
    ),
)
