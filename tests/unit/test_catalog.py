"""The rules that hold for every provider of the catalog, and for what it says of those that cannot be used directly."""

import datetime as dt
import re
import tomllib
from collections import Counter
from functools import cache
from typing import Any

import pytest

from cc_launcher.core.plan import SUBCOMMANDS
from cc_launcher.core.profile import caching
from cc_launcher.core.profile.clouds import CLOUDS, needed
from cc_launcher.core.profile.explanation import Explanation
from cc_launcher.core.profile.field_types import OWN
from cc_launcher.core.profile.gateway import OPENAI
from cc_launcher.core.profile.model_choice import choose, known
from cc_launcher.core.profile.parameters import MissingParameters
from cc_launcher.core.profile.profile import CACHE_PRICES, Prices, Profile, Rates
from cc_launcher.core.profile.source import load
from cc_launcher.core.stores import references
from cc_launcher.core.text import names, urls
from cc_launcher.core.usage.lengths import LENGTHS
from cc_launcher.files import places, profiles
from tests.unit.conftest import CATALOG, REPOSITORY, catalog_profile, resolved

FILES = {path.stem: path.read_text(encoding="utf-8") for path in sorted(CATALOG.glob("*.toml"))}
WRITTEN: dict[str, dict[str, Any]] = {name: tomllib.loads(text) for name, text in FILES.items()}
NOT_DIRECT = {path.stem: path.read_text(encoding="utf-8") for path in sorted(CATALOG.glob("not-direct/*.toml"))}
# What a launch of each sends, for the test with the real client. The clouds, which speak otherwise, have their own.
ROWS = tomllib.loads((REPOSITORY / "tests/data/catalog.toml").read_text(encoding="utf-8"))
CLOUD_FILES = {"bedrock", "bedrock-mantle", "claude-platform-aws", "foundry", "vertex"}
EXPLAINED = {"cdata-connect-ai", "github-copilot"}
ORDER = (
    "title", "label", "good_for", "kind", "server", "cloud", "base_url", "api", "openai_url", "litellm", "auth",
    "placeholder", "timeout", "open_ended", "web_search",
    "billing", "caching", "named_tools",
    "region", "key_env", "key_url", "key_prefix", "models_url", "models_public", "quota_url", "quota", "docs",
    "notes", "sources", "checked", "confidence", "regions", "parameters", "secret_values", "headers", "secret_headers",
    "tiers", "models", "compat", "search_servers",
)  # fmt: skip
# A key that is another provider's: a gateway hands it on to that one, or one account has both.
SAME_KEY = {
    "cloudflare": "anthropic",
    "helicone": "anthropic",
    "opencode-zen": "opencode-go",
    "bedrock-mantle": "bedrock",
}
# No source says which model is the right one to start with: the file says why, after these words.
NO_TIERS = "# No tiers: "
ANTHROPIC = "https://api.anthropic.com"
TODAY = dt.datetime.now(dt.UTC).date()
every_provider = pytest.mark.parametrize("name", FILES)
every_explanation = pytest.mark.parametrize("name", NOT_DIRECT)
every_region = pytest.mark.parametrize(
    ("name", "region"), [(name, region) for name, written in WRITTEN.items() for region in written.get("regions", {})]
)


@cache
def profile_of(name: str) -> Profile:
    return catalog_profile(name).profile


def addresses(name: str) -> dict[str, str]:
    """Each address that the file has, as it is written, by the name of its region."""
    written = WRITTEN[name]
    own = {"": written["base_url"]} if "base_url" in written else {}
    return own | {region: about["base_url"] for region, about in written.get("regions", {}).items()}


def site(url: str) -> str:
    """What hosts of the same owner have in common."""
    host = urls.name_of(url)
    return host if urls.is_loopback(host) else ".".join(host.split(".")[-2:])


def test_what_was_promised_is_there() -> None:
    assert set(ROWS) <= set(FILES)
    assert set(NOT_DIRECT) >= EXPLAINED


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
def test_its_keys_stand_in_the_order_of_all_the_others(name: str) -> None:
    assert list(WRITTEN[name]) == [key for key in ORDER if key in WRITTEN[name]]
    assert not {*WRITTEN[name]} - {*ORDER}


