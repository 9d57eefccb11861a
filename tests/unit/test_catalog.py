"""The rules that hold for every provider of the catalog."""

import datetime as dt
import re
import tomllib

import pytest

from cc_launcher.core import names, urls
from cc_launcher.core.models import choose
from cc_launcher.core.profile import Profile
from cc_launcher.core.source import load
from tests.unit.conftest import CATALOG, catalog_profile

FILES = {path.stem: path.read_text(encoding="utf-8") for path in sorted(CATALOG.glob("*.toml"))}
EXPECTED = {
    "anthropic", "bifrost", "claude", "deepseek", "litellm", "minimax", "moonshot", "ollama", "openrouter", "zai",
}  # fmt: skip
every_provider = pytest.mark.parametrize("name", FILES)


def profile_of(name: str) -> Profile:
    return catalog_profile(name).profile


def test_the_providers_that_were_promised_are_there() -> None:
    assert set(FILES) >= EXPECTED


@every_provider
def test_a_provider_is_a_valid_profile_that_stands_alone(name: str) -> None:
    assert names.is_profile(name)
    assert load(FILES[name], f"{name}.toml", Profile)
    whole = catalog_profile(name)
    assert [source.name for source in whole.chain] == [name]
    assert whole.corrections == ()


@every_provider
def test_its_file_names_the_schema_first_so_that_editors_complete_it(name: str) -> None:
    assert FILES[name].startswith("#:schema ../docs/profile.schema.json\n")
    assert (CATALOG / "../docs/profile.schema.json").is_file()


@every_provider
def test_its_address_is_https_or_on_this_machine_and_as_the_client_wants_it(name: str) -> None:
    url = profile_of(name).base_url
    written = tomllib.loads(FILES[name]).get("base_url")
    assert written == url
    if url is None:
        assert profile_of(name).auth in {"login", "api-key"}
        return
    urls.check(url)
    urls.check_plain(url, plain_http=False)
    assert not re.search(r"/v1(/messages)?/?$", url)
    assert not profile_of(name).plain_http


@every_provider
def test_its_tiers_and_small_models_are_models_that_it_lists(name: str) -> None:
    profile = profile_of(name)
    tiers = {value for value in profile.tiers.model_dump().values() if value is not None}
    small = {model.small for model in profile.models.values() if model.small is not None}
    assert tiers | small <= set(profile.models)
    if tiers:
        assert set(choose(profile, name, None).slots.values()) <= set(profile.models)


@every_provider
def test_its_windows_and_prices_are_plausible(name: str) -> None:
    for model_id, model in profile_of(name).models.items():
        assert model.context is None or 32_000 <= model.context <= 10_000_000, model_id
        assert model.max_output is None or 1_000 <= model.max_output <= (model.context or 10_000_000), model_id
        if model.prices is not None:
            assert model.prices.input <= model.prices.output, model_id
            assert (model.prices.cache_read or 0) <= model.prices.input, model_id


@every_provider
def test_no_word_means_two_models(name: str) -> None:
    profile = profile_of(name)
    aliases = [alias for model in profile.models.values() for alias in model.aliases]
    assert len(set(aliases)) == len(aliases)
    assert not set(aliases) & set(profile.models)


@every_provider
def test_it_says_where_its_facts_are_from_and_how_old_they_are(name: str) -> None:
    profile = profile_of(name)
    assert profile.sources
    assert profile.checked is not None
    assert dt.date(2026, 1, 1) <= profile.checked <= dt.datetime.now(dt.UTC).date()
    assert profile.confidence is not None
    assert profile.docs
    assert all(page.startswith("https://") for page in profile.docs)


@every_provider
def test_it_has_a_name_for_people_and_a_short_one(name: str) -> None:
    profile = profile_of(name)
    assert profile.title
    assert profile.label
    assert len(profile.label) <= 24
    labels = [profile_of(other).label for other in FILES]
    assert labels.count(profile.label) == 1


@every_provider
def test_it_holds_no_secret_and_says_where_people_keep_theirs(name: str) -> None:
    profile = profile_of(name)
    assert profile.secret is None  # the user's to choose
    assert not profile.secret_headers
    if profile.auth in {"bearer", "api-key"}:
        assert profile.key_env
        assert all(variable.isupper() for variable in profile.key_env)
    else:
        assert not profile.key_env
    assert not re.search(r"sk-[A-Za-z0-9-]{20,}", FILES[name])


@every_provider
def test_it_leaves_to_the_user_what_is_the_users(name: str) -> None:
    profile = profile_of(name)
    chosen = (profile.sealed, profile.isolated, profile.share, profile.args, profile.keep, profile.modes)
    assert not any(chosen)
