"""What is printed of the answers of `cc ask`."""

import pytest

from cc_launcher.cli import ask_view
from cc_launcher.core.ask.limit import Spent
from cc_launcher.core.ask.outcome import DONE, FAILED, Outcome

KEYLESS = Outcome("zai", FAILED, "", Spent(), "0.50 USD", why="zai: no key; cc secret set zai")


def test_who_failed_is_named_once(capsys: pytest.CaptureFixture[str]) -> None:
    ask_view.answered(KEYLESS)
    seen = capsys.readouterr()
    assert (seen.out, seen.err) == ("", "cc: zai: no key; cc secret set zai\n")


def test_among_several_the_reason_stands_where_the_answer_would(capsys: pytest.CaptureFixture[str]) -> None:
    ask_view.compared([KEYLESS, Outcome("kimi", DONE, "yes", Spent(), "0.50 USD")])
    seen = capsys.readouterr()
    assert "# zai\n(failed: no key; cc secret set zai)\n" in seen.out
    assert "no key" not in seen.err
