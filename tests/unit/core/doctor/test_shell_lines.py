"""What a shell file sets, and where: read as people write it."""

import time

import pytest

from cc_launcher.core.doctor.shell_lines import FISH, PLAIN, POWERSHELL, SH, Assignment, assignments, value


def found(text: str, dialect: str = SH) -> list[Assignment]:
    return assignments(text, dialect)


# Each text, and what it sets: name, line, value, whether it is there to read, whether it is alone on its lines
SETS: dict[str, tuple[str, str, list[tuple[str, int, str, bool, bool]]]] = {
    "export": (SH, "\nexport A=b\n", [("A", 2, "b", True, True)]),
    "with a comment": (SH, "export A=b # C=d", [("A", 1, "b", True, True)]),
    "in a comment": (SH, "# export A=b", []),
    "without export": (SH, "A=b", [("A", 1, "b", True, True)]),
    "added to": (SH, "A+=b", [("A", 1, "b", True, True)]),
    "declared": (SH, "declare -gx A=b; typeset -x C=d", [("A", 1, "b", True, False), ("C", 1, "d", True, False)]),
    "not exported any more": (SH, "export -n A=b", []),
    "quotes": (SH, "export A='b c' B=\"d'e\"", [("A", 1, "b c", True, True), ("B", 1, "d'e", True, True)]),
    "a hash in a word": (SH, "export A=b#c", [("A", 1, "b#c", True, True)]),
    "a command": (SH, "export A=$(pass show a/b)", [("A", 1, "$(passshowa/b)", False, True)]),
    "commands in commands": (
        SH,
        'A=$(b "$(c)" (d)) E=f',
        [("A", 1, "$(b$(c)(d))", False, True), ("E", 1, "f", True, True)],
    ),
    "another variable": (SH, 'export A="$B"', [("A", 1, "$B", False, True)]),
    "a dollar in single quotes": (SH, "export A='$B'", [("A", 1, "$B", True, True)]),
    "over lines": (SH, 'X=1\nexport A="b\nc"\n', [("X", 1, "1", True, True), ("A", 2, "b\nc", True, True)]),
    "continued": (SH, "export \\\n  A=b\n", [("A", 2, "b", True, True)]),
    "an argument of another command": (SH, "foo \\\n  export A=b\n", []),
    "in an if": (SH, "if x; then\n  export A=b\nfi", [("A", 2, "b", True, True)]),
    "in an if on one line": (SH, "if x; then export A=b; fi", [("A", 1, "b", True, False)]),
    "in a case": (SH, "case x in\ny) A=b ;;\nesac", [("A", 2, "b", True, False)]),
    "behind an and": (SH, "x && export A=b", [("A", 1, "b", True, False)]),
    "in a here-document": (SH, "cat <<'E' <<-F\nexport A=b\nE\nA=1\n\tF\nB=c", [("B", 6, "c", True, True)]),
    "behind a here-string": (SH, "cat <<<E\nA=b", [("A", 2, "b", True, True)]),
    "csh": (SH, "setenv A b", [("A", 1, "b", True, True)]),
    "fish": (FISH, "set -gx A b\nset --export C 'd e'", [("A", 1, "b", True, True), ("C", 2, "d e", True, True)]),
    "fish, not exported": (FISH, "set -g A b\nset -e A\nset -q A\nset -l x", []),
    "fish, a command": (FISH, "set -x A (pass x)", [("A", 1, "", False, False)]),
    "PowerShell": (POWERSHELL, "$env:A = \"b\"\n${env:C}='d'", [("A", 1, "b", True, True), ("C", 2, "d", True, True)]),
    "PowerShell, in a block": (POWERSHELL, "if ($x) { $env:A = 'b' }", [("A", 1, "b", True, False)]),
    "PowerShell, comments": (POWERSHELL, '# $env:A = 1\n<#\n$env:A = "b"\n#>', []),
    "PowerShell, for good": (
        POWERSHELL,
        '[Environment]::SetEnvironmentVariable("A", "b", "User")',
        [("A", 1, "b", True, True)],
    ),
    "PowerShell, asked": (POWERSHELL, "if ($env:A -eq 1) { $env:A == 2 }", []),
    ".env": (PLAIN, "A=b c\n# B=1\nexport C = 'd' # e\n", [("A", 1, "bc", True, True), ("C", 3, "d", True, True)]),
}


@pytest.mark.parametrize("kind", SETS)
def test_what_is_set(kind: str) -> None:
    dialect, text, expected = SETS[kind]
    got = [(one.name, one.line, value(text, one), one.literal, one.alone) for one in found(text, dialect)]
    assert got == expected


@pytest.mark.parametrize(
    "text",
    ["A=b claude", "x() { A=b claude; }", "alias x='A=b claude'", 'alias x="C=1 A=b claude"', "env A=b claude"],
)
def test_what_is_set_for_one_command_only(text: str) -> None:
    one = next(one for one in found(text) if one.name == "A")
    assert one.once
    assert not one.alone
    assert value(text, one) == "b"


def test_what_else_a_statement_sets() -> None:
    first, second = found("export A=1 B=2")
    assert (first.beside, second.beside) == (("B",), ("A",))


def test_no_value_is_kept() -> None:
    assert "canary" not in repr([found("export A=canary B='canary'"), found("set -x A canary", FISH)])


@pytest.mark.parametrize(
    "text", ["'", '"', "$(", "`", "\\", "<<A\n", "<<", "A='", "x='a' ", "((", "#", "{ ", "alias a='b' "], ids=repr
)
@pytest.mark.parametrize("dialect", [SH, FISH, POWERSHELL, PLAIN])
def test_no_text_takes_for_ever(text: str, dialect: str) -> None:
    def once(length: int) -> float:
        begun = time.process_time()
        found((text * length)[:length], dialect)
        return time.process_time() - begun

    def took(length: int) -> float:
        return min(once(length) for _ in range(3))  # in one of them, memory may be cleaned up

    # Eight times the text may take eight times as long, not sixty-four times.
    assert took(64_000) < 30 * max(took(8_000), 0.02)
