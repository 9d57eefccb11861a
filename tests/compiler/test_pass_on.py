"""What is not ours goes to the next `cc` on PATH: to it, once, and as it was given."""

from __future__ import annotations

import os
import pty
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from cc_launcher.launch.request import TABLE
from tests.compiler.build import HELLO, NOTHING, Build
from tests.support import SYSTEM_PATH, Result, Text, console_script, require_tool, run


def same(build: Build, *args: Text, stdin: bytes = b"", env: Mapping[str, str] = NOTHING) -> Result:
    """Ask the compiler directly and through ours, and hold that the answers are the same."""
    direct = build.run("cc", *args, ours=False, stdin=stdin, env=env)
    ours = build.run("cc", *args, ours=True, stdin=stdin, env=env)
    assert build.calls() == 1
    assert ours == direct
    return ours


@pytest.mark.parametrize(
    "args",
    [
        ["--version"],
        ["-print-prog-name=cc1"],
        ["-print-search-dirs"],
        ["-dumpmachine"],
        ["-dM", "-E", "-x", "c", "/dev/null"],
        ["no-such-file.c"],
        ["no-such-file"],
        ["--no-such-option"],
        ["-Wall", ""],
    ],
    ids=" ".join,
)
def test_the_same_answer(build: Build, args: list[str]) -> None:
    same(build, *args)


def test_what_it_says_of_itself(build: Build) -> None:
    """But for its name, which is its full path: by that it finds its parts."""
    real = shutil.which("cc", path=build.path)
    direct, ours = (build.run("cc", "-v", ours=ours) for ours in (False, True))
    assert ours.err.replace(f"COLLECT_GCC={real}\n".encode(), b"COLLECT_GCC=cc\n") == direct.err


def test_no_arguments_and_no_terminal(build: Build) -> None:
    result = same(build)
    assert (result.code, b"no input files" in result.err) == (1, True)


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_no_arguments_and_closed_streams(build: Build, closed: str) -> None:
    argv = ["sh", "-c", f"exec cc {closed}"]
    assert build.run(*argv, ours=True) == build.run(*argv, ours=False)


def test_source_on_standard_input(build: Build) -> None:
    for ours in (False, True):
        assert build.run("cc", "-x", "c", "-", "-o", f"hello-{ours}", ours=ours, stdin=HELLO.encode()).code == 0
    assert build.calls() == 1
    assert (build.work / "hello-True").read_bytes() == (build.work / "hello-False").read_bytes()
    assert same(build, "-x", "c", "-E", "-", stdin=HELLO.encode()).code == 0


def test_arguments_in_a_file(build: Build) -> None:
    build.write("hello.c", HELLO)
    build.write("options", "-O2 -c hello.c -o hello.o\n")
    assert same(build, "@options").code == 0
    assert (build.work / "hello.o").exists()


def test_arguments_that_are_not_utf8(build: Build) -> None:
    name = b"caf\xe9.c"
    (Path(os.fsdecode(bytes(build.work)))).joinpath(os.fsdecode(name)).write_text(HELLO)
    assert same(build, "-c", name, "-o", b"caf\xe9.o").code == 0
    assert build.work.joinpath(os.fsdecode(b"caf\xe9.o")).exists()


@pytest.mark.parametrize("locale", [{"LANG": "C"}, {"LC_ALL": "C"}, {"LC_CTYPE": "C", "LANG": ""}], ids=str)
def test_messages_in_the_users_locale(build: Build, locale: dict[str, str]) -> None:
    build.write("wrong.c", "int main(void) { return nothing; }\n")
    result = same(build, "-c", "wrong.c", env=locale)
    assert (result.code, b"nothing" in result.err) == (1, True)


def candidate(directory: Path, text: str) -> Path:
    """A FAKE compiler: a script that is called `cc`."""
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / "cc"
    path.write_text(text)
    path.chmod(0o755)
    return path


FAKE = '#!/bin/sh\nprintf \'%s|\' "$0" "$@"\nexit 7\n'


def with_path(build: Build, *directories: Path, args: tuple[str, ...] = ("-c", "x.c")) -> Result:
    """Run ours with this PATH behind it, in which nothing of the system is."""
    path = ":".join(str(directory) for directory in (build.ours, *directories))
    environment = build.environment(ours=True) | {"PATH": path}
    return run([build.ours / "cc", *args], environment, build.work)


def test_its_name_is_its_full_path(build: Build) -> None:
    fake = candidate(build.work / "fake", FAKE)
    result = with_path(build, fake.parent, args=("-c", "two words", ""))
    assert (result.code, result.out) == (7, f"{fake}|-c|two words||".encode())


def test_its_name_is_its_full_path_for_a_relative_path(build: Build) -> None:
    candidate(build.work / "fake", FAKE)
    result = with_path(build, Path("fake"))
    assert result.out == f"{build.work}/fake/cc|-c|x.c|".encode()


