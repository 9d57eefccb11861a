"""What sessions took: the index brought up to date, and what is asked of it."""

import contextlib
import hashlib
import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from cc_launcher.core.errors import NO_SUCH, CcError
from cc_launcher.core.text import printable
from cc_launcher.core.text.nearest import did_you_mean
from cc_launcher.core.usage import attribution, elsewhere, periods, report
from cc_launcher.core.usage.currencies import Rates
from cc_launcher.core.usage.elsewhere import WhatIf
from cc_launcher.core.usage.price import Price
from cc_launcher.core.usage.report import Known, Row
from cc_launcher.core.usage.rollup import Amount, Part
from cc_launcher.files import (
    client_configs,
    known_hosts,
    places,
    summaries,
    usage_index,
    usage_places,
    usage_rows,
    usage_store,
    usage_sums,
)
from cc_launcher.files.price_book import PLAIN, PriceBook
from cc_launcher.files.usage_index import Progress
from cc_launcher.launch import waiting

if TYPE_CHECKING:
    from cc_launcher.core.profile.summary import Summary
    from cc_launcher.core.usage.ccusage import Offer
    from cc_launcher.core.usage.rollup import Paid

ALL = "all"
LAST = "last"


class Ledger:
    """The index, with what is known of profiles and prices today."""

    def __init__(self, connection: sqlite3.Connection, configs: Sequence[str], *, is_all: bool) -> None:
        self.connection = connection
        self._is_all = is_all  # and not of directories that somebody has named
        self.configs = configs  # of which it is
        self.prices = PriceBook()
        self._known: Known | None = None
        self._summaries: list[Summary] | None = None

    def update(self, progress: Progress) -> bool:
        """Read what is new; whether there was anything."""
        usage_index.update(self.connection, (*self.configs, usage_places.marks()), progress)
        self._take_log()
        if not usage_rows.is_due(self.connection):
            return False
        from cc_launcher.files import usage_refresh

        with waiting.on("the sums of all sessions"):
            usage_refresh.refresh(self.connection)
        if self._known is not None:  # there may be another profile, or other prices
            self._known = self._summaries = None
            self.prices.keep()
            self.prices = PriceBook()
        return True

    def _take_log(self) -> None:
        """What our gateway says of requests, where there is one."""
        log = usage_places.gateway_log()
        if os.path.exists(log):
            from cc_launcher.files import usage_routed

            usage_routed.take(self.connection, log, is_all=self._is_all)

    @property
    def summaries(self) -> "list[Summary]":
        """Every profile in short."""
        if self._summaries is None:
            self._summaries = [one for one, _ in summaries.read()]
        return self._summaries

    @property
    def known(self) -> Known:
        """What is known beside the index."""
        if self._known is None:
            beside = usage_sums.beside(self.connection)
            in_use = {*places.user_names(), *known_hosts.profiles(), *usage_sums.profiles(self.connection)}
            served = {one.name: one.models for one in self.summaries if one.name in in_use and one.models}
            self._known = Known(self.prices, served, beside, periods.day_of)
        return self._known

    def parts(self, since: int, until: int, session: str = "") -> list[tuple[Part, Amount]]:
        """The sums of a time."""
        return [
            (part, amount)
            for part, amount in usage_sums.read(self.connection, since, until)
            if not session or part.session == session
        ]

    def rows(self, parts: Iterable[tuple[Part, Amount]], by: Sequence[str]) -> list[Row]:
        """The rows of these sums."""
        return report.ordered(report.rows(parts, by, self.known), by)

    def profile_of(self, part: Part) -> str:
        """On which profile this ran, as far as that is known."""
        beside = self.known.beside.get(part.session, ())
        return attribution.decided(part.profile, part.host, part.model, beside, self.known.served).profile

    def paid(self, session: str) -> "dict[int, tuple[Paid, float]]":
        """The requests of a session of which our gateway says who answered, and what that cost."""
        from cc_launcher.files import usage_routed  # most reports are of no session

        return usage_routed.paid(self.connection, session)

    def session(self, asked: str) -> str:
        """The session that is meant: the newest one, or the one whose id begins like this."""
        newest = [usage_sums.newest(self.connection)] if asked == LAST else []
        found = newest or usage_sums.sessions(self.connection, asked)
        if not found or not found[0]:
            if asked == LAST:
                raise CcError("there is no session yet", "cc run begins one", code=NO_SUCH)
            hint = did_you_mean(asked, [LAST]) or "cc usage --by session --since 30d lists them"
            raise CcError(f"no session {printable(asked)[:80]}", hint, code=NO_SUCH)
        if asked not in found and len(found) > 1:
            shown = ", ".join(found[:5])
            raise CcError(f"{asked} could be several sessions", f"say which: {shown}", code=NO_SUCH)
        return asked if asked in found else found[0]

    def what_if(self, parts: Sequence[tuple[Part, Amount]], wanted: Sequence[str], rates: Rates) -> list[WhatIf]:
        """What these tokens would have cost with other profiles."""
        names = dict.fromkeys(wanted)
        found = []
        with waiting.on("the prices of profiles"):
            for name in places.known() if ALL in names else names:
                try:
                    found.append(self.prices.place(name))
                except CcError:
                    if ALL not in names:
                        raise
        if ALL in names:
            found = [place for place in found if place.main.price is not None]
        return elsewhere.reckoned(parts, found, self.prices.is_small, rates)

    def plain_claude(self, parts: Sequence[tuple[Part, Amount]]) -> WhatIf:
        """What they would have cost with plain Claude, by the token."""
        return elsewhere.reckoned(parts, [self.prices.place(PLAIN)], self.prices.is_small)[0]

    def listed_prices(self) -> list[tuple[str, str, Price | None]]:
        """Each model that was used, with the prices that are reckoned with."""
        return [(profile, model, self.prices.price(profile, model, "")) for profile, model in sorted(self._used())]

    def offers(self) -> "list[Offer]":
        """Each model that was used, and those that the user's own profiles name, with what is asked for it there."""
        from cc_launcher.core.usage.ccusage import Offer  # a report has no use for it

        used = self._used()
        own = {(name, model) for name in places.user_names() for model in self.known.served.get(name, ())}
        return [
            Offer(
                profile,
                model,
                self.prices.price(profile, model, ""),
                self.prices.billing(profile),
                self.prices.window(profile, model),
                used.get((profile, model), 0),
            )
            for profile, model in sorted({*used, *own})
        ]

    def _used(self) -> dict[tuple[str, str], int]:
        """Each profile and model that was used, and how many tokens that took."""
        found: dict[tuple[str, str], int] = {}
        for row in report.rows(self.parts(periods.FIRST, periods.LAST), ("profile", "model"), self.known):
            if row.keys["profile"]:
                pair = row.keys["profile"], row.keys["model"]
                found[pair] = found.get(pair, 0) + row.figures.length + row.figures.output
        return found


