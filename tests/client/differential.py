"""What the real client reads in random layouts of a project, against what we look at: never less.

`python tests/client/differential.py --count 2000 --seed 1` tries so many; `--only SEED` tries one again, and tells what
it is made of. Our side is `project_files.of_project` with `settings.read`, and the functions of a wrapper in shells.
"""

from __future__ import annotations

import argparse
import concurrent.futures
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from cc_launcher.claude import project_files, settings_files
from cc_launcher.core.wrapper import parts
from tests.client import harness, layouts
from tests.client.layouts import Layout
from tests.client.stage import PATIENCE, PROMPT, first, tool_results
from tests.fakes.fake_provider import FakeProvider, call

# The first of them always, and of the others one a layout.
SHELLS = (("dash",), ("busybox", "sh"), ("bash", "--posix"), ("zsh",), ("mksh",))
_MARK = "the end of it"
_SEEN = re.compile(r"^(SEEN_\d+)=", re.MULTILINE)
# What a newer client says of a name that it cannot read, and how 2.1.72 ends where links go round in a circle.
_NO_START = ("current directory", "Maximum call stack size exceeded")
_SHORT = 30.0  # seconds for a client that may never come up
OUTRIGHT = "=outright"
_ASK = """\
case ${{ZSH_VERSION-}} in ?*) emulate sh ;; esac
set -eu
{functions}
if _cc_project any; then echo '=any'; fi
if _cc_project some; then echo '=some'; fi
_cc_matters() {{ printf '%s\\n' "$2"; return 1; }}
if _cc_project any; then echo '{outright}'; fi
"""


@dataclass
class Outcome:
    """How one layout went."""

    seed: int
    differences: list[str] = field(default_factory=list)  # we saw less
    read: int = 0  # files that the client read
    beyond: bool = False  # one of them elsewhere than in the directory itself
    more: int = 0  # files that we looked at, and the client did not
    over: bool = False  # the wrapper left it to cc without looking at files
    refused: bool = False  # the client did not start
    told: str = ""


def attempt(seed: int, version: str) -> Outcome:
    """Make one layout, ask the client and ourselves, and compare."""
    with tempfile.TemporaryDirectory(prefix="cc-layout-", ignore_cleanup_errors=True) as root:
        layout = layouts.build(seed, root)
        outcome = Outcome(seed, told=layout.told())
        asked = {shell[0]: asked_in(shell, layout) for shell in _shells(seed)}
        seen = read_by_client(layout, version)
        if seen is None:
            outcome.refused = True
            return outcome
        outcome.read = len(seen)
        own = {os.path.realpath(f"{layout.directory}/{name}") for name in (project_files.PROJECT, project_files.LOCAL)}
        outcome.beyond = any(layout.files[name] not in own for name in seen)
        outcome.differences += _python(layout, seen, outcome)
        users = os.path.realpath(f"{layout.home}/.claude/settings.json")
        of_project = {name for name in seen if layout.files[name] != users}
        for shell, lines in asked.items():
            outcome.differences += _compared(layout, of_project, shell, lines)
            outcome.over |= OUTRIGHT in lines
        return outcome


def read_by_client(layout: Layout, version: str) -> set[str] | None:
    """The variables that a command of the model sees; nothing at all where the client does not start."""
    home = Path(layout.home)
    harness.seed_home(home, [Path(layout.directory)])
    with FakeProvider(first(call("Bash", command=f"env; echo {_MARK}", description="x"))) as provider:
        environment = harness.clean_environment(home) | {
            "ANTHROPIC_BASE_URL": provider.url,
            "ANTHROPIC_AUTH_TOKEN": "x",
            "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
            "PWD": layout.work,
        }
        argv: list[str | Path] = [
            harness.install(version),
            "-p",
            PROMPT,
            "--permission-mode",
            "default",
            "--allowedTools",
            "Bash",
        ]
        try:
            ended = harness.run(argv, environment, Path(layout.work), timeout=_SHORT if layout.pipe else PATIENCE)
        except AssertionError:
            if not layout.pipe:
                raise
            return None  # an older client reads `.git`, whatever that is
        results = "\n".join(text for request in provider.messages for text in tool_results(request.body))
    if _MARK not in results:
        assert any(sign in ended.stderr for sign in _NO_START), (layout.told(), ended, results)
        return None
    return set(_SEEN.findall(results))


