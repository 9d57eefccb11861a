"""The recipes of `docs/contributing.md`, followed: in a copy of the tree, something made up is added as it says."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests import house
from tests.docs import generate
from tests.support import SYSTEM_PATH, Result, run

ROOT = generate.DOCS.parent
PAGE = (generate.DOCS / "contributing.md").read_text(encoding="utf-8")
SECURITY = (generate.DOCS / "security.md").read_text(encoding="utf-8")
PARTS = ("docs", "profiles", "src", "tests")
NOTHING: Mapping[str, str] = {}


def files(root: Path) -> dict[str, bytes]:
    """What the tree holds, without what Python leaves in it."""
    found = (path for part in PARTS for path in (root / part).rglob("*") if path.is_file())
    return {str(path.relative_to(root)): path.read_bytes() for path in found if path.suffix != ".pyc"}


def places(recipe: str) -> set[str]:
    """The files of a recipe's steps, with the made-up name in the place of `NAME`."""
    section = PAGE.partition(f"\n## {recipe}\n")[2].partition("\n## ")[0]
    steps: list[str] = re.findall(r"^\d+\. `([^`]+)`", section, re.MULTILINE)
    assert steps
    return {step.replace("NAME.py", "made_up.py").replace("NAME", "made-up") for step in steps}


class Copy:
    """A copy of the tree, and a home in which its `cc` runs."""

    def __init__(self, root: Path) -> None:
        self.root = root / "copy"
        self.home = root / "somebody"
        self.home.mkdir(mode=0o700)
        for part in PARTS:  # with what is compiled: nothing is compiled again but what changes
            shutil.copytree(ROOT / part, self.root / part, ignore=shutil.ignore_patterns(".*"))
        for name in ("pyproject.toml", "README.md"):
            shutil.copy2(ROOT / name, self.root / name)

    def write(self, path: str, text: str) -> None:
        assert not (self.root / path).exists()
        (self.root / path).write_text(text, encoding="utf-8")

    def read(self, path: str) -> str:
        return (self.root / path).read_text(encoding="utf-8")

    def add(self, path: str, text: str, *, before: str) -> None:
        """Put a text in front of one that stands there once; without one, at the end."""
        whole = (self.root / path).read_text(encoding="utf-8")
        assert not before or whole.count(before) == 1, (path, before)
        head, found, tail = whole.partition(before) if before else (whole, "", "")
        (self.root / path).write_text(f"{head}{text}{found}{tail}", encoding="utf-8")

    def profile(self, name: str, text: str) -> None:
        place = self.home / "config" / "profiles" / f"{name}.toml"
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        place.write_text(text, encoding="utf-8")
        place.chmod(0o600)

    def python(self, *argv: str, cwd: Path, given: bytes = b"", more: Mapping[str, str] = NOTHING) -> Result:
        environment = {
            "HOME": str(self.home),
            "PATH": f"{self.home}:{SYSTEM_PATH}",
            "PYTHONPATH": str(self.root / "src"),
            "CC_CONFIG_DIR": str(self.home / "config"),
            "CC_CLAUDE": "/bin/true",
            "CC_OFFLINE": "1",
            "CC_TESTS_ALL": "1",
            "COLUMNS": "200",
        }
        return run([sys.executable, *argv], environment | dict(more), cwd, given)

    def cc(self, *args: str, given: bytes = b"", **more: str) -> str:
        done = self.python("-m", "cc_launcher", *args, cwd=self.home, given=given, more=more)
        assert done.code == 0, done.err
        return done.out.decode()

    def data(self, *args: str, **more: str) -> Any:
        """What `--json` gives, however it ends."""
        done = self.python("-m", "cc_launcher", *args, "--json", cwd=self.home, more=more)
        return json.loads(done.out)["data"]

    def generate(self) -> None:
        done = self.python("tests/docs/generate.py", cwd=self.root)
        assert done.code == 0, done.err

    def tests_pass(self, *argv: str) -> None:
        """The tests that the page names, in the copy; at least one has to be chosen."""
        done = self.python("-m", "pytest", "-n0", "-q", "-p", "no:cacheprovider", *argv, cwd=self.root)
        assert done.code == 0, done.out.decode()
        assert re.search(rb"\b[1-9]\d* passed", done.out)

    def is_all_of(self, recipe: str) -> None:
        """Whether what was changed is what the page says: no file more, none less."""
        before, after = files(ROOT), files(self.root)
        assert {path for path, content in after.items() if before.get(path) != content} == places(recipe)


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    return Copy(tmp_path)