@every_provider
def test_its_addresses_are_https_or_on_this_machine_and_as_the_client_wants_them(name: str) -> None:
    if not addresses(name):
        assert profile_of(name).auth in {"login", "api-key", "cloud"}
    for url in addresses(name).values():
        urls.check(urls.filled(url, {}))
        urls.check_plain(url, plain_http=False)
        if profile_of(name).api == OPENAI:
            assert urls.tidy_openai(url) == url
            continue
        assert urls.tidy(url) == url
        assert not re.search(r"/v1(/messages)?/?$", url)
    assert not profile_of(name).plain_http


@every_provider
def test_what_runs_here_is_on_this_machine_and_nothing_else_is(name: str) -> None:
    profile = profile_of(name)
    local = [urls.is_loopback(urls.name_of(url)) for url in addresses(name).values()]
    assert local == [True] if profile.kind == "local" else True
    assert not any(local) if profile.kind == "provider" else True
    if profile.kind == "local":
        assert profile.auth == "none"
        assert {"private", "stable-prompt", "slow-start"} <= {knob for knob, on in profile.compat.items() if on}
        assert any("window" in note for note in profile.notes)
        assert profile.server == (None if profile.api == OPENAI else name)  # or else a launch would not ask it
    else:
        assert profile.server is None


@every_provider
def test_without_a_key_it_sends_a_placeholder(name: str) -> None:
    profile = profile_of(name)
    assert (profile.placeholder is not None) == (profile.auth == "none")  # or the client would send its own login


@every_region
def test_a_region_is_another_address_of_the_same_provider(name: str, region: str) -> None:
    chosen = catalog_profile(name, f'region = "{region}"').profile
    assert chosen.base_url == urls.filled(WRITTEN[name]["regions"][region]["base_url"], chosen.values)
    assert site(addresses(name)[region]) == site(WRITTEN[name]["base_url"])


@every_provider
def test_no_two_of_its_regions_are_the_same(name: str) -> None:
    found = addresses(name)
    assert len(set(found.values())) == len(found)
    titles = [about["title"] for about in WRITTEN[name].get("regions", {}).values()]
    assert len(set(titles)) == len(titles)


def test_no_two_providers_are_at_the_same_address() -> None:
    # llama.cpp, Bifrost, vLLM and Kong have two ports between them, but not one path.
    found = Counter(url for name in FILES for url in addresses(name).values())
    assert [url for url, count in found.items() if count > 1] == []


@every_provider
def test_its_parameters_are_those_of_its_addresses(name: str) -> None:
    used = {parameter for url in addresses(name).values() for parameter in urls.PARAMETER.findall(url)}
    about = WRITTEN[name].get("parameters", {})
    secrets = set(WRITTEN[name].get("secret_values", {}))
    assert secrets <= used
    used -= secrets
    used |= {
        parameter for text in WRITTEN[name].get("headers", {}).values() for parameter in urls.PARAMETER.findall(text)
    }
    assert used == set(about)
    if cloud := profile_of(name).cloud:
        assert not used
        used = {*needed(cloud, None)}
    if used:
        with pytest.raises(MissingParameters) as caught:
            resolved({}, name, FILES)
        assert all(parameter in caught.value.what and parameter in caught.value.hint for parameter in used)
        assert {*catalog_profile(name).profile.values} == used


@every_provider
def test_what_tells_its_models_and_quota_is_at_the_same_provider(name: str) -> None:
    profile = profile_of(name)
    home = profile.base_url or ANTHROPIC
    for url in filter(None, [profile.openai_url, profile.models_url, profile.quota_url]):
        urls.check_plain(url, plain_http=False)
        assert "{" not in url
        assert site(url) == site(home)  # the key goes there, too


@every_provider
def test_its_tiers_and_small_models_are_models_that_it_lists(name: str) -> None:
    profile = profile_of(name)
    tiers = {value for value in profile.tiers.model_dump().values() if value is not None}
    small = {model.small for model in profile.models.values() if model.small is not None}
    assert tiers | small <= set(profile.models)
    if tiers:
        assert set(choose(profile, name, None).slots.values()) <= set(profile.models)


