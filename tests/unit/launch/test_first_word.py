"""A first word that is no command: on a terminal a profile is launched, and a near miss never reaches the linker."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from cc_launcher.core.errors import USAGE, CcError
from cc_launcher.launch import first_word

Sit = Callable[..., None]


@pytest.fixture
def sit(monkeypatch: pytest.MonkeyPatch) -> Sit:
    """Somebody sits at a terminal; or, with streams, only at these."""

    def at(*streams: int) -> None:
        monkeypatch.setattr(os, "isatty", lambda stream: stream in streams)

    return at


@pytest.fixture(autouse=True)
def own(home: Path, sit: Sit) -> Path:
    """A profile of the user's, and nobody who sits at a terminal."""
    profiles = home / "config" / "profiles"
    profiles.mkdir(parents=True, mode=0o700)
    for name in ("mine", "x.y", "lists"):
        (profiles / f"{name}.toml").write_text('extends = "zai"\n')
    sit()
    return profiles


def refused(*args: str, passes_on: bool = True) -> tuple[str, str]:
    with pytest.raises(CcError) as caught:
        first_word.meant_by([*args], passes_on=passes_on)
    assert caught.value.code == USAGE
    return caught.value.what, caught.value.hint


@pytest.mark.parametrize("args", [["zai"], ["mine"], ["x.y"], ["openrouter", "glm-5.3", "-p", "hi"], ["zai", "-c"]])
def test_a_profile_is_launched_on_a_terminal(sit: Sit, args: list[str]) -> None:
    sit(0, 1, 2)
    assert first_word.meant_by(args) == ["run", *args]


@pytest.mark.parametrize("streams", [(0, 1), (1, 2), (0, 2), ()])
def test_without_a_terminal_a_profile_is_told_how_it_is_launched(sit: Sit, streams: tuple[int, ...]) -> None:
    sit(*streams)
    for args in (["zai"], ["zai", "glm-5.3", "--sealed"], ["zai", "-p", "hi"], ["mine", "--env=A=b"]):
        what, hint = refused(*args)
        assert what == f"{args[0]} is a profile, but without a terminal cc is the C compiler"
        assert hint == f"write cc run {args[0]}"


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("lst", "did you mean cc ls?"),
        ("doctr", "did you mean cc doctor?"),
        ("secrets", "did you mean cc secret?"),
        ("list-profile", "did you mean cc list-profiles?"),
        ("opnrouter", "did you mean cc openrouter?"),
        ("mien", "did you mean cc mine?"),
        ("addd", "did you mean cc add?"),
    ],
)
def test_a_near_miss_is_refused_wherever_it_is_typed(sit: Sit, word: str, hint: str) -> None:
    assert refused(word) == (f"{word}: no command, no profile and no file here", hint)
    sit(0, 1, 2)
    assert refused(word, "-O2", "x") == (f"{word}: no command, no profile and no file here", hint)
    assert refused(word, passes_on=False) == (f"{word}: no command and no profile", hint)


@pytest.mark.parametrize("option", ["--version", "-c", "-dumpmachine", "-E", "-", "@x", "-O2", "--help=warnings", "-v"])
def test_without_a_terminal_an_option_of_the_compilers_leaves_the_line_to_it(option: str) -> None:
    for word in ("zai", "doctr", "opnrouter"):
        assert first_word.meant_by([word, option]) is None
        assert first_word.meant_by([word, "x", option]) is None


def test_what_is_near_nothing_is_the_compilers_on_a_terminal_too(sit: Sit) -> None:
    for word in ("", "qqqqqq", "lst.c", "doctr.o", "./lst", "zai/x", "xxxx/main"):
        assert first_word.meant_by([word]) is None, word
    sit(0, 1, 2)
    for word in ("qqqqqq", "lst.c", "./lst", "zai/x", "lib", "app"):
        assert first_word.meant_by([word]) is None, word


def test_by_our_other_name_a_profile_is_launched_wherever_one_sits() -> None:
    assert first_word.meant_by(["zai", "-p", "hi"], passes_on=False) == ["run", "zai", "-p", "hi"]
    assert first_word.meant_by(["qqqqqq"], passes_on=False) is None
