"""Whether the endpoint takes what the client sends: each unusual field alone, and then the client's whole request."""

import dataclasses
from collections.abc import Callable, Iterable

from cc_launcher.core.probe.check import (
    BUSY,
    FATAL,
    FIELDS,
    Asking,
    Check,
    Scene,
    Script,
    degraded,
    failed,
    knob,
    message_of,
    passed,
    refusal,
    skipped,
    trouble,
)
from cc_launcher.core.probe.checks.sizes import CLIENTS_OWN_OUTPUT, LESS_OUTPUT, NO_LENGTH
from cc_launcher.core.probe.client_request import BETA, ClientRequest, parts, shaped
from cc_launcher.core.probe.exchange import Answer, Ask
from cc_launcher.core.probe.outcome import Advice, Result
from cc_launcher.core.probe.wordings import recovers_from

REFUSED_KNOBS = "refused"  # learnt: the knobs that would spare the endpoint what it refuses, with blanks between them
NO_BETAS = "no-header"  # learnt: the endpoint takes no header of betas at all
HELPS = "helps"  # learnt: the knobs with which the client's request was taken
_BETAS, _ADAPTIVE, _NO_THINKING = "no-betas", "no-adaptive-thinking", "no-thinking"
_NO_SEARCH = "no-tool-search"
# The knobs that take a part out, beside its own.
_ALSO_OUT = {
    "thinking": {_NO_THINKING},
    "context-management": {_BETAS, _NO_THINKING},
    "tool-search": {_BETAS},
    "tool-reference": {_BETAS},
}
_WITH_BETA = ("context-management", "tool-search", "tool-reference")
# In which order one looks for what is refused, where no part alone was: the one that costs a session least comes first.
_SEARCHED = (
    "no-context-management",
    "no-system-role",
    "no-effort",
    "no-caching",
    "no-tool-search",
    _BETAS,
    _ADAPTIVE,
    _NO_THINKING,
)
_REFUSED = (400, 403, 404, 413, 422)


def refused_knobs(scene: Scene) -> set[str]:
    """What has been learnt that the endpoint does not take."""
    return set(scene.learnt.get(REFUSED_KNOBS, "").split())


def _part(scene: Scene, name: str) -> Asking:
    """A small request with one part of the client's in it; in its nearest form that is not known to be refused."""
    every, refused = parts(scene.client), refused_knobs(scene)
    small = scene.ask("Say hi.", output=300)
    request = every[name].add(ClientRequest({}, dict(small.body or {})))
    body, headers = dict(request.body), dict(request.headers)
    if "thinking" in body and {_ADAPTIVE} & (scene.knobs | refused):
        with_budget = every["thinking-budget"].add(ClientRequest({}, dict(small.body or {}))).body
        body |= {key: with_budget[key] for key in ("thinking", "max_tokens")}
    sent = shaped(scene.client, scene.model, scene.knobs, 16).headers.get(BETA, "").split(",")
    betas = [beta for beta in headers.pop(BETA, "").split(",") if beta in sent]  # what no knob takes out already
    if any(betas) and _BETAS not in refused:
        headers[BETA] = ",".join(betas)
    answer: Answer = yield dataclasses.replace(small, body=body, headers=headers)
    return answer


def _one(name: str) -> Callable[[Scene], Script]:
    def script(scene: Scene) -> Script:
        return (yield from _judged(scene, name))

    return script


def _judged(scene: Scene, name: str) -> Script:
    part = parts(scene.client)[name]
    if out := sorted(scene.knobs & {part.knob, *_ALSO_OUT.get(name, ())}):
        return passed(f"not sent (compat.{out[0]})")
    if goes_with := _refused_before(scene, name, part.needs):
        return skipped(f"not judged: it goes with {goes_with}, which is refused")
    answer = yield from _part(scene, name)
    if answer.accepted:
        return passed("taken")
    if answer.status not in _REFUSED:
        return trouble(answer) or failed(answer.why)
    return _refused(scene, name, part.knob, answer)


def _refused_before(scene: Scene, name: str, needs: Iterable[str]) -> str:
    """What this part goes with, where that is known to be refused."""
    refused = refused_knobs(scene)
    if _NO_THINKING in refused and "thinking" in needs:
        return "thinking"
    if _BETAS in refused and name in _WITH_BETA:
        return "a beta header"
    return "tool search" if _NO_SEARCH in refused and "tool-search" in needs else ""


def _refused(scene: Scene, name: str, turn: str, answer: Answer) -> Result:
    learnt = {REFUSED_KNOBS: " ".join(sorted(refused_knobs(scene) | {turn}))}
    if recovers_from(name, answer.status, message_of(answer)):
        said = f"{refusal(answer)}; the client sees it, and sends again without"
        return degraded(said, knob(turn, tried=False, why="saves the refused request"), **learnt)
    return failed(refusal(answer), knob(turn, tried=False), **learnt)


