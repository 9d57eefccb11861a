"""Whether tools are called as a session needs it: the right one, with what was meant, to the letter."""

from collections.abc import Generator
from typing import Any

from cc_launcher.core.probe import message
from cc_launcher.core.probe.check import (
    EDITING,
    LOSS,
    MINOR,
    TOOLS,
    WHOLE,
    Check,
    Scene,
    Script,
    degraded,
    failed,
    passed,
    refusal,
    trouble,
)
from cc_launcher.core.probe.exchange import Answer, Ask
from cc_launcher.core.probe.message import Block, Message
from cc_launcher.core.probe.outcome import Result
from cc_launcher.core.probe.prompts import (
    EDIT,
    EDIT_CALL,
    FORWARD,
    LONG_CALL,
    LOOK_UP,
    NESTED_CALL,
    NO_TOOL,
    NOTE,
    ONE_CALL,
    PLAN,
    PROBLEM,
    RESULT,
    SEVERAL_CALLS,
    WEATHER,
    Body,
    calls,
    user,
)
from cc_launcher.core.probe.tool_calls import Called, read_again, wrong

_FROM_CALL = ("sse", "tool-call")
_FROM_ARGUMENTS = ("sse", "tool-call", "tool-arguments")


def _tool_call(scene: Scene) -> Script:
    answer: Answer = yield scene.ask(calls([ONE_CALL]), stream=False, output=600, tools=[WEATHER, NOTE])
    if (bad := trouble(answer)) is not None:
        return bad
    found = message.whole(answer)
    if not found.calls:
        return failed(f"the model says something instead of calling a tool: {found.text[:80] or 'nothing'}")
    if found.calls[0].name != ONE_CALL[0]:
        return failed(f"another tool is called: {found.calls[0].name[:60] or 'one without a name'}")
    if not found.calls[0].id:
        return failed("the call has no id, so its result cannot be given")
    return passed("the right tool is called")


def _tool_arguments(scene: Scene) -> Script:
    ask = calls([LONG_CALL])
    streamed: Answer = yield scene.ask(ask, output=900, tools=[NOTE])
    if (bad := trouble(streamed)) is not None:
        return bad
    whole: Answer = yield scene.ask(ask, stream=False, output=900, tools=[NOTE])
    if (bad := trouble(whole)) is not None:
        return bad
    found, unstreamed = message.streamed(streamed), message.whole(whole)
    in_pieces, in_one = wrong(found.calls, [LONG_CALL]), wrong(unstreamed.calls, [LONG_CALL])
    if in_pieces and in_one:
        return failed(f"streamed and whole: {in_pieces}")
    if in_pieces:
        return failed(f"streamed: {in_pieces}; in one piece they are right")
    if in_one:
        return degraded(f"in one piece: {in_one}; streamed they are right")
    pieces = found.calls[0].deltas
    how = "" if WHOLE in scene.learnt else f", streamed in {pieces} piece{'' if pieces == 1 else 's'}"
    return passed(f"whole{how}")


def _parallel(scene: Scene) -> Script:
    answer: Answer = yield scene.ask(calls(SEVERAL_CALLS), output=900, tools=[WEATHER, LOOK_UP])
    if (bad := trouble(answer)) is not None:
        return bad
    found = message.streamed(answer).calls
    wanted = list(SEVERAL_CALLS)
    if len(found) == 1 and not wrong(found, wanted[:1]):
        return degraded("one call comes at a time")
    if told := wrong(found, wanted):
        return failed(told)
    if len({call.id for call in found}) < len(found):
        return failed("several calls have the same id: their results cannot be told apart")
    return passed(f"{len(found)} calls in one turn")


def _exact(scene: Scene, tool: Body, call: Called) -> Generator[Ask | tuple[Ask, ...], Any, Result | list[Block]]:
    """The calls of an answer that has to be this one call."""
    answer: Answer = yield scene.ask(calls([call]), output=1200, tools=[tool])
    return trouble(answer) or message.streamed(answer).calls


def _nested(scene: Scene) -> Script:
    found = yield from _exact(scene, PLAN, NESTED_CALL)
    if isinstance(found, Result):
        return found
    told = wrong(found, [NESTED_CALL])
    if not told:
        return passed("to the letter")
    for call in found:
        call.input = read_again(call.input, NESTED_CALL[1])
    if not wrong(found, [NESTED_CALL]):
        return degraded(f"{told}; the client makes of it what it should be")
    return failed(told)


def _edit(scene: Scene) -> Script:
    found = yield from _exact(scene, EDIT, EDIT_CALL)
    if isinstance(found, Result):
        return found
    told = wrong(found, [EDIT_CALL])
    return failed(told) if told else passed("to the letter")


