"""Which model a word means, and which model serves which tier."""

from dataclasses import dataclass

from cc_launcher.core.errors import INVALID, NO_SUCH, CcError
from cc_launcher.core.profile.profile import TIERS, Model, Profile
from cc_launcher.core.text import mistyped, names
from cc_launcher.core.text.nearest import nearest

SLOTS = ("main", "opus", "sonnet", "haiku", "fable")


@dataclass(frozen=True)
class Choice:
    """The models of a launch: each slot of the client, filled. Empty when the client's own defaults are meant."""

    slots: dict[str, str]
    subagent: str | None
    note: str = ""  # a line for the user, when what was typed is taken on trust
    near: str = ""  # the name that was probably meant, when what was typed is nearly one
    fallback: str = ""  # the model to go on with where main is overloaded
    own: str = ""  # a model of the client's own provider, by a name that the client knows: it fills its slots itself

    @property
    def main(self) -> str:
        """The model that the session starts on, or nothing."""
        return self.slots.get("main", self.own)


def choose(profile: Profile, where: str, word: str | None) -> Choice:
    """The models of a launch of this profile, on the model that the command line names, if it names one."""
    if word is None:
        return _of_tiers(profile, where)
    if is_clients_own(profile) and names.is_model(word):
        return Choice({}, None, own="" if word in {"main", "subagent"} else word)
    model, note, near = _meant(profile, where, word)
    small = _id(profile, known(profile, model).small) or model
    slots = {slot: small if slot == "haiku" else model for slot in SLOTS}
    return Choice(slots, model, note, near, _fallback(profile, model))


def known(profile: Profile, model: str) -> Model:
    """What the profile knows of a model, or takes for granted of one that it does not say it of."""
    about = profile.models.get(model) or Model.model_validate({})
    usual = {key: getattr(profile, key) for key in ("context", "max_output") if getattr(about, key) is None}
    return about.model_copy(update=usual)


def is_clients_own(profile: Profile) -> bool:
    """Whether the client itself knows the models, so that any name may be handed on to it."""
    return _clients_own(profile) and not profile.models


def _of_tiers(profile: Profile, where: str) -> Choice:
    named = {tier: _id(profile, getattr(profile.tiers, tier)) for tier in TIERS}
    main = named["main"] or named["opus"] or named["sonnet"]
    if main is None:
        if _clients_own(profile):
            return Choice({}, None)
        raise CcError(
            f"{where}: no model is chosen", f"name one: cc run {where} MODEL, or set main under [tiers]", code=INVALID
        )
    opus = named["opus"] or main
    return Choice(
        {
            "main": main,
            "opus": opus,
            "sonnet": named["sonnet"] or main,
            "haiku": named["haiku"] or _id(profile, known(profile, main).small) or main,
            "fable": named["fable"] or opus,
        },
        named["subagent"],
        fallback=_fallback(profile, main),
    )


def _fallback(profile: Profile, main: str) -> str:
    """The model to go on with, where it is another one."""
    model = _id(profile, profile.fallback_model) or ""
    return model if model != main else ""


def _clients_own(profile: Profile) -> bool:
    """Whether this is the client's own provider, and which model serves which tier is the client's to know."""
    at_home = profile.auth == "login" or (profile.auth == "api-key" and not profile.elsewhere)
    return at_home and not (profile.tiers.main or profile.tiers.opus or profile.tiers.sonnet)


def named(profile: Profile, where: str, word: str) -> str:
    """The model of the profile that this word names: an alias, a tier, an id or its last part. Empty for none."""
    aliases = _aliases(profile)
    if word in aliases:
        return aliases[word]
    if word in TIERS:
        choice = _of_tiers(profile, where)
        return (choice.subagent or choice.main) if word == "subagent" else choice.slots.get(word, word)
    return one_of(ids_of(profile), word)


def one_of(ids: list[str], word: str) -> str:
    """The id that is this word, or the only one whose last part is. Empty for none."""
    if word in ids:
        return word
    ends = [model_id for model_id in ids if model_id.rsplit("/", 1)[-1] == word]
    return ends[0] if len(ends) == 1 else ""


def guessed(profile: Profile, ids: list[str], where: str, word: str) -> str:
    """The only one of these ids that the word is a part of; an error where it is one of several. Empty for none."""
    found = [model_id for model_id in ids if model_id.rsplit("/", 1)[-1] == word]
    whole = profile.open_ended and "/" in word  # a full id, which may well begin like another one
    found = found or [model_id for model_id in ids if word.lower() in model_id.lower() and not whole]
    if len(found) > 1:
        more = ", …" if len(found) > 8 else ""
        hint = f"say which: {', '.join(found[:8])}{more}"
        raise CcError(f"{where}: {word} fits several models", hint, code=NO_SUCH)
    return found[0] if found else ""


def taken_for(where: str, word: str, model: str) -> str:
    """What is said of a guess."""
    return f"{where}: {word} means {model}"


def ids_of(profile: Profile) -> list[str]:
    """The ids of all models that the profile names."""
    named_alone = [*_tier_values(profile), profile.fallback_model]
    return list(dict.fromkeys([*profile.models, *filter(None, (_id(profile, value) for value in named_alone))]))


def _meant(profile: Profile, where: str, word: str) -> tuple[str, str, str]:
    """The model id that a word on the command line means, and a note when it is not one that the profile knows.

    And the name that was probably meant, where the word is nearly one.
    """
    model = named(profile, where, word)
    if model:
        return model, "", ""
    ids = ids_of(profile)
    model = guessed(profile, ids, where, word)
    if model:
        return model, taken_for(where, word, model), ""
    aliases = _aliases(profile)
    if profile.open_ended and names.is_model(word):
        near = mistyped.meant(word, [*aliases, *ids])
        why = f"did you mean {near}?" if near else f"cc does not know the model {word};"
        return word, f"{where}: {why} {word if near else 'it'} is sent as typed", near
    likely = nearest(word, [*aliases, *ids]) or sorted(aliases or ids)[:8]
    raise CcError(f"{where}: no model {word}", f"did you mean {', '.join(likely)}?" if likely else "", code=NO_SUCH)


def _aliases(profile: Profile) -> dict[str, str]:
    return {alias: model_id for model_id, model in profile.models.items() for alias in model.aliases}


def _tier_values(profile: Profile) -> list[str]:
    return [value for tier in TIERS if (value := getattr(profile.tiers, tier)) is not None]


def _id(profile: Profile, value: str | None) -> str | None:
    """The full id for a tier's value, which may be an alias or the last part of an id of the profile."""
    if value is None or value in profile.models:
        return value
    for model_id, model in profile.models.items():
        if value in model.aliases:
            return model_id
    ends = [model_id for model_id in profile.models if model_id.rsplit("/", 1)[-1] == value]
    return ends[0] if len(ends) == 1 else value
