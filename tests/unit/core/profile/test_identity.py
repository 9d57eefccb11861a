"""Whose account a cloud's tools would use: from their variables and files alone, whatever is in them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cc_launcher.core.profile import identity
from cc_launcher.core.profile.identity import File

KEYS = {"AWS_ACCESS_KEY_ID": "AKIACANARY", "AWS_SECRET_ACCESS_KEY": "secret-canary"}
CONFIG = """\
[default]
region = us-west-1

[profile sso]
sso_session = corp
sso_account_id = 123456789012
sso_role_name = Developer
region = eu-central-1
s3 =
    region = nowhere

[sso-session corp]
sso_start_url = https://corp.awsapps.example/start

[profile old sso]
sso_start_url = https://corp.awsapps.example/start

[profile role]
role_arn = arn:aws:iam::123456789012:role/Deploy
source_profile = sso

[profile process]
credential_process = /bin/print --password command-canary

[profile bare]
region = eu-north-1
"""
CREDENTIALS = """\
# comment
[default]
aws_access_key_id = AKIACANARY
aws_secret_access_key = secret-canary
[keys]
aws_access_key_id = AKIACANARY
aws_secret_access_key = secret-canary
"""


def of_aws(
    env: dict[str, str], named: str = "", config: str | None = CONFIG, credentials: str | None = CREDENTIALS
) -> Any:
    return identity.aws(env, File("~/.aws/config", config), File("~/.aws/credentials", credentials), named)


@pytest.mark.parametrize(
    ("env", "named", "who", "seen"),
    [
        ({}, "", "the AWS profile default: a key", True),
        (KEYS, "", "a key", True),
        ({**KEYS, "AWS_SESSION_TOKEN": "t"}, "", "a temporary key", True),
        (
            {**KEYS, "AWS_PROFILE": "sso"},
            "",
            "the AWS profile sso: single sign-on, account 123456789012, role Developer",
            True,
        ),
        ({"AWS_PROFILE": "sso"}, "keys", "the AWS profile keys: a key", True),
        ({}, "old sso", "the AWS profile old sso: single sign-on", True),
        ({}, "role", "the AWS profile role: role arn:aws:iam::123456789012:role/Deploy, by its source_profile", True),
        ({}, "process", "the AWS profile process: what a command prints (credential_process)", True),
        ({}, "bare", "the AWS profile bare, which names no credential", False),
        ({}, "gone", "the AWS profile gone, which does not exist", False),
    ],
)
def test_aws_by_variables_and_profiles(env: dict[str, str], named: str, who: str, seen: bool) -> None:  # noqa: FBT001
    found = of_aws(env, named)
    assert (found.who, found.seen) == (who, seen)
    assert "canary" not in repr(found).lower()


@pytest.mark.parametrize(
    ("env", "who", "seen"),
    [
        ({}, "whatever the machine has, such as an instance's role", False),
        ({"AWS_WEB_IDENTITY_TOKEN_FILE": "/t", "AWS_ROLE_ARN": "arn:x"}, "web identity, role arn:x", True),
        ({"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://x"}, "the role of this container", True),
    ],
)
def test_aws_on_a_machine_without_files(env: dict[str, str], who: str, seen: bool) -> None:  # noqa: FBT001
    found = of_aws(env, config=None, credentials=None)
    assert (found.who, found.seen) == (who, seen)


@pytest.mark.parametrize(
    ("env", "chosen", "named", "region"),
    [
        ({"AWS_REGION": "a", "AWS_DEFAULT_REGION": "b"}, "mine", "", ("mine", "the profile")),
        ({"AWS_REGION": "a", "AWS_DEFAULT_REGION": "b"}, None, "", ("a", "AWS_REGION")),
        ({"AWS_DEFAULT_REGION": "b"}, None, "", ("b", "AWS_DEFAULT_REGION")),
        ({}, None, "sso", ("eu-central-1", "~/.aws/config")),
        ({}, None, "keys", ("us-east-1", "the client's default")),
    ],
)
def test_the_region_in_the_order_of_the_client(
    env: dict[str, str], chosen: str | None, named: str, region: tuple[str, str]
) -> None:
    assert identity.aws_region(env, chosen, of_aws(env, named)) == region


ODD = [
    "",
    "\0",
    "[",
    "[]",
    "[profile ]\n=",
    "no section = here",
    "{",
    "[]",
    "null",
    '{"type": 5}',
    "[" * 5000,
    "\x1b[31m",
]


@pytest.mark.parametrize("text", ODD)
def test_odd_files_are_no_error(text: str) -> None:
    assert not of_aws({"AWS_PROFILE": "x"}, config=text, credentials=text).seen
    by_file = identity.google({"GOOGLE_APPLICATION_CREDENTIALS": "/f"}, File("/f", text), File("/d"))
    assert by_file.who.startswith(identity.CANNOT_TELL)
    assert identity.azure({}, File("/p", text)).who.startswith(identity.CANNOT_TELL)


def test_what_cannot_be_read_is_told() -> None:
    bad = File("/f", problem="cannot be read (Permission denied)")
    for found in (
        identity.aws({}, bad, File("/c")),
        identity.google({"GOOGLE_APPLICATION_CREDENTIALS": "/f"}, bad, File("/d")),
        identity.azure({}, bad),
    ):
        assert found.who == "cannot tell: /f cannot be read (Permission denied)"
        assert not found.seen


def test_a_strangers_text_does_not_reach_the_terminal() -> None:
    found = of_aws({"AWS_PROFILE": "\x1b[2Jx"})
    assert "\x1b" not in found.who
    long = of_aws({}, "x", config=f"[profile x]\nrole_arn = {'a' * 5000}\n")
    assert len(long.who) < 300


@pytest.mark.parametrize(
    ("content", "who"),
    [
        (
            {"type": "service_account", "client_email": "a@p.example", "private_key": "canary"},
            "the service account a@p.example",
        ),
        ({"type": "authorized_user", "refresh_token": "canary"}, "a user's login"),
        (
            {"type": "authorized_user", "account": "me@x.example", "quota_project_id": "q"},
            "a user's login me@x.example, quota project q",
        ),
        (
            {
                "type": "impersonated_service_account",
                "service_account_impersonation_url": "https://x/v1/projects/-/serviceAccounts/a@p.example:generateAccessToken",
            },
            "the service account a@p.example, impersonated",
        ),
        ({"type": "external_account", "audience": "//iam/pool"}, "workload identity, //iam/pool"),
    ],
)
def test_google_by_its_file(content: dict[str, str], who: str) -> None:
    file, none = File("/f", json.dumps(content)), File("/d")
    by_variable = identity.google({"GOOGLE_APPLICATION_CREDENTIALS": "/f"}, file, none)
    assert (by_variable.who, by_variable.source) == (who, "GOOGLE_APPLICATION_CREDENTIALS: /f")
    assert identity.google({}, none, file).source == "/f"
    assert "canary" not in repr(by_variable)


def test_google_without_a_file() -> None:
    none = File("/f")
    assert identity.google({"GOOGLE_APPLICATION_CREDENTIALS": "/f"}, none, none).who == "a file that is not there"
    assert identity.google({}, none, none).who.startswith("whatever the machine has")


def test_azure_by_variables_and_login() -> None:
    users = [
        {"name": "other", "user": {"name": "no@x.example"}},
        {"name": "main", "isDefault": True, "user": {"name": "me@x.example", "type": "user"}},
    ]
    file = File("~/.azure/azureProfile.json", json.dumps({"subscriptions": users}))
    assert identity.azure({}, file).who == "az login, me@x.example, subscription main"
    env = {"AZURE_CLIENT_ID": "app", "AZURE_TENANT_ID": "t", "AZURE_CLIENT_SECRET": "canary"}
    assert identity.azure(env, file).who == "the application app, tenant t"
    assert identity.azure({}, File("/p")).who.startswith("whatever the machine has")
