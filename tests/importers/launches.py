"""One imported profile of each tool, launched: `python -m tests.importers.launches [CASE …]` prints a table of it.

The home is the one that the tool wrote, to the last letter. It is imported by `cc import`, its key goes into a real
`pass`, and the real client is launched on the profile. The hosts are played by a fake internet, so that each address is
the source's own: what reaches it, where, with which key and for which model is held against the corpus.
"""

from __future__ import annotations

import sys
import tempfile
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.client import harness
from tests.client.stage import PATIENCE, PLACEHOLDER, credential_of
from tests.fakes.fake_internet import FakeInternet, origin
from tests.importers import corpus
from tests.importers.corpus import Case
from tests.rows import ROWS
from tests.stores.keys import IDENTITY, gpg_home
from tests.stores.place import Place
from tests.support import Sandbox

CASES = {case.name: case for case in corpus.cases()}
ENTER, DOWN = "\r", "\x1b[B"
CANARY = "sk-canary-of-the-reference"
RELAY_MODEL = "claude-opus-5-5"  # the first that is offered where a relay names none
# The profile of each home that is launched.
PROFILES = {
    "agentkeyswitch/many": "zai",
    "ai-switch/many": "deepseek",
    "cc-mirror/many": "orx",
    "cc-switch/config-json": "glm",
    "cc-switch/db": "zhipu-glm-en",
    "cc-switch/db-wal": "added-last",
    "cc-switch/deep-links": "deepseek",
    "cc-switch/sql-export": "prod-a-b-1",
    "ccm-cli/many": "openrouter",
    "ccm-sh/many": "deepseek",
    "ccpkit/many": "anthropic",
    "ccs/bundle": "glm-with-key",
    "ccs/bundle-hostile": "work",
    "ccs/many": "work",
    "ccs/vscode-output": "zai",
    "claude-china/many": "zai",
    "claude-code-router-2/ui": "glm-coding-plan-cn",
    "claude-code-router-3/running": "z.ai-anthropic-prod-2",
    "claude-switch/many": "zai-work",
    "clother/many": "my-llm_2",
    "codehelper/wrappers": "glm",
    "hand/direnv": "app",
    "hand/helper": "llm-corp-example-com",
    "hand/powershell": "claude-zai",
    "hand/settings": "deepseek",
    "hand/shell-bash": "deepseek",
    "hand/shell-fish": "claude-or",
    "hand/stow": "openrouter",
    "hand/wrapper": "claude-or",
    "multi-claude/env": "work",
    "ollama-launch/config": "ollama",
    "pypi-cc-switch/many": "odd",
    "zcf/profiles": "deep",
}
NOT_LAUNCHED = {"hand/bedrock": "a cloud's own login: tests/client/test_clouds.py has its launches"}
# What somebody has to answer: a relay's model, a directory's own profile, a command.
_MODEL: dict[str, tuple[str, ...]] = {"names no model": (ENTER,)}
ASKED: dict[str, dict[str, tuple[str, ...]]] = {
    "cc-switch/db-wal": {**_MODEL, "Where should the keys be kept?": (ENTER,)},
    "hand/direnv": _MODEL,
    "hand/wrapper": {"Take the command over?": ("y",)},
}
ELSEWHERE = {"ccs/vscode-output": "glm"}  # what the corpus calls it
# What the source does not hold, and is given afterwards.
NO_KEY = {"ccs/bundle-hostile", "multi-claude/env", "pypi-cc-switch/many"}
OWN_PROXY = {"multi-claude/env"}
_OP = f"#!/bin/sh\n# A FAKE of 1Password's command, for tests.\nprintf {CANARY}\n"


@dataclass(frozen=True)
class Sent:
    """What the host got, and what it should have got."""

    address: str
    credential: dict[str, str]
    models: set[str]


@contextmanager
def real_pass(root: Path) -> Iterator[Place]:
    """A real `pass`, whose key needs no passphrase."""
    root.mkdir()
    with Place(Sandbox(root)) as place, gpg_home(place):
        yield place