@every_provider
def test_it_serves_every_tier_or_says_why_it_cannot(name: str) -> None:
    profile = profile_of(name)
    if profile.tiers.main is not None:
        assert NO_TIERS not in FILES[name]
        assert choose(profile, name, None).main == profile.tiers.main
    elif profile.auth == "login":
        assert not profile.models
    else:
        assert NO_TIERS in FILES[name]
        assert profile.open_ended
        assert not profile.tiers.model_dump(exclude_none=True)
        assert any("A launch without a model is refused." in note for note in profile.notes)
        assert choose(profile, name, "some-model").main == "some-model"


@every_provider
def test_no_model_has_a_suffix_that_is_the_clients(name: str) -> None:
    assert not [model for model in profile_of(name).models if "[" in model]


@every_provider
def test_its_windows_and_prices_are_plausible(name: str) -> None:
    for model_id, model in profile_of(name).models.items():
        assert model.context is None or 32_000 <= model.context <= 10_000_000, model_id  # less, and it is of no use
        assert model.max_output is None or 1_000 <= model.max_output <= (model.context or 10_000_000), model_id
        if model.prices is not None:
            assert model.prices.input <= model.prices.output <= 200, model_id
            assert (model.prices.cache_read or 0) <= model.prices.input, model_id


def priced() -> list[tuple[str, Profile, Prices]]:
    """Each model of the catalog that has prices."""
    return [
        (f"{name} {model_id}", profile_of(name), model.prices)
        for name in FILES
        for model_id, model in profile_of(name).models.items()
        if model.prices is not None
    ]


def test_each_price_of_caching_has_a_source_and_a_day() -> None:
    for where, profile, prices in priced():
        if any(getattr(prices, key) is not None for key in CACHE_PRICES) or prices.above:
            assert prices.source, where
            assert prices.day is not None, where
            assert dt.date(2026, 1, 1) <= prices.day <= TODAY, where
        assert prices.day is None or profile.checked is not None, where


def test_no_price_of_a_longer_request_is_lower_or_at_a_length_by_which_no_sums_are_kept_apart() -> None:
    for where, _, prices in priced():
        before: Rates = prices
        for limit, longer in sorted(prices.above.items(), key=lambda step: int(step[0])):
            assert int(limit) in LENGTHS, where
            for key in ("input", "output", *CACHE_PRICES):
                below, above = getattr(before, key), getattr(longer, key)
                assert (below is None) == (above is None), where
                assert above is None or above >= below, where
            before = longer


def test_prices_of_caching_are_plausible() -> None:
    for where, profile, prices in priced():
        whole, _ = caching.filled(prices, profile.caching)
        write, long = whole.cache_write, whole.cache_write_1h
        assert write is None or write <= 1.25 * prices.input, where
        assert long is None or write is None or write <= long <= 2 * prices.input, where


def test_how_many_prices_of_caching_are_known() -> None:
    """What docs/how-to/costs.md says; it falls only if a price is taken out."""
    known = Counter(key for _, _, prices in priced() for key in CACHE_PRICES if getattr(prices, key) is not None)
    assert len(priced()) >= 96
    assert all(known[key] >= least for key, least in zip(CACHE_PRICES, (82, 36, 21), strict=True))
    assert sum(bool(prices.above) for _, _, prices in priced()) >= 13


@every_provider
def test_where_the_window_of_its_main_model_is_not_known_it_says_so(name: str) -> None:
    profile = profile_of(name)
    main = profile.tiers.main
    known = main is not None and profile.models[main].context is not None
    the_clients = profile.auth == "login" or re.fullmatch(r"claude-[a-z0-9-]+", main or "")
    assert known or the_clients or any("`context`" in note for note in profile.notes)


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
    assert dt.date(2026, 1, 1) <= profile.checked <= TODAY
    assert profile.confidence
    assert profile.confidence != "low" or profile.notes[0].startswith("Unverified: ")
    assert profile.docs or profile.confidence != "high"
    assert all(page.startswith("https://") for page in profile.docs)
    regions = [region.key_url for region in profile.regions.values()]
    for url in filter(None, [profile.key_url, *regions]):
        assert url.startswith(("https://", "http://localhost:"))
    assert profile.key_prefix is None or re.fullmatch(r"[a-z]{2,}[-_/A-Za-z0-9]*[-_/]", profile.key_prefix)


