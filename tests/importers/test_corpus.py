"""Every home of the corpus: the profiles that it becomes, what is not imported, and that nothing in it changes."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from cc_launcher.core.importing import found as kinds
from cc_launcher.core.importing import sources, written
from cc_launcher.core.importing.found import Candidate, Reading, Seen
from cc_launcher.core.importing.hosts import Catalog
from cc_launcher.core.importing.sources import Scan
from cc_launcher.core.profile import toml_edit
from cc_launcher.files import foreign_home, providers, user_profiles
from tests.importers import corpus
from tests.importers.corpus import Case

CASES = corpus.cases()
# Of what names itself after nothing that stands in the home, the user says the name: --name OLD=NEW.
RENAMED = {"ccs/vscode-output": {"zai": "glm"}}
TITLED = {"ccs/vscode-output": {"glm": "VS Code: zai"}}


@cache
def catalog() -> Catalog:
    return Catalog(providers.catalog())


def scanned(case: Case, home: Path) -> Scan:
    """What is found in the home; where people name files, those."""
    project = next((entry["from"]["file"].split("/.")[0] for entry in case.profiles if "only" in entry), "")
    named = sorted(
        {entry["from"]["file"] for entry in case.profiles if "/" not in entry["from"]["file"]}
        - {".bashrc", ".ccm_config"}
    )
    if named:
        whole, files = Reading(), dict[str, Seen]()
        for name in named:
            looked = foreign_home.one(str(home), str(home / name))
            assert looked.faults == []
            files |= looked.home.files
            found = sources.of_file(looked.home, name)
            whole.drafts += found.drafts
            whole.skipped += found.skipped
            whole.faults += found.faults
        return sources.concluded(whole, looked.home, catalog())
    looked = foreign_home.look(str(home), project=str(home / project) if project else "")
    assert looked.faults == []
    return sources.scan(looked.home, catalog())


def accepted(candidate: Candidate, name: str) -> dict[str, Any]:
    """What a user gets who says yes to all."""
    named = Candidate(**{**vars(candidate), "name": name})
    kept = {header: f"keyring:{slot}" for header, (slot, _) in written.slots(named).items()}
    agreed = [consent.line for consent in candidate.consents]
    return written.data(named, kept, agreed)


def meant(name: str, text: str) -> dict[str, Any]:
    """The whole profile that a text makes: what it does not say, its base does."""
    profile = user_profiles.check(name, text, f"{name}.toml").profile
    values = profile.model_dump()
    tiers = values["tiers"]
    main = tiers["main"]
    opus = tiers["opus"] or main
    if profile.open_ended:  # a name alone makes a model no more than known
        about = {
            model: {key: value for key, value in each.items() if value} for model, each in values["models"].items()
        }
        values["models"] = {model: each for model, each in about.items() if set(each) != {"name"}}
    values["tiers"] = {
        "main": main,
        "opus": opus,
        "sonnet": tiers["sonnet"] or main,
        "haiku": tiers["haiku"] or main,
        "fable": tiers["fable"] or opus,
        "subagent": tiers["subagent"] or main,
    }
    return values


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_a_home_of_the_corpus(case: Case, tmp_path: Path) -> None:
    home = case.make(tmp_path / "dev")
    before = corpus.state(home)
    scan = scanned(case, home)
    assert corpus.state(home) == before, "the source has changed"
    assert scan.faults == ()
    renamed = RENAMED.get(case.name, {})
    direct = [candidate for candidate in scan.candidates if not candidate.by_gateway]  # see the test of those below
    found = {renamed.get(candidate.name, candidate.name): candidate for candidate in direct}
    expected = {entry["profile"]: entry for entry in case.profiles}
    assert sorted(found) == sorted(expected)
    for name, entry in expected.items():
        candidate = found[name]
        text = (case.directory / entry["expected"]).read_text(encoding="utf-8").replace("/home/dev", str(home))
        values = accepted(candidate, name)
        wanted = tomllib.loads(text)
        title = TITLED.get(case.name, {}).get(name)
        if title:
            values["title"] = title
        assert values.get("title") == wanted.get("title")
        assert meant(name, toml_edit.new(values)) == meant(name, text), name
        check_key(candidate, entry)
        assert ("no model is chosen" in candidate.needs) == entry.get("needs_model", False), name


def check_key(candidate: Candidate, entry: dict[str, Any]) -> None:
    secret = entry["secret"]
    if secret["kind"] == "literal":
        assert candidate.key.kind == kinds.LITERAL
        assert candidate.key.value == secret["value"]
        assert secret["value"] not in repr(candidate)
    elif secret["kind"] == "reference":
        assert candidate.key.kind == kinds.REFERENCE
    else:
        assert candidate.key.kind in {kinds.PLACEHOLDER, kinds.MISSING, kinds.NONE}


def fits(part: str, called: str) -> bool:
    """Whether a manifest's name is what we call it: `.env` is `.env: ANTHROPIC_API_KEY`, and so on."""
    bare = part.removeprefix("~/").removesuffix(" keys").rsplit("/", 1)[-1].lower()
    return bare in {called.lower(), *re.split(r", |: | \(|/|\)", called.lower())}


