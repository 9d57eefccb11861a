"""Text as a word of a shell: the same bytes after the shell has read it."""

import os
import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cc_launcher.core.text import quote
from tests.unit.conftest import SHELLS, in_shell

# Everything that some shell reads in a way of its own, and any other text but NUL, which no argument can hold.
SPECIAL = st.text("'\"\\$`!#~=%^&*()[]{}<>|;?@:,+-_ \t\r\n\x01\x1b\x7faé€😀")
ANY = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
CURLY = "\u2018\u2019\u201a\u201b"  # single quotes, to PowerShell
WORDS = st.lists(SPECIAL | ANY, min_size=1, max_size=40)
KNOWN = [
    "", "'", "''", "\\", "\\'", "'\\''", "a'b", "=ls", "a:=ls", "%self", "~", "a:~", "$HOME", "${HOME}", "`id`",
    "$(id)", "!!", "#", "a\nb", "\n", "\t", "-n", "--", "*", "[a]", "{a,b}", "a b", "\x1b[0m", "\ufeff", "é", CURLY,
]  # fmt: skip


@pytest.mark.parametrize("shell", SHELLS)
def test_a_word_and_a_value_come_out_of_the_shell_as_they_went_in(shell: str) -> None:
    quoted = quote.fish if shell == "fish" else quote.sh
    assign = "set V {}" if shell == "fish" else "V={}"
    environment = {"LANG": "C.UTF-8", "HOME": "/nowhere", "PATH": os.environ["PATH"]}

    @settings(max_examples=25, deadline=None, database=None)
    @given(WORDS)
    @example(KNOWN)
    def same(words: list[str]) -> None:
        lines = [f"{assign.format(quoted(word))}\nprintf '%s\\0' {quoted(word)} \"$V\"" for word in words]
        expected = "".join(f"{word}\0{word}\0" for word in words)
        assert in_shell(shell, "\n".join(lines), environment).decode() == expected

    same()


@pytest.mark.parametrize("word", ["/usr/bin/x-y_z.1", "user@host:80,81+1"])
def test_a_harmless_word_stays_readable(word: str) -> None:
    assert {quote.sh(word), quote.fish(word), quote.dotenv(word), quote.posix([word])} == {word}


@pytest.mark.parametrize(
    ("word", "written"),
    [
        ("", "''"),
        ("plain", "'plain'"),
        ("it's", "'it''s'"),
        ('$x `n\n"', "'$x `n\n\"'"),
        ("\u2018a\u201b", "'\u2018\u2018a\u201b\u201b'"),
    ],
)
def test_powershell_ends_a_string_at_any_kind_of_single_quote_so_each_is_doubled(word: str, written: str) -> None:
    assert quote.powershell(word) == written


@settings(max_examples=80)
@given(SPECIAL | ANY)
def test_powershell_reads_its_words_back(word: str) -> None:
    inside = quote.powershell(word)[1:-1]
    assert re.sub(f"(['{CURLY}])\\1", r"\1", inside) == word
    assert not re.search(f"['{CURLY}]", re.sub(f"(['{CURLY}])\\1", "", inside))


@settings(max_examples=80)
@given(SPECIAL | ANY)
def test_a_dotenv_value_is_bare_or_in_quotes_that_it_does_not_end(word: str) -> None:
    written = quote.dotenv(word)
    if written.startswith("'"):
        assert written == f"'{word}'"
        assert "'" not in word
    elif written.startswith('"'):
        assert re.fullmatch(r'"([^"\\$`]|\\["\\$`])*"', written)
        assert re.sub(r"\\(.)", r"\1", written[1:-1], flags=re.DOTALL) == word
    else:
        assert written == word
        assert re.fullmatch(r"[\w@+:,./-]+", word)


def test_a_command_is_its_words() -> None:
    assert quote.posix(["sh", "-c", "echo 'a b'", ""]) == "sh -c 'echo '\\''a b'\\''' ''"
