"""The path of a client as the first argument: every shell leaves it to cc, and starts nothing where there is none."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from cc_launcher.core.wrapper.mark import Wrapper
from tests.fakes.fake_claude import package_around
from tests.shells.scene import SHELLS, WrapperScene
from tests.support import LIMIT, Text, require_tool, run

REAL = (sys.executable, "-P", "-m", "cc_launcher")
PROFILE = 'extends = "zai"\nsecret = "env:MY_KEY"\n[modes.local]\nextends = "lan"\n'
CLIENTS = (
    b'/opt/it\'s "new"/$(touch x) `y` \\/claude',
    b"/a\nb/claude",
    b"/\xff/*/claude",
    b"//x//claude",
    b"/claude",
    b"/x/@anthropic-ai/claude-code/bin/claude.exe",
    b"/x/claude/versions/2.1.332",
)
PROMPTS = (b"claude", b"./claude", b"x/claude", b"/x/claude-zai", b"/x/claude ", b"/x/claude\n", b"see /x/claude", b"")


@pytest.fixture
def scene(tmp_path: Path) -> WrapperScene:
    made = WrapperScene(tmp_path)
    made.sandbox.profile("mine", PROFILE)
    made.sandbox.profile("lan", 'extends = "ollama"\nkind = "gateway"\n')
    made.install(Wrapper("claude-mine", "mine"))
    return made


def environment(scene: WrapperScene) -> dict[bytes, bytes]:
    more = {"MY_KEY": "sk-key", "CLAUDE_CODE_ENTRYPOINT": "claude-vscode"}
    return {os.fsencode(name): os.fsencode(value) for name, value in scene.sandbox.environment(**more).items()}


@pytest.mark.parametrize("shell", SHELLS)
def test_a_client_is_left_to_cc_with_all_that_follows(scene: WrapperScene, shell: str) -> None:
    words = [b"--settings", b"{}", b"--resume", b"--bg", b"a\nb", b"", b"--", b"--cc-help"]
    cases = [[client] for client in CLIENTS] + [[b"/x y/node", b"/x y/cli.js"]]
    for client in cases:
        started, handed = scene.run(shell, [*client, *words], environment(scene))
        assert started is None, client
        assert handed is not None
        assert handed.arguments == [b"__handed", b"mine", b"--", *client, *words]
        assert handed.environment[b"CLAUDE_CODE_ENTRYPOINT"] == b"claude-vscode"  # as it came
        assert handed.environment[b"MY_KEY"] == b"sk-key"
        assert b"ANTHROPIC_AUTH_TOKEN" not in handed.environment
        assert not [name for name in handed.environment if name.startswith(b"_cc_")]
    started, handed = scene.run(shell, [b"--local", CLIENTS[0], b"-p"], environment(scene))
    assert handed is not None
    assert handed.arguments == [b"__handed", b"lan", b"--", CLIENTS[0], b"-p"]


@pytest.mark.parametrize("shell", SHELLS)
def test_what_is_no_path_of_a_client_stays_a_prompt(scene: WrapperScene, shell: str) -> None:
    cases = [[prompt] for prompt in PROMPTS]
    for words in (
        *cases,
        [b"-p", CLIENTS[0]],
        [b"/x/node"],
        [b"/x/node", b"cli.js"],
        [b"/x/node", b"-p", b"/x/cli.js"],
    ):
        started, handed = scene.run(shell, words, environment(scene))
        assert handed is None, words
        assert started is not None
        assert started.arguments[-len(words) :] == words


@pytest.mark.parametrize("shell", SHELLS)
def test_without_a_client_no_process_is_started(scene: WrapperScene, shell: str) -> None:
    tracer, program = require_tool("strace"), require_tool(SHELLS[shell][0])
    log = scene.sandbox.outside / "trace"
    lines: list[list[bytes]] = [[], [b"-p", b"hi"], [b"/x/claude-zai"], [b"/x/node", b"hi"]]
    for words in lines:
        argv: list[Text] = [
            tracer,
            "-f",
            "-o",
            log,
            "-e",
            "trace=execve,clone,clone3,fork,vfork",
            program,
            *SHELLS[shell][1:],
        ]
        argv += [scene.place, *words]
        result = run(argv, environment(scene), scene.sandbox.work)
        assert result.code == 0, result
        calls = [line.split(" ", 1)[1].strip() for line in log.read_text(errors="replace").splitlines()]
        target = next(number for number, one in enumerate(calls) if f'execve("{scene.sandbox.fake.path}"' in one)
        assert [one for one in calls[:target] if "= -1 " not in one][1:] == [], shell  # the shell itself, and no more


@pytest.mark.parametrize("shell", SHELLS)
def test_a_session_that_waits_for_work_ends_at_once(scene: WrapperScene, shell: str) -> None:
    program = require_tool(SHELLS[shell][0])
    host = [b"--bg-pty-host", b"/s.sock", b"200", b"50", b"--", b"/w", CLIENTS[0]]
    for words in ([b"--bg-spare", b"/c.sock"], [b"--preload"], [*host, b"--bg-spare", b"/c.sock"]):
        argv: list[Text] = [program, *SHELLS[shell][1:], scene.place, CLIENTS[0], *words]
        done = subprocess.run(
            argv, env=environment(scene), cwd=scene.sandbox.work, capture_output=True, check=False, timeout=LIMIT
        )
        assert (done.returncode, done.stdout, done.stderr) == (1, b"", b"")
        assert not scene.handed.exists()
    _, handed = scene.run(shell, [CLIENTS[0], *host, b"--session-id", b"x"], environment(scene))
    assert handed is not None


# FAKE: writes down what reaches it.
_CLIENT = """\
#!/bin/sh
case ${1-} in --version) echo '2.1.332 (Claude Code)' && exit ;; esac
{ printf '%s\\0' "$@" && printf 'end\\0' && env -0; } >'DUMP'
/bin/cat <&7
/bin/cat
exit 9
"""


@pytest.mark.parametrize("words", [["-p", "hi"], ["daemon", "run"], ["--bg-pty-host", "/s", "--", "x"]])
def test_what_is_inherited_reaches_the_client(scene: WrapperScene, words: list[str], tmp_path: Path) -> None:
    """The contract of `CLAUDE_CODE_PROCESS_WRAPPER`: it ends in exec, with all that was open, and prints nothing."""
    scene.own = REAL
    scene.install(Wrapper("claude-mine", "mine"))
    client = tmp_path / "it's an\nextension" / "claude"
    client.parent.mkdir(mode=0o755)
    client.write_text(_CLIENT.replace("DUMP", str(tmp_path / "reached")))
    client.chmod(0o755)
    package_around(client, "2.1.332")
    (tmp_path / "seven").write_bytes(b"of seven\n")
    kept = {
        "CLAUDE_CODE_ENTRYPOINT": "claude-vscode",
        "CLAUDE_CODE_SESSION_KIND": "bg",
        "CLAUDECODE": "1",
        "X_OWN": "x",
    }
    given = environment(scene) | {os.fsencode(name): os.fsencode(value) for name, value in kept.items()}
    given |= {b"ANTHROPIC_BASE_URL": b"http://stranger"}
    argv = [require_tool("sh"), "-c", 'exec 7<"$1" && shift && exec "$@"', "sh", str(tmp_path / "seven")]
    done = subprocess.Popen(
        [*argv, scene.place, client, *words],
        env=given,
        cwd=scene.sandbox.work,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    out, err = done.communicate(b"of stdin\n", LIMIT)
    assert (done.returncode, out) == (9, b"of seven\nof stdin\n"), err
    arguments, _, block = (tmp_path / "reached").read_bytes().partition(b"end\0")
    assert arguments.split(b"\0")[-len(words) - 1 : -1] == [os.fsencode(word) for word in words]
    reached = dict(entry.split(b"=", 1) for entry in block.split(b"\0") if entry)
    assert {name: reached.get(os.fsencode(name), b"").decode() for name in kept} == kept
    assert b"CC_CLAUDE" not in reached
    of_session = words[0] == "-p"
    address = b"https://api.z.ai/api/anthropic" if of_session else b"http://stranger"
    assert reached[b"ANTHROPIC_BASE_URL"] == address  # between daemon and session nothing is ours
    assert (b"--settings" in arguments.split(b"\0")) == of_session
