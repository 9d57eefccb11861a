"""The launch is an exec: the client is our process, and nothing about it shows that we were there."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Mapping
from types import MappingProxyType

import pytest

from tests.fakes.fake_claude import DUMP, Dump
from tests.support import Result, Sandbox, console_script, kill_session, not_here, require_tool, run, start, wait_until

KEY = "sk-test-of-the-launch"
CODES = (0, 1, 2, 7, 42, 66, 73, 77, 126, 127, 130, 143, 255)
DEATHS = ("TERM", "INT", "PIPE", "KILL")


@pytest.fixture(scope="module")
def launched(tmp_path_factory: pytest.TempPathFactory) -> Sandbox:
    """A sandbox in which `cc run zai` has a cached plan."""
    sandbox = Sandbox(tmp_path_factory.mktemp("launched"))
    dump_of(sandbox)
    return sandbox


def launch(
    sandbox: Sandbox,
    *args: str | bytes,
    cached: bool = False,
    stdin: bytes = b"",
    do: str = "exit 0",
    env: Mapping[str, str] = MappingProxyType({}),
) -> Result:
    """Launch the profile zai with its key in the environment."""
    environment = sandbox.told(do, ZAI_API_KEY=KEY) | dict(env)
    return sandbox.run("run", "zai", *args, environment=environment, cached=cached, stdin=stdin)


def dump_of(sandbox: Sandbox, *args: str | bytes, cached: bool = False) -> Dump:
    """How the fake was started by a launch that went well."""
    result = launch(sandbox, *args, cached=cached)
    assert result.code == 0, result.err
    return sandbox.fake.take()


@pytest.mark.parametrize("cached", [False, True], ids=["first", "cached"])
def test_same_process(sandbox: Sandbox, cached: bool) -> None:  # noqa: FBT001
    if cached:
        dump_of(sandbox)
    program = sandbox.cached_cc if cached else sandbox.cc
    process = start([program, "run", "zai"], sandbox.environment(ZAI_API_KEY=KEY), sandbox.work)
    process.communicate()
    assert sandbox.fake.take().pid == process.pid


@pytest.mark.parametrize("code", CODES)
def test_exit_codes_are_the_clients(launched: Sandbox, code: int) -> None:
    assert launch(launched, do=f"exit {code}", cached=True).code == code
    launched.fake.take()


@pytest.mark.parametrize("name", DEATHS)
def test_deaths_are_the_clients(launched: Sandbox, name: str) -> None:
    assert launch(launched, do=f"kill {name}", cached=True).code == -getattr(signal, f"SIG{name}")
    launched.fake.take()


@pytest.mark.parametrize("name", ["TERM", "INT", "HUP", "QUIT"])
def test_a_signal_reaches_the_client(launched: Sandbox, name: str) -> None:
    number = getattr(signal, f"SIG{name}")
    environment = launched.told("wait", ZAI_API_KEY=KEY)
    process = start([launched.cached_cc, "run", "zai"], environment, launched.work)
    try:
        wait_until(launched.fake.dump.exists, "the fake")
        assert launched.fake.take().pid == process.pid
        process.send_signal(number)
        process.communicate()
    finally:
        kill_session(process.pid)
    assert process.returncode == -number


@pytest.mark.parametrize("cached", [False, True], ids=["first", "cached"])
def test_no_signal_is_ignored_or_blocked(sandbox: Sandbox, cached: bool) -> None:  # noqa: FBT001
    if cached:
        dump_of(sandbox)
    dump = dump_of(sandbox, cached=cached)
    # Zero for SIGPIPE and SIGXFSZ too, which Python ignores for itself.
    assert (dump.ignored, dump.blocked) == (0, 0)


def test_what_the_user_ignores_stays_ignored(launched: Sandbox) -> None:
    inner = [str(launched.cached_cc), "run", "zai"]
    argv = ["sh", "-c", "trap '' HUP; exec \"$@\"", "sh", *inner]
    assert run(argv, launched.environment(ZAI_API_KEY=KEY), launched.work).code == 0
    assert launched.fake.take().ignored == 1 << (signal.SIGHUP - 1)


@pytest.mark.parametrize("first", [True, False], ids=["first", "cached"])
def test_only_the_standard_descriptors_are_open(sandbox: Sandbox, first: bool) -> None:  # noqa: FBT001
    if not first:
        dump_of(sandbox)
    foreign = {
        number: leads_to
        for number, leads_to in dump_of(sandbox, cached=not first).descriptors.items()
        if number > 2 and leads_to != str(sandbox.fake.path)  # the shell reads its script
    }
    assert not foreign


ARGUMENTS: dict[str, list[str | bytes]] = {
    "none": [],
    "empty": ["-p", "", ""],
    "empty first": ["", "x"],
    "newlines": ["-p", "two\nlines\n", "\n", "\t\r"],
    "not UTF-8": ["-p", b"\xff\xfe\x80", b"caf\xe9", "café"],
    "not UTF-8 prompt": [b"what is \xff?"],
    "shell": ["-p", "$(id) `id` ; ' \" \\ * ~"],
    "ours": ["-p", "--sealed", "--dry-run", "--json", "--env", "A=b", "run", "zai"],
    "dashes later": ["-p", "--", "--", "-x"],
    "long": ["-p", "x" * 100_000],
}


def users(dump: Dump) -> list[bytes]:
    """The arguments without those of ours that may stand before them."""
    left = dump.arguments
    for ours in (b"--settings", b"--managed-settings", b"--permission-mode"):
        if left[:1] == [ours]:
            left = left[2:]
    return left


@pytest.mark.parametrize("args", ARGUMENTS.values(), ids=ARGUMENTS.keys())
def test_arguments_are_the_users(launched: Sandbox, args: list[str | bytes]) -> None:
    assert users(dump_of(launched, *args, cached=True)) == [os.fsencode(argument) for argument in args]


def test_arguments_are_the_users_on_the_slow_path(sandbox: Sandbox) -> None:
    args = [argument for case in ARGUMENTS.values() for argument in case]
    assert users(dump_of(sandbox, "-p", *args)) == [b"-p", *(os.fsencode(argument) for argument in args)]


@pytest.mark.parametrize(
    ("given", "left"),
    [
        (["--", "glm-4.7"], ["glm-4.7"]),
        (["--", "--", "-x"], ["--", "-x"]),
        (["--", "--json"], ["--json"]),
        (["--"], []),
        (["glm-4.7", "--", "-p"], ["-p"]),
        (["two words", "--", "-p"], ["two words", "--", "-p"]),
    ],
)
def test_only_the_first_dashes_are_ours(launched: Sandbox, given: list[str], left: list[str]) -> None:
    assert [os.fsdecode(argument) for argument in users(dump_of(launched, *given))] == left


@pytest.mark.parametrize(
    "locale",
    [
        {"LANG": "C.UTF-8"},
        {"LANG": "C"},
        {"LC_ALL": "C"},
        {"LC_ALL": "POSIX"},
        {},
        {"LC_CTYPE": "C.UTF-8"},
        {"LC_CTYPE": "C"},
        {"LC_CTYPE": "POSIX", "LANG": "C"},
        {"LC_CTYPE": "de_DE.UTF-8"},
        {"PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0", "LC_ALL": "C"},
    ],
    ids=str,
)
def test_the_environment_is_the_parents(launched: Sandbox, locale: dict[str, str]) -> None:
    """The environment: the parent's, less what the plan unsets, plus what it sets, plus the secret; nothing added."""
    given = launched.environment() | {
        "ZAI_API_KEY": KEY,
        "ANTHROPIC_API_KEY": "stray",
        "CLAUDE_CODE_USE_BEDROCK": "1",
        "CLAUDECODE": "1",
        "EMPTY": "",
        "WITH": "a=b=c",
        "LINES": "one\ntwo\n",
    }
    del given["LANG"]
    parent = {os.fsencode(name): os.fsencode(value) for name, value in (given | locale).items()} | {
        b"NOT_UTF8": b"\xff\x80caf\xe9",
        b"n\xe4me": b"\xfe",
        b"odd name.%": b"kept",
    }
    dry = launched.run("run", "--dry-run", "--json", "zai", environment=parent)
    assert dry.code == 0, dry.err
    plan = json.loads(dry.out)["data"]
    expected = dict(parent)
    for name in plan["unset"]:
        expected.pop(os.fsencode(name), None)
    expected |= {os.fsencode(name): os.fsencode(value) for name, value in plan["set"].items()}
    expected[b"ANTHROPIC_AUTH_TOKEN"] = KEY.encode()
    for cached in (False, True):
        result = launched.run("run", "zai", environment=parent, cached=cached)
        assert result.code == 0, result.err
        assert launched.fake.take().environment == expected


