"""The pages hang together: links lead somewhere, each page is found, and what a reader could type exists."""

from __future__ import annotations

import itertools
import re
import tomllib
from pathlib import Path

import pytest

from cc_launcher.core import stores
from cc_launcher.core.plan import SUBCOMMANDS
from cc_launcher.launch.request import FLAGS, TABLE, WITH_VALUE
from tests.docs import generate
from tests.docs.pages import CHANGELOG, DOCS, PAGES, README, blocks, commands, headings, links, name, prose
from tests.docs.providers_page import CATALOG

PROVIDERS = {path.stem for path in CATALOG.glob("*.toml")}
GENERATED = {path for path in generate.pages() if path.suffix == ".md"}
CONTRIBUTING = DOCS / "contributing.md"
PLAIN = [page for page in PAGES if page not in {*GENERATED, CHANGELOG}]
BY_HAND = [*PLAIN, *(page for page in sorted(GENERATED) if generate.MARK in page.read_text(encoding="utf-8"))]
SHORT = ("--help", "-h", "-v", "-y", "-m", "-p", "-f", "-s")
# What stands in the pages and is no plain English. Words of the code have their own pages.
NOT_PLAIN = (
    r"\banew\b|\bin vain\b|\bwho(m)?ever\b|\bbut for\b|\bmend(s|ed)?\b|\bis none of\b|\bas it stands\b|\bof no use\b"
)
INSIDE = r"\b(hosted|pinned|sealed|slots?|open_ended|placeholders?|execve?|memfd)\b"  # not for a first screen


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_link_leads_to_a_file_and_a_heading(page: Path) -> None:
    for path, heading in links(page):
        target = (page.parent / path).resolve() if path else page
        assert target.is_file(), path
        assert not heading or heading in headings(target), (path, heading)


def test_links_are_seen_at_all() -> None:
    assert ("docs/index.md", "") in links(README)
    assert ("before-a-launch.md", "a-server-of-your-own") in {
        (path.rpartition("/")[2], heading) for path, heading in links(DOCS / "how-to" / "local-models.md")
    }


def test_every_page_is_found_from_the_index() -> None:
    reached, waiting = set(), [DOCS / "index.md"]
    while waiting:
        page = waiting.pop()
        if page not in reached and page.suffix == ".md":
            reached.add(page)
            waiting += [(page.parent / path).resolve() for path, _ in links(page) if path]
    assert set(PAGES) - reached - {README} == set()


def test_every_store_has_its_page_with_what_it_needs() -> None:
    there = {path.stem for path in (DOCS / "reference" / "stores").glob("*.md")}
    assert there == {store.name for store in stores.ALL}
    for store in stores.ALL:
        page = (DOCS / "reference" / "stores" / f"{store.name}.md").read_text(encoding="utf-8")
        assert f"`{store.name}:" in page
        assert [command for command in store.commands if command not in page] == []
        assert [one for one in store.variables if one.partition("_SESSION")[0] not in page] == []


def test_every_provider_has_its_page_and_no_page_is_left_over() -> None:
    assert {path.stem for path in (DOCS / "reference" / "providers").glob("*.md")} == PROVIDERS


@pytest.mark.parametrize("page", BY_HAND, ids=name)
def test_the_pages_are_in_plain_english(page: Path) -> None:
    text = re.sub(r"`[^`]+`", "", prose(page).partition(generate.MARK)[0])
    assert [found[0] for found in re.finditer(NOT_PLAIN, text)] == []


@pytest.mark.parametrize("page", [README, DOCS / "tutorial.md", DOCS / "index.md"], ids=name)
def test_a_first_page_has_no_word_of_the_inside(page: Path) -> None:
    assert [found[0] for found in re.finditer(INSIDE, page.read_text(encoding="utf-8"))] == []


def test_no_command_installs_what_no_index_has() -> None:
    for page in PLAIN:
        assert not re.search(r"(?<!un)install( --?[\w-]+)* cc-launcher", page.read_text(encoding="utf-8")), page


