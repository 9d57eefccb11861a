"""`cc add`, its first questions: which provider, or which endpoint, and under which address."""

from typing import Any

from cc_launcher.actions import new_profile
from cc_launcher.actions.new_profile import Wanted
from cc_launcher.cli import fit_answers, questions
from cc_launcher.cli.questions import Entry
from cc_launcher.core.profile.clouds import CLOUDS, Cloud
from cc_launcher.core.profile.clouds import needed as needed_by
from cc_launcher.core.profile.gateway import OPENAI
from cc_launcher.files import places, profiles

CUSTOM = "custom"  # what one types for an endpoint that no provider of the catalog is
_BY_URL = ""  # instead of a provider


def ask(wanted: Wanted) -> None:
    """Where the profile leads."""
    is_custom = wanted.name == CUSTOM
    wanted.provider = wanted.name if wanted.name in places.catalog_names() else _provider(custom_first=is_custom)
    wanted.name = "" if is_custom else wanted.name
    if wanted.provider:
        _of_catalog(wanted)
    else:
        _endpoint(wanted)


def _provider(*, custom_first: bool) -> str:
    names_of_all = places.catalog_names()
    widest = max(len(name) for name in names_of_all)
    entries = [Entry(f"{name:<{widest + 2}}{_title(name)}", name) for name in names_of_all]
    own = Entry(f"{CUSTOM:<{widest + 2}}an endpoint of your own, by URL", _BY_URL)
    entries = [own, *entries] if custom_first else [*entries, own]
    return str(questions.choose("Which provider? (type to search)", entries, search=True))


def _title(name: str) -> str:
    about = _about(name)
    good_for = f": {about['good_for']}" if "good_for" in about else ""
    where = f"  (a key: {about['key_url']})" if "key_url" in about else ""
    return f"{about.get('title', name)}{good_for}{where}"


def _about(name: str) -> dict[str, Any]:
    """What a provider's file says, before what only the user knows is filled in."""
    source = profiles.find(name)
    return source.data if source else {}


def _of_catalog(wanted: Wanted) -> None:
    """The region, and what the address needs to know of the user."""
    about = _about(wanted.provider)
    regions = about.get("regions", {})
    if regions:
        usual = Entry(f"as usual: {about.get('base_url', '')}", "")
        others = [Entry(f"{region['title']}: {region['base_url']}", name) for name, region in regions.items()]
        wanted.region = questions.choose("Which address?", [usual, *others])
    for name, parameter in about.get("parameters", {}).items():
        fault = fit_answers.path if parameter.get("path") else fit_answers.value
        wanted.values[name] = questions.answer(f"{parameter['title']}, such as {parameter['example']}", fault)
    if "cloud" in about:
        _cloud(wanted, CLOUDS[about["cloud"]], about)


def _cloud(wanted: Wanted, cloud: Cloud, about: dict[str, Any]) -> None:
    """Region, project and the like, and who has the credentials."""
    if cloud.region:
        usual = about.get("region", "the shell's, or that of the cloud's tools")
        wanted.region = questions.answer(f"Which region? (Enter: {usual})", fit_answers.region)
    for name, parameter in cloud.parameters.items():
        needed = name in needed_by(about["cloud"], None)
        skip = "" if needed else "; Enter: none"
        question = f"{parameter.title}, such as {parameter.example}{skip}"
        if given := questions.answer(question, fit_answers.value if needed else fit_answers.optional):
            wanted.values[name] = given
    ways = [Entry("what the cloud's own tools use: a login, a profile, the machine's role", "")]
    ways += [Entry(f"a key of its own ({auth}, as in {variable})", auth) for auth, variable in cloud.secrets.items()]
    if len(ways) > 1:
        wanted.auth = questions.choose("Which credential?", ways)


def _endpoint(wanted: Wanted) -> None:
    wanted.base_url = questions.answer("Its base URL (the client appends /v1/messages itself)", fit_answers.url)
    if new_profile.may_be_openai(wanted.base_url):
        wanted.api = questions.choose(
            "Which API does it speak?",
            [
                Entry("OpenAI's: /chat/completions (Claude Code reaches it by a gateway on this machine)", OPENAI),
                Entry("Anthropic's: /v1/messages", ""),
            ],
        )
        if wanted.api == OPENAI:
            wanted.base_url = new_profile.openai_base(wanted.base_url)
    wanted.auth = questions.choose(
        "How does it take the key?",
        [
            Entry("Authorization: Bearer KEY", "bearer"),
            Entry("x-api-key: KEY", "api-key"),
            Entry("it needs no key", "none"),
        ],
    )
