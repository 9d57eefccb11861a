"""What the README says works where nothing is prepared: a copy of the tree, an empty home.

Its last command is this test run itself; `.ci/run` starts it the same way, from a clean clone with an empty home.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.client import harness
from tests.client.harness import Terminal
from tests.client.stage import PATIENCE, READY
from tests.docs.pages import README, ROOT, fits, samples
from tests.fakes.fake_provider import FakeProvider
from tests.gateways.engine import UV
from tests.stores import bus
from tests.stores.place import Place
from tests.support import Sandbox

NOT_PART_OF_A_CLONE = shutil.ignore_patterns(
    ".git", ".venv*", "__pycache__", ".*_cache", ".hypothesis", "dist", "build"
)


def command(mark: str) -> str:
    found = re.search(rf"<!-- {mark} -->\n```sh\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    assert found, f"the README has no command marked {mark}"
    return found[1]


@pytest.fixture
def place(sandbox: Sandbox) -> Iterator[Place]:
    """A home, and a directory for what a keyring keeps."""
    with Place(sandbox) as made:
        yield made


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A copy of the tree."""
    return Path(shutil.copytree(ROOT, tmp_path / "clone", ignore=NOT_PART_OF_A_CLONE))


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """An empty home, and the way to the registries."""
    (tmp_path / "home").mkdir()
    kept = ("PATH", "LANG", "SSL_CERT_FILE", "PIP_CERT", "PIP_FIND_LINKS", "PIP_INDEX_URL", "UV_INDEX_URL")
    return {name: os.environ[name] for name in kept if name in os.environ} | {"HOME": str(tmp_path / "home")}


def test_the_demo_shows_a_launch_from_end_to_end(clone: Path, environment: dict[str, str]) -> None:
    home = Path(environment["HOME"])
    # That it is fetched where it is missing, tests/client/test_demo.py shows.
    environment["CC_CLAUDE"] = str(harness.install())
    done = subprocess.run(
        ["bash", "-euc", command("run")], cwd=clone, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "The file says: Hello from a file on your own disk." in done.stdout
    assert "cc run openrouter" in done.stdout
    assert not [name for name in (".claude", ".claude.json", ".config", ".local") if (home / name).exists()]


@pytest.mark.parametrize("tool", [f"uv=={UV}", "pipx"])
def test_it_installs_from_a_clone(tool: str, clone: Path, environment: dict[str, str], tmp_path: Path) -> None:
    [block] = re.findall(r"## Install\n.*?```sh\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    name = tool.partition("=")[0]
    [line] = [part.strip() for part in re.split(r"\n|# or:", block) if part.strip().startswith(name)]
    command = line.partition("#")[0].strip()
    tools = tmp_path / "tools"
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--target", tools, tool], check=True, capture_output=True
    )
    places = {"PATH": f"{tools / 'bin'}:{environment['PATH']}", "PYTHONPATH": str(tools)}
    done = subprocess.run(
        ["sh", "-euc", command], cwd=clone, env=environment | places, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    programs = Path(environment["HOME"]) / ".local" / "bin"
    for program in ("cc", "cc-launcher"):
        said = subprocess.run(
            [programs / program, "version"], env=environment, capture_output=True, text=True, check=True
        ).stdout
        assert said.startswith("cc ")


def test_the_first_session_is_one_command_and_one_paste(place: Place) -> None:
    """With a real keyring and the real client, after the client's own first-run questions; the provider is a FAKE."""
    [sample] = [one for one in samples(README) if one.command == "cc run zai"]
    sandbox = place.sandbox
    harness.seed_home(sandbox.home, [sandbox.work])
    with bus.session(place), bus.gnome_keyring(place), FakeProvider() as provider:
        sandbox.profile("zai", f'extends = "zai"\nweb_search = false\nbase_url = "{provider.url}"\n', told=False)
        environment = harness.clean_environment(sandbox.home) | place.variables
        environment |= {"PATH": f"{sandbox.bin}:{environment['PATH']}", "CC_CLAUDE": str(harness.install())}
        environment |= {"CC_OFFLINE": "", "PROMPT_TOOLKIT_NO_CPR": "1"}
        argv = [str(sandbox.cc), *sample.command.split()[1:]]
        with Terminal(argv, environment, sandbox.work, size=(40, 100)) as terminal:
            terminal.wait_for("Where should the key be kept?", timeout=PATIENCE)
            terminal.send("\r")
            terminal.wait_for("paste the key", timeout=PATIENCE)
            terminal.wait_for_silence()
            terminal.send(f"{place.secret}\r")
            terminal.wait_for(READY, timeout=PATIENCE)
            printed = terminal.screen().replace("127.0.0.1", "api.z.ai").splitlines()
    assert fits(sample.lines, printed), "\n".join(printed)
    assert provider.credentials() == {f"Bearer {place.secret}"}
