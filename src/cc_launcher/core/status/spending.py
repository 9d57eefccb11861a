"""How much of a budget is spent, as a small file that the status line and the hooks of a session read.

Imported on the launch path: nothing may be imported here.
"""

MAGIC = "cc-budget 1"
END = "end of budget"
ALL = "-"  # in the place of a session: the budget is for all of them together
_MOST = 32  # sessions that are kept in mind


class Spending:
    """What was found when somebody looked."""

    __slots__ = ("budget", "entries", "sources")

    def __init__(
        self,
        budget: str = "",
        entries: tuple[tuple[str, float, float], ...] = (),
        sources: dict[str, str] | None = None,
    ) -> None:
        self.budget = budget  # as the profile says it
        self.entries = entries  # a session or ALL, per cent, and until when that holds, in seconds since 1970
        self.sources = sources or {}  # the files that say what the budget is, and what they looked like

    def percent(self, session: str, now: float) -> float | None:
        """How much is spent; nothing where nobody has looked, or only before the budget began again."""
        for key, percent, until in self.entries:
            if key in {ALL, session} and now < until:
                return percent
        return None

    def noted(self, key: str, percent: float, until: float) -> "Spending":
        """With what was found just now."""
        others = tuple(entry for entry in self.entries if entry[0] not in {key, ALL} and key != ALL)
        return Spending(self.budget, ((key, percent, until), *others[: _MOST - 1]), self.sources)


def encode(spending: Spending) -> bytes:
    """As it is kept."""
    parts = [MAGIC, spending.budget]
    parts += [f"entry={key}\t{percent!r}\t{until!r}" for key, percent, until in spending.entries]
    parts += [f"source={fingerprint}\t{path}" for path, fingerprint in spending.sources.items()]
    return "\0".join([*parts, END]).encode("utf-8", "surrogateescape")


def decode(text: str) -> Spending:
    """What was encoded; ValueError or IndexError for anything else."""
    first, budget, *parts = text.split("\0")
    if first != MAGIC or not parts or parts.pop() != END:
        raise ValueError
    entries, sources = [], {}
    for part in parts:
        kind, _, value = part.partition("=")
        if kind == "entry":
            key, percent, until = value.split("\t")
            entries.append((key, float(percent), float(until)))
        else:
            fingerprint, _, path = value.partition("\t")
            sources[path] = fingerprint
    return Spending(budget, tuple(entries), sources)
