"""Every way to start the client hands it the pins of its plan: whoever adds one has to say here what it does.

The client is a FAKE that writes down how it was started.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shlex
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cc_launcher.core.plan.stay import FEW, RETRIES
from cc_launcher.core.profile.variables import NETWORK
from cc_launcher.files.session_files import project_name
from cc_launcher.launch.request import COMMANDS
from tests.fakes.fake_claude import package_around
from tests.fakes.fake_provider import FakeProvider
from tests.gateways.running import processes
from tests.support import Sandbox, require_tool, run
from tests.transcripts import SESSION, answer, write
from tests.unit.test_rules import MODULES, calls

PROFILE = (
    'web_search = false\nbase_url = "https://host.example/v"\nauth = "bearer"\nsecret = "cmd:echo the-secret"\n'
    '[tiers]\nmain = "m"\n'
)
OTHER = PROFILE.replace("host.example", "other.example").replace('"m"', '"o"')
MODES = '[modes.other]\nextends = "other"\n'
PROXY = {"HTTPS_PROXY": "http://mine.example:1"}
USED = "--settings"
_OWN_FILE = re.compile(r"/sessions/\d+")  # of the process, which becomes the client
FAKE_ENGINE = Path(__file__).parents[1] / "fakes" / "fake_engine.py"


def promised(sandbox: Sandbox, *line: str) -> list[str]:
    """The arguments that a dry run says a launch has."""
    result = sandbox.run("run", "--dry-run", "--json", *line, environment=sandbox.environment(**PROXY))
    assert result.code == 0, result.err
    argv: list[str] = json.loads(result.out)["data"]["argv"][1:]
    return argv


def started(sandbox: Sandbox, argv: list[Any]) -> list[str]:
    """Start this, and say which arguments the client had."""
    result = run(argv, sandbox.environment(**PROXY), sandbox.work)
    assert sandbox.fake.started, result
    return [os.fsdecode(argument) for argument in sandbox.fake.take().arguments]


def check(found: list[str], plan: list[str], *, dead_search: bool = True) -> None:
    """The client has what its plan promised, no dead WebSearch, and every name of the network is held."""
    pins = json.loads(plan[plan.index(USED) + 1])
    assert json.loads(found[found.index(USED) + 1]) == pins
    assert pins.get("permissions") == ({"deny": ["WebSearch"]} if dead_search else None)
    assert pins["env"].keys() >= {*NETWORK}
    assert pins["env"]["HTTPS_PROXY"] == PROXY["HTTPS_PROXY"]
    if "--managed-settings" in plan:
        assert found[found.index("--managed-settings") + 1] == plan[plan.index("--managed-settings") + 1]


@pytest.fixture
def sandbox(sandbox: Sandbox) -> Sandbox:
    sandbox.profile("mine", PROFILE + MODES)
    sandbox.profile("other", OTHER)
    return sandbox


def by_run(sandbox: Sandbox) -> None:
    plan = promised(sandbox, "mine", "-p", "hi")
    for program in (sandbox.cc, sandbox.cached_cc):
        found = started(sandbox, [program, "run", "mine", "-p", "hi"])
        assert found == plan
        check(found, plan)
    sealed = promised(sandbox, "--sealed", "mine", "-p", "hi")
    check(started(sandbox, [sandbox.cc, "run", "--sealed", "mine", "-p", "hi"]), sealed)
    own = json.dumps({"env": {"FOO": "bar"}})
    found = started(sandbox, [sandbox.cc, "run", "mine", USED, own, "-p", "hi"])
    settings = json.loads(found[found.index(USED) + 1])
    assert settings["env"].pop("FOO") == "bar"
    assert settings == json.loads(plan[plan.index(USED) + 1])
    found = started(sandbox, [sandbox.cc, "run", "mine", "mcp", "list"])  # a subcommand
    assert found == [USED, plan[plan.index(USED) + 1], "mcp", "list"]
    check(started(sandbox, [sandbox.cc, "run", "mine", "config"]), plan)  # and a prompt that others take for one
    chain = ["--fallback", "other", "mine"]  # a profile that cannot be asked is launched all the same
    sandbox.profile("mine", 'extends = "claude"\n')
    found = started(sandbox, [sandbox.cc, "run", *chain, "-p", "hi"])
    check(found, promised(sandbox, "mine", "-p", "hi"), dead_search=False)


def by_wrapper(sandbox: Sandbox) -> None:
    sh = require_tool("sh")
    assert sandbox.run("install-wrapper", "mine", environment=sandbox.environment(**PROXY)).code == 0
    script = sandbox.home / ".local" / "bin" / "claude-mine"
    check(started(sandbox, [sh, script, "-p", "hi"]), promised(sandbox, "mine", "-p", "hi"))
    check(started(sandbox, [sh, script, "--other", "-p", "hi"]), promised(sandbox, "other", "-p", "hi"))
    plan = promised(sandbox, "mine")
    assert started(sandbox, [sh, script, "mcp", "list"]) == [USED, plan[plan.index(USED) + 1], "mcp", "list"]
    check(started(sandbox, [sh, script, "config"]), plan)
    check(started(sandbox, [sh, script, handed_over(sandbox), "-p", "hi"]), promised(sandbox, "mine", "-p", "hi"))
    check(started(sandbox, [sh, script, "--other", handed_over(sandbox)]), promised(sandbox, "other"))
    assert sandbox.run("install-wrapper", "--sealed", "--name", "seals", "mine").code == 0
    sealed = promised(sandbox, "--sealed", "mine")
    check(started(sandbox, [sh, script.with_name("seals"), handed_over(sandbox)]), sealed)
    sandbox.profile("falls", 'extends = "claude"\nfallback = ["other"]\n')  # a login, which cannot be asked first
    assert sandbox.run("install-wrapper", "falls").code == 0
    falls = script.with_name("claude-falls")
    found = started(sandbox, [sh, falls, handed_over(sandbox), "-p", "hi"])
    check(found, promised(sandbox, "falls", "-p", "hi"), dead_search=False)
    (sandbox.work / ".claude").mkdir()
    (sandbox.work / ".claude" / "settings.json").write_text('{"permissions": {"defaultMode": "plan"}}')
    plan = promised(sandbox, "mine", "-p", "hi")
    check(started(sandbox, [sh, script, "-p", "hi"]), plan)  # which it leaves to cc


def handed_over(sandbox: Sandbox) -> Path:
    """The path of a client as an editor has it: another one than what is on PATH, of the same version."""
    client = sandbox.outside / "an extension" / "claude"
    if not client.exists():
        client.parent.mkdir()
        client.write_bytes(sandbox.fake.path.read_bytes())
        client.chmod(0o755)
        package_around(client)
    return client


def by_alias(sandbox: Sandbox) -> None:
    bash = require_tool("bash")
    line = f'shopt -s expand_aliases; eval "$({shlex.quote(str(sandbox.cc))} alias --shell bash --prefix x mine)"'
    check(started(sandbox, [bash, "-c", f"{line}\nxmine -p hi"]), promised(sandbox, "mine", "-p", "hi"))


def by_use(sandbox: Sandbox) -> None:
    """Nothing is started: the client finds the pins in the project's file."""
    assert sandbox.run("use", "mine", environment=sandbox.environment(**PROXY)).code == 0
    written = json.loads((sandbox.work / ".claude" / "settings.local.json").read_text())
    sealed = promised(sandbox, "--sealed", "mine")
    pins = json.loads(sealed[sealed.index(USED) + 1])
    assert {name: value for name, value in pins["env"].items() if value}.items() >= {
        name: value for name, value in written["env"].items() if value
    }.items() - {("CC_PROTECTION", "sealed"), ("CLAUDE_CODE_DISABLE_AGENT_VIEW", "1")}  # which is off in projects alone
    assert written["env"].keys() >= {*NETWORK}
    assert written["availableModels"] == pins["availableModels"]
    assert written["permissions"]["deny"] == pins["permissions"]["deny"] == ["WebSearch"]
    assert "secret get --reference 'cmd:echo the-secret'" in written["apiKeyHelper"]


