"""A session of the real client at a flawed endpoint, and what came of it.

The model wants one thing of each kind that a session needs: it thinks, reads two files in one turn, looks at a picture,
edits a file to the letter, and says that it is done.
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
from tests.client.stage import PROMPT, Kind, Stage, tool_results
from tests.fakes import fake_model
from tests.fakes.fake_flawed import FakeFlawed
from tests.fakes.fake_model import Turn
from tests.fakes.fake_provider import Body, FakeProvider

DONE = "all is done"
OLD, NEW = prompts.EDIT_CALL[1]["old_string"], prompts.EDIT_CALL[1]["new_string"]
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
    read: int  # files whose content the model got to see, of two
    seen: bool  # whether the model was shown the picture
    edited: bool  # whether the file holds to the letter what was meant
    thought: bool  # whether thoughts were handed back
    refused: int  # requests that were not taken
    requests: list[Body]

    @property
    def fine(self) -> bool:
        """Whether all of it went as it was meant."""
        return (self.code, self.said.strip(), self.read, self.seen, self.edited) == (0, DONE, 2, True, True)


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
    for name in ("one.txt", "two.txt"):
        (stage.work / name).write_text(f"this is {name}\n")
    (stage.work / "picture.png").write_bytes(base64.b64decode(prompts.PICTURE))
    edited = stage.work / "edited.py"
    edited.write_text(f"# before\n{OLD}# after\n")
    flawed = stage.ours
    assert isinstance(flawed, FakeFlawed)
    flawed.model = _works_in(stage.work)
    stage.forget()

    ended = stage.launch(PLAIN, "-p", PROMPT, "--allowedTools", "Read", "Edit")

    bodies = [request.body for request in stage.ours.messages]
    results = [result for body in bodies[-1:] for result in tool_results(body)]
    handed_back = json.dumps(bodies[-1:])
    return Session(
        ended.returncode,
        ended.stdout,
        sum(any(f"this is {name}" in result for result in results) for name in ("one.txt", "two.txt")),
        '"type": "image"' in handed_back,
        edited.read_text() == f"# before\n{NEW}# after\n",
        '"type": "thinking"' in handed_back,
        flawed.refused,
        bodies,
    )


def _works_in(directory: Path) -> Any:
    """The model of the session."""
    path = {name: str(directory / name) for name in ("one.txt", "two.txt", "picture.png", "edited.py")}
    edit = {"file_path": path["edited.py"], "old_string": OLD, "new_string": NEW}
    turns = (
        Turn(
            calls=(("Read", {"file_path": path["one.txt"]}), ("Read", {"file_path": path["two.txt"]})),
            thoughts="Two files.",
        ),
        Turn(calls=(("Read", {"file_path": path["picture.png"]}), ("Read", {"file_path": path["edited.py"]}))),
        Turn("This is the edit.", calls=(("Edit", edit),), thoughts="One edit."),
        Turn(DONE),
    )

    def model(body: Body) -> Turn:
        if PROMPT not in json.dumps(body["messages"][:2]):
            return fake_model.answer(body)
        had = sum(message["role"] == "assistant" for message in body["messages"])
        return fake_model.rendered(turns[min(had, len(turns) - 1)], body)

    return model
