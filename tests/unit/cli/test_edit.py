"""`cc edit`: key by key or in an editor, and the old file stays until the new one is valid."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from tests.support import wait_until
from tests.unit.cli.scene import (
    CTRL_C,
    ENTER,
    IN_THE_WAY,
    INTERRUPTED,
    INVALID,
    NO_SUCH,
    NOT_FOUND,
    OK,
    USAGE,
    CommandScene,
    Session,
)

PROFILE = """\
# The profile of this test.
extends = "zai"
secret = "env:MY_KEY"   # where it is

[tiers] # all of them
main = "glm-5.3"
"""
AGAIN = "Edit it again? (n keeps the old file)"


@pytest.fixture
def mine(scene: CommandScene) -> Path:
    """A profile with comments."""
    return scene.sandbox.profile("mine", PROFILE)


def copy_of(scene: CommandScene, name: str = "mine") -> Path:
    """What the editor is given."""
    return scene.sandbox.home / ".cache" / "cc-launcher" / "edit" / f"{name}.toml"


def editor(scene: CommandScene, *steps: str) -> str:
    """A FAKE editor: each time it is called, it does the next step, lines of shell in which $2 is the file."""
    program = scene.sandbox.bin / "my editor"
    for number, step in enumerate(steps):
        (scene.sandbox.bin / f"step-{number}").write_text(step)
    program.write_text(
        "#!/bin/sh\n"
        f"cd '{scene.sandbox.bin}'\n"
        "[ -t 0 ] && [ -t 1 ] || exit 99\n"
        "for step in step-*; do\n"
        '    mv "$step" "done-$step"\n'
        '    . "./done-$step"\n'
        "    exit\n"
        "done\n"
        "exit 98\n"
    )
    program.chmod(0o755)
    return f"'{program}' --wait"


def append(line: str) -> str:
    return f"""printf '%s\\n' '{line}' >>"$2" """


VALID, WRONG = append('haiku = "glm-5.3-flash"'), append('haikou = "glm-5.3-flash"')
MEND = """sed -i 's/haikou/haiku/' "$2" """


# --- key by key ------------------------------------------------------------------------------------------------------


def test_one_key_is_changed_and_the_rest_is_as_it_was(scene: CommandScene, mine: Path) -> None:
    said = scene.told(OK, "edit", "mine", "tiers.main=glm-5.3-flash", "label=Mine")
    assert said == "cc: mine: changed (~/.config/cc-launcher/profiles/mine.toml)\n"
    assert mine.read_text() == PROFILE.replace('"glm-5.3"', '"glm-5.3-flash"').replace(
        "# where it is\n", '# where it is\nlabel = "Mine"\n'
    )


def test_several_keys_go_in_and_out_at_once(scene: CommandScene, mine: Path) -> None:
    scene.told(OK, "edit", "mine", "env.FOO=1", "--unset", "secret", "--unset", "tiers.main")
    text = mine.read_text()
    assert text.startswith('# The profile of this test.\nextends = "zai"\n')
    assert 'FOO = "1"' in text
    assert "MY_KEY" not in text


def test_a_dry_run_prints_the_changed_file_and_changes_nothing(scene: CommandScene, mine: Path) -> None:
    printed = scene.shown("edit", "mine", "label=Mine", "--dry-run")
    assert 'label = "Mine"' in printed
    assert mine.read_text() == PROFILE
    scene.told(OK, "edit", "mine", "label=Mine")
    assert mine.read_text() == printed


def test_the_next_launch_goes_by_the_changed_file(scene: CommandScene, mine: Path) -> None:
    scene.more["MY_KEY"] = scene.key
    for model in (b"glm-5.3", b"glm-5.3-flash"):
        scene.told(OK, "edit", "mine", f"tiers.main={model.decode()}")
        for _ in ("made", "cached"):
            assert scene.run("run", "mine").code == OK
            assert scene.sandbox.fake.take().environment[b"ANTHROPIC_MODEL"] == model
    assert mine.exists()


FAULTS: dict[str, tuple[list[str], int, str]] = {
    "a key that is none": (["lable=x"], INVALID, "did you mean label?"),
    "a value that is none": (["auth=magic"], INVALID, "auth must be one of"),
    "a number of the wrong kind": (["tiers.main=[1]"], INVALID, "tiers.main"),
    "a provider that is none": (["extends=zay"], INVALID, "extends zay, but there is no such profile"),
    "itself": (["extends=mine"], INVALID, "mine"),
    "no URL": (["base_url=example.com"], INVALID, "does not begin with https://"),
    "a reference that is none": (["secret=sk-canary-pasted"], INVALID, "does not say where the key is kept"),
    "nothing to extend": (["--unset", "extends"], INVALID, "no `auth` and nothing to extend"),
    "a key that is not there": (["--unset", "label"], USAGE, "label: not in the file"),
    "no value": (["label"], USAGE, "has no `=` in it"),
    "no key": (["=x"], USAGE, "has no `=` in it"),
    "a key with a blank": (["a b=c"], USAGE, "a b is not a key"),
    "a quote that is not closed": (['models."x.context=1'], USAGE, "is not a key"),
    "below a value": (["secret.x=1"], USAGE, "secret is a value in the file, not a table"),
    "a line break": (['title="a\\nb"'], INVALID, "title: holds control characters"),
}


@pytest.mark.parametrize("name", FAULTS)
@pytest.mark.parametrize("dry", [False, True])
def test_a_change_that_makes_it_invalid_leaves_the_old_file(
    scene: CommandScene, mine: Path, name: str, *, dry: bool
) -> None:
    before = mine.stat()
    args, code, what = FAULTS[name]
    said = scene.told(code, "edit", "mine", *args, *(["--dry-run"] if dry else []))
    assert what in said
    assert "sk-canary-pasted" not in said
    assert mine.read_text() == PROFILE
    assert (mine.stat().st_ino, mine.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_a_file_that_is_broken_can_be_mended_in_an_editor_but_not_key_by_key(scene: CommandScene) -> None:
    path = scene.sandbox.profile("mine", 'extends = "zai"\nlabel = \n')
    said = scene.told(INVALID, "edit", "mine", "label=x")
    assert said.startswith("cc: the file is not valid TOML")
    assert "hint: cc edit NAME opens it in an editor" in said
    with scene.on_a_terminal("edit", "mine", EDITOR=editor(scene, """sed -i 's/^label.*//' "$2" """)) as session:
        assert session.ends() == OK
    assert path.read_text() == 'extends = "zai"\n\n'


def test_an_invalid_value_can_be_put_right_key_by_key(scene: CommandScene) -> None:
    path = scene.sandbox.profile("mine", 'extends = "zai"\nlabel = 3\n')
    scene.told(OK, "edit", "mine", "label=three")
    assert path.read_text() == 'extends = "zai"\nlabel = "three"\n'


@pytest.mark.parametrize("args", [["label=x"], ["--unset", "label"], []])
def test_a_provider_of_the_catalog_stays_as_it_is(scene: CommandScene, args: list[str]) -> None:
    said = scene.told(USAGE, "edit", "zai", *args)
    assert said == (
        "cc: zai is a provider of the catalog and cannot be changed\n"
        "hint: cc add zai makes a profile of your own that starts from it\n"
    )
    assert not scene.profiles.exists()


@pytest.mark.parametrize("name", ["min", "../mine", "MINE"])
def test_a_profile_that_is_not_there(scene: CommandScene, mine: Path, name: str) -> None:
    said = scene.told(NO_SUCH, "edit", name, "label=x")
    assert f"no profile of yours is named {name}" in said
    assert ("did you mean mine?" in said) == (name != "../mine")
    assert mine.read_text() == PROFILE


def test_what_is_so_already_is_not_written(scene: CommandScene, mine: Path) -> None:
    before = mine.stat().st_ino
    assert scene.told(OK, "edit", "mine", "tiers.main=glm-5.3") == "cc: mine: nothing was changed\n"
    assert mine.stat().st_ino == before


@pytest.mark.parametrize("mode", [0o600, 0o644, 0o400])
def test_the_files_mode_stays(scene: CommandScene, mine: Path, mode: int) -> None:
    mine.chmod(mode)
    scene.told(OK, "edit", "mine", "label=Mine")
    assert mine.stat().st_mode & 0o777 == mode


@pytest.mark.parametrize("relative", [False, True])
@pytest.mark.parametrize("how", ["key by key", "in an editor"])
def test_a_link_stays_a_link(scene: CommandScene, mine: Path, how: str, *, relative: bool) -> None:
    repository = scene.sandbox.home / ".config" / "dotfiles"
    repository.mkdir()
    target = repository / "of-mine.toml"
    mine.rename(target)
    target.chmod(0o644)
    mine.symlink_to("../../dotfiles/of-mine.toml" if relative else target)
    if how == "key by key":
        scene.told(OK, "edit", "mine", "tiers.haiku=glm-5.3-flash")
    else:
        with scene.on_a_terminal("edit", "mine", EDITOR=editor(scene, VALID)) as session:
            assert session.ends() == OK
    assert mine.is_symlink()
    assert mine.readlink() == (Path("../../dotfiles/of-mine.toml") if relative else target)
    assert target.read_text().startswith(PROFILE)
    assert "glm-5.3-flash" in target.read_text()
    assert list(repository.iterdir()) == [target]
    assert target.stat().st_mode & 0o777 == 0o644


def test_a_link_to_nothing_is_told(scene: CommandScene, mine: Path) -> None:
    mine.unlink()
    mine.symlink_to("nothing.toml")
    assert "a broken link" in scene.told(INVALID, "edit", "mine", "label=x")
    assert mine.is_symlink()


def test_a_file_that_others_can_write_is_told(scene: CommandScene, mine: Path) -> None:
    mine.chmod(0o666)
    assert "other users can write it" in scene.told(INVALID, "edit", "mine", "label=x")


# --- in an editor ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("variable", ["VISUAL", "EDITOR"])
def test_a_valid_change_takes_the_old_files_place(scene: CommandScene, mine: Path, variable: str) -> None:
    more = {"EDITOR": "/no/such/editor", "VISUAL": "  "} | {variable: editor(scene, VALID)}
    with scene.on_a_terminal("edit", "mine", **more) as session:
        assert session.ends() == OK
    assert session.text == "cc: mine: changed (~/.config/cc-launcher/profiles/mine.toml)\r\n"
    assert mine.read_text() == f'{PROFILE}haiku = "glm-5.3-flash"\n'
    assert not copy_of(scene).exists()


def test_the_editor_works_on_a_copy_that_only_its_owner_can_read(scene: CommandScene, mine: Path) -> None:
    with scene.on_a_terminal("edit", "mine", EDITOR=editor(scene, 'ls -l "$2" >seen; ls -ld "${2%/*}" >>seen')) as it:
        assert it.ends() == OK
    file, directory = (scene.sandbox.bin / "seen").read_text().splitlines()
    assert file.startswith("-rw------- ")
    assert file.endswith(str(copy_of(scene)))
    assert directory.startswith("drwx------ ")
    assert mine.read_text() == PROFILE
    assert "nothing was changed" in it.text


def test_an_invalid_change_is_told_and_can_be_corrected(scene: CommandScene, mine: Path) -> None:
    with scene.on_a_terminal("edit", "mine", EDITOR=editor(scene, WRONG, MEND)) as session:
        session.wait_for(AGAIN)
        assert mine.read_text() == PROFILE
        session.answer(AGAIN, ENTER)
        assert session.ends() == OK
    assert "cc: ~/.cache/cc-launcher/edit/mine.toml:7: unknown key tiers.haikou" in session.text
    assert "hint: did you mean haiku?" in session.text
    assert mine.read_text() == f'{PROFILE}haiku = "glm-5.3-flash"\n'
    assert not copy_of(scene).exists()


def test_an_invalid_change_can_be_given_up_and_what_was_typed_is_kept(scene: CommandScene, mine: Path) -> None:
    with scene.on_a_terminal("edit", "mine", EDITOR=editor(scene, WRONG, WRONG)) as session:
        session.answer(AGAIN, "y", ENTER)
        session.wait_for("line 8")  # there are two of them now, and it is asked again
        session.answer(AGAIN, "n", ENTER)
        assert session.ends() == INVALID
    assert "cc: mine: nothing was changed" in session.text
    assert "hint: your text is in ~/.cache/cc-launcher/edit/mine.toml" in session.text
    assert mine.read_text() == PROFILE
    assert copy_of(scene).read_text() == PROFILE + 2 * 'haikou = "glm-5.3-flash"\n'


BAD_TEXTS = {
    "an empty file": ': >"$2"',
    "no file": 'rm "$2"',
    "not UTF-8": """printf '\\377' >>"$2" """,
    "not TOML": append('x = "'),
    "too large": 'head -c 40000 /dev/zero | tr "\\\\0" "#" >>"$2"',
    "a key in the wrong place": append('secret = "sk-canary-pasted"'),
    "control characters": append('label = "\\u001b[2J"'),
}


@pytest.mark.parametrize("name", BAD_TEXTS)
def test_whatever_the_editor_leaves_the_old_file_stays(scene: CommandScene, mine: Path, name: str) -> None:
    with scene.on_a_terminal("edit", "mine", EDITOR=editor(scene, BAD_TEXTS[name])) as session:
        session.answer(AGAIN, "n", ENTER)
        assert session.ends() == INVALID
    assert "sk-canary" not in session.text
    assert "\x1b[2J" not in session.text
    assert mine.read_text() == PROFILE


@pytest.mark.parametrize(
    ("command", "code", "told"),
    [
        ("no-such-editor", NOT_FOUND, "no-such-editor: not found"),
        ("/no/such/editor", NOT_FOUND, "/no/such/editor: No such file or directory"),
        ("/etc/passwd", NOT_FOUND, "/etc/passwd: Permission denied"),
        ("vi 'unclosed", USAGE, "vi 'unclosed: a quote is not closed"),
        ("false", USAGE, "false ended with 1"),
        ("sh -c 'kill -TERM $$'", USAGE, "ended with -15"),
    ],
)
def test_an_editor_that_is_missing_or_fails(
    scene: CommandScene, mine: Path, command: str, code: int, told: str
) -> None:
    with scene.on_a_terminal("edit", "mine", EDITOR=command) as session:
        assert session.ends() == code
    assert told in session.text
    assert mine.read_text() == PROFILE


def test_an_editor_that_fails_after_a_change_leaves_the_change_where_it_can_be_found(
    scene: CommandScene, mine: Path
) -> None:
    with scene.on_a_terminal("edit", "mine", EDITOR=editor(scene, f"{VALID}\nexit 3")) as session:
        assert session.ends() == USAGE
    assert "your text is in ~/.cache/cc-launcher/edit/mine.toml" in session.text
    assert "glm-5.3-flash" in copy_of(scene).read_text()
    assert mine.read_text() == PROFILE


def test_without_a_terminal_no_editor_is_started(scene: CommandScene, mine: Path) -> None:
    said = scene.told(USAGE, "edit", "mine", EDITOR=editor(scene, VALID))
    assert said == "cc edit: an editor needs a terminal\nhint: cc edit mine KEY=VALUE needs none\n"
    assert mine.read_text() == PROFILE
    assert "--dry-run needs KEY=VALUE" in scene.told(USAGE, "edit", "mine", "--dry-run")


def running(scene: CommandScene, session: Session) -> int:
    """The process of the editor, once it runs."""
    pid = scene.sandbox.bin / "pid"
    wait_until(lambda: pid.exists() and pid.read_text().endswith("\n"), "the editor")
    assert session.screen() is not None
    return int(pid.read_text())


BUSY = "echo $$ >pid"


def test_ctrl_c_is_the_editors_while_it_runs(scene: CommandScene, mine: Path) -> None:
    """vi and its like have a use of their own for it; we go on waiting."""
    steps = f"trap 'echo caught' INT\n{BUSY}\nuntil [ -e go ]; do sleep 0.1; done\n{VALID}"
    with scene.on_a_terminal("edit", "mine", EDITOR=editor(scene, steps)) as session:
        running(scene, session)
        session.send(CTRL_C)
        session.wait_for("caught")
        (scene.sandbox.bin / "go").touch()
        assert session.ends() == OK
    assert "glm-5.3-flash" in mine.read_text()


def test_ctrl_c_ends_an_editor_that_does_not_care_and_the_old_file_stays(scene: CommandScene, mine: Path) -> None:
    steps = f"{VALID}\n{BUSY}\nexec sleep 600"
    with scene.on_a_terminal("edit", "mine", EDITOR=editor(scene, steps)) as session:
        running(scene, session)
        session.send(CTRL_C)
        assert session.ends() != OK
    assert mine.read_text() == PROFILE
    assert "glm-5.3-flash" in copy_of(scene).read_text()
    assert "your text is in" in session.text


def test_ctrl_z_stops_the_editor_and_us_and_both_go_on(scene: CommandScene, mine: Path) -> None:
    steps = f"{BUSY}\nuntil [ -e go ]; do sleep 0.1; done\n{VALID}"
    # A shell with jobs, as people have one
    with scene.on_a_terminal("edit", "mine", EDITOR=editor(scene, steps), shell='set -m; "$@"; echo back; fg') as it:
        running(scene, it)
        it.send("\x1a")
        it.wait_for("back")
        (scene.sandbox.bin / "go").touch()
        assert it.ends() == OK
    assert "glm-5.3-flash" in mine.read_text()


def test_ctrl_c_at_the_question_gives_up(scene: CommandScene, mine: Path) -> None:
    with scene.on_a_terminal("edit", "mine", EDITOR=editor(scene, WRONG)) as session:
        session.answer(AGAIN, CTRL_C)
        assert session.ends() == INTERRUPTED
    assert mine.read_text() == PROFILE
    assert "haikou" in copy_of(scene).read_text()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_that_we_are_ended_while_somebody_edits_leaves_the_old_file(
    scene: CommandScene, mine: Path, number: signal.Signals
) -> None:
    with scene.on_a_terminal("edit", "mine", EDITOR=editor(scene, f"{VALID}\n{BUSY}\nexec sleep 600")) as session:
        there = running(scene, session)
        os.kill(session._child.pid, number)
        assert session.ends() == 128 + number
        os.kill(there, signal.SIGKILL)
    assert mine.read_text() == PROFILE
    assert list(mine.parent.iterdir()) == [mine]
    scene.told(OK, "edit", "mine", "label=x")  # nothing is in the way of the next time


def test_a_directory_that_cannot_be_made_for_the_copy(scene: CommandScene, mine: Path) -> None:
    with scene.on_a_terminal("edit", "mine", EDITOR=editor(scene, VALID), CC_CACHE_DIR="/dev/null") as session:
        assert session.ends() == IN_THE_WAY
    assert "cannot be made" in session.text
    assert mine.read_text() == PROFILE
