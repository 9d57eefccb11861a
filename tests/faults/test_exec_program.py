"""`cc exec` as a whole: the program is our process, each `claude` in it is on the profile, and no key is elsewhere.

The client is a FAKE that writes down how it was started.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from cc_launcher.core.errors import IN_THE_WAY, NO_SUCH, NOT_EXECUTABLE, NOT_FOUND, REFUSED, USAGE
from cc_launcher.core.plan import GIVEN
from cc_launcher.core.plan.for_programs import EXECUTABLE, NO_KEY
from tests.fakes.fake_claude import Dump, FakeClaude
from tests.support import Result, Sandbox, require_tool, start

SECRET, OTHERS = "sk-canary-of-mine", "sk-canary-of-other"
MINE = 'base_url = "https://mine.example/v"\nauth = "bearer"\n[tiers]\nmain = "m"\n'
OTHER = 'base_url = "https://other.example/v"\nauth = "api-key"\n[tiers]\nmain = "o"\n'
SHOW = "cat /proc/$$/environ"  # of the program itself
NOTHING: Mapping[str, str] = MappingProxyType({})


@pytest.fixture
def sandbox(sandbox: Sandbox) -> Sandbox:
    for name, text, secret in (("mine", MINE, SECRET), ("other", OTHER, OTHERS)):
        key = sandbox.outside / f"key-of-{name}"
        key.touch(mode=0o600)
        key.write_text(secret)
        sandbox.profile(name, f'secret = "file:{key}"\n{text}')
    return sandbox


def executed(sandbox: Sandbox, *line: str | bytes, env: Mapping[str, str] = NOTHING, stdin: bytes = b"") -> Result:
    return sandbox.run("exec", *line, environment=sandbox.environment(**env), stdin=stdin)


def variables(block: bytes) -> dict[str, str]:
    return dict(os.fsdecode(entry).split("=", 1) for entry in block.split(b"\0") if b"=" in entry)


def seen(sandbox: Sandbox, *line: str, env: Mapping[str, str] = NOTHING) -> dict[str, str]:
    """What a program finds in its environment."""
    result = executed(sandbox, *line, "--", "sh", "-c", SHOW, env=env)
    assert result.code == 0, result.err
    return variables(result.out)


def started(sandbox: Sandbox, *line: str, env: Mapping[str, str] = NOTHING) -> Dump:
    """How the client was started by a program."""
    result = executed(sandbox, *line, env=env)
    assert sandbox.fake.started, result
    return sandbox.fake.take()


def shims(sandbox: Sandbox) -> list[Path]:
    return sorted((sandbox.home / ".cache" / "cc-launcher" / "exec").glob("*/claude"))


def promised(sandbox: Sandbox, *line: str) -> list[bytes]:
    """What a dry run says that a launch has."""
    result = sandbox.run("run", "--dry-run", "--json", *line)
    assert result.code == 0, result.err
    return [os.fsencode(word) for word in json.loads(result.out)["data"]["argv"][1:]]


# The program


def test_it_is_our_process_with_our_input_and_its_exit_code(sandbox: Sandbox) -> None:
    argv: list[str | Path] = [sandbox.cc, "exec", "mine", "--", "sh", "-c", "echo $$; cat; exit 42"]
    process = start(argv, sandbox.environment(), sandbox.work)
    out, _ = process.communicate(b"typed")
    assert (out, process.returncode) == (b"%d\ntyped" % process.pid, 42)


@pytest.mark.parametrize("name", ["TERM", "INT", "PIPE", "KILL"])
def test_its_death_is_ours(sandbox: Sandbox, name: str) -> None:
    assert executed(sandbox, "mine", "--", "sh", "-c", f"kill -s {name} $$").code == -getattr(signal, f"SIG{name}")


def test_a_signal_reaches_it(sandbox: Sandbox) -> None:
    code = "import signal, sys; signal.signal(15, lambda *_: sys.exit(3)); print('up', flush=True); signal.pause()"
    argv: list[str | Path] = [sandbox.cc, "exec", "mine", "--", sys.executable, "-c", code]
    process = start(argv, sandbox.environment(), sandbox.work)
    assert process.stdout is not None
    assert process.stdout.readline() == b"up\n"
    process.send_signal(signal.SIGTERM)
    process.communicate()
    assert process.returncode == 3


def test_its_words_are_as_they_were_typed(sandbox: Sandbox) -> None:
    words: list[str | bytes] = ["--", "-p", "", "a b", "$(x)", b"\xff\xfe", "--dry-run", "--json", "--help"]
    result = executed(sandbox, "mine", "--", "printf", "%s\\0", *words)
    assert result.out.split(b"\0")[:-1] == [os.fsencode(word) for word in words]


# Its clients


@pytest.mark.parametrize("line", [(), ("m",), ("--sealed",)], ids=" ".join)
def test_a_claude_in_it_is_a_launch_of_the_profile(sandbox: Sandbox, line: tuple[str, ...]) -> None:
    options, model = [word for word in line if word[0] == "-"], [word for word in line if word[0] != "-"]
    plan = promised(sandbox, *options, "mine", *model, "-p", "hi")
    for command in (("claude", "-p", "hi"), ("sh", "-c", "claude -p hi; true"), ("env", "claude", "-p", "hi")):
        found = started(sandbox, *options, "mine", *model, "--", *command)
        assert found.arguments == plan
        secret = found.environment.get(b"ANTHROPIC_AUTH_TOKEN", b"")
        assert secret == (b"" if options else SECRET.encode())
        assert b"CC_PROFILE" in found.environment
    result = executed(sandbox, *options, "mine", *model, "--", "sh", "-c", f'"${EXECUTABLE}" -p hi')
    assert result.code == 0
    assert sandbox.fake.take().arguments == plan


def test_a_project_that_has_a_say_is_judged_as_by_cc_run(sandbox: Sandbox) -> None:
    settings = sandbox.work / ".claude" / "settings.json"
    settings.parent.mkdir()
    settings.write_text('{"permissions": {"defaultMode": "plan"}}')
    assert started(sandbox, "mine", "--", "claude", "-p", "hi").arguments == promised(sandbox, "mine", "-p", "hi")
    settings.write_text('{"availableModels": ["evil"]}')
    result = executed(sandbox, "mine", "--", "claude", "-p", "hi")
    assert result.code == REFUSED
    assert b"evil" in result.err
    assert not sandbox.fake.started


def test_a_program_that_is_called_by_its_whole_path_has_the_variables_alone(sandbox: Sandbox) -> None:
    result = executed(sandbox, "mine", "--", "sh", "-c", f"{sandbox.fake.path} -p hi")
    assert b"or calls by a whole path, gets only these variables" in result.err
    found = sandbox.fake.take()
    assert found.arguments == [b"-p", b"hi"]
    assert found.environment[b"ANTHROPIC_AUTH_TOKEN"] == SECRET.encode()
    assert found.environment[b"ANTHROPIC_BASE_URL"] == b"https://mine.example/v"
    assert found.environment[b"CLAUDE_CODE_PROVIDER_MANAGED_BY_HOST"] == b"1"


def test_a_client_by_its_whole_path_as_the_command_is_a_launch_of_that_client(sandbox: Sandbox) -> None:
    other = FakeClaude(sandbox.outside / "of-an-editor", sandbox.fake.dump)
    for line in ((), ("--sealed",)):
        dump = started(sandbox, *line, "mine", "--", str(other.path), "-p", "hi")
        assert dump.arguments == promised(sandbox, *line, "mine", "-p", "hi")
        secret = dump.environment.get(b"ANTHROPIC_AUTH_TOKEN", b"")
        assert secret == (b"" if line else SECRET.encode())
    sandbox.fake.path.unlink()  # there need be no other one
    assert started(sandbox, "mine", "--", str(other.path), "-p", "hi").arguments[-2:] == [b"-p", b"hi"]
    other.path.parent.chmod(0o777)
    result = executed(sandbox, "mine", "--", str(other.path), "-p", "hi")
    assert result.code == REFUSED
    assert b"others can write" in result.err
    assert not sandbox.fake.started


def test_the_claude_of_another_cc_exec_is_not_taken_for_a_client(sandbox: Sandbox) -> None:
    inner = f'{sandbox.cc} exec mine -- "${EXECUTABLE}" -p hi'
    dump = started(sandbox, "other", "--", "sh", "-c", inner)
    assert dump.arguments == promised(sandbox, "mine", "-p", "hi")
    assert not any(OTHERS.encode() in value for value in dump.environment.values())


def test_a_settings_file_that_decides_is_said(sandbox: Sandbox) -> None:
    settings = sandbox.home / ".claude" / "settings.json"
    settings.parent.mkdir()
    settings.write_text(json.dumps({"env": {"ANTHROPIC_BASE_URL": "https://evil.example"}, "apiKeyHelper": "echo x"}))
    result = executed(sandbox, "mine", "--", "true")
    assert b"/.claude/settings.json sets ANTHROPIC_BASE_URL, apiKeyHelper; such a client follows it" in result.err
    assert b"evil.example" not in result.err
    assert executed(sandbox, "mine", "--", "claude", "-p", "hi").err.count(b"such a client") == 0  # there is none


# The key


def test_the_key_is_in_its_variable_and_in_nothing_else(sandbox: Sandbox) -> None:
    found = seen(sandbox, "mine")
    assert [name for name, value in found.items() if SECRET in value] == ["ANTHROPIC_AUTH_TOKEN"]
    found = seen(sandbox, "other")
    assert [name for name, value in found.items() if OTHERS in value] == ["ANTHROPIC_API_KEY"]
    result = executed(sandbox, "mine", "--", "sh", "-c", "cat /proc/$$/cmdline")
    assert SECRET.encode() not in result.out + result.err
    for path in sandbox.home.rglob("*"):
        assert not path.is_file() or SECRET.encode() not in path.read_bytes(), path


@pytest.mark.parametrize("profile", ["mine", "other"])
def test_a_sealed_program_has_no_key_at_all(sandbox: Sandbox, profile: str) -> None:
    secret = {"mine": SECRET, "other": OTHERS}[profile]
    found = seen(sandbox, "--sealed", profile)
    assert [name for name, value in found.items() if secret in value] == []
    assert found["ANTHROPIC_AUTH_TOKEN"] == NO_KEY
    assert found["CLAUDE_CODE_PROVIDER_MANAGED_BY_HOST"] == "1"
    dump = started(sandbox, "--sealed", profile, "--", "sh", "-c", "claude -p hi; true")
    assert not any(secret.encode() in part for part in (*dump.arguments, *dump.environment.values()))
    assert NO_KEY.encode() not in dump.environment.values()


def test_a_key_that_is_not_there_stops_it(sandbox: Sandbox) -> None:
    (sandbox.outside / "key-of-mine").unlink()
    for line in (("mine",), ("--sealed", "mine")):
        result = executed(sandbox, *line, "--", "sh", "-c", "echo started")
        assert (result.code, result.out) == (REFUSED, b"")
        assert b"No such file" in result.err


def test_a_key_in_a_variable_is_still_there_for_the_clients(sandbox: Sandbox) -> None:
    sandbox.profile("mine", f'secret = "env:MY_KEY"\n{MINE}')
    dump = started(sandbox, "mine", "--", "sh", "-c", "claude -p hi; true", env={"MY_KEY": SECRET})
    assert dump.environment[b"ANTHROPIC_AUTH_TOKEN"] == SECRET.encode()
    assert b"MY_KEY" not in dump.environment


@pytest.mark.parametrize("how", ['secret = "env:{}"', 'key_env = ["{}"]'])
@pytest.mark.parametrize(("profile", "name"), [("mine", "ANTHROPIC_AUTH_TOKEN"), ("other", "ANTHROPIC_AUTH_TOKEN")])
def test_a_key_in_the_clients_own_variable_is_read_there(sandbox: Sandbox, how: str, profile: str, name: str) -> None:
    """The mark that stands there where no environment may hold a key is not taken for the key."""
    sandbox.profile(profile, f"{how.format(name)}\n{ {'mine': MINE, 'other': OTHER}[profile] }")
    for command in (("claude", "-p", "hi"), ("sh", "-c", "claude -p hi; true"), (str(sandbox.fake.path), "-p", "hi")):
        dump = started(sandbox, profile, "--", *command, env={name: SECRET})
        given = dump.environment.get(b"ANTHROPIC_AUTH_TOKEN") if profile == "mine" else (dump.key or b"").strip()
        assert given == SECRET.encode()


# Within another session


def session_of(sandbox: Sandbox, *line: str, env: Mapping[str, str] = NOTHING) -> dict[str, str]:
    """The environment of a session, as a client gives it to the model's commands: without the secret."""
    result = sandbox.run("run", *line, "-p", "hi", environment=sandbox.environment(**env))
    assert result.code == 0, result.err
    found = {os.fsdecode(name): os.fsdecode(value) for name, value in sandbox.fake.take().environment.items()}
    return found | {"CLAUDECODE": "1", "CLAUDE_CODE_SESSION_ID": "x", "CLAUDE_CODE_ENTRYPOINT": "cli"}


