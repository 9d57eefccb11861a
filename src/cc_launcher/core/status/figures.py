"""What is left of a plan or a balance, as data, and as it is kept for the status line.

Imported on the launch path: nothing may be imported here.
"""

MAGIC = "cc-quota 1"
END = "end of quota"
FIVE_HOURS, WEEK, MONTH, BALANCE, BUDGET = "5h", "wk", "mo", "balance", "budget"
SPENT = "spent"  # what a key without a limit has cost: its `left` is that
BALANCES = (BALANCE, BUDGET)
ASKED, FAILED, REFUSED = "asked", "failed", "refused"  # how the last try went
EVERY = 60  # seconds between two requests, for all sessions of a profile together
REFUSED_FOR = 600  # seconds after which the secret is looked at again: nothing is sent while it is the same
LONGEST_PAUSE = 3600
_FAR = 1e15
SIGNS = {"USD": "$", "CNY": "¥", "EUR": "€"}


class Figure:
    """One limit or balance."""

    __slots__ = ("left", "limit", "name", "resets", "unit", "used")

    def __init__(
        self,
        name: str,
        *,
        used: float | None = None,
        left: float | None = None,
        limit: float | None = None,
        unit: str = "",
        resets: float = 0.0,
    ) -> None:
        self.name = name  # FIVE_HOURS, WEEK, MONTH, BALANCE or BUDGET, or what the provider calls it
        self.used = used  # per cent
        self.left = left  # of what is counted in `unit`
        self.limit = limit
        self.unit = unit  # a currency, or empty
        self.resets = resets  # when it begins anew, in seconds since 1970; 0: not known


class Quota:
    """What a provider said, when, and how it went since."""

    __slots__ = ("digest", "failures", "fetched", "figures", "next", "reason", "state")

    def __init__(
        self,
        *,
        fetched: float = 0.0,
        figures: tuple[Figure, ...] = (),
        state: str = ASKED,
        next: float = 0.0,  # noqa: A002 - there is no better word
        failures: int = 0,
        digest: str = "",
        reason: str = "",
    ) -> None:
        self.fetched = fetched  # when the figures were told; 0: never
        self.figures = figures
        self.state = state
        self.next = next  # when to ask again, at the earliest
        self.failures = failures  # in a row
        self.digest = digest  # REFUSED: of the secret, salted, to see when it changes
        self.reason = reason  # why there is nothing new


def encode(quota: Quota, address: str) -> bytes:
    """A quota as it is kept, of this address."""
    parts = [MAGIC, address, repr(quota.fetched), quota.state, repr(quota.next), str(quota.failures), quota.digest]
    parts += [quota.reason, str(len(quota.figures))]
    for figure in quota.figures:
        parts += [figure.name, _number(figure.used), _number(figure.left), _number(figure.limit), figure.unit]
        parts.append(repr(figure.resets))
    return "\0".join([*parts, END]).encode("utf-8", "replace")


def decode(text: str, address: str | None = None) -> Quota:
    """A quota that was kept. ValueError or IndexError for anything else, and for another address."""
    parts = text.split("\0")
    if parts[0] != MAGIC or parts[-1] != END or (address is not None and parts[1] != address):
        raise ValueError
    count = int(parts[8])
    if len(parts) != 10 + 6 * count:
        raise ValueError
    figures = []
    for at in range(9, 9 + 6 * count, 6):
        name, used, left, limit, unit, resets = parts[at : at + 6]
        found = Figure(name, used=_read(used), left=_read(left), limit=_read(limit), unit=unit, resets=float(resets))
        figures.append(found)
    return Quota(
        fetched=float(parts[2]),
        figures=tuple(figures),
        state=parts[3],
        next=float(parts[4]),
        failures=int(parts[5]),
        digest=parts[6],
        reason=parts[7],
    )


def money(amount: float, unit: str) -> str:
    """An amount in a few letters."""
    shown = f"{abs(amount):.2f}" if abs(amount) < 1000 else f"{abs(amount):.0f}"
    minus = "-" if amount < 0 else ""
    sign = SIGNS.get(unit)
    return f"{minus}{sign}{shown}" if sign else f"{minus}{shown} {unit}".rstrip()


def _number(value: float | None) -> str:
    return "" if value is None else repr(value)


def _read(text: str) -> float | None:
    if not text:
        return None
    value = float(text)
    if not -_FAR < value < _FAR:  # nor not-a-number
        raise ValueError
    return value