def by_env(sandbox: Sandbox) -> None:
    """Nothing is started: variables cannot hold pins. It says so wherever the host's flag does not hold them."""
    (sandbox.fake.path.parent / "package.json").unlink()
    sandbox.fake.answer_version("2.1.252")
    sandbox.profile("mine", PROFILE.replace("cmd:echo the-secret", "env:THE_KEY"))
    result = sandbox.run("env", "mine", environment=sandbox.environment(THE_KEY="x"))
    assert b"here, a settings file can override these variables; use cc run mine" in result.err


def by_demo(sandbox: Sandbox) -> None:
    """It starts `cc run`, as anybody would."""
    run([sandbox.cc, "demo"], sandbox.environment(**PROXY), sandbox.work)
    found = [os.fsdecode(argument) for argument in sandbox.fake.take().arguments]
    pins = json.loads(found[found.index(USED) + 1])
    assert pins["env"].keys() >= {*NETWORK}
    assert "127.0.0.1" in pins["env"]["NO_PROXY"]
    assert pins["env"]["ANTHROPIC_BASE_URL"].startswith("http://127.0.0.1:")


def by_ask(sandbox: Sandbox) -> None:
    """It starts `cc run`, sealed, in a session of its own."""
    run([sandbox.cc, "ask", "mine", "hi"], sandbox.environment(**PROXY), sandbox.work)
    found = [os.fsdecode(argument) for argument in sandbox.fake.take().arguments]
    plan = promised(sandbox, "--sealed", "mine", *found[found.index("-p") :])
    assert found == plan
    check(found, plan)


