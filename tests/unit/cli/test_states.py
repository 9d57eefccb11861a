"""What a list says of each profile on a real machine: the client, keys, servers, and what nobody has looked at."""

from __future__ import annotations

import json
import os
import socket
from typing import Any

import pytest

from cc_launcher.actions import secret_values
from cc_launcher.core.stores.keyring import NOT_IN_KEYRING
from cc_launcher.core.stores.references import parse
from cc_launcher.files import records
from tests.fakes.fake_ollama import FakeOllama
from tests.unit.cli.scene import OK, CommandScene

UNSEEN = "ready (key not looked at)"


@pytest.fixture(autouse=True)
def _no_keyring(scene: CommandScene) -> None:
    scene.sandbox.hide("secret-tool", "pass")


def row(scene: CommandScene, name: str = "mine", **more: str) -> dict[str, Any]:
    listed = json.loads(scene.shown("ls", "--json", **more))["data"]
    return next(found for found in listed if found["name"] == name)


def state(scene: CommandScene, name: str = "mine", **more: str) -> str:
    """What the list says; what `cc show` says is the same."""
    found = row(scene, name, **more)
    assert found["ready"] is found["state"].startswith("ready")
    return str(found["state"])


def remembered(scene: CommandScene, **secrets: bool) -> None:
    """Have our own records say this of references."""
    directory = scene.sandbox.home / ".local/share/cc-launcher"
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    known = {text: {"there": there, "when": 5} for text, there in secrets.items()}
    file = directory / "records.json"
    file.write_text(json.dumps({"version": 1, "secrets": known, "accepted": {}, "launched": {}}))
    file.chmod(0o600)


def test_on_an_empty_machine_nothing_is_ready(scene: CommandScene) -> None:
    (scene.sandbox.bin / "claude").unlink()
    listed = json.loads(scene.shown("ls", "--json"))["data"]
    assert [found["name"] for found in listed if found["ready"]] == []
    states = {found["name"]: found["state"] for found in listed}
    assert states["zai"] == "needs a key and Claude Code"
    assert states["claude"] == "needs a claude.ai login and Claude Code"
    assert states["cloudflare"] == "needs account, gateway and Claude Code"
    assert states["bedrock"] == "needs an AWS login and Claude Code"
    assert states["ollama"] == "needs Claude Code; its server does not answer"
    assert states["vllm"].startswith("needs a model and Claude Code; its server")
    assert scene.shown("ls", "--ready") == ""


def test_with_the_client_alone_only_its_own_login_is_ready(scene: CommandScene) -> None:
    assert state(scene, "claude") == "needs a claude.ai login"
    scene.log_in()
    listed = json.loads(scene.shown("ls", "--json", "--ready"))["data"]
    assert [found["name"] for found in listed] == ["claude"]


def test_a_client_that_config_names_and_is_not_there_is_none(scene: CommandScene) -> None:
    config = scene.sandbox.home / ".config/cc-launcher"
    config.mkdir(parents=True, mode=0o700)
    (config / "config.toml").write_text('claude = "/nowhere/claude"\n')
    (config / "config.toml").chmod(0o600)
    scene.log_in()
    assert state(scene, "claude") == "needs Claude Code"


def test_a_key_that_was_kept_makes_its_profile_ready_without_a_look_at_the_store(scene: CommandScene) -> None:
    scene.install_pass()
    scene.profile(secret="pass:entry")
    assert state(scene) == UNSEEN
    assert scene.run("secret", "set", "mine", "--stdin", stdin=scene.key.encode()).code == OK
    (scene.sandbox.bin / "pass").write_text("#!/bin/sh\nkill -9 $PPID\n")  # nobody may ask it
    assert state(scene) == "ready"
    assert row(scene)["key"] == "there"
    scene.install_pass()
    assert scene.run("secret", "remove", "mine", "--yes").code == OK
    assert state(scene) == "needs a key"


def test_a_launch_that_read_a_key_records_it(scene: CommandScene) -> None:
    scene.install_pass()
    scene.profile(secret="pass:entry")
    (scene.store / "entry").write_text(f"{scene.key}\n")
    assert state(scene) == UNSEEN
    assert scene.run("run", "mine", "-p", "x").code == OK
    assert state(scene) == "ready"


def test_of_the_keyring_three_answers(scene: CommandScene) -> None:
    assert state(scene, "zai") == "needs a key"
    assert state(scene, "zai", ZAI_API_KEY="k") == "ready"
    hosts = scene.hosts
    hosts.parent.mkdir(parents=True, mode=0o700)
    hosts.write_text('{"zai keyring:zai": "api.z.ai"}')  # as a version before this one left it
    hosts.chmod(0o600)
    assert (state(scene, "zai"), row(scene, "zai")["key"]) == (UNSEEN, "unknown")
    remembered(scene, **{"keyring:zai": True})
    assert (state(scene, "zai"), row(scene, "zai")["key"]) == ("ready", "there")
    remembered(scene, **{"keyring:zai": False})
    assert (state(scene, "zai"), row(scene, "zai")["key"]) == ("needs a key", "missing")


@pytest.mark.parametrize(
    ("secret", "expected"),
    [
        ("op://vault/item/field", UNSEEN),
        ("bw:item", "needs a key"),  # a store whose program is not here
        ("keyring:another", UNSEEN),
        ("cmd:cat /dev/null", UNSEEN),
        ("cmd:no-such-program", "needs a key"),
        ("env:NOT_SET", "needs a key"),
        ("file:/nowhere", "needs a key"),
    ],
)
def test_a_reference_of_the_users_own(scene: CommandScene, secret: str, expected: str) -> None:
    scene.install_op()
    scene.profile(secret=secret)
    assert state(scene) == expected


