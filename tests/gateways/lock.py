"""Write the list of what the gateway's engine is made of: `python -m tests.gateways.lock`.

It takes the versions that stand in the list, and asks PyPI for the sums of their wheels: those for Linux and macOS,
x86_64 and arm64, and each Python that we run on. To move on, change a version in the list, and run it again.
"""

from __future__ import annotations

import re
import sys
from typing import Any

import httpx2

from cc_launcher.files import engine_list

_INDEX = "https://pypi.org/simple/"
_JSON = {"Accept": "application/vnd.pypi.simple.v1+json"}
_PYTHONS = ("311", "312", "313", "314")
_PYTHON = re.compile(r"(?:py3|py2\.py3|cp3\d+)(?:\.|$)")
_PLATFORM = re.compile(r"any|manylinux\S*_(?:x86_64|aarch64)|macosx\S*_(?:x86_64|arm64|universal2)")


def fits(filename: str) -> bool:
    """Whether this is a wheel that one of our users may need."""
    if not filename.endswith(".whl"):
        return False
    _, _, *_, python, abi, platforms = filename.removesuffix(".whl").split("-")
    if not any(_PLATFORM.fullmatch(platform) for platform in platforms.split(".")):
        return False
    if abi == "none":
        return _PYTHON.match(python) is not None
    if abi == "abi3":
        return all(int(tag[3:] or 0) <= int(_PYTHONS[-1][1:]) for tag in python.split("."))
    return python.removeprefix("cp") in _PYTHONS and abi == python


def wheels(client: httpx2.Client, name: str, version: str) -> list[dict[str, Any]]:
    """The wheels of a version that fit."""
    answer = client.get(f"{_INDEX}{name}/")
    answer.raise_for_status()
    normal = re.sub(r"[-_.]+", "_", name).lower()
    found = []
    for file in answer.json()["files"]:
        head, _, rest = file["filename"].partition("-")
        if re.sub(r"[-_.]+", "_", head).lower() == normal and rest.startswith(f"{version}-") and fits(file["filename"]):
            if file.get("yanked"):
                raise SystemExit(f"{name} {version} was taken back: {file['yanked']}")
            found.append(file)
    return found


def main() -> None:
    """Write the list again."""
    lines, bytes_of = [], 0
    with httpx2.Client(headers=_JSON, timeout=60) as client:
        for name, version in engine_list.versions().items():
            found = wheels(client, name, version)
            if not found:
                raise SystemExit(f"{name} {version}: no wheel")
            sums = sorted({file["hashes"]["sha256"] for file in found})
            lines.append(" ".join([f"{name}=={version}", *(f"--hash=sha256:{one}" for one in sums)]))
            bytes_of += max(file["size"] for file in found)
            print(f"{name} {version}: {len(found)} wheels", file=sys.stderr)
    engine_list.PATH.write_text("\n".join(lines) + "\n")
    print(f"{len(lines)} packages, {bytes_of / 1e6:.0f} MB", file=sys.stderr)


if __name__ == "__main__":
    main()
