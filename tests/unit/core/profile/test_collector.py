"""`[telemetry]` of a profile: what may be written, and what is refused, each with its file and line."""

from __future__ import annotations

from typing import Any

import pytest

from cc_launcher.core.errors import INVALID, CcError
from tests.unit.conftest import CANARY, all_of, resolved

BASE = 'base_url = "https://h"\nauth = "bearer"\n[tiers]\nmain = "m"\n'


def telemetry(text: str) -> Any:
    return resolved(f"{BASE}[telemetry]\n{text}").profile.telemetry


def refused(text: str) -> CcError:
    with pytest.raises(CcError) as caught:
        resolved(text)
    assert caught.value.code == INVALID
    assert CANARY not in all_of(caught.value)
    return caught.value


def test_an_address_is_enough() -> None:
    found = telemetry('otlp = "http://127.0.0.1:4318/"\n')
    assert (found.otlp, found.protocol, found.prompts) == ("http://127.0.0.1:4318", "http/protobuf", False)
    assert found.headers == found.secret_headers == found.attributes == {}


def test_a_secret_is_a_reference_or_a_table() -> None:
    found = telemetry(
        'otlp = "https://c/otlp"\nsecret_headers.X-Key = "keyring:c"\n'
        'secret_headers.Authorization = { secret = "pass:c", user = "123" }\n'
    )
    assert found.secret_headers["X-Key"].secret == "keyring:c"
    assert (found.secret_headers["Authorization"].secret, found.secret_headers["Authorization"].user) == (
        "pass:c",
        "123",
    )


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "otlp"),
        ('otlp = "ftp://c"', "has the scheme"),
        ('otlp = "c:4318"', "does not begin with"),
        (f'otlp = "https://u:{CANARY}@c"', "contains a user name or a password"),
        ('otlp = "https://c/v1/traces"', "ends in /v1/traces"),
        ('otlp = "https://c"\nprotocol = "grpc"', "protocol"),
        ('otlp = "https://c"\nheaders.X-Token = "x"', "sounds like a secret"),
        ('otlp = "https://c"\nheaders.X-A = "a,b"', "cannot be such a value"),
        ('otlp = "https://c"\nheaders.X-A = "a "', "cannot be such a value"),
        ('otlp = "https://c"\nsecret_headers.X-A = "env:A"', "is a variable"),
        ('otlp = "https://c"\nsecret_headers.X-A = "own"', "does not say where the key is kept"),
        ('otlp = "https://c"\nattributes."a b" = "x"', "cannot be such a name"),
        ('otlp = "https://c"\nattributes."cc.profile" = "x"', "cannot be such a name"),
        ('otlp = "https://c"\nattributes.team = "a=b"', "cannot be such a value"),
        ('otlp = "https://c"\nother = 1', "other"),
    ],
)
def test_what_is_refused(text: str, why: str) -> None:
    error = refused(f"{BASE}[telemetry]\n{text}\n")
    assert why in f"{error.what} {error.hint}"
    assert "mine.toml:" in error.what


def test_plain_http_is_for_this_machine_or_said_to_be_meant() -> None:
    remote = f'{BASE}[telemetry]\notlp = "http://collector.example:4318"\n'
    error = refused(remote)
    assert "mine.toml:6: telemetry.otlp is plain http to a host that is not this machine" in error.what
    assert "sends what you do in clear text" in error.what
    assert "write https://collector.example:4318, or add `telemetry.plain_http = true`" in error.hint
    assert resolved(f"{remote}plain_http = true\n").profile.telemetry is not None


def test_the_leave_is_not_for_another_host() -> None:
    base = f'{BASE}[telemetry]\notlp = "http://a.example"\nplain_http = true\n'
    own = 'extends = "base"\n[telemetry]\notlp = "http://b.example"\n'
    with pytest.raises(CcError, match="plain http"):
        resolved({"mine": own, "base": base})


def test_a_private_profile_has_none() -> None:
    error = refused(f'compat.private = true\n{BASE}[telemetry]\notlp = "https://c"\n')
    assert "mine.toml:7: telemetry of a profile that is private (" in error.what
    assert "mine.toml:1)" in error.what
    assert error.hint == "take [telemetry] out, or say `compat.private = false`"


@pytest.mark.parametrize("by", ["compat.private", "[telemetry]"])
@pytest.mark.parametrize(
    "name", ["CLAUDE_CODE_ENABLE_TELEMETRY", "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", "BETA_TRACING_ENDPOINT"]
)
def test_no_variable_of_the_profile_says_otherwise(by: str, name: str) -> None:
    private = "compat.private = true\n" if by == "compat.private" else ""
    table = "" if private else '[telemetry]\notlp = "https://c"\n'
    error = refused(f'{private}{BASE}{table}[env]\n{name} = "1"\n')
    assert f"{name} cannot be set: {by} decides it" in error.what
    assert "mine.toml:" in error.what


def test_a_certificate_of_a_collector_may_be_named_and_so_may_all_of_it_without_telemetry() -> None:
    own = '[telemetry]\notlp = "https://c"\n[env]\nOTEL_EXPORTER_OTLP_CERTIFICATE = "/ca.pem"\n'
    assert resolved(BASE + own).profile.env == {"OTEL_EXPORTER_OTLP_CERTIFICATE": "/ca.pem"}
    assert resolved(f'{BASE}[env]\nCLAUDE_CODE_ENABLE_TELEMETRY = "1"\n').profile.env
