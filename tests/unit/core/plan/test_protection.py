"""What a project's files may have a say in. How a launch is protected is a part of its plan: see test_make_plan.py."""

from __future__ import annotations

from typing import Any

import pytest

from cc_launcher.core.errors import REFUSED, CcError
from cc_launcher.core.plan.machine import SettingsFile
from cc_launcher.core.plan.protection import remote_note, unheld_network
from tests.unit.conftest import BEFORE_HOST_FLAG, machine, resolved

PROFILE = resolved('base_url = "https://h"\nauth = "bearer"\nsecret = "keyring:k"\ntiers.main = "m"\n')
SAYS: dict[str, tuple[dict[str, Any], str]] = {
    "an address": ({"env": {"ANTHROPIC_BASE_URL"}}, "sets ANTHROPIC_BASE_URL"),
    "a credential": ({"env": {"ANTHROPIC_API_KEY", "FOO"}}, "sets ANTHROPIC_API_KEY"),
    "a proxy": ({"env": {"HTTPS_PROXY"}}, "sets HTTPS_PROXY"),
    "a model": ({"keys": {"model"}}, "sets model"),
    "a helper": ({"keys": {"apiKeyHelper", "theme"}}, "sets apiKeyHelper"),
    "a helper for the proxy": ({"keys": {"proxyAuthHelper"}}, "sets proxyAuthHelper"),
    "who knows what": ({"problem": "cannot be read"}, "cannot be read"),
}


def file(scope: str, *, ours: bool = False, **about: Any) -> SettingsFile:
    return SettingsFile(
        "/w/.claude/settings.json",
        scope,
        frozenset(about.get("env", ())),
        frozenset(about.get("keys", ())),
        about.get("problem", ""),
        ours=ours,
    )


@pytest.mark.parametrize("scope", ["project", "local"])
@pytest.mark.parametrize("what", SAYS)
def test_where_no_pin_holds_a_file_of_the_project_may_have_no_say(what: str, scope: str) -> None:
    about, said = SAYS[what]
    for files in ((file(scope, **about),), (file("user"), file(scope, **about))):
        with pytest.raises(CcError) as caught:
            remote_note(PROFILE, machine(settings=files), "remote-control")
        assert caught.value.what.startswith(f"/w/.claude/settings.json: {said}; the sessions of remote-control")
        assert caught.value.code == REFUSED


@pytest.mark.parametrize("what", SAYS)
def test_the_users_own_files_and_ours_may(what: str) -> None:
    about, _ = SAYS[what]
    for files in ((file("user", **about),), (file("local", ours=True, **about),)):
        note = remote_note(PROFILE, machine(settings=files), "remote-control")
        assert note.startswith("mine: remote-control cannot be protected")


def test_what_says_nothing_of_a_launch_is_no_matter() -> None:
    harmless = file("project", env={"FOO"}, keys={"permissions", "theme"})
    assert remote_note(PROFILE, machine(settings=(harmless,)), "rc").startswith("mine: rc cannot be protected")


@pytest.mark.parametrize(
    ("how", "protection", "unheld"),
    [
        ({}, "hosted", ()),
        ({}, "sealed", ("HTTPS_PROXY",)),
        ({"has_memory": True}, "sealed", ()),
        ({"version": BEFORE_HOST_FLAG}, "hosted", ("HTTPS_PROXY",)),
        ({"version": BEFORE_HOST_FLAG, "has_memory": True}, "pinned", ("HTTPS_PROXY",)),
    ],
)
def test_a_proxy_with_a_password_is_held_by_the_flag_or_from_memory(
    how: dict[str, Any], protection: str, unheld: tuple[str, ...]
) -> None:
    for own in ({"present": frozenset({"HTTPS_PROXY@"})}, {"network": (("HTTPS_PROXY", "http://u:p@h"),)}):
        assert unheld_network(machine(**how, **own), protection) == unheld
    without = machine(**how, present=frozenset({"HTTPS_PROXY"}), network=(("http_proxy", "http://h"),))
    assert unheld_network(without, protection) == ()