def by_take_over(sandbox: Sandbox) -> None:
    """It comes to a `cc run --resume`."""
    write(sandbox.home / ".claude", lines_in(sandbox.work), name=project_name(str(sandbox.work)))
    assert sandbox.run("take-over", "--allow", "unknown", "mine").code == 0
    plan = promised(sandbox, "mine", "--resume", SESSION, "-p", "hi")
    found = started(sandbox, [sandbox.cc, "take-over", "mine", "last", "-p", "hi"])
    assert found == plan
    check(found, plan)


def lines_in(directory: Path) -> list[dict[str, Any]]:
    """A session of who knows whom."""
    user = {"type": "user", "message": {"role": "user", "content": "hi"}, "sessionId": SESSION, "cwd": str(directory)}
    return [user, answer(1, (1, 1, 0, 0))]


def by_exec(sandbox: Sandbox) -> None:
    """The `claude` that a program finds is a wrapper's script, which leaves to `cc run` what it cannot judge."""
    found = ("sh", "-c", 'claude "$@"; true', "sh")
    for more in ((), ("--sealed",)):
        plan = promised(sandbox, *more, "mine", "-p", "hi")
        for command in (("claude",), found, ("env", "claude")):
            check(started(sandbox, [sandbox.cc, "exec", *more, "mine", "--", *command, "-p", "hi"]), plan)
    plan = promised(sandbox, "mine")
    line = [sandbox.cc, "exec", "mine", "--", *found]
    assert started(sandbox, [*line, "mcp", "list"]) == [USED, plan[plan.index(USED) + 1], "mcp", "list"]
    own = json.dumps({"env": {"FOO": "bar"}})
    settings = started(sandbox, [*line, USED, own, "-p", "hi"])
    pins = json.loads(settings[settings.index(USED) + 1])
    assert pins["env"].pop("FOO") == "bar"
    assert pins == json.loads(plan[plan.index(USED) + 1])
    (sandbox.work / ".claude").mkdir()
    (sandbox.work / ".claude" / "settings.json").write_text('{"permissions": {"defaultMode": "plan"}}')
    check(started(sandbox, [*line, "-p", "hi"]), promised(sandbox, "mine", "-p", "hi"))
    inner = ["exec", "other", "--", "sh", "-c", f'{shlex.quote(str(sandbox.cc))} exec mine -- claude "$@"; true', "sh"]
    check(started(sandbox, [sandbox.cc, *inner, "-p", "hi"]), promised(sandbox, "mine", "-p", "hi"))


