"""Take a session over and back on the real client, from every kind of history that another provider refuses.

By hand, on the clients that are named or on these two; it prints what went over each wire:

    python -m tests.client.take_over_matrix [ROW …] [VERSION …]

`test_take_over_matrix.py` plays the rows in CI. Each row is one session on A, taken over by B (there), taken back by A
(back), and gone on with as it was (original).
"""

from __future__ import annotations

import base64
import hashlib
import json
import sys
import tempfile
import traceback
from collections.abc import Collection, Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.client import harness
from tests.client.stage import PATIENCE
from tests.fakes import fake_refusing
from tests.fakes.fake_provider import Block, Body
from tests.fakes.fake_refusing import IMAGES, PLAY, FakeRefusing, prompt

VERSIONS = ("2.1.220", "2.1.332")
PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVQI12P4z8AAAAMBAQAY3Y2wAAAAAElFTkSuQmCC"
)
SAME, OTHER = "v/main", "w/main"
ASKED, END = prompt("think+bash:on", "think+so"), prompt("end")  # what B is asked to do, and A then
THOUGHT = {"thinking", "redacted_thinking"}
SEARCHED = {"server_tool_use", "web_search_tool_result"}
WINDOW = 64_000


@dataclass(frozen=True)
class Row:
    """A kind of history, and who it goes to."""

    words: tuple[str, ...]  # what A's model does
    model: str = SAME  # that B is asked for
    left_out: frozenset[str] = frozenset()  # that neither is sent to B, nor to A from the copy
    copied: bool = True
    images: str = ""  # B takes none, and says so in these words
    window: int = 0  # of B
    also: str = ""  # what is done on A before: compact, fork, prompt


ROWS = {
    "thinking": Row(("think+one+bash:x", "think+hidden+two"), OTHER, copied=False),
    "same slug": Row(("think+one+bash:x", "think+hidden+two"), left_out=frozenset(THOUGHT)),
    "redacted": Row(("redacted+one+bash:x", "redacted+think+bash:y", "two"), left_out=frozenset(THOUGHT)),
    "image": Row(("think+read:x.png", "two"), OTHER, frozenset({"image"}), images="DeepSeek"),
    "image in the prompt": Row(("bash:x", "two"), OTHER, frozenset({"image"}), images="OpenRouter", also="prompt"),
    "image and same slug": Row(
        ("think+read:x.png", "think+two"), left_out=frozenset({"image"}) | THOUGHT, images="Ollama"
    ),
    "searches": Row(("search+one+bash:x", "think+two"), OTHER, frozenset(SEARCHED)),
    "compacted": Row(
        ("think+one+bash:x", "think+read:x.png", "think+two"), left_out=frozenset(THOUGHT), also="compact"
    ),
    "subagents": Row(("think+one+agent:think*bash:in,think*inside", "think+two"), left_out=frozenset(THOUGHT)),
    "larger than the window": Row(("think+one+long:28000",) * 14 + ("two",), OTHER, window=WINDOW),
    "forked": Row(("think+one+bash:x", "think+two"), left_out=frozenset(THOUGHT), also="fork"),
}


@dataclass
class Played:
    """What was seen of a row."""

    original: str
    there: str = ""
    before: dict[Path, tuple[bytes, int]] = field(default_factory=dict)  # what the files of the project held
    wires: dict[str, list[str]] = field(default_factory=dict)


