"""How the budget of a profile stands: the index brought up to date, and what is left, kept for the status line."""

import datetime as dt
import sqlite3
from collections.abc import Mapping
from typing import TYPE_CHECKING

from cc_launcher.actions import usage
from cc_launcher.actions.usage import Ledger
from cc_launcher.core.errors import IN_THE_WAY, TIMED_OUT, CcError
from cc_launcher.core.plan import Plan
from cc_launcher.core.profile import money
from cc_launcher.core.profile.money import SESSION, Sum
from cc_launcher.core.status.spending import ALL, Spending
from cc_launcher.core.usage import budget, periods
from cc_launcher.core.usage.budget import Standing
from cc_launcher.core.usage.currencies import DOLLARS
from cc_launcher.core.usage.price import TOKENS
from cc_launcher.files import kept_spending, places
from cc_launcher.files.price_book import PriceBook
from cc_launcher.files.usage_index import Progress
from cc_launcher.launch import planfile

if TYPE_CHECKING:
    from cc_launcher.core.profile.resolve import Resolved


_NONE = "-"  # no session


def look(resolved: "Resolved", progress: Progress, session: str = "") -> Standing:
    """How it stands now. `session` is the one that goes on; CcError where nobody can tell."""
    wanted = money.budget(resolved.profile.budget or "")
    if resolved.profile.by_gateway:
        found = _of_gateway(resolved.name, wanted, session or _NONE)
    elif wanted.per == SESSION and not session:
        found = Standing(resolved.name, wanted)  # a new one
    else:
        try:
            with usage.ledger([], progress) as ledger:
                found = standing(ledger, resolved.name, wanted, session)
        except (OSError, sqlite3.Error) as bad:
            raise CcError(f"the index of usage cannot be read: {type(bad).__name__}", code=IN_THE_WAY) from None
    note(found, session, resolved)
    return found


def standing(ledger: Ledger, profile: str, wanted: Sum, session: str = "", *, is_ours: bool = False) -> Standing:
    """How it stands by what is in the index. `is_ours`: the session is the profile's, whether it is marked or not."""
    parts = ledger.parts(*budget.span(wanted, _today()), session if wanted.per == SESSION else "")
    beside = ledger.known.beside  # of these, the model has a say, too
    mine = [
        (part._replace(profile=profile) if is_ours and not part.profile and part.session == session else part, amount)
        for part, amount in parts
        if part.profile in {"", profile} or part.session in beside
    ]
    rows = ledger.rows(mine, ("profile", "model"))
    mixed = any(row.currency not in {"", wanted.currency} for row in rows if row.keys["profile"] == profile)
    return budget.standing(profile, wanted, rows, _rates() if mixed else {})


def every(ledger: Ledger) -> list[Standing]:
    """How each budget stands by what is in the index; one for each session by the newest one."""
    found = []
    for summary in ledger.summaries:
        if summary.budget:
            wanted = money.budget(summary.budget)
            if summary.by_gateway:
                found.append(_of_gateway(summary.name, wanted))
                continue
            session = _newest(ledger, summary.name) if wanted.per == SESSION else ""
            found.append(standing(ledger, summary.name, wanted, session))
    return found


def note_gateway(resolved: "Resolved") -> None:
    """Keep for the line how it stands by our gateway's own sum; one for each session, of the newest of them."""
    if resolved.profile.budget is None:
        return
    from cc_launcher.actions import gateway_budget

    wanted = money.budget(resolved.profile.budget)
    for session in gateway_budget.sessions(resolved.name) if wanted.per == SESSION else [""]:
        note(_of_gateway(resolved.name, wanted, session), session, resolved)


def _of_gateway(profile: str, wanted: Sum, session: str = "") -> Standing:
    """By the gateway's own sum, which nothing counts a second time."""
    from cc_launcher.actions import gateway_budget  # only who has a gateway pays for it

    return gateway_budget.standing(profile, wanted, session)


def _newest(ledger: Ledger, profile: str) -> str:
    """The newest session of a profile; a dash, which is none, where it had none."""
    own = [part for part, _ in ledger.parts(periods.FIRST, periods.LAST) if part.profile == profile]
    return max(own, key=lambda part: part.quarter).session if own else _NONE


def note(found: Standing, session: str, resolved: "Resolved | None" = None) -> None:
    """Keep it for the line and the hooks; with the profile, also what the budget is."""
    kept = kept_spending.read(found.profile)
    if resolved is not None:
        kept = Spending(resolved.profile.budget or "", kept.entries, _sources(resolved))
    key = session if found.budget.per == SESSION else ALL
    if key:
        until = budget.span(found.budget, _today())[1] / 1000
        kept = kept.noted(key, round(found.percent, 1), until)
    kept_spending.keep(found.profile, kept)
    kept_spending.can_look(found.profile)


def for_client(found: Standing, plan: Plan, resolved: "Resolved", model: str, *, replaced: bool) -> float | None:
    """What is left as the client counts it, in dollars; nothing where it counts in prices that nobody knows.

    Where it has our prices, or the provider is its own, these are dollars. Else it takes its own for a model that it
    does not know: then it is given so much that no more than what is left can come of it, and it may stop sooner.
    `model` is one that the user names; `replaced`: what we hand over of prices is replaced by something of theirs.
    """
    dollars = found.budget.currency == DOLLARS
    from cc_launcher.core.plan import pins  # a hook does not pay for it

    rate = budget.changed(found.budget.currency, DOLLARS, {} if dollars else _rates())
    book = PriceBook()
    if rate is None or book.billing(found.profile) != TOKENS:
        return None
    if not resolved.profile.elsewhere:
        return found.left * rate
    told = {} if replaced else pins.handed(plan)
    ratios = [rate]
    for name in _models(plan, model):
        if name in told:
            continue
        price = book.price(found.profile, name, _today().isoformat())
        if price is None or price.currency != found.budget.currency or "claude" in name:
            return None
        ratios.append(budget.least_ratio(price))
    book.keep()
    return found.left * min(ratios[1:], default=rate)


def _models(plan: Plan, model: str) -> list[str]:
    """Those that a session may ask for by itself."""
    slots = (
        value for name, value in plan.set.items() if name.startswith("ANTHROPIC_DEFAULT_") and name.endswith("_MODEL")
    )
    subagent = plan.set.get("CLAUDE_CODE_SUBAGENT_MODEL", "")
    return list(dict.fromkeys(name.removesuffix("[1m]") for name in (model, plan.model, *slots, subagent) if name))


def refusal(found: Standing, *, by_gateway: bool = False) -> CcError:
    """Nothing is left, and nobody has said that it is to go on. Past our gateway nothing goes on, whoever says so."""
    if by_gateway:
        return CcError(f"{budget.over(found)}: the gateway refuses its requests", budget.again(found), code=TIMED_OUT)
    return CcError(
        budget.over(found),
        f"{budget.again(found)}; to go on: cc run --anyway {found.profile}",
        code=TIMED_OUT,
    )


def _sources(resolved: "Resolved") -> dict[str, str]:
    """The files that say what the budget is."""
    paths = [source.path for source in resolved.chain]
    paths += [str(places.user_path(source.name)) for source in resolved.chain if source.shipped]
    return {path: planfile.fingerprint(path) for path in paths}


def _rates() -> Mapping[str, float]:
    from cc_launcher.files import user_config  # most budgets are in the currency of the prices

    return user_config.read().rates


def _today() -> dt.date:
    return dt.datetime.now().astimezone().date()