def test_of_a_session_of_another_profile_nothing_is_left(sandbox: Sandbox) -> None:
    path = sandbox.home / ".config" / "cc-launcher" / "profiles" / "other.toml"
    path.write_text(f'isolated = true\n{path.read_text()}[env]\nOF_OTHER = "1"\nCLAUDE_CODE_TMPDIR = "/other"\n')
    around = session_of(sandbox, "other", env={"DISABLE_TELEMETRY": "1"})
    assert around["OF_OTHER"] == "1"
    assert "isolated/other" in around["CLAUDE_CONFIG_DIR"]
    inside = seen(sandbox, "mine", env=around)
    plain = seen(sandbox, "mine")
    assert {name: value for name, value in inside.items() if plain.get(name) != value} == {"DISABLE_TELEMETRY": "1"}
    assert plain.keys() <= inside.keys()
    dump = started(sandbox, "mine", "--", "sh", "-c", "claude -p hi; true", env=around)
    assert dump.arguments == promised(sandbox, "mine", "-p", "hi")
    signs = (b"other.example", b"isolated/other", b"(other)", OTHERS.encode())
    assert not any(sign in value for value in dump.environment.values() for sign in signs)


def test_in_another_cc_exec_the_inner_one_counts(sandbox: Sandbox) -> None:
    cc = str(sandbox.cc)
    inner = f"{cc} exec mine -- sh -c '{SHOW}'"
    result = executed(sandbox, "other", "--", "sh", "-c", inner)
    plain = seen(sandbox, "mine")
    assert variables(result.out) == plain | {"PWD": str(sandbox.work)}  # which the outer shell has set
    assert plain["PATH"].count("/exec/") == 1
    dump = started(sandbox, "other", "--", "sh", "-c", f"{cc} exec --sealed mine -- sh -c 'claude -p hi; true'")
    assert dump.arguments == promised(sandbox, "--sealed", "mine", "-p", "hi")
    assert not any(OTHERS.encode() in value for value in dump.environment.values())
    dump = started(sandbox, "mine", "--", "sh", "-c", f"{cc} exec mine -- sh -c 'claude -p hi; true'")  # twice the same
    assert dump.arguments == promised(sandbox, "mine", "-p", "hi")


