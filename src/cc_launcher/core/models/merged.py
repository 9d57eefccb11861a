"""A profile together with its provider's live list: which of its models a word means, and what is known of them.

What the user's own file says comes first, then the list, then the catalog, which is older.
"""

import dataclasses
from collections.abc import Sequence

from cc_launcher.core.errors import CcError
from cc_launcher.core.models import fitness
from cc_launcher.core.models.listing import Listed
from cc_launcher.core.profile import model_choice
from cc_launcher.core.profile.gateway import OPENAI
from cc_launcher.core.profile.model_choice import Choice
from cc_launcher.core.profile.profile import CACHE_PRICES, Model, Prices, Profile
from cc_launcher.core.profile.resolve import Resolved
from cc_launcher.core.text import mistyped

_VARIABLE = "CLAUDE_CODE_MAX_CONTEXT_TOKENS"


@dataclasses.dataclass(frozen=True)
class Meant:
    """A profile that knows of the models that matter what the list says, and the word for one of them."""

    resolved: Resolved
    word: str | None
    note: str = ""
    sources: tuple[str, ...] = ()  # the files that it was found in, or would be


def address_of(resolved: Resolved) -> str:
    """Where this profile's models are listed; empty where nobody can be asked."""
    profile = resolved.profile
    if profile.models_url is not None:
        return profile.models_url
    # A cloud's models are what an account was given; a secret in the address is for the client's requests alone.
    if profile.base_url is None or profile.cloud is not None or profile.secret_values:
        return ""
    return f"{profile.base_url}{'' if profile.api == OPENAI else '/v1'}/models"


def may_have_secret(resolved: Resolved) -> bool:
    """Whether the profile's secret may be sent there. A login never is: cc does not read it."""
    profile = resolved.profile
    return profile.auth != "login" and (profile.models_url is None or resolved.may_have_secret("models_url"))


def needs_list(resolved: Resolved, word: str | None, listed: Sequence[Listed]) -> bool:
    """Whether the profile and the list that is there leave open what a word means or what the model's window is."""
    profile, where = resolved.profile, resolved.name
    if not profile.open_ended:
        return False
    known = (
        word is None
        or model_choice.named(profile, where, word)
        or model_choice.one_of([model.id for model in listed], word)
    )
    if not known:
        return True
    try:
        meant = applied(resolved, word, listed)
        return bool(about_window(meant)) or _is_the_vendors(meant)
    except CcError:  # the launch ends with it
        return False


def _is_the_vendors(meant: Meant) -> bool:
    """Whether the window that is known is that of the model's own vendor, and the provider can tell its own."""
    profile = meant.resolved.profile
    model = model_choice.choose(profile, meant.resolved.name, meant.word).main
    origin = meant.resolved.origin("models", model, "context")
    theirs = origin is not None and origin.source.shipped
    return bool(theirs and profile.models_public and model_choice.known(profile, model).vendor_context)


def is_used(meant: Meant, listed: Sequence[Listed]) -> bool:
    """Whether a launch rests on the list: one of its models is in it, or nothing else says what its window is."""
    profile = meant.resolved.profile
    try:
        choice = model_choice.choose(profile, meant.resolved.name, meant.word)
    except CcError:
        return True
    chosen = {*choice.slots.values(), choice.subagent}
    return any(model.id in chosen for model in listed) or model_choice.known(profile, choice.main).context is None


def applied(resolved: Resolved, word: str | None, listed: Sequence[Listed]) -> Meant:
    """The profile and the word as a plan needs them."""
    profile, where = resolved.profile, resolved.name
    if model_choice.is_clients_own(profile) or not listed:
        return Meant(resolved, word)
    by_id = {model.id: model for model in listed}
    note = near = ""
    if word is not None and not model_choice.named(profile, where, word):
        ids = list(by_id)
        found = model_choice.one_of(ids, word)
        if not found and not model_choice.guessed(profile, model_choice.ids_of(profile), where, word):
            found = model_choice.guessed(profile, ids, where, word)
            note = model_choice.taken_for(where, word, found) if found else ""
        # The one that was probably meant is known from then on, so that it can be named.
        near = "" if found else mistyped.meant(word, ids)
        word = found or word
    wanted = {*model_choice.ids_of(profile), word, near}
    about = {model: _together(resolved, model, by_id[model]) for model in by_id if model in wanted}
    updated = profile.model_copy(update={"models": {**profile.models, **about}})
    return Meant(dataclasses.replace(resolved, profile=updated), word, note)


