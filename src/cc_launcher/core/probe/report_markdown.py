"""A probe as Markdown, short enough for an issue. Nothing that a provider says becomes markup, a link or a mention."""

import re
from collections.abc import Iterator
from itertools import groupby

from cc_launcher.core.probe import evidence, words
from cc_launcher.core.probe.outcome import FAILED, Outcome, Run

MOST = 64_000  # bytes of the whole text: an issue takes 65,536 characters
_FOR_EVIDENCE = 30_000
_REQUEST, _RESPONSE = 6_000, 9_000  # of one exchange
_SAID = 160  # characters of a cell
_MARKUP = re.compile(r"([\\`*_\[\]<>|~!$&])")
_CALLS = re.compile(r"[@#]|://|(?<=www)\.")  # what becomes a mention or a link all by itself


def markdown(run: Run) -> str:
    """The report, for an issue or a mail. The requests of what was not passed are in it."""
    head = [*_summary(run), *_troubles(run), *_table(run)]
    room = min(_FOR_EVIDENCE, MOST - 4_000 - _size(head))
    return "\n".join([*_within(head), *_evidence(run, room)])


def _within(lines: list[str]) -> Iterator[str]:
    """The lines that fit into an issue; there are more only if a provider says much in very many checks."""
    left = MOST - 200
    for line in lines:
        left -= _size([line])
        if left < 0:
            yield "(The rest is left out, for want of room: `cc probe --html` has it.)"
            return
        yield line


def _size(lines: list[str]) -> int:
    return sum(len(line.encode("utf-8", "replace")) + 1 for line in lines)


def _summary(run: Run) -> Iterator[str]:
    yield f"# cc probe: {_safe(run.profile)}, {_safe(run.model)}"
    yield ""
    yield f"**{_safe(run.verdict, 600)}** ({'fit' if run.fit else 'not fit'} for a session)"
    yield ""
    yield f"- endpoint: {_code(run.host)}"
    yield f"- when: {words.when(run.began)}"
    yield f"- client: requests as Claude Code {_safe(run.client)} sends them"
    yield f"- knobs: {', '.join(map(_code, run.knobs[:30])) or 'none on'}"
    yield f"- {words.counts(run.outcomes)}"
    yield f"- {words.total(run)}"
    yield ""


def _troubles(run: Run) -> Iterator[str]:
    found = words.troubles(run)
    if not found:
        return
    yield "## What that does to a session"
    yield ""
    for outcome in found:
        yield f"- **{outcome.status} {_safe(outcome.check)}**: {_safe(outcome.harm or outcome.said, 400)}"
        for advice in outcome.advice[:5]:
            tried = "tried: the endpoint passes with it" if advice.tried else "not tried"
            yield f"  - {_code(words.edit(run.profile, advice.change))} ({tried})"
    yield ""


def _table(run: Run) -> Iterator[str]:
    yield "## Checks"
    for group, outcomes in groupby(run.outcomes, key=lambda outcome: outcome.group):
        yield ""
        yield f"### {_safe(group)}"
        yield ""
        yield "| result | check | what was seen | time | tokens |"
        yield "| --- | --- | --- | ---: | ---: |"
        for outcome in outcomes:
            tokens = outcome.input_tokens + outcome.output_tokens
            cells = (outcome.status, _safe(outcome.check), _safe(outcome.said), words.duration(outcome.seconds))
            yield f"| {' | '.join(cells)} | {f'{tokens:,}' if tokens else ''} |"
    yield ""


def _evidence(run: Run, room: int) -> Iterator[str]:
    found = [outcome for outcome in words.troubles(run) if outcome.evidence]
    if not found or room <= 0:
        return
    yield "## Evidence"
    yield ""
    yield "Each piece of an answer stands under the time at which it came, in seconds since the request was sent."
    yield "What is secret is left out; what is long is shortened, and says so."
    yield ""
    without: list[str] = []
    for outcome in found:
        lines = list(_of(outcome))
        if _size(lines) > room:
            without.append(_safe(outcome.check))
            continue
        room -= _size(lines)
        yield from lines
    if without:
        yield f"Left out here, for want of room: {', '.join(without[:50])}. `cc probe --html` has it."


def _of(outcome: Outcome) -> Iterator[str]:
    yield f"### {outcome.status} {_safe(outcome.check)}"
    yield ""
    # The last one is what a failure was told by; where there were several, more would crowd others out.
    last = outcome.evidence[-2:] if outcome.status == FAILED else outcome.evidence[-1:]
    for one in last:
        shown = evidence.shown(one)
        yield from _fenced(f"{evidence.within(shown.request, _REQUEST, str)}\n")
        yield from _fenced(evidence.within(shown.response, _RESPONSE, str))


def _fenced(text: str) -> Iterator[str]:
    """A block of code, between fences that nothing in it can close."""
    fence = "`" * (max((len(run) for run in re.findall(r"`+", text)), default=0) + 1)
    fence = fence if len(fence) > 3 else "```"
    yield f"{fence}text"
    yield text
    yield fence
    yield ""


def _safe(text: str, most: int = _SAID) -> str:
    """Foreign text inside a line: no markup, no link, nobody called."""
    shown = _MARKUP.sub(r"\\\1", evidence.short(text, most))
    return _CALLS.sub(lambda found: f"`{found[0]}`", shown)


def _code(text: str) -> str:
    """Foreign text as code in a line."""
    shown = evidence.short(text, _SAID)
    fence = "`" * (max((len(run) for run in re.findall(r"`+", shown)), default=0) + 1)
    return f"{fence} {shown} {fence}" if "`" in shown else f"`{shown}`"
