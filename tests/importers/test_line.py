"""The line of `cc import`: what is refused, in which words, and that what it tells people to type does what it says."""

from __future__ import annotations

import json
import shlex
from itertools import combinations
from pathlib import Path

import pytest

from cc_launcher.cli import import_options
from cc_launcher.core.errors import USAGE, CcError
from cc_launcher.core.importing import sources
from cc_launcher.launch import completion
from cc_launcher.launch.request import TABLE
from tests.support import Sandbox
from tests.unit.cli.scene import ENTER, FAILED, INVALID, NO_SUCH, OK, CommandScene

ZAI = "0123456789abcdef0123456789abcdef.AbCdEfGhIjKl"
RELAY = "sk-fake-relay-abcdefgh12345"
BASHRC = f"export ANTHROPIC_BASE_URL=https://api.z.ai/api/anthropic\nexport ANTHROPIC_AUTH_TOKEN={ZAI}\n"
SETTINGS = json.dumps({"env": {"ANTHROPIC_BASE_URL": "https://relay.example.com", "ANTHROPIC_AUTH_TOKEN": RELAY}})


@pytest.fixture
def scene(tmp_path: Path) -> CommandScene:
    root = tmp_path / "sandbox"
    root.mkdir()
    return CommandScene(Sandbox(root))


def put(scene: CommandScene, name: str, text: str) -> Path:
    path = scene.sandbox.home / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o600)
    return path


OPTIONS = [f"--{name}" for name in ("undo", "history", "left", "follow", "unfollow", "all", "name", "no-secret")]
OPTIONS += ["--check", "--dry-run", "--digest"]
TOGETHER = {
    ("--undo", "--dry-run"),
    ("--unfollow", "--dry-run"),
    *(("--follow", name) for name in ("--all", "--name", "--no-secret", "--check", "--dry-run", "--digest")),
    *combinations(["--all", "--name", "--no-secret", "--check", "--digest"], 2),
    *((name, "--dry-run") for name in ("--all", "--name", "--no-secret")),
    ("--dry-run", "--digest"),
}


@pytest.mark.parametrize(("one", "other"), list(combinations(OPTIONS, 2)))
def test_each_pair_goes_together_or_is_refused_in_words(one: str, other: str) -> None:
    on = dict.fromkeys((one, other), True)
    if (one, other) in TOGETHER:
        import_options.check(on)
        return
    with pytest.raises(CcError) as bad:
        import_options.check(on)
    assert bad.value.code == USAGE
    assert {one, other} <= {*bad.value.what.split()}
    assert bad.value.hint


def test_every_option_is_in_those_pairs() -> None:
    known = {name.rstrip("=") for name in TABLE["import"][4].split()}
    assert known == {*OPTIONS, "--json"}


@pytest.mark.parametrize(
    ("texts", "what"),
    [
        (["glm"], "--name takes OLD=NEW, not glm"),
        (["=x"], "--name takes OLD=NEW, not =x"),
        (["a=b", "a=c"], "--name: a gets two names: b and c"),
        (["a=c", "b=c"], "--name: two get the name c"),
    ],
)
def test_names_that_say_nothing(texts: list[str], what: str) -> None:
    with pytest.raises(CcError) as bad:
        import_options.pairs(texts)
    assert (bad.value.what, bad.value.code) == (what, USAGE)


def test_sources_are_completed() -> None:
    assert list(completion.SOURCES) == list(sources.SOURCES)
    assert {*sources.ALIASES.values()} <= {*sources.SOURCES}
    assert {*sources.ALIASES} & {*sources.SOURCES} == set()


@pytest.mark.parametrize(
    ("words", "code", "what", "hint"),
    [
        (("cc-swich",), USAGE, "cc import: cc-swich is neither a source nor a file", "did you mean cc-switch?"),
        (("./nothing.json",), USAGE, "there is no file ./nothing.json", "cc import alone looks at all places"),
        (("empty",), INVALID, "empty: it is empty", "known are settings files"),
        (("odd.txt",), INVALID, "odd.txt: nothing in it that is known here", "known are settings files"),
        (("./settings",), INVALID, "settings: not valid JSON", "known are settings files"),
        (("sub",), INVALID, "sub: a directory: name a file in it", "known are settings files"),
        (("ccswitch://v1/import?resource=provider&apiKey=sk-1",), USAGE, "a link as an argument", "cc import -"),
        (("-",), INVALID, "there was nothing on standard input", "cc import -"),
        (("--digest", "sha256:ab"), USAGE, "--digest is of what is at an address", "cc import https://"),
        (("--name", "a=b"), USAGE, "--name: nothing that was found is called a", ""),
        (("--undo",), NO_SUCH, "there is no import to undo", "cc import --history"),
        (("--undo", "x"), USAGE, "--undo takes one number", "cc import --history"),
        (("--left", "shell"), USAGE, "--left is about all of it", "leave the words out"),
    ],
)
def test_what_is_wrong_with_a_line(
    scene: CommandScene, words: tuple[str, ...], code: int, what: str, hint: str
) -> None:
    work = scene.sandbox.work
    (work / "sub").mkdir()
    for name, text in (("empty", "\n"), ("odd.txt", "hello world\n"), ("settings", "{")):
        (work / name).write_text(text)
    said = scene.told(code, "import", *words)
    assert what in said
    assert hint in said
    assert "sk-1" not in said


