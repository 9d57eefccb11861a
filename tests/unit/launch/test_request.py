"""`cc run`: which words are ours, and which are the client's."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cc_launcher.core.errors import USAGE, CcError
from cc_launcher.core.plan import SUBCOMMANDS
from cc_launcher.launch.request import TABLE, Request, parse


def shown(request: Request) -> tuple[str, str | None, list[str], list[tuple[str, str]], list[str]]:
    return request.profile, request.word, request.flags, request.env, request.rest


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (["zai"], ("zai", None, [], [], [])),
        (["zai", "glm"], ("zai", "glm", [], [], [])),
        (["zai", "glm", "x"], ("zai", "glm", [], [], ["x"])),
        (["zai", "z-ai/glm-5.3[1m]"], ("zai", "z-ai/glm-5.3[1m]", [], [], [])),
        # our options stand before the profile, between the two words and behind them
        (
            ["--sealed", "zai", "--dry-run", "glm", "--json"],
            ("zai", "glm", ["--sealed", "--dry-run", "--json"], [], []),
        ),
        (
            ["--env", "A=b", "zai", "--env=C=d=e", "--env", "E="],
            ("zai", None, [], [("A", "b"), ("C", "d=e"), ("E", "")], []),
        ),
        (["--env", "zai=x", "zai"], ("zai", None, [], [("zai", "x")], [])),
        # a prompt, an option and a subcommand of the client are no model, and from there on all is the client's
        (["zai", "fix the bug"], ("zai", None, [], [], ["fix the bug"])),
        (["zai", "fix\nit", "--sealed"], ("zai", None, [], [], ["fix\nit", "--sealed"])),
        (["zai", "a\u00a0b"], ("zai", None, [], [], ["a\u00a0b"])),
        (["zai", ""], ("zai", None, [], [], [""])),
        (["zai", "-p", "hi", "--sealed", "--"], ("zai", None, [], [], ["-p", "hi", "--sealed", "--"])),
        (["zai", "glm", "-c", "--env", "A=b"], ("zai", "glm", [], [], ["-c", "--env", "A=b"])),
        (["zai", "mcp", "list"], ("zai", None, [], [], ["mcp", "list"])),
        (["zai", "glm", "mcp"], ("zai", "glm", [], [], ["mcp"])),
        (["zai", "--sealedx"], ("zai", None, [], [], ["--sealedx"])),
        (["zai", "--sealed=1"], ("zai", None, [], [], ["--sealed=1"])),
        (["zai", "--help"], ("zai", None, [], [], ["--help"])),
        (["zai", "-"], ("zai", None, [], [], ["-"])),
        # two dashes end our part, and are not passed on; further ones are
        (["zai", "--", "glm"], ("zai", None, [], [], ["glm"])),
        (["zai", "glm", "--", "--sealed", "--", "x"], ("zai", "glm", [], [], ["--sealed", "--", "x"])),
        (["zai", "--sealed", "--"], ("zai", None, ["--sealed"], [], [])),
        # bytes that are no text stay
        (["zai", "--", "\udcff\udc80"], ("zai", None, [], [], ["\udcff\udc80"])),
        ([], ("", None, [], [], [])),
        (["--sealed"], ("", None, ["--sealed"], [], [])),
    ],
)
def test_what_is_ours_and_what_is_the_clients(
    line: list[str], expected: tuple[str, str | None, list[str], list[tuple[str, str]], list[str]]
) -> None:
    assert shown(parse(line)) == expected


@pytest.mark.parametrize("line", [["-h"], ["--help"], ["--sealed", "--help"], ["--env", "A=b", "-h"]])
def test_help_is_ours_before_the_profile(line: list[str]) -> None:
    assert parse(line).help


@pytest.mark.parametrize(
    ("line", "what", "hint"),
    [
        (["--seald", "zai"], "cc run: unknown option --seald", "did you mean --sealed?"),
        (["--dry-run=yes", "zai"], "cc run: unknown option --dry-run", "did you mean --dry-run?"),
        (["-p", "zai"], "cc run: unknown option -p", "options of claude go after the profile"),
        (["--model=secret", "zai"], "cc run: unknown option --model", "options of claude go after the profile"),
        (["--", "zai"], "cc run: unknown option --", ""),
        (["--env"], "--env takes NAME=VALUE", "for example"),
        (["--env", "A", "zai"], "--env takes NAME=VALUE", "for example"),
        (["--env", "=b", "zai"], "--env takes NAME=VALUE", "for example"),
        (["--env=", "zai"], "--env takes NAME=VALUE", "for example"),
        (["zai", "--env"], "--env takes NAME=VALUE", "for example"),
    ],
)
def test_what_is_neither_is_a_usage_error(line: list[str], what: str, hint: str) -> None:
    with pytest.raises(CcError) as caught:
        parse(line)
    assert (caught.value.what, caught.value.code) == (what, USAGE)
    assert caught.value.hint.startswith(hint)


@pytest.mark.parametrize(
    ("line", "fallback", "rest"),
    [
        (["--fallback", "a,b", "zai"], ["a", "b"], []),
        (["--fallback=a", "zai", "glm", "--fallback", "b, c", "x"], ["a", "b", "c"], ["x"]),
        (["zai", "--", "--fallback", "a"], [], ["--fallback", "a"]),
        (["zai", "-p", "--fallback=a"], [], ["-p", "--fallback=a"]),
        (["zai", "--fallback-model", "a"], [], ["--fallback-model", "a"]),
        (["zai", "--check"], [], []),
    ],
)
def test_what_comes_after_a_profile_that_is_of_no_use(line: list[str], fallback: list[str], rest: list[str]) -> None:
    request = parse(line)
    assert (request.profile, request.fallback, request.rest) == ("zai", fallback, rest)
    assert request.flags == (["--check"] if "--check" in line else [])


@pytest.mark.parametrize("value", [[], [""], [","], ["a,"], ["--check"], ["a,-p"]])
def test_a_list_of_profiles_has_a_name_in_each_place(value: list[str]) -> None:
    with pytest.raises(CcError) as caught:
        parse(["--fallback", *value])
    assert (caught.value.what, caught.value.code) == ("--fallback takes PROFILE[,PROFILE…]", USAGE)


def test_a_subcommand_of_the_client_is_no_model() -> None:
    for name in SUBCOMMANDS:
        assert shown(parse(["zai", name])) == ("zai", None, [], [], [name])


@given(st.lists(st.text(st.characters(exclude_characters="\0"))))
def test_everything_behind_two_dashes_reaches_the_client_unchanged(arguments: list[str]) -> None:
    assert parse(["zai", "--", *arguments]).rest == arguments
    assert parse(["zai", "glm", "-c", *arguments]).rest == ["-c", *arguments]


@pytest.mark.parametrize("command", TABLE)
def test_what_a_command_does_is_said_once(command: str) -> None:
    assert re.search(r"\b(\w[\w ]*) (and )?\1\b", TABLE[command][1]) is None
