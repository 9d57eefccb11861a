"""What differs from one shell of the user's to another."""

import re

from cc_launcher.core.text.quote import fish, sh

SHELLS = ("bash", "zsh", "fish", "powershell")


def of(path: str) -> str:
    """The shell that a path such as $SHELL names; `sh` for one that we do not know."""
    name = path.rpartition("/")[2].removesuffix(".exe").lower()
    return {"pwsh": "powershell"}.get(name, name) if name in {*SHELLS, "pwsh"} else "sh"


def onto_path(shell: str, directory: str, home: str) -> str:
    """The line that puts a directory on PATH, for good."""
    if shell == "fish":
        return f"fish_add_path {fish(directory)}"
    inside = directory.startswith(f"{home}/")
    place = re.sub(r'(["\\$`])', r"\\\1", directory[len(home) :] if inside else directory)
    file = {"bash": "~/.bashrc", "zsh": "~/.zshrc"}.get(shell, "~/.profile")
    line = f'export PATH="{"$HOME" if inside else ""}{place}:$PATH"'
    # `echo` of some shells reads backslashes.
    write = "echo" if "\\" not in line else "printf '%s\\n'"
    return f"{write} {sh(line)} >> {file}"