def _python(layout: Layout, seen: set[str], outcome: Outcome) -> Iterator[str]:
    """What `cc` itself misses."""
    looked: dict[str, bool] = {}  # the file, and whether what it sets is known or cannot be
    known: set[str] = set()
    for scope, path in settings_files.ordinary_paths(f"{layout.home}/.claude", layout.directory):
        file = settings_files.read(path, scope)
        looked[os.path.realpath(path)] = file is not None and file.hidden
        known |= file.env if file is not None else frozenset()
    for name in sorted(seen):
        path = layout.files[name]
        if path not in looked:
            yield f"cc does not look at {path!r}, which sets {name}"
        elif name not in known and not looked[path]:
            yield f"cc does not see that {path!r} sets {name}"
    outcome.more = len({name for name, path in layout.files.items() if path in looked} - seen)


def _compared(layout: Layout, seen: set[str], shell: str, lines: set[str]) -> Iterator[str]:
    """What the functions of a wrapper miss."""
    if seen and "=any" not in lines:
        yield f"{shell}: a project's file has been read, and the wrapper goes on"
    if seen & layout.saying and "=some" not in lines:
        yield f"{shell}: a file that has a say has been read, and the wrapper goes on"
    if OUTRIGHT not in lines:
        looked = {os.path.realpath(f"{layout.directory}/{line}" if line[0] != "/" else line) for line in lines}
        for name in sorted(seen):
            if layout.files[name] not in looked:
                yield f"{shell}: the wrapper does not look at {layout.files[name]!r}, which sets {name}"


def _shells(seed: int) -> Iterator[tuple[str, ...]]:
    others = [shell for shell in SHELLS[1:] if shutil.which(shell[0])]
    yield SHELLS[0]
    if others:
        yield others[seed % len(others)]


def asked_in(shell: tuple[str, ...], layout: Layout) -> set[str]:
    """What the functions of a wrapper say in the directory, and the files that they look at."""
    functions = parts.PROJECT.replace("@tr@", "tr").replace("@grep@", "grep")
    done = subprocess.run(
        [*shell, "-c", _ASK.format(functions=functions, outright=OUTRIGHT)],
        env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "PWD": layout.work, "HOME": layout.home},
        cwd=layout.work,
        capture_output=True,
        check=False,
        timeout=PATIENCE,
    )
    assert done.returncode == 0, (layout.told(), shell, done)
    return set(os.fsdecode(done.stdout).splitlines())


def replay(seed: int, version: str) -> str:
    """The command that tries this layout again."""
    return f"python tests/client/differential.py --client {version} --only {seed}"


def main() -> int:
    """Try as many as asked, two at a time, and say how it went."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", type=int, default=int(time.time()), help="the first; the others count up from it")
    parser.add_argument("--client", default=harness.CURRENT, metavar="VERSION")
    parser.add_argument("--only", type=int, metavar="SEED", help="try this one, and say what it is made of")
    parser.add_argument("--minutes", type=float, default=0, help="stop after so long")
    chosen = parser.parse_args()
    if chosen.only is not None:
        outcome = attempt(chosen.only, chosen.client)
        print(outcome.told, *outcome.differences, f"{outcome.read} read, {outcome.more} more looked at", sep="\n")
        return 1 if outcome.differences else 0
    return _many(range(chosen.seed, chosen.seed + chosen.count), chosen.client, chosen.minutes)


def _many(seeds: range, version: str, minutes: float) -> int:
    began, counts = time.monotonic(), Counter[str]()
    bad: list[int] = []

    def try_one(seed: int) -> Outcome | None:
        if minutes and time.monotonic() - began > 60 * minutes:
            return None
        try:
            return attempt(seed, version)
        except Exception as bad:  # noqa: BLE001 (whatever it is, the others are still to be tried)
            return Outcome(seed, [f"it could not be tried: {bad!r}"])

    with concurrent.futures.ThreadPoolExecutor(2) as two:
        for outcome in two.map(try_one, seeds):
            if outcome is None:
                continue
            counts["run"] += 1
            if counts["run"] % 100 == 0:
                print(f"{counts['run']} tried, {len(bad)} bad", file=sys.stderr, flush=True)
            counts["read"] += outcome.read
            counts["beyond"] += outcome.beyond
            counts["more"] += outcome.more
            counts["layouts with more"] += bool(outcome.more)
            counts["over"] += outcome.over
            counts["refused"] += outcome.refused
            if outcome.differences:
                bad.append(outcome.seed)
                print(*outcome.differences, replay(outcome.seed, version), sep="\n", flush=True)
    print(f"client {version}, seeds from {seeds.start}: {counts['run']} layouts in {time.monotonic() - began:.0f} s")
    print(f"layouts where we saw less: {len(bad)} {bad}")
    print(f"files that the client read: {counts['read']}, in {counts['beyond']} layouts some outside of its directory")
    print(f"files that we looked at besides: {counts['more']}, in {counts['layouts with more']} layouts")
    print(f"left to cc without a look: {counts['over']}; the client did not start: {counts['refused']}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
