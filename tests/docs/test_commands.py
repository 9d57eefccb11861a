"""The help, the man page and the reference say the same of each command, and what they say is so."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.core import TyperArgument, TyperOption

from cc_launcher.cli import app, exec_program, help_text
from cc_launcher.cli.described import Described, described
from cc_launcher.core.errors import CcError
from cc_launcher.core.profile.model_choice import choose
from cc_launcher.files import places, profiles
from cc_launcher.launch.request import AGAIN, ELSEWHERE, PROFILES, REPAIR, START, TABLE, parse
from tests.docs import command_pages, generate
from tests.support import require_tool

TOLD = {name: described(name) for name, (group, says, *_) in TABLE.items() if says or not group}
ALONE = {name: told for name, told in TOLD.items() if not told.usage.endswith(" COMMAND")}  # no groups
OWN = {"work": "litellm", "claude-zai": ""}  # names of the user's own that examples have


def program(name: str) -> typer.core.TyperCommand:
    """A command as the program has it."""
    whole: Any = typer.main.get_command(app.build(name.partition(" ")[0]))
    for word in name.split():
        whole = whole.commands[word]
    assert isinstance(whole, typer.core.TyperCommand)
    return whole


def lines_of(examples: list[str]) -> list[list[str]]:
    """The words of each example, without what a shell makes of its other parts."""
    found = []
    for example in examples:
        line = example.removeprefix('eval "$(').removesuffix(')"') if example.startswith("eval ") else example
        words = shlex.split(re.sub(r"\s(\||[<>]).*$", "", line))
        assert words[0] == "cc", example
        found.append(words[1:])
    return found


@pytest.mark.parametrize("name", ALONE)
def test_a_command_has_two_examples_that_the_program_takes(name: str) -> None:
    examples = lines_of(ALONE[name].examples)
    assert len(examples) >= 2
    for words in examples:
        assert " ".join(words).startswith(name)
        rest = words[len(name.split()) :]
        if name == "help":
            assert not rest or rest[0] in TABLE
        elif name == "run":
            asked = parse(rest)
            if asked.profile not in {"", AGAIN}:  # which `cc run` finds itself
                is_there(asked.profile, asked.word or "")
        elif name == "exec":
            asked, command = exec_program.parsed(rest)
            is_there(asked.profile, asked.word or "")
            assert command
        else:
            context = program(name).make_context(name, list(rest))
            given = {one.name: context.params[one.name or ""] for one in program(name).params}
            is_there(given.get("profile") or "", given.get("model") or "")


def is_there(named: str | list[str], model: str) -> None:
    """Whether a profile of an example is in the catalog, or one of the user's own, and its model is one of it."""
    for name in named.split(",") if isinstance(named, str) else named:
        if not name or name in OWN:
            continue
        assert name in places.catalog_names()
        if model:
            assert choose(profiles.load(name).profile, name, model).note == "", (name, model)


def test_an_example_that_is_wrong_is_seen() -> None:
    with pytest.raises(typer.exceptions.TyperException):
        program("use").make_context("use", ["zai", "--modle", "x"])
    with pytest.raises(CcError):
        is_there("zai", "glm-5-flash")
    with pytest.raises(AssertionError):
        is_there("openrouter", "glmm-5.3")
    with pytest.raises(AssertionError):
        is_there("nosuch", "")


@pytest.mark.parametrize("name", ALONE)
def test_what_is_said_is_all_that_the_program_takes(name: str) -> None:
    """Each option by its names, with a value where it takes one, and in words; each argument, too."""
    if name == "help":
        return
    told, command = ALONE[name], program(name)
    options = [one for one in command.params if isinstance(one, TyperOption) and not one.hidden and one.name != "help"]
    assert [sorted(names) for names, _, _ in told.options[:-1]] == [sorted(one.opts) for one in options]
    assert [bool(value) for _, value, _ in told.options[:-1]] == [not one.is_flag for one in options]
    assert all(says for _, _, says in told.options)
    arguments = [one for one in command.params if isinstance(one, TyperArgument)]
    assert len(told.arguments) == len(arguments)
    for argument, (shown, _) in zip(arguments, told.arguments, strict=True):
        bracketed = shown if argument.required else f"[{shown}]"
        assert f" {bracketed}{'…' if argument.nargs == -1 else ''}" in told.usage
    assert all(says for _, says in told.arguments)
    assert "bool" not in str(told)


