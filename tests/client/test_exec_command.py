"""`cc exec` with the real client: whatever starts a `claude` there, and however hostile the files are, it is on the
profile; and what is not covered sends no other credential anywhere.
"""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cc_launcher.core.plan.for_programs import EXECUTABLE, NO_KEY
from tests.client import harness
from tests.client.exposure import files_with
from tests.client.hostile import FILES, NOT_AGAINST_THE_LOGIN, SHELL, WHAT, check, plant
from tests.client.stage import KINDS, PATIENCE, PROMPT, SEALED, Stage, credential_of, first, said, tool_results
from tests.client.wrapped import profile
from tests.fakes.fake_provider import FakeProvider, call
from tests.support import console_script, require_tool

CURRENT, OLD = harness.CURRENT, harness.BEFORE_HOST_FLAG
ANSWER = "program: pong\n"
# Programs as people write them: each starts the `claude` that it finds.
PYTHON = """\
import os, subprocess, sys
done = subprocess.run([os.environ.get("ITS_CLIENT", "claude"), "-p", "hi"], stdout=subprocess.PIPE, text=True)
sys.stdout.write(f"program: {done.stdout}")
sys.exit(done.returncode)
"""
NODE = """\
#!/usr/bin/env node
const { spawnSync } = require("node:child_process");
const done = spawnSync(process.env.ITS_CLIENT || "claude", ["-p", "hi"], { stdio: ["ignore", "pipe", "inherit"] });
process.stdout.write(`program: ${done.stdout}`);
process.exit(done.status);
"""


class Programs:
    """Programs on the stage, and a `cc exec` of them. Their client is on PATH."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.cc = console_script(stage.elsewhere / "bin")
        self.python = stage.elsewhere / "agent.py"
        self.python.write_text(PYTHON)
        self.node = stage.work / "node_modules" / ".bin" / "agent"

    def environment(self, **more: str) -> dict[str, str]:
        """The stage's, with its client on PATH."""
        environment = dict(self.stage.environment)
        del environment["CC_CLAUDE"]
        return environment | {"PATH": f"{self.stage.client.parent}:{environment['PATH']}"} | more

    def run(self, *line: str | Path, **more: str) -> harness.Ended:
        """A `cc exec`."""
        return harness.run([self.cc, "exec", *line], self.environment(**more), self.stage.work, timeout=PATIENCE)

    @property
    def agent(self) -> tuple[str, ...]:
        """The Python program."""
        return sys.executable, str(self.python)

    @property
    def npx(self) -> tuple[str, ...]:
        """A program of node, as a project has it, and as `npx` starts it."""
        self.node.parent.mkdir(parents=True, exist_ok=True)
        self.node.write_text(NODE)
        self.node.chmod(0o755)
        return require_tool("npx"), "--offline", "--no-update-notifier", "agent"

    @contextmanager
    def outer(self) -> Iterator[FakeProvider]:
        """Another profile, `outer`, with a provider of its own."""
        with FakeProvider() as provider:
            key = self.stage.elsewhere / "key-of-outer"
            key.touch(mode=0o600)
            key.write_text("sk-canary-of-outer")
            text = f'base_url = "{provider.url}"\nauth = "bearer"\nsecret = "file:{key}"\n[tiers]\nmain = "v/outer"\n'
            profile(self.stage, "outer", f'{text}[env]\nOF_OUTER = "1"\n')
            yield provider


@pytest.fixture
def programs(stage: Stage) -> Programs:
    return Programs(stage)


@pytest.mark.parametrize(
    ("version", "name", "places"),
    [
        *((CURRENT, name, FILES) for name in ("token", "key", "sealed", "none", "login")),
        (CURRENT, "token", SHELL),
        (CURRENT, "sealed", SHELL),
        (OLD, "token", FILES),
    ],
)
def test_everything_against_a_program(programs: Programs, name: str, places: tuple[str, ...]) -> None:
    stage, kind = programs.stage, KINDS[name]
    stage.profile(kind)
    harness.seed_login(stage.home)
    plant(stage, places, tuple(what for what in WHAT if name != "login" or what not in NOT_AGAINST_THE_LOGIN))

    ended = programs.run(*kind.options, "own", "--", *programs.agent)

    assert (ended.returncode, ended.stdout) == (0, ANSWER), ended
    check(stage, kind, stage.protection(kind))
    if places == FILES:
        assert "/.claude/settings.json sets" in ended.stderr
    assert stage.secret not in ended.stderr
    assert files_with(stage.secret, stage.home) == []


@pytest.mark.parametrize("name", ["token", "sealed"])
def test_npx(programs: Programs, name: str) -> None:
    stage, kind = programs.stage, KINDS[name]
    stage.profile(kind)
    harness.seed_login(stage.home)
    plant(stage, ("user",), WHAT)
    ended = programs.run(*kind.options, "own", "--", *programs.npx)
    assert (ended.returncode, ended.stdout) == (0, ANSWER), ended
    check(stage, kind, stage.protection(kind))


def test_a_program_that_takes_its_client_from_a_variable(programs: Programs) -> None:
    stage, kind = programs.stage, KINDS["sealed"]
    stage.profile(kind)
    plant(stage, FILES, WHAT)
    line = f"ITS_CLIENT=${EXECUTABLE} exec {' '.join(map(shlex.quote, programs.agent))}"
    ended = programs.run("--sealed", "own", "--", "sh", "-c", line)
    assert (ended.returncode, ended.stdout) == (0, ANSWER), ended
    check(stage, kind, SEALED)


