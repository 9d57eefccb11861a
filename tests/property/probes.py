"""Any probe, for hypothesis: with whatever a provider, or a file that somebody has edited, could put into it."""

from __future__ import annotations

from hypothesis import strategies as st

from cc_launcher.core.probe import exchange
from cc_launcher.core.probe.exchange import Answer, Ask, Exchange, Piece
from cc_launcher.core.probe.outcome import Advice, Outcome, Run
from cc_launcher.core.probe.words import STATUSES

# Any text, lone surrogates too; often what a page or a terminal would act on.
NASTY = (
    "</script><script>x</script>",
    "<img src=x onerror=x>",
    "\x1b[2J",
    "\u202e",
    "```",
    "|",
    "\n# x",
    "\x00",
    "&lt;",
)
TEXTS = st.text(st.characters(), max_size=40) | st.lists(st.sampled_from(NASTY), max_size=3).map("".join)
SECONDS = st.floats(0, 1e6)
COUNTS = st.integers(0, 10**9)
BODIES = st.dictionaries(TEXTS, st.none() | TEXTS | COUNTS | st.lists(TEXTS, max_size=3), max_size=3)
HEADERS = st.dictionaries(TEXTS, TEXTS, max_size=3)
ANSWERS = st.builds(
    Answer,
    status=st.sampled_from([0, 200, 400, 429, 529]),
    headers=HEADERS,
    pieces=st.lists(st.builds(Piece, SECONDS, st.binary(max_size=60)), max_size=4).map(tuple),
    ended=SECONDS,
    fault=st.sampled_from(["", exchange.NO_CONNECTION, exchange.CUT, exchange.TOO_LONG]),
    why=TEXTS,
)
EXCHANGES = st.builds(Exchange, st.builds(Ask, body=st.none() | BODIES), ANSWERS, TEXTS, HEADERS)
ADVICE = st.builds(Advice, TEXTS, st.booleans(), TEXTS)
OUTCOMES = st.builds(
    Outcome,
    check=TEXTS,
    title=TEXTS,
    group=TEXTS,
    status=st.sampled_from(STATUSES),
    said=TEXTS,
    harm=TEXTS,
    advice=st.lists(ADVICE, max_size=2).map(tuple),
    figures=st.dictionaries(TEXTS, SECONDS, max_size=2),
    seconds=SECONDS,
    input_tokens=COUNTS,
    output_tokens=COUNTS,
    cost=st.none() | st.floats(0, 1e6),
    evidence=st.lists(EXCHANGES, max_size=2).map(tuple),
)
RUNS = st.builds(
    Run,
    profile=TEXTS,
    model=TEXTS,
    host=TEXTS,
    client=TEXTS,
    began=st.floats(0, 1e12),
    seconds=SECONDS,
    verdict=TEXTS,
    fit=st.booleans(),
    outcomes=st.lists(OUTCOMES, max_size=4, unique_by=lambda outcome: outcome.check).map(tuple),
    whole=st.booleans(),
    knobs=st.lists(TEXTS, max_size=2).map(tuple),
)