@pytest.mark.parametrize("how", ["cc run", "a wrapper", "cc exec"])
def test_a_key_of_cc_exec_is_not_taken_for_the_users_own(sandbox: Sandbox, how: str) -> None:
    """Of two profiles whose key may be in ANTHROPIC_API_KEY, each goes to its own host."""
    sandbox.profile("third", 'key_env = ["ANTHROPIC_API_KEY"]\n' + OTHER.replace("other.example", "third.example"))
    own = {"ANTHROPIC_API_KEY": "sk-the-users-own"}
    assert sandbox.run("install-wrapper", "third", environment=sandbox.environment(**own)).code == 0
    wrapper = sandbox.home / ".local" / "bin" / "claude-third"
    command = {
        "cc run": f"{sandbox.cc} run third -p hi",
        "a wrapper": f"{wrapper} -p hi",
        "cc exec": f"{sandbox.cc} exec third -- claude -p hi",
    }[how]
    result = executed(sandbox, "other", "--", "sh", "-c", command)
    assert not sandbox.fake.started, sandbox.fake.take()
    assert result.code == REFUSED
    dump = started(sandbox, "mine", "--", "sh", "-c", f"ANTHROPIC_API_KEY=sk-the-users-own {command}")
    assert dump.key is not None
    assert dump.key.strip() == b"sk-the-users-own"  # which nothing of ours has put there


