"""The rules of the house: which room may do what, and what a launch may cost."""

import ast
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cc_launcher.cli import app
from tests import house
from tests.fakes.fake_claude import package_around
from tests.house import PACKAGE, imported

MODULES = house.trees()


def at_top(tree: ast.Module) -> ast.Module:
    """The module without the bodies of its functions: what runs when it is imported."""

    class Bodiless(ast.NodeTransformer):
        def visit_FunctionDef(self, _: ast.FunctionDef) -> None:
            return None

    bodiless = Bodiless().visit(ast.parse(ast.unparse(tree)))
    assert isinstance(bodiless, ast.Module)
    return bodiless


def comes_from(name: str, packages: set[str]) -> bool:
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    """Each call, with the dotted name of what is called as far as it has one."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node


# Parts


CORE_MAY_IMPORT = {
    "array",
    "binascii",  # of text alone
    "bisect",
    "cc_launcher.core",
    "collections.ChainMap",
    "collections.abc",
    "dataclasses",
    "datetime",  # for the type of a date; nobody asks it for the time
    "functools.cached_property",
    "functools.lru_cache",  # of a pure function, and small
    "hashlib",
    "ipaddress",
    "itertools.accumulate",
    "itertools.groupby",
    "json",
    "pydantic",
    "pyjson5",  # text in, values out
    "yaml",  # the same
    "re",
    "shlex",
    "tomlkit",
    "tomllib",
    "types",  # of annotations
    "typing",
    "unicodedata",
    "urllib.parse",
}
DOES_IO = {"open", "print", "input", "exec", "eval", "__import__", "breakpoint"}


def test_the_core_does_no_io_and_has_no_clock() -> None:
    core = {name: tree for name, tree in MODULES.items() if name.startswith("core/")}
    assert "core/plan/make_plan.py" in core
    for name, tree in core.items():
        assert [module for module in imported(tree) if not comes_from(module, CORE_MAY_IMPORT)] == [], name
        assert [called for called, _ in calls(tree) if called in DOES_IO] == [], name
        assert [called for called, _ in calls(tree) if called.endswith((".now", ".today", ".utcnow"))] == [], name


GRAPH = house.graph(MODULES)


def test_a_room_knows_only_the_rooms_below_it() -> None:
    assert {house.room_of(file) for file in MODULES} - {"__init__", "core", *house.ROOMS} == set()
    assert house.upwards(GRAPH) == []


def test_the_old_door_leads_to_the_new_one_by_its_name_alone() -> None:
    """What older versions wrote starts there; it is the one file that loads what stands above it."""
    assert GRAPH["launch/entry.py"] == frozenset()
    loads = {name for name, tree in MODULES.items() for called, _ in calls(tree) if called.endswith("import_module")}
    assert loads == {"launch/entry.py", "cli/described.py"}


def test_no_files_import_each_other_in_a_circle() -> None:
    assert house.circles(GRAPH) == []


def test_a_circle_and_an_import_of_what_stands_above_are_seen() -> None:
    made = {
        "core/text/a.py": ast.parse("def f():\n    from cc_launcher.launch import b"),
        "launch/b.py": ast.parse("from cc_launcher.core.text.a import f"),
        "launch/c.py": ast.parse("import cc_launcher.launch.b"),
    }
    graph = house.graph(made)
    assert house.circles(graph) == [["core/text/a.py", "launch/b.py"]]
    assert house.upwards(graph) == ["core/text/a.py imports launch/b.py"]


COMMAND_FILES = {f"cli/{module}.py" for module in app._MODULES.values()}


def test_no_command_imports_another_one() -> None:
    """What two commands need is an action, or a view of its own. The program itself has to know them."""
    assert set(MODULES) >= COMMAND_FILES
    wrong = {f"{file}: {other}" for file in COMMAND_FILES for other in GRAPH[file] & COMMAND_FILES}
    assert wrong == set()


def test_only_the_command_line_knows_typer_and_rich() -> None:
    wrong = {
        name
        for name, tree in MODULES.items()
        if not name.startswith("cli/") and any(comes_from(module, {"typer", "rich"}) for module in imported(tree))
    }
    assert wrong == set()


STARTS_PROGRAMS = ("exec", "spawn", "posix_spawn", "system", "popen", "fork", "startfile")
BECOMES, STARTS = "launch/process.py", "launch/helper.py"
# `beside` has a second process of ours read transcripts; `stay` forks, and the copy of us becomes the client.
# `child` starts what is followed while it runs: a task for another profile.
# `windows` is what Windows has instead; `background` starts what goes on when a status line is written.
# `gateway_engine` starts the engine of the gateway, on a socket that stays open when it ends.
# `gateway_keeper` is a copy of its parent, with what that knows, secrets too: another program would have to be told.
STARTERS = {BECOMES, STARTS, "launch/beside.py", "launch/child.py", "launch/gateway_engine.py", "launch/stay.py"}
STARTERS |= {"launch/background.py", "launch/foreground.py", "launch/gateway_keeper.py", "launch/windows.py"}


def test_one_module_becomes_another_program_and_one_starts_some() -> None:
    wrong = set()
    for name, tree in MODULES.items():
        if any(comes_from(module, {"subprocess", "multiprocessing", "pty", "asyncio"}) for module in imported(tree)):
            wrong.add(name)
        if any(called.startswith(tuple(f"os.{start}" for start in STARTS_PROGRAMS)) for called, _ in calls(tree)):
            wrong.add(name)
    assert wrong == STARTERS
    assert not any(called.startswith("os.exec") for called, _ in calls(MODULES[STARTS]))
    assert not any(called.startswith(("os.posix_spawn", "os.fork")) for called, _ in calls(MODULES[BECOMES]))


def test_a_function_of_os_is_always_called_by_its_full_name() -> None:
    # or else the rules above and below would not see it
    wrong = {name for name, tree in MODULES.items() if any(module.startswith("os.") for module in imported(tree))}
    assert wrong == set()


WRITERS = ("write_text", "write_bytes", "touch", "mkfifo", "NamedTemporaryFile", "mkstemp", "TemporaryFile", "copyfile")


def opens_for_writing(called: str, node: ast.Call) -> bool:
    """Whether this call opens a file for writing; the null device is none."""
    if called.rpartition(".")[2] in WRITERS:
        return True
    arguments = [ast.unparse(argument) for argument in (*node.args, *(keyword.value for keyword in node.keywords))]
    if called == "os.open":
        return arguments[0] != "os.devnull" and any(
            flag in arguments[1] for flag in ("O_WRONLY", "O_RDWR", "O_CREAT", "O_APPEND", "O_TRUNC")
        )
    if called in {"open", "io.open", "os.fdopen"} or called.endswith(".open"):
        modes = [text for text in arguments if text[:1] in "'\""][-1:]
        return any(letter in mode for mode in modes for letter in "wax+") and "encoding" not in modes
    return False


def test_only_one_module_opens_a_file_for_writing() -> None:
    writes = {name for name, tree in MODULES.items() if any(opens_for_writing(*call) for call in calls(tree))}
    assert writes == {"files/atomic.py", "cli/hidden.py"}  # the second: a terminal, which is no file


@pytest.mark.parametrize(
    ("code", "writes"),
    [
        ("open(path, 'w')", True),
        ("open(path, mode='ab')", True),
        ("open(path)", False),
        ("open(path, 'rb')", False),
        ("os.open(path, os.O_WRONLY)", True),
        ("os.open(path, os.O_RDONLY | flags)", False),
        ("os.open(os.devnull, os.O_WRONLY)", False),
        ("path.write_text('x')", True),
        ("path.open('x')", True),
        ("os.fdopen(handle, 'rb', closefd=False)", False),
    ],
)
def test_that_rule_sees_what_it_should(code: str, writes: bool) -> None:  # noqa: FBT001
    assert any(opens_for_writing(*call) for call in calls(ast.parse(code))) is writes


LONG_TABLES = {"core/doctor/findings.py", "core/profile/variables.py"}


def test_a_module_is_no_longer_than_one_can_keep_in_mind() -> None:
    lengths = {name: len((PACKAGE / name).read_text(encoding="utf-8").splitlines()) for name in MODULES}
    assert {name: length for name, length in lengths.items() if length > 320 and name not in LONG_TABLES} == {}


def test_every_module_says_what_it_is() -> None:
    assert [name for name, tree in MODULES.items() if not ast.get_docstring(tree)] == []


# The launch path

# What a bare interpreter has imported anyway, and what is built into it and costs nothing to import
BARE = {"io", "os", "sys", "stat", "_signal", "time", "select"}
ON_THE_PATH = ["main.py", "launch/start.py", "launch/planfile.py", "launch/process.py", "launch/compiler.py"]
AT_EACH_TURN = ["launch/line.py", "launch/background.py"]  # of a session: held to the same


def reached(start: list[str]) -> set[str]:
    """These modules and all of ours that importing them imports."""
    found: set[str] = set()
    left = list(start)
    while left:
        name = left.pop()
        if name in found:
            continue
        found.add(name)
        for module in imported(at_top(MODULES[name])):
            file = house.file_of(module, MODULES)
            left += [file] if file is not None else []
    return found


def test_the_launch_path_imports_only_what_is_there_anyway() -> None:
    for_types_alone = {"core/plan/__init__.py": {"typing.Self", "collections.abc.Mapping"}}
    for name in reached([*ON_THE_PATH, *AT_EACH_TURN]):
        allowed = {"cc_launcher", *BARE, *for_types_alone.get(name, ())}
        assert [module for module in imported(at_top(MODULES[name])) if not comes_from(module, allowed)] == [], name


def test_the_launch_path_is_what_it_is_thought_to_be() -> None:
    modules = reached(ON_THE_PATH)
    assert {name for name in modules if name.startswith(("cli/", "files/", "claude/", "secrets/"))} == set()
    assert {
        "core/plan/__init__.py",
        "core/errors.py",
        "launch/paths.py",
        "launch/secret_reader.py",
        "launch/process.py",
    } <= modules


LAUNCH = """
import os, sys

