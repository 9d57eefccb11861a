"""A profile is its file and all that it extends, and every value says where it comes from."""

import re
import tomllib
from typing import Any

import pytest

from cc_launcher.core.errors import INVALID, NO_SUCH, CcError
from cc_launcher.core.profile.source import dotted
from tests.unit.conftest import CATALOG, catalog_profile, resolved

BASE = """\
title = "Base"
label = "B"
base_url = "https://base.example"
auth = "bearer"
key_env = ["BASE_KEY"]

[tiers]
main = "big"
haiku = "little"
fable = "dear"

[models.big]
aliases = ["b"]
context = 200000
prices = { input = 1, output = 2 }

[env]
A = "base"
B = "base"

[compat]
no-betas = true
private = true
"""


def refused(texts: str | dict[str, str], name: str = "mine", shipped: dict[str, str] | None = None) -> CcError:
    with pytest.raises(CcError) as caught:
        resolved(texts, name, shipped)
    return caught.value


def test_a_file_lies_over_what_it_extends_key_by_key() -> None:
    whole = resolved(
        'extends = "base"\ntitle = "Mine"\n[env]\nB = "mine"\nC = "mine"\n[models.big]\nmax_output = 64000\n',
        shipped={"base": BASE},
    )
    profile = whole.profile
    assert (profile.title, profile.label, profile.base_url) == ("Mine", "B", "https://base.example")
    assert profile.env == {"A": "base", "B": "mine", "C": "mine"}
    assert (profile.models["big"].context, profile.models["big"].max_output) == (200_000, 64_000)
    assert profile.models["big"].aliases == ("b",)
    assert profile.extends is None
    assert [source.name for source in whole.chain] == ["mine", "base"]
    assert whole.provider == "base"


@pytest.mark.parametrize(
    ("path", "origin"),
    [
        (("title",), "mine.toml:2"),
        (("label",), "base.toml:2"),
        (("base_url",), "base.toml:3"),
        (("key_env",), "base.toml:5"),
        (("env", "A"), "base.toml:18"),
        (("env", "B"), "mine.toml:4"),
        (("env", "C"), "mine.toml:5"),
        (("models", "big", "context"), "base.toml:14"),
        (("models", "big", "max_output"), "mine.toml:7"),
        (("models", "big", "prices", "input"), "base.toml:15"),
        (("compat", "no-betas"), "base.toml:22"),
        (("timeout",), "None"),
    ],
)
def test_every_value_says_which_file_and_line_it_is_from(path: tuple[str, ...], origin: str) -> None:
    mine = 'extends = "base"\ntitle = "Mine"\n[env]\nB = "mine"\nC = "mine"\n[models.big]\nmax_output = 64000\n'
    assert str(resolved(mine, shipped={"base": BASE}).origin(*path)) == origin


@pytest.mark.parametrize("name", sorted(path.stem for path in CATALOG.glob("*.toml")))
def test_every_value_of_the_catalog_stands_on_the_line_that_is_told(name: str) -> None:
    whole = catalog_profile(name)
    lines = whole.chain[0].text.split("\n")
    leaves = dict(_leaves(tomllib.loads(whole.chain[0].text)))
    assert set(whole.origins) == set(leaves)
    for path, origin in whole.origins.items():
        key = re.compile(rf'(^|[\s{{.\["]){re.escape(path[-1])}"?(\]| =)')
        assert key.search(lines[origin.line - 1]), dotted(path)


def _leaves(data: dict[str, Any], path: tuple[str, ...] = ()) -> list[tuple[tuple[str, ...], object]]:
    found: list[tuple[tuple[str, ...], object]] = []
    for key, value in data.items():
        is_table = isinstance(value, dict) and value and path != ("secret_headers",)  # a header is one value
        found += _leaves(value, (*path, key)) if is_table else [((*path, key), value)]
    return found


def test_a_chain_may_have_many_links_and_the_nearest_wins() -> None:
    whole = resolved(
        {
            "mine": 'extends = "middle"\ntitle = "Mine"',
            "middle": 'extends = "base"\ntitle = "Middle"\nlabel = "M"',
        },
        shipped={"base": BASE},
    )
    assert (whole.profile.title, whole.profile.label, whole.profile.auth) == ("Mine", "M", "bearer")
    assert [source.name for source in whole.chain] == ["mine", "middle", "base"]


def test_an_own_file_named_like_a_provider_extends_that_provider() -> None:
    whole = resolved({"zai": 'extends = "zai"\ntitle = "Mine"'}, "zai", {"zai": BASE})
    assert (whole.profile.title, whole.profile.label) == ("Mine", "B")
    assert [source.shipped for source in whole.chain] == [False, True]