def test_a_file_that_others_can_read_is_no_place_for_a_key(scene: CommandScene) -> None:
    scene.profile()
    scene.keep(scene.key)
    assert state(scene) == "ready"
    scene.file.chmod(0o644)
    assert state(scene) == "needs a key"


def test_a_local_server_is_looked_at(scene: CommandScene) -> None:
    with FakeOllama() as fake:
        fake.add("glm-4.7-flash")
        scene.sandbox.profile("mine", f'extends = "ollama"\nbase_url = "{fake.url}"\n')
        scene.sandbox.profile("other", f'extends = "ollama"\nbase_url = "{fake.url}"\ntiers.main = "not-there"\n')
        assert state(scene) == "ready"
        assert state(scene, "other") == "its server has no not-there"
    assert state(scene) == "its server does not answer"


def test_a_gateway_on_this_machine_too(scene: CommandScene) -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        scene.sandbox.profile("mine", f'extends = "litellm"\nbase_url = "{url}"\ntiers.main = "m"\n')
        assert state(scene, LITELLM_MASTER_KEY="k") == "ready"
    assert state(scene, LITELLM_MASTER_KEY="k") == "its server does not answer"
    assert state(scene, "litellm", LITELLM_MASTER_KEY="k").startswith("needs a model")


def test_a_server_elsewhere_is_not(scene: CommandScene) -> None:
    scene.sandbox.profile("mine", 'extends = "ollama"\nbase_url = "http://192.0.2.7:11434"\nplain_http = true\n')
    assert state(scene) == "ready (server not looked at)"


def test_a_damaged_record_is_none(scene: CommandScene) -> None:
    remembered(scene, **{"keyring:zai": True})
    (scene.sandbox.home / ".local/share/cc-launcher/records.json").write_bytes(b"\xff{")
    assert state(scene, "zai") == "needs a key"


@pytest.fixture
def wrapped(scene: CommandScene) -> CommandScene:
    scene.install_pass()
    scene.profile(name="unseen", secret="pass:entry")
    scene.profile(name="lacking", secret="file:/nowhere")
    scene.profile(name="seen")
    scene.keep(scene.key)
    return scene


def test_a_wrapper_for_all_is_one_for_each_that_is_ready_or_may_be(wrapped: CommandScene) -> None:
    assert wrapped.run("install-wrapper", "--all").code == OK
    assert sorted(os.listdir(wrapped.sandbox.home / ".local/bin")) == ["claude-seen", "claude-unseen"]


def test_aliases_are_for_the_same(wrapped: CommandScene) -> None:
    aliases = wrapped.shown("alias", "--shell", "bash")
    assert "claude-seen=" in aliases
    assert "claude-unseen=" in aliases
    assert "lacking" not in aliases


def test_show_says_the_same(wrapped: CommandScene) -> None:
    for name in ("seen", "unseen", "lacking"):
        shown = wrapped.shown("show", name)
        assert ("  missing   a key" if name == "lacking" else f"  state     {state(wrapped, name)}\n") in shown
        assert json.loads(wrapped.shown("show", name, "--json"))["data"]["state"] == state(wrapped, name)


def test_a_look_at_a_secret_is_remembered(scene: CommandScene) -> None:
    scene.install_pass()
    scene.profile(secret="pass:entry")
    (scene.store / "entry").write_text(f"{scene.key}\n")
    assert state(scene) == UNSEEN
    assert "there" in scene.shown("secret", "status", "mine")
    assert state(scene) == "ready"


def test_what_a_store_that_cannot_be_asked_has_stays_known(scene: CommandScene) -> None:
    remembered(scene, **{"keyring:zai": True, "pass:entry": True})
    scene.profile(secret="pass:entry")
    scene.install_pass()
    (scene.sandbox.bin / "pass").write_text("#!/bin/sh\necho locked >&2; exit 9\n")
    scene.run("secret", "status", "zai", "mine")  # neither store can be asked
    assert (state(scene, "zai"), state(scene)) == ("ready", "ready")


def test_a_keyring_that_says_it_has_none_is_believed() -> None:
    records.note_seen(["keyring:zai", "pass:zai"])
    for reference in ("keyring:zai", "pass:zai"):
        secret_values.note_look(parse(reference), NOT_IN_KEYRING)
    known = records.read().secrets
    assert (known["keyring:zai"].there, known["pass:zai"].there) == (False, True)
    secret_values.note_look(parse("keyring:zai"), "")
    assert records.read().secrets["keyring:zai"].there


def test_doctor_says_what_no_other_check_finds(scene: CommandScene) -> None:
    with FakeOllama() as fake:
        scene.sandbox.profile("mine", f'extends = "ollama"\nbase_url = "{fake.url}"\ntiers.main = "not-there"\n')
        scene.sandbox.profile("other", f'auth = "none"\nbase_url = "{fake.url}"\n')
        found = json.loads(scene.run("doctor", "--json").out)["data"]["findings"]
    said = [(finding["what"], finding["hint"]) for finding in found if finding["code"] == "profile-needs"]
    assert said == [
        ("mine: its server has no not-there", "cc models mine shows what it has"),
        ("other: needs a model", "cc run other MODEL, or cc edit other tiers.main=MODEL"),
    ]