def by_gateway(sandbox: Sandbox) -> None:
    """A session of it is a `cc run` as any other, whose address and key are the gateway's own."""
    key = sandbox.secret_file(b"upstream-key\n")
    behind = f'base_url = "https://host.example/v1"\napi = "openai"\nauth = "bearer"\nsecret = "file:{key}"\n'
    sandbox.profile("mine", f'web_search = false\n{behind}[tiers]\nmain = "m"\n')
    python = sandbox.bin / "engine"
    python.write_text(f'#!/bin/sh\nexec {sys.executable} {FAKE_ENGINE} "$@"\n')
    python.chmod(0o755)
    place = sandbox.home / ".local" / "share" / "cc-launcher" / "gateway"
    place.mkdir(mode=0o700, parents=True)
    (place / "engine.json").write_text(json.dumps({"python": str(python), "version": "FAKE"}))
    try:
        check_by_gateway(sandbox)
    finally:
        sandbox.run("gateway", "down", "--now")
        for pid in processes(place.parent):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def check_by_gateway(sandbox: Sandbox) -> None:
    sh = require_tool("sh")
    for more in ((), ("--sealed",)):
        found = started(sandbox, [sandbox.cc, "run", *more, "mine", "-p", "hi"])
        check(*(
            [_OWN_FILE.sub("/sessions/PROCESS", word) for word in words]
            for words in (found, promised(sandbox, *more, "mine"))
        ))  # fmt: skip
    assert sandbox.run("install-wrapper", "mine", environment=sandbox.environment(**PROXY)).code == 0
    script = sandbox.home / ".local" / "bin" / "claude-mine"
    check(started(sandbox, [sh, script, "-p", "hi"]), promised(sandbox, "mine"))
    found = started(sandbox, [sh, script, handed_over(sandbox), "-p", "hi"])
    assert json.loads(found[found.index(USED) + 1])["env"]["ANTHROPIC_BASE_URL"].startswith("http://127.0.0.1:")
    for more in ((), ("--sealed",)):
        line = ["exec", *more, "mine", "--", "sh", "-c", 'claude "$@"; true', "sh", "-p", "hi"]
        check(*(
            [_OWN_FILE.sub("/sessions/PROCESS", word) for word in words]
            for words in (started(sandbox, [sandbox.cc, *line]), promised(sandbox, *more, "mine"))
        ))  # fmt: skip
    whole = ["exec", "mine", "--", "sh", "-c", f"{sandbox.fake.path} -p hi; true"]  # which is not on PATH
    for argv in (["run", "mine", "-p", "hi"], whole):
        run([sandbox.cc, *argv], sandbox.environment(**PROXY), sandbox.work)
        variables = sandbox.fake.take().environment
        given = {name for name, value in variables.items() if b"sk-cc-" in value}
        assert given == {b"ANTHROPIC_AUTH_TOKEN"}
        assert [name for name, value in variables.items() if b"upstream-key" in value] == []


WAYS: dict[str, Callable[[Sandbox], None]] = {
    "run": by_run,
    "install-wrapper": by_wrapper,
    "alias": by_alias,
    "use": by_use,
    "env": by_env,
    "demo": by_demo,
    "take-over": by_take_over,
    "ask": by_ask,
    "exec": by_exec,
    "gateway": by_gateway,  # which starts none itself: `cc run` of what it serves does
}
# What starts no client, and makes nothing that starts one. `doctor` and others ask it for its version alone.
OTHERS = (
    *("add", "config", "doctor", "edit", "export", "help", "import", "init", "list-profiles", "list-wrappers", "ls"),
    *("models", "probe"),
    *("quota", "remove", "secret", "sessions", "show", "statusline", "uninstall", "uninstall-wrapper", "usage"),
    "version",
)


