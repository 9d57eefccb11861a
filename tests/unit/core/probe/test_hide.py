"""No secret is in what a report shows of an answer: nor a part of it, however the endpoint has written it."""

from __future__ import annotations

import base64
import json
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cc_launcher.core.probe.hide import LEAST, Hider

SECRET = 'sk-"canary"/4f9b&2a7d'
HIDER = Hider([SECRET])
WRITTEN = {
    "as it is": SECRET,
    "in small letters": SECRET.lower(),
    "in JSON": json.dumps(SECRET),
    "in JSON, in JSON": json.dumps(json.dumps(SECRET)),
    "with slashes escaped": json.dumps(SECRET).replace("/", "\\/"),
    "in a URL": quote(SECRET, safe=""),
    "in HTML": SECRET.replace("&", "&#x26;").replace('"', "&#34;"),
    "in JSON by numbers": "".join(f"\\u{ord(letter):04x}" for letter in SECRET),
    "in a URL by numbers": "".join(f"%{ord(letter):02X}" for letter in SECRET),
}


@pytest.mark.parametrize("how", WRITTEN)
def test_a_secret_is_hidden_however_it_is_written(how: str) -> None:
    said = f"key {WRITTEN[how]} is wrong"
    found = HIDER.text(said)
    assert found.startswith("key ")
    assert found.endswith(" is wrong")
    assert len(found) == len(said)
    assert WRITTEN[how].strip('"\\') not in found
    assert "canary" not in found
    assert set(found.removeprefix("key ").removesuffix(" is wrong")) <= {"*", '"', "\\"}


@pytest.mark.parametrize("at", range(len(SECRET) - LEAST + 1))
def test_any_longer_part_of_it_is_hidden(at: int) -> None:
    part = SECRET[at : at + LEAST]
    assert HIDER.text(f"key …{part}…") == f"key …{'*' * LEAST}…"


def test_a_shorter_part_stays_since_it_could_be_anything() -> None:
    said = f"keys begin with {SECRET[: LEAST - 1]}"
    assert HIDER.text(said) == said


@pytest.mark.parametrize(("secret", "hidden"), [("abcd", True), ("abcdefg", True), ("abc", False), ("", False)])
def test_a_short_secret_is_hidden_whole_or_not_at_all(secret: str, hidden: bool) -> None:  # noqa: FBT001
    said = f"the key {secret}."
    assert Hider([secret]).text(said) == (f"the key {'*' * len(secret)}." if hidden else said)


def test_several_secrets_are_hidden_and_without_one_nothing_is() -> None:
    two = Hider(["first-secret", "second-secret"])
    assert two.text("first-secret and second-secret") == f"{'*' * 12} and {'*' * 13}"
    assert Hider([]).text("first-secret") == "first-secret"


def test_what_is_said_again_and_again_is_hidden_each_time() -> None:
    assert HIDER.text(f"{SECRET} {SECRET}") == f"{'*' * len(SECRET)} {'*' * len(SECRET)}"


def test_another_way_of_writing_is_another_text() -> None:
    """What is not known here is not claimed: an encoded key has to be told to the hider as a secret of its own."""
    encoded = base64.b64encode(SECRET.encode()).decode()
    assert HIDER.text(encoded) == encoded
    assert set(Hider([encoded]).text(encoded)) == {"*"}


@given(st.binary(max_size=80), st.binary(max_size=80))
def test_bytes_stay_as_many_and_the_secret_is_in_none(before: bytes, behind: bytes) -> None:
    data = before + SECRET.encode() + behind
    found = HIDER.data(data)
    assert len(found) == len(data)
    assert SECRET.encode() not in found
