"""Where commands begin and end in a script: what stands behind something odd is read all the same."""

from __future__ import annotations

import pytest

from cc_launcher.core.importing.shell import scopes
from cc_launcher.core.importing.shell.line_numbers import LineNumbers
from cc_launcher.core.importing.shell.runs import RUN, SHAPE, SIGN, tokens, words

BEHIND = "export ANTHROPIC_BASE_URL=https://h.example ANTHROPIC_AUTH_TOKEN=sk-behind\n"


@pytest.mark.parametrize(
    "odd",
    [
        'grep -q "name$" ~/.config/x',
        'read -r a b <<<"$line"',
        "grep x <<< word",
        "cat <<< 'one two'",
        "cat <<EOF\nit's \"$(odd\nEOF",
        "cat <<-EOF\n\tit's\n\tEOF",
        "cat <<'E O'\n`odd\nE O",
        "cat <<A <<B\na '\nA\nb \"\nB",
        "(( n = n << 2 ))",
        "for (( i = 0; i < 3; i++ )); do echo $i; done",
        "n=$(( 1 << 3 ))",
        "x=( 'a b' c )",
        'echo "a \\" b"',
        "echo it\\'s",
        "echo $'it\\'s'",
        'echo $"to translate"',
        'PS1="\\u@\\h:\\w\\$ "',
        "echo ${x%%.*} ${y:-z} ${z:-${y}}",
        'echo `date` $(date +\'%H\') "$(echo "a b")"',
        "run >file 2>&1 </dev/null",
        "tool 2>/dev/null | sed -e 's/#.*//' # 'a comment",
        "echo a#b '#' \\# # it's",
        "echo one \\\n  two \\\n  three",
        "if [ $# -gt 0 ]; then shift $#; fi",
        '[[ $x =~ ^(a|b)$ ]] && echo "$x"',
        "f() { local x=$1; return; }; f",
        "function g { echo; }",
        'case "$1" in (a) echo;;& b) echo;& *) ;; esac',
        "{ echo; } >/dev/null",
        "! true",
        "a\\ b=c",
    ],
)
def test_what_stands_behind_something_odd_is_read(odd: str) -> None:
    text = f"{odd}\n{BEHIND}"
    [scope] = scopes.read(text).scopes
    entry = scope.env["ANTHROPIC_AUTH_TOKEN"]
    assert (entry.value.text, entry.line) == ("sk-behind", text.count("\n"))


@pytest.mark.parametrize("begun", ["echo '", 'echo "', "echo $(", "echo `", "x=(", "cat <<EOF", "echo ${x"])
def test_what_is_not_closed_takes_the_rest(begun: str) -> None:
    assert scopes.read(f"{begun}\n{BEHIND}").scopes == []


def test_what_is_sent_somewhere_is_no_argument() -> None:
    line = "alias c='ANTHROPIC_BASE_URL=https://h ANTHROPIC_AUTH_TOKEN=k claude --verbose 2>>~/log --debug'"
    [scope] = scopes.read(line).scopes
    assert scope.args == ["--verbose", "--debug"]


def test_runs_shapes_and_signs() -> None:
    text = "if a b; then # c\n  export D='e f'; fi\n"
    assert tokens(text) == [
        (SHAPE, "if", 1),
        (RUN, "a b", 1),
        (SIGN, ";", 1),
        (SHAPE, "then", 1),
        (SIGN, "\n", 1),
        (RUN, "export D='e f'", 2),
        (SIGN, ";", 2),
        (SHAPE, "fi", 2),
        (SIGN, "\n", 2),
    ]
    assert words("export D='e f' \\\n  G=\"$(h 'i j')\" k=(l m)") == [
        "export",
        "D='e f'",
        "G=\"$(h 'i j')\"",
        "k=(l m)",
    ]


def test_a_word_that_gives_shape_is_none_where_it_is_an_argument() -> None:
    assert tokens("echo if then") == [(RUN, "echo if then", 1)]
    assert [token[:2] for token in tokens("case in in in) :;; esac")] == [
        (SHAPE, "case"), (RUN, "in"), (SHAPE, "in"), (SHAPE, "in"), (SIGN, ")"), (RUN, ":"), (SIGN, ";;"),
        (SHAPE, "esac"),
    ]  # fmt: skip


def test_lines() -> None:
    lines = LineNumbers("a\n\nbc\n")
    assert [lines.at(place) for place in range(6)] == [1, 1, 2, 3, 3, 3]
