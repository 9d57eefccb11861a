"""How an endpoint refuses, what it does with several requests at once, and what else the API has."""

from cc_launcher.core.probe.check import (
    BUSY,
    ERRORS,
    LIMITED,
    LOSS,
    MINOR,
    Check,
    Scene,
    Script,
    degraded,
    is_error,
    limited,
    message_of,
    passed,
    refusal,
    skipped,
    trouble,
)
from cc_launcher.core.probe.exchange import MESSAGES, WRONG, Answer, Ask
from cc_launcher.core.probe.json_as_client import parsed
from cc_launcher.core.probe.message import whole
from cc_launcher.core.probe.outcome import Result
from cc_launcher.core.probe.prompts import PONG, REPLY, user

_NO_MODEL = "no-such-model-4711"
_STRAY = "claude-opus-9-9"
_NOT_SERVED = (404, 405, 501)


def _wrong_key(scene: Scene) -> Script:
    if scene.auth == "none":
        return skipped("no key is wanted here")
    answer: Answer = yield scene.ask("hi", stream=False, output=16, credential=WRONG)
    return _refused_rightly(answer, (401, 403), "a wrong key is taken: nobody would notice that yours is not used")


def _unknown_model(scene: Scene) -> Script:
    answer: Answer = yield scene.ask("hi", stream=False, output=16, model=_NO_MODEL)
    return _refused_rightly(answer, (400, 404), "a model that does not exist is served")


def _refused_rightly(answer: Answer, expected: tuple[int, ...], taken: str) -> Result:
    """Whether what had to be refused was, in a way that the client makes sense of."""
    if answer.ok:
        return degraded(taken)
    if answer.fault or answer.status in BUSY:
        return trouble(answer) or degraded(answer.why)
    if answer.status not in expected:
        again = "; the client tries such an answer again and again" if answer.status >= 500 else ""
        return degraded(f"{answer.status} instead of {expected[0]}{again}: {message_of(answer)}")
    if not is_error(answer):
        return degraded(f"{answer.status}, but no error object of this API: {message_of(answer)[:80]}")
    return passed(f"{answer.status}: {message_of(answer)[:80]}")


def _stray(scene: Scene) -> Script:
    answer: Answer = yield scene.ask("hi", stream=False, output=16, model=_STRAY)
    if answer.ok:
        served = whole(answer).model
        by = f" by {served}" if served and served != _STRAY else ""
        return degraded(f"{_STRAY}, which does not exist, is served{by}")
    if answer.fault or answer.status in BUSY:
        return trouble(answer) or degraded(answer.why)
    return passed(f"refused ({answer.status})")


def _at_once(scene: Scene) -> Script:
    ask = scene.ask(REPLY.format(PONG), output=600)
    answers: tuple[Answer, Answer] = yield (ask, ask)
    busy = next((answer for answer in answers if answer.status in BUSY), None)
    if busy is not None:
        return degraded(f"the second is refused ({busy.status}): {message_of(busy)}", **limited(busy))
    for answer in answers:
        if (bad := trouble(answer)) is not None:
            return bad
    return passed("two at once are answered")


def _rate_limit(scene: Scene) -> Script:
    yield from ()
    said = scene.learnt.get(LIMITED)
    if said is None:
        return skipped("no 429 came, and none was provoked")
    after, _, shape = said.partition("; ")
    if shape:
        return degraded(f"a 429 came, and {shape}")
    if after == "none":
        return degraded("a 429 came, without retry-after: the client guesses when to try again")
    return passed(f"a 429 came, with retry-after: {after}")


def _count_tokens(scene: Scene) -> Script:
    body = {"model": scene.model, "messages": [user("How many tokens are these?")]}
    answer: Answer = yield Ask(body, f"{MESSAGES}/count_tokens", output=0, patience=scene.patience)
    if answer.status in _NOT_SERVED:
        return degraded(f"not served ({answer.status})")
    if (bad := trouble(answer)) is not None:
        return degraded(bad.said) if bad.status == "failed" else bad
    if not isinstance(_object(answer).get("input_tokens"), int):
        return degraded("the answer has no input_tokens")
    return passed("served")


def _models_list(scene: Scene) -> Script:
    answer: Answer = yield Ask(None, "/v1/models", "GET", output=0, patience=scene.patience)
    if not answer.ok:
        return degraded(f"not served: {answer.why or refusal(answer)}")
    listed = _object(answer).get("data")
    if not isinstance(listed, list):
        return degraded("the answer has no list")
    ids = [model.get("id") for model in listed if isinstance(model, dict)]
    here = "this one among them" if scene.model in ids else "but not this one"
    return passed(f"{len(ids):,} models, {here}")


def _object(answer: Answer) -> "dict[str, object]":
    data = parsed(answer.raw)
    return data if isinstance(data, dict) else {}


CHECKS = (
    Check(
        "two-at-once",
        "two requests at once",
        ERRORS,
        LOSS,
        _at_once,
        "subagents wait for each other, or fail",
        without="requests side by side",
        needs=("sse",),
        apart=True,
    ),
    Check(
        "wrong-key",
        "a wrong key",
        ERRORS,
        MINOR,
        _wrong_key,
        "the client says something misleading, or tries again for minutes",
        needs=("credential", "answer"),
    ),
    Check(
        "unknown-model",
        "an unknown model",
        ERRORS,
        MINOR,
        _unknown_model,
        "a mistyped model is served by another one, or tried again for minutes",
        needs=("answer",),
    ),
    Check(
        "unknown-claude",
        "a stray claude-*",
        ERRORS,
        MINOR,
        _stray,
        "a request that names a Claude model by mistake is served, and billed, by something else",
        needs=("answer",),
    ),
    Check(
        "count-tokens",
        "count_tokens",
        ERRORS,
        MINOR,
        _count_tokens,
        "nothing: no session was seen to ask for it",
        needs=("answer",),
    ),
    Check(
        "models-list",
        "the list of models",
        ERRORS,
        MINOR,
        _models_list,
        "cc models has only what is shipped; a session does not need it",
        needs=("credential", "answer"),
    ),
    Check(
        "rate-limit",
        "rate limits",
        ERRORS,
        MINOR,
        _rate_limit,
        "the client waits too long, or asks again too soon",
        last=True,
    ),
)