def test_an_isolated_profile_has_its_own_configuration_in_all_clients(sandbox: Sandbox) -> None:
    path = sandbox.home / ".config" / "cc-launcher" / "profiles" / "mine.toml"
    path.write_text(f'isolated = true\nshare = ["agents"]\n{path.read_text()}')
    own = str(sandbox.home / ".local" / "share" / "cc-launcher" / "isolated" / "mine")
    for env in ({}, {"CLAUDE_CONFIG_DIR": str(sandbox.outside)}):
        assert seen(sandbox, "mine", env=env)["CLAUDE_CONFIG_DIR"] == own
        dump = started(sandbox, "mine", "--", "sh", "-c", "claude -p hi; true", env=env)
        assert dump.environment[b"CLAUDE_CONFIG_DIR"] == own.encode()
        again = f"rm {own}/agents; claude --continue -p hi; true"  # which `cc run` judges, and makes the link again
        dump = started(sandbox, "mine", "--", "sh", "-c", again, env=env)
        assert dump.environment[b"CLAUDE_CONFIG_DIR"] == own.encode()
        ordinary = env.get("CLAUDE_CONFIG_DIR", f"{sandbox.home}/.claude")
        assert os.readlink(f"{own}/agents") == f"{ordinary}/agents"
        Path(f"{own}/agents").unlink()
    [first, second] = [path.read_text() for path in shims(sandbox)]
    assert first != second


