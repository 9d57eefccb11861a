"""What one task may take: money where its prices are known, else tokens. Looked at with each answer of its model."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from cc_launcher.core.ask.amount import Limit
from cc_launcher.core.profile import money
from cc_launcher.core.usage import budget, price, words
from cc_launcher.core.usage.figures import NOTHING, Figures
from cc_launcher.core.usage.price import Cost, Price

Asked = tuple[str, Figures]  # a request: its model, and what it took


class Spent(NamedTuple):
    """What was taken."""

    requests: int = 0
    figures: Figures = NOTHING
    cost: Cost = Cost(0.0, 0.0, price.EXACT)
    currency: str = ""
    billing: str = price.TOKENS
    unpriced: int = 0  # tokens that nobody knows a price of, or that cost nothing by the token

    @property
    def tokens(self) -> int:
        """All tokens."""
        return self.figures.length + self.figures.output

    @property
    def money(self) -> str:
        """What it cost, in words."""
        if self.billing != price.TOKENS:
            return {price.PLAN: "in a plan", price.FREE: "free"}[self.billing]
        return words.cost(self.cost, self.currency)


@dataclass(frozen=True)
class Tariff:
    """How a profile is paid: the price of each model, and what one unit of a currency is in dollars."""

    billing: str = price.TOKENS
    of: Callable[[str], Price | None] = lambda _: None
    rates: Mapping[str, float] = field(default_factory=dict)


def limit(text: str, tokens: int = money.TASK_TOKENS) -> Limit:
    """A limit as it is written: `0.50 USD`. ValueError says what is wrong."""
    return Limit(*money.amount(text), tokens)


def spent(requests: Iterable[Asked], tariff: Tariff) -> Spent:
    """What requests took."""
    count, figures, costs, currencies, unpriced = 0, NOTHING, [], set(), 0
    for model, one in requests:
        count += 1
        figures = figures.plus(one)
        listed = tariff.of(model) if tariff.billing == price.TOKENS else None
        if listed is None:
            unpriced += one.length + one.output
        if tariff.billing == price.TOKENS:
            costs.append(price.cost(listed, one, price.bucket_of(one.length)))
            currencies |= {listed.currency} if listed is not None else set()
    together = price.together(*costs) if costs else Cost(0.0, 0.0, price.EXACT)
    if len(currencies) > 1:
        together = Cost()
    return Spent(count, figures, together, next(iter(currencies), ""), tariff.billing, unpriced)


def by_tokens(taken: Spent, limit: Limit, rates: Mapping[str, float]) -> bool:
    """Whether tokens decide, since no price is known that one could hold against the limit."""
    rate = budget.changed(taken.currency, limit.currency, rates) if taken.currency else 1.0
    return bool(taken.unpriced) or taken.cost.high is None or rate is None


def part(taken: Spent, limit: Limit, rates: Mapping[str, float]) -> float:
    """How much of the limit that is: from 1 on, it is reached. Of a range the upper end counts."""
    rate = budget.changed(taken.currency, limit.currency, rates) if taken.currency else 1.0
    known = taken.cost.high if taken.cost.high is not None else taken.cost.low
    of_money = (known or 0.0) * (rate or 0.0) / limit.amount
    if not by_tokens(taken, limit, rates):
        return of_money
    return max(of_money, (taken.unpriced or taken.tokens) / limit.tokens)


def said(taken: Spent, limit: Limit, rates: Mapping[str, float]) -> str:
    """The limit that counts for this, in words."""
    if by_tokens(taken, limit, rates):
        return f"{words.tokens(limit.tokens)} tokens"
    return str(limit)
