"""What a launch with a secret in the keyring costs, next to the store's command alone and to the keyring library.

`python tests/speed/secrets.py`; it starts a D-Bus session and a gnome-keyring of its own.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.speed.measure import Program, in_turns, say, say_times, title
from tests.speed.scene import BARE, SpeedScene

_NEEDED = ("dbus-run-session", "gnome-keyring-daemon", "secret-tool")
_INSIDE = "INSIDE_A_SESSION_OF_OUR_OWN"
_LIBRARY = "import keyring; print(keyring.get_password('cc-launcher', 'zai'))"


def main() -> None:
    """Print the table."""
    missing = [tool for tool in _NEEDED if shutil.which(tool) is None]
    if missing:
        sys.exit(f"missing: {', '.join(missing)}")
    if not os.environ.get(_INSIDE):
        os.execvpe(_NEEDED[0], [_NEEDED[0], "--", sys.executable, __file__], {**os.environ, _INSIDE: "1"})
    with tempfile.TemporaryDirectory() as root:
        scene = SpeedScene(Path(root))
        runtime = Path(root) / "runtime"
        runtime.mkdir(mode=0o700)
        del scene.environment["ZAI_API_KEY"]
        bus = os.environ["DBUS_SESSION_BUS_ADDRESS"]
        scene.environment |= {"DBUS_SESSION_BUS_ADDRESS": bus, "XDG_RUNTIME_DIR": str(runtime)}
        daemon = subprocess.Popen(
            ["gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets"],
            env=scene.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            assert daemon.stdin is not None
            daemon.stdin.write(b"a password")
            daemon.stdin.close()
            _print_table(scene)
        finally:
            daemon.terminate()
            daemon.wait()


def _print_table(scene: SpeedScene) -> None:
    subprocess.run(
        [scene.cc, "secret", "set", "zai", "--stdin"], env=scene.environment, input=b"sk-not-a-key\n", check=True
    )
    scene.run("run", "zai")
    lookup = (shutil.which("secret-tool") or "", "lookup", "service", "cc-launcher", "username", "zai")
    programs = [
        Program("python -c pass", BARE, scene.environment),
        Program("secret-tool alone", lookup, scene.environment),
        Program("the keyring library alone", (*BARE[:2], _LIBRARY), scene.environment),
        Program("cc run, secret in the keyring", (scene.cc, "run", "zai"), scene.environment),
    ]
    bare, tool, library, run = costs = in_turns(programs)
    title("A launch with a secret in the keyring")
    say("cc run, as a multiple of secret-tool alone", (run, tool), lambda ours, its: ours / its)
    say("cc run, as a multiple of the library alone", (run, library), lambda ours, its: ours / its)
    three = (run, tool, bare)
    say("cc run less secret-tool, of python -c pass", three, lambda ours, its, python: (ours - its) / python)
    say_times(programs, costs)


if __name__ == "__main__":
    main()
