"""The catalog's prices beside those of genai-prices: `python -m tests.catalog_prices`, by hand.

It says how many are known, and where the two disagree: who looks after the catalog decides which of them is right.
"""

from __future__ import annotations

from collections import Counter

from cc_launcher.core.profile.profile import CACHE_PRICES
from cc_launcher.files import kept_prices, places
from cc_launcher.net import genai
from tests.unit.conftest import catalog_profile


def main() -> None:
    library = genai.asked(live=False)
    known: Counter[str] = Counter()
    for name in places.catalog_names():
        resolved = catalog_profile(name)
        for model_id, model in resolved.profile.models.items():
            known["models"] += 1
            said = library.of(kept_prices.address_of(resolved), model_id)
            theirs = said[-1] if said else None
            if model.prices is None:
                if theirs is not None:
                    print(f"{name} {model_id}: no price here, {theirs.prices} there, since {theirs.since or 'ever'}")
                continue
            known["with prices"] += 1
            known["by length"] += bool(model.prices.above)
            for kind in ("input", "output", *CACHE_PRICES):
                ours = getattr(model.prices, kind)
                known[kind] += ours is not None
                there = theirs.prices.get(kind) if theirs is not None else ours
                if there != ours:
                    print(f"{name} {model_id}: {kind} is {ours} here and {there} there")
    print(", ".join(f"{count} {kind}" for kind, count in known.items()))


if __name__ == "__main__":
    main()