def test_a_variable_without_a_name_does_no_harm(launched: Sandbox) -> None:
    """No shell makes one, but the kernel hands it on."""
    environment: dict[str, str] = launched.environment(ZAI_API_KEY=KEY) | {"": "nameless"}
    assert launched.run("run", "zai", environment=environment).code == 0
    assert launched.fake.take().environment[b"ANTHROPIC_AUTH_TOKEN"] == KEY.encode()


def test_values_outside_of_the_locales_character_set(sandbox: Sandbox) -> None:
    """A profile is UTF-8, whatever the terminal speaks."""
    locale = sandbox.outside / "en_US.ISO-8859-1"
    localedef = require_tool("localedef")
    made = run([localedef, "-i", "en_US", "-f", "ISO-8859-1", locale], sandbox.environment(), sandbox.work)
    if not locale.exists():
        not_here(f"localedef makes no such locale here: {made.err.decode()}")
    sandbox.profile("mine", 'extends = "zai"\nlabel = "日本"\n')
    environment = sandbox.environment(
        ZAI_API_KEY=KEY, LOCPATH=str(sandbox.outside), LC_ALL="en_US.ISO-8859-1", HERE="grüße"
    )
    for cached in (False, True):
        result = sandbox.run("run", "mine", environment=environment, cached=cached)
        assert result.code == 0, result.err
        found = sandbox.fake.take().environment
        assert found[b"HERE"] == "grüße".encode()
        assert "日本".encode() in found[b"ANTHROPIC_DEFAULT_OPUS_MODEL_NAME"]
    assert sandbox.run("show", "mine", environment=environment).code == 0


