"""Whether the provider searches the web when Claude Code's WebSearch asks it to."""

from cc_launcher.core.probe import message
from cc_launcher.core.probe.check import MINOR, TOOLS, Check, Scene, Script, degraded, passed, refusal, trouble
from cc_launcher.core.probe.exchange import Answer
from cc_launcher.core.probe.outcome import Advice

# As the client asks (measured on 2.0.64 and 2.1.332): with a tool that the provider is to run by itself.
_TOOL = {"type": "web_search_20250305", "name": "web_search", "max_uses": 1}
_PROMPT = "Perform a web search for the query: what is the news today"
_RUN_THERE = frozenset({"server_tool_use", "web_search_tool_result"})
_OFF = Advice("web_search=false", tried=False, why="then Claude Code does not offer it")


def _web_search(scene: Scene) -> Script:
    if scene.searches is False:
        return passed("Claude Code does not ask for it (web_search = false)")
    answer: Answer = yield scene.ask(_PROMPT, output=1000, tools=[_TOOL])
    if answer.status in {400, 404, 422}:
        return degraded(refusal(answer), _OFF)
    if (bad := trouble(answer)) is not None:
        return bad
    found = message.streamed(answer)
    if not any(block.kind in _RUN_THERE for block in found.blocks):
        return degraded("it answers without having searched: what WebSearch finds is made up", _OFF)
    return passed("the provider searches")


CHECKS = (
    Check(
        "web-search",
        "web search",
        TOOLS,
        MINOR,
        _web_search,
        "WebSearch finds nothing, or what the model makes up; all else works",
        needs=("sse",),
    ),
)