def test_an_own_file_stands_before_a_provider_of_the_same_name_also_as_a_base() -> None:
    whole = resolved({"mine": 'extends = "zai"', "zai": 'extends = "zai"\nlabel = "own"'}, "mine", {"zai": BASE})
    assert whole.profile.label == "own"
    assert len(whole.chain) == 3


@pytest.mark.parametrize(
    ("texts", "told"),
    [
        ({"mine": '\nextends = "mine"'}, "mine.toml:2: extends mine, but there is no such profile"),
        ({"mine": 'extends = "a"', "a": 'extends = "mine"'}, "a.toml:1: extends itself: mine → a → mine"),
        ({"mine": 'extends = "a"', "a": 'extends = "b"', "b": 'title = "x"\nextends = "a"'},
         "b.toml:2: extends itself: a → b → a"),
    ],
)  # fmt: skip
def test_a_circle_is_refused_with_the_way_round_it(texts: dict[str, str], told: str) -> None:
    error = refused(texts)
    assert (error.what, error.code) == (told, INVALID)
    assert error.hint


def test_a_circle_in_the_catalog_is_one_too() -> None:
    error = refused({}, "zai", {"zai": 'extends = "zai"'})
    assert error.what == "zai.toml:1: extends itself: zai → zai"


def test_a_missing_base_is_told_with_its_line_and_the_nearest_name() -> None:
    error = refused('# x\nextends = "basse"', shipped={"base": BASE})
    assert (error.what, error.hint, error.code) == (
        "mine.toml:2: extends basse, but there is no such profile",
        "did you mean base?",
        INVALID,
    )


def test_a_missing_profile_is_told_with_the_nearest_name() -> None:
    error = refused({}, "bse", {"base": BASE})
    assert (error.what, error.hint, error.code) == ("no profile named bse", "did you mean base?", NO_SUCH)
    assert refused({}, "qqqq", {"base": BASE}).hint == "cc list-profiles shows the ones there are"


def test_a_fault_in_a_base_is_told_with_the_file_of_the_base() -> None:
    assert refused({"mine": 'extends = "a"', "a": "\ntitel = 1"}).what == "a.toml:2: unknown key titel"


def test_another_price_starts_the_prices_of_a_model_afresh() -> None:
    base = f"{BASE}[models.x.prices]\ninput = 1\noutput = 2\ncache_read = 0.1\nday = 2026-01-01\nsource = 's'\n"
    base += "above.200000 = { input = 2, output = 4 }\n"
    own = 'extends = "base"\n[models.x]\nprices = { input = 1, output = %s }\n'
    whole = resolved(own % 3, shipped={"base": base})
    assert whole.profile.models["x"].model_dump(exclude_unset=True)["prices"] == {"input": 1, "output": 3}
    kept = {path[3:] for path in whole.origins if path[:3] == ("models", "x", "prices")}
    assert kept == {("input",), ("output",)}
    prices = resolved(own % 2, shipped={"base": base}).profile.models["x"].prices
    assert prices is not None
    assert (prices.cache_read, len(prices.above), prices.day, prices.source) == (0.1, 1, None, None)


def test_who_names_main_starts_the_tiers_afresh() -> None:
    whole = resolved('extends = "base"\n[tiers]\nmain = "other"\nopus = "more"', shipped={"base": BASE})
    assert whole.profile.tiers.model_dump(exclude_none=True) == {"main": "other", "opus": "more"}
    assert {path for path in whole.origins if path[0] == "tiers"} == {("tiers", "main"), ("tiers", "opus")}
    assert str(whole.origin("tiers", "main")) == "mine.toml:3"


def test_who_names_another_tier_keeps_the_rest() -> None:
    whole = resolved('extends = "base"\n[tiers]\nhaiku = "other"', shipped={"base": BASE})
    assert whole.profile.tiers.model_dump(exclude_none=True) == {"main": "big", "haiku": "other", "fable": "dear"}


def test_main_in_the_middle_of_a_chain_drops_what_is_below_and_keeps_what_is_above() -> None:
    texts = {
        "mine": 'extends = "middle"\n[tiers]\nfable = "top"',
        "middle": 'extends = "base"\n[tiers]\nmain = "other"',
    }
    tiers = resolved(texts, shipped={"base": BASE}).profile.tiers
    assert tiers.model_dump(exclude_none=True) == {"main": "other", "fable": "top"}