@pytest.mark.parametrize("cached", [False, True], ids=["first", "cached"])
def test_standard_input_is_the_clients(sandbox: Sandbox, cached: bool) -> None:  # noqa: FBT001
    if cached:
        dump_of(sandbox)
    prompt = b"what is this?\n\xff\0" * 20_000
    assert launch(sandbox, "-p", do="stdin", stdin=prompt, cached=cached).code == 0
    assert sandbox.fake.take().stdin == prompt


def test_a_key_waits_in_a_pipe(sandbox: Sandbox) -> None:
    for cached in (False, True):
        result = sandbox.run("run", "anthropic", environment=sandbox.environment(ANTHROPIC_API_KEY=KEY), cached=cached)
        assert result.code == 0, result.err
        dump = sandbox.fake.take()
        assert dump.key == KEY.encode()
        assert KEY.encode() not in b"\0".join(dump.environment.values())


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&-", "<&- >&- 2>&-"])
@pytest.mark.parametrize("profile", ["zai", "anthropic", "helped"])
def test_closed_standard_streams(sandbox: Sandbox, profile: str, closed: str) -> None:
    """A key in a pipe must not become the client's standard input, which it would take for a prompt."""
    sandbox.profile("helped", f'extends = "anthropic"\nsecret = "cmd:printf %s {KEY}"\n')
    environment = sandbox.environment(ANTHROPIC_API_KEY=KEY, ZAI_API_KEY=KEY)
    for program in (sandbox.cc, sandbox.cached_cc):
        argv = ["sh", "-c", f'exec "$@" {closed}', "sh", str(program), "run", profile]
        assert run(argv, environment, sandbox.work).code == 0
        dump = sandbox.fake.take()
        assert dump.key == (None if profile == "zai" else KEY.encode())
        assert int(dump.environment.get(b"CLAUDE_CODE_API_KEY_FILE_DESCRIPTOR", b"3")) > 2


@pytest.mark.parametrize("closed", ["2>&-", "<&- >&- 2>&-"])
def test_an_error_nobody_hears_keeps_its_code(sandbox: Sandbox, closed: str) -> None:
    argv = ["sh", "-c", f'exec "$@" {closed}', "sh", str(sandbox.cc), "run", "no-such-profile"]
    assert run(argv, sandbox.environment(), sandbox.work).code == 66


def test_a_directory_that_is_gone(sandbox: Sandbox) -> None:
    argv = ["sh", "-c", 'mkdir gone; cd gone; rmdir ../gone; exec "$@"', "sh", str(sandbox.cc), "run", "zai"]
    assert run(argv, sandbox.environment(ZAI_API_KEY=KEY), sandbox.work).code == 0
    assert sandbox.fake.started


