"""The docs say what the code does: generated pages are up to date, and no command or option is missing."""

import re
from pathlib import Path

import pytest

from cc_launcher.core import errors
from cc_launcher.core.status.segments import SEGMENTS
from tests.docs import generate

REFERENCE = generate.DOCS / "reference"


MADE = generate.pages()


@pytest.mark.parametrize("path", MADE, ids=lambda path: path.name)
def test_generated_page_is_up_to_date(path: Path) -> None:
    assert path.read_text(encoding="utf-8") == MADE[path], "run: python tests/docs/generate.py"


def test_every_test_that_a_page_names_is_there() -> None:
    named = {
        (path, test)
        for page in generate.DOCS.rglob("*.md")
        for path, test in re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", page.read_text(encoding="utf-8"))
    }
    assert ("tests/client/test_claims.py", "test_there_is_no_option_for_a_provider") in named
    for path, test in named:
        text = (generate.DOCS.parent / path).read_text(encoding="utf-8")
        assert not test or f"\ndef {test}(" in text, (path, test)


def test_every_exit_code_is_in_the_table() -> None:
    page = (REFERENCE / "exit-codes.md").read_text(encoding="utf-8")
    codes = {value for name, value in vars(errors).items() if name.isupper() and isinstance(value, int)}
    documented = {
        int(number) for row in re.findall(r"^\| ([\d ·]+) \|", page, re.MULTILINE) for number in row.split(" · ")
    }
    assert codes <= documented


def test_every_segment_of_the_status_line_is_in_its_table() -> None:
    page = (generate.DOCS / "how-to" / "status-line.md").read_text(encoding="utf-8")
    shown = {name for row in re.findall(r"^\| (`.+?) \|", page, re.MULTILINE) for name in re.findall(r"`(\w+)`", row)}
    assert shown == {*SEGMENTS}
