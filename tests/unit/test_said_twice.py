"""What has to stand in two places says the same in both: a type that a checker reads, a shell's script, a fast path."""

from __future__ import annotations

import ast
import re
from typing import get_args

from cc_launcher.core.status import options, segments
from cc_launcher.core.text import completion_scripts
from cc_launcher.launch import request
from tests.unit.conftest import REPOSITORY


def test_shells_call_what_completes() -> None:
    for shell in completion_scripts.SHELLS:
        text = completion_scripts.render(shell, ["@cc@"], ["claude-x"])
        calls = re.findall(r"@cc@'? (\S+)", text)
        assert calls, shell
        assert set(calls) - {"2>/dev/null;"} == {request.COMPLETE}, shell


def test_colours_and_presets_of_the_status_line() -> None:
    assert set(get_args(options.Colour)) == {*segments._SGR, "none"}
    assert set(get_args(options.StatusLine.model_fields["preset"].annotation)) == set(segments.PRESETS)


def test_only_one_place_skips_a_test() -> None:
    """It names the test, and in CI a missing tool is a failure there."""
    skipping = [
        path.relative_to(REPOSITORY).as_posix()
        for path in sorted((REPOSITORY / "tests").rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and ast.unparse(node) == "pytest.skip"
    ]
    assert skipping == ["tests/support.py"]
