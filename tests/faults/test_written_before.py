"""What an older version wrote goes on working: a status line, and a wrapper of the commit before `main.py`."""

import json
import sys
from pathlib import Path

import pytest

from cc_launcher.core.status import our_command
from cc_launcher.core.text import entry_points
from cc_launcher.core.wrapper import mark
from tests.fakes.fake_claude import package_around
from tests.support import Sandbox, run

WRITTEN = Path(__file__).parents[1] / "data" / "written-before"
OLD_LINE = ["-P", "-c", f"from {entry_points.FORMERLY} import main; raise SystemExit(main())", "statusline"]
KEY = "sk-canary-of-a-wrapper"


def test_a_status_line_of_before(sandbox: Sandbox) -> None:
    session = json.dumps({"model": {"id": "m", "display_name": "Model M"}}).encode()
    line = [sys.executable, *OLD_LINE, "--format", "provider,model"]
    result = run(line, sandbox.environment(NO_COLOR="1"), sandbox.work, stdin=session)
    assert (result.code, result.err) == (0, b"")
    assert b"Model M" in result.out


def test_it_is_known_as_ours(sandbox: Sandbox) -> None:
    old = " ".join([sys.executable, "-P", "-c", f"'{OLD_LINE[2]}'", "statusline"])
    assert our_command.is_ours(old)
    assert our_command.is_ours(old.replace(entry_points.FORMERLY, entry_points.MAIN))
    assert not our_command.is_ours("python -m other statusline")
    settings = sandbox.home / ".claude" / "settings.json"
    settings.parent.mkdir()
    settings.write_text(json.dumps({"statusLine": {"type": "command", "command": old}}))
    result = run([sandbox.cc, "statusline", "--install"], sandbox.environment(), sandbox.work)
    assert result.code == 0, result.err
    assert entry_points.MAIN in settings.read_text()
    assert entry_points.FORMERLY not in settings.read_text()


def written_before(sandbox: Sandbox) -> Path:
    """A wrapper as the commit before wrote it, its profile and its key."""
    package_around(sandbox.fake.path)
    key = sandbox.home / "key"
    key.write_text(f"{KEY}\n")
    key.chmod(0o600)
    sandbox.profile(
        "mine", 'auth = "bearer"\nbase_url = "https://h.example"\nsecret = "file:~/key"\ntiers.main = "m"\n'
    )
    places = {"PYTHON": sys.executable, "HOME": sandbox.home, "BIN": sandbox.bin, "ROOT": sandbox.bin.parent}
    text = (WRITTEN / "claude-mine").read_text()
    for name, place in places.items():
        text = text.replace(f"@{name}@", str(place))
    described = mark.read(text)
    assert described is not None
    body = text.split("\n", 2)[2]
    text = mark.head(described[0], body) + body  # the checksum there is of the text with these places
    wrapper = sandbox.home / ".local" / "bin" / "claude-mine"
    wrapper.parent.mkdir(parents=True)
    wrapper.write_text(text)
    wrapper.chmod(0o755)
    return wrapper


@pytest.mark.parametrize("arguments", [[], ["-p", "hi"], ["--settings", "{}"]], ids=" ".join)
def test_a_wrapper_of_before(sandbox: Sandbox, arguments: list[str]) -> None:
    """By itself, and where it hands over to cc."""
    wrapper = written_before(sandbox)
    result = run([wrapper, *arguments], sandbox.environment(), sandbox.work)
    assert result.code == 0, result.err
    dump = sandbox.fake.take()
    assert dump.environment[b"ANTHROPIC_AUTH_TOKEN"] == KEY.encode()
    assert dump.environment[b"ANTHROPIC_BASE_URL"] == b"https://h.example"


def test_a_refresh_writes_it_as_it_is_today(sandbox: Sandbox) -> None:
    wrapper = written_before(sandbox)
    before = wrapper.read_text()
    path = f"{wrapper.parent}:{sandbox.environment()['PATH']}"
    for argv in (["--refresh"], ["mine", "--dry-run"]):
        result = run([sandbox.cc, "install-wrapper", *argv], sandbox.environment(PATH=path), sandbox.work)
        assert result.code == 0, result.err
    assert wrapper.read_text() == result.out.decode() != before
