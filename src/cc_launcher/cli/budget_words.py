"""What is said of a profile's budget where it is only looked at: how it stands, or why nobody can tell."""

from typing import TYPE_CHECKING, Any

from cc_launcher.actions import budget as action
from cc_launcher.cli import usage_view
from cc_launcher.core.errors import CcError
from cc_launcher.core.usage import budget
from cc_launcher.core.usage.budget import Standing

if TYPE_CHECKING:
    from cc_launcher.core.profile.resolve import Resolved  # pydantic comes with it, and a report needs none


def of(resolved: "Resolved") -> str:
    """It in one line."""
    try:
        with usage_view.Reading() as reading:
            found = action.look(resolved, reading.told)
    except CcError as error:
        return f"{resolved.profile.budget}; nobody can say what is left: {error.what}"
    uncounted = budget.uncounted(found).removeprefix(f"{resolved.name}: ")
    return f"{budget.left(found)}; {uncounted}" if uncounted else budget.left(found)


def as_data(found: Standing) -> dict[str, Any]:
    """It for programs."""
    return {
        "profile": found.profile,
        "budget": str(found.budget),
        "amount": found.budget.amount,
        "currency": found.budget.currency,
        "per": found.budget.per,
        "spent": round(found.spent, 12),
        "left": round(found.left, 12),
        "percent": round(found.percent, 1),
        "not_counted": [*found.unknown, *found.unchanged],
    }
