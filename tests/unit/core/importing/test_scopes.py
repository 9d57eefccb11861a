"""Start files and scripts as people write them: read, and never run."""

from __future__ import annotations

import pytest

from cc_launcher.core.importing.shell import fish, powershell, scopes
from cc_launcher.core.importing.shell.scopes import TOKEN, URL, File, Scope
from cc_launcher.core.importing.shell.words import COMMAND, TEXT, UNKNOWN, VARIABLE, Value, value_of


def named(file: File) -> dict[str, Scope]:
    return {scope.name: scope for scope in file.scopes}


def said(scope: Scope) -> dict[str, str]:
    return {name: entry.value.text for name, entry in scope.env.items()}


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("plain", Value(TEXT, "plain")),
        ("'a b'", Value(TEXT, "a b")),
        ('"a b"c', Value(TEXT, "a bc")),
        (r'"a\"b\$c"', Value(TEXT, 'a"b$c')),
        (r"a\ b", Value(TEXT, "a b")),
        (r"$'it\'s \x41\n'", Value(TEXT, "it's A\n")),
        ("'it'\"'\"'s'", Value(TEXT, "it's")),
        ("$KEY", Value(VARIABLE, "KEY")),
        ('"${KEY:?set it}"', Value(VARIABLE, "KEY")),
        ("${KEY:-usual}", Value(TEXT, "usual")),
        ("$(pass show 'a b')", Value(COMMAND, "pass show 'a b'")),
        ('"$(cat "$(echo x)")"', Value(COMMAND, 'cat "$(echo x)"')),
        ("`op read x`", Value(COMMAND, "op read x")),
        ("a$(b)", Value(UNKNOWN, "")),
        ("$((1+2))", Value(UNKNOWN, "")),
        ("$1", Value(UNKNOWN, "")),
        ('"not closed', Value(UNKNOWN, "")),
        ("${KEY", Value(UNKNOWN, "")),
    ],
)
def test_a_word(raw: str, value: Value) -> None:
    assert value_of(raw)[0] == value


def test_each_arm_is_a_scope_of_its_own() -> None:
    file = scopes.read(
        """
cc() {
  case "$1" in
    glm|z) export ANTHROPIC_BASE_URL=https://api.z.ai/api/anthropic ANTHROPIC_AUTH_TOKEN=key-of-glm ;;
    kimi)
      export ANTHROPIC_BASE_URL=https://api.moonshot.ai/anthropic
      export ANTHROPIC_AUTH_TOKEN=$KIMI_KEY
      ;;
    *) unset ANTHROPIC_BASE_URL ;;
  esac
  shift
  claude "$@"
}
"""
    )
    found = named(file)
    assert sorted(found) == ["glm", "kimi"]
    assert said(found["glm"])[TOKEN] == "key-of-glm"
    assert found["kimi"].env[TOKEN].value == Value(VARIABLE, "KIMI_KEY")
    assert "z.ai" not in said(found["kimi"])[URL]
    assert found["glm"].starts


def test_what_stands_behind_a_choice_is_of_all_of_them() -> None:
    file = scopes.read(
        'if [ -n "$X" ]; then export ANTHROPIC_BASE_URL=https://a ANTHROPIC_AUTH_TOKEN=a; '
        "else export ANTHROPIC_BASE_URL=https://b ANTHROPIC_AUTH_TOKEN=b; fi\nexport API_TIMEOUT_MS=60000\n"
    )
    assert [said(scope)["API_TIMEOUT_MS"] for scope in file.scopes] == ["60000", "60000"]
    assert sorted(said(scope)[TOKEN] for scope in file.scopes) == ["a", "b"]


def test_a_here_document_and_a_comment_set_nothing() -> None:
    file = scopes.read("cat <<EOF\nexport ANTHROPIC_AUTH_TOKEN=no\nEOF\n# export ANTHROPIC_API_KEY=sk-old\ntrue # x\n")
    assert file.scopes == []
    assert file.comments == [(4, "ANTHROPIC_API_KEY", "sk-old")]


def test_a_variable_of_another_program_is_not_set() -> None:
    file = scopes.read("ANTHROPIC_AUTH_TOKEN=x ANTHROPIC_BASE_URL=https://h other-program\n")
    assert file.scopes == []


def test_where_the_key_stands_that_an_alias_repeats() -> None:
    file = scopes.read("export K=secret\n\nalias a='ANTHROPIC_BASE_URL=https://h ANTHROPIC_AUTH_TOKEN=$K claude'\n")
    entry = named(file)["a"].env[TOKEN]
    assert (entry.value.text, entry.line) == ("secret", 1)


@pytest.mark.parametrize(
    "text",
    [
        "if",
        "case x in",
        "f() {",
        "while true; do",
        "esac",
        "}",
        ")",
        "'",
        "$(",
        "<<EOF",
        "a=(",
        "\\",
        ";;",
        "{ " * 5000,
    ],
)
def test_what_is_not_finished_is_no_error(text: str) -> None:
    scopes.read(text)
    fish.read(text, {})
    powershell.read(text)


def test_fish() -> None:
    file = fish.read(
        "set -gx KEY (op read op://a/b/c)\nfunction go --wraps claude\n  if true\n"
        "    set -lx ANTHROPIC_BASE_URL https://h\n  end\n"
        "  set -lx ANTHROPIC_AUTH_TOKEN $KEY\n  claude $argv\nend\nset -e ANTHROPIC_API_KEY\n",
        {},
    )
    assert named(file)["go"].env[TOKEN].value == Value(COMMAND, "op read op://a/b/c")
    assert said(named(file)["go"])[URL] == "https://h"


def test_powershell() -> None:
    file = powershell.read(
        "$env:K = 'it''s'\n<# $env:ANTHROPIC_API_KEY = 'old' #>\nfunction go {\n  ${env:ANTHROPIC_BASE_URL} = \"https://h\"\n"
        "  $env:ANTHROPIC_AUTH_TOKEN = $env:K; if ($x) { 1 }\n  & claude --model glm-5.3 @args\n}\n"
    )
    assert said(named(file)["go"]) == {URL: "https://h", TOKEN: "it's"}
    assert named(file)["go"].args == ["--model", "glm-5.3"]


def test_what_is_set_at_the_top_of_fish_is_known_in_a_function_below_it() -> None:
    file = fish.read("set -gx KEY sk-1\nfunction go\n  env ANTHROPIC_AUTH_TOKEN=$KEY claude\nend\n", {})
    assert said(named(file)["go"]) == {TOKEN: "sk-1"}
    assert {name: entry.line for name, entry in file.literals.items()} == {"KEY": 1}
