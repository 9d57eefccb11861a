"""What was used last is what reached the client: no dry run, no launch without its secret, no plan that failed."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

import pytest

from cc_launcher.files import records
from tests.unit.cli.scene import OK, REFUSED, CommandScene
from tests.unit.conftest import last_worked


@pytest.fixture
def used(scene: CommandScene, monkeypatch: pytest.MonkeyPatch) -> CommandScene:
    """Two profiles; what this process looks at is the sandbox's."""
    home = scene.sandbox.home
    for variable, place in (("CONFIG", ".config"), ("CACHE", ".cache"), ("DATA", ".local/share")):
        monkeypatch.setenv(f"CC_{variable}_DIR", str(home / place / "cc-launcher"))
    scene.profile(name="one")
    scene.profile(name="two")
    scene.keep(scene.key)
    return scene


def launch(scene: CommandScene, *args: str, code: int = OK) -> None:
    assert scene.run("run", *args).code == code
    assert scene.sandbox.fake.started is (code == OK)
    if scene.sandbox.fake.started:
        scene.sandbox.fake.take()


def age(scene: CommandScene) -> None:
    """Make all launches so far older than any that follows, whatever the clock of the file system can tell apart."""
    for plan in scene.sandbox.plans:
        os.utime(plan, (plan.stat().st_mtime - 9, plan.stat().st_mtime - 9))
    file = scene.sandbox.home / ".local/share/cc-launcher/records.json"
    whole = json.loads(file.read_text())
    for one in whole["launched"].values():
        one["when"] -= 9
    file.write_text(json.dumps(whole))


def test_what_reached_the_client_was_used_last_whether_its_plan_was_cached_or_not(used: CommandScene) -> None:
    launch(used, "one", "-p", "x")
    assert last_worked() == "one"
    age(used)
    launch(used, "two", "glm-5.3", "-p", "x")
    assert last_worked() == "two glm-5.3"
    age(used)
    assert used.sandbox.run("run", "one", "-p", "x", cached=True).code == OK
    assert last_worked() == "one"


@pytest.mark.parametrize("cached", [True, False], ids=["cached", "not cached"])
def test_a_dry_run_and_a_launch_that_fails_were_not(used: CommandScene, cached: bool) -> None:  # noqa: FBT001
    if cached:
        launch(used, "two", "-p", "x")
        age(used)
    launch(used, "one", "-p", "x")
    age(used)
    assert used.run("run", "--dry-run", "two").code == OK
    assert used.run("show", "two").code == OK
    assert last_worked() == "one"
    used.file.unlink()
    launch(used, "two", "-p", "x", code=REFUSED)
    assert last_worked() == "one"
    used.keep(used.key)
    assert used.run("run", "two", "no-such-model").code != OK
    assert last_worked() == "one"


def test_the_secrets_that_a_launch_read_were_there(used: CommandScene) -> None:
    used.install_pass()
    used.profile(name="passed", secret="pass:entry")
    (used.store / "entry").write_text(f"{used.key}\n")
    launch(used, "passed", "-p", "x")
    known: Any = records.read()
    assert known.secrets["pass:entry"].there
    assert time.time() - known.secrets["pass:entry"].when < 3600
    assert used.key.encode() not in (used.sandbox.home / ".local/share/cc-launcher/records.json").read_bytes()


def test_set_and_remove_are_remembered(used: CommandScene) -> None:
    used.install_pass()
    used.profile(name="passed", secret="pass:entry")
    assert used.run("secret", "set", "passed", "--stdin", stdin=used.key.encode()).code == OK
    assert records.read().secrets["pass:entry"].there
    assert used.run("secret", "remove", "passed", "--yes").code == OK
    assert not records.read().secrets["pass:entry"].there


def test_with_a_profile_what_is_remembered_of_it_goes(used: CommandScene) -> None:
    launch(used, "one", "-p", "x")
    assert used.run("remove", "one", "--yes").code == OK
    assert records.read().launched == {}
    assert not Path(used.profiles / "one.toml").exists()