PROVIDER = """\
#:schema ../docs/profile.schema.json
title = "Made Up"
label = "Made Up"
good_for = "nothing: nobody has it"
kind = "provider"
base_url = "https://api.made-up.example/anthropic"
auth = "bearer"
key_env = ["MADE_UP_API_KEY"]
docs = ["https://docs.made-up.example/messages"]
notes = ["Nobody has it."]
sources = ["docs.made-up.example"]
checked = 2026-11-01
confidence = "high"

[tiers]
main = "made-1"

[models.made-1]
context = 200000
"""
ROW = """\
[made-up]
address = "https://api.made-up.example/anthropic"
variable = "MADE_UP_API_KEY"
header = "authorization"
models = { all = "made-1" }
window = 200000

"""


def test_a_provider(copy: Copy) -> None:
    copy.write("profiles/made-up.toml", PROVIDER)
    copy.add("tests/data/catalog.toml", ROW, before="[mimo]\n")
    copy.generate()

    assert "https://api.made-up.example/anthropic" in copy.cc("show", "made-up")
    rows = copy.data("list-profiles", MADE_UP_API_KEY="k")
    assert [row["ready"] for row in rows if row["name"] == "made-up"] == [True]
    assert "| [made-up](providers/made-up.md) |" in copy.read("docs/reference/providers.md")
    pages = ("tests/docs/test_docs.py", "tests/docs/test_pages.py")
    copy.tests_pass("tests/unit/test_catalog.py", *pages, "-k", "made-up or row or providers.md or its_page")
    copy.is_all_of("Add a provider")


STORE = '''\
"""A store that nobody has."""

from cc_launcher.core.stores.store import WHOLE, Store, Tools, Trouble, like_option


class MadeUp(Store):
    """`made-up:NAME`."""

    name = "made-up"
    title = "the made-up store"
    syntax = "made-up:NAME, an entry of the made-up store"
    commands = ("made-up-store",)
    install = "nobody has it"

    def check(self, name: str) -> None:
        """Refuse options."""
        if like_option(name):
            raise self.refuse("names no entry")

    def read(self, name: str, tools: Tools) -> tuple[str, ...]:
        """All that it prints."""
        return self.reading(name, WHOLE, tools.command("made-up-store"), "show", name)

    def trouble(self, status: int, said: str) -> Trouble | None:
        """From its words."""
        return Trouble("the made-up store has no such entry", "make one up") if "nothing here" in said else None

    def keep(self, name: str, profile: str) -> str:
        """By its own program."""
        return f"made-up-store add {name}"
'''


STORE_PAGE = """\
# The made-up store

`made-up:NAME`, read with `made-up-store show`.
"""


def test_a_store(copy: Copy) -> None:
    copy.write("src/cc_launcher/core/stores/made_up.py", STORE)
    stores, tested = "src/cc_launcher/core/stores/__init__.py", "tests/unit/core/test_stores.py"
    copy.add(stores, "made_up, ", before="onepassword, passwordstore")
    copy.add(stores, "    made_up.MadeUp(),\n", before="    builtin.Environment(),\n")
    copy.add(tested, '    "made-up": ["-{}"],\n', before='    "gpg": ["{}", "./{}"')
    asked = '        ("made-up", "an entry", "", "/bin/made-up-store|show|an entry"),\n'
    copy.add(tested, asked, before='        ("vault", "kv/')
    copy.add(tested, '    "made-up": [("nothing here", "no such entry")],\n', before='    "vault": [\n')
    copy.write("docs/reference/stores/made-up.md", STORE_PAGE)
    copy.generate()
    assert "| `made-up:NAME` | [made-up](stores/made-up.md): " in copy.read("docs/reference/stores.md")

    program = copy.home / "made-up-store"
    program.write_text('#!/bin/sh\n[ "$2" = there ] || { echo nothing here >&2; exit 1; }\necho "the $2"\n')
    program.chmod(0o755)
    copy.profile("mine", 'extends = "zai"\nsecret = "made-up:there"\n')
    copy.profile("without", 'extends = "zai"\nsecret = "made-up:elsewhere"\n')
    assert copy.cc("secret", "get", "--reference", "made-up:there") == "the there\n"
    assert "made-up:there" in copy.cc("run", "--dry-run", "mine")
    failed = copy.python("-m", "cc_launcher", "run", "without", cwd=copy.home)
    assert failed.code == 77
    assert b"without: the made-up store has no such entry\nhint: make one up" in failed.err
    refused = copy.python("-m", "cc_launcher", "secret", "get", "--reference", "else:where", cwd=copy.home)
    assert b"made-up:NAME, an entry of the made-up store" in refused.err
    its_page = "tests/docs/test_pages.py::test_every_store_has_its_page_with_what_it_needs"
    copy.tests_pass(tested, its_page, "tests/docs/test_docs.py::test_generated_page_is_up_to_date[stores.md]")
    copy.is_all_of("Add a store")