def launched(case: Case, root: Path, place: Place) -> tuple[Sent, Sent]:
    """Import this home, launch its profile: what was to come, and what came."""
    root.mkdir()
    home = case.make(root / "dev")
    before = corpus.state(home)
    store = place.directory(f"store-{case.name.replace('/', '-')}", "PASSWORD_STORE_DIR")
    place.tool("pass", "init", IDENTITY)
    name = PROFILES[case.name]
    with FakeInternet(root) as internet:
        environment = _environment(root, home, internet) | place.variables
        project = next((entry["from"]["file"].split("/.")[0] for entry in case.profiles if "only" in entry), "")
        work = home / project
        key = _key(case, place)
        said = _imported(case, environment, work, name)
        assert key in {CANARY, PLACEHOLDER} or key not in said
        _completed(case, environment, work, name, key, internet)
        assert corpus.state(home) == before, "the source has changed"
        ended = _cc(environment, work, "run", name, "-p", "hi")
        assert (ended.returncode, ended.stdout) == (0, "pong\n"), ended
        messages = [request for request in internet.messages if request.is_for("/v1/messages")]
        assert messages, "nothing came"
        [path] = {request.path for request in messages}
        credentials = {tuple(sorted(credential_of(request).items())) for request in messages}
        [credential] = credentials
        hosts = {
            origin(request.path)
            for request in internet.requests
            if key.encode() in request.raw or any(key in value for value in request.headers.values())
        }
        assert hosts == {origin(path)}, f"the key went to {hosts}"
        got = Sent(path.removesuffix("/v1/messages?beta=true"), dict(credential), internet.models())
    assert not any(key.encode() in path.read_bytes() for path in store.rglob("*") if path.is_file())
    return _expected(case, name, key), got


def _environment(root: Path, home: Path, internet: FakeInternet) -> dict[str, str]:
    scratch = root / "of-the-client"
    environment = harness.clean_environment(scratch) | internet.environment() | {"HOME": str(home)}
    # A launch keeps what is for this machine from proxies. Here the proxy plays this machine, too.
    client = root / "claude"
    client.write_text(f'#!/bin/sh\nunset NO_PROXY no_proxy\nexec {harness.install()} "$@"\n')
    programs = root / "bin"
    programs.mkdir()
    (programs / "op").write_text(_OP)
    for program in (client, programs / "op"):
        program.chmod(0o755)
    for variable in ("CONFIG", "CACHE", "DATA"):
        environment[f"CC_{variable}_DIR"] = str(root / "ours" / variable.lower())
    return environment | {
        "CC_CLAUDE": str(client),
        "PATH": f"{programs}:{environment['PATH']}",
        "PROMPT_TOOLKIT_NO_CPR": "1",
    }


def _key(case: Case, place: Place) -> str:
    """The key that the host is to get; one of a reference is put where that points."""
    secret = _entry(case)["secret"]
    if secret["kind"] == "literal":
        return str(secret["value"])
    reference = str(secret.get("reference", ""))
    if reference.startswith("pass:"):
        place.tool("pass", "insert", "--multiline", reference.removeprefix("pass:"), stdin=f"{CANARY}\n")
    return CANARY if reference or case.name in NO_KEY else PLACEHOLDER


def _imported(case: Case, environment: dict[str, str], work: Path, name: str) -> str:
    """Import it: by itself, or with the answers that it needs."""
    words = _words(case, environment["HOME"])
    if case.name not in ASKED:
        ended = _cc(environment, work, "import", *words, "--all")
        assert ended.returncode == 0, ended
        assert f"{name}: made" in ended.stderr, ended
        return ended.stdout + ended.stderr
    argv = [sys.executable, "-m", "cc_launcher", "import", *words]
    with harness.Conversation(argv, environment, work, size=(200, 160)) as conversation:
        conversation.answer("Import", DOWN, ENTER)  # of several: choose; of one that is not usual: yes
        if case.name != "hand/direnv":
            conversation.answer("Which?", *_ticks(conversation, name), ENTER)
        for question, keys in ASKED[case.name].items():
            conversation.answer(question, *keys)
        assert conversation.ends() == 0, conversation.screen()
        return conversation.written.decode()


