"""`cc run --check` and `--fallback` with the real client: who is started, and who sees which secret."""

from __future__ import annotations

from tests.client.stage import HOSTED, KINDS, Stage, credential_of, said
from tests.fakes.fake_provider import ErrorReply, FakeProvider

KIND = KINDS["token"]
OTHER = "sk-canary-of-the-other-one"


def add_other(stage: Stage, url: str) -> None:
    """Another profile, with another secret, on another provider."""
    kept = stage.elsewhere / "other"
    kept.write_text(OTHER)
    kept.chmod(0o600)
    path = stage.home / ".config" / "cc-launcher" / "profiles" / "other.toml"
    path.write_text(f'auth = "bearer"\nbase_url = "{url}"\nsecret = "file:{kept}"\n[tiers]\nmain = "v/other"\n')


def test_a_refused_key_starts_no_client(stage: Stage) -> None:
    stage.profile(KIND)
    stage.ours.script = lambda _: ErrorReply(401, f"no such key: {stage.secret}")
    ended = stage.cc("run", "--check", "own", "-p", "hi")
    assert (ended.returncode, ended.stdout) == (77, ""), ended
    assert "own: the provider does not accept this key (401); it says: no such key: (not shown)" in ended.stderr
    assert stage.secret not in ended.stderr
    assert len(list(stage.everything())) == 1
    assert not (stage.home / ".claude.json").exists()  # which the client writes at its first start


def test_a_check_that_passes_is_followed_by_the_session(stage: Stage) -> None:
    stage.profile(KIND)
    ended = stage.cc("run", "--check", "own", "-p", "hi")
    assert (ended.returncode, ended.stdout) == (0, "pong\n"), ended
    check, *session = stage.ours.messages
    assert (check.body["max_tokens"], check.body["model"]) == (1, "v/main")
    assert session
    assert credential_of(check) == credential_of(session[0])
    stage.check_requests(KIND, HOSTED)


def test_a_real_session_on_the_second_provider_has_the_second_secret_alone(stage: Stage) -> None:
    stage.profile(KIND)
    stage.ours.script = lambda _: ErrorReply(402, "Insufficient Balance")
    with FakeProvider() as second:
        add_other(stage, second.url)
        ended = stage.cc("run", "--fallback", "other", "own", "-p", "hi")
        assert (ended.returncode, ended.stdout) == (0, "pong\n"), ended
        assert "cc: own: out of credit (402); on to other (v/other)\n" in ended.stderr
        assert len(stage.ours.requests) == 1
        assert OTHER not in said(stage.ours.requests[0])
        assert len(second.messages) > 1
        assert second.models() == {"v/other"}
        for request in second.requests:
            assert stage.secret not in said(request)
        assert {request.headers["authorization"] for request in second.messages} == {f"Bearer {OTHER}"}
    for request in stage.outside.requests:
        assert stage.secret not in said(request)
        assert OTHER not in said(request)


def test_a_provider_that_sends_everybody_elsewhere_gets_no_key_there_and_no_session(stage: Stage) -> None:
    stage.profile(KIND)
    stage.ours.headers["location"] = f"{stage.hijacker.url}/v1/messages"
    stage.ours.script = lambda _: ErrorReply(307)
    with FakeProvider() as second:
        add_other(stage, second.url)
        ended = stage.cc("run", "--fallback", "other", "own", "-p", "hi")
        assert (ended.returncode, ended.stdout) == (69, ""), ended
        assert second.requests == []
    assert stage.hijacker.requests == []
    assert len(stage.ours.requests) == 1
