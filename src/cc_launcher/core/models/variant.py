"""A model of Ollama's with another window: what is created, and what the profile says then."""

import re
import tomllib
from dataclasses import dataclass

from cc_launcher.core.profile import toml_edit
from cc_launcher.core.profile.profile import TIERS
from cc_launcher.core.profile.resolve import Resolved

_SUFFIX = re.compile(r"-[1-9][0-9]{0,8}[km]?$")
_GB = 1_000_000_000


@dataclass(frozen=True)
class Variant:
    """What is to be made of which model."""

    base: str
    name: str
    tokens: int

    @property
    def request(self) -> dict[str, object]:
        """For Ollama's /api/create."""
        return {"model": self.name, "from": self.base, "parameters": {"num_ctx": self.tokens}}


def name_of(model: str, tokens: int) -> str:
    """The name of a model with this window: `glm-4.7-flash-64k`, `qwen3:8b-64k`."""
    unit = next(
        (f"{tokens // size}{unit}" for unit, size in (("m", 1 << 20), ("k", 1 << 10)) if tokens % size == 0), ""
    )
    return f"{model.removesuffix(':latest')}-{unit or tokens}"


def bases_of(model: str) -> list[str]:
    """The model, and before it the one that it may be a variant of: no variant is made of a variant."""
    without = _SUFFIX.sub("", model)
    return [without, model] if without not in {model, ""} else [model]


def text_with(text: str | None, resolved: Resolved, variant: Variant) -> str:
    """The user's profile with the variant as its main model: changed, or a new one that extends the catalog's."""
    before = toml_edit.new({"extends": resolved.name}) if text is None else text
    own = tomllib.loads(before).get("tiers", {})
    old = {variant.base, resolved.profile.tiers.main, *_aliases(resolved, variant.base)}
    # Two models in memory at once is what nobody wants: a tier that had the old one gets the new one.
    tiers = ["main", *(tier for tier in TIERS if tier != "main" and own.get(tier) in old)]
    wanted = [f"tiers.{tier}={variant.name}" for tier in tiers]
    return toml_edit.changed(before, [*wanted, f'models."{variant.name}".context={variant.tokens}'], [])


def _aliases(resolved: Resolved, model: str) -> tuple[str, ...]:
    about = resolved.profile.models.get(model)
    return about.aliases if about is not None else ()


def memory(size: int | None, video: int | None) -> str:
    """How much memory a loaded model takes, in words."""
    if size is None:
        return "Ollama does not say how much memory it takes"
    where = (
        "" if video is None else ", all of it video memory" if video >= size else f", {video / _GB:.1f} GB video memory"
    )
    slow = "" if video is None or video >= size else " (the part outside video memory is slow)"
    return f"it takes {size / _GB:.1f} GB{where}{slow}"
