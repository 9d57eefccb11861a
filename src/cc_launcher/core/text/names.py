"""What may be the name of a profile, a variable, a header and a model."""

import re

PROFILE = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,127}")
PARAMETER = re.compile(r"[a-z][a-z0-9_]{0,31}")
VALUE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")  # of a parameter: a part of a host or of a path
VALUES = re.compile(rf"{VALUE.pattern}(/{VALUE.pattern}){{0,7}}")  # where a parameter is a path of several parts
HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}")
# With a comma: claude-code-router writes PROVIDER,MODEL.
MODEL = re.compile(r"[A-Za-z0-9~@][A-Za-z0-9._:/@~+,\[\]-]{0,199}")

# The client's own names for its tiers: each means a slot that a plan has filled.
CLIENT_ALIASES = frozenset({"opus", "sonnet", "haiku", "fable", "best", "default", "opusplan", "inherit"})


def is_profile(name: str) -> bool:
    """Whether this may name a profile: it becomes a file name and a part of a script's name."""
    return PROFILE.fullmatch(name) is not None and ".." not in name


def is_model(name: str) -> bool:
    """Whether this text could be a model id."""
    return MODEL.fullmatch(name) is not None
