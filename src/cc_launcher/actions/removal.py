"""A profile of the user's goes, with what we remember of it."""

from cc_launcher.files import (
    follows,
    hosts,
    kept_lists,
    kept_probes,
    plan_cache,
    records,
    said,
    status_cache,
    user_profiles,
)


def of_profile(name: str) -> None:
    """The file last: who is killed in between finds the profile, and can remove it again."""
    plan_cache.forget(name)
    kept_lists.forget(name)
    status_cache.forget(name)
    kept_probes.forget(name)
    hosts.forget(name)
    records.forget(name)
    said.forget(name)
    said.forget_missing(name)
    follows.forget(name)
    user_profiles.delete(name)