def test_knobs_are_merged_and_can_be_turned_off() -> None:
    whole = resolved('extends = "base"\n[compat]\nprivate = false\nno-caching = true', shipped={"base": BASE})
    assert whole.profile.compat == {"no-betas": True, "private": False, "no-caching": True}
    assert str(whole.origin("compat", "private")) == "mine.toml:3"


def test_lists_are_replaced_as_a_whole() -> None:
    whole = resolved('extends = "base"\nkey_env = ["MINE"]\nmodels.big.aliases = []', shipped={"base": BASE})
    assert whole.profile.key_env == ("MINE",)
    assert whole.profile.models["big"].aliases == ()


def test_an_alias_of_two_models_is_refused_with_line_and_owner() -> None:
    error = refused('extends = "base"\n[models.other]\ncontext = 32000\naliases = ["o", "b"]', shipped={"base": BASE})
    assert error.what == "mine.toml:4: b is an alias of big already"
    assert error.code == INVALID


def test_an_alias_may_be_named_twice_for_the_same_model() -> None:
    assert resolved(BASE + '[models.x]\naliases = ["x", "x"]').profile.models["x"].aliases == ("x", "x")


@pytest.mark.parametrize("written", ["https://h/v1", "https://h/v1/messages", "https://h/v1/"])
def test_a_url_with_what_the_client_appends_is_corrected_with_a_note(written: str) -> None:
    whole = resolved(f'auth = "bearer"\nbase_url = "{written}"')
    assert whole.profile.base_url == "https://h"
    assert whole.corrections == ("mine.toml:2: base_url is read as https://h: the client appends /v1/messages itself",)


@pytest.mark.parametrize("written", ["https://h", "https://h/", "https://h/api/", "https://v1"])
def test_a_url_that_is_right_needs_no_note(written: str) -> None:
    whole = resolved(f'auth = "bearer"\nbase_url = "{written}"')
    assert whole.profile.base_url == written.rstrip("/")
    assert whole.corrections == ()


@pytest.mark.parametrize(
    ("text", "what", "hint"),
    [
        ('auth = "bearer"\nbase_url = "http://gpu.lan:8080"', "mine.toml:2: base_url is plain http", "https"),
        ('auth = "none"', "mine: no `base_url`", "add base_url"),
        ('auth = "bearer"', "mine: no `base_url`", "add base_url"),
        ('title = "x"', "mine: no `auth`", "add `extends"),
        (
            'auth = "login"\nin_session = true',
            "mine.toml:2: in_session without `fallback`",
            'add `fallback = ["PROFILE"]`',
        ),
        ('auth = "login"\nshare = ["skills"]', "mine.toml:2: share without `isolated`", "add `isolated = true`"),
    ],
)
def test_what_only_the_whole_profile_can_tell(text: str, what: str, hint: str) -> None:
    error = refused(text)
    assert error.what.startswith(what)
    assert hint in error.hint
    assert error.code == INVALID


def test_plain_http_in_ones_own_network_is_for_the_profile_to_allow() -> None:
    text = 'auth = "none"\nbase_url = "http://gpu.lan:8080"\nplain_http = true'
    assert resolved(text).profile.base_url == "http://gpu.lan:8080"


@pytest.mark.parametrize("nearer", ['base_url = "http://other.lan:8080"\n', 'base_url = "http://gpu.lan:8081"\n'])
def test_leave_to_speak_in_clear_text_is_for_the_address_that_it_was_given_for(nearer: str) -> None:
    base = 'auth = "bearer"\nbase_url = "http://gpu.lan:8080"\nplain_http = true\ntiers.main = "m"\n'
    assert resolved({"mine": 'extends = "base"\n', "base": base}).profile.plain_http
    error = refused({"mine": f'extends = "base"\n{nearer}', "base": base})
    assert error.what.startswith("mine.toml:2: base_url is plain http")
    again = resolved({"mine": f'extends = "base"\n{nearer}plain_http = true\n', "base": base})
    assert str(again.origin("plain_http")) == "mine.toml:3"


def test_so_it_is_for_each_mcp_server() -> None:
    def servers(url: str, more: str = "") -> str:
        return f'[mcp_servers.a]\nurl = "{url}"\n{more}[mcp_servers.a.secret_headers]\nX-Key = "keyring:a"\n'

    base = 'auth = "login"\n' + servers("http://a.lan", "plain_http = true\n")
    assert resolved({"mine": 'extends = "base"\n', "base": base}).profile.mcp_servers["a"].plain_http
    assert "plain http" in refused({"mine": 'extends = "base"\n' + servers("http://b.lan"), "base": base}).what
    kept = {"mine": 'extends = "base"\n[mcp_servers.a.headers]\nX-More = "m"\n', "base": base}
    assert resolved(kept).profile.mcp_servers["a"].plain_http