@pytest.mark.parametrize("columns", ["80", "120"])
def test_the_help_fits_the_terminal(
    columns: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    for name in ["", *TOLD]:
        help_text.of(name) if name else help_text.overview()
        said = capsys.readouterr().out.splitlines()
        examples = {f"  {line}" for line in TOLD[name].examples} if name else set()
        assert [line for line in said if len(line) > int(columns) and line not in examples and "/" not in line] == []


def test_there_are_four_groups_and_every_command_is_in_one(capsys: pytest.CaptureFixture[str]) -> None:
    help_text.overview()
    said = capsys.readouterr().out
    groups = [START, PROFILES, ELSEWHERE, REPAIR]
    assert [line for line in said.splitlines() if line in groups] == groups
    for name in TABLE:
        if " " not in name:
            assert re.search(rf"^  ([a-z-]+, )?{name}\b", said, re.MULTILINE), name


def test_every_page_that_the_reference_leads_to_is_there() -> None:
    page = generate.DOCS / "reference" / "commands.md"
    links = re.findall(r"\]\(([^)#]+)(?:#([^)]+))?\)", page.read_text(encoding="utf-8"))
    assert len(links) > 10
    for file, anchor in links:
        text = (page.parent / file).read_text(encoding="utf-8")
        headings = {re.sub(r"[^\w -]", "", line).strip().lower().replace(" ", "-") for line in text.splitlines()}
        assert not anchor or anchor in headings, (file, anchor)
    assert set(command_pages.SEE) <= set(TOLD)


def test_the_old_names_of_options_are_not_told() -> None:
    assert [name for name, told in TOLD.items() if {"--test", "--online"} & set(re.findall(r"--\w+", str(told)))] == []


@pytest.mark.parametrize(
    ("line", "code", "says"),
    [
        (["--help"], 0, "usage: cc COMMAND"),
        (["help"], 0, "usage: cc COMMAND"),
        (["run", "--sealed", "-h"], 0, "usage: cc run "),
        (["help", "secret", "set"], 0, "usage: cc secret set "),
        (["secret", "set", "zai", "--help"], 0, "usage: cc secret set "),
        (["add", "zai", "-h"], 0, "usage: cc add "),
        (["help", "list-profiles"], 0, "usage: cc list-profiles "),
        (["secret"], 2, "usage: cc secret COMMAND"),
    ],
)
def test_help_is_where_one_looks_for_it(
    line: list[str], code: int, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert app.cli(line) == code
    assert says in capsys.readouterr().out


def test_help_of_what_is_no_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CcError) as caught:
        app.cli(["help", "secert"])
    assert (caught.value.what, caught.value.hint) == ("no such command: secert", "did you mean secret?")
    assert not help_text.is_asked(["edit", "x", "--", "--help"])
    assert not help_text.is_asked(["add", "--title", "-h"])
    assert capsys.readouterr().out == ""


def test_the_help_says_where_all_of_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.prefix", str(tmp_path / "venv"))
    monkeypatch.setenv("HOME", str(tmp_path))
    assert help_text.manual() == ""
    page = tmp_path / "venv" / "share" / "man" / "man1" / "cc-launcher.1"
    page.parent.mkdir(parents=True)
    page.touch()
    assert help_text.manual() == f"man {page}"
    linked = tmp_path / ".local" / "share" / "man" / "man1" / "cc-launcher.1"  # where pipx puts it
    linked.parent.mkdir(parents=True)
    linked.symlink_to(page)
    assert help_text.manual() == "man cc-launcher"


def test_the_man_page_is_one() -> None:
    """Nothing is to be said against it, and it shows each command with its options and examples."""
    man = require_tool("man")
    environment = os.environ | {"LC_ALL": "C.UTF-8", "MANWIDTH": "200", "MAN_KEEP_FORMATTING": "", "PAGER": "cat"}
    argv = [man, "--warnings=all", "-l", str(generate.DOCS / "cc-launcher.1")]
    done = subprocess.run(argv, env=environment, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    shown = " ".join(done.stdout.split())
    for told in ALONE.values():
        assert_all_of_it(told, shown)


def assert_all_of_it(told: Described, shown: str) -> None:
    assert told.usage in shown
    for names, value, _ in told.options[:-1]:
        assert f"{', '.join(names)} {value}".strip() in shown
    for example in told.examples:
        assert " ".join(example.split()) in shown
