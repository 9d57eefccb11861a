"""What a session through an SDK, or through the adapter of the editors, has to do on a wrapper.

With tools, questions about permissions, an interruption, a provider that refuses, and settings that mean harm.

The client is the real one, and so are the programs; the provider is a FAKE on loopback.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.client import harness
from tests.client.hostile import FILES, NOT_AGAINST_THE_LOGIN, WHAT, check, plant
from tests.client.stage import KINDS, PATIENCE, SEALED, Kind, Stage, said, texts, tool_results
from tests.client.wrapped import Wrapped
from tests.fakes.fake_provider import Block, Body, ErrorReply, Script, call, say
from tests.programs.programs import Program
from tests.support import processes_of, wait_until

FIRST, SECOND = "GO", "AND AGAIN"
READ, PRINTED = "what the file holds", "what the command prints"
RETRIES = "CLAUDE_CODE_MAX_RETRIES"
MOST_TRIES = 4  # the prompt, a title for the session, and with a helper the prompt again, when a key was refused
Event = dict[str, Any]


@dataclass
class Seen:
    """What a program has seen of a session."""

    ended: harness.Ended
    events: list[Event] = field(default_factory=list)

    def of(self, kind: str) -> list[Event]:
        return [event for event in self.events if event["kind"] == kind]

    @property
    def results(self) -> list[Event]:
        """One for each turn."""
        return self.of("result")

    @property
    def asked(self) -> list[str]:
        """What was asked for permission."""
        return [str(event["input"].get("command", event["tool"])) for event in self.of("asked")]


class Session:
    """A program on a stage, with a client to start: a wrapper of ours, or another one."""

    def __init__(
        self,
        stage: Stage,
        program: Program,
        claude: Path | None,
        environment: dict[str, str],
        under: tuple[str | Path, ...] = (),
    ) -> None:
        self.stage, self.program, self.claude = stage, program, claude
        self.environment, self.under = environment, under

    def __call__(
        self,
        *turns: str | dict[str, str],
        allow: bool = True,
        mode: str | None = "default",
        resume: str | None = None,
        **options: object,
    ) -> Seen:
        """Do these turns, in one session."""
        task = {
            "claude": None if self.claude is None else str(self.claude),
            "cwd": str(self.stage.work),
            "turns": [{"prompt": turn} if isinstance(turn, str) else turn for turn in turns],
            "allow": allow,
            "mode": mode,
            "resume": resume,
            "options": options,
            "adapter": self.program.adapter,
        }
        argv = [*self.under, *self.program.argv, json.dumps(task)]
        ended = harness.run(argv, {**self.environment, **self.program.variables}, self.stage.work, timeout=PATIENCE)
        return Seen(ended, [json.loads(line) for line in ended.stdout.splitlines() if line.startswith("{")])


def answers(prompt: str, *blocks: Block, then: str = "done") -> Script:
    """Do these, one after the other, when this is asked; then say a word. To all else say another one."""

    def script(body: Body) -> list[Block]:
        if body.get("tools") and prompt in texts(body["messages"]):
            done = len(tool_results(body))
            return [blocks[done]] if done < len(blocks) else [say(then)]
        return [say("pong")]

    return script


def uses_tools(session: Session, kind: Kind) -> None:
    """A file is read, a command is asked about and run, and what they give goes to the provider of the profile."""
    stage = session.stage
    (stage.work / "note.txt").write_text(f"{READ}\n")
    made = stage.work / "made.txt"
    command = f"echo {PRINTED} | tee {made}"
    stage.ours.script = answers(
        FIRST,
        call("Read", file_path=str(stage.work / "note.txt")),
        call("Bash", command=command, description="x"),
    )

    seen = session(FIRST, SECOND)

    assert seen.ended.returncode == 0, seen
    assert seen.asked == [command], seen
    assert [(result["error"], result["text"].strip()) for result in seen.results] == [(False, "done")] * 2, seen
    assert all(result["pieces"] for result in seen.results), "nothing came piece by piece"
    given = [text for request in stage.ours.messages for text in tool_results(request.body)]
    assert any(READ in text for text in given), given
    assert PRINTED in given, given
    assert made.read_text() == f"{PRINTED}\n"
    _model_is_the_profiles(seen, kind)
    nothing_foreign(session, kind)


def is_gone_on_with(session: Session, kind: Kind) -> None:
    """A session is gone on with later, in another process: the model gets what was said before."""
    stage = session.stage
    first = session(FIRST)
    [result] = first.results
    assert result["text"].strip() == "pong", first
    stage.forget()

    seen = session(SECOND, resume=result["session"])

    if stage.version == harness.BEFORE_HOST_FLAG and kind.auth in {"key", "login"}:
        # It writes down no mark of ours, so a session with Claude's own models counts as plain claude's.
        assert seen.results == [], seen
        assert stage.ours.messages == []
        return
    assert [(one["error"], one["text"].strip()) for one in seen.results] == [(False, "pong")], seen
    assert any(FIRST in texts(request.body["messages"]) for request in stage.ours.messages), (
        "what was said is forgotten"
    )
    nothing_foreign(session, kind)


def is_refused_a_tool(session: Session, kind: Kind) -> None:
    """What is not allowed is not run, and the model is told."""
    stage = session.stage
    made = stage.work / "made.txt"
    stage.ours.script = answers(FIRST, call("Bash", command=f"touch {made}", description="x"))

    seen = session(FIRST, allow=False)

    assert seen.asked == [f"touch {made}"], seen
    assert not made.exists()
    [text] = {text for request in stage.ours.messages for text in tool_results(request.body)}
    assert any(words in text for words in ("no, says the program", "User refused permission")), text
    nothing_foreign(session, kind)


def is_interrupted(session: Session, kind: Kind) -> None:
    """A turn is stopped while a command runs; the command ends, and the session goes on."""
    stage = session.stage
    mark = stage.work / "begun"
    command = f"touch {mark}; exec sleep 3600"
    stage.ours.script = answers(FIRST, call("Bash", command=command, description="x", timeout=600_000), then="pong")

    seen = session({"prompt": FIRST, "mark": str(mark)}, SECOND)

    assert seen.ended.returncode == 0, seen
    first, second = seen.results
    assert first.get("stop", "cancelled") == "cancelled", seen
    assert (second["error"], second["text"].strip()) == (False, "pong"), seen
    wait_until(lambda: not _runs(stage.home, b"sleep\x003600"), "the end of the command")
    nothing_foreign(session, kind)


def is_told_of_a_refusal(session: Session, kind: Kind, status: int) -> None:
    """The provider answers with an error, and the program is told which."""
    stage = session.stage
    words = {401: ("authentication_error", "invalid key, says the provider"), 429: ("rate_limit_error", "slow down")}
    error, message = words[status]
    stage.ours.script = lambda _: ErrorReply(status, message, error)
    session.environment |= {RETRIES: "0"}

    seen = session(FIRST)

    [result] = seen.results
    assert result["error"], seen
    # With a login, an old client has words of its own for a limit.
    assert message in result["text"] or (status == 429 and "Rate limit reached" in result["text"]), seen
    assert len(stage.ours.messages) <= MOST_TRIES, "it is asked again and again"
    nothing_foreign(session, kind)


def nothing_foreign(session: Session, kind: Kind) -> None:
    """All went to the provider of the profile, with its secret, and the secret went nowhere else."""
    stage = session.stage
    is_old = stage.version == harness.BEFORE_HOST_FLAG
    # Beside a file's credentials an old client gets a key sealed.
    check(stage, kind, SEALED if is_old and kind.auth == "key" else kind.protection[is_old])
    for request in stage.outside.requests:
        assert stage.secret not in said(request)


def _model_is_the_profiles(seen: Seen, kind: Kind) -> None:
    named = {event["model"] for event in seen.of("init") if event["model"]}
    assert kind.models is None or named <= kind.models | {"default"}, seen


def _runs(home: Path, command: bytes) -> bool:
    """Whether a process of this home was started so."""
    for pid in processes_of(home):
        with suppress(OSError):
            if Path(f"/proc/{pid}/cmdline").read_bytes().startswith(command):
                return True
    return False


SCENARIOS: dict[str, Callable[[Session, Kind], None]] = {
    "tools and a yes": uses_tools,
    "a no": is_refused_a_tool,
    "interrupted": is_interrupted,
    "gone on with": is_gone_on_with,
    "401": lambda session, kind: is_told_of_a_refusal(session, kind, 401),
    "429": lambda session, kind: is_told_of_a_refusal(session, kind, 429),
}


def on_a_wrapper(stage: Stage, make: Callable[[Path], Program], name: str, *, hostile: bool = True) -> Session:
    """A program on a wrapper for a profile of this kind, beside a saved login, and with what is hostile around it."""
    kind = KINDS[name]
    stage.profile(kind)
    harness.seed_login(stage.home)
    wrapped = Wrapped(stage, *kind.options)
    session = Session(stage, make(stage.elsewhere / "program"), wrapped.path, wrapped.environment())
    if hostile:
        with_hostile_settings(session, kind)
    return session


def with_hostile_settings(session: Session, kind: Kind) -> None:
    """Plant in all settings files, and in the program's own environment, what reroutes and what leaks."""
    stage = session.stage
    what = tuple(one for one in WHAT if kind.auth != "login" or one not in NOT_AGAINST_THE_LOGIN)
    before = dict(stage.environment)
    plant(stage, (*FILES, "shell"), what)
    session.environment |= {name: value for name, value in stage.environment.items() if name not in before}
