"""What a check is: a script that asks, one request after the other or several at once, and judges what comes back."""

import dataclasses
from collections.abc import Callable, Generator, Mapping
from typing import Any

from cc_launcher.core.plan import first_answer
from cc_launcher.core.probe.exchange import MESSAGES, OWN, Answer, Ask
from cc_launcher.core.probe.json_as_client import parsed
from cc_launcher.core.probe.outcome import DEGRADED, FAILED, PASSED, SKIPPED, Advice, Result
from cc_launcher.core.probe.prompts import Body, user

# What a check that is not passed means for the whole: no session works; none that edits files does; a session goes on
# without something; hardly anything.
FATAL, EDITING, LOSS, MINOR = "fatal", "editing", "loss", "minor"
CONNECTION, STREAMING, TOOLS, FIELDS = "connection", "streaming", "tools", "the client's fields"
CONTENT, SIZES, ERRORS = "thinking and pictures", "sizes", "errors and others"

Script = Generator[Ask | tuple[Ask, ...], Any, Result]
Asking = Generator[Ask | tuple[Ask, ...], Any, Answer]
WHOLE = "whole"  # learnt: no stream can be read, and the client goes on with whole answers
LIMITED = "limited"  # learnt: a request was refused with 429, and whether it said for how long
BUSY = (429, 529)


@dataclasses.dataclass(frozen=True)
class Scene:
    """What is probed, and what earlier checks have learnt of it."""

    model: str
    client: Mapping[str, Any]  # the client's own request, as it was captured
    auth: str = "bearer"
    secure: bool = True  # https
    knobs: frozenset[str] = frozenset()  # the compat knobs that the profile has turned on
    context: int | None = None  # the window that the profile claims
    max_output: int | None = None
    searches: bool | None = None  # whether the profile says that the provider searches the web
    deep: bool = False
    patience: float = 60.0  # seconds for one request
    learnt: Mapping[str, str] = dataclasses.field(default_factory=dict)

    def knowing(self, learnt: Mapping[str, str]) -> "Scene":
        """The same, with what a check has learnt."""
        return dataclasses.replace(self, learnt={**self.learnt, **learnt})

    def ask(
        self,
        prompt: "str | list[Body]",
        *,
        stream: bool = True,
        output: int = 400,
        credential: str = OWN,
        model: str = "",
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> Ask:
        """A small request of our own: the fewest fields that there are, and those that a check is about."""
        messages = [user(prompt)] if isinstance(prompt, str) else prompt
        stream = stream and WHOLE not in self.learnt
        body = {"model": model or self.model, "max_tokens": output, "messages": messages, "stream": stream, **more}
        return Ask(body, MESSAGES, "POST", headers or {}, credential, output, self.patience)


@dataclasses.dataclass(frozen=True)
class Check:
    """One thing that a session needs of an endpoint."""

    name: str
    title: str
    group: str
    weight: str  # FATAL, EDITING, LOSS or MINOR
    script: Callable[[Scene], Script]
    harm: str  # what it does to a session that this is not passed
    without: str = ""  # LOSS: what a session goes on without, in the verdict
    needs: tuple[str, ...] = ()  # the checks that must not have failed
    after: tuple[str, ...] = ()  # the checks that must have ended, however they did
    deep: bool = False  # only on demand: it costs
    last: bool = False  # after all others
    apart: bool = False  # never beside others: it is about time, or about what they have to know


# -- how scripts judge --------------------


def passed(said: str, **learnt: str) -> Result:
    """As it should be."""
    return Result(PASSED, said, learnt=learnt)


def degraded(said: str, *advice: Advice, **learnt: str) -> Result:
    """A session goes on, with less."""
    return Result(DEGRADED, said, advice, learnt)


def failed(said: str, *advice: Advice, **learnt: str) -> Result:
    """A session would break."""
    return Result(FAILED, said, advice, learnt)


def skipped(said: str, **learnt: str) -> Result:
    """Not judged."""
    return Result(SKIPPED, said, learnt=learnt)


def knob(name: str, *, tried: bool, why: str = "") -> Advice:
    """The advice to turn a compat knob on."""
    return Advice(f"compat.{name}=true", tried, why)


def trouble(answer: Answer) -> Result | None:
    """What is to be said of an answer that is none; nothing of one with status 200."""
    if answer.ok:
        return None
    if answer.fault:
        return failed(answer.why or answer.fault)
    if is_unpaid(answer):
        return skipped(f"not judged: out of credit ({answer.status}: {message_of(answer)})")
    if answer.status in BUSY:
        after = answer.headers.get("retry-after", "")
        wait = f", try again in {after} s" if after.isdigit() else ""
        return skipped(f"not judged: rate limited ({answer.status}{wait})", **limited(answer))
    return failed(refusal(answer))


def is_unpaid(answer: Answer) -> bool:
    """Whether there is no credit left, which providers say with several status codes."""
    said = first_answer.Answer(answer.status, answer.text, answer.headers.get("retry-after", ""))
    return answer.status not in {0, 200} and first_answer.judge(said).kind == first_answer.CREDIT


def limited(answer: Answer) -> dict[str, str]:
    """What is learnt of a 429."""
    shape = "" if is_error(answer) else "; it is no error object of this API"
    return {LIMITED: (answer.headers.get("retry-after", "") or "none") + shape}


def refusal(answer: Answer) -> str:
    """A refusal in a line."""
    return f"refused ({answer.status}): {message_of(answer)}"


def message_of(answer: Answer) -> str:
    """What an error says, whichever shape it has."""
    data = parsed(answer.raw)
    found: object = data
    for key in ("error", "message"):
        if isinstance(found, dict):
            found = found.get(key, found.get("detail", ""))
    text = found if isinstance(found, str) and found else answer.text
    return " ".join(text.split())[:200] or "without a word"


def is_error(answer: Answer) -> bool:
    """Whether it is an error as the API has it, so that the client can tell people what is wrong."""
    data = parsed(answer.raw)
    error = data.get("error") if isinstance(data, dict) else None
    return isinstance(error, dict) and isinstance(error.get("type"), str) and isinstance(error.get("message"), str)
