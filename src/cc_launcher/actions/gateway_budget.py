"""How the budget of a profile stands whose requests go through our gateway, which keeps it: by its own log."""

import sqlite3
from datetime import datetime

from cc_launcher.core.errors import IN_THE_WAY, CcError
from cc_launcher.core.profile.money import SESSION, Sum
from cc_launcher.core.usage import budget
from cc_launcher.core.usage.budget import Standing
from cc_launcher.files import gateway_log, gateway_places


def standing(profile: str, wanted: Sum, session: str = "") -> Standing:
    """How it stands now; one for each session by this one, or without one by that which has cost most."""
    if not gateway_places.log().exists():
        return Standing(profile, wanted)
    today = datetime.now().astimezone().date()
    about = {"scope": "profile", "amount": wanted.amount, "currency": wanted.currency, "per": wanted.per}
    one = session if wanted.per == SESSION else ""
    try:
        with gateway_log.opened() as log:
            sums = gateway_log.spent(log, profile, about, today, one)
            unpriced = gateway_log.unpriced(log, profile, budget.span(wanted, today)[0] / 1000, one)
    except (OSError, sqlite3.Error) as bad:
        raise CcError(f"the gateway's log cannot be read: {type(bad).__name__}", code=IN_THE_WAY) from None
    rates = _rates() if set(sums) - {wanted.currency} else {}
    spent, unchanged = 0.0, []
    for currency, cost in sums.items():
        rate = budget.changed(currency, wanted.currency, rates)
        spent += cost * (rate or 0.0)
        unchanged += [currency] if rate is None and cost else []
    return Standing(profile, wanted, spent, tuple(unpriced), tuple(sorted(unchanged)))


def sessions(profile: str) -> list[str]:
    """The newest sessions of a profile."""
    if not gateway_places.log().exists():
        return []
    with gateway_log.opened() as log:
        return gateway_log.recent(log, profile)


def _rates() -> dict[str, float]:
    from cc_launcher.files import user_config  # most budgets are in the currency of the prices

    return dict(user_config.read().rates)
