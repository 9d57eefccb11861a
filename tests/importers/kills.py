"""Imports and `--undo` killed again and again: `python -m tests.importers.kills [KILLS [SEED]]`.

The seed decides what is killed, and when: at a call of the system's, or while the store is called, before or after it
did its work. After it, a second import or `--undo` puts all right: each profile that is there has its key, and when
all is undone, there is no profile, no key in the store and no host of one.
"""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.importers import corpus

CASE = next(case for case in corpus.cases() if case.name == "ccpkit/many")
KEYS = {entry["profile"]: entry["secret"]["value"] for entry in CASE.profiles}
AT_CALL, BEFORE_STORE, AFTER_STORE = "a call of the system's", "before the store", "after the store"
# A FAKE of pass, for tests: it keeps entries as files. It kills who called it at the call that a file says.
_PASS = """\
#!/bin/sh
at="$(cat '{store}.kill' 2>/dev/null)"
echo >>'{store}.calls'
now="$(wc -l <'{store}.calls')"
[ "$at" = "before $now" ] && kill -9 $PPID
case "$1" in
show) cat "{store}/$2" 2>/dev/null || {{ echo "Error: $2 is not in the password store." >&2; false; }} ;;
insert) mkdir -p "$(dirname "{store}/$4")"; cat >"{store}/$4" ;;
rm) rm "{store}/$3" ;;
esac
code=$?
[ "$at" = "after $now" ] && kill -9 $PPID
exit $code
"""
_CHILD = """
import os, signal, sys
from cc_launcher.actions import import_scan, import_take, import_undo
from cc_launcher.core.importing import history
from cc_launcher.files import import_history
left = int(sys.argv[2])
counted = 0
def counting(call):
    def one(*arguments, **named):
        global counted
        counted += 1
        if counted == left:
            os.kill(os.getpid(), signal.SIGKILL)
        return call(*arguments, **named)
    return one
for name in ("open", "write", "fsync", "close", "replace", "rename", "unlink", "mkdir"):
    setattr(os, name, counting(getattr(os, name)))
if sys.argv[1] == "import":
    offers = [offer for offer in import_scan.look([]).offers if not offer.there]
    choices = [
        import_take.Choice(offer.candidate, (), main="some-model" if offer.needs_model else "") for offer in offers
    ]
    done = import_take.all_of(choices, sys.argv[3], lambda _: None)
    assert not done.failed, done.failed
else:
    while [about for about in import_history.all_of() if about.state != history.UNDONE]:
        undone = import_undo.undone(import_undo.of(0), dry_run=False)
        assert not undone.stays, undone.stays
print(counted)
"""


