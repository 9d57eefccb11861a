"""Every sample of the docs: the command is run on a terminal, and prints what the page says."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from contextlib import ExitStack

import pytest

from cc_launcher.core.status import Facts
from cc_launcher.core.status.figures import Figure, Quota
from cc_launcher.core.status.segments import Around, Given, chosen, line
from cc_launcher.files.session_files import project_name
from tests.client.harness import Terminal
from tests.docs.pages import ANY, DOCS, PAGES, Sample, blocks, fits, samples
from tests.fakes.fake_flawed import MODELS, FakeFlawed
from tests.fakes.fake_provider import ErrorReply, FakeProvider
from tests.support import Sandbox
from tests.transcripts import START, answer, marked, stamp, write

SIZE = (200, 160)  # rows and columns of the terminal
LIMIT = 180.0
ALL = [sample for page in PAGES for sample in samples(page)]
OUT_OF_CREDIT = "Insufficient balance or no resource package. Please recharge."  # as Z.ai words it
Scene = Callable[[Sandbox, ExitStack], dict[str, str]]  # what it adds to the environment


def _nothing(_sandbox: Sandbox, _stack: ExitStack) -> dict[str, str]:
    return {}


def _launched(sandbox: Sandbox, _stack: ExitStack) -> dict[str, str]:
    """Z.ai, with a key, launched before."""
    assert sandbox.run("run", "zai", environment=sandbox.environment(ZAI_API_KEY="sk-canary")).code == 0
    return {"ZAI_API_KEY": "sk-canary"}


def _onepassword(sandbox: Sandbox, _stack: ExitStack) -> dict[str, str]:
    """A FAKE `op`, which has the key."""
    program = sandbox.bin / "op"
    program.write_text("#!/bin/sh\n# A FAKE of 1Password's command, for tests.\nprintf sk-canary\n")
    program.chmod(0o755)
    return {}


def _providers(sandbox: Sandbox, stack: ExitStack) -> dict[str, str]:
    """Z.ai without credit, and OpenRouter that answers: FAKE ones on loopback."""
    for name, fake in (
        ("zai", FakeProvider(lambda _: ErrorReply(429, OUT_OF_CREDIT))),
        ("openrouter", FakeProvider()),
    ):
        url = stack.enter_context(fake).url
        secret = sandbox.secret_file(b"sk-canary")
        sandbox.profile(name, f'extends = "{name}"\nbase_url = "{url}"\nsecret = "file:{secret}"\n')
    return {}


def _faults(sandbox: Sandbox, _stack: ExitStack) -> dict[str, str]:
    """A start-up file with an address of another provider, and a key in clear text."""
    lines = "# mine\n\nexport ANTHROPIC_BASE_URL=https://api.z.ai/api/anthropic\nexport ZAI_API_KEY=sk-canary\n"
    (sandbox.home / ".bashrc").write_text(lines)
    return {"SHELL": "/bin/bash"}


def _flawed(sandbox: Sandbox, stack: ExitStack) -> dict[str, str]:
    """An endpoint with two flaws."""
    fake = stack.enter_context(FakeFlawed("edit-newlines", "refuses-effort", window=60_000))
    secret = sandbox.secret_file(fake.secret.encode())
    sandbox.profile(
        "work",
        f'kind = "gateway"\nbase_url = "{fake.url}"\nauth = "bearer"\nsecret = "file:{secret}"\n'
        f'[tiers]\nmain = "{MODELS[0]}"\n[models.{MODELS[0]}]\ncontext = 60000\nmax_output = 32000\n'
        "prices = { input = 0.6, output = 2.2 }\n",
    )
    return {}


def _used(sandbox: Sandbox, _stack: ExitStack) -> dict[str, str]:
    """Three sessions of today: on a provider, on a server of this machine, and of plain claude."""
    sandbox.profile(
        "work",
        'extends = "zai"\n[models."glm-5.3"]\n'
        "prices = { input = 1.4, output = 4.4, cache_read = 0.26, cache_write = 1.4 }\n",
    )
    sandbox.profile("local", 'extends = "ollama"\ntiers.main = "qwen3-coder"\n')
    now = time.time() - START
    sessions = {
        "work": [("glm-5.3", (10_000, 1_500, 5_000, 30_000)), ("glm-5.3", (20_000, 500, 0, 50_000))],
        "local": [("qwen3-coder", (12_000, 500, 0, 0))],
        "": [("claude-opus-5-5", (9_000, 1_000, 0, 0))],
    }
    for number, (profile, requests) in enumerate(sessions.items()):
        lines = [marked(now, profile, session=f"s-{number}")] if profile else []
        for at, (model, figures) in enumerate(requests, 1):
            lines.append(answer(now + at / 1000 + number / 100, figures, session=f"s-{number}", model=model))
        write(sandbox.home / ".claude", lines, f"s-{number}")
    return {}


def _taken_over(sandbox: Sandbox, _stack: ExitStack) -> dict[str, str]:
    """A session of this project, on a profile."""
    _used(sandbox, _stack)
    session, now = "5f0c1a2b-1111-4111-8111-111111111111", time.time() - START - 330
    said = 'cc {"v":1,"profile":"work","provider":"zai","host":"api.z.ai"}\n'
    mark = marked(now, "work", session=session)
    mark["attachment"]["stderr"] = said
    prompt = {"type": "user", "message": {"role": "user", "content": "fix the login button"}, "sessionId": session}
    figures = (20_000, 1_500, 0, 30_000)
    lines = [mark, prompt | {"uuid": "u", "timestamp": stamp(now)}, answer(now + 1, figures, session=session)]
    path = write(sandbox.home / ".claude", lines, session, project_name(str(sandbox.work)))
    os.utime(path, (time.time() - 330,) * 2)
    return {"DEEPSEEK_API_KEY": "sk-canary"}


SCENES: dict[tuple[str, str], Scene] = {
    ("docs/how-to/1password.md", "cc add zai --secret op://dev/zai/key"): _onepassword,
    ("docs/how-to/devcontainer.md", "cc env zai --format devcontainer"): _nothing,
    ("docs/how-to/doctor.md", "cc doctor"): _faults,
    ("docs/how-to/fall-back.md", "cc run --check zai"): _providers,
    (
        "docs/how-to/fall-back.md",
        'cc run --fallback openrouter,ollama zai glm-5.3 -p "what changed?"',
    ): _providers,
    ("docs/how-to/github-actions.md", "cc env zai --format github"): _nothing,
    ("docs/how-to/headless.md", "cc run zai </dev/null"): _nothing,
    ("docs/how-to/other-programs.md", "cc exec zai -- sh -c 'echo started'"): _launched,
    ("docs/how-to/probe.md", "cc probe work"): _flawed,
    ("docs/how-to/take-over.md", "cc sessions"): _taken_over,
    ("docs/how-to/take-over.md", "cc take-over deepseek </dev/null"): _taken_over,
    ("docs/how-to/usage.md", "cc usage --since 7d"): _used,
    ("docs/reference/exit-codes.md", "cc show zay"): _nothing,
    ("docs/tutorial.md", "cc"): _launched,
    ("docs/tutorial.md", "cc run --dry-run zai"): _launched,
}
ELSEWHERE = {("README.md", "cc run zai")}  # tests/docs/test_readme.py


def test_every_sample_has_a_scene_and_every_scene_a_sample() -> None:
    assert {(sample.page, sample.command) for sample in ALL} == {*SCENES, *ELSEWHERE}


@pytest.mark.parametrize(
    "sample", [one for one in ALL if one[:2] in SCENES], ids=lambda one: f"{one.page}: {one.command}"
)
def test_a_sample_is_what_is_printed(sample: Sample, sandbox: Sandbox) -> None:
    with ExitStack() as stack:
        more = SCENES[sample[:2]](sandbox, stack)
        environment = sandbox.environment(TERM="xterm-256color", **more)
        with Terminal(["/bin/sh", "-c", sample.command], environment, sandbox.work, size=SIZE) as terminal:
            terminal.wait(LIMIT)
            printed = terminal.screen().splitlines()
    assert fits(sample.lines, printed), "\n".join(printed)


def test_an_error_for_programs_is_what_is_printed(sandbox: Sandbox) -> None:
    [shown] = [text for language, text in blocks(DOCS / "reference" / "exit-codes.md") if language == "json"]
    assert json.loads(shown) == json.loads(sandbox.run("show", "zay", "--json").out)


def test_the_status_line_is_what_is_drawn() -> None:
    shown = blocks(DOCS / "how-to" / "status-line.md")[0].text.strip()
    content = {
        "model": {"id": "glm-5.3"},
        "workspace": {"current_dir": "/home/u/my-project"},
        "context_window": {"context_window_size": 200_000, "used_percentage": 31},
    }
    quota = Quota(fetched=0.0, figures=(Figure("5h", used=67), Figure("wk", used=8)))
    around = Around(branch="feature-branch", quota=quota, now=10.0, colour=False)
    assert line(Given(content), Facts(segments=chosen("standard"), label="GLM"), around) == shown


def test_what_is_not_printed_does_not_fit() -> None:
    printed = ["one", "two 2 s", "three"]
    assert fits(("one", "two … s", "three"), printed)
    assert fits((ANY, "three"), printed)
    assert not fits(("one", "three"), printed)
    assert not fits(("one", ANY, "thre"), printed)
    assert not fits(("one", "two 2 s"), printed)