@every_provider
def test_its_notes_are_sentences_that_end_or_end_in_what_is_to_be_typed(name: str) -> None:
    for note in profile_of(name).notes:
        last = note.rsplit(" ", 1)[-1]
        assert note.endswith((".", ")")) or re.search(r"[/`-]", last), note
        assert not re.search(r"\s\s|^\s|\s$|\bTODO\b", note), note


@every_provider
def test_it_says_why_it_turns_knobs(name: str) -> None:
    assert profile_of(name).compat == {} or re.search(r"\n# [^\n]+\n\[compat\]\n", FILES[name])
    assert all(profile_of(name).compat.values())


@every_provider
def test_what_may_be_typed_for_a_model_is_no_command_of_the_client(name: str) -> None:
    profile = profile_of(name)
    words = {alias for model in profile.models.values() for alias in model.aliases}
    words |= {model.rsplit("/", 1)[-1] for model in profile.models}
    assert not words & {*SUBCOMMANDS}
    for tier in words & {"opus", "sonnet", "haiku", "fable"}:
        assert choose(profile, name, tier).main == choose(profile, name, None).slots[tier]  # as the word says


def test_each_has_a_row_that_says_what_a_launch_of_it_sends() -> None:
    assert set(FILES) - set(ROWS) <= CLOUD_FILES
    assert {name: set(row["regions"]) for name, row in ROWS.items() if "regions" in row} == {
        name: set(written["regions"]) for name, written in WRITTEN.items() if "regions" in written and name in ROWS
    }


@every_provider
def test_it_has_a_name_for_people_and_a_short_one_and_says_what_it_is_good_for(name: str) -> None:
    profile = profile_of(name)
    assert profile.title
    assert profile.label
    assert len(profile.label) <= 24
    assert profile.good_for
    assert len(profile.good_for) <= 80
    assert not profile.good_for.endswith(".")
    assert {"good_for", "kind"} <= set(WRITTEN[name])


@pytest.mark.parametrize("key", ["title", "label"])
def test_no_two_providers_are_called_the_same(key: str) -> None:
    found = Counter(written[key].casefold() for written in WRITTEN.values())
    assert [text for text, count in found.items() if count > 1] == []


@every_provider
def test_it_holds_no_secret_and_says_where_people_keep_theirs(name: str) -> None:
    profile = profile_of(name)
    assert profile.secret is None  # the user's to choose
    if profile.auth in {"bearer", "api-key"}:
        assert profile.key_env
        for variable in profile.key_env:
            assert re.fullmatch(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)*_(KEY|TOKEN)", variable)
    elif profile.cloud is not None:
        assert {*profile.key_env} == {*CLOUDS[profile.cloud].secrets.values()}
    else:
        assert not profile.key_env
        assert profile.key_prefix is None
    assert not re.search(r"sk-[A-Za-z0-9-]{20,}", FILES[name])


@every_provider
def test_a_header_with_a_secret_of_its_own_keeps_it_in_the_keyring_under_the_providers_name(name: str) -> None:
    profile = profile_of(name)
    headers = [about.secret for about in profile.secret_headers.values() if about.secret != OWN]
    for where in (*headers, *profile.secret_values.values()):
        reference = references.parse(where)
        assert reference.store == "keyring"
        assert reference.name == name or reference.name.startswith(f"{name}-")
        assert any("cc secret set" in note for note in profile_of(name).notes)


def test_no_variable_is_read_as_the_key_of_two_providers() -> None:
    found = Counter(variable for name in set(FILES) - set(SAME_KEY) for variable in profile_of(name).key_env)
    assert [variable for variable, count in found.items() if count > 1] == []
    for name, owner in SAME_KEY.items():
        assert profile_of(name).key_env == profile_of(owner).key_env


