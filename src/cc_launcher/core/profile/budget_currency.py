"""A budget counts what the prices of a profile's models come to, so it is in their currency."""

from cc_launcher.core.profile import money
from cc_launcher.core.profile.profile import Profile


def fault_of(profile: Profile) -> tuple[str, str]:
    """What is wrong with its currency, and what to do; nothing, twice, where all is well."""
    wanted = money.budget(profile.budget).currency if profile.budget is not None else ""
    priced = {about.prices.currency for about in profile.models.values() if about.prices is not None} or {"USD"}
    if not wanted or wanted in priced or profile.gateway is not None:  # its prices are those of its upstreams
        return "", ""
    return (
        f"budget is in {wanted}, and the prices of its models are in {' and '.join(sorted(priced))}",
        f"write it in {min(priced)}, or set `currency` beside the prices of a model",
    )
