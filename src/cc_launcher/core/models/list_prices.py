"""The prices in a provider's list of models, in dollars for a million tokens: of input, of output and of caching.

Each is looked for under the names that providers document. What depends on the time of day is not read: it is no one
price.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

Table = Mapping[str, Any]

# OpenRouter; Vercel; Synthetic; Requesty; LiteLLM; DeepInfra; Together. In their order, and in any table of an entry.
_NAMES = {
    "input": ("prompt", "input", "input_tokens", "input_price", "input_cost_per_token"),
    "output": ("completion", "output", "output_tokens", "output_price", "output_cost_per_token"),
    "cache_read": (
        *("input_cache_read", "input_cache_reads", "cached_price", "cache_read_input_token_cost"),
        *("cache_read_tokens", "cached_input"),
    ),
    "cache_write": ("input_cache_write", "input_cache_writes", "caching_price", "cache_creation_input_token_cost"),
    "cache_write_1h": ("input_cache_write_1h", "cache_creation_input_token_cost_above_1hr"),
}
_LEAST = "min_prompt_tokens"
_STEPS = {  # Vercel's, each with its own steps
    "input": "input_tiers",
    "output": "output_tiers",
    "cache_read": "input_cache_read_tiers",
    "cache_write": "input_cache_write_tiers",
}
_LITELLM = re.compile(r"(input_cost_per_token|output_cost_per_token|cache_\w+_cost)_above_(\d{1,6})k_tokens", re.ASCII)
_MOST_STEPS = 16
LONGEST = 100_000_000
_PER_MILLION = 1_000_000
_A_TOKENS = 0.001  # dollars: no million tokens cost less, and no single one costs as much
DEAREST = 10_000


class FivePrices(NamedTuple):
    """What a million tokens cost, in the order in which a list is kept."""

    input: float | None = None
    output: float | None = None
    cache_read: float | None = None
    cache_write: float | None = None
    cache_write_1h: float | None = None


NOTHING = FivePrices()
Steps = tuple[tuple[int, FivePrices], ...]  # for requests longer than so many tokens, the shortest first


def read(tables: Iterable[Table], bands: Any) -> tuple[FivePrices, Steps]:
    """The prices that the tables of an entry have, and those for longer requests; `bands` are a list of such tables."""
    known = list(tables)
    base = _without_storage(_sure({kind: _first(known, names) for kind, names in _NAMES.items()}))
    if base.input is None or base.output is None:
        return FivePrices(base.input, base.output), ()
    steps: dict[int, dict[str, float | None]] = {}
    for limit, kind, price in (*_overrides(known), *_tiers(known), *_bands(bands), *_litellm(known)):
        if 0 < limit <= LONGEST and price is not None:
            steps.setdefault(limit, {})[kind] = price
    made, before = [], base
    for limit in sorted(steps)[:_MOST_STEPS]:
        # What a step does not say stays as it is below it.
        step = _sure(before._asdict() | steps[limit])
        if step != before:
            made.append((limit, step))
        before = step
    return base, tuple(made)


def _without_storage(prices: FivePrices) -> FivePrices:
    """A write that costs less than input is the storage alone, which comes on top (OpenRouter, of Gemini)."""
    least = prices.input or 0.0
    writes = (price if price is not None and price >= least else None for price in prices[3:])
    return FivePrices(*prices[:3], *writes)


def _sure(found: Mapping[str, float | None]) -> FivePrices:
    """Without prices of caching that are a field without a value: beside a price of input, nothing is given away."""
    whole = FivePrices(**found)
    return FivePrices(*whole[:2], *(price or None for price in whole[2:])) if whole.input else whole


def _overrides(tables: list[Table]) -> Iterator[tuple[int, str, float | None]]:
    """OpenRouter: prices from so many tokens on. An entry with another condition, such as an hour, is left out."""
    for table in tables:
        for entry in _rows(table.get("overrides")):
            least = _count(entry.get(_LEAST))
            if least is not None and all(_is_price(entry[key]) for key in entry if key != _LEAST):
                for kind, names in _NAMES.items():
                    yield least - 1, kind, _first([entry], names)


def _is_price(value: Any) -> bool:
    try:
        return isinstance(value, str) and float(value) >= 0
    except ValueError:
        return False


def _tiers(tables: list[Table]) -> Iterator[tuple[int, str, float | None]]:
    """Vercel: for each price, its steps with the least length."""
    for table in tables:
        for kind, name in _STEPS.items():
            for row in _rows(table.get(name)):
                least = _count(row.get("min"))
                if least:
                    yield least - 1, kind, _first([row], ("cost",))


def _bands(bands: Any) -> Iterator[tuple[int, str, float | None]]:
    """Requesty: a row for each length."""
    for row in _rows(bands):
        limit = _count(row.get("prompt_tokens_threshold"))
        if limit:
            for kind, names in _NAMES.items():
                yield limit, kind, _first([row], names)


def _litellm(tables: list[Table]) -> Iterator[tuple[int, str, float | None]]:
    kinds = {name: kind for kind, names in _NAMES.items() for name in names}
    for table in tables:
        for key in table:
            match = _LITELLM.fullmatch(key)
            if match and match[1] in kinds:
                yield int(match[2]) * 1_000, kinds[match[1]], _first([table], (key,))


def _rows(value: Any) -> list[Table]:
    return [row for row in value[:_MOST_STEPS] if isinstance(row, dict)] if isinstance(value, list) else []


def _count(value: Any) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= LONGEST:
        return None  # not-a-number fails the comparison
    return int(value)


def _first(tables: list[Table], keys: Iterable[str]) -> float | None:
    """Dollars for a million tokens, whether a table says so or has the price of a single token."""
    for table in tables:
        for key in keys:
            try:
                value = table.get(key)
                price = float(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else -1.0
            except (ValueError, OverflowError):
                continue
            if 0 <= price < float("inf"):  # -1: it depends (OpenRouter)
                price = price * _PER_MILLION if price < _A_TOKENS else price
                return round(price, 6) if price <= DEAREST else None
    return None
