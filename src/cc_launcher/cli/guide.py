"""`cc add` as a conversation."""

import os
from typing import Any

import questionary
from questionary import Choice

from cc_launcher.actions import secret_values
from cc_launcher.actions.new_profile import Wanted, free_name
from cc_launcher.cli import add_steps, questions, render
from cc_launcher.core.errors import USAGE, CcError
from cc_launcher.core.profile.clouds import CLOUDS, Cloud
from cc_launcher.core.profile.clouds import needed as needed_by
from cc_launcher.core.profile.resolve import Resolved
from cc_launcher.core.stores import references
from cc_launcher.core.text import names, urls
from cc_launcher.files import places, profiles, user_profiles
from cc_launcher.launch import planfile, report
from cc_launcher.secrets import keep

_BY_URL = ""  # instead of a provider
_OTHER = "another one, by its id"
_PASTE, _REFERENCE, _VARIABLE, _LATER = "paste", "reference", "variable", "later"


def add_profile(wanted: Wanted) -> None:
    """Ask for everything, write the profile, keep the key, try it."""
    if os.environ.get("TERM", "dumb") == "dumb":
        raise CcError("cc add: this terminal cannot show a list", "use flags: cc help add", code=USAGE)
    wanted.provider = wanted.name if wanted.name in places.catalog_names() else _provider()
    if wanted.provider:
        _address(wanted)
    else:
        _endpoint(wanted)
    wanted.name = _name(wanted)
    resolved = user_profiles.check(wanted.name, wanted.text(), f"{wanted.name}.toml")
    how = _secret(wanted, resolved)
    if wanted.provider:
        _model(wanted, resolved)
    if how and resolved.profile.cloud is None:
        wanted.sealed = _ask(
            questionary.confirm(
                "Seal it? The key is then in no environment; the client fetches it when it needs it", default=False
            )
        )
    resolved = user_profiles.check(wanted.name, wanted.text(), f"{wanted.name}.toml")
    _review(wanted)
    add_steps.write(wanted)
    if how == _PASTE:
        _paste(resolved)
    if how not in {"", _LATER} and resolved.profile.cloud is None:
        _try_out(resolved)
    add_steps.farewell(resolved)


def _review(wanted: Wanted) -> None:
    render.out("")
    for line in wanted.text().splitlines():
        render.out(f"  {line}")
    render.out("")
    if not _ask(questionary.confirm(f"Write this as {wanted.name}?", default=True)):
        raise CcError("nothing was written", "cc add starts again")


def _try_out(resolved: Resolved) -> None:
    if not _ask(questionary.confirm("Ask the provider whether it takes the key? (one token)", default=True)):
        return
    try:
        add_steps.try_out(resolved)
    except CcError as error:  # the profile is there, and right as far as we can know
        report.say(error)


def _ask(question: Any) -> Any:
    """The answer. Ctrl-C ends it all."""
    return question.unsafe_ask()


def _provider() -> str:
    names_of_all = places.catalog_names()
    widest = max(len(name) for name in names_of_all)
    choices = [Choice(f"{name:<{widest + 2}}{_title(name)}", value=name) for name in names_of_all]
    choices.append(Choice("an endpoint of your own, by its URL", value=_BY_URL))
    return str(
        _ask(
            questionary.select(
                "Which provider? (type to search)", choices=choices, use_search_filter=True, use_jk_keys=False
            )
        )
    )


def _title(name: str) -> str:
    about = _about(name)
    good_for = f": {about['good_for']}" if "good_for" in about else ""
    where = f"  (a key: {about['key_url']})" if "key_url" in about else ""
    return f"{about.get('title', name)}{good_for}{where}"


def _about(name: str) -> dict[str, Any]:
    """What a provider's file says, before what only the user knows is filled in."""
    source = profiles.find(name)
    return source.data if source else {}


def _address(wanted: Wanted) -> None:
    """The region, and what the address needs to know of the user."""
    about = _about(wanted.provider)
    regions = about.get("regions", {})
    if regions:
        usual = Choice(f"as usual: {about.get('base_url', '')}", value="")
        others = [Choice(f"{region['title']}: {region['base_url']}", value=name) for name, region in regions.items()]
        wanted.region = _ask(questionary.select("Which address?", choices=[usual, *others]))
    for name, parameter in about.get("parameters", {}).items():
        fault = _fault_of_path if parameter.get("path") else _fault_of_value
        question = questionary.text(f"{parameter['title']}, such as {parameter['example']}", validate=fault)
        wanted.values[name] = _ask(question).strip()
    if "cloud" in about:
        _cloud(wanted, CLOUDS[about["cloud"]], about)


def _cloud(wanted: Wanted, cloud: Cloud, about: dict[str, Any]) -> None:
    """Region, project and the like, and who has the credentials."""
    if cloud.region:
        usual = about.get("region", "the shell's, or that of the cloud's tools")
        question = f"Which region? (Enter: {usual})"
        wanted.region = _ask(questionary.text(question, validate=_fault_of_region)).strip()
    for name, parameter in cloud.parameters.items():
        needed = name in needed_by(about["cloud"], None)
        skip = "" if needed else "; Enter: none"
        question = f"{parameter.title}, such as {parameter.example}{skip}"
        given = _ask(questionary.text(question, validate=_fault_of_value if needed else _fault_of_optional)).strip()
        if given:
            wanted.values[name] = given
    ways = [Choice("what the cloud's own tools have: a login, a profile, the machine's role", value="")]
    ways += [
        Choice(f"a key of its own ({auth}, as in {variable})", value=auth) for auth, variable in cloud.secrets.items()
    ]
    if len(ways) > 1:
        wanted.auth = _ask(questionary.select("Which credential?", choices=ways))


