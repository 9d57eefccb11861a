"""Every home of the corpus: the profiles that it becomes, what is not imported, and that nothing in it changes."""

from __future__ import annotations

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
    found = {renamed.get(candidate.name, candidate.name): candidate for candidate in scan.candidates}
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


@pytest.mark.parametrize("case", [case for case in CASES if case.about["not_imported"]], ids=lambda case: case.name)
def test_what_is_not_imported_is_named(case: Case, tmp_path: Path) -> None:
    scan = scanned(case, case.make(tmp_path / "dev"))
    names = " | ".join(f"{skip.name} {skip.place.file}" for skip in scan.skipped).lower()
    names += " | ".join(
        f"{alias} {place}" for one in scan.candidates for place in one.places for alias in (*one.aliases, "")
    )
    wanted = {candidate.name for candidate in scan.candidates} & {entry["name"] for entry in case.about["not_imported"]}
    assert wanted == set()
    for entry in case.about["not_imported"]:
        if "if there" in entry["why"]:
            continue
        for part in entry["name"].split(", "):
            short = (
                part.removeprefix("~/").split(" keys")[0].split("/")[-1].lower()
                if "app_type" in entry["why"]
                else part.lower()
            )
            short = short.removeprefix("~/").split(" keys")[0]
            assert short in names.lower(), (entry, names)


def test_a_key_that_is_not_imported_is_known_all_the_same(tmp_path: Path) -> None:
    """What is left in clear text is told of it, too."""
    for number, case in enumerate(CASES):
        wanted = {entry["secret"] for entry in case.about["not_imported"] if "secret" in entry}
        if wanted and case.name != "hand/shell-bash":  # a file that another one sources is not read
            scan = scanned(case, case.make(tmp_path / str(number)))
            assert wanted <= {skip.key.value for skip in scan.skipped}, case.name