LEADING_BACK = {
    "alias": '#!/bin/sh\nexec cc run zai "$@"\n',
    "path": '#!/bin/sh\nexec /usr/local/bin/cc run --sealed zai "$@"\n',
    "other name": '#!/bin/bash\nexec cc-launcher run zai "$@"\n',
    "wrapper": '#!/bin/sh\n# cc-launcher wrapper 1 zai\nexec /opt/claude "$@"\n',
}


@pytest.mark.parametrize("text", LEADING_BACK.values(), ids=LEADING_BACK.keys())
def test_a_claude_that_calls_us_is_passed_over(sandbox: Sandbox, text: str) -> None:
    lure = sandbox.outside / "lure" / "claude"
    lure.parent.mkdir()
    lure.write_text(text)
    lure.chmod(0o755)
    path = f"{lure.parent}:{sandbox.bin}:/usr/bin:/bin"
    for cached in (False, True):
        assert launch(sandbox, env={"PATH": path}, cached=cached).code == 0
        assert sandbox.fake.take().environment[b"ANTHROPIC_AUTH_TOKEN"] == KEY.encode()
    alone = launch(sandbox, env={"PATH": f"{lure.parent}:/usr/bin:/bin"})
    assert (alone.code, b"hint: npm install -g" in alone.err) == (127, True)
    named = launch(sandbox, env={"CC_CLAUDE": str(lure)})
    assert (named.code, b"starts cc again" in named.err) == (126, True)
    assert not sandbox.fake.started


def test_not_found(sandbox: Sandbox) -> None:
    result = launch(sandbox, env={"PATH": "/usr/bin:/bin"})
    assert (result.code, b"npm install -g @anthropic-ai/claude-code" in result.err) == (127, True)
    result = launch(sandbox, env={"CC_CLAUDE": str(sandbox.outside / "nothing")})
    assert (result.code, b"hint: " in result.err) == (127, True)
    # Gone after the plan was made.
    assert launch(sandbox).code == 0
    sandbox.fake.take()
    sandbox.fake.path.unlink()
    assert launch(sandbox).code == 127


def test_not_executable(sandbox: Sandbox) -> None:
    sandbox.fake.path.chmod(0o644)
    places: list[dict[str, str]] = [{"CC_CLAUDE": str(sandbox.fake.path)}, {"CC_CLAUDE": str(sandbox.home)}, {}]
    for named in places:
        result = launch(sandbox, env=named)
        assert (result.code, b"hint: " in result.err) == (126, True)
    assert not sandbox.fake.started


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"#!/nonexistent/interpreter\n", 127), (b"\x7fELF and nothing more", 126), (b"", 126)],
    ids=["interpreter", "garbage", "empty"],
)
def test_not_runnable(sandbox: Sandbox, content: bytes, code: int) -> None:
    sandbox.fake.path.write_bytes(content)
    result = launch(sandbox)
    assert (result.code, b"hint: " in result.err) == (code, True)


def test_too_long_for_the_system(sandbox: Sandbox) -> None:
    """What just fitted for us may be too long with what a launch adds."""
    added = "".join(f'ADDED_{i} = "{"x" * 4000}"\n' for i in range(4))
    sandbox.profile("mine", f'extends = "zai"\n[env]\n{added}')
    environment = sandbox.environment(ZAI_API_KEY=KEY)

    def fits(count: int) -> bool:
        try:
            subprocess.run(["/bin/true"], env=environment | {f"FILL{i}": "x" * 1000 for i in range(count)}, check=True)
        except OSError:
            return False
        return True

    enough, too_many = 0, 1 << 14
    while too_many - enough > 1:
        middle = (enough + too_many) // 2
        enough, too_many = (middle, too_many) if fits(middle) else (enough, middle)
    environment |= {f"FILL{i}": "x" * 1000 for i in range(enough - 2)}
    for cached in (False, True):
        result = sandbox.run("run", "mine", environment=environment, cached=cached)
        assert (result.code, b"too long" in result.err, b"hint: " in result.err) == (2, True, True), result.err
    assert not sandbox.fake.started


def test_pinned_settings_too_long_for_the_system(sandbox: Sandbox) -> None:
    sandbox.fake.answer_version("2.1.72")
    settings = sandbox.outside / "settings.json"
    settings.write_text(json.dumps({"statusLine": "x" * 200_000}))
    result = launch(sandbox, "--settings", str(settings))
    assert (result.code, b"too long" in result.err) == (2, True)
    assert not sandbox.fake.started


