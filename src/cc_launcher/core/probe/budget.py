"""What a probe may cost: reckoned before each request, from above, and settled after it."""

import json
from dataclasses import dataclass
from typing import NamedTuple

from cc_launcher.core.probe import message
from cc_launcher.core.probe.exchange import CUT, MESSAGES, NO_ANSWER, Ask, Exchange

TOKENS = 150_000  # of a probe whose prices nobody knows
_PER_TOKEN = 3  # bytes of a request, at least: what is reckoned with before anybody has counted
_HIDDEN = 4  # as an estimate: bytes for a token that was not counted


class Prices(NamedTuple):
    """Dollars for a million tokens."""

    input: float
    output: float

    def of(self, tokens_in: int, tokens_out: int) -> float:
        """What these tokens cost."""
        return (tokens_in * self.input + tokens_out * self.output) / 1_000_000


class Tokens(NamedTuple):
    """How many went in, and came out."""

    input: int
    output: int


@dataclass(frozen=True)
class Budget:
    """What may be spent. Without prices, tokens are counted instead."""

    prices: Prices | None
    most: float  # dollars; without prices, tokens

    def of(self, tokens: Tokens) -> float:
        """What these tokens take of it."""
        return self.prices.of(*tokens) if self.prices is not None else tokens.input + tokens.output

    def told(self, amount: float) -> str:
        """An amount, for people."""
        return dollars(amount) if self.prices is not None else f"{round(amount):,} tokens"


def dollars(amount: float) -> str:
    """A small sum."""
    if 0 < amount < 0.0005:
        return "less than 0.1 cents"
    return f"{amount * 100:.1f} cents" if amount < 0.9995 else f"{amount:,.2f} dollars"


def at_most(ask: Ask) -> Tokens:
    """What a request may take."""
    if ask.body is None or ask.path != MESSAGES:
        return Tokens(0, 0)
    out = int(ask.body.get("max_tokens", ask.output))
    if ask.body.get("stream"):
        out = min(out, int(ask.end))
    return Tokens(len(json.dumps(ask.body)) // _PER_TOKEN, out)


def taken(exchange: Exchange) -> Tokens:
    """What a request has taken: as the endpoint counts, or else by its length. A refusal costs nothing."""
    ask, answer = exchange.ask, exchange.answer
    if ask.body is None or ask.path != MESSAGES or answer.status != 200:
        return Tokens(0, 0)
    found = message.streamed(answer) if ask.body.get("stream") else message.whole(answer)
    said = sum(len(block.text) for block in found.blocks)
    return Tokens(
        found.input_tokens or len(json.dumps(ask.body)) // _HIDDEN,
        max(found.output_tokens or 0, said // _HIDDEN),
    )


def settled(exchange: Exchange) -> Tokens:
    """What a request counts for in the budget. Who was not waited for has worked, too, and may charge for it."""
    counted, reserved = taken(exchange), at_most(exchange.ask)
    if exchange.answer.fault in {NO_ANSWER, CUT}:
        return Tokens(max(counted.input, reserved.input), max(counted.output, reserved.output))
    return counted
