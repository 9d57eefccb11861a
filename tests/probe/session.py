"""A session of the real client at a flawed endpoint, and what came of it.

The model wants one thing of each kind that a session needs: it thinks, reads two files in one turn, looks at a picture,
reads a file that is missing, reads one line, hands over a list, and edits a file to the letter. Then it says what of
all that it got to see.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cc_launcher.core.probe import prompts
from tests.client import harness
from tests.client.stage import PROMPT, Kind, Stage, texts, tool_results
from tests.fakes import fake_model
from tests.fakes.fake_flawed import FakeFlawed
from tests.fakes.fake_model import Call, Turn
from tests.fakes.fake_provider import Body, FakeProvider
from tests.fakes.flaws import blocks_of

DONE = "I have seen: "
ALL = ("one", "two", "the picture", "the error", "the line", "the list", "thoughts", "the edit")
TOOLS = ("Read", "Edit", "ReportFindings")
OLD, NEW = prompts.EDIT_CALL[1]["old_string"], prompts.EDIT_CALL[1]["new_string"]
PICTURE, EDITED = "picture.png", "edited.py"
FILES = {
    "one.txt": "this is one\n",
    "two.txt": "this is two\n",
    "lines.txt": "the first line\nthe second line\nthe third line\n",
    EDITED: f"# before\n{OLD}# after\n",
}
_BIG, _BIG_TOKENS = 6, 11_000  # files, and tokens of each
_PROFILE = """kind = "gateway"
base_url = "{url}"
auth = "bearer"
secret = "file:{secret_file}"
"""
MODEL = "fake-large"
TIERS = "[tiers]\n" + "".join(f'{slot} = "{MODEL}"\n' for slot in ("main", "opus", "sonnet", "haiku", "fable"))
CLAIMED = f"[models.{MODEL}]\ncontext = 200000\nmax_output = 32000\nprices = {{ input = 1.0, output = 4.0 }}\n"
PLAIN = Kind(_PROFILE + TIERS + CLAIMED, "bearer", ("hosted", "sealed"), frozenset({MODEL}))


@dataclass(frozen=True)
class Session:
    """What came of a session."""

    code: int
    said: str
    seen: frozenset[str]  # what the model got to see, as its last words have it
    edited: bool  # whether the file holds to the letter what was meant
    refused: int  # requests that were not taken
    requests: list[Body]

    @property
    def lost(self) -> set[str]:
        """What the model wanted, and did not get."""
        return {*ALL} - self.seen - ({"the edit"} if self.edited else set())

    @property
    def thinks(self) -> bool:
        """Whether a request asked for thinking."""
        return any("thinking" in body for body in self.requests)


@contextmanager
def standing(root: Path, *flaws: str, **limits: Any) -> Iterator[Stage]:
    """A stage whose provider has these flaws."""
    with ExitStack() as opened:
        flawed = opened.enter_context(FakeFlawed(*flaws, **{"pause": 0.001} | limits))
        others = [opened.enter_context(FakeProvider()) for _ in range(2)]
        stage = Stage(root / "stage", harness.CURRENT, [flawed, *others])
        stage.secret_file.write_text(flawed.secret)
        stage.secret = flawed.secret
        # What is refused for good is refused at once.
        stage.environment |= {"CLAUDE_CODE_MAX_RETRIES": "0"}
        stage.profile(PLAIN)
        yield stage


def hold(stage: Stage) -> Session:
    """Hold a session."""
    for name, text in FILES.items():
        (stage.work / name).write_text(text)
    (stage.work / PICTURE).write_bytes(base64.b64decode(prompts.PICTURE))
    flawed = stage.ours
    assert isinstance(flawed, FakeFlawed)
    flawed.model = _works_in(stage.work)
    flawed.refused = 0
    stage.forget()

    ended = stage.launch(PLAIN, "-p", PROMPT, "--allowedTools", *TOOLS)

    return Session(
        ended.returncode,
        ended.stdout.strip(),
        frozenset(ended.stdout.strip().removeprefix(DONE).split(", ") if DONE in ended.stdout else ()),
        (stage.work / EDITED).read_text() == FILES[EDITED].replace(OLD, NEW),
        flawed.refused,
        [request.body for request in stage.ours.messages],
    )


def hold_long(stage: Stage) -> tuple[Session, int]:
    """Hold a session that reads more than the window holds; and how often it was compacted."""
    for number in range(_BIG):
        (stage.work / f"{number}.txt").write_text(prompts.filler(_BIG_TOKENS))
    flawed = stage.ours
    assert isinstance(flawed, FakeFlawed)
    turns: list[int] = []
    compacted: list[int] = []

    def model(body: Body) -> Turn:
        last = next(message for message in reversed(body["messages"]) if message["role"] == "user")
        if "detailed summary" in "\n".join(texts([last])):
            compacted.append(len(turns))
            return Turn("<summary>So far, so good.</summary>")
        turns.append(len(turns))
        if len(turns) > _BIG:
            return Turn(DONE)
        return fake_model.rendered(Turn(calls=(("Read", {"file_path": str(stage.work / f"{turns[-1]}.txt")}),)), body)

    flawed.model, flawed.refused = model, 0
    stage.forget()
    ended = stage.launch(PLAIN, "-p", PROMPT, "--allowedTools", "Read")
    bodies = [request.body for request in stage.ours.messages]
    session = Session(
        ended.returncode, ended.stdout, frozenset(), edited=False, refused=flawed.refused, requests=bodies
    )
    return session, len(compacted)


def _works_in(directory: Path) -> Any:
    """The model of the session."""

    def read(name: str, **more: int) -> Call:
        return "Read", {"file_path": str(directory / name), **more}

    edit = {"file_path": str(directory / EDITED), "old_string": OLD, "new_string": NEW}
    finding = {"file": "a.py", "line": 12, "summary": "x", "failure_scenario": "x"}
    turns = (
        Turn(calls=(read("one.txt"), read("two.txt")), thoughts="Two files."),
        Turn(calls=(read(PICTURE),)),
        Turn(calls=(read("missing.txt"),)),
        Turn(calls=(read("lines.txt", offset=2, limit=1),), thoughts="One line of it."),
        Turn(calls=(("ReportFindings", {"findings": [finding]}),)),
        Turn("This is the edit.", calls=(read(EDITED),)),
        Turn(calls=(("Edit", edit),)),
    )

    def model(body: Body) -> Turn:
        if PROMPT not in json.dumps(body["messages"][:2]):
            return fake_model.answer(body)
        had = sum(message["role"] == "assistant" for message in body["messages"])
        said = turns[had] if had < len(turns) else Turn(DONE + ", ".join(sorted(_seen(body))))
        return fake_model.rendered(said, body)

    return model


def _seen(body: Body) -> Iterator[str]:
    """What a model can tell from a conversation."""
    blocks = [*blocks_of(body)]
    results = [block for block in blocks if block["type"] == "tool_result"]
    good = [said for said in tool_results(body) if "rror" not in said]
    for name in ("one", "two"):
        if any(f"this is {name}" in said for said in good):
            yield name
    if any(fake_model.colour(block) == "red" for block in blocks if block["type"] == "image"):
        yield "the picture"
    if any(block.get("is_error") and "does not exist" in str(block["content"]) for block in results):
        yield "the error"
    if any("the second line" in said and "the first line" not in said for said in good):
        yield "the line"
    reported = {block["id"] for block in blocks if block["type"] == "tool_use" and block["name"] == "ReportFindings"}
    if any(block["tool_use_id"] in reported and block["content"] and not block.get("is_error") for block in results):
        yield "the list"
    if any(block["type"] == "thinking" for block in blocks):
        yield "thoughts"
