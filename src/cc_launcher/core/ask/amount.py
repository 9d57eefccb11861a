"""How much may be taken. What a session is started with has it, so next to nothing is imported here."""

from typing import NamedTuple

OF_SESSION = 10  # times as much as for one task: for all tasks of one session


class Limit(NamedTuple):
    """The most that may be taken."""

    amount: float
    currency: str
    tokens: int  # where nobody knows a price: all that were sent and received, cached ones too

    def times(self, count: int) -> "Limit":
        """So many times as much."""
        return Limit(self.amount * count, self.currency, self.tokens * count)

    def __str__(self) -> str:
        cents = f"{self.amount:.2f}"
        return f"{cents if float(cents) == self.amount else f'{self.amount:g}'} {self.currency}"
