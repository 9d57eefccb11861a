"""Which model a word means, and which model serves which tier."""

import pytest

from cc_launcher.core.errors import INVALID, NO_SUCH, CcError
from cc_launcher.core.plan import SUBCOMMANDS
from cc_launcher.core.profile.model_choice import SLOTS, Choice, choose
from cc_launcher.core.profile.profile import TIERS
from tests.unit.conftest import CATALOG, catalog_profile, resolved

MODELS = """
[tiers]
main = "v/big-2"
haiku = "v/little-1"
subagent = "middle"

[models."v/big-2"]
aliases = ["big", "haiku-like"]
small = "v/little-1"
[models."v/big-2-turbo"]
[models."v/little-1"]
aliases = ["sonnet-lookalike"]
[models."w/middle"]
aliases = ["mid"]
small = "little-1"
[models."u/same"]
[models."w/same"]
"""


def chosen(word: str | None, text: str = MODELS, *, open_ended: bool = False) -> Choice:
    head = f'auth = "bearer"\nbase_url = "https://h"\nopen_ended = {str(open_ended).lower()}\n'
    return choose(resolved(head + text).profile, "mine", word)


def all_on(main: str, small: str = "") -> dict[str, str]:
    return {slot: (small or main) if slot == "haiku" else main for slot in SLOTS}


@pytest.mark.parametrize(
    ("word", "model"),
    [
        ("big", "v/big-2"),  # an alias
        ("mid", "w/middle"),
        ("main", "v/big-2"),  # a tier
        ("opus", "v/big-2"),
        ("haiku", "v/little-1"),
        ("subagent", "w/middle"),
        ("v/big-2", "v/big-2"),  # an exact id, although it is a part of another one
        ("big-2", "v/big-2"),  # a last part, although it is a part of another one
        ("middle", "w/middle"),
    ],
)
def test_a_word_means_an_alias_a_tier_or_an_id(word: str, model: str) -> None:
    choice = chosen(word)
    assert (choice.main, choice.subagent, choice.note) == (model, model, "")
    assert {choice.slots[slot] for slot in SLOTS if slot != "haiku"} == {model}


@pytest.mark.parametrize(
    ("word", "model"), [("turbo", "v/big-2-turbo"), ("TURBO", "v/big-2-turbo"), ("w/mid", "w/middle")]
)
def test_a_part_of_one_id_is_taken_for_it_and_that_is_said(word: str, model: str) -> None:
    choice = chosen(word)
    assert (choice.main, choice.note) == (model, f"mine: {word} means {model}")


@pytest.mark.parametrize("word", ["v/big", "v/big-2-tur", "w/mid"])
def test_a_full_id_of_an_open_ended_provider_is_not_taken_for_one_that_begins_like_it(word: str) -> None:
    assert chosen(word, open_ended=True).main == word


@pytest.mark.parametrize(
    ("text", "word", "model"),
    [
        # each step wins over the next one
        ('[tiers]\nmain = "a"\nopus = "b"\n[models.c]\naliases = ["opus"]', "opus", "c"),
        ('[tiers]\nmain = "a"\n[models.b]\naliases = ["c"]\n[models.c]', "c", "b"),
        ('[tiers]\nmain = "a"\nopus = "b"\n[models.opus]', "opus", "b"),
        ('[tiers]\nmain = "a"\n[models."x/a"]\n[models.a]', "a", "a"),
        ('[tiers]\nmain = "q"\n[models."x/a"]\n[models."x/ab"]', "a", "x/a"),
        ('[tiers]\nmain = "q"\n[models."x/ab"]', "a", "x/ab"),
        # a tier's value is an id too
        ('[tiers]\nmain = "only/here"', "only/here", "only/here"),
        ('[tiers]\nmain = "only/here"', "here", "only/here"),
    ],
)
def test_the_earlier_meaning_of_a_word_wins(text: str, word: str, model: str) -> None:
    assert chosen(word, text).main == model
    assert chosen(word, text, open_ended=True).main == model


