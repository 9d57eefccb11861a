"""Tokens, money and what it rests on, in words."""

from collections.abc import Iterable

from cc_launcher.core.status.figures import SIGNS
from cc_launcher.core.usage import price
from cc_launcher.core.usage.price import Cost

_THOUSAND = 1_000
_BLOCKS = " ▏▎▍▌▋▊▉█"


def tokens(count: int) -> str:
    """A number of tokens, in three figures or so."""
    value, unit = float(count), ""
    for larger in ("k", "M", "G"):
        if value < _THOUSAND - 0.5:
            break
        value, unit = value / _THOUSAND, larger
    if not unit:
        return str(count)
    return f"{value:.0f}{unit}" if value >= 99.5 else f"{value:.1f}{unit}"


def money(amount: float, currency: str) -> str:
    """An amount, with as many digits as it takes to say something."""
    sign = SIGNS.get(currency, f"{currency} " if currency else "")
    minus, amount = "-" if amount < 0 else "", abs(amount)
    if amount == 0 or amount >= 100:
        return f"{minus}{sign}{amount:,.2f}"
    digits = 2 if amount >= 1 else 4 if amount >= 0.01 else 6
    return f"{minus}{sign}{amount:,.{digits}f}"


def cost(value: Cost, currency: str) -> str:
    """A cost: one figure, a range, or that nobody knows it."""
    if value.low is None or (value.high is None and value.low == 0):
        return "unknown"
    if value.high is None:
        return f"{money(value.low, currency)} + unknown"
    if value.low != value.high:
        return f"{money(value.low, currency)} to {money(value.high, currency)}"
    mark = "~" if value.basis in {price.ESTIMATE, price.GUESSED} else ""
    return f"{mark}{money(value.low, currency)}"


def costs(several: Iterable[tuple[Cost, str]]) -> str:
    """Costs in several currencies, each by itself; what nobody knows stands last."""
    known, unknown = [], False
    for value, currency in several:
        unknown = unknown or value.high is None
        if value.low is not None and (value.low or value.high):
            known.append(cost(Cost(value.low, value.low if value.high is None else value.high, value.basis), currency))
    return " + ".join([*known, *(["unknown"] if unknown else [])]) or "0.00"


def bar(part: float, width: int, *, ascii_only: bool = False) -> str:
    """A bar that is this part of a width."""
    eighths = round(max(0.0, min(1.0, part)) * width * 8)
    if part > 0:
        eighths = max(eighths, 1)
    if ascii_only:
        return "#" * max(1 if part > 0 else 0, eighths // 8)
    return _BLOCKS[8] * (eighths // 8) + (_BLOCKS[eighths % 8] if eighths % 8 else "")
