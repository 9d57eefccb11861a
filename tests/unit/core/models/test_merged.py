"""A profile together with its provider's live list."""

import pytest

from cc_launcher.core.errors import INVALID, NO_SUCH, CcError
from cc_launcher.core.models import merged
from cc_launcher.core.models.listing import Listed
from cc_launcher.core.profile.model_choice import choose, known
from tests.unit.conftest import resolved

PROVIDER = """\
base_url = "https://base.example"
auth = "bearer"
open_ended = true
[tiers]
main = "a/known"
[models."a/known"]
aliases = ["k"]
context = 200000
max_output = 8192
prices = { input = 1, output = 2, cache_read = 0.1 }
[models."a/known-big"]
"""
LIST = [
    Listed("z-ai/glm-5.3", "GLM", 1_048_576, 131_072, 0.93, 3.0, tools=True),
    Listed("z-ai/glm-5.3-flash", "", 262_144),
    Listed("one/same", "", 64_000),
    Listed("two/same", "", 64_000),
    Listed("a/known", "", 131_072, None, 1.5, 2.5),
    Listed("a/know", "", 100_000),
    Listed("no/tools", "", 200_000, tools=False),
    Listed("small/window", "", 16_000, tools=True),
]


def meant(word: str | None, own: str = 'extends = "base"\n', *, provider: str = PROVIDER) -> merged.Meant:
    return merged.applied(resolved(own, shipped={"base": provider}), word, LIST)


@pytest.mark.parametrize(
    ("word", "model", "note"),
    [
        ("glm-5.3", "z-ai/glm-5.3", ""),
        ("z-ai/glm-5.3", "z-ai/glm-5.3", ""),
        ("glm-5.3-f", "z-ai/glm-5.3-flash", "mine: glm-5.3-f means z-ai/glm-5.3-flash"),
        ("k", "a/known", ""),
        ("main", "a/known", ""),
        ("know", "a/know", ""),  # what is listed by that name comes before what the profile has only begins like it
        ("big", "a/known-big", ""),
        ("not/there", "not/there", ""),
    ],
)
def test_a_word_means_what_the_profile_has_and_then_what_the_list_has(word: str, model: str, note: str) -> None:
    found = meant(word)
    assert choose(found.resolved.profile, "mine", found.word).main == model
    assert found.note == note


@pytest.mark.parametrize("word", ["same", "glm", "z"])
def test_a_word_that_could_be_several_of_the_list_says_so(word: str) -> None:
    with pytest.raises(CcError) as caught:
        meant(word)
    assert caught.value.code == NO_SUCH
    assert "several models" in caught.value.what


def test_a_listed_model_is_known_as_if_the_profile_had_it() -> None:
    about = known(meant("glm-5.3").resolved.profile, "z-ai/glm-5.3")
    assert (about.context, about.max_output, about.tools) == (1_048_576, 131_072, True)
    assert about.prices is not None
    assert (about.prices.input, about.prices.output) == (0.93, 3.0)


def test_no_other_model_of_the_list_comes_along() -> None:
    assert set(meant("glm-5.3").resolved.profile.models) == {"a/known", "a/known-big", "z-ai/glm-5.3"}


def test_the_list_is_newer_than_the_catalog_and_the_users_own_word_comes_first() -> None:
    about = known(meant(None).resolved.profile, "a/known")
    assert (about.context, about.max_output, about.aliases) == (131_072, 8192, ("k",))
    assert about.prices is not None
    assert (about.prices.input, about.prices.cache_read) == (1.5, None)
    own = 'extends = "base"\n[models."a/known"]\ncontext = 50000\nprices = { input = 9, output = 9 }\n'
    about = known(meant(None, own).resolved.profile, "a/known")
    assert about.context == 50_000
    assert about.prices is not None
    assert about.prices.input == 9


def test_the_clients_own_models_are_the_clients_to_know() -> None:
    whole = resolved('auth = "api-key"\n')
    assert merged.applied(whole, "claude-opus-5-5", LIST) == merged.Meant(whole, "claude-opus-5-5")