@pytest.mark.parametrize("case", [case for case in CASES if case.about["not_imported"]], ids=lambda case: case.name)
def test_what_is_not_imported_is_named(case: Case, tmp_path: Path) -> None:
    """Each entry, by its name and with a reason; its key is known, or what is left in clear text would not be told."""
    scan = scanned(case, case.make(tmp_path / "dev"))
    offered = [candidate for candidate in scan.candidates if candidate.by_gateway]
    merged = [(alias, place) for one in scan.candidates for place in one.places for alias in (*one.aliases, one.name)]
    for entry in case.about["not_imported"]:
        if "if there" in entry["why"]:  # it is not, in this home
            assert "claude/settings.json" not in (case.directory / "home" / entry["from"]).read_text()
            continue
        directory = entry["from"].rsplit("/", 1)[0] if "/" in entry["from"] else entry["from"]
        for part in entry["name"].split(", "):
            skips = [skip for skip in scan.skipped if fits(part, skip.name)]
            by_gateway = [candidate for candidate in offered if candidate.title == part]
            same = [alias for alias, place in merged if place.file == entry["from"] and alias == part]
            assert skips or by_gateway or same, (entry, scan.skipped)
            assert all(skip.why for skip in skips)
            assert skips == [] or any(directory in f"{skip.place.file} {skip.hint}" for skip in skips)
            assert part not in {one.title for one in scan.candidates if not one.by_gateway}
            if "secret" in entry and case.name != "hand/shell-bash":  # a file that another one sources is not read
                held = {skip.key.value for skip in skips} | {candidate.key.value for candidate in by_gateway}
                assert entry["secret"] in held, entry


def test_a_file_that_another_one_sources_is_read_when_it_is_named(tmp_path: Path) -> None:
    case = next(case for case in CASES if case.name == "hand/shell-bash")
    home = case.make(tmp_path / "dev")
    looked = foreign_home.one(str(home), str(home / ".secrets.sh"))
    [skip] = sources.concluded(sources.of_file(looked.home, ".secrets.sh"), looked.home, catalog()).skipped
    assert (skip.name, skip.key.value) == ("MOONSHOT_API_KEY", "sk-fake-moon-3205")


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_who_says_no_gets_no_argument_and_no_command(case: Case, tmp_path: Path) -> None:
    """The expected profiles are those of who says yes to all. Here somebody says no to each line."""
    scan = scanned(case, case.make(tmp_path / "dev"))
    for candidate in scan.candidates:
        kept = {header: f"keyring:{slot}" for header, (slot, _) in written.slots(candidate).items()}
        refused = written.data(candidate, kept, ())
        agreed = accepted(candidate, candidate.name)
        assert "args" not in refused
        assert "plain_http" not in refused
        assert not str(refused.get("secret", "")).startswith("cmd:")
        gone = {key for key in agreed if agreed[key] != refused.get(key)}
        assert gone == {consent.part for consent in candidate.consents}
        profile = user_profiles.check(candidate.name, toml_edit.new({**agreed, "plain_http": True}), "x.toml").profile
        assert bool(profile.args) == any(consent.part == "args" for consent in candidate.consents)


def test_what_speaks_openai_only_is_offered_through_a_gateway_and_never_by_itself(tmp_path: Path) -> None:
    seen = 0
    for number, case in enumerate(CASES):
        scan = scanned(case, case.make(tmp_path / str(number)))
        offered = [candidate for candidate in scan.candidates if candidate.by_gateway]
        names = {entry["name"] for entry in case.about["not_imported"]}
        direct = [candidate for candidate in scan.candidates if not (candidate.by_gateway or candidate.router)]
        for candidate in offered:
            seen += 1
            assert candidate.title in names  # the manifest says what is no profile that is direct
            assert not candidate.chosen
            assert any("by a gateway" in note for note in candidate.notes)
            assert scan.candidates.index(candidate) > max(map(scan.candidates.index, direct))
            made = user_profiles.check(candidate.name, toml_edit.new(accepted(candidate, candidate.name)), "x.toml")
            assert made.profile.api == "openai"
            assert made.profile.base_url == "https://dashscope.aliyuncs.com/compatible-mode/v1"
        assert not [one for one in direct if one.data.get("api")]
    assert seen == 3