@every_provider
def test_it_leaves_to_the_user_what_is_the_users(name: str) -> None:
    profile = profile_of(name)
    chosen = (profile.sealed, profile.isolated, profile.share, profile.args, profile.keep, profile.modes)
    assert not any(chosen)
    assert profile.region is None or profile.cloud is not None
    assert "values" not in WRITTEN[name]


# --- what cannot be used directly


@every_explanation
def test_an_explanation_holds_the_schema_and_says_what_to_do_instead(name: str) -> None:
    explanation = Explanation.model_validate(load(NOT_DIRECT[name], f"{name}.toml", Explanation))
    assert names.is_profile(name)
    assert name not in FILES
    assert explanation.sources
    assert dt.date(2026, 1, 1) <= explanation.checked <= TODAY
    said = explanation.error(name)
    assert said.what == f"{name}: {explanation.title}: {explanation.why}"
    assert not said.what.endswith(".")
    assert all(way in said.hint for way in explanation.instead)


@every_explanation
def test_what_an_explanation_tells_to_type_works(name: str) -> None:
    told = [
        (command, word, model)
        for way in tomllib.loads(NOT_DIRECT[name])["instead"]
        for command, word, model in re.findall(r"cc (run|add) ([a-z]\S*?)(?:[,:]|$| ([\w.-]+/[\w.:-]*\w)| )", way)
    ]
    assert told
    for command, provider, model in told:
        assert provider in FILES
        if command == "run":
            profile = profile_of(provider)
            assert choose(profile, provider, model or None).main in profile.models


def test_an_explanation_is_found_where_it_is_looked_for() -> None:
    assert {places.explanation_path(name).is_file() for name in NOT_DIRECT} == {True}


def test_an_explanation_is_found_by_the_first_word_of_its_name() -> None:
    for word, title in (("cdata", "CData Connect AI"), ("github", "GitHub Copilot")):
        found = profiles.explain(word)
        assert found is not None
        assert found.title == title
    assert profiles.explain("c") is None


def told_to_run() -> set[tuple[str, str]]:
    """Each provider and model that the README or a help text tells to run: an option, or a word for one, is none."""
    texts = [REPOSITORY / "README.md", *(REPOSITORY / "src/cc_launcher/cli").glob("*.py")]
    line = re.compile(
        r"^(?:\$| +)?\s*cc (?:run|show|use|env) (?:-\S+ )*([a-z][a-z0-9-]*) ([a-z0-9][a-z0-9./:-]*)", re.MULTILINE
    )
    found = {pair for path in texts for pair in line.findall(path.read_text(encoding="utf-8"))}
    return {(name, model) for name, model in found if name in FILES}


def test_the_window_of_every_model_that_people_are_told_to_run_is_known() -> None:
    told = told_to_run()
    assert ("openrouter", "glm-5.3") in told
    for name, word in told:
        profile = profile_of(name)
        model = choose(profile, name, word).main
        local = profile.kind == "local"  # its server tells
        assert local or known(profile, model).context is not None, f"{name} {word}: {model}"


@every_provider
def test_what_is_said_of_searching_and_seeing_names_the_page_that_says_so(name: str) -> None:
    """And the only tools that are taken away are those that a page says are dead."""
    models = WRITTEN[name].get("models", {}).values()
    for key in ("web_search", "vision"):
        if key in WRITTEN[name] or any(key in about for about in models):
            named = [line.rpartition(": ") for line in WRITTEN[name]["sources"]]
            assert any(page and key in keys.split(", ") for page, _, keys in named), key
    offered = WRITTEN[name].get("search_servers", {})
    assert not offered or WRITTEN[name]["web_search"] is False
    assert "search" not in WRITTEN[name]  # none is added unasked


def test_the_rows_say_the_same_of_searching() -> None:
    dead = {name for name, row in ROWS.items() if row.get("web_search") is False}
    assert dead == {name for name in ROWS if WRITTEN[name].get("web_search") is False}
