"""Ask a provider for the models that it has."""

import contextlib
import dataclasses
import time
from collections.abc import Mapping

from cc_launcher.core.models import list_answers
from cc_launcher.core.models.listing import Listed
from cc_launcher.core.models.merged import address_of
from cc_launcher.core.profile.resolve import Resolved
from cc_launcher.core.text import urls
from cc_launcher.net.fetch import NoAnswer, as_json

_MOST_PAGES = 20
_WHOLE = "limit=1000"  # Anthropic's list comes in pages of 20 else


def fetched(resolved: Resolved, headers: Mapping[str, str], patience: float) -> list[Listed]:
    """The provider's own list, within so many seconds for all of it."""
    url = address_of(resolved)
    ends = time.monotonic() + patience
    query = f"?{_WHOLE}" if urls.origin_of(url) == urls.OWN_ADDRESS else ""
    found: dict[str, Listed] = {}
    for _ in range(_MOST_PAGES):
        answer = as_json(url + query, patience=max(ends - time.monotonic(), 0.1), headers=headers)
        if not list_answers.is_list(answer):
            raise NoAnswer("does not answer with a list of models")
        found |= {model.id: model for model in list_answers.read(answer)}
        after = list_answers.next_page(answer)
        if not after or after == query.rpartition("=")[2]:
            break
        query = f"?{_WHOLE}&after_id={after}"
    if resolved.provider == "litellm":
        found = _with_details(resolved, found, headers, ends)
    return list(found.values())


def _with_details(
    resolved: Resolved, found: dict[str, Listed], headers: Mapping[str, str], ends: float
) -> dict[str, Listed]:
    """LiteLLM lists ids alone, and says elsewhere what it knows of them."""
    with contextlib.suppress(NoAnswer):
        address = f"{resolved.profile.base_url}/model/info"
        answer = as_json(address, patience=max(ends - time.monotonic(), 0.1), headers=headers)
        about = {model.id: model for model in list_answers.read(answer)}
        return {model: dataclasses.replace(about.get(model, one), id=model) for model, one in found.items()}
    return found
