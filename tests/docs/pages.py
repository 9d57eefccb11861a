"""What the tests of the docs read in the pages: links, headings, blocks of code, the lines that begin with `cc`."""

from __future__ import annotations

import itertools
import re
import shlex
import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
README = ROOT / "README.md"
CHANGELOG = DOCS / "changelog.md"
PAGES = (README, *sorted(DOCS.rglob("*.md")))
PROGRAMS = ("cc", "cc-launcher")
ANY = "…"
_FENCE = re.compile(r"^(?P<indent> *)```(?P<language>[\w-]*)\n(?P<text>.*?)^(?P=indent)```$", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"\]\((?!https?:|<)([^)\s#]*)(?:#([^)\s]*))?\)")


class Block(NamedTuple):
    """A block of code."""

    language: str
    text: str


class Sample(NamedTuple):
    """A command, and what it prints."""

    page: str
    command: str
    lines: tuple[str, ...]


def name(page: Path) -> str:
    """As it is called in the repository."""
    return page.relative_to(ROOT).as_posix()


def blocks(page: Path) -> list[Block]:
    """All blocks of code, without their indent."""
    found = _FENCE.finditer(page.read_text(encoding="utf-8"))
    return [Block(block["language"], textwrap.dedent(block["text"])) for block in found]


def prose(page: Path) -> str:
    """The page without its blocks of code."""
    return _FENCE.sub("", page.read_text(encoding="utf-8"))


def links(page: Path) -> list[tuple[str, str]]:
    """Each link to another page or to a heading, as path and heading."""
    return _LINK.findall(prose(page))


def headings(page: Path) -> set[str]:
    """The names under which its headings can be linked to, as GitHub makes them."""
    titles = re.findall(r"^#+ (.*)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


def samples(page: Path) -> Iterator[Sample]:
    """The commands with an output: the blocks marked `console`."""
    for language, text in blocks(page):
        if language == "console":
            for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
                command, *lines = part.rstrip("\n").split("\n")
                yield Sample(name(page), command, tuple(lines))


def fits(wanted: Sequence[str], printed: Sequence[str]) -> bool:
    """Whether the lines of a sample are these, empty ones aside. A line `…` is any lines, and within one any text."""
    pattern = "".join(
        r"(?:.*\n)*" if line.strip() == ANY else re.escape(line.rstrip()).replace(ANY, ".*") + r"\n"
        for line in wanted
        if line.strip()
    )
    return re.fullmatch(pattern, "".join(f"{line}\n" for line in printed)) is not None


def commands(page: Path) -> Iterator[list[str]]:
    """Every line of ours that a reader could type: in blocks, and in the text between backquotes."""
    typed = [
        line.removeprefix("$ ")
        for language, text in blocks(page)
        for line in text.replace("\\\n", " ").splitlines()
        if language == "sh" or (language == "console" and line.startswith("$ "))
    ]
    typed += [" ".join(span.split()) for span in re.findall(r"`([^`]+)`", prose(page))]
    for line in typed:
        for part in re.split(r" && |\$\(|\| ", line):
            words = _words(part)
            while words and re.fullmatch(r"[A-Z_]+=\S*", words[0]):
                del words[0]
            if words and words[0] in PROGRAMS and len(words) > 1:
                yield list(itertools.takewhile(lambda word: word[0] not in "<>|", words[1:]))


def _words(line: str) -> list[str]:
    try:
        return shlex.split(line.rstrip(')"'), comments=True)
    except ValueError:  # a quote that is closed in the next line
        return []
