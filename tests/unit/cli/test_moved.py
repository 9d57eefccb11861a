"""A secret that was kept for one host is not handed to another until somebody says so."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support import not_here
from tests.unit.cli.scene import OK, REFUSED, CommandScene

ONE, TWO = 'base_url = "https://one.example/api"\n', 'base_url = "https://two.example/api"\n'
WHAT = "cc: mine: its secret was kept for one.example, and base_url now names two.example"
HINT = "hint: if that is right: cc edit mine --confirm-host, or cc secret set mine\n"


@pytest.fixture
def moved(scene: CommandScene) -> CommandScene:
    """A profile that was launched once, and whose host somebody has changed since, by hand."""
    launched(scene)
    scene.profile(TWO)
    return scene


def launched(scene: CommandScene, text: str = ONE, secret: str | None = None) -> None:
    """A profile, with its secret, after its first launch."""
    scene.keep(scene.key)
    scene.profile(text, secret=secret)
    assert goes_on(scene)


def goes_on(scene: CommandScene) -> bool:
    """Whether a launch gets the secret."""
    result = scene.run("run", "mine")
    if result.code == OK:
        return scene.launched_with() == scene.key
    assert result.code == REFUSED, result
    assert not scene.sandbox.fake.started
    return False


@pytest.mark.parametrize("cached", [False, True])
@pytest.mark.parametrize(
    "command", ["run mine", "run --sealed mine", "env mine", "env --reveal mine", "secret get mine"]
)
def test_nothing_hands_it_out_and_the_client_is_not_started(scene: CommandScene, command: str, *, cached: bool) -> None:
    scene.keep(scene.key)
    scene.profile(ONE)
    for _ in range(2 if cached else 1):
        assert goes_on(scene)
    scene.profile(TWO)
    for _ in ("at once", "the next time"):
        said = scene.told(REFUSED, *command.split())
        assert said == f"{WHAT} (~/.config/cc-launcher/profiles/mine.toml:3)\n{HINT}"
    assert not scene.sandbox.fake.started


def test_an_edit_says_at_once_what_comes_of_it(scene: CommandScene) -> None:
    launched(scene)
    said = scene.told(OK, "edit", "mine", "base_url=https://two.example/api")
    assert WHAT in said
    assert HINT in said
    assert not goes_on(scene)


def test_a_dry_run_says_it_and_shows_the_plan(moved: CommandScene) -> None:
    result = moved.run("run", "--dry-run", "mine")
    assert result.code == OK
    assert b"was kept for one.example" in result.out + result.err
    assert moved.key.encode() not in result.out + result.err


@pytest.mark.parametrize(
    "said",
    [
        ["edit", "mine", "--confirm-host"],
        ["edit", "mine", "label=x", "--confirm-host"],
        ["secret", "set", "mine", "--stdin"],
    ],
)
def test_it_goes_on_when_somebody_says_so(moved: CommandScene, said: list[str]) -> None:
    assert not goes_on(moved)
    moved.told(OK, *said, stdin=moved.key.encode())
    assert goes_on(moved)
    assert moved.shown("secret", "get", "mine") == f"{moved.key}\n"
    moved.profile(ONE)  # and now the old host is the other one
    assert not goes_on(moved)


def test_an_edit_can_move_and_confirm_in_one_go(scene: CommandScene) -> None:
    launched(scene)
    said = scene.told(OK, "edit", "mine", "base_url=https://two.example", "--confirm-host")
    assert "cc: mine: its secret goes to two.example\n" in said
    assert goes_on(scene)


@pytest.mark.parametrize("change", [[], ["label=x"]])
def test_a_confirmation_as_a_dry_run_confirms_nothing(moved: CommandScene, change: list[str]) -> None:
    assert moved.run("edit", "mine", *change, "--confirm-host", "--dry-run").code == OK
    assert not goes_on(moved)


def test_back_where_it_was_it_needs_nothing(moved: CommandScene) -> None:
    assert not goes_on(moved)
    moved.profile(ONE)
    assert goes_on(moved)


@pytest.mark.parametrize(
    "url",
    ["https://one.example/other", "https://one.example:8443/api", "https://one.example", "https://ONE.example/api/v1"],
)
def test_another_path_or_port_of_the_same_host_needs_nothing(scene: CommandScene, url: str) -> None:
    launched(scene)
    scene.profile(f'base_url = "{url}"\n')
    assert goes_on(scene)


def test_a_variable_is_there_for_this_shell_alone_and_bound_to_no_host(scene: CommandScene) -> None:
    scene.more["MY_KEY"] = scene.key
    launched(scene, secret="env:MY_KEY")
    scene.profile(TWO, secret="env:MY_KEY")
    assert goes_on(scene)
    assert not scene.hosts.exists()


@pytest.mark.parametrize("store", ["file", "pass", "cmd"])
def test_every_store_that_lasts_is_bound(scene: CommandScene, store: str) -> None:
    scene.install_pass()
    (scene.store / "entry").write_text(scene.key)
    reference = f"cmd:cat {scene.file}" if store == "cmd" else scene.stores[store][0]
    launched(scene, secret=reference)
    scene.profile(TWO, secret=reference)
    assert not goes_on(scene)


def test_keeping_a_secret_binds_it_before_any_launch(scene: CommandScene) -> None:
    scene.profile(ONE)
    scene.told(OK, "secret", "set", "mine", "--stdin", stdin=scene.key.encode())
    scene.profile(TWO)
    assert not goes_on(scene)


def test_adding_a_profile_with_its_secret_binds_it(scene: CommandScene) -> None:
    options = ["--provider", "zai", "--secret", f"file:{scene.file}", "--stdin"]
    scene.told(OK, "add", "mine", *options, stdin=scene.key.encode())
    scene.profile(TWO)
    assert not goes_on(scene)


def test_the_host_may_move_in_the_profile_that_this_one_extends(scene: CommandScene) -> None:
    scene.profile(ONE, name="base")
    scene.keep(scene.key)
    scene.sandbox.profile("mine", 'extends = "base"\n')
    assert goes_on(scene)
    scene.profile(TWO, name="base")
    said = scene.told(REFUSED, "run", "mine")
    assert f"{WHAT} (~/.config/cc-launcher/profiles/base.toml:3)\n" in said


def test_the_secret_of_a_header_is_bound_too(scene: CommandScene) -> None:
    scene.keep(scene.key)
    for url, code in ((ONE, OK), (TWO, REFUSED)):
        text = f'extends = "ollama"\n{url}[secret_headers]\nX-Key = "file:{scene.file}"\n'
        scene.sandbox.profile("mine", text)
        assert scene.run("run", "mine").code == code
    scene.told(OK, "edit", "mine", "--confirm-host")
    assert scene.run("run", "mine").code == OK


def test_a_provider_of_the_catalog_as_it_is_can_be_confirmed(scene: CommandScene) -> None:
    said = scene.told(OK, "edit", "zai", "--confirm-host")
    assert said == "cc: zai: its secret goes to api.z.ai\n"


@pytest.mark.parametrize("way", ["isolated first", "a directory of the user's own", "umask"])
def test_it_is_bound_whoever_may_look_into_the_directory(scene: CommandScene, way: str) -> None:
    """Only what others can write is not to be trusted: a directory that was made before may be open to be read."""
    text = ONE
    if way == "isolated first":
        text += "isolated = true\n"
    elif way == "a directory of the user's own":
        scene.hosts.parent.mkdir(parents=True, mode=0o755)
    before = os.umask(0o002 if way == "umask" else 0o022)
    try:
        launched(scene, text)
        scene.profile(text.replace("one", "two"))
        assert not goes_on(scene)
    finally:
        os.umask(before)


def _garbage(path: Path) -> None:
    path.write_bytes(os.urandom(500))


def _cut_off(path: Path) -> None:
    path.write_text(path.read_text()[:-5])


def _list(path: Path) -> None:
    path.write_text("[1, 2]")


def _odd_values(path: Path) -> None:
    path.write_text(json.dumps({"mine x": None, "other": [1], "": {}}))


def _nested(path: Path) -> None:
    path.write_text("[" * 100_000)


def _directory(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _fifo(path: Path) -> None:
    path.unlink()
    os.mkfifo(path, 0o600)


def _dangling(path: Path) -> None:
    path.unlink()
    path.symlink_to("nothing")


def _link(path: Path) -> None:
    path.rename(path.with_name("elsewhere"))
    path.symlink_to("elsewhere")


def _writable_by_others(path: Path) -> None:
    path.chmod(0o666)


def _of_somebody_else(path: Path) -> None:
    if os.geteuid() != 0:
        not_here("only root gives files away")
    os.chown(path, 12345, -1)


SPOILT: list[Callable[[Path], None]] = [
    _garbage,
    _cut_off,
    _list,
    _odd_values,
    _nested,
    _directory,
    _fifo,
    _dangling,
    _link,
    _writable_by_others,
    _of_somebody_else,
]


@pytest.mark.parametrize("spoil", SPOILT)
def test_what_cannot_be_trusted_is_no_crash_and_the_next_launch_begins_anew(
    scene: CommandScene, spoil: Callable[[Path], None]
) -> None:
    launched(scene)
    spoil(scene.hosts)
    scene.profile(ONE + 'label = "x"\n')  # or else the cached plan would serve
    assert goes_on(scene)
    scene.told(OK, "edit", "mine", "label=y")
    assert scene.shown("secret", "get", "mine") == f"{scene.key}\n"
    scene.told(OK, "secret", "set", "mine", "--stdin", stdin=scene.key.encode())
    if spoil is not _directory:  # which nothing can be written over
        scene.profile(TWO)
        assert not goes_on(scene)
    scene.told(OK, "remove", "mine", "--yes")


@pytest.mark.parametrize("place", ["/dev/null", "/proc/nowhere"])
def test_where_nothing_can_be_remembered_a_launch_goes_on(scene: CommandScene, place: str) -> None:
    scene.more["CC_DATA_DIR"] = place
    launched(scene)
    scene.profile(TWO)
    assert goes_on(scene)
    scene.told(OK, "remove", "mine", "--yes")


def test_a_profile_that_is_removed_and_made_again_starts_anew(scene: CommandScene) -> None:
    launched(scene)
    scene.told(OK, "remove", "mine", "--yes")
    assert json.loads(scene.hosts.read_text()) == {}
    scene.keep(scene.key)
    scene.profile(TWO)
    assert goes_on(scene)
