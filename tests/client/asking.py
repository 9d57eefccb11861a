"""A session of the real client that asks another profile: two providers on loopback, each with a secret of its own."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

from cc_launcher.core.plan import client
from tests.client import harness
from tests.client.counted import RATES, tables
from tests.client.stage import KINDS, MODELS, PATIENCE, PROMPT, Stage, first, tool_results
from tests.fakes.fake_counting import FakeCounting, prompt
from tests.fakes.fake_provider import Block, Body, FakeProvider, call
from tests.support import processes_of, wait_until

NEWEST = ".".join(map(str, client.NEWEST))
OTHER = "second"
TOOL = "mcp__cc__ask"
READS = {"Read", "Glob", "Grep"}
_GIT = ("git", "-c", "user.name=x", "-c", "user.email=x@localhost", "-c", "init.defaultBranch=main")


class Asking:
    """The stage, with one more provider, which counts."""

    def __init__(self, stage: Stage, second: FakeCounting, kind: str) -> None:
        self.stage, self.second, self.kind = stage, second, KINDS[kind]
        harness.seed_home(stage.home, trust=[stage.work])
        if self.kind.auth == "login":
            harness.seed_login(stage.home)
        stage.profile(self.kind)
        self.secret = f"sk-second-canary-{uuid4().hex}"
        self.secret_file = stage.elsewhere / "second"
        self.secret_file.touch(mode=0o600)
        self.secret_file.write_text(self.secret)
        self.profile()
        self.config('[ask]\nlimit = "50 USD"\n')  # its prices are dear
        self._prompts = 0
        self._content = second.content
        second.content = self._slowly  # type: ignore[method-assign]  # a real one takes its time, too
        self.pause = 0.0  # seconds before each answer of the second provider

    def profile(self, name: str = OTHER, *, priced: bool = True, more: str = "") -> None:
        """Write the profile of the second provider."""
        tiers = "[tiers]\n" + "".join(f'{slot} = "{model}"\n' for slot, model in MODELS.items())
        text = f'title = "Second"\nbase_url = "{self.second.url}/v"\nauth = "bearer"\n'
        text += f'secret = "cmd:cat {self.secret_file}"\n'
        path = self.stage.home / ".config" / "cc-launcher" / "profiles" / f"{name}.toml"
        path.write_text(f"{more}{text}{tiers}{tables(RATES) if priced else ''}")

    def _slowly(self, word: str, body: Body) -> list[Block]:
        time.sleep(self.pause)
        return self._content(word, body)

    def config(self, text: str) -> None:
        """Write config.toml."""
        (self.stage.home / ".config" / "cc-launcher" / "config.toml").write_text(text)

    def task(self, *words: str) -> str:
        """A task in which the second model does this."""
        self._prompts += 1
        return prompt(self._prompts, *words)

    def argv(self, *arguments: str, others: str = OTHER) -> list[str | Path]:
        """A session that may ask."""
        options = self.kind.options
        return [*self.stage_program(), "run", *options, "own", "--with", others, *arguments]

    def stage_program(self) -> list[str | Path]:
        """Our program."""
        return [sys.executable, "-m", "cc_launcher"]

    def asks(self, task: str, profile: str = OTHER, **more: object) -> None:
        """Have the model of the session ask this."""
        self.stage.ours.script = first(call(TOOL, profile=profile, task=task, **more))

    def session(self, *arguments: str) -> str:
        """A session in `-p` to its end; what its model was told by the tool."""
        ended = self.ended(*arguments)
        assert ended.returncode == 0, ended
        [result] = tool_results(self.stage.ours.messages[-1].body)
        return result

    def ended(self, *arguments: str) -> harness.Ended:
        """The same; how it ended."""
        argv = self.argv("-p", PROMPT, *arguments)
        return harness.run(argv, self.stage.environment, self.stage.work, timeout=PATIENCE)

    def ask(self, *arguments: str, stdin: str = "") -> harness.Ended:
        """`cc ask`, from a shell."""
        argv = [*self.stage_program(), "ask", *arguments]
        return harness.run(argv, self.stage.environment, self.stage.work, stdin, timeout=PATIENCE)

    def repository(self) -> None:
        """Make the directory a git repository with one commit."""
        (self.stage.work / "in.txt").write_text("INSIDE\n")
        for words in (("init", "-q"), ("add", "-A"), ("commit", "-qm", "first")):
            self.git(*words)

    def git(self, *words: str) -> str:
        """What git says there."""
        done = subprocess.run([*_GIT, *words], cwd=self.stage.work, check=True, capture_output=True, text=True)
        return done.stdout

    def left(self) -> list[int]:
        """The processes of this home that are there still."""
        return processes_of(self.stage.home)

    def check_nothing_left(self) -> None:
        """Nothing that was started in this home runs any more."""
        wait_until(lambda: not self.left(), f"the end of {[_shown(pid) for pid in self.left()]}")

    def usage(self, *arguments: str) -> Any:
        """What `cc usage` says."""
        ended = self.stage.cc("usage", "--json", *arguments)
        assert ended.returncode == 0, ended
        return json.loads(ended.stdout)["data"]

    def parent(self) -> str:
        """The session that asked."""
        [asked] = (self.stage.home / ".local/share/cc-launcher/asks/runs").iterdir()
        return asked.name

    def wires(self) -> dict[str, set[str]]:
        """The credentials that each provider has seen."""
        return {"own": self.stage.ours.credentials(), OTHER: self.second.credentials()}

    def secrets(self) -> list[str]:
        """Everything that nobody but its own provider may see."""
        login = harness.LOGIN_TOKEN
        return [self.stage.secret, self.secret, login, login.replace("oat01", "ort01")]

    def check_wires(self) -> None:
        """Each provider was asked with its own secret, and has seen no other."""
        self.check_secrets()
        own = self.stage.secret if self.kind.auth in {"bearer", "key"} else harness.LOGIN_TOKEN
        for provider, mine in ((self.stage.ours, own), (self.second, self.secret)):
            assert any(mine in str(one.headers) for one in provider.messages)

    def check_secrets(self) -> None:
        """No provider, and nobody else, has seen the secret of another one."""
        own = self.stage.secret if self.kind.auth in {"bearer", "key"} else harness.LOGIN_TOKEN
        for provider, mine in ((self.stage.ours, own), (self.second, self.secret)):
            whole = "\n".join(
                f"{one.path} {one.headers} {one.raw.decode(errors='replace')}" for one in provider.requests
            )
            assert [secret for secret in self.secrets() if secret != mine and secret in whole] == []
        for other in (self.stage.hijacker, self.stage.outside):
            for one in other.requests:
                text = f"{one.path} {one.headers} {one.raw.decode(errors='replace')}"
                assert self.secret not in text
                assert self.stage.secret not in text

    def offered(self) -> list[set[str]]:
        """The tools that the second model was offered, by request."""
        return [{tool["name"] for tool in one.body.get("tools", ())} for one in self.second.messages]


def _shown(pid: int) -> str:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ")[:200].decode(errors="replace")
    return str(pid)


@contextmanager
def asking(root: Path, version: str = NEWEST, kind: str = "token", seed: int = 0) -> Iterator[Asking]:
    """A stage on which a session may ask."""
    with ExitStack() as opened:
        providers: Sequence[FakeProvider] = [opened.enter_context(FakeProvider()) for _ in range(3)]
        second = opened.enter_context(FakeCounting(RATES, seed=seed))
        yield Asking(Stage(root / "stage", version, providers), second, kind)
