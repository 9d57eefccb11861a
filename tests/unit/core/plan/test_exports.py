"""`cc env`: what a shell makes of the exports is the environment of a launch."""

import os
import sys

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cc_launcher.core.plan import DESCRIPTOR, HEADER, TOKEN, Plan, Slot, environment, exports
from tests.unit.conftest import CANARY, SHELLS, in_shell, plan_of
from tests.unit.core.plan.test_make_plan import ENV_PROFILE, KEY_PROFILE, NONE_PROFILE, TOKEN_PROFILE

VALUE = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])) | st.text("'\"\\$`!~=% \n\tab")
SECRET = st.text(st.characters(min_codepoint=0x20, exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1)
HEADERS = "ANTHROPIC_CUSTOM_HEADERS"
OF_THE_SHELL = {"PWD", "OLDPWD", "SHLVL", "_", "USER", "LOGNAME"}  # it sets them for whatever it starts


def plan(values: dict[str, str], unset: tuple[str, ...] = (), slots: tuple[Slot, ...] = ()) -> Plan:
    # What keeps it from proxies joins its variables before it is written out: see actions/planning.py.
    return plan_of(NONE_PROFILE).but(set=values, unset=unset, slots=slots, direct="")


def slot(delivery: str, name: str, reference: str = "env:SOURCE") -> Slot:
    return Slot(reference=reference, delivery=delivery, name=name, read=("env", "SOURCE"), hint="")


def child(shell: str, script: list[str], parent: dict[str, str]) -> dict[str, str]:
    """The environment of what is started after the exports."""
    told = in_shell(shell, "\n".join([*script, "env -0"]), parent).decode().split("\0")
    found = dict(entry.split("=", 1) for entry in told if entry)
    return {name: value for name, value in found.items() if name not in OF_THE_SHELL}


def parent(**more: str) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "HOME": os.environ["HOME"], "LANG": "C.UTF-8", "KEPT": "'kept'"} | more


def of_shell(shell: str) -> str:
    return "fish" if shell == "fish" else "sh"


@pytest.mark.parametrize("revealed", [True, False], ids=["revealed", "as commands"])
@pytest.mark.parametrize("shell", SHELLS)
def test_the_exports_give_the_environment_of_the_launch(shell: str, revealed: bool) -> None:  # noqa: FBT001
    before = parent(STALE="x", TOKEN="stale", FULL="stale", **{HEADERS: "x-stale: 1"})
    slots = (slot(TOKEN, "TOKEN"), slot(HEADER, "x-`id`$HOME'1"), slot(HEADER, "x-two"))

    @settings(max_examples=8, deadline=None, database=None)
    @given(VALUE, VALUE, st.none() | VALUE.filter(bool), st.tuples(SECRET, SECRET, SECRET))
    @example("=ls", "%self", "x: y", ("=ls", "%self", "'$(id)`id`\"\\"))
    @example("", "\n", None, ("-n", "a b", " "))
    def same(one: str, two: str, headers: str | None, secrets: tuple[str, str, str]) -> None:
        made = plan({"FULL": one, "NEW": two} | ({HEADERS: headers} if headers else {}), ("STALE", "ABSENT"), slots)
        commands = [["printf", "%s\\n", secret] for secret in secrets]
        lines = exports.render(made, of_shell(shell), commands, list(secrets) if revealed else None)
        assert child(shell, lines, before) == environment(made, before, list(secrets))

    same()


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("profile", [ENV_PROFILE, KEY_PROFILE.replace("keyring:k", "env:MY_KEY")], ids=["token", "key"])
def test_a_secret_can_be_read_from_a_variable_that_is_then_taken_out(shell: str, profile: str) -> None:
    made = plan_of(profile)
    before = parent(
        MY_KEY=CANARY,
        ANTHROPIC_AUTH_TOKEN="stale",
        ANTHROPIC_API_KEY="stale",
        CLAUDE_CODE_API_KEY_FILE_DESCRIPTOR="3",
        PYTHONPATH=os.pathsep.join(sys.path),
    )
    command = [sys.executable, "-m", "cc_launcher", "secret", "get", "--reference", "env:MY_KEY"]
    found = child(shell, exports.render(made, of_shell(shell), [command], None), before)
    target = "ANTHROPIC_API_KEY" if profile is not ENV_PROFILE else "ANTHROPIC_AUTH_TOKEN"
    assert {name for name, value in found.items() if value == CANARY} == {target}
    assert not {"MY_KEY", "CLAUDE_CODE_API_KEY_FILE_DESCRIPTOR"} & set(found)
    assert "stale" not in found.values()


