"""What an import knows of a provider is what the whole profile says, read by what it takes to launch it."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import fields, is_dataclass
from typing import Any

import pytest

from cc_launcher.core.importing.provider import Provider, provider
from cc_launcher.files import profiles, providers

WHOLE = profiles.catalog()
SHORT = providers.catalog()


def held_against(short: Any, whole: Any) -> None:
    for each in fields(short):
        ours, theirs = getattr(short, each.name), getattr(whole, each.name)
        if is_dataclass(ours):
            held_against(ours, theirs)
        elif isinstance(ours, dict):
            assert ours.keys() == theirs.keys(), each.name
            for name, inner in ours.items():
                if is_dataclass(inner):
                    held_against(inner, theirs[name])
                else:
                    assert inner == theirs[name]
        else:
            assert ours == theirs, each.name


def test_all_of_the_catalog_is_there() -> None:
    assert SHORT.keys() == WHOLE.keys()


@pytest.mark.parametrize("name", sorted(WHOLE))
def test_it_says_the_same(name: str) -> None:
    held_against(SHORT[name], WHOLE[name])


def test_what_a_file_does_not_say() -> None:
    assert provider({}) == Provider()


def test_a_look_loads_no_profile() -> None:
    """What checks profiles, and what keeps keys, takes longer to load than a home takes to be read."""
    code = "import sys; from cc_launcher.cli import import_profiles, import_look; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert {"pydantic", "sqlite3", "keyring", "rich.table"} & {*done.stdout.split()} == set()
