"""Names for profiles, made from what people and tools call them."""

import re
import unicodedata

from cc_launcher.core.text import names

_OTHER = re.compile(r"[^a-z0-9._-]+")


def slug(text: str) -> str:
    """The nearest name that a profile can have; nothing where no letter of it is left."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    made = re.sub(r"\.{2,}", ".", re.sub(r"-{2,}", "-", _OTHER.sub("-", plain))).strip("-._")[:64].rstrip("-._")
    return made if names.is_profile(made) else ""


def of_host(host: str) -> str:
    """A name made from a host."""
    return slug(host.replace(".", "-").replace(":", "-").strip("[]")) or "imported"


def free(wanted: str, tool: str, taken: set[str]) -> str:
    """A name that is not taken: as it is, with the tool behind it, or with a number."""
    base = wanted or "imported"
    tried = (base, slug(f"{base[: 62 - len(tool)]}-{tool}") or base)
    name = next((name for name in tried if name not in taken), base)
    number = 1
    while name in taken:
        number += 1
        name = f"{base[:57]}-{number}"
    return name
