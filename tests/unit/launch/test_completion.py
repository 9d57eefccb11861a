"""What may come next on a command line, and that the tables of it agree with the program itself."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
import typer
from typer.core import TyperArgument, TyperGroup, TyperOption

from cc_launcher.cli import app
from cc_launcher.core.models import listing
from cc_launcher.core.text import completion_scripts, names, shells
from cc_launcher.files import places, ready_names
from cc_launcher.launch import completion, request
from tests.unit.conftest import SHELLS, in_shell

SECOND = "list-profiles"  # a second name of ls


@pytest.fixture
def profiles(home: Path) -> Path:
    """The directory of the user's profiles, with two in it."""
    made = home / "config" / "profiles"
    made.mkdir(parents=True, mode=0o700)
    for name in ("mine", "mine-too"):
        (made / f"{name}.toml").write_text('extends = "zai"\n')
    return made


def said(capsys: pytest.CaptureFixture[str], *words: str) -> list[str]:
    """What `cc __complete` prints."""
    assert completion.main([*words]) == 0
    printed = capsys.readouterr()
    assert printed.err == ""
    return printed.out.splitlines()


# The tables, and the program


def commands() -> Iterator[tuple[str, typer.core.TyperCommand]]:
    """Each command of the program with its full name."""
    whole = typer.main.get_command(app.build(""))
    assert isinstance(whole, TyperGroup)
    for name in whole.commands:
        alone = typer.main.get_command(app.build(name))
        assert isinstance(alone, TyperGroup)
        [command] = alone.commands.values()
        if isinstance(command, TyperGroup):
            yield from ((f"{name} {inner}", below) for inner, below in command.commands.items())  # type: ignore[misc]
        else:
            yield name, command  # type: ignore[misc]


PROGRAM = dict(commands())


def options(command: typer.core.TyperCommand) -> list[TyperOption]:
    return [one for one in command.params if isinstance(one, TyperOption) and not one.hidden and one.name != "help"]


def test_there_are_the_commands_of_the_program() -> None:
    top = {name.partition(" ")[0] for name in PROGRAM}
    assert set(completion.COMMANDS) == {*top, "help"}
    assert set(completion.COMMANDS) == {*request.COMMANDS}
    assert {name for name, says in completion.COMMANDS.items() if not says} == {SECOND}
    groups: dict[str, set[str]] = {}
    for name in PROGRAM:
        group, _, inner = name.partition(" ")
        if inner:
            groups.setdefault(group, set()).add(inner)
    assert {name: set(inner) for name, inner in completion.GROUPS.items()} == groups


@pytest.mark.parametrize("name", PROGRAM)
def test_a_command_has_the_options_of_the_program(name: str) -> None:
    long = {text for one in options(PROGRAM[name]) for text in one.opts if text.startswith("--")}
    assert {text.rstrip("=") for text in completion.OPTIONS.get(name, ()) if text.startswith("--")} == long


def test_there_are_no_options_of_other_commands() -> None:
    assert set(completion.OPTIONS) <= set(PROGRAM)
    assert set(completion.ARGUMENTS) <= {*PROGRAM, "help"}


@pytest.mark.parametrize("name", PROGRAM)
def test_an_option_takes_a_value_where_the_program_does(name: str) -> None:
    taking = {text for one in options(PROGRAM[name]) if not one.is_flag for text in one.opts}
    assert {text[:-1] for text in completion.OPTIONS.get(name, ()) if text.endswith("=")} == taking
    assert {text for one in options(PROGRAM[name]) for text in one.opts if completion.takes_value(name, text)} == taking


@pytest.mark.parametrize("name", PROGRAM)
def test_a_command_takes_as_many_arguments_as_the_program(name: str) -> None:
    arguments = [one for one in PROGRAM[name].params if isinstance(one, TyperArgument)]
    kinds = completion.ARGUMENTS.get(name, ())
    # What is free text (`KEY=VALUE`) has no kind.
    assert len(kinds) <= len(arguments)
    assert len(kinds) == len([one for one in arguments if "=" not in (one.metavar or "")])
    for argument, kind in zip(arguments, kinds, strict=False):
        assert kind.endswith("s") == (argument.nargs == -1)


def test_the_values_of_options_are_those_the_program_knows() -> None:
    from cc_launcher.core.models import search
    from cc_launcher.core.plan import exports
    from cc_launcher.core.profile.profile import Profile

    auth = get_args(Profile.model_fields["auth"].annotation)
    assert set(completion._OF_OPTIONS["--auth"]) == {kind for part in auth for kind in get_args(part)}
    assert set(completion._OF_OPTIONS["--sort"]) == set(search.SORTS)
    assert set(completion._OF_OPTIONS["--format"]) == {*exports.FORMATS, "json", *exports.PLACES}
    assert set(completion._OF_OPTIONS["--shell"]) <= {*shells.SHELLS}
    assert tuple(sorted(completion_scripts.SHELLS)) == completion._SHELLS


