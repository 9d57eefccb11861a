"""Secret references: URIs that name where a secret is kept, and never hold it."""

from typing import NamedTuple

from cc_launcher.core.stores import ALL, BY_NAME
from cc_launcher.core.stores.store import BadReference, Store, Tools
from cc_launcher.core.text import has_control
from cc_launcher.core.text.nearest import did_you_mean

__all__ = ["BadReference", "Reference", "parse"]


class Reference(NamedTuple):
    """A parsed reference: the store, and what it calls the secret."""

    store: str
    name: str

    def __str__(self) -> str:
        return f"{self.store}:{self.name}"

    @property
    def kept_by(self) -> Store:
        """The store itself."""
        return BY_NAME[self.store]

    def read(self, tools: Tools) -> tuple[str, ...]:
        """How the launch path reads it, with nothing left to work out."""
        return self.kept_by.read(self.name, tools)


def parse(text: str) -> Reference:
    """Read a reference, or say what it should look like."""
    store, colon, name = text.partition(":")
    if not colon or store not in BY_NAME:
        known = "; ".join(store.syntax for store in ALL)
        nearest = did_you_mean(store, list(BY_NAME)) if colon else ""
        raise BadReference(
            "does not say where the key is kept (a profile never holds the key itself)",
            f"{nearest}; or write one of {known}" if nearest else f"write one of {known}",
        )
    if not name or has_control(text):
        raise BadReference("is empty after the colon", f"write {BY_NAME[store].syntax}")
    BY_NAME[store].check(name)
    return Reference(store, name)