def _tool_result(scene: Scene) -> Script:
    answered = yield from handed_back(scene, RESULT, is_error=False)
    if isinstance(answered, Result):
        return answered
    if RESULT not in answered.text:
        return failed("the model does not see what the tool has said")
    return passed("arrives")


def _tool_error(scene: Scene) -> Script:
    answered = yield from handed_back(scene, PROBLEM, is_error=True)
    if isinstance(answered, Result):
        return answered
    if PROBLEM.partition(":")[0] not in answered.text:
        return degraded("the model does not see what went wrong")
    return passed("arrives")


def handed_back(
    scene: Scene, said: str, *, is_error: bool, output: int = 900, **more: Any
) -> Generator[Ask | tuple[Ask, ...], Any, Result | Message]:
    """A call, and then its result: what the model says to that, or what is wrong."""
    prompt = calls([ONE_CALL])
    first: Answer = yield scene.ask(prompt, output=output, tools=[WEATHER], **more)
    if (bad := trouble(first)) is not None:
        return bad
    called = message.streamed(first)
    if not called.calls:
        return failed("no tool was called, so there is nothing to answer to")
    result: Body = {"type": "tool_result", "tool_use_id": called.calls[0].id, "content": said}
    if is_error:
        result["is_error"] = True
    conversation = [
        user(prompt),
        {"role": "assistant", "content": called.content},
        {"role": "user", "content": [result, {"type": "text", "text": FORWARD}]},
    ]
    second: Answer = yield scene.ask(conversation, output=output, tools=[WEATHER], **more)
    if second.status in {400, 422}:
        return failed(f"what the tool said is {refusal(second)}")
    return trouble(second) or message.streamed(second)


def _not_called(scene: Scene) -> Script:
    answer: Answer = yield scene.ask(NO_TOOL, output=600, tools=[WEATHER, NOTE, LOOK_UP])
    if (bad := trouble(answer)) is not None:
        return bad
    found = message.streamed(answer)
    if found.calls:
        return degraded(f"{found.calls[0].name[:60]} is called, which nobody needs")
    return passed("no tool is called where none is needed")


def _tool_choice(scene: Scene) -> Script:
    forced = {"type": "tool", "name": LOOK_UP["name"]}
    answer: Answer = yield scene.ask("Tide.", output=600, tools=[WEATHER, LOOK_UP], tool_choice=forced)
    if answer.status in {400, 422}:
        return degraded(refusal(answer))
    if (bad := trouble(answer)) is not None:
        return bad
    if [call.name for call in message.streamed(answer).calls] != [LOOK_UP["name"]]:
        return degraded("a tool that is prescribed is not called")
    return passed("is obeyed")


CHECKS = (
    Check(
        "tool-call",
        "tool calls",
        TOOLS,
        EDITING,
        _tool_call,
        "Claude Code works by tools: it can read, edit and run nothing",
        needs=("model",),
    ),
    Check(
        "tool-arguments",
        "tool arguments",
        TOOLS,
        EDITING,
        _tool_arguments,
        "tools are called with nothing, or with half of it: they fail, again and again, at your cost",
        needs=_FROM_CALL,
    ),
    Check(
        "edit",
        "exact edits",
        TOOLS,
        EDITING,
        _edit,
        "edits do not find their place, or put something else into your files",
        needs=_FROM_ARGUMENTS,
    ),
    Check(
        "parallel-tools",
        "several calls in one turn",
        TOOLS,
        EDITING,
        _parallel,
        "calls are lost or mixed up when several come at once; one at a time is only slower",
        without="several calls in one turn",
        needs=_FROM_ARGUMENTS,
    ),
    Check(
        "nested-arguments",
        "nested arguments",
        TOOLS,
        EDITING,
        _nested,
        "tools that take lists or numbers (to-dos, questions, MCP) refuse what they are given",
        needs=_FROM_ARGUMENTS,
    ),
    Check(
        "tool-result",
        "tool results",
        TOOLS,
        EDITING,
        _tool_result,
        "the model does not know what its tools have found",
        needs=_FROM_CALL,
    ),
    Check(
        "tool-error",
        "tool errors",
        TOOLS,
        EDITING,
        _tool_error,
        "the session stops, or goes on blindly, at the first command that fails",
        without="the errors of tools",
        needs=("sse", "tool-call", "tool-result"),
    ),
    Check(
        "tool-not-called",
        "no unneeded calls",
        TOOLS,
        LOSS,
        _not_called,
        "tools run that nobody asked for",
        without="leaving tools alone",
        needs=_FROM_CALL,
    ),
    Check(
        "tool-choice",
        "prescribed tools",
        TOOLS,
        MINOR,
        _tool_choice,
        "some small jobs of the client come to nothing; a session does not need it",
        needs=_FROM_CALL,
    ),
)
