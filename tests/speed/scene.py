"""What the speed scripts share: a home to throw away, a `cc` as pip makes it today, and a client that does nothing."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

SYSTEM_PATH = "/usr/local/bin:/usr/bin:/bin"
BARE = (sys.executable, "-c", "pass")

# As pip 26 and uv write it; pip up to 25 also imports `re`, which costs as much as half of Python.
_CONSOLE_SCRIPT = f"""\
#!{sys.executable}
import sys
from cc_launcher.main import main
if __name__ == '__main__':
    if sys.argv[0].endswith('.exe'):
        sys.argv[0] = sys.argv[0][:-4]
    sys.exit(main())
"""
_CLIENT = """\
#include <stdio.h>
int main(int argc, char **argv)
{
    if (argc > 1 && argv[1][0] == '-' && argv[1][1] == '-' && argv[1][2] == 'v')
        puts("2.1.329 (a FAKE client, to measure with)");
    return 0;
}
"""


class SpeedScene:
    """A home, a PATH with a `cc` and a `claude` of our own, and a clean environment."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.home = root / "home"
        self.bin = root / "bin"
        self.home.mkdir(mode=0o700)
        self.bin.mkdir()
        self.cc = self.bin / "cc"
        self.cc.write_text(_CONSOLE_SCRIPT)
        self.cc.chmod(0o755)
        self.claude = self.bin / "claude"
        self._make_client()
        self.environment = {
            "PATH": f"{self.bin}:{SYSTEM_PATH}",
            "HOME": str(self.home),
            "LANG": "C.UTF-8",
            "ZAI_API_KEY": "sk-not-a-key",
            "CC_OFFLINE": "1",  # a first launch would try the key, and keep no plan where nobody can be reached
        }

    def profile(self, name: str, text: str) -> None:
        """Write a profile of the user's."""
        directory = self.home / ".config" / "cc-launcher" / "profiles"
        directory.mkdir(parents=True, exist_ok=True)
        directory.chmod(0o700)
        (directory / f"{name}.toml").write_text(text)
        (directory / f"{name}.toml").chmod(0o600)

    def run(self, *args: str) -> None:
        """Run `cc` once, so that what can be remembered is."""
        subprocess.run([self.cc, *args], env=self.environment, check=True, stdout=subprocess.DEVNULL)

    def _make_client(self) -> None:
        compiler = shutil.which("cc", path=SYSTEM_PATH)
        if compiler is None:
            shutil.copy("/bin/true", self.claude)
            return
        source = self.root / "claude.c"
        source.write_text(_CLIENT)
        subprocess.run([compiler, "-O2", "-static", source, "-o", self.claude], check=True)