FINDING = """\
    "path-made-up": Kind(
        WARNING,
        "A file here is called made-up.",
        "remove it",
        "no file here is called made-up",
    ),
"""
FAULT = '    "path-made-up": (lambda machine: machine.file("work/made-up", ""), WARNING, "", None, ()),\n'


def test_a_finding(copy: Copy) -> None:
    checks = "src/cc_launcher/core/doctor/checks/path_entries.py"
    copy.add("src/cc_launcher/core/doctor/findings.py", FINDING, before='    "path-twice": Kind(\n')
    copy.add(checks, '"path-made-up", ', before='"path-twice")\n')
    found = '    if seen.made_up:\n        yield found("path-made-up", "a file here is called made-up")\n'
    copy.add(checks, found, before="    if len(path.installations) > 1:\n")
    copy.add("src/cc_launcher/core/doctor/examined.py", "    made_up: bool = False\n", before="    probes: tuple[")
    filled = '        made_up=os.path.exists("made-up"),\n'
    copy.add("src/cc_launcher/actions/examination.py", filled, before="        probes=tuple(_probes(read)),\n")
    copy.add("tests/doctor/test_findings.py", FAULT, before='    "path-twice": (_twice')
    copy.generate()

    def levels() -> list[str]:
        return [one["level"] for one in copy.data("doctor")["findings"] if one["code"] == "path-made-up"]

    assert levels() == ["ok"]
    (copy.home / "made-up").touch()
    assert levels() == ["warning"]
    assert "| `path-made-up` | warning |" in (copy.root / "docs/reference/findings.md").read_text(encoding="utf-8")
    copy.tests_pass("tests/doctor/test_findings.py", "-k", "path-made-up or every_kind")
    copy.is_all_of("Add a finding")


DRAWER = """\
def _made_up(given: Given, _facts: Facts, _around: Around) -> Piece:
    return given.text("version"), "made_up"


"""
DRAWN = """

def test_the_made_up_segment() -> None:
    assert shown({"version": "1.2"}, "provider,made_up", colour=True).endswith("\\x1b[36m1.2\\x1b[0m")
    assert shown({}, "provider,made_up") == "GLM"
    assert shown({"version": "1.2"}, "provider,made_up", columns=5) == "GLM"
"""


def test_a_status_segment(copy: Copy) -> None:
    table = "src/cc_launcher/core/status/segments.py"
    copy.add(table, DRAWER, before="def _branch(")
    copy.add(table, '    ("made_up", _made_up, 13, "cyan"),\n', before='    ("branch", ')
    copy.add("tests/unit/core/status/test_segments.py", DRAWN, before="")
    copy.add("docs/how-to/status-line.md", "| `made_up` | the client's version |\n", before="| `lines` |")

    turn = (ROOT / "tests/data/statusline/turn.json").read_bytes()
    version = json.loads(turn)["version"]
    assert copy.cc("statusline", "--format", "provider,made_up", given=turn).endswith(f"\x1b[36m{version}\x1b[0m\n")
    assert f" | {version} | " in copy.cc("statusline", "--format", "full", given=turn, NO_COLOR="1")
    assert "made_up" in copy.cc("help", "statusline")
    in_table = "tests/docs/test_docs.py::test_every_segment_of_the_status_line_is_in_its_table"
    copy.tests_pass("tests/unit/core/status/test_segments.py", in_table)
    copy.is_all_of("Add a status segment")


COMMAND = '''\
"""`cc made-up`."""

from typing import Annotated

import typer

from cc_launcher.cli import render


def command(
    profile: Annotated[str, typer.Argument(metavar="PROFILE", help="a profile")],
    *,
    loud: Annotated[bool, typer.Option("--loud", help="in capitals")] = False,
    times: Annotated[int, typer.Option("--times", help="how often")] = 1,
) -> None:
    """Say the name of a profile.

    cc made-up zai
    cc made-up zai --loud --times 2
    """
    for _ in range(times):
        render.out(profile.upper() if loud else profile)
'''