@pytest.mark.parametrize("page", [page for page in PAGES if page not in {CONTRIBUTING, CHANGELOG}], ids=name)
def test_what_a_reader_could_type_is_a_command_of_ours(page: Path) -> None:
    for words in commands(page):
        assert _fault(words) is None, words


def _fault(words: list[str]) -> str | None:
    """What is wrong with a line, as far as the table of commands and the catalog can tell."""
    command, *rest = words
    if command.startswith(("-", "__")) or command.isupper() or command in PROVIDERS:  # such as `cc zai`
        return None
    if f"{command} {(rest or [''])[0]}" in TABLE:
        command = f"{command} {rest.pop(0)}"
    if command not in TABLE:
        return f"no command {command}"
    if command == "run":
        return _unknown_model(_ours(rest))
    if command == "exec":  # what is behind `--` is no line of ours
        rest = rest[: rest.index("--")] if "--" in rest else ["--"] if rest else []
    options = {*SHORT, *TABLE[command][-1].replace("=", "").split()}
    named_so = [one for one in rest if one.startswith("-") and one != "-"]  # which is standard input
    if unknown := [one for one in named_so if one.partition("=")[0] not in options]:
        return f"no option {unknown}"
    if command == "edit" and rest and rest[0] in PROVIDERS and "--withdraw" not in rest:
        return f"{rest[0]} is a provider of the catalog, which cannot be changed"
    named = [word.partition("=")[2].split(":") for word in rest if "=" in word and ":" in word]
    if command in {"show", "env", "exec"}:
        named.append(list(itertools.takewhile(lambda word: not word.startswith("--"), rest)))
    return next(filter(None, map(_unknown_model, named)), None)


def _ours(rest: list[str]) -> list[str]:
    """The profile and the model of a launch; what follows is claude's."""
    words = iter(rest)
    ours: list[str] = []
    for word in words:
        if word in WITH_VALUE:
            next(words)
        elif (word.startswith("-") and word not in FLAGS) or (ours and word in SUBCOMMANDS):
            break
        elif word not in FLAGS:
            ours.append(word)
    return ours


def _unknown_model(named: list[str]) -> str | None:
    """A provider of the catalog, and a model that it is not known to have."""
    if len(named) < 2 or named[0] not in PROVIDERS or named[1].isupper() or " " in named[1]:
        return None
    about = tomllib.loads((CATALOG / f"{named[0]}.toml").read_text(encoding="utf-8"))
    models = about.get("models", {})
    known = {alias for model in models.values() for alias in model.get("aliases", ())} | {*models}
    if about["kind"] in {"local", "gateway"} or named[1] in known:  # what these serve is the user's
        return None
    return f"{named[0]} has no model {named[1]}"


@pytest.mark.parametrize(
    ("line", "right"),
    [
        (["add", "zai", "--secret", "op://dev/zai/key"], True),
        (["edit", "zai", "secret=op://dev/zai/key"], False),
        (["run", "zai", "glm-5-flash"], False),
        (["run", "zai", "-p", "hi"], True),
        (["run", "zai", "--continue"], True),
        (["run", "zai", "agents"], True),
        (["exec", "zai", "--", "agent", "--anything"], True),
        (["exec", "zai", "glm-5-flash", "--", "agent"], False),
        (["exec", "--nonsense", "zai", "--", "agent"], False),
        (["exec", "zai", "agent"], False),
        (["add", "--tset"], False),
        (["frobnicate"], False),
        (["install-wrapper", "zai", "--mode", "big=openrouter:glm-5-flash"], False),
    ],
)
def test_a_wrong_line_is_seen(line: list[str], right: bool) -> None:  # noqa: FBT001 - what a case says
    assert (_fault(line) is None) == right


@pytest.mark.parametrize("page", PLAIN, ids=name)
def test_every_piece_of_toml_is_toml(page: Path) -> None:
    for language, text in blocks(page):
        if language == "toml":
            tomllib.loads(text)
