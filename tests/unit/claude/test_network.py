"""The user's own way to the network, as the client's files say it."""

import json
from pathlib import Path

import pytest

from cc_launcher.claude import network


def write(path: Path, env: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"env": env}))


def test_the_users_settings_win_over_the_clients_own_file(home: Path) -> None:
    write(home / ".claude.json", {"HTTPS_PROXY": "http://own", "NO_PROXY": "a", "FOO": "x"})
    write(home / ".claude" / "settings.json", {"HTTPS_PROXY": "http://settings", "NODE_EXTRA_CA_CERTS": "/ca"})
    assert dict(network.of_files(f"{home}/.claude")) == {
        "HTTPS_PROXY": "http://settings",
        "NO_PROXY": "a",
        "NODE_EXTRA_CA_CERTS": "/ca",
    }


def test_where_the_client_keeps_its_files_elsewhere_they_are_read_there(home: Path, tmp_path: Path) -> None:
    write(home / ".claude.json", {"HTTPS_PROXY": "http://own"})
    write(tmp_path / "elsewhere" / ".claude.json", {"HTTPS_PROXY": "http://elsewhere"})
    assert network.of_files(f"{tmp_path}/elsewhere") == (("HTTPS_PROXY", "http://elsewhere"),)
    assert network.watched(f"{tmp_path}/elsewhere") == [f"{tmp_path}/elsewhere/.claude.json?"]
    assert f"{home}/.claude.json?" in network.watched(f"{home}/.claude")


@pytest.mark.parametrize("content", ["", "{", "[]", '{"env": []}', '{"env": {"HTTPS_PROXY": {}}}', "[" * 100_000])
def test_what_is_odd_says_nothing(home: Path, content: str) -> None:
    (home / ".claude.json").write_text(content)
    assert network.of_files(f"{home}/.claude") == ()


def test_a_value_of_several_lines_is_none_and_a_number_is_its_text(home: Path) -> None:
    write(home / ".claude.json", {"HTTPS_PROXY": "a\nb", "NODE_TLS_REJECT_UNAUTHORIZED": 0})
    assert network.of_files(f"{home}/.claude") == (("NODE_TLS_REJECT_UNAUTHORIZED", "0"),)
