"""Secret references name where a secret is, and errors never repeat one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cc_launcher.core.stores import references
from cc_launcher.core.stores.store import Tools
from tests.unit.conftest import CANARY


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("env:ZAI_API_KEY", ("env", "ZAI_API_KEY")),
        ("file:/run/secrets/zai", ("file", "/run/secrets/zai")),
        ("file:~/keys/a b", ("file", "~/keys/a b")),
        ("file:C:\\keys\\zai", ("file", "C:\\keys\\zai")),
        ("cmd:pass show ai/zai", ("command", "pass", "show", "ai/zai")),
        ("cmd:sh -c 'pass x | head -1'", ("command", "sh", "-c", "pass x | head -1")),
        ('cmd:"/a b/c" ""', ("command", "/a b/c", "")),
    ],
)
def test_a_reference_says_how_its_secret_is_read(text: str, read: tuple[str, ...]) -> None:
    reference = references.parse(text)
    assert str(reference) == text
    assert reference.read(Tools("python3")) == read


def test_a_keyring_is_asked_by_a_program_of_ours_that_no_file_of_the_directory_can_replace() -> None:
    _, python, *rest = references.parse("keyring:zai").read(Tools("/venv/bin/python"))[3:]
    assert (python, rest[0], rest[-1]) == ("/venv/bin/python", "-P", "zai")


@pytest.mark.parametrize(
    "text",
    [
        CANARY,
        f"{CANARY}:x",
        f"op://{CANARY}",
        f"ENV:{CANARY}",
        f"env:{CANARY}",
        f"env:{CANARY}=x",
        f"file:{CANARY}",
        f"file:./{CANARY}",
        f"cmd:'{CANARY}",
        f"keyring:{CANARY}\n",
        f"keyring:{CANARY}\x1b",
        "",
        ":",
        "env:",
        "file:",
        "cmd:",
        "cmd:   ",
        "keyring:",
    ],
)
def test_what_is_none_is_refused_with_what_one_looks_like_and_not_repeated(text: str) -> None:
    with pytest.raises(references.BadReference) as caught:
        references.parse(text)
    assert "write" in caught.value.hint
    assert CANARY not in caught.value.reason + caught.value.hint


@given(st.text() | st.text("envfilcmdkyrg:/~'\" "))
def test_no_text_does_more_than_be_refused(text: str) -> None:
    try:
        reference = references.parse(text)
    except references.BadReference:
        return
    assert str(reference) == text
    assert all(reference.read(Tools("python3"))[:2])
