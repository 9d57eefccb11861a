"""Ask a provider what is left: one request, for some providers two, within a time, and never followed elsewhere."""

from urllib.parse import urlsplit

from cc_launcher.core.profile.resolve import Resolved
from cc_launcher.core.status import quota_answers
from cc_launcher.core.status.figures import Figure
from cc_launcher.core.status.quota_answers import NoFigures
from cc_launcher.net import fetch
from cc_launcher.net.fetch import NoAnswer

PATIENCE = 2.0  # seconds, in the background
_LANGUAGE = {"Accept-Language": "en-US,en"}


def ask(resolved: Resolved, address: str, secret: str, patience: float = PATIENCE) -> tuple[Figure, ...]:
    """What the provider says; NoAnswer when that is nothing."""
    name = resolved.profile.quota or ""
    shape = quota_answers.SHAPES[name]
    header, _, value = shape.header.partition(": ")
    headers = {**resolved.profile.headers, **_LANGUAGE, header: value.format(secret)}
    host = urlsplit(address).hostname or ""
    answer = fetch.as_json(address, patience=patience, headers=headers)
    try:
        found = quota_answers.figures(name, answer, host)
    except NoFigures as bad:
        raise NoAnswer(str(bad)) from None
    if not shape.also:
        return found
    try:
        more = fetch.as_json(f"{address.rpartition('/')[0]}/{shape.also}", patience=patience, headers=headers)
        return (*found, *quota_answers.figures(name, more, host))
    except (NoAnswer, NoFigures):
        return found  # not every key may ask for it