@pytest.mark.parametrize(
    ("word", "listed", "needs"),
    [
        (None, [], False),
        ("k", [], False),
        ("big", [], True),  # known, but for its window
        ("big", LIST, True),
        ("new", [], True),
        ("new", LIST, True),
        ("glm-5.3", LIST, False),
        ("claude-new", [Listed("x/claude-new")], False),  # the client knows windows of Claude's models
    ],
)
def test_who_needs_the_list(word: str | None, listed: list[Listed], needs: bool) -> None:  # noqa: FBT001
    whole = resolved('extends = "base"\n', shipped={"base": PROVIDER})
    assert merged.needs_list(whole, word, listed) is needs
    closed = resolved('extends = "base"\nopen_ended = false\n', shipped={"base": PROVIDER})
    assert not merged.needs_list(closed, word, listed)


def test_what_is_listed_fits_into_a_profile_or_is_left_out() -> None:
    about = merged.values_of(Listed("m", "x", 10, 5, 1.0, None, tools=None))
    assert about.model_dump(exclude_none=True, exclude={"aliases"}) == {}


# A default for all models


def test_a_profile_can_say_what_holds_for_models_of_which_nothing_is_said() -> None:
    usual = "context = 100000\nmax_output = 4096\n"
    profile = resolved('extends = "base"\n' + usual, shipped={"base": PROVIDER}).profile
    assert (known(profile, "new").context, known(profile, "new").max_output) == (100_000, 4096)
    assert (known(profile, "a/known").context, known(profile, "a/known").max_output) == (200_000, 8192)
    assert known(profile, "a/known-big").context == 100_000


# What is refused


@pytest.mark.parametrize(
    ("word", "why"),
    [("no/tools", "cannot call tools"), ("small/window", "a window of 16000 tokens"), ("z-ai/glm-5.3", "")],
)
def test_a_model_with_which_nothing_can_be_done_is_refused(word: str, why: str) -> None:
    found = meant(word)
    profile = found.resolved.profile
    if not why:
        merged.refuse_unfit(profile, "mine", choose(profile, "mine", found.word))
        return
    with pytest.raises(CcError) as caught:
        merged.refuse_unfit(profile, "mine", choose(profile, "mine", found.word))
    assert caught.value.code == INVALID
    assert why in caught.value.what
    assert "--anyway" in caught.value.hint


@pytest.mark.parametrize(("tokens", "refused"), [(31_999, True), (32_000, False), (32_768, False)])
def test_the_smallest_window(tokens: int, refused: bool) -> None:  # noqa: FBT001
    profile = resolved(f'base_url = "https://h"\nauth = "none"\ncontext = {tokens}\n[tiers]\nmain = "m"\n').profile
    try:
        merged.refuse_unfit(profile, "mine", choose(profile, "mine", None))
        was = False
    except CcError:
        was = True
    assert was is refused


def test_small_jobs_may_run_on_a_model_without_tools_and_subagents_may_not() -> None:
    text = 'base_url = "https://h"\nauth = "none"\n[models.dumb]\ntools = false\n[tiers]\nmain = "m"\n'
    profile = resolved(text + 'haiku = "dumb"\n').profile
    merged.refuse_unfit(profile, "mine", choose(profile, "mine", None))
    profile = resolved(text + 'subagent = "dumb"\n').profile
    with pytest.raises(CcError, match="dumb cannot call tools"):
        merged.refuse_unfit(profile, "mine", choose(profile, "mine", None))


# What is said of windows


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[tiers]\nmain = "m"\n', True),
        ('context = 50000\n[tiers]\nmain = "m"\n', False),
        ('[tiers]\nmain = "m"\n[models.m]\ncontext = 50000\n', False),
        ('[tiers]\nmain = "vendor/claude-x"\n', False),
        ('[tiers]\nmain = "m"\n[env]\nCLAUDE_CODE_MAX_CONTEXT_TOKENS = "50000"\n', False),
    ],
)
def test_a_window_that_nobody_knows_is_told(text: str, said: bool) -> None:  # noqa: FBT001
    whole = resolved('base_url = "https://h"\nauth = "none"\n' + text)
    assert bool(merged.about_window(merged.Meant(whole, None))) is said