@contextlib.contextmanager
def ledger(directories: Sequence[str], progress: Progress) -> Iterator[Ledger]:
    """The index of these configuration directories, or of all that are known, with everything in it that is there."""
    with usage_store.opened(_index(directories)) as connection:
        made = Ledger(connection, _configs(directories), is_all=not directories)
        made.update(progress)
        yield made
        made.prices.keep()


@contextlib.contextmanager
def ledger_of_session(transcript: str) -> Iterator[Ledger]:
    """The index of all that are known, with what this session has written since; others are read by the next report."""
    with usage_store.opened(_index(())) as connection:
        usage_index.update_session(connection, transcript)
        if usage_rows.is_due(connection):
            from cc_launcher.files import usage_refresh

            usage_refresh.refresh(connection)
        made = Ledger(connection, _configs(()), is_all=True)
        yield made
        made.prices.keep()


def _configs(directories: Sequence[str]) -> list[str]:
    """The configuration directories of the client, by their real paths: each once."""
    if not directories:
        return client_configs.known()
    for directory in directories:
        if not os.path.isdir(directory):
            hint = "name a configuration directory of the client, such as ~/.claude"
            raise CcError(f"{printable(directory)[:200]}: no such directory", hint, code=NO_SUCH)
    return client_configs.real(list(directories))


def _index(directories: Sequence[str]) -> Path:
    """The file of the index. Directories that were named have one of their own."""
    if not directories:
        return Path(usage_places.index())
    text = "\0".join(sorted(map(os.path.realpath, directories)))
    return Path(usage_places.index(hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:16]))