def _together(resolved: Resolved, model: str, live: Listed) -> Model:
    """What is known of a model that the list has."""
    about = resolved.profile.models.get(model) or Model.model_validate({})
    said = values_of(live)
    updated: dict[str, object] = {
        key: getattr(said, key)
        for key in ("context", "max_output", "tools")
        if getattr(said, key) is not None and not _is_users(resolved, model, key)
    }
    if said.prices is not None and not _is_users(resolved, model, "prices", "input"):
        updated["prices"] = prices_of(about.prices, said.prices)
    return about.model_copy(update=updated)


def prices_of(ours: Prices | None, listed: Prices) -> Prices:
    """The prices that hold where a list, which is newer, has some, too.

    Of the very same price the catalog may know more than the list. What costs anything but dollars is not believed to
    the list, which names no currency.
    """
    if ours is None or ours.currency != listed.currency:
        return listed if ours is None else ours
    if (ours.input, ours.output) != (listed.input, listed.output):
        return listed
    more = {key: getattr(ours, key) for key in CACHE_PRICES if getattr(listed, key) is None}
    whole = listed.model_copy(update=more | {"above": listed.above or ours.above})
    same = all(getattr(whole, key) == getattr(ours, key) for key in (*CACHE_PRICES, "above"))
    return ours if same else whole


def values_of(live: Listed) -> Model:
    """A model of the list as a profile would have it; what no profile could hold is left out."""
    values: dict[str, object] = {"tools": live.tools}
    if live.context is not None and live.context >= 1_000:
        values["context"] = live.context
    if live.max_output is not None and 256 <= live.max_output <= 10_000_000:
        values["max_output"] = live.max_output
    if live.input_price is not None and live.output_price is not None:
        values["prices"] = {
            "input": live.input_price,
            "output": live.output_price,
            **{key: getattr(live, key) for key in CACHE_PRICES},
            "above": {str(limit): prices._asdict() for limit, prices in live.above},
        }
    return Model.model_validate(values)


def _is_users(resolved: Resolved, model: str, *key: str) -> bool:
    """Whether a file of the user's says it."""
    origin = resolved.origin("models", model, *key)
    return origin is not None and not origin.source.shipped


def about_window(meant: Meant) -> str:
    """What to say where nobody knows how much the model holds.

    Of Claude's own models the client does, and of a local one its server.
    """
    profile, where = meant.resolved.profile, meant.resolved.name
    if profile.kind == "local":
        return ""
    choice = model_choice.choose(profile, where, meant.word)
    model = choice.main
    if not choice.slots or profile.base_url is None or "claude" in model or _VARIABLE in profile.env:
        return ""
    if model_choice.known(profile, model).context is not None:
        return ""
    return (
        f"{where}: the window of {model} is not known; Claude Code assumes 1M tokens and may fail earlier. "
        f"If you know it: cc models {where} {model} --set-context 200k"
    )


def refuse_unfit(profile: Profile, where: str, choice: Choice) -> None:
    """Refuse a model with which Claude Code can do nothing, for one of the slots whose models work with tools.

    What a server on this machine says of its models is asked at the launch.
    """
    if profile.kind == "local":
        return
    slots = [choice.main, *(model for slot, model in choice.slots.items() if slot != "haiku"), choice.subagent or ""]
    for model in dict.fromkeys(slots):
        about = model_choice.known(profile, model)
        hint = f"another one: cc models {where} --min-context {fitness.MIN_CONTEXT}; or add --anyway before the profile"
        fitness.refuse_unfit(where, model, context=about.context, tools=about.tools, hint=hint)
