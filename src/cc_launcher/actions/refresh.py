"""`cc __refresh PROFILE`: what a status line starts when it is written. It compiles anew and asks the provider.

It runs where nobody sees it and nobody can be asked: it says nothing, and ends.
"""

import contextlib

from cc_launcher.actions.secret_values import value_of
from cc_launcher.core.errors import CcError
from cc_launcher.core.plan.make_plan import reference_of
from cc_launcher.core.profile.resolve import Resolved
from cc_launcher.core.status import PLAIN, quota_answers
from cc_launcher.core.text import names
from cc_launcher.files import profiles, quota_cache, status_cache, user_config
from cc_launcher.launch import planfile
from cc_launcher.net import quota_request as net_quota
from cc_launcher.net.fetch import UNAUTHORIZED, NoAnswer, offline


def main(args: list[str]) -> int:
    """Do it for one profile."""
    name = args[0] if args else ""
    with contextlib.suppress(CcError, OSError):
        if name == PLAIN:
            status_cache.store(None)
        elif names.is_profile(name):
            refresh(name)
    return 0


def _of_gateway(resolved: Resolved) -> None:
    """The same of a profile behind our gateway, which knows how its budget stands."""
    from cc_launcher.actions import budget, gateway_session  # only who has a gateway pays for it

    status_cache.store(gateway_session.seen(resolved, None, sealed=False, screen=None))
    budget.note_gateway(resolved)


def refresh(name: str) -> None:
    """Compile a profile for the line, and ask its provider if that is due."""
    resolved = profiles.load(name)
    if resolved.profile.by_gateway:
        _of_gateway(resolved)
        return
    reference = reference_of(resolved, planfile.present())
    status_cache.store(resolved, reference)
    address = quota_answers.address_of(resolved)
    if not address or reference is None or not user_config.read().statusline.quota or offline():
        return
    with quota_cache.alone(name):
        kept = quota_cache.read(name, address)
        if not quota_cache.is_due(kept):
            return  # somebody else was first
        try:
            value = value_of(resolved, reference, alone=True)
        except CcError as error:
            quota_cache.keep_failure(name, address, kept, error.what)
            return
        if quota_cache.was_refused(kept, value):
            quota_cache.keep_refusal(name, address, value, kept.reason)
            return
        try:
            quota_cache.keep(name, address, net_quota.ask(resolved, address, value))
        except NoAnswer as bad:
            if bad.status in UNAUTHORIZED:
                quota_cache.keep_refusal(name, address, value, bad.reason)
            else:
                quota_cache.keep_failure(name, address, kept, bad.reason)