def _ticks(conversation: harness.Conversation, name: str) -> list[str]:
    """The keys that leave this one ticked, and no other."""
    conversation.wait_for_quiet()
    lines = conversation.screen().rpartition("Which?")[2].splitlines()[1:]
    keys: list[str] = []
    for line in filter(str.strip, lines):
        mark, _, rest = line.replace("»", " ").strip().partition(" ")
        is_ticked, is_wanted = mark == "●", rest.strip().startswith(f"{name}:")
        keys += [*([" "] if is_ticked != is_wanted else []), DOWN]
    return keys


def _words(case: Case, home: str) -> list[str]:
    """The files that somebody has to name."""
    files = {entry["from"]["file"] for entry in case.profiles if "/" not in entry["from"]["file"]}
    return sorted(str(Path(home) / name) for name in files - {".bashrc", ".ccm_config"})


def _completed(
    case: Case, environment: dict[str, str], work: Path, name: str, key: str, internet: FakeInternet
) -> None:
    """What the source does not hold; and a server of this machine, which a launch would ask first, and by no proxy."""
    changes = []
    if case.name in NO_KEY:
        environment["KEY_GIVEN_LATER"] = key
        changes.append("secret=env:KEY_GIVEN_LATER")
    if case.name in OWN_PROXY:
        changes += [f"env.{proxy}={internet.url}" for proxy in ("HTTPS_PROXY", "HTTP_PROXY")]
    if case.name == "ollama-launch/config":
        changes.append("kind=gateway")
    if changes:
        ended = _cc(environment, work, "edit", name, *changes)
        assert ended.returncode == 0, ended


def _cc(environment: dict[str, str], work: Path, *words: str) -> harness.Ended:
    return harness.run([sys.executable, "-m", "cc_launcher", *words], environment, work, timeout=PATIENCE)


def _entry(case: Case) -> dict[str, Any]:
    wanted = ELSEWHERE.get(case.name, PROFILES[case.name])
    return next(entry for entry in case.profiles if entry["profile"] == wanted)


def _expected(case: Case, name: str, key: str) -> Sent:
    """What the corpus says of this profile, with what its provider's documentation says where that says nothing."""
    wanted = tomllib.loads((case.directory / _entry(case)["expected"]).read_text(encoding="utf-8"))
    row = ROWS.get(wanted.get("extends", ""), {})
    address = wanted.get("base_url", row.get("address", ""))
    region = wanted.get("region", "")
    if region:
        address = row["regions"][region]
    header = "x-api-key" if wanted.get("auth") == "api-key" else row.get("header", "authorization")
    value = key if header == "x-api-key" else f"Bearer {key}"
    credential = {header: value}
    for other, place in wanted.get("secret_headers", {}).items():
        credential[other.lower()] = f"of {name}: {place}"
    models = row.get("models", {})
    main = wanted.get("tiers", {}).get("main", models.get("main", models.get("all", RELAY_MODEL)))
    return Sent(address, credential, {main})


def difference(wanted: Sent, got: Sent) -> list[str]:
    """What is not as it should be."""
    found = []
    if got.address != wanted.address:
        found.append(f"it went to {got.address}, not to {wanted.address}")
    own = {name: value for name, value in wanted.credential.items() if not value.startswith("of ")}
    if {*got.credential} != {*wanted.credential} or any(got.credential[name] != own[name] for name in own):
        found.append(f"credentials: {sorted(got.credential)} instead of {sorted(wanted.credential)}, or another key")
    if got.models != wanted.models:
        found.append(f"models: {got.models} instead of {wanted.models}")
    return found


def main(names: list[str]) -> int:
    """Print the table."""
    failed = 0
    with tempfile.TemporaryDirectory() as scratch, real_pass(Path(scratch) / "pass") as place:
        for number, name in enumerate(names or PROFILES):
            try:
                wanted, got = launched(CASES[name], Path(scratch) / str(number), place)
                faults = difference(wanted, got)
            except AssertionError as bad:
                faults, got = [str(bad)[:3000] or repr(bad)], Sent("", {}, set())
            failed += bool(faults)
            row = (name, PROFILES[name], got.address, ",".join(got.credential), ",".join(got.models))
            print(" | ".join(row), "|", "; ".join(faults) or "as in the corpus", flush=True)
    for name, why in NOT_LAUNCHED.items():
        print(f"{name} | not launched: {why}")
    print(f"{len(names or PROFILES) - failed} of {len(names or PROFILES)}, client {harness.CURRENT}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