# Our `claude`


def test_a_second_run_writes_nothing_and_a_changed_profile_writes_it_again(sandbox: Sandbox) -> None:
    assert executed(sandbox, "mine", "--", "true").code == 0
    [script] = shims(sandbox)
    assert stat.S_IMODE(script.stat().st_mode) == 0o700
    before = script.stat().st_ino
    assert executed(sandbox, "mine", "--", "true").code == 0
    assert script.stat().st_ino == before
    path = sandbox.home / ".config" / "cc-launcher" / "profiles" / "mine.toml"
    path.write_text(path.read_text().replace('"m"', '"changed"'))
    dump = started(sandbox, "mine", "--", "sh", "-c", "claude -p hi; true")
    assert dump.environment[b"ANTHROPIC_MODEL"] == b"changed"
    assert shims(sandbox) == [script]
    assert script.stat().st_ino != before
    assert executed(sandbox, "--anyway", "mine", "--", "true").code == 0
    assert len(shims(sandbox)) == 2


def test_many_at_once(sandbox: Sandbox) -> None:
    def once(_: int) -> Result:
        return executed(sandbox, "mine", "--", "sh", "-c", "cat $(command -v claude) | tail -n 1")

    with ThreadPoolExecutor(4) as pool:
        found = {(result.code, result.out) for result in pool.map(once, range(8))}
    assert found == {(0, b'_cc_launch "$@"\n')}
    [script] = shims(sandbox)
    assert [path.name for path in script.parent.iterdir()] == ["claude"]


@pytest.mark.parametrize("which", ["exec", "exec/*"])
def test_a_directory_that_others_can_write_is_refused(sandbox: Sandbox, which: str) -> None:
    assert executed(sandbox, "mine", "--", "true").code == 0
    [directory] = (sandbox.home / ".cache" / "cc-launcher").glob(which)
    directory.chmod(0o777)
    result = executed(sandbox, "mine", "--", "echo", "started")
    assert (result.code, result.out) == (IN_THE_WAY, b"")
    assert b"others can put programs there" in result.err


def test_a_cache_below_a_directory_of_everybody_is_refused(sandbox: Sandbox) -> None:
    everybody = sandbox.outside / "everybody"
    everybody.mkdir()
    everybody.chmod(0o777)
    env = {"CC_CACHE_DIR": str(everybody / "cache")}
    assert executed(sandbox, "mine", "--", "true", env=env).code == IN_THE_WAY
    everybody.chmod(0o1777)  # as /tmp is
    assert executed(sandbox, "mine", "--", "true", env=env).code == 0
    odd = {"CC_CACHE_DIR": str(sandbox.outside / "a:b")}
    assert b"cannot be on PATH" in executed(sandbox, "mine", "--", "true", env=odd).err


