"""`cc remove`: it says what goes, asks, and takes nothing that somebody else still needs."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.cli.scene import CTRL_C, ENTER, INTERRUPTED, NO_SUCH, OK, REFUSED, USAGE, CommandScene

STAYS = "its secret   stays"


@pytest.fixture
def kept(scene: CommandScene) -> Path:
    """A profile whose secret is in the FAKE pass, for it alone; the place of the secret."""
    scene.install_pass()
    scene.profile(secret="pass:entry")
    place = scene.store / "entry"
    place.write_text(f"{scene.key}\n")
    return place


def profile_is_there(scene: CommandScene, name: str = "mine") -> bool:
    return (scene.profiles / f"{name}.toml").is_symlink() or (scene.profiles / f"{name}.toml").exists()


def test_the_profile_its_secret_and_its_plans_go(scene: CommandScene, kept: Path) -> None:
    scene.profile(name="other", secret=f"file:{scene.file}")
    scene.keep(scene.key)
    for name in ("mine", "other"):
        for model in ("glm-5.3", "glm-5.3-flash"):
            assert scene.run("run", name, model).code == OK
            scene.sandbox.fake.take()
    assert len(scene.sandbox.plans) == 4
    said = scene.told(OK, "remove", "mine", "--yes")
    assert said == (
        "cc: the profile  ~/.config/cc-launcher/profiles/mine.toml\n"
        "cc: its secret   pass:entry, in pass\n"
        "cc: its plans    2 cached\n"
        "cc: mine: removed\n"
    )
    assert not profile_is_there(scene)
    assert not kept.exists()
    assert len(scene.sandbox.plans) == 2
    assert "mine" not in scene.hosts.read_text()
    assert scene.run("run", "mine").code == NO_SUCH
    assert scene.run("run", "other").code == OK


def test_a_dry_run_says_the_same_and_takes_nothing(scene: CommandScene, kept: Path) -> None:
    said = scene.told(OK, "remove", "mine", "--dry-run")
    assert "its secret   pass:entry, in pass\n" in said
    assert "removed" not in said
    assert profile_is_there(scene)
    assert kept.exists()


@pytest.mark.parametrize(
    ("keys", "code"),
    [(["y", ENTER], OK), (["n", ENTER], USAGE), ([ENTER], USAGE), ([CTRL_C], INTERRUPTED)],
    ids=["yes", "no", "Enter", "Ctrl-C"],
)
def test_it_says_what_goes_and_asks(scene: CommandScene, kept: Path, keys: list[str], code: int) -> None:
    with scene.on_a_terminal("remove", "mine") as session:
        session.answer("Remove mine? [y/N]", *keys)
        assert session.ends() == code
    assert session.text.index("its secret   pass:entry, in pass") < session.text.index("Remove mine?")
    assert profile_is_there(scene) == (code != OK)
    assert kept.exists() == (code != OK)


def test_without_a_terminal_it_wants_to_be_told_yes(scene: CommandScene, kept: Path) -> None:
    said = scene.told(USAGE, "remove", "mine", stdin=b"y\n")
    assert said.endswith("cc: Remove mine? There is no terminal to ask on\nhint: add --yes\n")
    assert profile_is_there(scene)
    assert kept.exists()


def test_the_secret_can_be_kept(scene: CommandScene, kept: Path) -> None:
    said = scene.told(OK, "remove", "mine", "--yes", "--keep-secret")
    assert "secret" not in said
    assert not profile_is_there(scene)
    assert kept.read_text() == f"{scene.key}\n"


@pytest.mark.parametrize("other", ["", '[secret_headers]\nX-Key = "pass:entry"\n'])
def test_a_secret_that_another_profile_has_too_stays(scene: CommandScene, kept: Path, other: str) -> None:
    scene.profile(other, name="other", secret="env:X" if other else "pass:entry")
    assert STAYS in scene.told(OK, "remove", "mine", "--yes")
    assert not profile_is_there(scene)
    assert kept.exists()


def test_the_secret_of_a_provider_of_the_catalog_stays(scene: CommandScene) -> None:
    """`keyring:zai` is where `cc run zai` looks, whoever else names it."""
    scene.profile(secret="keyring:zai")
    assert STAYS in scene.told(OK, "remove", "mine", "--yes")


@pytest.mark.parametrize("reference", ["file:{file}", "env:MY_KEY", "op://vault/item/key", "cmd:cat {file}"])
def test_a_secret_that_cc_does_not_keep_stays(scene: CommandScene, reference: str) -> None:
    scene.keep(scene.key)
    scene.profile(secret=reference.format(file=scene.file))
    assert STAYS in scene.told(OK, "remove", "mine", "--yes", MY_KEY="x")
    assert not profile_is_there(scene)
    assert scene.file.exists()


def test_a_profile_that_another_one_extends_stays(scene: CommandScene, kept: Path) -> None:
    scene.sandbox.profile("child", 'extends = "mine"\nsecret = "env:X"\n')
    for options in (["--yes"], ["--dry-run"], []):
        said = scene.told(USAGE, "remove", "mine", *options)
        assert said == "cc: mine: child extends it\nhint: cc edit child extends=…, or remove that first\n"
    assert profile_is_there(scene)
    assert kept.exists()
    scene.told(OK, "remove", "child", "--yes")
    scene.told(OK, "remove", "mine", "--yes")


def test_a_profile_that_only_a_grandchild_extends_stays(scene: CommandScene, kept: Path) -> None:
    scene.sandbox.profile("child", 'extends = "mine"\nsecret = "env:X"\n')
    scene.sandbox.profile("grandchild", 'extends = "child"\n')
    assert "child, grandchild" in scene.told(USAGE, "remove", "mine", "--yes")
    assert kept.exists()


def _not_toml(path: Path) -> None:
    path.write_text("extends = ")


def _invalid(path: Path) -> None:
    path.write_text('extends = "zai"\nlabel = 3\n')


def _without_its_base(path: Path) -> None:
    path.write_text('extends = "gone"\n')


def _not_utf8(path: Path) -> None:
    path.write_bytes(b"\xff\xfe")


def _too_large(path: Path) -> None:
    path.write_text("#" * 40_000)


def _writable_by_others(path: Path) -> None:
    path.chmod(0o666)


def _link_to_nothing(path: Path) -> None:
    path.unlink()
    path.symlink_to("nothing")


@pytest.mark.parametrize(
    "spoil", [_not_toml, _invalid, _without_its_base, _not_utf8, _too_large, _writable_by_others, _link_to_nothing]
)
def test_a_profile_that_is_invalid_can_be_removed_and_its_secret_stays(
    scene: CommandScene, kept: Path, spoil: object
) -> None:
    assert callable(spoil)
    spoil(scene.profiles / "mine.toml")
    scene.told(OK, "remove", "mine", "--yes")
    assert not profile_is_there(scene)
    assert kept.exists()


def test_of_a_link_the_link_goes_and_what_it_leads_to_stays(scene: CommandScene) -> None:
    target = scene.sandbox.home / "of-mine.toml"
    scene.profile(secret="env:X").rename(target)
    (scene.profiles / "mine.toml").symlink_to(target)
    scene.told(OK, "remove", "mine", "--yes")
    assert not profile_is_there(scene)
    assert target.exists()


def test_where_the_store_does_not_let_go_nothing_is_removed(scene: CommandScene, kept: Path) -> None:
    (scene.store / ".fails").touch()
    said = scene.told(REFUSED, "remove", "mine", "--yes")
    assert "; nothing was removed\n" in said
    assert "hint: --keep-secret removes the rest\n" in said
    assert profile_is_there(scene)
    assert kept.exists()
    scene.told(OK, "remove", "mine", "--yes", "--keep-secret")
    assert not profile_is_there(scene)


@pytest.mark.parametrize("name", ["zai", "anthropic"])
def test_a_provider_of_the_catalog_cannot_be_removed(scene: CommandScene, name: str) -> None:
    assert "is a provider of the catalog and cannot be changed" in scene.told(USAGE, "remove", name, "--yes")


@pytest.mark.parametrize(("name", "near"), [("min", True), ("../mine", False), ("qqqq", False)])
def test_what_is_not_there_is_told_with_what_is_near(scene: CommandScene, kept: Path, name: str, *, near: bool) -> None:
    said = scene.told(NO_SUCH, "remove", name, "--yes")
    assert f"no profile of yours is named {name}" in said
    assert ("did you mean mine?" in said) == near
    assert kept.exists()


def test_a_users_profile_with_the_name_of_a_provider_gives_way_to_the_provider_again(scene: CommandScene) -> None:
    scene.profile(name="claude", secret="env:X")
    scene.told(OK, "remove", "claude", "--yes")
    assert scene.run("run", "claude").code == OK  # without any key


def test_the_configuration_of_an_isolated_profile_is_not_touched(scene: CommandScene) -> None:
    """It holds sessions, which are the user's."""
    scene.profile("isolated = true\n")
    scene.keep(scene.key)
    assert scene.run("run", "mine").code == OK
    own = scene.hosts.parent / "isolated" / "mine"
    (own / "session").write_text("of the user")
    scene.told(OK, "remove", "mine", "--yes")
    assert (own / "session").exists()