# Lines


LINES = {
    "": ["add", "run", "version", "--help"],
    "ru": ["run"],
    "list": ["list-profiles", "list-wrappers"],
    "ls": ["ls"],
    "mine-": ["mine-too"],  # a profile is `run`
    "mine ": [],
    "mine --fallback=zai,mine-": ["--fallback=zai,mine-too"],
    "mine --sea": ["--sealed"],
    "mine some more": [],
    "nosuch ": [],
    "run": ["run"],
    "run ": ["mine", "mine-too", "zai"],
    "run mine": ["mine", "mine-too"],
    "run --sealed mine-": ["mine-too"],
    "run --env A=B mine-": ["mine-too"],
    "run --s": ["--sealed", "--stay"],
    "run --fallback": ["--fallback"],  # itself, and not yet its values
    "run --fallback mine-": ["mine-too"],
    "run --fallback=mine,zai,mine": ["--fallback=mine,zai,mine-too"],
    "run --fallback mine,mine": ["mine,mine-too"],
    "run --fallback zai mine-": ["mine-too"],
    "run mine --dry": ["--dry-run"],
    "run mine some -": [],  # the client's own
    "run mine some more": [],
    "edit ": ["mine", "mine-too"],
    "edit mine x": [],
    "remove z": [],  # the catalog's
    "secret ": ["get", "move", "remove", "set", "status"],
    "secret set mine-": ["mine-too"],
    "secret set mine --c": ["--check"],
    "secret status mine mine-": ["mine-too"],
    "secret nonsense m": [],
    "alias mine mine-": ["mine-too"],
    "alias --shell f": ["fish"],
    "alias -s f": [],
    "add --provider za": ["zai"],
    "add --provider=za": ["--provider=zai"],
    "add --secret o": [],
    "add --nonsense=": [],
    "env --format d": ["devcontainer", "dotenv"],
    "env --format=d": ["--format=devcontainer", "--format=dotenv"],
    "init z": ["zsh"],
    "help uninst": ["uninstall", "uninstall-wrapper"],
    "version --": ["--json"],
    "list-profiles ": [],
    "config ": ["path"],
    "config path --j": ["--json"],
    "-o x ": [],
    "-c file": [],
    "nonsense r": [],
    "exec mine-": ["mine-too"],
    "exec --s": ["--sealed"],
    "exec mine -- no-such-program-": [],
    "exec mine -- /bin/s": [],  # the shell's own
    "exec mine -- sh zai": [],
    "exec mine m -- ": [],
}


@pytest.mark.usefixtures("profiles")
@pytest.mark.parametrize(("line", "expected"), LINES.items())
def test_a_line(capsys: pytest.CaptureFixture[str], line: str, expected: list[str]) -> None:
    found = said(capsys, "bash", f"cc {line}", line.rpartition(" ")[2])
    if line in {"", "run "}:
        assert set(expected) <= set(found)
    else:
        assert found == expected
    words = line.split(" ")
    assert [shown.partition("\t")[0] for shown in said(capsys, "fish", *words)] == found
    assert [shown.partition(":")[0] for shown in said(capsys, "zsh", *words)] == found


@pytest.mark.usefixtures("profiles")
def test_before_a_letter_is_typed_ones_own_and_what_was_ready_come(capsys: pytest.CaptureFixture[str]) -> None:
    everything = said(capsys, "fish", "run", "")
    assert {"mine", "zai", "claude", "openrouter"} <= set(everything)
    ready_names.keep(["zai", "gone-since", "claude"])
    assert said(capsys, "fish", "run", "") == ["claude", "mine", "mine-too", "zai"]
    assert said(capsys, "fish", "secret", "status", "") == ["claude", "mine", "mine-too", "zai"]
    assert said(capsys, "fish", "run", "openr") == ["openrouter"]
    ready_names.keep([])
    assert said(capsys, "fish", "run", "") == everything


def remember(models: list[str], home: Path) -> None:
    """A cache with these models of the profile `mine`."""
    cache = home / "cache"
    cache.mkdir(exist_ok=True)
    (cache / "profiles.words").write_text("other\tx\n" + "\t".join(["mine", *models]) + "\n")


def keep_list(ids: list[str], home: Path, mode: int = 0o600) -> Path:
    """A kept live list of the profile `mine`."""
    path = home / "cache" / "models" / "mine"
    path.parent.mkdir(parents=True, mode=0o700)
    path.write_bytes(listing.encode("https://h/v1/models", [listing.Listed(model) for model in ids]))
    path.chmod(mode)
    return path