NO_VERSIONS = {
    "hangs": "sleep 600 & sleep 600",
    "endless": "exec cat /dev/zero",
    "crashes": "ulimit -c 0; kill -SEGV $$",
    "fails": "echo 2.1.329; exit 1",
    "says nothing": "exit 0",
    "says something else": "echo hello; exit 0",
}


@pytest.mark.parametrize("lines", NO_VERSIONS.values(), ids=NO_VERSIONS.keys())
def test_a_client_that_does_not_tell_its_version(sandbox: Sandbox, lines: str) -> None:
    """It counts as an old one: pinned, or sealed where it can be, and launched all the same."""
    sandbox.fake.answer_version("")  # in no package that would tell it
    answers = sandbox.fake.path.read_text()
    lines = f'if [ "$1" = --version ] && [ -z "${{{DUMP}-}}" ]; then {lines}; fi'
    sandbox.fake.path.write_text(answers.replace("#!/bin/sh\n", f"#!/bin/sh\n{lines}\n", 1))
    impatient = console_script(
        sandbox.outside,
        before="from cc_launcher.claude import installed_version\ninstalled_version._DEADLINE = 0.5\n",
    )
    result = run([impatient, "run", "zai"], sandbox.environment(ZAI_API_KEY=KEY), sandbox.work)
    assert result.code == 0, result.err
    dump = sandbox.fake.take()
    assert b"--settings" in dump.arguments
    assert b"CLAUDE_CODE_PROVIDER_MANAGED_BY_HOST" not in dump.environment
    assert sandbox.nothing_runs()


HANGING = """\
#!/bin/sh
# A FAKE helper that hangs, with a grandchild that holds its pipe.
sleep 600 &
echo $$ >"{mark}.new"
mv "{mark}.new" "{mark}"
wait
"""


@pytest.mark.parametrize("name", ["TERM", "INT", "HUP", "QUIT"])
@pytest.mark.parametrize("cached", [False, True], ids=["first", "cached"])
def test_a_signal_while_the_helper_hangs(sandbox: Sandbox, name: str, cached: bool) -> None:  # noqa: FBT001
    number = getattr(signal, f"SIG{name}")
    mark, helper = sandbox.outside / "running", sandbox.outside / "helper"
    helper.write_text("#!/bin/sh\necho key\n")
    helper.chmod(0o755)
    sandbox.profile("mine", f'extends = "zai"\nsecret = "cmd:{helper}"\n')
    if cached:
        assert sandbox.run("run", "mine").code == 0
        sandbox.fake.take()
    helper.write_text(HANGING.format(mark=mark))
    program = sandbox.cached_cc if cached else sandbox.cc
    argv = ["sh", "-c", 'ulimit -c 0; exec "$@"', "sh", str(program), "run", "mine"]  # QUIT would dump a core
    process = start(argv, sandbox.environment(CC_SECRET_TIMEOUT="600"), sandbox.work)
    try:
        wait_until(lambda: mark.exists() or process.poll() is not None, "the helper")
        process.send_signal(number)
        process.communicate()
    finally:
        kill_session(process.pid)
    assert process.returncode == -number
    assert sandbox.nothing_runs()
    assert not sandbox.fake.started


@pytest.mark.parametrize("name", ["TERM", "INT"])
def test_a_signal_at_the_moment_the_helper_starts(sandbox: Sandbox, name: str) -> None:
    """Between the helper's start and our watch over it, a signal must not leave it behind."""
    helper = sandbox.outside / "helper"
    helper.write_text(HANGING.format(mark=sandbox.outside / "running"))
    helper.chmod(0o755)
    sandbox.profile("mine", f'extends = "zai"\nsecret = "cmd:{helper}"\n')
    program = console_script(
        sandbox.outside,
        before=(
            "import os, signal\n"
            "spawn = os.posix_spawn\n"
            "def spawn_and_signal(program, *args, **more):\n"
            "    child = spawn(program, *args, **more)\n"
            f"    if program == {str(helper)!r}:\n"
            f"        os.kill(os.getpid(), signal.SIG{name})\n"
            "    return child\n"
            "os.posix_spawn = spawn_and_signal\n"
        ),
    )
    result = run([program, "run", "mine"], sandbox.environment(CC_SECRET_TIMEOUT="600"), sandbox.work)
    assert result.code == -getattr(signal, f"SIG{name}")
    assert sandbox.nothing_runs()
