"""The real `aws` command, against a Secrets Manager on loopback that is not Amazon's (moto)."""

from __future__ import annotations

import base64
import json
import os
import re
import signal
import socket
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stores.place import TIMED_OUT, Place, require_system_tool
from tests.support import require_module, start

REGION = "eu-west-1"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The address of the server; each test has its own secrets there."""
    require_module("moto.server")
    with tempfile.TemporaryDirectory() as scratch:
        process = start([sys.executable, "-m", "moto.server", "-p", "0"], dict(os.environ), Path(scratch))
        try:
            assert process.stderr is not None
            said = ""
            while not (found := re.search(r"Running on (http://[\d.:]+)", said)):
                line = process.stderr.readline().decode()
                assert line, said
                said += line
            yield found[1]
        finally:
            process.send_signal(signal.SIGKILL)
            process.communicate()


@pytest.fixture
def aws(place: Place, server: str) -> Place:
    """Somebody who is signed in there."""
    real = require_system_tool("aws")
    # Debian's does not know the variable yet, and would ask Amazon.
    shim = place.sandbox.bin / "aws"
    shim.write_text(f'#!/bin/sh\nexec {real} ${{AWS_ENDPOINT_URL:+--endpoint-url "$AWS_ENDPOINT_URL"}} "$@"\n')
    shim.chmod(0o755)
    place.variables |= {
        "AWS_ENDPOINT_URL": server,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    return place


def keep(server: str, name: str, text: str, kind: str = "SecretString") -> str:
    """Keep a secret there; its ARN."""
    request = urllib.request.Request(
        server,
        json.dumps({"Name": name, kind: text, "ClientRequestToken": f"{name:-<32}"}).encode(),
        {
            "Content-Type": "application/x-amz-json-1.1",
            "X-Amz-Target": "secretsmanager.CreateSecret",
            "Authorization": f"AWS4-HMAC-SHA256 Credential=x/20250101/{REGION}/secretsmanager/aws4_request",
        },
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        arn = json.load(answer)["ARN"]
    assert isinstance(arn, str)
    return arn


def name_of(place: Place) -> str:
    return f"ai/{place.secret.removeprefix('canary-')[:12]}"


def test_the_whole_secret(aws: Place, server: str) -> None:
    keep(server, name_of(aws), aws.secret)
    aws.kept_in(f"aws-sm:{name_of(aws)}")
    aws.launched()


def test_a_sealed_launch(aws: Place, server: str) -> None:
    keep(server, name_of(aws), aws.secret)
    aws.kept_in(f"aws-sm:{name_of(aws)}", "sealed = true\n")
    result = aws.run("run", "mine")
    assert (result.code, result.err) == (0, b"")
    assert aws.secret.encode() not in b"\0".join(aws.sandbox.fake.take().environment.values())


def test_a_key_of_its_json_by_the_arn(aws: Place, server: str) -> None:
    arn = keep(server, name_of(aws), json.dumps({"user": "me", "api key": aws.secret}))
    aws.kept_in(f"aws-sm:{arn}#api key")
    aws.launched()


def test_a_key_that_is_not_there(aws: Place, server: str) -> None:
    keep(server, name_of(aws), json.dumps({"key": aws.secret}))
    aws.kept_in(f"aws-sm:{name_of(aws)}#other")
    assert "cc: mine: the secret has no other in it" in aws.refused()


def test_a_key_of_what_is_no_json(aws: Place, server: str) -> None:
    keep(server, name_of(aws), aws.secret)
    aws.kept_in(f"aws-sm:{name_of(aws)}#key")
    assert "cc: mine: the secret has no key in it" in aws.refused()


def test_one_that_is_binary(aws: Place, server: str) -> None:
    keep(server, name_of(aws), base64.b64encode(aws.secret.encode()).decode(), "SecretBinary")
    aws.kept_in(f"aws-sm:{name_of(aws)}")
    assert "cc: mine: the secret is binary, not text" in aws.refused()


def test_no_such_secret(aws: Place) -> None:
    aws.kept_in(f"aws-sm:{name_of(aws)}")
    said = aws.refused()
    assert "AWS Secrets Manager has no such secret here" in said
    assert "AWS_REGION" in said


def test_not_signed_in(aws: Place, server: str) -> None:
    keep(server, name_of(aws), aws.secret)
    aws.kept_in(f"aws-sm:{name_of(aws)}")
    del aws.variables["AWS_ACCESS_KEY_ID"], aws.variables["AWS_SECRET_ACCESS_KEY"]
    said = aws.refused()
    assert "AWS: not signed in, or the session has expired" in said
    assert "aws sso login" in said


def test_no_region(aws: Place, server: str) -> None:
    keep(server, name_of(aws), aws.secret)
    aws.kept_in(f"aws-sm:{name_of(aws)}")
    del aws.variables["AWS_REGION"], aws.variables["AWS_DEFAULT_REGION"], aws.variables["AWS_ENDPOINT_URL"]
    assert "AWS: no region is chosen" in aws.refused()


def test_nothing_listens_there(aws: Place) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    aws.kept_in(f"aws-sm:{name_of(aws)}")
    said = aws.refused(env={"AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}", "AWS_MAX_ATTEMPTS": "1"})
    assert "AWS Secrets Manager cannot be reached" in said


def test_something_there_never_answers(aws: Place) -> None:
    aws.kept_in(f"aws-sm:{name_of(aws)}")
    with socket.socket() as dead:
        dead.bind(("127.0.0.1", 0))
        dead.listen()
        more = {"AWS_ENDPOINT_URL": f"http://127.0.0.1:{dead.getsockname()[1]}", "CC_SECRET_TIMEOUT": "2"}
        said = aws.refused(codes=(TIMED_OUT,), env=more)
    assert "no answer within 2 seconds" in said
    assert aws.sandbox.nothing_runs()


def test_no_aws(aws: Place) -> None:
    aws.kept_in(f"aws-sm:{name_of(aws)}")
    aws.sandbox.hide("aws")
    (aws.sandbox.bin / "aws").unlink()
    assert "AWS Secrets Manager: the command aws is not installed" in aws.refused()


def test_the_stores_own_credentials_stay_unless_they_are_scrubbed(aws: Place, server: str) -> None:
    keep(server, name_of(aws), aws.secret)
    for scrub in ("false", "true"):
        aws.kept_in(f"aws-sm:{name_of(aws)}", f"scrub = {scrub}\n")
        result = aws.run("run", "mine")
        assert result.code == 0, result.err
        environment = aws.sandbox.fake.take().environment
        assert (b"AWS_SECRET_ACCESS_KEY" in environment) is (scrub == "false")
        assert environment[b"AWS_REGION"] == REGION.encode()