@pytest.mark.parametrize("shell", SHELLS)
def test_a_secret_that_cannot_be_had_leaves_no_variable_and_no_stale_one_either(shell: str) -> None:
    made = plan({"A": "a"}, (), (slot(TOKEN, "TOKEN"), slot(HEADER, "x-one"), slot(HEADER, "x-two")))
    before = parent(TOKEN="stale", **{HEADERS: "x-stale: 1"})
    # The second header's secret can be had: what counts is not only the last one.
    commands = [["false"], ["false"], ["printf", "%s\\n", "two"]]
    assert child(shell, exports.render(made, of_shell(shell), commands, None), before) == parent(A="a")


@pytest.mark.parametrize("shell", exports.FORMATS)
def test_without_reveal_no_format_holds_the_secret_and_with_it_every_one_does(shell: str) -> None:
    made = plan_of(KEY_PROFILE + '[secret_headers]\nx-key = "env:OTHER"\n')
    commands = [["cc", "secret", "get", "--reference", one.reference] for one in made.slots]
    hidden = "\n".join(exports.render(made, shell, commands, None))
    shown = "\n".join(exports.render(made, shell, commands, [f"{CANARY}-1", f"{CANARY}-2"]))
    assert CANARY not in hidden
    assert "env:OTHER" in hidden
    assert f"x-key: {CANARY}-1" in shown
    assert f"{CANARY}-2" in shown
    assert "secret get" not in shown


@pytest.mark.parametrize("shell", exports.FORMATS)
def test_a_plan_without_secrets_is_only_assignments_and_what_is_taken_out(shell: str) -> None:
    assert exports.render(plan({}), shell, [], None) == []
    lines = exports.render(plan({"B": "x y", "A": "1"}, ("C", "D")), shell, [], None)
    assert (
        lines
        == {
            "sh": ["unset C D", "export A=1", "export B='x y'"],
            "fish": ["set -e C D", "set -gx A 1", "set -gx B 'x y'"],
            "powershell": ["Remove-Item -ErrorAction Ignore Env:C,Env:D", "$env:A = '1'", "$env:B = 'x y'"],
            "dotenv": ["A=1", "B='x y'"],  # a file of variables takes none out
        }[shell]
    )


def test_powershell_runs_commands_of_quoted_words() -> None:
    made = plan({HEADERS: "a: b"}, (), (slot(TOKEN, "TOKEN"), slot(HEADER, "x-$(id)"), slot(HEADER, "x-two")))
    assert exports.render(made, "powershell", [["a b", "it's"], ["b"], ["c"]], None) == [
        "$env:TOKEN = (& 'a b' 'it''s')",
        f"$env:{HEADERS} = 'a: b\nx-$(id): ' + (& 'b') + '\nx-two: ' + (& 'c')",
    ]


def test_dotenv_says_where_the_secret_is() -> None:
    (line,) = exports.render(plan({}, (), (slot(TOKEN, "TOKEN"),)), "dotenv", [["x"]], None)
    assert line.startswith("# TOKEN: env:SOURCE (")


def test_a_key_that_would_wait_in_a_pipe_is_a_variable_here_and_the_pipes_is_taken_out() -> None:
    name = "CLAUDE_CODE_API_KEY_FILE_DESCRIPTOR"
    made = plan({}, ("ANTHROPIC_API_KEY", "X"), (slot(DESCRIPTOR, name),))
    assert exports.taken_out(made) == ["X", name]
    assert exports.render(made, "sh", [["x"]], ["k"]) == [f"unset X {name}", "export ANTHROPIC_API_KEY=k"]


def test_the_variables_of_each_delivery() -> None:
    (one,) = plan_of(TOKEN_PROFILE).slots
    assert exports.variable_of(one.delivery, one.name) == "ANTHROPIC_AUTH_TOKEN"
    assert exports.variable_of(HEADER, "x-key") == HEADERS