def test_of_the_live_list_what_is_begun_is_offered(capsys: pytest.CaptureFixture[str], home: Path) -> None:
    remember(["glm", "z-ai/glm-5.2"], home)
    keep_list(["z-ai/glm-5.2", "z-ai/glm-5.3", "a/twice", "b/twice", "glorious"], home)
    assert said(capsys, "fish", "run", "mine", "") == ["glm", "z-ai/glm-5.2"]
    assert said(capsys, "fish", "run", "mine", "z") == ["z-ai/glm-5.2", "z-ai/glm-5.3"]
    assert said(capsys, "fish", "run", "mine", "gl") == ["glm", "glorious", "glm-5.2", "glm-5.3"]
    assert said(capsys, "fish", "models", "mine", "tw") == []  # it could be either


@pytest.mark.parametrize("bad", ["$(touch x)", "a b", "`x`", "é", "", "x" * 300, "-flag", "\x1b[2J"])
def test_what_no_model_is_called_is_not_offered(capsys: pytest.CaptureFixture[str], home: Path, bad: str) -> None:
    remember([bad, "fine"], home)
    path = keep_list([], home)
    path.write_text(path.read_text() + f"{bad}\t\t\nfit\t\t\n")
    assert said(capsys, "fish", "run", "mine", "") == ["fine"]
    assert said(capsys, "fish", "run", "mine", "f") == ["fine", "fit"]
    assert bad not in said(capsys, "fish", "run", "mine", bad[:1])


def test_a_list_that_others_could_have_written_is_not_read(capsys: pytest.CaptureFixture[str], home: Path) -> None:
    remember([], home)
    keep_list(["glm"], home, mode=0o644)
    assert said(capsys, "fish", "run", "mine", "g") == []


def test_models_as_each_shell_wants_them(capsys: pytest.CaptureFixture[str], home: Path) -> None:
    remember(["q:8b", "q:30b", "at@one"], home)
    assert said(capsys, "bash", "cc run mine q:", "") == ["8b", "30b"]  # after a `:`, a new word begins
    assert said(capsys, "bash", "cc run mine q:8", "8") == ["8b"]
    assert said(capsys, "bash", "cc run mine q:8", "q:8") == ["q:8b"]  # unless the user's shell is told otherwise
    assert said(capsys, "bash", "cc run mine at@o", "o") == ["one"]
    assert said(capsys, "bash", "cc run mine at@o") == ["at@one"]
    assert said(capsys, "zsh", "run", "mine", "q") == [r"q\:8b", r"q\:30b"]
    assert said(capsys, "fish", "run", "mine", "q") == ["q:8b", "q:30b"]


@pytest.mark.parametrize("content", [b"", b"mine", b"mine\n", b"\tmine\n", b"\xff\n", b"minea\tx\n"])
def test_an_odd_cache_has_no_models(capsys: pytest.CaptureFixture[str], home: Path, content: bytes) -> None:
    (home / "cache").mkdir()
    (home / "cache" / "profiles.words").write_bytes(content)
    assert said(capsys, "fish", "run", "mine", "") == []


def test_names_are_profiles_where_the_program_says_so(profiles: Path) -> None:
    for name in ("a b", "$(x)", "Upper", "a;b", ".hidden", "-dash", "a..b", "x" * 65, "ümlaut", "new\nline", "x" * 64):
        (profiles / f"{name}.toml").write_text("")
    (profiles / ".toml").write_text("")
    assert completion.own() == places.user_names()
    assert completion.catalog() == places.catalog_names()
    for name in (*completion.own(), "a..b", "", "A", "a_b", "0", "_x"):
        assert completion._is_name(name) == names.is_profile(name)