class Home:
    """A home with two profiles, and the provider of each."""

    def __init__(self, root: Path, version: str, row: Row, a: FakeRefusing, b: FakeRefusing) -> None:
        self.row, self.a, self.b = row, a, b
        self.home, self.work = root / "home", root / "work"
        for directory in (self.home, self.work):
            directory.mkdir(mode=0o700, parents=True)
        (self.work / "x.png").write_bytes(PICTURE)
        self.environment = harness.clean_environment(self.home) | {
            "CC_CLAUDE": str(harness.install(version)),
            "CLAUDE_CODE_MAX_RETRIES": "1",
            "HTTPS_PROXY": "http://127.0.0.1:9",  # nobody: nothing reaches the real world
            "HTTP_PROXY": "http://127.0.0.1:9",
            "NO_PROXY": "127.0.0.1,localhost",
        }
        harness.seed_home(self.home, trust=[self.work])
        profiles = self.home / ".config" / "cc-launcher" / "profiles"
        profiles.mkdir(parents=True)
        for name, provider, model, window in (("a", a, SAME, 0), ("b", b, row.model, row.window)):
            tiers = "".join(f'{tier} = "{model}"\n' for tier in ("main", "opus", "sonnet", "haiku", "fable"))
            told = f'[models."{model}"]\ncontext = {window}\n' if window else ""
            (profiles / f"{name}.toml").write_text(
                f'extends = "zai"\nbase_url = "{provider.url}/anthropic"\nsecret = "cmd:echo sk-{name}"\n'
                f"[tiers]\n{tiers}{told}"
            )
        for pair in (("a", "b"), ("b", "a")):
            self.ok("take-over", "--allow", *pair)

    def cc(self, *words: str, stdin: str = "") -> harness.Ended:
        argv = [sys.executable, "-m", "cc_launcher", *words]
        return harness.run(argv, self.environment, self.work, stdin, timeout=2 * PATIENCE)

    def ok(self, *words: str, stdin: str = "") -> str:
        ended = self.cc(*words, stdin=stdin)
        assert ended.returncode == 0, (words, ended)
        return ended.stdout

    def answered(self, *words: str) -> tuple[str, str]:
        """The session that a run of `-p` was in, and its answer."""
        told = json.loads(self.ok(*words, "--output-format", "json", "--allowedTools", "Bash,Read,Agent,Task"))
        return told["session_id"], told["result"]

    @property
    def projects(self) -> Path:
        """Where the transcripts are."""
        return self.home / ".claude" / "projects"

    @property
    def served(self) -> dict[str, int]:
        """How many requests each provider has answered so far."""
        return {"a": self.a.served, "b": self.b.served}

    def transcript(self, session: str) -> Path:
        (found,) = self.projects.glob(f"*/{session}.jsonl")
        return found

    def begin(self) -> str:
        """The session on A."""
        words = [word.replace("x.png", str(self.work / "x.png")) for word in self.row.words]
        if self.row.also == "prompt":
            shown = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": _PICTURE_TEXT}}
            content = [{"type": "text", "text": prompt(*words)}, shown]
            said = json.dumps({"type": "user", "message": {"role": "user", "content": content}})
            streamed = ("--input-format", "stream-json", "--output-format", "stream-json", "--verbose")
            ended = self.ok("run", "a", "-p", *streamed, "--allowedTools", "Bash", stdin=f"{said}\n")
            return str(json.loads(ended.splitlines()[-1])["session_id"])
        session, _ = self.answered("run", "a", "-p", prompt(*words))
        if self.row.also == "compact":
            self.ok("run", "a", "-p", "/compact", "--resume", session)
            self.answered("run", "a", "-p", prompt("think+three+bash:z", "think+four"), "--resume", session)
        if self.row.also == "fork":
            session, _ = self.answered("run", "a", "-p", prompt("think+five"), "--resume", session, "--fork-session")
        return session

    def usage(self) -> dict[str, int]:
        """How many requests there were on each profile, as the ledger has it."""
        rows = json.loads(self.ok("usage", "--json", "--by", "profile"))["data"]["rows"]
        return {row["profile"]: row["requests"] for row in rows}


_PICTURE_TEXT = base64.b64encode(PICTURE).decode()


def play(name: str, version: str, root: Path) -> Played:
    """Play a row on a client, and see that it is as it has to be."""
    row = ROWS[name]
    with ExitStack() as open_here:
        a = open_here.enter_context(FakeRefusing("A"))
        refuses = IMAGES[row.images] if row.images else None
        b = open_here.enter_context(FakeRefusing("B", images=refuses, window=row.window))
        home = Home(root, version, row, a, b)
        played = Played(home.begin())
        played.wires["A"] = wire(a.taken[-1]["messages"]) + _answer(a)
        played.before = {each: _state(each) for each in sorted(home.projects.rglob("*")) if each.is_file()}
        _check_usage(home)
        _there(home, played)
        _back(home, played)
        if row.copied:
            _original(home, played)
    return played


def _there(home: Home, played: Played) -> None:
    """B takes it over."""
    row, a, b = home.row, home.a, home.b
    a.forget()
    without = ["--without-images"] if row.images else []
    played.there, said = home.answered("take-over", *without, "b", played.original, "-p", ASKED)
    assert said == "so"
    assert (played.there != played.original) is row.copied
    assert a.requests == []
    wires = [wire(body["messages"]) for body in b.taken]
    played.wires["there"] = wires[-2]
    played.wires["B"] = wires[-1] + _answer(b)
    if row.window:  # it was made shorter on B, by B; and then the prompt was answered
        assert any(fake_refusing.is_compaction(body) for body in b.taken)
        assert all("too long" in why for _, why in b.refused)
        assert wires[-2][-1] == ASKED
    else:
        assert b.refused == []
        assert wires[-2] == [*_without(played.wires["A"], row, THOUGHT), ASKED]
    _check_untouched(home, played)
    _check_usage(home)