def test_two_installations_do_not_pass_it_back_and_forth(build: Build) -> None:
    """Another one of us is known by its script; so is one behind a long path, for which pip writes it in sh."""
    other = console_script(build.work / "other")
    long_path = candidate(
        build.work / "long",
        f"#!/bin/sh\n'''exec' \"{sys.executable}\" \"$0\" \"$@\"\n' '''\nimport sys\n"
        "from cc_launcher.launch.entry import main\nif __name__ == '__main__':\n    sys.exit(main())\n",
    )
    linked = build.work / "linked"
    linked.mkdir()
    (linked / "cc").symlink_to(build.ours / "cc")
    fake = candidate(build.work / "fake", FAKE)
    result = with_path(build, other.parent, long_path.parent, linked, fake.parent)
    assert (result.code, build.calls()) == (7, 1)
    # And started by the other one.
    environment = build.environment(ours=True)
    environment["PATH"] = f"{other.parent}:{build.ours}:{fake.parent}"
    assert run([other, "-c", "x.c"], environment, build.work).code == 7
    assert build.calls() == 0


def assert_no_compiler(result: Result) -> None:
    assert result.code in {2, 127}
    assert result.out == b""
    assert [line.split(b": ")[0] for line in result.err.splitlines()] == [b"cc", b"hint"] or b"hint: " in result.err


def test_no_other_compiler(build: Build) -> None:
    assert_no_compiler(with_path(build))
    other = console_script(build.work / "other")
    assert_no_compiler(with_path(build, other.parent))
    assert_no_compiler(with_path(build, args=()))


# What looks for the real `cc` on PATH again: by becoming it (pyenv's shims), or as its parent (ccache).
SHIMS = {"pyenv": 'exec cc "$@"', "ccache": 'cc "$@"', "twice": 'cc "$@" && cc "$@"'}


@pytest.mark.parametrize("line", SHIMS.values(), ids=SHIMS.keys())
def test_a_shim_that_leads_back_to_us(build: Build, line: str) -> None:
    calls = build.work / "shim-calls"
    shim = candidate(build.work / "shim", f"#!/bin/sh\necho called >>{calls}\n{line}\n")
    second = candidate(build.work / "second", f"#!/bin/sh\necho called >>{calls}\n{line}\n")
    fake = candidate(build.work / "fake", FAKE)
    for shims in ([shim], [shim, second], [second, shim]):
        calls.unlink(missing_ok=True)
        result = with_path(build, *(each.parent for each in shims), fake.parent)
        assert (result.code, result.out) == (7, f"{fake}|-c|x.c|".encode())
        assert calls.read_text().count("called") == len(shims)


@pytest.mark.parametrize("line", SHIMS.values(), ids=SHIMS.keys())
def test_a_shim_with_no_compiler_behind_it(build: Build, line: str) -> None:
    """As where a pyenv has our own `cc`, so a shim for it, and the system has no compiler."""
    calls = build.work / "shim-calls"
    shim = candidate(build.work / "shim", f"#!/bin/sh\necho called >>{calls}\n{line}\n")
    result = with_path(build, shim.parent)
    assert_no_compiler(result)
    assert calls.read_text().count("called") == 1


def test_a_shim_in_front_of_us(build: Build) -> None:
    """The user calls the shim, and the shim finds us."""
    shim = candidate(build.work / "shim", '#!/bin/sh\nPATH=${PATH#*:} exec cc "$@"\n')
    fake = candidate(build.work / "fake", FAKE)
    environment = build.environment(ours=True)
    environment["PATH"] = f"{shim.parent}:{build.ours}:{shim.parent}:{fake.parent}"
    assert run([shim, "-c", "x.c"], environment, build.work).code == 7


def test_the_real_ccache(build: Build, tmp_path: Path) -> None:
    ccache = require_tool("ccache")
    masquerade = tmp_path / "masquerade"
    masquerade.mkdir()
    (masquerade / "cc").symlink_to(ccache)
    build.write("hello.c", HELLO)
    environment = build.environment(ours=True) | {"CCACHE_DIR": str(tmp_path / "ccache")}
    environment["PATH"] = f"{build.ours}:{masquerade}:{SYSTEM_PATH}"
    result = run([build.ours / "cc", "-c", "hello.c"], environment, build.work)
    assert (result.code, result.err) == (0, b"")
    assert (build.work / "hello.o").exists()
    assert build.calls() > 1  # it did look for the compiler on PATH, and found us


def test_what_is_not_executable_is_no_compiler(build: Build) -> None:
    plain = candidate(build.work / "plain", FAKE)
    plain.chmod(0o644)
    (build.work / "directory" / "cc").mkdir(parents=True)
    fake = candidate(build.work / "fake", FAKE)
    assert with_path(build, plain.parent, build.work / "directory", build.work / "none", fake.parent).code == 7


