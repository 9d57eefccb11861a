"""What a script of ours says that it is: the mark in its second line."""

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

MARK = "# cc-launcher wrapper"
FORMAT = "1"


@dataclass(frozen=True)
class Wrapper:
    """What is installed: enough to write the script again."""

    name: str
    profile: str
    model: str = ""
    sealed: bool = False
    modes: dict[str, str] = field(default_factory=dict)  # given with --mode, beside those of the profile
    anyway: bool = False  # also on a model that is refused otherwise

    def as_json(self) -> str:
        """As it stands in the mark."""
        found: dict[str, Any] = {"name": self.name, "profile": self.profile}
        found |= {key: value for key in ("model", "sealed", "modes", "anyway") if (value := getattr(self, key))}
        return json.dumps(found, separators=(",", ":"))


def head(wrapper: Wrapper, body: str) -> str:
    """The first two lines of a script with this body."""
    described = wrapper.as_json()
    return f"#!/bin/sh\n{MARK} {FORMAT} {described} {_digest(described, body)}\n"


def read(text: str) -> tuple[Wrapper, bool] | None:
    """What a script says it is, and whether it still is what we wrote; nothing for a script that is not ours."""
    first, _, rest = text.partition("\n")
    mark, _, body = rest.partition("\n")
    if first != "#!/bin/sh" or not mark.startswith(f"{MARK} "):
        return None
    number, _, rest = mark.removeprefix(f"{MARK} ").partition(" ")
    described, _, digest = rest.rpartition(" ")
    try:
        wrapper = Wrapper(**json.loads(described))
        texts = (wrapper.name, wrapper.profile, wrapper.model, *wrapper.modes, *wrapper.modes.values())
    except (ValueError, TypeError, AttributeError, RecursionError):
        return None
    flags = (wrapper.sealed, wrapper.anyway)
    if not all(isinstance(flag, bool) for flag in flags) or not all(isinstance(text, str) for text in texts):
        return None
    return wrapper, number == FORMAT and digest == _digest(described, body)


def _digest(described: str, body: str) -> str:
    return hashlib.sha256(f"{described}\n{body}".encode("utf-8", "surrogateescape")).hexdigest()[:32]
