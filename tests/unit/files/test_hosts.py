"""Which host a stored secret belongs to."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cc_launcher.core.errors import REFUSED, CcError
from cc_launcher.core.profile.resolve import Resolved
from cc_launcher.core.stores.references import Reference, parse
from cc_launcher.files import hosts
from tests.unit.conftest import catalog_profile, resolved

KEY, OTHER = parse("keyring:mine"), parse("pass:mine")


def at(url: str, name: str = "mine") -> Resolved:
    return resolved({name: f'auth = "bearer"\nbase_url = "{url}"\n'}, name)


ONE, TWO = at("https://one.example/api"), at("https://two.example/api")


def held(profile: Resolved, reference: Reference = KEY) -> bool:
    return bool(hosts.stranger(profile, reference))


@pytest.fixture
def file(home: Path) -> Path:
    return home / "data" / "hosts.json"


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://api.example/x", "api.example"),
        ("https://API.Example:8443", "api.example"),
        ("http://127.0.0.1:4000", "127.0.0.1"),
        ("http://[::1]:4000/x", "::1"),
        ("https://xn--bcher-kva.example", "xn--bcher-kva.example"),
    ],
)
def test_a_host_is_a_name_without_port_and_path(url: str, host: str) -> None:
    assert hosts.host_of(at(url)) == host


def test_a_profile_without_a_url_goes_to_the_clients_own_address() -> None:
    assert hosts.host_of(catalog_profile("anthropic")) == "api.anthropic.com"


def test_a_secret_that_went_nowhere_yet_may_go_anywhere(file: Path) -> None:
    assert not held(ONE)
    hosts.refuse_stranger(ONE, KEY)
    assert not file.exists()


def test_the_first_host_is_written_down_and_another_one_is_a_stranger(file: Path) -> None:
    hosts.confirm(ONE, KEY)
    assert json.loads(file.read_text()) == {"mine keyring:mine": "one.example"}
    assert file.stat().st_mode & 0o777 == 0o600
    assert not held(ONE)
    assert hosts.stranger(TWO, KEY) == "one.example"
    with pytest.raises(CcError) as caught:
        hosts.refuse_stranger(TWO, KEY)
    assert caught.value.code == REFUSED
    assert caught.value.what == (
        "mine: its secret was kept for one.example, and base_url now names two.example (mine.toml:2)"
    )
    assert caught.value.hint == "if that is right: cc edit mine --confirm-host, or cc secret set mine"


def test_a_url_that_is_taken_out_is_a_move_too() -> None:
    hosts.confirm(ONE, KEY)
    gone = resolved('auth = "api-key"\n')
    with pytest.raises(CcError, match=r"base_url now names api\.anthropic\.com$"):
        hosts.refuse_stranger(gone, KEY)


@pytest.mark.parametrize(
    "url",
    [
        "https://one.example.two.example",
        "https://two.example/one.example",
        "https://one-example",
        "https://sub.one.example",
        "https://one.example.",
        "http://127.0.0.1",
    ],
)
def test_what_only_looks_like_the_host_is_another_one(url: str) -> None:
    hosts.confirm(ONE, KEY)
    assert held(at(url))


@pytest.mark.parametrize("url", ["https://one.example", "https://ONE.EXAMPLE:444/x", "https://one.example/api/v2"])
def test_the_same_host_by_another_port_or_path_is_no_stranger(url: str) -> None:
    hosts.confirm(ONE, KEY)
    assert not held(at(url))


def test_to_say_so_moves_it() -> None:
    hosts.confirm(ONE, KEY)
    hosts.confirm(TWO, KEY)
    assert not held(TWO)
    assert held(ONE)


def test_each_secret_of_each_profile_is_on_its_own() -> None:
    hosts.confirm(ONE, KEY)
    hosts.confirm(TWO, OTHER)
    assert held(TWO)
    assert held(ONE, OTHER)
    assert not held(at("https://two.example", "yours"))


def test_a_variable_is_not_bound(file: Path) -> None:
    hosts.confirm(ONE, parse("env:KEY"))
    assert not file.exists()
    file.parent.mkdir(parents=True, mode=0o700)
    file.touch(mode=0o600)
    file.write_text(json.dumps({"mine env:KEY": "one.example"}))
    assert not held(TWO, parse("env:KEY"))


def test_a_profile_is_forgotten_with_all_its_secrets_and_no_other(file: Path) -> None:
    hosts.forget("mine")  # of nothing
    assert not file.exists()
    hosts.confirm(ONE, KEY)
    hosts.confirm(ONE, parse("cmd:mine of mine"))
    hosts.confirm(at("https://one.example", "mine-2"), KEY)
    hosts.forget("mine")
    assert json.loads(file.read_text()) == {"mine-2 keyring:mine": "one.example"}


def test_what_is_known_already_is_not_written_again(file: Path) -> None:
    hosts.confirm(ONE, KEY)
    before = file.stat().st_ino
    hosts.confirm(ONE, KEY)
    assert file.stat().st_ino == before


@pytest.mark.parametrize("mode", [0o700, 0o755, 0o775])
def test_who_may_look_into_the_directory_does_not_matter(file: Path, mode: int) -> None:
    file.parent.mkdir(parents=True)
    file.parent.chmod(mode)
    hosts.confirm(ONE, KEY)
    assert held(TWO)


def test_many_profiles_are_all_remembered() -> None:
    """Beyond any size that a small file would have."""
    profiles = [at("https://one.example", f"p{number}") for number in range(30)]
    long = parse(f"cmd:{'x' * 3000}")
    for profile in profiles:
        hosts.confirm(profile, long)
    assert all(held(at("https://two.example", f"p{number}"), long) for number in range(30))


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"null", b'"x"', b"\xff", b"[" * 100_000, b'{"mine keyring:mine": null}', b'{"": ""}']
)
def test_what_cannot_be_read_is_no_crash_and_is_written_anew(file: Path, content: bytes) -> None:
    file.parent.mkdir(parents=True, mode=0o700)
    file.touch(mode=0o600)
    file.write_bytes(content)
    if b"null}" not in content:
        assert not held(TWO)
    hosts.forget("other")
    hosts.confirm(ONE, KEY)
    assert held(TWO)


@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666])
def test_what_others_can_write_is_not_believed(file: Path, mode: int) -> None:
    hosts.confirm(ONE, KEY)
    file.chmod(mode)
    assert not held(TWO)


def test_a_link_is_not_followed(file: Path, tmp_path: Path) -> None:
    hosts.confirm(ONE, KEY)
    file.rename(tmp_path / "elsewhere")
    file.symlink_to(tmp_path / "elsewhere")
    assert not held(TWO)
    hosts.confirm(ONE, KEY)
    assert not file.is_symlink()


def test_where_nothing_can_be_written_nothing_is_remembered(home: Path) -> None:
    (home / "data").write_text("a file")
    hosts.confirm(ONE, KEY)
    assert not held(TWO)