def test_what_stands_in_its_place_and_is_not_ours_is_replaced(sandbox: Sandbox) -> None:
    assert executed(sandbox, "mine", "--", "true").code == 0
    [script] = shims(sandbox)
    victim = sandbox.outside / "victim"
    victim.write_text("#!/bin/sh\necho evil\n")
    victim.chmod(0o755)
    script.unlink()
    script.symlink_to(victim)
    assert started(sandbox, "mine", "--", "sh", "-c", "claude -p hi; true").arguments == promised(
        sandbox, "mine", "-p", "hi"
    )
    assert not script.is_symlink()
    assert victim.read_text() == "#!/bin/sh\necho evil\n"


def test_it_is_no_wrapper_of_the_users_and_goes_with_cc(sandbox: Sandbox) -> None:
    result = executed(sandbox, "mine", "--", "sh", "-c", f"{sandbox.cc} list-wrappers --json")
    assert json.loads(result.out)["data"] == []
    assert executed(sandbox, "mine", "--", "sh", "-c", f"{sandbox.cc} install-wrapper --refresh").code == 0
    result = executed(sandbox, "mine", "--", "sh", "-c", f"{sandbox.cc} doctor --json")
    found = {finding["code"]: finding["level"] for finding in json.loads(result.out)["data"]["findings"]}
    assert {code for code, level in found.items() if level != "ok" and code.startswith("client-")} == set()
    [script] = shims(sandbox)
    assert "`cc exec` writes it again" in script.read_text()
    assert sandbox.run("uninstall", "--yes").code == 0
    assert shims(sandbox) == []
    assert not (sandbox.home / ".cache" / "cc-launcher").exists()


@pytest.mark.parametrize("shell", ["dash", "bash", "busybox", "zsh"])
def test_each_shell_runs_it(sandbox: Sandbox, shell: str) -> None:
    program = require_tool(shell)
    assert executed(sandbox, "mine", "--", "true").code == 0
    [script] = shims(sandbox)
    words = [program, "sh"] if shell == "busybox" else [program]
    before = {"zsh": ["--emulate", "sh"]}.get(shell, [])
    result = executed(sandbox, "mine", "--", *words, *before, str(script), "-p", "hi")
    assert result.code == 0, result.err
    assert sandbox.fake.take().arguments == promised(sandbox, "mine", "-p", "hi")