def _back(home: Home, played: Played) -> None:
    """A takes it back."""
    row, a, b = home.row, home.a, home.b
    b.forget()
    _, said = home.answered("take-over", "--back", "-p", prompt("end"))
    assert said == "end"
    assert b.requests == [] == a.refused
    played.wires["back"] = wire(a.taken[-1]["messages"])
    done = [one for one in played.wires["B"][len(played.wires["there"]) :] if one not in THOUGHT]
    if row.window:
        assert "summary" in played.wires["back"]
        assert played.wires["back"][-len(done) - 2 :] == [ASKED, *done, END]
    else:
        assert played.wires["back"] == [*_without(played.wires["A"], row), ASKED, *done, END]
    _check_untouched(home, played)
    _check_usage(home)


def _original(home: Home, played: Played) -> None:
    """A goes on with it as it was."""
    home.a.forget()
    same, _ = home.answered("run", "a", "-p", prompt("as-before"), "--resume", played.original)
    assert (same, home.a.refused) == (played.original, [])
    played.wires["original"] = wire(home.a.taken[-1]["messages"])
    assert played.wires["original"] == [*played.wires["A"], f"{PLAY} as-before"]
    path = home.transcript(played.original)
    assert path.read_bytes().startswith(played.before[path][0])


def _check_usage(home: Home) -> None:
    """The ledger has each request once. Of a compaction, and of one that was refused, no line exists."""
    row = home.row
    if row.also != "compact" and not row.window:
        assert home.usage() == {name: count for name, count in home.served.items() if count}


def _check_untouched(home: Home, played: Played) -> None:
    """No byte of what was there has changed; where no copy was needed, there may be more behind it."""
    path = home.transcript(played.original)
    for each, state in played.before.items():
        if each == path and not home.row.copied:
            assert each.read_bytes().startswith(state[0])
        else:
            assert _state(each) == state, each


def _state(path: Path) -> tuple[bytes, int]:
    return path.read_bytes(), path.stat().st_mtime_ns


def wire(messages: Iterable[Body]) -> list[str]:
    """What was said in these messages, in order; what the client says of itself is not looked at."""
    said: list[str] = []
    for message in messages:
        content = message["content"]
        for block in [{"type": "text", "text": content}] if isinstance(content, str) else content:
            said += _of_user(block) if message["role"] == "user" else _of_model(block, message["role"])
    return said


def _of_model(block: Block, role: str) -> list[str]:
    if role != "assistant" or not isinstance(block, dict):
        return []
    if block["type"] == "text":
        return [f"said {block['text']}"]
    return [f"call {block['name']}" if block["type"] == "tool_use" else block["type"]]


def _of_user(block: Block) -> list[str]:
    if block["type"] == "tool_result":
        inside = block["content"]
        kinds = sorted({one["type"] for one in inside}) if isinstance(inside, list) else ["text"]
        return [f"result {' '.join(kinds)}"]
    if block["type"] != "text":
        return [block["type"]]
    text = block["text"]
    if "This session is being continued" in text:
        return ["summary"]
    if "An image was here" in text:
        return ["left out"]
    return [line.strip() for line in text.split("\n") if line.strip().startswith(f"{PLAY} ")]


def _answer(provider: FakeRefusing) -> list[str]:
    return wire([{"role": "assistant", "content": provider.said[-1]}])


def _without(told: list[str], row: Row, more: Collection[str] = ()) -> list[str]:
    """What is left of it in the copy; and what its client leaves out by itself."""
    gone = {*row.left_out, *more}
    found: list[str] = []
    for one in told:
        if one in gone and one in SEARCHED:
            what = (
                '[web_search: {"query": "a page"}]'
                if one == "server_tool_use"
                else "[Found:\nA page https://example.org/]"
            )
            found.append(f"said {what}")
        elif one in gone and one in THOUGHT:
            continue
        elif "image" in gone and one in {"image", "result image"}:
            found.append("left out" if one == "image" else "result text")
        else:
            found.append(one)
    return found


def main(arguments: list[str]) -> int:
    """Play what is named, on the clients that are named."""
    versions = [one for one in arguments if one[:1].isdigit()] or VERSIONS
    names = [one for one in arguments if not one[:1].isdigit()] or list(ROWS)
    failed = 0
    for version in versions:
        for name in names:
            with tempfile.TemporaryDirectory() as root:
                try:
                    played: Any = play(name, version, Path(root) / hashlib.sha256(name.encode()).hexdigest()[:6])
                except AssertionError:
                    failed += 1
                    print(f"{version} {name}: FAILED\n{traceback.format_exc()}")
                    continue
            print(f"{version} {name}: ok, {'a copy' if ROWS[name].copied else 'the same session'}")
            for where, told in played.wires.items():
                shown = told if len(told) < 30 else [*told[:8], "…", *told[-8:]]
                print(f"   {where:<9} {', '.join(shown)}")
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
