"""What `cc run` on a cached plan costs, up to its exec, next to a bare Python: `python tests/speed/launch.py`."""

from __future__ import annotations

import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.fakes.fake_ollama import FakeOllama
from tests.speed.measure import Program, in_turns, say, say_times, title
from tests.speed.scene import BARE, SpeedScene

TARGET = 1.10


def main() -> None:
    """Print the table."""
    with ExitStack() as stack:
        root = stack.enter_context(tempfile.TemporaryDirectory())
        scene = SpeedScene(Path(root))
        secret = Path(root) / "secret"
        secret.write_text("sk-not-a-key")
        secret.chmod(0o600)
        scene.profile("filed", f'extends = "zai"\nsecret = "file:{secret}"\n')
        scene.profile("piped", f'extends = "anthropic"\nsecret = "file:{secret}"\n')
        scene.profile("helped", 'extends = "zai"\nsecret = "cmd:/bin/echo sk-not-a-key"\n')
        ollama = stack.enter_context(FakeOllama())
        ollama.add("glm-4.7-flash", num_ctx=65_536)
        scene.profile("local", f'extends = "ollama"\nbase_url = "{ollama.url}"\n')
        for name in ("zai", "filed", "piped", "helped", "local"):
            scene.run("run", name)
        execs = f"import os; os.execv({str(scene.claude)!r}, ['claude'])"
        programs = [
            Program("python -c pass", BARE, scene.environment),
            Program("python -c, and exec", (*BARE[:2], execs), scene.environment),
            Program("cc run, secret in a variable", (scene.cc, "run", "zai"), scene.environment),
            Program("cc run, secret in a file", (scene.cc, "run", "filed"), scene.environment),
            Program("cc run, key handed over in a pipe", (scene.cc, "run", "piped"), scene.environment),
            Program("cc run, secret from a helper", (scene.cc, "run", "helped"), scene.environment),
            Program("the helper alone", ("/bin/echo", "sk-not-a-key"), scene.environment),
            Program("cc run, a local model's server asked", (scene.cc, "run", "local"), scene.environment),
        ]
        costs = in_turns(programs)
        title("A launch on a cached plan, as a multiple of `python -c pass`")
        for index in (1, 2, 3, 4):
            both = (costs[index], costs[0])
            say(programs[index].name, both, lambda ours, bare: ours / bare, None if index == 1 else TARGET)
        # Without a target: what it takes to start a helper and to watch over it is counted to the helper.
        three = (costs[5], costs[6], costs[0])
        say(f"{programs[5].name}, less the helper", three, lambda ours, helper, bare: (ours - helper) / bare)
        # Without a target, too: the answer of the server, a FAKE written in Python, is in it.
        say(programs[7].name, (costs[7], costs[0]), lambda ours, bare: ours / bare)
        say_times(programs, costs)


if __name__ == "__main__":
    main()