def test_shellcheck_has_nothing_to_say(sandbox: Sandbox) -> None:
    program = require_tool("shellcheck")
    sandbox.profile("third", f'isolated = true\nkey_env = ["ANTHROPIC_API_KEY"]\n{OTHER}')
    env = {"ANTHROPIC_API_KEY": "x"}
    assert executed(sandbox, "third", "--", "true", env=env).code == 0
    [script] = shims(sandbox)
    assert GIVEN in script.read_text()
    done = subprocess.run([program, "-s", "sh", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


# What is wrong


WRONG: dict[str, tuple[tuple[str, ...], int, bytes]] = {
    "no profile": ((), USAGE, b"cc exec: which profile?"),
    "no dashes": (("mine", "echo"), USAGE, b"the command begins behind --\nhint: cc exec mine -- echo\n"),
    "no command": (("mine", "--"), USAGE, b"there is no command behind --"),
    "an empty command": (("mine", "--", ""), USAGE, b"there is no command behind --"),
    "three words": (("mine", "m", "x", "--", "true"), USAGE, b"x: a profile and a model are all"),
    "an unknown option": (("--seald", "mine", "--", "true"), USAGE, b"--sealed"),
    "an option of the command": (("mine", "-c", "--", "true"), USAGE, b"options of the command go behind --"),
    "json alone": (("--json", "mine", "--", "true"), USAGE, b"--json goes with --dry-run"),
    "an unknown profile": (("mien", "--", "true"), NO_SUCH, b"mine"),
    "an unknown program": (("mine", "--", "no-such-program"), NOT_FOUND, b"no-such-program: command not found"),
    "an unknown path": (("mine", "--", "./nothing/here"), NOT_FOUND, b"there is no such program"),
    "a directory": (("mine", "--", "/usr"), NOT_EXECUTABLE, b"/usr: is a directory"),
    "no program": (("mine", "--", "/etc/passwd"), NOT_EXECUTABLE, b"cannot be executed"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_said(sandbox: Sandbox, name: str) -> None:
    line, code, said = WRONG[name]
    result = executed(sandbox, *line)
    assert result.code == code, result
    assert said in result.err
    assert b"Traceback" not in result.err
    assert SECRET.encode() not in result.err


def test_a_program_on_path_that_cannot_be_executed_is_126(sandbox: Sandbox) -> None:
    (sandbox.bin / "blocked").write_text("#!/bin/sh\n")
    assert executed(sandbox, "mine", "--", "blocked").code == NOT_EXECUTABLE
    (sandbox.bin / "headless").write_text("#!/no/such/interpreter\n")
    (sandbox.bin / "headless").chmod(0o755)
    assert executed(sandbox, "mine", "--", "headless").code == NOT_FOUND


def test_a_program_of_a_relative_entry_of_path_does_not_get_the_key(sandbox: Sandbox) -> None:
    evil = sandbox.work / "agent"
    evil.write_text("#!/bin/sh\necho evil\n")
    evil.chmod(0o755)
    result = executed(sandbox, "mine", "--", "agent", env={"PATH": f".:{sandbox.environment()['PATH']}"})
    assert (result.code, result.out) == (NOT_FOUND, b"")
    assert b"relative PATH entry" in result.err
    assert executed(sandbox, "mine", "--", "./agent").out == b"evil\n"  # which is the user's own choice


def test_without_a_client_nothing_is_started(sandbox: Sandbox) -> None:
    sandbox.fake.path.unlink()
    result = executed(sandbox, "mine", "--", "echo", "started")
    assert (result.code, result.out) == (NOT_FOUND, b"")
    assert b"claude is not installed" in result.err
    assert sandbox.run("exec", "--dry-run", "mine", "--", "echo").code == 0


def test_what_a_profile_needs_is_said(sandbox: Sandbox) -> None:
    sandbox.profile("needy", 'extends = "litellm"\n')
    result = executed(sandbox, "needy", "--", "echo", "started")
    assert result.code != 0
    assert result.out == b""
    assert b"needy" in result.err


# The dry run


def dry(sandbox: Sandbox, *line: str, env: Mapping[str, str] = NOTHING) -> dict[str, Any]:
    result = executed(sandbox, "--dry-run", "--json", *line, env=env)
    assert result.code == 0, result.err
    found: dict[str, Any] = json.loads(result.out)
    assert found["command"] == "exec"
    data: dict[str, Any] = found["data"]
    return data


def test_a_dry_run_says_what_a_run_does_and_changes_nothing(sandbox: Sandbox) -> None:
    before = sandbox.kept_files()
    shutil.rmtree(sandbox.home / ".cache", ignore_errors=True)
    data = dry(sandbox, "mine", "--", "sh", "-c", SHOW)
    assert shims(sandbox) == []
    assert sandbox.kept_files() == before
    found = seen(sandbox, "mine")
    assert data["set"].items() <= found.items()
    assert not data["unset"] or not found.keys() & set(data["unset"])
    assert found["PATH"].split(":")[0] == data["path"]["first"] == str(shims(sandbox)[0].parent)
    assert data["secrets"] == [
        {"reference": f"file:{sandbox.outside / 'key-of-mine'}", "variable": "ANTHROPIC_AUTH_TOKEN"}
    ]
    assert (data["command"], data["program"]) == (["sh", "-c", SHOW], shutil.which("sh", path=sandbox.system_path))
    assert len(data["not_covered"]) == 1
    assert dry(sandbox, "--sealed", "other", "--", "true")["secrets"][0]["variable"] is None
    assert "command not found" in dry(sandbox, "mine", "--", "no-such-program")["stops"]


def test_a_dry_run_for_people_has_no_secret(sandbox: Sandbox) -> None:
    for line in (("mine",), ("--sealed", "mine"), ("other",)):
        result = executed(sandbox, "--dry-run", *line, "--", "sh", "-c", "echo started")
        assert result.code == 0
        assert b"comes first: its claude is cc run" in result.out
        for text in (SECRET, OTHERS, "started\n"):
            assert text.encode() not in result.out + result.err
