"""What a plan does to the environment and the arguments of the client."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cc_launcher.core.plan import (
    CUSTOM_HEADERS,
    DESCRIPTOR,
    HEADER,
    HELPER,
    SUBCOMMANDS,
    TOKEN,
    Plan,
    Slot,
    arguments,
    before_dashes,
    changes_pins,
    environment,
)

MODE = ("--permission-mode", "default")
PINS = '{"env":{}}'


def plan(**changed: object) -> Plan:
    texts = dict.fromkeys(("profile", "label", "model", "protection", "target", "pins", "direct"), "")
    lists: dict[str, tuple[()]] = dict.fromkeys(
        ("unset", "args", "mode_args", "slots", "notes", "sources", "server"), ()
    )
    return Plan(**{**texts, **lists, "set": {}, **changed})


def slot(delivery: str, name: str) -> Slot:
    return Slot(reference="env:S", delivery=delivery, name=name, read=("env", "S"), hint="")


def test_the_environment_is_the_parents_less_what_is_unset_plus_what_is_set_plus_the_secrets() -> None:
    made = plan(
        set={"SET": "set", "BOTH": "set"},
        unset=("UNSET", "ABSENT"),
        slots=(slot(TOKEN, "TOKEN"), slot(DESCRIPTOR, "PIPE"), slot(HELPER, "apiKeyHelper")),
    )
    parent = {"UNSET": "x", "BOTH": "x", "TOKEN": "x", "KEPT": "x", "odd \udcff": "\udcff"}
    assert environment(made, parent, ["t", "7", ""]) == {
        "SET": "set",
        "BOTH": "set",
        "TOKEN": "t",
        "PIPE": "7",
        "KEPT": "x",
        "odd \udcff": "\udcff",
    }
    assert parent["UNSET"] == "x"


@pytest.mark.parametrize(
    ("written", "secrets", "headers"),
    [
        ("", ["1"], "x-a: 1"),
        ("", ["1", "2"], "x-a: 1\nx-b: 2"),
        ("y: y", ["1", "2"], "y: y\nx-a: 1\nx-b: 2"),
    ],
)
def test_secret_headers_join_the_others_and_replace_the_shells(written: str, secrets: list[str], headers: str) -> None:
    slots = tuple(slot(HEADER, name) for name in ("x-a", "x-b")[: len(secrets)])
    made = plan(set={CUSTOM_HEADERS: written} if written else {}, slots=slots)
    assert environment(made, {CUSTOM_HEADERS: "x-stale: 1"}, secrets) == {CUSTOM_HEADERS: headers}


@pytest.mark.parametrize("secrets", [[], ["a", "b"]])
def test_a_secret_too_few_or_too_many_is_a_bug_and_no_launch(secrets: list[str]) -> None:
    with pytest.raises(ValueError, match="argument"):
        environment(plan(slots=(slot(TOKEN, "T"),)), {}, secrets)


@pytest.mark.parametrize(
    ("user", "expected"),
    [
        ([], ["--settings", PINS, *MODE, "--own"]),
        (["-c"], ["--settings", PINS, *MODE, "--own", "-c"]),
        (["fix it"], ["--settings", PINS, *MODE, "--own", "fix it"]),
        (["--", "-p"], ["--settings", PINS, *MODE, "--own", "--", "-p"]),
        (["\udcff"], ["--settings", PINS, *MODE, "--own", "\udcff"]),
        # who chooses a mode, or starts nothing that could ask, gets none from us
        (["--permission-mode", "plan"], ["--settings", PINS, "--own", "--permission-mode", "plan"]),
        (["--permission-mode=plan"], ["--settings", PINS, "--own", "--permission-mode=plan"]),
        (["--dangerously-skip-permissions"], ["--settings", PINS, "--own", "--dangerously-skip-permissions"]),
        (["-c", "-p", "hi"], ["--settings", PINS, "--own", "-c", "-p", "hi"]),
        (["--print"], ["--settings", PINS, "--own", "--print"]),
        (["--help"], ["--settings", PINS, "--own", "--help"]),
        (["-v"], ["--settings", PINS, "--own", "-v"]),
        (["--", "--permission-mode", "plan"], ["--settings", PINS, *MODE, "--own", "--", "--permission-mode", "plan"]),
        # a subcommand gets nothing at all, but only where it is one
        (["mcp", "list"], ["mcp", "list"]),
        (["-c", "mcp"], ["--settings", PINS, *MODE, "--own", "-c", "mcp"]),
        (["mcpx"], ["--settings", PINS, *MODE, "--own", "mcpx"]),
    ],
)
def test_our_arguments_come_before_the_users(user: list[str], expected: list[str]) -> None:
    made = plan(pins=PINS, mode_args=MODE, args=("--own",))
    assert arguments(made, user) == expected


def test_a_subcommand_of_the_client_gets_no_flags_of_ours() -> None:
    made = plan(pins=PINS, mode_args=MODE, args=("--own",))
    for name in SUBCOMMANDS:
        assert arguments(made, [name, "--help"]) == [name, "--help"]


def test_a_profile_that_chooses_a_mode_itself_gets_none_from_us() -> None:
    made = plan(mode_args=MODE, args=("--permission-mode", "plan"))
    assert arguments(made, []) == ["--permission-mode", "plan"]


def test_without_pins_and_mode_the_arguments_are_the_users() -> None:
    assert arguments(plan(), ["a", "", "--x"]) == ["a", "", "--x"]


@pytest.mark.parametrize("option", ["--settings", "--model", "--fallback-model"])
def test_which_arguments_of_the_user_have_a_say_in_what_is_pinned(option: str) -> None:
    for user in ([option, "x"], ["-c", f"{option}=x"], [option]):
        assert changes_pins(user)
    for user in ([], [f"{option}x"], ["-p", f"the {option} flag"], ["--", option, "x"], ["--", f"{option}=x"]):
        assert not changes_pins(user)
    assert not changes_pins(["--setting-sources", "user"])


@given(st.lists(st.sampled_from(["--", "a", "--settings"])))
def test_after_two_dashes_nothing_is_an_option(user: list[str]) -> None:
    options = before_dashes(user)
    assert "--" not in options
    assert user[: len(options)] == options
    assert user[len(options) : len(options) + 1] in ([], ["--"])


def test_a_plan_is_frozen_whole_and_compared_by_value() -> None:
    made = plan(set={"A": "1"})
    assert made == plan(set={"A": "1"})
    assert made != plan(set={"A": "2"})
    assert made != slot(TOKEN, "T")
    assert hash(made) == hash(plan(set={"A": "1"}))
    assert made.but(label="x").label == "x"
    assert made.label == ""
    assert "set={'A': '1'}" in repr(made)
    with pytest.raises(AttributeError, match="frozen"):
        made.label = "x"
    with pytest.raises(TypeError, match="label"):
        Plan(**{name: () for name in Plan.__slots__ if name != "label"})
    with pytest.raises(TypeError, match="nonsense"):
        made.but(nonsense=1)


@pytest.mark.parametrize(
    ("host", "given", "whole"),
    [
        ("localhost", {}, "localhost"),
        ("127.0.0.1", {"NO_PROXY": "a.example, b"}, "a.example, b,127.0.0.1"),
        ("::1", {"no_proxy": "a", "NO_PROXY": "b,a"}, "a,b,a,::1"),
        ("::1", {"no_proxy": "a,b", "NO_PROXY": "a,b"}, "a,b,::1"),
        ("localhost", {"no_proxy": "localhost"}, "localhost"),
        ("localhost", {"no_proxy": "", "NO_PROXY": "a,localhost,b"}, "a,localhost,b"),
        ("gpu.lan", {"NO_PROXY": "*"}, "*"),
    ],
)
def test_a_session_with_a_server_of_this_machine_needs_no_proxy(host: str, given: dict[str, str], whole: str) -> None:
    made = plan(direct=host)
    child = environment(made, given, [])
    assert (child["NO_PROXY"], child["no_proxy"]) == (whole, whole)
    again = environment(made, child, [])
    assert (again["NO_PROXY"], again["no_proxy"]) == (whole, whole)
    assert "NO_PROXY" not in environment(made.but(direct=""), {}, [])