def test_a_fault_of_the_whole_is_told_with_the_file_that_the_value_is_from() -> None:
    error = refused('extends = "base"\n\nbase_url = "http://h"', shipped={"base": BASE})
    assert error.what.startswith("mine.toml:3: base_url is plain http")


def test_a_profile_without_title_or_label_is_called_by_its_name() -> None:
    whole = resolved('auth = "login"')
    assert (whole.title, whole.label) == ("mine", "mine")


# The addresses beside base_url

WITH_ADDRESSES = (
    BASE
    + """
[regions.east]
title = "East"
base_url = "https://east.example/x"
[regions.west]
title = "West"
base_url = "https://west.example"
models_url = "https://west.example/list"
[regions.same]
title = "The same host"
base_url = "https://base.example/other"
"""
).replace(
    'auth = "bearer"\n',
    'auth = "bearer"\nmodels_url = "https://base.example/list"\nquota_url = "https://quota.example/left"\n',
    1,
)


@pytest.mark.parametrize(
    ("own", "models_url", "quota_url"),
    [
        ("", "https://base.example/list", "https://quota.example/left"),
        ('base_url = "https://other.example"\n', None, None),
        ('base_url = "http://base.example"\nplain_http = true\n', None, None),
        ('base_url = "https://base.example:8443"\n', None, None),
        ('base_url = "https://base.example/else"\n', "https://base.example/list", "https://quota.example/left"),
        (
            'base_url = "https://other.example"\nmodels_url = "https://other.example/m"\n',
            "https://other.example/m",
            None,
        ),
        ('region = "east"\n', None, None),
        ('region = "east"\nmodels_url = "https://east.example/m"\n', "https://east.example/m", None),
        ('region = "west"\n', "https://west.example/list", None),
        ('region = "same"\n', "https://base.example/list", "https://quota.example/left"),
    ],
)
def test_the_addresses_beside_a_base_url_go_with_it(own: str, models_url: str | None, quota_url: str | None) -> None:
    profile = resolved('extends = "base"\n' + own, shipped={"base": WITH_ADDRESSES}).profile
    assert (profile.models_url, profile.quota_url) == (models_url, quota_url)


@pytest.mark.parametrize(
    ("own", "base_url", "models_url", "key_url"),
    [
        ("", "https://west.example", "https://west.example/list", "https://west.example/keys"),
        ('base_url = "https://mine.example"\n', "https://mine.example", None, "https://west.example/keys"),
        (
            'models_url = "https://west.example/mine"\n',
            "https://west.example",
            "https://west.example/mine",
            "https://west.example/keys",
        ),
        ('key_url = "https://k.example"\n', "https://west.example", "https://west.example/list", "https://k.example"),
    ],
)
def test_what_is_nearer_to_the_user_than_the_region_wins(
    own: str, base_url: str, models_url: str | None, key_url: str
) -> None:
    """And an address of the user's own takes none of the region's with it."""
    base = WITH_ADDRESSES.replace("[regions.west]\n", '[regions.west]\nkey_url = "https://west.example/keys"\n')
    texts = {"mine": 'extends = "between"\n' + own, "between": 'extends = "base"\nregion = "west"\n'}
    profile = resolved(texts, shipped={"base": base}).profile
    assert (profile.base_url, profile.models_url, profile.key_url) == (base_url, models_url, key_url)


@pytest.mark.parametrize(
    ("own", "address", "trusted"),
    [
        ("", "models_url", True),
        ("", "quota_url", True),  # another host, but the catalog's own file names both
        ('quota_url = "https://mine.example/q"\n', "quota_url", False),
        ('models_url = "https://mine.example/m"\n', "models_url", False),
        ('models_url = "https://base.example/else"\n', "models_url", True),
        ('models_url = "https://base.example:8443/else"\n', "models_url", False),
        ('models_url = "http://base.example/list"\n', "models_url", False),
        ('base_url = "https://mine.example"\nmodels_url = "https://base.example/list"\n', "models_url", False),
        ('base_url = "https://mine.example"\n', "models_url", False),
        ('region = "west"\n', "models_url", True),
    ],
)
def test_a_secret_goes_to_the_host_it_is_for(own: str, address: str, trusted: bool) -> None:  # noqa: FBT001
    whole = resolved('extends = "base"\n' + own, shipped={"base": WITH_ADDRESSES})
    assert whole.may_have_secret(address) is trusted