def _thinking(scene: Scene) -> Script:
    found = yield from _judged(scene, "thinking")
    if found.status == "passed" or not found.advice or _ADAPTIVE in scene.knobs:
        return found
    budget = yield from _part(scene, "thinking-budget")
    if budget.accepted:
        return found
    learnt = {REFUSED_KNOBS: " ".join(sorted(refused_knobs(scene) | {_NO_THINKING}))}
    return failed(f"{found.said}; with a budget {refusal(budget)}", knob(_NO_THINKING, tried=False), **learnt)


def _betas(scene: Scene) -> Script:
    found = yield from _judged(scene, "betas")
    if not found.advice:
        return found
    # The knob leaves some betas in the header.
    fewer = shaped(scene.client, scene.model, {*scene.knobs, _BETAS}, 16).headers.get(BETA, "")
    small = scene.ask("Say hi.", output=300)
    answer: Answer = yield dataclasses.replace(small, headers={BETA: fewer} if fewer else {})
    if answer.accepted:
        return found
    said = f"{found.said}; no knob takes the whole header out"
    return dataclasses.replace(found, advice=(), said=said, learnt={**found.learnt, NO_BETAS: "yes"})


def _client_request(scene: Scene) -> Script:
    if scene.learnt.get(LESS_OUTPUT) == NO_LENGTH:
        return skipped("not judged: it is refused for the length of an answer")
    answer = yield from _as_the_client(scene, ())
    if answer.accepted:
        tools = len(shaped(scene.client, scene.model, scene.knobs, 16).body["tools"])
        return passed(f"taken, with {tools} tools")
    if answer.status not in _REFUSED:
        return trouble(answer) or failed(answer.why)
    known = refused_knobs(scene)
    if known:
        answer = yield from _as_the_client(scene, known)
        if answer.accepted:
            return passed(f"taken with {_named(known)}", **{HELPS: " ".join(sorted(known))})
    return (yield from _with_more(scene, answer, known))


def _with_more(scene: Scene, refused: Answer, known: set[str]) -> Script:
    """What is refused, and what helps: one knob more than those that are known, or all of them."""
    if refused.status not in _REFUSED:
        return trouble(refused) or failed(refused.why)
    one_more = [{*known, more} for more in _SEARCHED if more not in scene.knobs | known]
    for knobs in [*one_more, {*_SEARCHED, *known} - scene.knobs]:
        tried = yield from _as_the_client(scene, knobs)
        if tried.accepted:
            return failed(refusal(refused), *_advised(knobs), **{HELPS: " ".join(sorted(knobs))})
        if tried.fault or tried.status in BUSY:  # it says nothing of the knobs, and nor would the next one
            return trouble(tried) or failed(tried.why)
    return failed(refusal(refused))


def _as_the_client(scene: Scene, more: Iterable[str]) -> Asking:
    """The client's own request, with further knobs turned on."""
    size = int(scene.learnt.get(LESS_OUTPUT, scene.max_output or CLIENTS_OWN_OUTPUT))
    request = shaped(scene.client, scene.model, {*scene.knobs, *more}, size)
    headers = dict(request.headers)
    if NO_BETAS in scene.learnt:  # which is another check's fault; here it is about the rest
        headers.pop(BETA, None)
    answer: Answer = yield Ask(request.body, headers=headers, output=600, patience=scene.patience)
    return answer


def _advised(knobs: Iterable[str]) -> list[Advice]:
    return [knob(name, tried=True) for name in sorted(knobs)]


def _named(knobs: Iterable[str]) -> str:
    return ", ".join(f"compat.{name}" for name in sorted(knobs))


_ENDS = "each request of a session has it: the session ends at the first one"


def _field(name: str, part: str, title: str, *, script: Callable[[Scene], Script] | None = None) -> Check:
    return Check(name, title, FIELDS, FATAL, script or _one(part), _ENDS, needs=("sse",), apart=True)


CHECKS = (
    _field("betas", "betas", "the header `anthropic-beta`", script=_betas),
    _field("adaptive-thinking", "thinking", "the field `thinking`", script=_thinking),
    _field("effort", "effort", "the effort level (`output_config`)"),
    _field("context-management", "context-management", "`context_management`"),
    _field("cache-control", "caching", "`cache_control`"),
    _field("system-role", "system-role", "messages of the role `system`"),
    _field("tool-search", "tool-search", "tools that come later (`defer_loading`)"),
    Check(
        "tool-reference",
        "tools that were searched for",
        FIELDS,
        FATAL,
        _one("tool-reference"),
        "the session ends when the model has searched for a tool and found one",
        needs=("tool-search", "tool-result"),
    ),
    Check(
        "client-request",
        "the client's whole request",
        FIELDS,
        FATAL,
        _client_request,
        "the session ends at its first request",
        needs=("sse",),
        after=("max-output",),
        apart=True,
    ),
)
