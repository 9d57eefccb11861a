"""What an import has to know of the catalog's providers."""

import tomllib

from cc_launcher.core.importing.provider import Provider, provider
from cc_launcher.files import places


def catalog() -> dict[str, Provider]:
    """Each by its name."""
    directory = places.catalog_directory()
    return {
        name: provider(tomllib.loads((directory / f"{name}.toml").read_text(encoding="utf-8")))
        for name in places.catalog_names()
    }
