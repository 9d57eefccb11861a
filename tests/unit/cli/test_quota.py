"""`cc quota`: a table of what providers say, and what is said of those that say nothing."""

import json
from collections.abc import Iterator

import pytest

from tests.fakes.fake_quota import FakeQuota, fake_quota
from tests.unit.cli.scene import NO_SUCH, OK, REFUSED, UNREACHABLE, CommandScene


@pytest.fixture
def fake() -> Iterator[FakeQuota]:
    with fake_quota("zai") as made:
        yield made


def ready(scene: CommandScene, fake: FakeQuota, name: str = "mine", more: str = "") -> None:
    scene.keep(scene.key)
    scene.profile(f'base_url = "{fake.url}"\nquota_url = "{fake.address}"\n{more}', name)


def test_what_is_left_is_shown_and_kept_for_the_status_line(scene: CommandScene, fake: FakeQuota) -> None:
    ready(scene, fake)
    with scene.watched():
        rows = [line.split("\t") for line in scene.shown("quota").splitlines()]
    assert [row[:2] for row in rows] == [["mine", "5h"], ["mine", "wk"]]
    assert rows[0][2].endswith(" 67%")
    assert rows[0][2].count("█") == 13
    kept = scene.sandbox.home / ".cache" / "cc-launcher" / "statusline" / "mine" / "quota"
    assert kept.stat().st_mode & 0o077 == 0
    assert scene.key.encode() not in kept.read_bytes()


def test_for_programs(scene: CommandScene, fake: FakeQuota) -> None:
    ready(scene, fake)
    whole = json.loads(scene.shown("quota", "mine", "ollama", "--json"))
    [told] = whole["data"]
    assert told["profile"] == "mine"
    assert told["figures"][0]["used_percent"] == 67
    assert whole["status"] == "partial"
    assert [(error["profile"], error["code"], error["exit"]) for error in whole["errors"]] == [
        ("ollama", "no-such", 66)
    ]
    alone = scene.run("quota", "ollama", "--json")
    whole = json.loads(alone.out)
    assert (alone.code, whole["status"], whole["data"]) == (NO_SUCH, "error", [])


def test_on_a_terminal_it_has_bars_and_titles(scene: CommandScene, fake: FakeQuota) -> None:
    ready(scene, fake)
    with scene.on_a_terminal("quota") as session:
        assert session.ends() == OK
        assert "resets" in session.screen()
        assert "█████████████░░░░░░░  67%" in session.screen()


@pytest.mark.parametrize(
    ("status", "raw", "code", "said"),
    [
        (401, None, REFUSED, "answers 401"),
        (429, None, UNREACHABLE, "answers 429"),
        (302, None, UNREACHABLE, "answers 302"),
        (200, b"{}", UNREACHABLE, "no figure is known"),
        (200, b"\x1b[2J", UNREACHABLE, "does not answer with JSON"),
    ],
)
def test_where_nobody_tells_anything_that_is_said(
    scene: CommandScene, fake: FakeQuota, status: int, raw: bytes | None, code: int, said: str
) -> None:
    ready(scene, fake)
    fake.status, fake.raw = status, raw
    told = scene.told(code, "quota", "mine")
    assert said in told
    assert scene.key not in told
    assert "Traceback" not in told


def test_one_that_tells_is_enough(scene: CommandScene, fake: FakeQuota) -> None:
    ready(scene, fake)
    ready(scene, fake, "poor", "secret_headers = {}\n")
    (scene.profiles / "poor.toml").write_text((scene.profiles / "poor.toml").read_text().replace("/kept", "/gone"))
    result = scene.run("quota", "mine", "poor", "nonsense", "claude", "vllm")
    assert result.code == OK
    assert result.out.startswith(b"mine\t5h")
    for said in (b"poor:", b"no profile named nonsense", b"only Claude Code is told", b"no limit to report"):
        assert said in result.err


def test_a_secret_that_was_kept_for_another_host_stays_here(scene: CommandScene, fake: FakeQuota) -> None:
    ready(scene, fake)
    scene.hosts.parent.mkdir(parents=True, mode=0o700, exist_ok=True)
    scene.hosts.write_text(json.dumps({f"mine file:{scene.file}": "api.z.ai"}))
    scene.hosts.chmod(0o600)
    assert "was kept for api.z.ai" in scene.told(REFUSED, "quota", "mine")
    assert fake.requests == []


def test_without_any_profile(scene: CommandScene) -> None:
    assert "name one" in scene.told(NO_SUCH, "quota")