def became(program, argv, environment):
    sys.stdout.write("\\n".join([os.fsdecode(program), *sorted(sys.modules)]))
    sys.stdout.flush()
    os._exit(0)

os.execve = became
sys.argv = ["cc", *sys.argv[1:]]
from cc_launcher.main import main
sys.exit(main())
"""
# The same without `run`, as it is meant on a terminal, too.
BY_OTHER_NAME = LAUNCH.replace('"cc", *', '"cc-launcher", *')


def modules_of(code: str, *arguments: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], env=dict(os.environ), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split("\n")


@pytest.mark.parametrize("kind", ["a file", "a variable", "a command"])
def test_a_cached_launch_imports_nothing_up_to_exec(
    kind: str, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    claude = tmp_path / "bin" / "claude"
    claude.parent.mkdir()
    claude.write_text("#!/bin/sh\necho '2.1.329 (Claude Code)'\n")
    claude.chmod(0o755)
    package_around(claude)
    monkeypatch.setenv("PATH", f"{claude.parent}:/usr/bin:/bin")
    monkeypatch.setenv("MY_KEY", "k")
    key = tmp_path / "key"
    key.write_text("k\n")
    key.chmod(0o600)
    secret = {"a file": f"file:{key}", "a variable": "env:MY_KEY", "a command": "cmd:echo k"}[kind]
    profile = home / "config" / "profiles" / "mine.toml"
    profile.parent.mkdir(parents=True, mode=0o700)
    profile.write_text(f'auth = "api-key"\nbase_url = "https://h"\nsecret = {json.dumps(secret)}\ntiers.main = "m"\n')
    profile.chmod(0o600)

    bare = set(modules_of("import sys; sys.stdout.write('\\n'.join(sorted(sys.modules)))"))
    target, *slow = modules_of(LAUNCH, "run", "mine", "-p", "hi")
    assert target == str(claude)
    assert "pydantic" in slow  # the first launch made the plan
    for fast in (modules_of(LAUNCH, "run", "mine", "-p", "hi"), modules_of(BY_OTHER_NAME, "mine", "-p", "hi")):
        assert fast[0] == str(claude)
        assert_little_more(fast[1:], bare)


def test_a_compile_imports_nothing_up_to_exec(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert home.exists()
    compiler = tmp_path / "cc"
    compiler.write_text("#!/bin/sh\n")
    compiler.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    bare = set(modules_of("import sys; sys.stdout.write('\\n'.join(sorted(sys.modules)))"))
    for line in (["-c", "x.c"], ["x.c"], [__file__], ["qqqq"]):
        target, *found = modules_of(LAUNCH, *line)
        assert target == str(compiler)
        assert_little_more(found, bare)
        looked = "cc_launcher.launch.first_word" in found
        assert looked == (line in (["x.c"], ["qqqq"])), "what is no option and no file is looked up, and no more"


def assert_little_more(found: list[str], bare: set[str]) -> None:
    """Of what is not ours, only what is built in."""
    more = {name for name in set(found) - bare if not comes_from(name, {"cc_launcher"})}
    assert more <= {"_signal", "time", "select"}
    assert more <= set(sys.builtin_module_names) | {"select"}  # a shared object of its own in some builds of Python