@dataclass
class Scene:
    """A home of the corpus, our own directories beside it, and a FAKE `pass`."""

    root: Path
    kind: str  # of the store: store (pass) or file

    def __post_init__(self) -> None:
        self.root.mkdir(parents=True)
        self.home = CASE.make(self.root / "dev")
        self.store = self.root / "store"
        self.store.mkdir()
        (self.root / "bin").mkdir()
        program = self.root / "bin" / "pass"
        program.write_text(_PASS.format(store=self.store))
        program.chmod(0o755)

    def environment(self) -> dict[str, str]:
        ours = {f"CC_{name.upper()}_DIR": str(self.root / name) for name in ("config", "cache", "data")}
        path = f"{self.root / 'bin'}:/usr/bin:/bin"
        return {"PATH": path, "HOME": str(self.home), "LANG": "C.UTF-8", "CC_OFFLINE": "1"} | ours

    def run(self, what: str, *, at: int = 0, store: str = "") -> int:
        """Import or undo all, killed there; how many calls of the system's it made, or -1 if it was killed."""
        (self.root / "store.calls").unlink(missing_ok=True)
        (self.root / "store.kill").write_text(store)
        argv = [sys.executable, "-c", _CHILD, what, str(at), self.kind]
        root = Path(__file__).parents[2]
        done = subprocess.run(argv, env=self.environment(), cwd=root, capture_output=True, text=True, check=False)
        assert done.returncode in {0, -signal.SIGKILL}, done.stderr
        return -1 if done.returncode else int(done.stdout)

    def store_calls(self) -> int:
        calls = self.root / "store.calls"
        return len(calls.read_text().splitlines()) if calls.exists() else 0

    def profiles(self) -> dict[str, Path]:
        return {path.stem: path for path in (self.root / "config" / "profiles").glob("*.toml")}

    def keys(self) -> dict[str, str]:
        """What is kept, by the name of its profile."""
        places = [self.root / "data" / "keys", self.store / "cc-launcher"]
        return {
            path.name: path.read_text().rstrip("\n")
            for place in places
            for path in place.glob("*")
            if not path.name.startswith(".")
        }

    def check_profiles(self, *, all_of_them: bool) -> None:
        """Each profile that is there has its key."""
        there, keys = self.profiles(), self.keys()
        for name, path in there.items():
            [reference] = [line for line in path.read_text().splitlines() if line.startswith("secret = ")]
            kept = reference.partition('"')[2].rstrip('"').rpartition("/")[2]
            assert keys[kept] == KEYS[name], (name, reference)
        if all_of_them:
            assert {*there} == {*KEYS}, there
            assert sorted(keys.values()) == sorted(KEYS.values()), "a key twice"

    def check_nothing_is_left(self) -> None:
        assert self.profiles() == {}
        assert self.keys() == {}
        hosts = self.root / "data" / "hosts.json"
        known = json.loads(hosts.read_text()) if hosts.exists() else {}
        assert [key for key in known if key.partition(" ")[0] in KEYS] == [], known


def steps(root: Path, kind: str) -> dict[str, tuple[int, int]]:
    """How many calls of the system's, and of the store, an import and an undo take."""
    scene = Scene(root, kind)
    found = {}
    for what in ("import", "undo"):
        calls = scene.run(what)
        found[what] = (calls, scene.store_calls())
    return found


def killed(root: Path, kind: str, dice: random.Random, most: dict[str, tuple[int, int]]) -> str:
    """One kill, and what puts it right; what it was."""
    scene = Scene(root, kind)
    what = dice.choice(("import", "import", "undo"))
    how = dice.choice((AT_CALL, BEFORE_STORE, AFTER_STORE)) if most[what][1] else AT_CALL
    if what == "undo":
        assert scene.run("import") > 0
    calls, store_calls = most[what]
    number = dice.randint(1, calls if how == AT_CALL else store_calls)
    if how == AT_CALL:
        ended = scene.run(what, at=number)
    else:
        ended = scene.run(what, store=f"{'before' if how == BEFORE_STORE else 'after'} {number}")
    if what == "import":
        scene.check_profiles(all_of_them=False)
    right = dice.choice(("import", "undo"))
    said = f"{what}, {how}{'' if ended < 0 else ' (it was done before)'}: {number}, then {right}"
    try:
        if right == "import":
            assert scene.run("import") >= 0
            scene.check_profiles(all_of_them=True)
        assert scene.run("undo") >= 0
        scene.check_nothing_is_left()
    except AssertionError as bad:
        message = f"{said}: {bad}"
        raise AssertionError(message) from bad
    return said


def main(kills: int, seed: int) -> int:
    """Kill so many, and say what came of it."""
    print(f"{kills} kills, seed {seed}", flush=True)
    dice = random.Random(seed)
    counts: dict[str, int] = {}
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch)
        most = {kind: steps(root / kind, kind) for kind in ("store", "file")}
        for number in range(kills):
            kind = dice.choice(("store", "store", "file"))
            said = killed(root / f"{number}", kind, dice, most[kind])
            about = said.partition(":")[0]
            counts[about] = counts.get(about, 0) + 1
    for about, count in sorted(counts.items()):
        print(f"{count} of {about}: put right")
    return 0


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[1:]]
    sys.exit(main(given[0] if given else 100, given[1] if len(given) > 1 else random.randrange(1 << 32)))
