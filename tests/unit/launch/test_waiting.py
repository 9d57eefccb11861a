"""The line of a wait, as a terminal shows it that somebody has switched so that a line end is no more than that."""

import pyte
import pytest

from cc_launcher.launch import waiting


def test_what_follows_a_line_that_stays_begins_at_the_left(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = pyte.Screen(80, 5)
    stream = pyte.ByteStream(screen)  # a line end moves down alone there, as behind the box of a passphrase
    monkeypatch.setattr(waiting, "_write", stream.feed)
    line = waiting.shown("a store", b"", stays=True)
    line.heard(b"Passphrase:\n")
    line.end()
    stream.feed(b"cc: mine")
    assert [row.rstrip() for row in screen.display[:3]] == [line.text, "Passphrase:", "cc: mine"]
