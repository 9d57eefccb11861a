"""The hooks of a budget, as the shell runs them for the client."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from cc_launcher.core.plan import hooks
from cc_launcher.core.text.entry_points import CODE, PACKAGE
from cc_launcher.launch.request import BUDGET

OWN = (sys.executable, "-P", "-m", PACKAGE)


def command(program: tuple[str, ...], place: Path, event: str = hooks.PROMPT) -> str:
    (entry,) = hooks.of_budget("mine", program, str(place))[event]
    return str(entry["hooks"][0]["command"])


def run(text: str) -> tuple[int, str, str]:
    ended = subprocess.run(["/bin/sh", "-c", text], input="{}", capture_output=True, text=True, check=False)
    return ended.returncode, ended.stdout, ended.stderr


def test_the_word_is_the_one_that_the_door_knows() -> None:
    assert hooks.COMMAND == BUDGET


def test_it_is_called_the_quick_way() -> None:
    text = command(OWN, Path("/place"))
    assert text.startswith(f"{sys.executable} -P -c '{CODE}' __budget prompt mine 2>/dev/null ||")
    assert " __budget tool mine " in command(OWN, Path("/place"), hooks.TOOL)


@pytest.mark.parametrize("name", ["it's", "a b", "$(x)"])
def test_what_our_command_says_is_the_answer(tmp_path: Path, name: str) -> None:
    program = tmp_path / name
    program.write_text('#!/bin/sh\necho "$@"\n')
    program.chmod(0o755)
    assert run(command((str(program),), tmp_path)) == (0, "__budget prompt mine\n", "")


@pytest.mark.parametrize("program", ["/nonexistent/python", "/bin/false", "/dev/null"])
def test_one_that_cannot_run_lets_the_prompt_go_and_says_so_once(tmp_path: Path, program: str) -> None:
    text = command((program,), tmp_path)
    code, said, errors = run(text)
    assert (code, errors) == (0, "")
    assert json.loads(said) == {"systemMessage": "cc cannot look at the budget of mine, so nothing is stopped by it"}
    assert run(text) == (0, "", "")
    (tmp_path / hooks.UNHEARD).rmdir()
    assert run(text)[1] == said


def test_with_p_a_turn_is_not_ended_by_a_hook() -> None:
    others = {"SessionStart": [{"hooks": [{"type": "command", "command": "true"}]}]}
    users = {hooks.TOOL: [{"hooks": [{"type": "command", "command": "mine"}]}]}
    ours = hooks.of_budget("mine", OWN, "/place")
    pins = json.dumps({"hooks": hooks.joined(others, users, ours), "env": {}})
    left = json.loads(hooks.without_tools(pins))
    assert left == {"hooks": {**others, **users, hooks.PROMPT: ours[hooks.PROMPT]}, "env": {}}
    alone = json.dumps({"hooks": ours, "env": {}})
    assert set(json.loads(hooks.without_tools(alone))["hooks"]) == {hooks.PROMPT}
    assert hooks.without_tools('{"env":{}}') == '{"env":{}}'
