"""What a script writes of the way to the network is what `cc run` pins, in every shell."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from cc_launcher.core.profile.variables import NETWORK, RESOURCE_ATTRIBUTES
from cc_launcher.core.wrapper.mark import Wrapper
from tests.shells.scene import SHELLS, WrapperScene

HOSTED, SEALED = False, True
ENVIRONMENTS: dict[str, tuple[dict[str, str], bool, bool]] = {
    "none": ({}, True, True),
    "two": ({"HTTPS_PROXY": "http://proxy.example:3128", "no_proxy": "a.example, *.b,127.0.0.1"}, True, True),
    "all": (dict.fromkeys(NETWORK, "x"), True, True),
    "a certificate": ({"NODE_EXTRA_CA_CERTS": "/etc/ssl/my certs/ca+1.pem"}, True, True),
    # Of a hosted launch a password is left to the host's flag; of others, cc hands it over.
    "a password": ({"https_proxy": "http://u:p@h:1", "HTTP_PROXY": "http://h"}, True, False),
    "a quote": ({"ALL_PROXY": 'http://h/"'}, False, False),
    "a backslash": ({"ALL_PROXY": "http://h/\\n"}, False, False),
    "another line": ({"NO_PROXY": "a\nb"}, False, False),
    "another language": ({"NODE_EXTRA_CA_CERTS": "/etc/schlüssel"}, False, False),
    "a command": ({"NO_PROXY": "$(touch pwned)`touch pwned`"}, False, False),
}


@pytest.mark.parametrize("sealed", [HOSTED, SEALED], ids=["hosted", "sealed"])
@pytest.mark.parametrize("name", ENVIRONMENTS)
@pytest.mark.parametrize("shell", SHELLS)
def test_it_pins_what_cc_run_pins_or_leaves_it_to_cc(tmp_path: Path, shell: str, name: str, sealed: bool) -> None:  # noqa: FBT001
    scene = WrapperScene(tmp_path)
    secret = scene.sandbox.secret_file(b"sk-key\n")
    profile = scene.sandbox.profile("mine", f'extends = "zai"\nsecret = "file:{secret}"\n')
    os.utime(profile, (1, 1))
    more, *by_script = ENVIRONMENTS[name]
    scene.install(Wrapper("claude-mine", "mine", sealed=sealed))
    environment = scene.sandbox.environment(**more)
    block = {os.fsencode(key): os.fsencode(value) for key, value in environment.items()}

    child, handed_over = scene.run(shell, [b"-p", b"hi"], block)

    assert (child is not None) is by_script[sealed]
    assert not (scene.sandbox.work / "pwned").exists()
    if child is None:
        assert handed_over is not None
        return
    words = [*(["--sealed"] if sealed else []), "mine", "-p", "hi"]
    expected = scene.cc_run(words, environment)
    assert child.arguments == expected.arguments
    pinned = json.loads(child.arguments[child.arguments.index(b"--settings") + 1])["env"]
    assert {key: pinned.get(key) for key in NETWORK} == {
        key: None if "@" in more.get(key, "") else more.get(key, "") for key in NETWORK
    }


ATTRIBUTES: dict[str, tuple[str | None, str, bool]] = {
    "none": (None, "cc.profile=mine", True),
    "empty": ("", "cc.profile=mine", True),
    "two": ("team=core,a b=%20", "team=core,a b=%20,cc.profile=mine", True),
    "a quote": ('team="core"', 'team="core",cc.profile=mine', False),
    "a command": ("a=$(touch pwned)`touch pwned`", "a=$(touch pwned)`touch pwned`,cc.profile=mine", False),
}


@pytest.mark.parametrize("name", ATTRIBUTES)
@pytest.mark.parametrize("shell", SHELLS)
def test_the_attributes_of_telemetry_are_joined_as_cc_run_joins_them(tmp_path: Path, shell: str, name: str) -> None:
    scene = WrapperScene(tmp_path)
    secret = scene.sandbox.secret_file(b"sk-key\n")
    table = '[telemetry]\notlp = "http://127.0.0.1:4318"\n'
    profile = scene.sandbox.profile("mine", f'extends = "zai"\nsecret = "file:{secret}"\n{table}')
    os.utime(profile, (1, 1))
    given, wanted, by_script = ATTRIBUTES[name]
    scene.install(Wrapper("claude-mine", "mine"))
    environment = scene.sandbox.environment(**({} if given is None else {RESOURCE_ATTRIBUTES: given}))
    block = {os.fsencode(key): os.fsencode(value) for key, value in environment.items()}

    child, _ = scene.run(shell, [b"-p", b"hi"], block)

    assert (child is not None) is by_script
    assert not (scene.sandbox.work / "pwned").exists()
    expected = scene.cc_run(["mine", "-p", "hi"], environment)
    pinned = json.loads(expected.arguments[expected.arguments.index(b"--settings") + 1])["env"]
    assert pinned[RESOURCE_ATTRIBUTES] == wanted
    assert child is None or child.arguments == expected.arguments
