"""`cc list-profiles`: what the newest probe of a profile's main model found stands beside it."""

from __future__ import annotations

import json
import sys
import time
from typing import Any

import pytest

from cc_launcher.core.probe import kept
from cc_launcher.files import kept_probes, places
from tests.report import sample
from tests.support import run
from tests.unit.cli.scene import OK, CommandScene

DAY = 86_400


@pytest.fixture
def probed(scene: CommandScene, monkeypatch: pytest.MonkeyPatch) -> CommandScene:
    """The sandbox, whose data directory is the one that this process writes to, too."""
    monkeypatch.setenv("CC_DATA_DIR", str(scene.sandbox.home / ".local" / "share" / "cc-launcher"))
    scene.profile()
    scene.keep(scene.key)
    return scene


def keep(days: float = 3.5, **changed: Any) -> None:
    """Keep a probe that was made so many days ago."""
    about = {"profile": "mine", "host": "api.z.ai:443", "began": time.time() - days * DAY}
    kept_probes.keep(sample.run(**about | changed))


def data(scene: CommandScene, name: str = "mine") -> Any:
    return next(row for row in json.loads(scene.shown("ls", "--json"))["data"] if row["name"] == name)["probe"]


def cells(scene: CommandScene, name: str = "mine") -> list[str]:
    return next(line for line in scene.shown("ls").splitlines() if line.startswith(f"{name}\t")).split("\t")


def test_without_a_probe_nothing_is_said_of_one(probed: CommandScene) -> None:
    assert len(cells(probed)) == 4
    assert data(probed) is None


def test_a_kept_probe_is_a_short_column(probed: CommandScene) -> None:
    keep()
    assert cells(probed)[3:] == ["ready", "failed probe · 3 d"]
    keep(fit=True, verdict="works, without thinking", days=0.1)
    assert cells(probed)[3:] == ["ready", "works with limits · today"]
    assert cells(probed, "zai")[4] == ""


def test_for_programs_it_is_an_object(probed: CommandScene) -> None:
    keep(began=sample.BEGAN)
    assert data(probed) == {
        "model": "glm-5.3",
        "date": "2026-11-14T13:26:00Z",
        "fit": False,
        "verdict": "do not use for editing; no thinking",
    }


@pytest.mark.parametrize(
    "changed",
    [{"model": "glm-5.3-flash"}, {"host": "elsewhere.example.com:443"}, {"whole": False, "outcomes": ()}],
    ids=["of another model", "of another endpoint", "stopped at once"],
)
def test_a_probe_of_something_else_is_left_out(probed: CommandScene, changed: dict[str, Any]) -> None:
    keep(**changed)
    assert data(probed) is None


def test_a_provider_of_the_catalog_has_its_own(probed: CommandScene) -> None:
    keep(profile="zai")
    assert data(probed) is None
    assert data(probed, "zai")["fit"] is False


def test_what_stands_in_a_damaged_file_is_no_error_and_harmless(probed: CommandScene) -> None:
    keep(fit=True, verdict=sample.HOSTILE)
    assert "\x1b" not in probed.shown("ls")
    path = probed.sandbox.home / ".local/share/cc-launcher/probes/mine"
    path.write_bytes(b"\xff" * 99)
    assert data(probed) is None


def test_with_the_profile_its_probes_go(probed: CommandScene) -> None:
    keep()
    probed.keep(probed.key)
    assert probed.run("remove", "mine", "--yes").code == OK
    assert places.probed() == set()


def test_where_nothing_is_kept_nothing_is_imported_for_it(probed: CommandScene) -> None:
    probed.shown("ls")  # so that all profiles are remembered
    listed = "import sys; from cc_launcher.actions import states; states.rows(); print(*sys.modules)"
    environment = probed.environment(CC_DATA_DIR=str(places.probe_directory().parent))
    before = run([sys.executable, "-c", listed], environment, probed.sandbox.work)
    assert b"cc_launcher.actions.states" in before.out
    assert b"cc_launcher.core.probe" not in before.out
    assert b"pydantic" not in before.out  # nor what reads profiles: 120 ms, a third of such a list
    keep()
    assert b"cc_launcher.core.probe" in run([sys.executable, "-c", listed], environment, probed.sandbox.work).out


def test_where_the_client_chooses_the_model_the_probe_is_of_that_one(probed: CommandScene) -> None:
    keep(profile="anthropic", host="api.anthropic.com", model=kept.CLIENTS_DEFAULT)
    assert data(probed, "anthropic")["model"] == kept.CLIENTS_DEFAULT
