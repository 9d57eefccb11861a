"""What an import has to know of a profile of the catalog. All of a profile takes longer to load than a scan does."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cc_launcher.core.profile import apis

_PLAIN = ("kind", "api", "base_url", "auth", "timeout", "context", "compat", "env")


@dataclass(frozen=True)
class Tiers:
    """Of its tiers, the first."""

    main: str | None = None


@dataclass(frozen=True)
class Model:
    """The window of a model."""

    context: int | None = None


@dataclass(frozen=True)
class Region:
    """Another address of it."""

    base_url: str


@dataclass(frozen=True)
class Provider:
    """A few of its values, named as in the profile, each as the file has it."""

    kind: str = "provider"
    api: str = apis.ANTHROPIC
    base_url: str | None = None
    regions: Mapping[str, Region] = field(default_factory=dict)
    auth: str | None = None
    timeout: str | None = None
    tiers: Tiers = Tiers()
    models: Mapping[str, Model] = field(default_factory=dict)
    context: int | None = None
    compat: Mapping[str, bool] = field(default_factory=dict)
    env: Mapping[str, str] = field(default_factory=dict)


def provider(data: Mapping[str, Any]) -> Provider:
    """What a file of the catalog says, which a test has held to the whole model of a profile."""
    return Provider(
        **{name: data[name] for name in _PLAIN if name in data},
        regions={place: Region(about["base_url"]) for place, about in data.get("regions", {}).items()},
        tiers=Tiers(data.get("tiers", {}).get("main")),
        models={model: Model(about.get("context")) for model, about in data.get("models", {}).items()},
    )
