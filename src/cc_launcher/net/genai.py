"""Ask genai-prices, a library with the prices of many providers: what it brings along, or what it says today.

It takes half a second to import. So it is asked when somebody refreshes the prices, and at no other time.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING, Any

from cc_launcher.launch import waiting

if TYPE_CHECKING:
    from genai_prices.types import ModelInfo, ModelPrice, Provider

_KINDS = {
    "input": "input_mtok",
    "output": "output_mtok",
    "cache_read": "cache_read_mtok",
    "cache_write": "cache_write_mtok",
    "cache_write_1h": "cache_write_1h_mtok",
}
_FROM = "openrouter"  # whose limits are the first length of the dearer price, and whose writes may be storage alone
_CONVERTED = frozenset({"zhipuai"})  # which bills in yuan: dollars at somebody else's rate are no price
_CLOUDS = {"cloud bedrock": "aws"}
_MOST = 10_000
_PATIENCE = 20.0


@dataclass(frozen=True)
class Said:
    """Prices as a profile would have them, and since when they hold."""

    since: str  # empty: as long as the library knows
    prices: Mapping[str, Any]
    note: str = ""


class Library:
    """What the library says."""

    def __init__(self, providers: list["Provider"], version: str, trouble: str, *, is_live: bool) -> None:
        self._providers = providers
        self.version = version
        self.trouble = trouble  # why it was not asked for the prices of today
        self.is_live = is_live

    def newest(self, today: str) -> str:
        """The last day until today of which it tells a change: it is no older than that."""
        days = (since for provider in self._providers for model in provider.models for since, _ in _dated(model)[0])
        return max((day for day in days if day <= today), default="")

    def of(self, address: str, model: str) -> list[Said]:
        """The prices of a model, in turn; nothing where it does not know the provider, or not the model."""
        import re  # noqa: PLC0415 - beside the library it costs nothing

        wanted = _CLOUDS.get(address)
        for provider in self._providers:
            if provider.id == wanted or (wanted is None and re.match(provider.api_pattern, address)):
                if provider.id in _CONVERTED or re.match(r"https://[^/]*\.cn(/|$)", address):
                    return []
                # Of this provider's own prices: those of another one that it falls back on are not its.
                found = next((one for one in provider.models if one.is_match(model.lower())), None)
                return list(_said(provider.id, found)) if found is not None else []
        return []


def asked(*, live: bool) -> Library:
    """The library, with the prices of today if they are asked for and can be had. ImportError where it is not there."""
    import genai_prices  # noqa: PLC0415 - see above
    from genai_prices import data_snapshot  # noqa: PLC0415

    trouble = "" if live else "nobody is asked (CC_OFFLINE)"
    if live:
        try:
            with waiting.on("genai-prices"):
                fetched = _fetched(genai_prices)
            if fetched is not None:
                return Library(fetched, genai_prices.__version__, "", is_live=True)
            trouble = "it has none"
        except Exception as bad:  # noqa: BLE001 - whatever a library of another's comes to, its own data are there
            trouble = f"they cannot be had ({type(bad).__name__})"
    return Library(data_snapshot.get_snapshot().providers, genai_prices.__version__, trouble, is_live=False)


def _fetched(library: ModuleType) -> list["Provider"] | None:
    import httpx2  # noqa: PLC0415 - it takes 100 ms

    snapshot = library.UpdatePrices(request_timeout=httpx2.Timeout(_PATIENCE, connect=5)).fetch()
    return snapshot.providers if snapshot is not None else None


def _said(provider: str, model: "ModelInfo") -> Iterator[Said]:
    dated, by_hour = _dated(model)
    for number, (since, price) in enumerate(dated):
        is_last = number == len(dated) - 1
        whole = max(by_hour, key=_input) if is_last and by_hour else price
        prices = _prices(whole)
        if prices is None:
            continue
        limits = sorted({tier.start for name in _KINDS.values() for tier in getattr(_price(whole, name), "tiers", ())})
        less = 1 if provider == _FROM else 0
        above = {str(limit - less): step for limit in limits if limit > less and (step := _prices(whole, limit))}
        for one in (prices, *above.values()):
            if provider == _FROM and one.get("cache_write", math.inf) < one["input"]:
                del one["cache_write"]
        yield Said(since, prices | {"above": above}, "the dearest hours" if is_last and by_hour else "")


def _dated(model: "ModelInfo") -> tuple[list[tuple[str, "ModelPrice"]], list["ModelPrice"]]:
    """The prices in turn, and those that hold at some hours of the day now."""
    if not isinstance(model.prices, list):
        return [("", model.prices)], []
    dated, by_hour = [], []
    for one in model.prices:
        start = getattr(one.constraint, "start_date", None)
        if one.constraint is None or start is not None:
            dated.append((start.isoformat() if start is not None else "", one.prices))
        else:
            by_hour.append(one.prices)
    return sorted(dated, key=lambda each: each[0]), by_hour


def _prices(price: "ModelPrice", limit: int | None = None) -> dict[str, float] | None:
    """The five prices at this length, as far as there are any; None without those of input and output."""
    found = {}
    for kind, name in _KINDS.items():
        value = _price(price, name)
        if value is None:
            continue
        base = getattr(value, "base", value)
        for tier in getattr(value, "tiers", ()):
            if limit is not None and tier.start <= limit:
                base = tier.price
        number = float(base)
        if not 0 <= number <= _MOST:
            return None
        found[kind] = number
    return found if {"input", "output"} <= found.keys() else None


def _price(price: "ModelPrice", name: str) -> Any:
    return vars(price).get(name)


def _input(price: "ModelPrice") -> float:
    return (_prices(price) or {}).get("input", 0.0)