def _endpoint(wanted: Wanted) -> None:
    wanted.base_url = _ask(
        questionary.text("Its base URL (the client appends /v1/messages itself)", validate=_fault_of_url)
    ).strip()
    wanted.auth = _ask(
        questionary.select(
            "How does it take the key?",
            choices=[
                Choice("Authorization: Bearer KEY", value="bearer"),
                Choice("x-api-key: KEY", value="api-key"),
                Choice("it needs none", value="none"),
            ],
        )
    )
    wanted.tiers = {"main": _ask(questionary.text("The id of its model", validate=_fault_of_model)).strip()}


def _name(wanted: Wanted) -> str:
    given = wanted.name if wanted.name and not places.user_path(wanted.name).exists() else ""
    proposed = given or free_name(wanted.provider or _first_part(wanted.base_url))
    return str(_ask(questionary.text("A name for the profile", default=proposed, validate=_fault_of_name)))


def _secret(wanted: Wanted, resolved: Resolved) -> str:
    """Where the key is; empty for a profile that needs none."""
    if resolved.profile.auth not in {"bearer", "api-key"}:
        return ""
    choices = []
    choices += [
        Choice(f"in the variable {name}, which is set now", value=f"{_VARIABLE} {name}")
        for name in resolved.profile.key_env
        if name in planfile.present()
    ]
    choices += [
        Choice("paste it now, and keep it in the keyring of the operating system", value=_PASTE),
        Choice("in 1Password, pass, Bitwarden, …: give a reference", value=_REFERENCE),
        Choice("later", value=_LATER),
    ]
    get_one = f" (a key: {resolved.profile.key_url})" if resolved.profile.key_url else ""
    how, _, variable = str(_ask(questionary.select(f"Where is the key?{get_one}", choices=choices))).partition(" ")
    if how == _VARIABLE:
        wanted.secret = f"env:{variable}"
    elif how == _REFERENCE:
        wanted.secret = _ask(
            questionary.text("Its reference, such as op://VAULT/ITEM/FIELD or pass:PATH", validate=_fault_of_reference)
        ).strip()
    return how


def _model(wanted: Wanted, resolved: Resolved) -> None:
    tiers = resolved.profile.tiers
    usual = tiers.main or tiers.opus or tiers.sonnet
    others = [model for model in resolved.profile.models if model != usual]
    if not others and not resolved.profile.open_ended:
        return
    first = [Choice(f"{usual}, as the provider has it", value="")] if usual else []
    choices = [*first, *(Choice(model, value=model) for model in others), Choice(_OTHER, value=_OTHER)]
    chosen = _ask(
        questionary.select("Which model to start on?", choices=choices, use_search_filter=True, use_jk_keys=False)
    )
    if chosen == _OTHER:
        chosen = _ask(questionary.text("Its id", validate=_fault_of_model)).strip()
    if chosen:
        wanted.tiers = {"main": chosen}


def _paste(resolved: Resolved) -> None:
    """Keep the key; a store that does not take it is no reason to lose the profile."""
    reference = secret_values.to_keep(resolved)
    try:
        questions.keep_secret(resolved, reference, questions.read_secret(resolved, from_stdin=False))
    except CcError as error:
        report.say(error)
        if keep.can_keep(reference) and _ask(questionary.confirm("Try again?", default=True)):
            _paste(resolved)


def _first_part(url: str) -> str:
    host = urls.name_of(url)
    part = host.split(".")[-2] if host.count(".") and not host[-1].isdigit() else "mine"
    return part if names.is_profile(part) else "mine"


def _fault_of_name(text: str) -> bool | str:
    if not names.is_profile(text):
        return "small letters, digits, '.', '_' and '-', a letter or digit first"
    if places.user_path(text).exists():
        return f"{text} is there already: cc edit {text} changes it"
    return True


def _fault_of_value(text: str) -> bool | str:
    return names.VALUE.fullmatch(text.strip()) is not None or "letters, digits and . _ -, a letter or digit first"


def _fault_of_optional(text: str) -> bool | str:
    return not text.strip() or _fault_of_value(text)


def _fault_of_region(text: str) -> bool | str:
    return not text.strip() or names.is_profile(text.strip()) or "small letters, digits, '-' and '.'"


def _fault_of_path(text: str) -> bool | str:
    return names.VALUES.fullmatch(text.strip()) is not None or "letters, digits and . _ -, with / between the parts"


def _fault_of_url(text: str) -> bool | str:
    try:
        urls.check(text.strip())
        urls.check_plain(text.strip(), plain_http=False)
    except urls.BadUrl as bad:
        return f"{bad.reason}: {bad.hint}"
    return True


def _fault_of_model(text: str) -> bool | str:
    return names.is_model(text.strip()) or "letters, digits and . _ : / @ ~ + , - [ ]"


def _fault_of_reference(text: str) -> bool | str:
    try:
        references.parse(text.strip())
    except references.BadReference as bad:
        return f"{bad.reason}: {bad.hint}"
    return True
