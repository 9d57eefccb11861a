"""What the unit tests share: a home of their own, profiles written in the test, and the machine they run on."""

import subprocess
import tomllib
import traceback
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from cc_launcher.actions import which_profile
from cc_launcher.core.errors import CcError
from cc_launcher.core.plan import Plan
from cc_launcher.core.plan.machine import Machine
from cc_launcher.core.plan.make_plan import Options, make_plan
from cc_launcher.core.profile.clouds import CLOUDS, needed
from cc_launcher.core.profile.resolve import Resolved, resolve
from cc_launcher.core.profile.source import Source
from cc_launcher.files import git
from tests.support import require_tool

CANARY = "sk-canary-4f9b2a7d1c"  # stands for a secret in the wrong place: no message may repeat it
REPOSITORY = Path(__file__).resolve().parent.parent.parent
CATALOG = REPOSITORY / "profiles"
CURRENT = (2, 1, 332)
BEFORE_HOST_FLAG = (2, 1, 72)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The empty home of a test, with all our directories in it."""
    made = tmp_path / "home"
    made.mkdir(mode=0o700)
    monkeypatch.setenv("HOME", str(made))
    for variable, directory in (("CC_CONFIG_DIR", "config"), ("CC_CACHE_DIR", "cache"), ("CC_DATA_DIR", "data")):
        monkeypatch.setenv(variable, str(made / directory))
    monkeypatch.chdir(tmp_path)
    return made


# Without the user's own files; what is to be run comes next.
SHELLS = {
    "dash": ["dash", "-c"],
    "bash": ["bash", "--norc", "--noprofile", "-c"],
    "zsh": ["zsh", "-f", "-c"],
    "busybox": ["busybox", "sh", "-c"],
    "fish": ["fish", "--no-config", "-c"],
}


def in_shell(shell: str, script: str, environment: Mapping[str, str]) -> bytes:
    """What a script writes, in a shell that must be there."""
    program = require_tool(shell)
    done = subprocess.run([program, *SHELLS[shell][1:], script], env=environment, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode("utf-8", "replace")
    return done.stdout


def source(text: str, name: str = "mine", *, shipped: bool = False) -> Source:
    """A profile file that has been read."""
    return Source(name, f"/profiles/{name}.toml", f"{name}.toml", text, shipped)


def resolved(texts: str | Mapping[str, str], name: str = "mine", shipped: Mapping[str, str] | None = None) -> Resolved:
    """The whole profile of this name, where these files are the user's and those are the catalog's."""
    own = {name: texts} if isinstance(texts, str) else texts
    catalog = shipped or {}

    def find(wanted: str, only_shipped: bool) -> Source | None:  # noqa: FBT001 - as in resolve.Find
        if wanted in own and not only_shipped:
            return source(own[wanted], wanted)
        return source(catalog[wanted], wanted, shipped=True) if wanted in catalog else None

    return resolve(name, find, lambda: sorted({*own, *catalog}))


def catalog_profile(name: str, more: str = "") -> Resolved:
    """A provider of the real catalog, as it is, with examples in the place of what only the user knows."""
    catalog = _catalog()
    text = "\n".join(filter(None, [more, catalog[name], _examples(catalog[name])]))
    return resolved({}, name, {**catalog, name: text})


@lru_cache
def _catalog() -> dict[str, str]:
    return {file.stem: file.read_text(encoding="utf-8") for file in CATALOG.glob("*.toml")}


def _examples(text: str) -> str:
    about = tomllib.loads(text)
    examples = {name: parameter["example"] for name, parameter in about.get("parameters", {}).items()}
    if "cloud" in about:
        cloud = CLOUDS[about["cloud"]]
        examples |= {name: cloud.parameters[name].example for name in needed(about["cloud"], None)}
    lines = [f'{name} = "{example}"' for name, example in examples.items()]
    return "\n".join(["[values]", *lines, ""]) if lines else ""


def machine(**changed: Any) -> Machine:
    """A machine with a current client and nothing else."""
    return Machine(**{"target": "/bin/claude", "version": CURRENT, "isolated_root": "/data/isolated"} | changed)


def plan_of(
    profile: str | Resolved,
    word: str | None = None,
    *,
    sealed: bool = False,
    env: tuple[tuple[str, str], ...] = (),
    **of_machine: Any,
) -> Plan:
    """The plan of a profile, given as a file's text or resolved, on a machine like this."""
    whole = resolved(profile) if isinstance(profile, str) else profile
    return make_plan(whole, word, Options(sealed=sealed, env=env), machine(**of_machine))


def all_of(error: CcError) -> str:
    """Everything that an error could show to anybody, the traceback of CC_DEBUG included."""
    return "\n".join([error.what, error.hint, *error.details, repr(error), *traceback.format_exception(error)])


def last_worked() -> str:
    """What was launched last, as one types it; nothing yet: empty."""
    last = which_profile.last()
    return "" if last is None else last.shown


def refuse_unless_ignored(file: Path) -> None:
    """What `cc use` does where nobody can be asked about a file that would be committed."""
    missing = git.unignored(file)
    if missing is not None:
        raise git.not_ignored(file, missing)
