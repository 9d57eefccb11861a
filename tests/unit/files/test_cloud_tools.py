"""Each cloud of ours is one whose tools are known here: whose account it is, from their files alone."""

import json
import os
from pathlib import Path

import pytest

from cc_launcher.core.profile.clouds import CLOUDS
from cc_launcher.files import cloud_tools

FILES = {
    ".aws/credentials": "[default]\naws_access_key_id = A\naws_secret_access_key = s\n"
    "[work]\naws_access_key_id = B\naws_secret_access_key = s\n",
    ".config/gcloud/application_default_credentials.json": json.dumps(
        {"type": "authorized_user", "account": "me@google.example"}
    ),
    ".azure/azureProfile.json": json.dumps(
        {"subscriptions": [{"isDefault": True, "name": "Sub", "user": {"name": "me@azure.example"}}]}
    ),
}
WHO = {
    "bedrock": "the AWS profile default",
    "mantle": "the AWS profile default",
    "anthropic-aws": "the AWS profile default",
    "vertex": "me@google.example",
    "foundry": "me@azure.example",
}


@pytest.fixture(autouse=True)
def logged_in(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """In a home in which each of the tools is logged in, and nothing of this machine is left."""
    for name in [name for name in os.environ if name.startswith(("AWS_", "GOOGLE_", "CLOUDSDK_", "AZURE_"))]:
        monkeypatch.delenv(name)
    for name, content in FILES.items():
        path = home / name
        path.parent.mkdir(parents=True)
        path.write_text(content)
    return home


@pytest.mark.parametrize("name", sorted(CLOUDS))
def test_the_tools_of_each_cloud_say_whose_account_it_is(name: str) -> None:
    found = cloud_tools.who(CLOUDS[name].family)
    assert WHO[name] in found.who
    assert found.seen


def test_a_profile_of_awss_that_is_named_comes_first() -> None:
    assert "work" in cloud_tools.who("aws", "work").who


@pytest.mark.parametrize("name", sorted(CLOUDS))
def test_files_that_are_odd_are_nobodys_error(name: str, logged_in: Path) -> None:
    for content in (b"\xff", b"", b"[" * 100_000, b"x" * 1_100_000):
        for file in FILES:
            (logged_in / file).write_bytes(content)
        assert WHO[name] not in cloud_tools.who(CLOUDS[name].family).who
    for file in FILES:
        (logged_in / file).unlink()
        os.mkfifo(logged_in / file)  # not waited for
    assert WHO[name] not in cloud_tools.who(CLOUDS[name].family).who
