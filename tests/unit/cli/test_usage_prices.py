"""`cc usage --prices`: each price, its source and its day; and what --refresh asks for."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.transcripts import answer, marked, write
from tests.unit.cli.scene import OK, USAGE, CommandScene

PROFILE = """\
extends = "novita"
[models."glm-5.3"]
prices = { input = 1, output = 5, above = { 32000 = { input = 2, output = 9, cache_read = 0.5 } }, currency = "CNY" }
"""
OFFLINE: dict[str, Any] = {"CC_OFFLINE": "1"}


@pytest.fixture
def client(tmp_path: Path) -> Path:
    """A session on the profile `mine`, and one on `zai`, with glm-5.3 each."""
    for number, profile in enumerate(("mine", "zai")):
        session = f"aaaaaaaa-1111-4111-8111-11111111111{number}"
        lines = [marked(0, profile, session=session), answer(number + 1, (10 + number, 10, 0, 0), session=session)]
        write(tmp_path, lines, session)
    return tmp_path


def prices(scene: CommandScene, client: Path, **env: Any) -> dict[str, Any]:
    result = scene.run("usage", "--prices", "--json", "--dir", str(client), **env)
    assert result.code == OK
    return {row["profile"]: row for row in json.loads(result.out)["data"]["prices"]}


def test_a_price_for_programs(scene: CommandScene, client: Path) -> None:
    scene.sandbox.profile("mine", PROFILE)
    told = prices(scene, client)
    mine = told["mine"]
    assert (mine["input"], mine["output"], mine["cache_read"], mine["currency"]) == (1, 5, None, "CNY")
    assert mine["above"]["32000"]["cache_read"] == 0.5
    assert (mine["day"], mine["since"], mine["before"], mine["derived"]) == (None, None, [], [])
    assert re.search(r"mine\.toml:3$", mine["source"])
    zai = told["zai"]
    assert (zai["cache_read"], zai["cache_write_5m"], zai["derived"]) == (
        0.26,
        1.4,
        ["cache_write_5m", "cache_write_1h"],
    )
    assert (zai["day"], zai["since"]) == ("2026-10-01", "2026-10-01")
    assert "genai-prices" in zai["source"]


def test_a_price_for_people_and_which_of_them_is_derived(scene: CommandScene, client: Path) -> None:
    scene.sandbox.profile("mine", PROFILE)
    result = scene.run("usage", "--prices", "--dir", str(client))
    rows = [line.split("\t") for line in result.out.decode().splitlines()]
    assert rows[0][:8] == ["mine", "glm-5.3", "1", "5", "?", "?", "?", "CNY"]
    assert rows[1][:8] == ["mine", "glm-5.3 above 32000", "2", "9", "0.5", "?", "?", "CNY"]
    assert rows[2][:8] == ["zai", "glm-5.3", "1.4", "4.4", "0.26", "1.4*", "1.4*", "USD"]
    assert rows[2][8].endswith(", 2026-10-01")
    assert "* not in a price list" in result.err.decode()


def test_without_a_session_it_says_so(scene: CommandScene, tmp_path: Path) -> None:
    result = scene.run("usage", "--prices", "--dir", str(tmp_path))
    assert (result.code, result.out) == (OK, b"")
    assert "no session ran on a profile yet" in result.err.decode()


def test_a_price_that_is_changed_leaves_the_one_before(scene: CommandScene, client: Path) -> None:
    scene.sandbox.profile("mine", PROFILE)
    assert prices(scene, client)["mine"]["input"] == 1
    scene.sandbox.profile("mine", PROFILE.replace("input = 1,", "input = 7, day = 2026-11-28,"))
    mine = prices(scene, client)["mine"]
    assert (mine["input"], mine["since"], [one["input"] for one in mine["before"]]) == (7, "2026-11-28", [1])


def test_what_is_refreshed_serves_where_nobody_else_has_a_price(scene: CommandScene, client: Path) -> None:
    scene.sandbox.profile("mine", 'extends = "novita"\nbase_url = "https://api.z.ai/api/anthropic"\n')
    assert prices(scene, client)["mine"]["input"] is None
    result = scene.run("usage", "--prices", "--refresh", "--json", "--dir", str(client), **OFFLINE)
    said = result.err.decode()
    assert re.search(r"genai-prices: \d+ models of \d+ providers, by the prices that came with it \(0\.", said)
    told = {row["profile"]: row for row in json.loads(result.out)["data"]["prices"]}
    assert (told["mine"]["input"], told["mine"]["cache_read"]) == (1.4, 0.26)
    assert re.fullmatch(r"genai-prices [\d.]+", told["mine"]["source"])  # zai's rule of caching is not novita's
    assert re.fullmatch(r"20\d\d-\d\d-\d\d", told["mine"]["day"])
    assert told["zai"]["source"].startswith("catalog zai.toml:")  # the catalog comes first
    assert prices(scene, client)["mine"]["input"] == 1.4  # and it is kept


def test_refresh_goes_with_prices(scene: CommandScene, client: Path) -> None:
    assert "--refresh goes with --prices" in scene.told(USAGE, "usage", "--refresh", "--dir", str(client))


def test_the_library_is_imported_when_prices_are_refreshed_and_at_no_other_time(
    scene: CommandScene, client: Path
) -> None:
    scene.sandbox.profile("mine", PROFILE)
    loud: dict[str, Any] = {"PYTHONPROFILEIMPORTTIME": "1", **OFFLINE}
    for words in (("usage",), ("usage", "--prices"), ("usage", "--as", "all"), ("run", "--dry-run", "zai")):
        where = ("--dir", str(client)) if words[0] == "usage" else ()
        said = scene.run(*words, *where, **loud).err
        assert b"import time:" in said
        assert b"genai_prices" not in said, words
    assert b"genai_prices" in scene.run("usage", "--prices", "--refresh", "--dir", str(client), **loud).err


def test_without_the_library_it_says_what_to_do(scene: CommandScene, client: Path, tmp_path: Path) -> None:
    """As where somebody installed without dependencies."""
    (tmp_path / "away").mkdir()
    (tmp_path / "away" / "genai_prices.py").write_text("raise ImportError('no such module')\n")
    said = scene.run(
        "usage", "--prices", "--refresh", "--dir", str(client), PYTHONPATH=str(tmp_path / "away"), **OFFLINE
    )
    assert "genai-prices is not installed" in said.err.decode()