def test_of_every_command_it_is_known_whether_it_starts_the_client() -> None:
    assert sorted([*WAYS, *OTHERS]) == sorted(COMMANDS)


@pytest.mark.parametrize("command", WAYS)
def test_it_has_the_pins_of_its_plan(sandbox: Sandbox, command: str) -> None:
    WAYS[command](sandbox)


# A FAKE claude, which writes down each of its starts, and fails on the profile that the first argument names.
FAILS = """\
#!/bin/sh
# A FAKE claude, for tests.
cat "/proc/$$/cmdline" >"@dump@.$CC_PROFILE"
[ "$CC_PROFILE" = mine ] || exec echo '{"type":"result","subtype":"success","is_error":false,"result":"done"}'
echo '{"type":"result","subtype":"success","is_error":true,"api_error_status":429,"result":"Rate limit reached"}'
exit 1
"""


def test_the_restarts_of_a_fallback_have_the_pins_of_their_plans(sandbox: Sandbox) -> None:
    """A session that goes on elsewhere is started beside us, and not by becoming it."""
    with FakeProvider() as first, FakeProvider() as second:
        sandbox.profile("mine", PROFILE.replace("https://host.example/v", first.url))
        sandbox.profile("other", OTHER.replace("https://other.example/v", second.url))
        assert sandbox.run("take-over", "--allow", "mine", "other").code == 0
        sandbox.fake.path.write_text(FAILS.replace("@dump@", str(sandbox.fake.dump)))
        line = ["run", "--fallback", "other", "--stay", "mine", "-p", "hi"]
        done = run([sandbox.cc, *line], sandbox.environment(**PROXY), sandbox.work)
        assert b"on to other" in done.err, done
        for profile in ("mine", "other"):
            words = Path(f"{sandbox.fake.dump}.{profile}").read_bytes().split(b"\0")[2:-1]
            found = [os.fsdecode(word) for word in words]
            pins = json.loads(found[found.index(USED) + 1])
            assert pins["env"].pop(RETRIES, FEW) == FEW  # as long as somebody is left to go on with
            found[found.index(USED) + 1] = json.dumps(pins)
            check(found, promised(sandbox, profile))


@pytest.mark.parametrize(
    "line",
    [["list-profiles"], ["show", "mine"], ["models", "mine"], ["probe", "mine"], ["doctor"], ["quota", "mine"], ["ls"]],
    ids=" ".join,
)
def test_the_others_start_none(sandbox: Sandbox, line: list[str]) -> None:
    sandbox.run(*line)
    assert not sandbox.fake.started


def test_only_one_place_becomes_the_client() -> None:
    """`start.launch` is where the plan's arguments are handed over.

    The compiler, an MCP server and the program of `cc exec` are no clients: what that starts is a script of ours.

    `actions/stay.py` hands over, too, in a process of its own, beside which it waits.
    """
    becomes = {name for name, tree in MODULES.items() for called, _ in calls(tree) if called.endswith("process.become")}
    assert becomes == {"launch/start.py", "launch/compiler.py", "secrets/mcp_server.py", "actions/executing.py"}
    launches = {name for name, tree in MODULES.items() for called, _ in calls(tree) if called == "start.launch"}
    assert launches == {"cli/run.py", "actions/stay.py"}
    with_cached = {name for name, tree in MODULES.items() for called, _ in calls(tree) if called == "start.launch_with"}
    assert with_cached == {"main.py"}
    unchanged = {name for name, tree in MODULES.items() for called, _ in calls(tree) if called == "start.unchanged"}
    assert unchanged == {"claude/handed_client.py"}  # which starts no session: see tests/shells/test_handed.py