def test_a_word_serves_every_tier_and_its_small_model_the_haiku_tier() -> None:
    assert chosen("big").slots == all_on("v/big-2", "v/little-1")
    assert chosen("mid").slots == all_on("w/middle", "v/little-1")
    assert chosen("turbo").slots == all_on("v/big-2-turbo")
    assert chosen("haiku").slots == all_on("v/little-1")


@pytest.mark.parametrize("open_ended", [False, True])
@pytest.mark.parametrize("word", ["same", "big-", "bi"])
def test_a_word_that_could_be_several_models_is_refused_with_all_of_them(word: str, open_ended: bool) -> None:  # noqa: FBT001
    with pytest.raises(CcError, match=f"^mine: {word} fits several models$") as caught:
        chosen(word, open_ended=open_ended)
    assert caught.value.code == NO_SUCH
    assert (
        caught.value.hint
        == {
            "same": "say which: u/same, w/same",
            "big-": "say which: v/big-2, v/big-2-turbo",
            "bi": "say which: v/big-2, v/big-2-turbo",
        }[word]
    )


def test_an_open_ended_provider_is_asked_for_an_unknown_model_with_a_note() -> None:
    choice = chosen("z-ai/glm-9", open_ended=True)
    assert choice.slots == all_on("z-ai/glm-9")
    assert choice.note == "mine: cc does not know the model z-ai/glm-9; it is sent as typed"


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("bigg", "did you mean big?"),
        ("v/litle-1", "did you mean v/little-1?"),
        ("turbi", "did you mean big, haiku-like, mid, sonnet-lookalike?"),
    ],
)
def test_an_unknown_model_of_another_provider_is_refused_with_the_nearest(word: str, hint: str) -> None:
    with pytest.raises(CcError) as caught:
        chosen(word)
    assert (caught.value.what, caught.value.hint, caught.value.code) == (f"mine: no model {word}", hint, NO_SUCH)


@pytest.mark.parametrize("word", ["fix the bug", "-x", "a\nb", "", "x" * 201, "ünïcode", "$(id)"])
def test_what_cannot_be_a_model_id_is_not_sent_to_an_open_ended_provider_either(word: str) -> None:
    with pytest.raises(CcError):
        chosen(word, "", open_ended=True)


@pytest.mark.parametrize(
    ("tiers", "slots"),
    [
        ('main = "a"', {"main": "a", "opus": "a", "sonnet": "a", "haiku": "a", "fable": "a"}),
        ('opus = "a"', {"main": "a", "opus": "a", "sonnet": "a", "haiku": "a", "fable": "a"}),
        ('sonnet = "a"', {"main": "a", "opus": "a", "sonnet": "a", "haiku": "a", "fable": "a"}),
        ('main = "a"\nopus = "b"', {"main": "a", "opus": "b", "sonnet": "a", "haiku": "a", "fable": "b"}),
        ('main = "a"\nfable = "b"', {"main": "a", "opus": "a", "sonnet": "a", "haiku": "a", "fable": "b"}),
        ('main = "with-small"', all_on("with-small", "a")),
        ('main = "with-small"\nhaiku = "b"', all_on("with-small", "b")),
        ('main = "ws"', all_on("with-small", "a")),
        ('main = "long"', all_on("v/long", "a")),
    ],
)
def test_a_tier_that_is_not_named_falls_back(tiers: str, slots: dict[str, str]) -> None:
    models = (
        '[models.with-small]\naliases = ["ws"]\nsmall = "short"\n[models.a]\naliases = ["short"]\n'
        '[models."v/long"]\nsmall = "a"\n'
    )
    assert chosen(None, f"[tiers]\n{tiers}\n{models}").slots == slots


def test_the_subagent_tier_is_only_there_when_it_is_named() -> None:
    assert chosen(None).subagent == "w/middle"
    assert chosen(None, '[tiers]\nmain = "a"').subagent is None