def test_an_empty_home_is_one_line_that_names_what_was_looked_at(scene: CommandScene) -> None:
    for words in ((), ("settings",), ("zcf", "clother"), ("claude-code-router",)):
        said = scene.told(OK, "import", *words)
        assert said.startswith("cc: nothing to import was found in ~/.")
        assert said.count("\n") == 1
    first = scene.told(OK, "import")
    assert "~/.claude/settings.json, ~/.bashrc, ~/.zshrc" in first


def test_one_file_that_fails_leaves_the_other(scene: CommandScene) -> None:
    put(scene, ".bashrc", BASHRC)
    (scene.sandbox.work / "broken.json").write_text("{")
    result = scene.run("import", "shell", "./broken.json", "--no-secret")
    assert (result.code, result.out.split(b"\t")[0]) == (FAILED, b"zai")
    assert "broken.json: not valid JSON" in result.err.decode()
    assert (scene.profiles / "zai.toml").exists()


def test_a_source_of_that_name_is_not_the_file(scene: CommandScene) -> None:
    (scene.sandbox.work / "settings").write_text(SETTINGS)
    assert "nothing to import was found in ~/.claude" in scene.told(OK, "import", "settings")
    assert scene.shown("import", "./settings", "--dry-run").startswith("relay-example-com\t")


def test_nothing_pasted_on_a_terminal(scene: CommandScene) -> None:
    with scene.on_a_terminal("import", "-") as session:
        session.answer("press Ctrl-D on a line of its own", "\x04")
        assert session.ends() == INVALID
    assert "nothing was pasted" in session.text


def test_what_is_listed_can_be_typed(scene: CommandScene) -> None:
    """All that is left is taken on a terminal by the very line that was printed."""
    put(scene, ".claude/settings.json", SETTINGS)
    put(scene, ".claude/settings.json.backup.1", SETTINGS)
    result = scene.run("import", "--all", "--json")
    data = json.loads(result.out)["data"]
    assert [each["key"]["file"] for each in data["found"]] == [".claude/settings.json"]  # and not its old copy
    assert (result.code, data["taken"]) == (OK, [])
    [left] = data["left"]
    assert (left["name"], left["why"]) == ("relay-example-com", "no model is chosen")
    with scene.on_a_terminal(*shlex.split(left["command"])[1:]) as session:
        session.answer("Import relay-example-com?", ENTER)
        session.answer("Which one is it to start with?", ENTER)
        session.answer("Where should the keys be kept?", ENTER)
        session.answer("Keep the keys there?", "y")
        assert session.ends() == OK
    assert (scene.profiles / "relay-example-com.toml").exists()
    assert RELAY not in session.text


def test_every_source_that_is_named_to_be_typed_is_one() -> None:
    """What a reader calls a source is a word that `cc import` knows."""
    named = {
        part.split('"')[1]
        for path in Path(sources.__file__).parent.joinpath("readers").glob("*.py")
        for part in path.read_text(encoding="utf-8").split("Draft(")[1:]
        if part.lstrip().startswith('"')
    }
    assert named <= {*sources.SOURCES, *sources.ALIASES}
    assert len(named) > 10


def test_a_key_that_left_its_source_is_looked_for_in_copies(scene: CommandScene) -> None:
    """`cc doctor --fix` takes it out of the shell file, and a copy of that still has it."""
    put(scene, ".bashrc", BASHRC)
    put(scene, ".bashrc.bak", BASHRC)
    with scene.on_a_terminal("import") as session:
        session.answer("Import zai?", ENTER)
        session.answer("Where should the keys be kept?", ENTER)
        session.answer("Keep the keys there?", "y")
        assert session.ends() == OK
    left = scene.run("import", "--left")
    assert "cc doctor --fix moves the keys in ~/.bashrc:" in left.err.decode()
    with scene.on_a_terminal("doctor", "--fix") as session:
        session.answer("together into your profile zai? [y/N]:", "y\r")
        assert session.ends() == OK
    assert ZAI not in (scene.sandbox.home / ".bashrc").read_text()
    held = {line.split("\t")[0] for line in scene.shown("import", "--left").splitlines()}
    assert "~/.bashrc.bak" in held
    assert "~/.bashrc" not in held
