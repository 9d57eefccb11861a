"""What a plan does to the environment and the arguments of the client."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cc_launcher.core.plan import (
    CUSTOM_HEADERS,
    DESCRIPTOR,
    HEADER,
    HELPER,
    TOKEN,
    Plan,
    Private,
    Slot,
    arguments,
    before_dashes,
    changes_pins,
    environment,
    holds_password,
    json_text,
    marked_apart,
    needs_model,
    settings,
)

MODE = ("--permission-mode", "default")
PINS = '{"env":{}}'


def plan(**changed: object) -> Plan:
    texts = (
        "profile",
        "label",
        "model",
        "protection",
        "target",
        "judged",
        "pins",
        "mark",
        "mark_apart",
        "memory",
        "managed",
        "direct",
    )
    return Plan(**dict.fromkeys(Plan.__slots__, ()) | dict.fromkeys(texts, "") | {"set": {}} | changed)


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
        ([], ["--settings", PINS, "--managed-settings", "{}", *MODE, "--own"]),
        (["-c"], ["--settings", PINS, "--managed-settings", "{}", *MODE, "--own", "-c"]),
        (["fix it"], ["--settings", PINS, "--managed-settings", "{}", *MODE, "--own", "fix it"]),
        (["--", "-p"], ["--settings", PINS, "--managed-settings", "{}", *MODE, "--own", "--", "-p"]),
        (["\udcff"], ["--settings", PINS, "--managed-settings", "{}", *MODE, "--own", "\udcff"]),
        # who chooses a mode, or starts nothing that could ask, gets none from us
        (
            ["--permission-mode", "plan"],
            ["--settings", PINS, "--managed-settings", "{}", "--own", "--permission-mode", "plan"],
        ),
        (
            ["--permission-mode=plan"],
            ["--settings", PINS, "--managed-settings", "{}", "--own", "--permission-mode=plan"],
        ),
        (
            ["--dangerously-skip-permissions"],
            ["--settings", PINS, "--managed-settings", "{}", "--own", "--dangerously-skip-permissions"],
        ),
        (["-c", "-p", "hi"], ["--settings", PINS, "--managed-settings", "{}", "--own", "-c", "-p", "hi"]),
        (["--print"], ["--settings", PINS, "--managed-settings", "{}", "--own", "--print"]),
        (["--help"], ["--settings", PINS, "--managed-settings", "{}", "--own", "--help"]),
        (["-v"], ["--settings", PINS, "--managed-settings", "{}", "--own", "-v"]),
        (
            ["--", "--permission-mode", "plan"],
            ["--settings", PINS, "--managed-settings", "{}", *MODE, "--own", "--", "--permission-mode", "plan"],
        ),
        # a subcommand gets the pins alone, or nothing, but only where it is one
        (["mcp", "list"], ["--settings", PINS, "mcp", "list"]),
        (["logs", "x"], ["logs", "x"]),
        (["config"], ["--settings", PINS, "--managed-settings", "{}", *MODE, "--own", "config"]),
        (["-c", "mcp"], ["--settings", PINS, "--managed-settings", "{}", *MODE, "--own", "-c", "mcp"]),
        (["mcpx"], ["--settings", PINS, "--managed-settings", "{}", *MODE, "--own", "mcpx"]),
    ],
)
def test_our_arguments_come_before_the_users(user: list[str], expected: list[str]) -> None:
    made = plan(
        pins=PINS, managed="{}", mode_args=MODE, args=("--own",), subcommands=("logs", "mcp"), unpinned=("logs",)
    )
    assert arguments(made, user, PINS) == expected


def test_a_profile_that_chooses_a_mode_itself_gets_none_from_us() -> None:
    made = plan(mode_args=MODE, args=("--permission-mode", "plan"))
    assert arguments(made, [], "") == ["--permission-mode", "plan"]


def test_without_pins_and_mode_the_arguments_are_the_users() -> None:
    assert arguments(plan(), ["a", "", "--x"], "") == ["a", "", "--x"]


@pytest.mark.parametrize("option", ["--settings", "--managed-settings", "--model", "--fallback-model"])
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


NETWORK = ("HTTPS_PROXY", "NO_PROXY")


@pytest.mark.parametrize(
    ("network", "given", "pinned"),
    [
        (NETWORK, {}, {"HTTPS_PROXY": "", "NO_PROXY": ""}),
        (NETWORK, {"HTTPS_PROXY": "http://p:1", "OTHER": "x"}, {"HTTPS_PROXY": "http://p:1", "NO_PROXY": ""}),
        (
            ("HTTPS_PROXY=http://f:1/?a=b", "NO_PROXY"),
            {"HTTPS_PROXY": "x", "NO_PROXY": "h"},
            {"HTTPS_PROXY": "http://f:1/?a=b", "NO_PROXY": "h"},
        ),
        (("NO_PROXY=a@b",), {}, {"NO_PROXY": "a@b"}),
        # a password is in no argument
        (NETWORK, {"HTTPS_PROXY": "http://u:p@h"}, {"NO_PROXY": ""}),
        (("HTTPS_PROXY=http://u:p@h", "NO_PROXY"), {}, {"NO_PROXY": ""}),
        (("HTTPS_PROXY@", "NO_PROXY"), {"HTTPS_PROXY": "http://h"}, {"NO_PROXY": ""}),
    ],
)
@pytest.mark.parametrize("before", [{}, {"A": "1"}])
def test_the_way_to_the_network_is_pinned_as_the_user_has_it(
    network: tuple[str, ...], given: dict[str, str], pinned: dict[str, str], before: dict[str, str]
) -> None:
    made = plan(pins=json.dumps({"x": 1, "env": before}, separators=(",", ":")), network=network)
    text = settings(made, given)
    assert json.loads(text) == {"x": 1, "env": before | pinned}
    assert not isinstance(text, Private)


@pytest.mark.parametrize(
    ("network", "given", "hidden"),
    [
        (("HTTPS_PROXY",), {"HTTPS_PROXY": "http://u:p@h"}, {}),
        (("HTTPS_PROXY@",), {}, {"HTTPS_PROXY": "http://u:p@h"}),
    ],
)
def test_where_the_client_reads_from_memory_a_password_is_pinned_there(
    network: tuple[str, ...], given: dict[str, str], hidden: dict[str, str]
) -> None:
    text = settings(plan(pins=PINS, network=network, memory="1"), given, hidden)
    assert json.loads(text) == {"env": {"HTTPS_PROXY": "http://u:p@h"}}
    assert isinstance(text, Private)
    assert "u:p" not in repr(text)
    text = settings(plan(pins=PINS, network=NETWORK, memory="1"), {})
    assert text == '{"env":{"HTTPS_PROXY":"","NO_PROXY":""}}'
    assert not isinstance(text, Private)


def test_what_the_profile_sets_is_pinned_and_its_own_server_needs_no_proxy() -> None:
    made = plan(pins=PINS, network=NETWORK, set={"HTTPS_PROXY": "http://mine"}, direct="127.0.0.1")
    text = settings(made, {"HTTPS_PROXY": "http://shell", "NO_PROXY": "a"})
    assert json.loads(text)["env"] == {
        "HTTPS_PROXY": "http://mine",
        "NO_PROXY": "a,127.0.0.1",
        "no_proxy": "a,127.0.0.1",
    }


def test_without_pins_nothing_is_pinned() -> None:
    assert settings(plan(network=NETWORK), {"HTTPS_PROXY": "x"}) == ""


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_text_is_written_as_json_has_it(text: str) -> None:
    assert json.loads(json_text(text)) == text


@pytest.mark.parametrize(
    ("name", "value", "holds"),
    [
        ("HTTPS_PROXY", "http://u:p@h", True),
        ("http_proxy", "u@h", True),
        ("HTTPS_PROXY", "http://h:1", False),
        ("NO_PROXY", "a@b", False),
        ("NODE_EXTRA_CA_CERTS", "/a@b", False),
    ],
)
def test_which_variable_of_the_network_may_hold_a_password(name: str, value: str, holds: bool) -> None:  # noqa: FBT001
    assert holds_password(name, value) is holds


@pytest.mark.parametrize(
    ("user", "needs"),
    [
        ([], True),
        (["-p", "x"], True),
        (["mcp"], False),
        (["config"], True),
        (["--version"], False),
        (["-c", "mcp"], True),
    ],
)
def test_what_talks_to_a_model(user: list[str], needs: bool) -> None:  # noqa: FBT001
    assert needs_model(user, ("logs", "mcp")) is needs


MARK = '"SessionStart":[{"hooks":[]}]'
APART = '"UserPromptSubmit":[{"hooks":[]}]'


@pytest.mark.parametrize(
    ("user", "own", "is_marked"),
    [
        ([], (), True),
        (["-p", "--output-format", "json"], (), True),
        (["-p", "--output-format", "stream-json"], (), False),
        (["-p", "--output-format=stream-json"], (), False),
        (["--input-format", "stream-json", "--output-format", "stream-json"], (), False),
        ([], ("--output-format", "stream-json"), False),
        (["--", "stream-json"], (), True),
    ],
)
def test_a_session_whose_every_event_is_printed_is_marked_apart(
    user: list[str],
    own: tuple[str, ...],
    is_marked: bool,  # noqa: FBT001 - a parameter
) -> None:
    made = plan(pins=f'{{"hooks":{{{MARK}}},"env":{{}}}}', mark=MARK, mark_apart=APART, args=own)
    pins = json.loads(arguments(made, user, made.pins)[1])
    assert pins["hooks"] == {"SessionStart" if is_marked else "UserPromptSubmit": [{"hooks": []}]}
    assert type(marked_apart(made, user, Private(made.pins))) is Private
    without = plan(pins=PINS, args=own)
    assert arguments(without, user, PINS)[1] == PINS
