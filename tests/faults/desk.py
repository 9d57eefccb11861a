"""What the tests of probes share: a home in which `cc probe` runs within this process."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from cc_launcher.cli.app import cli
from cc_launcher.core.errors import CcError
from tests.fakes.fake_flawed import MODELS, SECRET
from tests.fakes.fake_provider import Request

CONTEXT = 60_000
PROFILE = """kind = "gateway"
base_url = "{url}"
auth = "bearer"
secret = "file:{secret}"

[tiers]
main = "{model}"

[models.{model}]
context = {context}
max_output = 32000
prices = {{ input = 1.0, output = 4.0 }}
"""


def profile_text(url: str, secret: Path, text: str = PROFILE) -> str:
    """A profile for this address."""
    return text.format(url=url, secret=secret, model=MODELS[0], context=CONTEXT)


@dataclass
class Told:
    """What a command has said."""

    code: int
    out: str
    err: str

    @property
    def all(self) -> str:
        return self.out + self.err


class Desk:
    """A home in which `cc` runs within this process."""

    def __init__(self, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.root = root
        self._capsys = capsys

    def profile(self, name: str, url: str, secret: str = SECRET, more: str = "", text: str = PROFILE) -> None:
        kept = self.root / f"{name}.secret"
        kept.touch(mode=0o600)
        kept.write_text(secret)
        directory = self.root / "config" / "profiles"
        directory.mkdir(parents=True, exist_ok=True)
        made = profile_text(url, kept, text)
        (directory / f"{name}.toml").write_text(made.replace("\n[tiers]", f"{more}\n[tiers]"))

    def run(self, *args: str) -> Told:
        """`cc probe`, and what it says. Nothing but an error in its own words comes out of it."""
        try:
            code, said = cli(["probe", *args]), ""
        except CcError as error:
            code, said = error.code, f"{error.what}\n{error.hint}\n"
        written = self._capsys.readouterr()
        return Told(code, written.out, written.err + said)

    def kept(self) -> dict[Path, bytes]:
        """All that is in its files, but for the secrets and the profiles."""
        return {
            path: path.read_bytes()
            for path in self.root.rglob("*")
            if path.is_file() and path.suffix not in {".secret", ".toml"}
        }


def is_message(request: Request) -> bool:
    return request.method == "POST" and request.path.endswith("/v1/messages")


def streams(request: Request) -> bool:
    return is_message(request) and bool(request.body.get("stream"))