def test_wrappers_and_their_modes(
    capsys: pytest.CaptureFixture[str], home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    usual, other = home / ".local" / "bin", tmp_path / "bin"
    script = "#!/bin/sh\n# cc-launcher wrapper 1 {}\n    --local) _cc_mode=local && continue ;;\n"
    for directory, name, text in (
        (usual, "any-name", script),
        (other, "claude-mine", script),
        (other, "other-name", script),  # on PATH, only those called like ours are looked into
        (other, "claude-foreign", "#!/bin/sh\n"),
        (other, "claude-$(x)", script),
    ):
        directory.mkdir(parents=True, exist_ok=True)
        (directory / name).write_text(text)
        (directory / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"relative:{other}:/nonexistent")
    assert said(capsys, "fish", "uninstall-wrapper", "") == ["any-name", "claude-mine"]
    assert said(capsys, "wrapper", "claude-mine", "--") == ["--local", "--cc-help"]
    assert said(capsys, "wrapper", f"{usual}/any-name", "--l") == ["--local"]
    assert said(capsys, "wrapper", "~/.local/bin/any-name", "--l") == ["--local"]
    assert said(capsys, "wrapper", "claude-mine", "x") == []
    assert said(capsys, "wrapper", "no-such-wrapper", "--l") == []


def test_behind_the_dashes_of_exec_come_programs(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    programs = tmp_path / "programs"
    programs.mkdir()
    for name, mode in (("zz-one", 0o755), ("zz-two", 0o755), ("zz-no-program", 0o644), ("zz-$(x)", 0o755)):
        (programs / name).write_text("")
        (programs / name).chmod(mode)
    monkeypatch.setenv("PATH", f"relative:{programs}:/nonexistent")
    assert said(capsys, "fish", "exec", "zai", "--", "zz-") == ["zz-one", "zz-two"]
    assert said(capsys, "bash", "cc exec --sealed zai glm-5.3 -- zz-t", "zz-t") == ["zz-two"]
    assert said(capsys, "zsh", "exec", "zai", "--", "zz-one", "zz-") == []
    assert said(capsys, "fish", "run", "zai", "--", "zz-") == []


# Whatever comes


ODD = {
    "nothing": [],
    "no words": ["bash"],
    "an unknown shell": ["nonsense", "zzz"],
    "a wrapper without a name": ["wrapper"],
    "an empty wrapper": ["wrapper", "", "zzz"],
    "a directory": ["wrapper", "/", "zzz"],
    "huge": ["bash", "cc run " + "x" * 100_000],
    "many words": ["fish", *["zzz"] * 20_000],
    "not UTF-8": ["bash", b"cc run \xff\xfe"],
    "not UTF-8, words": ["zsh", b"run", b"\xff"],
    "not UTF-8, a wrapper": ["wrapper", b"\xff", b"\xfe"],
    "new lines": ["bash", "cc\nrun\n\nzzz"],
    "control characters": ["fish", "run", "\x1b[2J\x07"],
    "quotes": ["bash", "cc run \"$(touch pwned) 'zzz"],
}


@pytest.mark.parametrize("words", ODD.values(), ids=ODD.keys())
def test_odd_input_is_no_error(home: Path, words: list[str | bytes]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "cc_launcher", "__complete", *words], env=os.environ, capture_output=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")
    # Without a word that is being typed, everything fits.
    assert done.stdout == b"" or words in ([], ["bash"], ["wrapper"])
    assert list(home.rglob("pwned")) == []


def test_nobody_reads_what_fits() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "cc_launcher", "__complete", "fish", ""],
            stdout=writer,
            stderr=subprocess.PIPE,
            check=False,
        )
    finally:
        os.close(writer)
    assert done.stderr == b""


# What it costs


COMPLETE = """
import sys
sys.argv = ["cc", "__complete", *sys.argv[1:]]
from cc_launcher.main import main
code = main()
sys.stdout.write("\\n" + "\\n".join(sorted(sys.modules)))
sys.exit(code)
"""


def modules_of(code: str, *arguments: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], env=os.environ, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    return set(done.stdout.splitlines())


@pytest.mark.usefixtures("profiles")
@pytest.mark.parametrize(
    "line",
    ["cc ", "cc run ", "cc run zzz", "cc add --provider=z", "cc uninstall-wrapper ", "cc run mine ", "cc run mine g"],
)
def test_it_imports_what_a_launch_does(line: str) -> None:
    bare = modules_of("import sys; print('\\n'.join(sys.modules))")
    more = {name for name in modules_of(COMPLETE, "bash", line, "") - bare if name in sys.stdlib_module_names}
    allowed = {"_signal", "time", "select"}
    assert more <= allowed
    assert not [name for name in modules_of(COMPLETE, "bash", line, "") if name.startswith(("typer", "pydantic"))]


# What the shells read


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
@pytest.mark.parametrize(
    "own", [["/bin/cc"], ["/odd place/it's $HOME/cc"], ["/usr/bin/python3", "-P", "-m", "cc_launcher"]]
)
def test_a_script_is_read_without_a_word(shell: str, own: list[str]) -> None:
    script = completion_scripts.render(shell, own, ["claude-mine", "claude-other"])
    assert SHELLS[shell]
    assert in_shell(shell, script, {"PATH": "/usr/bin:/bin", "HOME": os.environ["HOME"]}) == b""


def test_a_bash_in_posix_mode_reads_it_too() -> None:
    script = completion_scripts.render("bash", ["/bin/cc"], ["claude-mine"])
    assert in_shell("bash", f"set -euo posix\n{script}", {"PATH": "/usr/bin:/bin", "HOME": os.environ["HOME"]}) == b""