def test_a_session_on_a_terminal(programs: Programs) -> None:
    stage, kind = programs.stage, KINDS["token"]
    stage.profile(kind)
    harness.seed_home(stage.home, [stage.work])
    plant(stage, FILES, WHAT)
    argv = [str(programs.cc), "exec", "own", "--", "sh", "-c", "claude; echo over:$?"]
    with harness.Terminal(argv, programs.environment(), stage.work) as terminal:
        stage.wait_until_ready(terminal)
        stage.type(terminal, "ping me")
        terminal.wait_for("pong", timeout=PATIENCE)
    check(stage, kind, stage.protection(kind))


# Within another session


@pytest.mark.parametrize("name", ["token", "key", "sealed"])
def test_in_a_session_of_another_profile_and_in_another_cc_exec(programs: Programs, name: str) -> None:
    """The model of `outer` runs `cc exec outer`, in which runs `cc exec own`: only the innermost one counts."""
    stage, kind = programs.stage, KINDS[name]
    stage.profile(kind)
    harness.seed_login(stage.home)
    plant(stage, ("user",), WHAT)
    own = shlex.join([str(programs.cc), "exec", *kind.options, "own", "--", *programs.agent])
    with programs.outer() as outer:
        command = shlex.join([str(programs.cc), "exec", "outer", "--", "sh", "-c", f"{own}; env"])
        outer.script = first(call("Bash", command=command, description="x", timeout=500_000))
        line: list[str | Path] = [programs.cc, "run", "outer", "-p", PROMPT, "--allowedTools", "Bash"]
        ended = harness.run(line, programs.environment(), stage.work, timeout=PATIENCE)
        assert ended.returncode == 0, ended
        [result] = tool_results(outer.messages[-1].body)
        assert ANSWER in result
        assert "OF_OUTER=1" in result  # which was there, around it
        assert {request.body["model"] for request in outer.messages} == {"v/outer"}
        assert all(stage.secret not in said(request) for request in outer.requests)
    check(stage, kind, stage.protection(kind))
    assert all("canary-of-outer" not in said(request) for request in stage.everything())


@pytest.mark.parametrize(("version", "name"), [(CURRENT, "token"), (CURRENT, "sealed"), (OLD, "token")])
def test_a_client_by_its_whole_path_as_the_command_is_judged_as_any_other(programs: Programs, name: str) -> None:
    """It is no prompt, and no other client is on PATH."""
    stage, kind = programs.stage, KINDS[name]
    stage.profile(kind)
    harness.seed_login(stage.home)
    plant(stage, FILES, WHAT)
    path = {"PATH": stage.environment["PATH"]}
    ended = programs.run(*kind.options, "own", "--", stage.client, "-p", "hi", **path)
    assert (ended.returncode, ended.stdout) == (0, "pong\n"), ended
    check(stage, kind, stage.protection(kind))
    assert all(str(stage.client) not in request.raw.decode() for request in stage.ours.messages)


# What is not covered


def test_a_client_by_its_whole_path_has_the_variables_and_is_said(programs: Programs) -> None:
    """The current client ignores what settings files say beside the host's flag, and so the variables hold."""
    stage, kind = programs.stage, KINDS["token"]
    stage.profile(kind)
    harness.seed_login(stage.home)
    stage.settings("user", {"env": {"ANTHROPIC_BASE_URL": stage.hijacker.url}})
    ended = programs.run("own", "--", *programs.agent, ITS_CLIENT=str(stage.client))
    assert (ended.returncode, ended.stdout) == (0, ANSWER), ended
    assert "or calls by a whole path, gets only these variables" in ended.stderr
    assert (
        f"{stage.home}/.claude/settings.json sets ANTHROPIC_BASE_URL; such a client follows it if it is" in ended.stderr
    )
    check(stage, kind, stage.protection(kind))


@pytest.mark.parametrize("version", [CURRENT, OLD])
def test_a_client_by_its_whole_path_gets_no_key_of_a_sealed_program_and_sends_no_login(programs: Programs) -> None:
    stage, kind = programs.stage, KINDS["sealed"]
    stage.profile(kind)
    harness.seed_login(stage.home)
    ended = programs.run("--sealed", "own", "--", *programs.agent, ITS_CLIENT=str(stage.client))
    assert "gets no key, because this launch is sealed, and does not work" in ended.stderr
    assert stage.hijacker.requests == []
    for request in stage.everything():
        assert harness.LOGIN_TOKEN not in said(request)
        assert stage.secret not in said(request)
    for request in stage.ours.messages:
        assert credential_of(request) == {"authorization": f"Bearer {NO_KEY}"}


def test_what_the_model_sees_in_a_program_is_what_it_sees_in_a_launch(programs: Programs) -> None:
    """Sealed: the secret is in no environment, not even that of the program around it."""
    stage, kind = programs.stage, KINDS["sealed"]
    stage.profile(kind)
    around = "$(cut -d ' ' -f 4 /proc/$PPID/stat)"  # the program, whose child the client is
    look = f"cat /proc/{around}/environ /proc/{around}/cmdline /proc/$PPID/environ /proc/$PPID/cmdline | tr '\\0' '\\n'"
    stage.ours.script = first(call("Bash", command=f"(env; {look}) >seen", description="x"))
    line = ["--sealed", "own", "--", "sh", "-c", f"claude -p {PROMPT} --allowedTools Bash; true"]
    ended = programs.run(*line)
    assert ended.returncode == 0, ended
    seen = (stage.work / "seen").read_text()
    assert seen.count("CC_PROFILE=own") == 3, seen
    assert NO_KEY in seen
    assert stage.secret not in seen