def test_the_other_name_never_passes_on(build: Build) -> None:
    launcher = console_script(build.ours, "cc-launcher")
    fake = candidate(build.work / "fake", FAKE)
    environment = build.environment(ours=True)
    environment["PATH"] = f"{build.ours}:{fake.parent}"
    for args in (["-O2", "x.c"], ["-"], ["@file"], ["x.c"], ["zia"]):
        for argv in ([str(launcher), *args], [sys.executable, "-m", "cc_launcher", *args]):
            result = run(argv, environment, build.work)
            assert (result.code, b"hint: " in result.err) == (2, True), (argv, result)
    assert run([launcher], environment, build.work).code in {0, 2}
    assert run([launcher, "--version"], environment, build.work).out.startswith(b"cc ")
    assert b"keyring:zai" in run([launcher, "zai", "--dry-run"], environment, build.work).out


@pytest.mark.parametrize("name", ["TERM", "INT", "KILL"])
def test_a_death_is_the_compilers(build: Build, name: str) -> None:
    fake = candidate(build.work / "fake", f"#!/bin/sh\nkill -s {name} $$\n")
    assert with_path(build, fake.parent).code == -getattr(signal, f"SIG{name}")


def test_commands_of_ours_stay_ours(build: Build) -> None:
    fake = candidate(build.work / "fake", FAKE)
    for args in (["--help"], ["-h"], ["help"], ["version"], ["config", "path"]):
        result = with_path(build, fake.parent, args=tuple(args))
        assert result.code == 0
        assert fake.parent.name.encode() + b"/cc|" not in result.out


def test_no_arguments_on_a_terminal(build: Build) -> None:
    """Then it is ours, and not the compiler's: what is ready, and what to type."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [build.ours / "cc"], env=build.environment(ours=True), stdin=theirs, stdout=theirs, stderr=theirs
    )
    os.close(theirs)
    written = b""
    try:
        while chunk := os.read(ours, 4096):
            written += chunk
    except OSError:
        pass  # how Linux says that nobody is left on the other side
    finally:
        os.close(ours)
    assert process.wait() == 0
    assert b"cc demo" in written


OURS_ON_A_TERMINAL = {
    ("zai", "--dry-run"): (0, b"keyring:zai"),
    ("openrouter", "glm-5.3", "--dry-run"): (0, b"keyring:openrouter"),
    ("lst",): (2, b"cc: lst: no command, no profile and no file here\r\nhint: did you mean cc ls?\r\n"),
    ("zia", "-c"): (2, b"hint: did you mean cc zai?\r\n"),
}


@pytest.mark.parametrize("args", OURS_ON_A_TERMINAL, ids=" ".join)
def test_a_first_word_on_a_terminal(build: Build, args: tuple[str, ...]) -> None:
    """A profile is launched, and what is near one or a command never reaches the linker; below make, both do."""
    code, said = OURS_ON_A_TERMINAL[args]
    told = build.at_a_terminal("cc", *args, ours=True)
    assert (told.code, said in told.out) == (code, True), told
    for below in ({"MAKELEVEL": "1"}, {"MAKEFLAGS": ""}):
        direct, through = (build.at_a_terminal("cc", *args, ours=ours, env=below) for ours in (False, True))
        assert through == direct
    build.write(args[0], "")
    direct, through = (build.at_a_terminal("cc", *args, ours=ours) for ours in (False, True))
    assert through == direct


@pytest.mark.parametrize("redirected", ["<&-", "</dev/null", ">out", "2>out", "| cat"])
def test_what_is_no_terminal_alone_launches_nothing(build: Build, redirected: str) -> None:
    told = build.at_a_terminal("sh", "-c", f"cc zai --dry-run {redirected}; cat out 2>/dev/null", ours=True)
    assert b"cc: zai is a profile, but without a terminal cc is the C compiler" in told.out
    assert b"keyring" not in told.out


def test_what_is_refused_without_a_terminal_the_compiler_would_refuse_too(build: Build) -> None:
    """With every option that is ours. What is of the compiler's reaches it, whatever stands in front."""
    options = sorted({word.rstrip("=") for row in TABLE.values() for word in row[4].split()} | {"-p", "--print"})
    assert len(options) > 40
    for option in options:
        assert build.run("cc", "zia", option, ours=False).code != 0, option
    for option in ("--version", "--help", "-dumpmachine", "-print-search-dirs", "-c"):
        same(build, "zia", option)
        same(build, "exce", "zia", "--", option)
    assert build.run("cc", "exce", "zai", "--", "true", ours=False).code != 0
    assert b"hint: did you mean cc exec?\n" in build.run("cc", "exce", "zai", "--", "true", ours=True).err
    refused = build.run("cc", "zia", ours=True)
    assert (refused.code, refused.err) == (
        2,
        b"cc: zia: no command, no profile and no file here\nhint: did you mean cc zai?\n",
    )
