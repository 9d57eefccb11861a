"""A probe as one HTML file: no script, nothing from elsewhere, and nothing of the provider's that a browser acts on."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from cc_launcher.core.probe import evidence, words
from cc_launcher.core.probe.exchange import Exchange
from cc_launcher.core.probe.outcome import DEGRADED, FAILED, PASSED, SKIPPED, Advice, Outcome, Run
from cc_launcher.core.probe.page_style import STYLE
from cc_launcher.core.text import web_page

MOST = 2_000_000  # bytes of the whole file
_AROUND = 5_000  # bytes that what stands around the evidence of a check can take
_REQUEST, _RESPONSE = 60_000, 90_000  # bytes of one exchange
_SAID = 600  # characters of anything that is said in a sentence
_MARKS = {PASSED: "✓", DEGRADED: "!", FAILED: "✗", SKIPPED: "○"}


def html(run: Run) -> str:
    """The report, to look at and to send to a provider."""
    title = f"{_safe(run.profile)} · {_safe(run.model)}"
    parts = [*_summary(run), *_troubles(run), *_table(run)]
    room = MOST - 20_000 - sum(len(part.encode()) + 1 for part in parts)
    return web_page.whole("cc probe", title, STYLE, [*parts, *_evidence(run, room)])


def _summary(run: Run) -> Iterator[str]:
    kind, word = ("fit", "fit for a session") if run.fit else ("unfit", "not fit for a session")
    stopped = "" if run.whole else " It was stopped early."
    yield f'<section class="verdict {kind}">'
    yield f'<p class="word">{_MARKS[PASSED] if run.fit else _MARKS[FAILED]} {word}</p>'
    yield f'<p class="said">{_safe(run.verdict)}</p>'
    yield f"<p>{_safe(words.counts(run.outcomes))}.{stopped}</p>"
    yield "</section>"
    yield "<dl>"
    for name, value in (
        ("Endpoint", run.host),
        ("When", words.when(run.began)),
        ("Client", f"requests as Claude Code {run.client} sends them"),
        ("Knobs", ", ".join(run.knobs) or "none on"),
        ("Took", words.total(run)),
    ):
        yield f"<div><dt>{name}</dt><dd>{_safe(value)}</dd></div>"
    yield "</dl>"


def _troubles(run: Run) -> Iterator[str]:
    found = words.troubles(run)
    if not found:
        return
    yield "<section><h2>What that does to a session</h2>"
    yield '<ul class="troubles">'
    for outcome in found:
        yield f"<li>{_status(outcome)} <b>{_safe(outcome.check)}</b>"
        yield f"<p>{_safe(outcome.harm or outcome.said)}</p>"
        for advice in outcome.advice:
            yield _advice(run, advice)
        yield "</li>"
    yield "</ul></section>"


def _advice(run: Run, advice: Advice) -> str:
    tried = "tried just now: the endpoint passes with it" if advice.tried else "not tried"
    why = f"{_safe(advice.why)}; {tried}" if advice.why else tried
    return f"<p class=advice><code>{_safe(words.edit(run.profile, advice.change))}</code> <span>{why}</span></p>"


def _table(run: Run) -> Iterator[str]:
    yield "<section><h2>Checks</h2>"
    yield '<table><thead><tr><th scope="col">Result</th><th scope="col">Check</th><th scope="col">What was seen</th>'
    yield '<th scope="col" class="n">Time</th><th scope="col" class="n">Tokens</th></tr></thead>'
    numbered = enumerate(run.outcomes)
    for group, outcomes in groupby(numbered, key=lambda each: each[1].group):
        yield f'<tbody><tr class="group"><th scope="rowgroup" colspan="5">{_safe(group)}</th></tr>'
        for number, outcome in outcomes:
            name = f"<b>{_safe(outcome.check)}</b>"
            if outcome.evidence:
                name = f'<a href="#e{number}">{name}</a>'
            tokens = outcome.input_tokens + outcome.output_tokens
            yield (
                f'<tr class="check"><td>{_status(outcome)}</td><td>{name}<br><small>{_safe(outcome.title)}</small></td>'
                f'<td>{_safe(outcome.said)}</td><td class="n">{words.duration(outcome.seconds)}</td>'
                f'<td class="n{"" if tokens else " none"}">{f"{tokens:,}" if tokens else "0"}</td></tr>'
            )
        yield "</tbody>"
    yield "</table></section>"


def _evidence(run: Run, room: int) -> Iterator[str]:
    """What was sent and what came back: that of troubles gets its room first."""
    with_some = [(number, outcome) for number, outcome in enumerate(run.outcomes) if outcome.evidence]
    if not with_some:
        return
    first = sorted(with_some, key=lambda each: each[1].status not in {FAILED, DEGRADED})
    made: dict[int, str] = {}
    for number, outcome in first:
        room -= _AROUND  # the sentence above it
        made[number] = text = "\n".join(_exchanges(outcome.evidence, room))
        room -= len(text.encode())
    yield "<section><h2>Evidence</h2>"
    yield (
        "<p>What was sent and what came back, without what is secret. Each piece of an answer stands under the time "
        "at which it came, in seconds since the request was sent. What is long is shortened, and says so. A character "
        "that would not be seen, or a byte that is no UTF-8, stands as an escape, such as \\x1b.</p>"
    )
    for number, outcome in with_some:
        count = words.counted(len(outcome.evidence), "request")
        about = f"{_status(outcome)} <b>{_safe(outcome.check)}</b> <small>{count}</small>"
        yield f'<details id="e{number}"><summary>{about}</summary>'
        yield f"<p>{_safe(outcome.said)}</p>"
        yield made[number]
        yield "</details>"
    yield "</section>"


def _exchanges(exchanges: Sequence[Exchange], room: int) -> Iterator[str]:
    for number, one in enumerate(exchanges):
        if room < _RESPONSE + _REQUEST + 2_000:
            rest = words.counted(len(exchanges) - number, "request")
            yield f"<p>{rest} left out: this report would be too large with them.</p>"
            return
        shown = evidence.shown(one)
        request = evidence.within(shown.request, _REQUEST, web_page.escaped)
        response = evidence.within(shown.response, _RESPONSE, web_page.escaped)
        room -= len(request.encode()) + len(response.encode()) + 1_000
        yield f"<h3>{web_page.escaped(shown.title)}</h3>"
        yield f"<h4>Sent</h4><pre>{request}</pre>"
        yield f"<h4>Came back</h4><pre>{response or '(nothing)'}</pre>"


def _status(outcome: Outcome) -> str:
    """How a check ended, by a sign and a word, and by colour only beside them."""
    return f'<span class="status {outcome.status}">{_MARKS.get(outcome.status, "?")} {outcome.status}</span>'


def _safe(text: str) -> str:
    return web_page.escaped(evidence.short(text, _SAID))
