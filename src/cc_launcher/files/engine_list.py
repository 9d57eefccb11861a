"""What the gateway's engine is made of: every package with its version, and the sums of its wheels."""

from pathlib import Path

PATH = Path(__file__).resolve().parent.parent / "in_engine" / "packages.txt"
ENGINE = "litellm"
# Releases into which somebody had put code that steals keys.
MALICIOUS = {"1.82.7", "1.82.8"}
# One that is gone from the index, and that a tool there calls compromised; nobody else has confirmed it.
SUSPECT = {"1.107.0"}


def versions() -> dict[str, str]:
    """The version of each package."""
    found = {}
    for line in PATH.read_text(encoding="utf-8").splitlines():
        name, _, version = line.split(" ", 1)[0].partition("==")
        found[name] = version
    return found
