"""`cc demo`: the whole path in a minute, offline and without a key."""

import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import typer

from cc_launcher.claude import install, this_machine
from cc_launcher.cli import render
from cc_launcher.core import demo_script
from cc_launcher.core.errors import NOT_FOUND, CcError
from cc_launcher.core.profile.variables import NETWORK
from cc_launcher.files import atomic
from cc_launcher.launch import helper, paths, process, waiting
from cc_launcher.net.demo_endpoint import Endpoint, Received

_DEADLINE = 180.0  # for one launch, on a machine that starts the client for the first time
_OWN_PLACES = ("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "CC_CONFIG_DIR", "CC_CACHE_DIR", "CC_DATA_DIR")
_NEXT = """
The demo is over, and nothing of it is left. Next, with a real provider:"""
_STEPS = """\
  cc ls                         the providers
  cc run openrouter             asks for a key, then starts Claude Code"""
_INSTALL = f"  {install.GLOBALLY}   Claude Code for the whole machine"


@dataclass
class _Stage:
    """A home for one demo."""

    root: Path
    client: str
    secret: str
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def work(self) -> Path:
        """The project that the session is in."""
        return self.root / "project"

    def run(self, *arguments: str) -> str:
        """What `cc run` prints here: the ordinary command, in a process of its own."""
        # What the client says beside its answer is not what the demo shows: it is told where the launch fails.
        manner = helper.Manner(environment=dict(self.environment), listen=True, alone=True, tidy=True, hush=True)
        try:
            with waiting.on("Claude Code"):
                said = helper.read((*this_machine.OWN_COMMAND, "run", *arguments), "the launch", _DEADLINE, manner)
        except helper.HelperFailed as bad:
            told = tuple(line for line in bad.said.strip().splitlines() if line)[-8:]
            raise CcError(
                f"the launch ended with exit code {bad.status}",
                "try cc doctor: it may know why",
                code=bad.status if bad.status > 0 else 1,
                details=told,
            ) from None
        return said.decode("utf-8", "replace")


def command(
    *,
    no_install: Annotated[
        bool, typer.Option("--no-install", help="do not fetch Claude Code from npm if it is missing")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="for programs")] = False,
) -> None:
    """See a launch from end to end: offline, without a key, with the real Claude Code.

    An endpoint on this machine answers with canned text. A profile is made for it, the real client is launched on it
    with `cc run`, in a home of its own, and what the endpoint received is shown. Then all of it is removed.

    cc demo
    cc demo --no-install
    """
    client = _client(may_install=not no_install)
    with _stage(client) as stage, Endpoint(str(stage.work)) as endpoint:
        tell = _Teller(quiet=as_json)
        text = demo_script.profile(endpoint.url, str(stage.root / "key"))
        profiles = stage.root / "home" / ".config" / "cc-launcher" / "profiles"
        atomic.directory(profiles)
        atomic.write(profiles / f"{demo_script.NAME}.toml", text.encode())
        tell.part("A profile, made for this demo", text.split("\n\n", 1)[0] + "\n…")
        plan = stage.run("--dry-run", demo_script.NAME)
        tell.part(f"What a launch will do: cc run --dry-run {demo_script.NAME}", _beginning(plan, stage))
        said = stage.run(demo_script.NAME, "-p", demo_script.PROMPT).strip()
        tell.part(f'The launch: cc run {demo_script.NAME} -p "{demo_script.PROMPT}"', said)
        session = list(endpoint.received)
        tell.requests("What the endpoint received", session, stage.secret)
        for tier in demo_script.TIERS:
            stage.run(demo_script.NAME, "-p", "Who are you?", "--model", tier)
        later = endpoint.received[len(session) :]
        tell.requests(
            f"The same for each tier: cc run {demo_script.NAME} -p … --model {' | '.join(demo_script.TIERS)}",
            later,
            stage.secret,
        )
        received = list(endpoint.received)
    if as_json:
        render.envelope(
            "demo", {"client": client, "answer": said, "received": [_as_data(one, stage.secret) for one in received]}
        )
    else:
        own = [_INSTALL] if client == install.installed() else []
        for line in [*_NEXT.splitlines(), *own, *_STEPS.splitlines()]:
            render.out(line)


class _Teller:
    """Shows each step as it is done."""

    def __init__(self, *, quiet: bool) -> None:
        self.quiet = quiet
        self.number = 0

    def part(self, title: str, text: str) -> None:
        """One step."""
        if self.quiet:
            return
        self.number += 1
        if self.number > 1:
            render.out("")
        render.heading(f"{self.number}. {title}")
        for line in text.splitlines():
            render.out(f"   {line}")
        sys.stdout.flush()

    def requests(self, title: str, received: list[Received], secret: str) -> None:
        """Requests, with their secrets masked."""
        lines = []
        for request in received:
            tools = f", {request.tools} tools" if request.tools else ""
            lines.append(f"{request.method} {request.path}  model {request.model}{tools}")
            lines += [f"    {name}: {value}" for name, value in demo_script.masked(request.headers, secret).items()]
        self.part(title, "\n".join(lines))


def _client(*, may_install: bool) -> str:
    """The client of this machine; where there is none, one of our own from npm."""
    try:
        return this_machine.client()[0]
    except CcError as missing:
        if missing.code != NOT_FOUND or os.environ.get(process.TARGET_OVERRIDE):
            raise
        if not may_install or not install.npm():
            raise
    render.talk(f"claude is not installed: fetching {install.PACKAGE} with npm, for cc alone (--no-install refuses)")
    return install.install()


@contextmanager
def _stage(client: str) -> Iterator[_Stage]:
    """A home, a project and a key that are gone afterwards, however this ends."""
    root = Path(tempfile.mkdtemp(prefix="cc-demo-")).resolve()
    before = paths.here()
    ended = signal.signal(signal.SIGTERM, _end)
    try:
        stage = _Stage(root, client, f"demo-{os.urandom(16).hex()}")
        for directory in (root / "home", root / "project", root / "tmp"):
            atomic.directory(directory)
        atomic.write(root / "key", stage.secret.encode())
        atomic.write(stage.work / demo_script.FILE, demo_script.CONTENT.encode())
        left_out = {*_OWN_PLACES, *NETWORK, "CLAUDE_CONFIG_DIR"}  # a proxy would not find this machine
        stage.environment = {name: value for name, value in os.environ.items() if name not in left_out}
        stage.environment |= {"HOME": str(root / "home"), "TMPDIR": str(root / "tmp"), "NO_PROXY": "127.0.0.1"}
        stage.environment[process.TARGET_OVERRIDE] = client
        os.chdir(stage.work)
        yield stage
    finally:
        signal.signal(signal.SIGTERM, ended)
        os.chdir(before)
        shutil.rmtree(root, ignore_errors=True)


def _end(number: int, _frame: object) -> None:
    raise SystemExit(128 + number)


def _beginning(plan: str, stage: _Stage) -> str:
    """What is said of the launch, but for where to read more: the profile will be gone."""
    lines = [line.replace(str(stage.root), "…") for line in plan.splitlines()]
    return "\n".join(line for line in lines if not line.startswith("  more"))


def _as_data(request: Received, secret: str) -> dict[str, Any]:
    return {
        "method": request.method,
        "path": request.path,
        "model": request.model,
        "tools": request.tools,
        "credentials": demo_script.masked(request.headers, secret),
    }
