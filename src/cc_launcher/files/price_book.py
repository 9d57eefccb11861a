"""The prices of the profiles that sessions ran on, remembered: reading profiles takes longer than a whole report."""

import contextlib
import json
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from cc_launcher import __version__
from cc_launcher.core.errors import CcError
from cc_launcher.core.profile import money
from cc_launcher.core.profile.money import Sum
from cc_launcher.core.usage import dated
from cc_launcher.core.usage.dated import Timeline
from cc_launcher.core.usage.elsewhere import Place, There
from cc_launcher.core.usage.price import BILLINGS, PLAN, TOKENS, Price
from cc_launcher.files import atomic, places, price_data, price_history
from cc_launcher.files.price_history import Seen
from cc_launcher.launch import planfile

PLAIN = "claude"  # what plain claude is


class PriceBook:
    """Where prices come from: what is said today, and what was said before."""

    def __init__(self) -> None:
        self._print = lru_cache(planfile.fingerprint)
        self._directory = self._print(str(places.user_directory()))
        self._own = set(places.user_names())
        self._names = self._own | set(places.catalog_names())
        self._entries = _remembered(self._directory)
        self._checked: set[str] = set()
        self._new = False
        self._timelines: dict[tuple[str, str], Timeline] = {}

    @cached_property
    def _gone(self) -> dict[str, Seen]:
        """What was seen of profiles, some of which may be no more."""
        return price_history.read()

    def price(self, profile: str, model: str, day: str) -> Price | None:
        """What the model cost there on that day; without a day, what it costs now."""
        return dated.on(self.prices(profile, model), day)

    def prices(self, profile: str, model: str) -> Timeline:
        """What the model cost there, in turn. Of a profile that is gone, what was seen while it was there."""
        found = self._timelines.get((profile, model))
        if found is None:
            if self._entry(profile) is not None:
                found = price_data.decoded(self._model(profile, model).get("prices", ()))
            else:
                found = self._gone[profile].models.get(model, ()) if profile in self._gone else ()
            self._timelines[profile, model] = found
        return found

    def billing(self, profile: str) -> str:
        """How it is billed: a login is a plan, and a server on this machine costs nothing, unless it says otherwise."""
        entry = self._entry(profile)
        if entry is None:
            return self._gone[profile].billing if profile in self._gone else TOKENS
        billing: str = entry["billing"]
        return billing

    def plan_price(self, profile: str) -> str:
        """What its plan costs, as the profile says it (`20 USD/month`); empty where it does not."""
        entry = self._entry(profile)
        return entry["plan_price"] if entry is not None else ""

    def fee(self, profile: str) -> Sum | None:
        """The same, read."""
        text = self.plan_price(profile)
        return money.fee(text) if text else None

    def plans(self) -> list[str]:
        """The user's own profiles that are paid by a plan with a known price."""
        return [name for name in sorted(self._own) if self.billing(name) == PLAN and self.plan_price(name)]

    def is_plain(self, profile: str) -> bool:
        """Whether it goes to the client's own provider, as plain claude does."""
        entry = self._entry(profile)
        return entry is not None and bool(entry["plain"])

    def window(self, profile: str, model: str) -> int | None:
        """How long a request may be there."""
        window: int | None = self._model(profile, model).get("window")
        return window

    def is_small(self, profile: str, model: str) -> bool:
        """Whether this is the profile's model for small jobs, and for those alone."""
        entry = self._entry(profile) if profile else None
        if entry is None or not entry["main"]:
            return "haiku" in model
        return bool(model == entry["small"] != entry["main"])

    def place(self, profile: str) -> Place:
        """A profile as somewhere else to be; CcError where there is none."""
        entry = self._entry(profile)
        if entry is None:
            from cc_launcher.files import price_entries

            entry = price_entries.made(profile)  # which says what is wrong with it
        main, small = (self._there(profile, entry[which]) for which in ("main", "small"))
        return Place(profile, main, main if small.price is None else small)  # at most what it would have cost

    def keep(self) -> None:
        """Remember what had to be looked up. A cache that cannot be written remembers nothing."""
        if self._new:
            whole = {"version": __version__, "directory": self._directory, "entries": self._entries}
            with contextlib.suppress(CcError):
                atomic.directory(_file().parent)
                atomic.write(_file(), json.dumps(whole).encode())
            price_history.add({name: _seen(entry) for name, entry in self._entries.items()})
            self._new = False

    def again(self) -> None:
        """Look everything up again: the prices were refreshed."""
        self._entries.clear()
        self._checked.clear()
        self._timelines.clear()
        self._print = lru_cache(planfile.fingerprint)

    def _there(self, profile: str, model: str) -> There:
        return There(model, self.price(profile, model, ""), self._model(profile, model).get("window"))

    def _model(self, profile: str, model: str) -> dict[str, Any]:
        entry = self._entry(profile)
        if entry is None or not model:
            return {}
        if model not in entry["models"]:
            from cc_launcher.files import price_entries

            entry["models"][model] = price_entries.model(profile, model)
            self._new = True
        found: dict[str, Any] = entry["models"][model]
        return found

    def _entry(self, profile: str) -> dict[str, Any] | None:
        """What is known of a profile, looked up again where a file of it has changed."""
        if profile not in self._checked:
            self._checked.add(profile)
            if profile not in self._names:
                self._entries.pop(profile, None)
            elif not self._is_fresh(profile):
                from cc_launcher.files import price_entries

                self._entries.pop(profile, None)
                with contextlib.suppress(CcError):
                    self._entries[profile] = price_entries.made(profile)
                    self._new = True
        return self._entries.get(profile)

    def _is_fresh(self, profile: str) -> bool:
        entry = self._entries.get(profile)
        if entry is None:
            return False
        same = all(self._print(path) == was for path, was in entry["files"].items())
        return same and not self._own.intersection(entry["shipped"])


def _file() -> Path:
    return Path(places.cache()) / "prices.json"


def _remembered(directory: str) -> dict[str, Any]:
    """What was written last, if this version wrote it and the directory's rights are as they were."""
    try:
        whole = json.loads(planfile.read_own(str(_file())))
        if whole["version"] != __version__ or whole["directory"] != directory:
            return {}
        return {name: entry for name, entry in whole["entries"].items() if _is_whole(entry)}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}


def _seen(entry: dict[str, Any]) -> Seen:
    models = {model: price_data.decoded(about["seen"]) for model, about in entry["models"].items()}
    return Seen(entry["billing"], {model: prices for model, prices in models.items() if prices})


def _is_whole(entry: dict[str, Any]) -> bool:
    """Whether nothing is missing of an entry, and nothing odd is in it."""
    for about in entry["models"].values():
        price_data.decoded(about["prices"])
        price_data.decoded(about["seen"])
    return (
        entry["billing"] in BILLINGS
        and all(isinstance(entry[key], str) for key in ("main", "small", "plan_price"))
        and (not entry["plan_price"] or bool(money.fee(entry["plan_price"])))  # or ValueError
        and isinstance(entry["plain"], bool)
        and isinstance(entry["files"], dict)
        and isinstance(entry["shipped"], list)
    )