@pytest.mark.parametrize("tiers", ["", '[tiers]\nhaiku = "a"', '[tiers]\nsubagent = "a"', '[tiers]\nfable = "a"'])
def test_a_provider_without_a_model_asks_for_one(tiers: str) -> None:
    with pytest.raises(CcError, match="no model is chosen") as caught:
        chosen(None, tiers)
    assert caught.value.code == INVALID
    assert caught.value.hint == "name one: cc run mine MODEL, or set main under [tiers]"


@pytest.mark.parametrize("text", ['auth = "login"', 'auth = "login"\nbase_url = "https://h"', 'auth = "api-key"'])
def test_the_clients_own_provider_keeps_the_clients_own_models(text: str) -> None:
    assert choose(resolved(text).profile, "mine", None) == Choice({}, None)


@pytest.mark.parametrize(
    ("word", "model"),
    [("opus", "opus"), ("haiku", "haiku"), ("best", "best"), ("claude-opus-5-5", "claude-opus-5-5"), ("main", "")],
)
def test_the_clients_own_provider_is_asked_for_models_by_the_clients_own_names(word: str, model: str) -> None:
    choice = choose(catalog_profile("claude").profile, "claude", word)
    # In the slots of the tiers, `opus` would be no tier's name any more, but that of a model.
    assert (choice.slots, choice.subagent, choice.main, choice.note) == ({}, None, model, "")


def test_what_cannot_be_a_model_is_not_asked_of_the_clients_own_provider_either() -> None:
    with pytest.raises(CcError, match="no model"):
        choose(catalog_profile("claude").profile, "claude", "$(id)")


NO_MODELS_OF_ITS_OWN = {
    "claude": "the client's",
    "claude-code-router": "those of the router's own configuration",
    "deepinfra": "no source says which",
    "huggingface": "those of the hosts that an account may use",
    "mlx": "the one that the server was started with",
    "nvidia": "no source says which",
    "kong": "those of the route's plugin",
    "litellm": "those of the user's config.yaml",
    "opencode-zen": "no source says by which ids",
    "portkey": "those of the provider that a header names",
    "sglang": "that of the server",
    "vllm": "that of the server",
}


@pytest.mark.parametrize("name", sorted({path.stem for path in CATALOG.glob("*.toml")} - set(NO_MODELS_OF_ITS_OWN)))
def test_every_provider_of_the_catalog_fills_every_slot_whatever_is_asked_for(name: str) -> None:
    profile = catalog_profile(name).profile
    words = [*profile.models, *(alias for model in profile.models.values() for alias in model.aliases), *TIERS, None]
    for word in words:
        choice = choose(profile, name, word)
        assert set(choice.slots) == set(SLOTS), word
        # What is not in the list is a slip, except for a model that a tier alone names.
        assert set(choice.slots.values()) <= set(profile.models), word
        assert choice.note == ""


@pytest.mark.parametrize("name", NO_MODELS_OF_ITS_OWN)
def test_the_providers_that_have_no_models_of_their_own_still_have_none(name: str) -> None:
    assert catalog_profile(name).profile.models == {}
    assert catalog_profile(name).profile.tiers.model_dump(exclude_none=True) == {}


def test_the_example_of_the_readme_is_the_model_it_says() -> None:
    choice = choose(catalog_profile("openrouter").profile, "openrouter", "glm-5.2")
    assert choice.slots == all_on("z-ai/glm-5.2", "z-ai/glm-4.7")


@pytest.mark.parametrize("name", sorted(path.stem for path in CATALOG.glob("*.toml")))
def test_no_model_of_the_catalog_is_called_like_a_subcommand_of_the_client(name: str) -> None:
    profile = catalog_profile(name).profile
    assert not SUBCOMMANDS & {*profile.models, *(alias for model in profile.models.values() for alias in model.aliases)}