def test_a_command(copy: Copy) -> None:
    copy.write("src/cc_launcher/cli/made_up.py", COMMAND)
    row = '    "made-up": (REPAIR, "say a name", "made_up", ("profile",), "--loud --times="),\n'
    copy.add("src/cc_launcher/launch/request.py", row, before='    "version": (')
    copy.add("tests/faults/test_every_way.py", '    "made-up",\n', before='    *("quota", ')
    copy.generate()

    assert copy.cc("made-up", "--loud", "--times", "2", "zai") == "ZAI\nZAI\n"
    assert re.search(r"made-up +say a name", copy.cc("help"))
    told = copy.cc("help", "made-up")
    assert "Say the name of a profile." in told
    assert "--times TIMES" in told
    page = (copy.root / "docs/reference/commands.md").read_text(encoding="utf-8")
    assert "| `--times TIMES` | how often |" in page.partition("\n### cc made-up\n")[2].partition("\n### ")[0]
    assert copy.cc("__complete", "fish", "made") == "made-up\tsay a name\n"
    assert copy.cc("__complete", "zsh", "made-up", "--") == "--loud\n--times\n"
    assert copy.cc("__complete", "zsh", "made-up", "--times", "") == ""
    assert copy.cc("__complete", "zsh", "made-up", "deepi") == "deepinfra\n"
    copy.tests_pass(
        *("tests/unit/launch/test_completion.py", "tests/faults/test_every_way.py", "tests/docs"),
        *("-k", "made-up or there_are or option_takes or every_command or man_page or commands.md or launcher.1"),
    )
    copy.is_all_of("Add a command")


KNOB = """\
    "made-up": Knob(
        "the provider is made up",
        {"CLAUDE_CODE_MADE_UP": "0"},
    ),
"""


def test_a_variable_of_the_launch(copy: Copy) -> None:
    copy.add("tests/data/client-variables.txt", "CLAUDE_CODE_MADE_UP M\n", before="CLAUDE_CODE_MAX_OUTPUT_TOKENS")
    tested = "tests/unit/core/profile/test_variables.py"
    copy.add(tested, "    CLAUDE_CODE_MADE_UP\n", before="    CLAUDE_CODE_AUTO_COMPACT_WINDOW")
    variables = "src/cc_launcher/core/profile/variables.py"
    copy.add(variables, '        "CLAUDE_CODE_MADE_UP",\n', before='        "CLAUDE_CODE_MAX_OUTPUT_TOKENS",\n')
    copy.add("src/cc_launcher/core/profile/knobs.py", KNOB, before='    "stable-prompt": Knob(\n')
    copy.generate()

    def planned(profile: str) -> tuple[object, object]:
        """What the launch does with the variable, which the parent has, and whether a pin holds it."""
        plan = copy.data("run", "--dry-run", profile, ZAI_API_KEY="k", CLAUDE_CODE_MADE_UP="1")
        pins = json.loads(plan["argv"][plan["argv"].index("--settings") + 1])
        taken = "taken out" if "CLAUDE_CODE_MADE_UP" in plan["unset"] else None
        return plan["set"].get("CLAUDE_CODE_MADE_UP", taken), pins["env"].get("CLAUDE_CODE_MADE_UP")

    copy.profile("mine", 'extends = "zai"\ncompat.made-up = true\n')
    assert planned("zai") == ("taken out", "")
    assert planned("mine") == ("0", "0")
    assert "- `CLAUDE_CODE_MADE_UP`" in (copy.root / "docs/reference/variables.md").read_text(encoding="utf-8")
    copy.tests_pass(tested)
    copy.is_all_of("Add a variable to the launch")


# The page itself


def test_the_picture_has_the_rooms_in_their_order() -> None:
    picture = PAGE.partition("\n## The house\n")[2].split("```")[1]
    shown = [line.split()[0] for line in picture.strip().splitlines()]
    assert shown == list(reversed(house.ROOMS))


def test_every_file_that_the_pages_name_is_there() -> None:
    """By its whole path, or by the one in the package."""
    spans = " ".join(re.findall(r"`([^`\n]+(?:\n[^`\n]+)?)`", PAGE))
    named = re.findall(r"(?<![\w/.-])(?:[\w-]+/)+[\w.-]*\w", spans)
    assert {"tests/speed/beside.py", "launch/line.py", "tests/client/differential.py"} <= {*named}
    real = [path for path in named if "NAME" not in path]
    assert [path for path in real if not any((place / path).exists() for place in (ROOT, house.PACKAGE))] == []
    assert os.access(ROOT / ".ci/run", os.X_OK)


def test_nobody_is_made_up_to_report_to() -> None:
    assert "by the way that the place you got it from offers" in SECURITY
    assert re.findall(r"https?:|\w@\w|mailto:", SECURITY) == []


def test_the_licence_that_the_package_names_is_there() -> None:
    named = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert (named["license"], named["license-files"]) == ("MIT", ["docs/LICENSE"])
    text = (ROOT / "docs/LICENSE").read_text(encoding="utf-8")
    assert text.startswith("MIT License\n")
    assert "the cc-launcher authors\n" in text
