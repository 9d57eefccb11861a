"""What single values of a transcript's line mean: a model, a project, a client's version."""

import re
from functools import lru_cache
from hashlib import blake2b

from cc_launcher.core.text import has_control
from cc_launcher.core.usage import usual_line

FINAL = (2, 1, 133)  # the first client whose lines have the final figures
TELLS_ENDS = (2, 1, 150)  # one whose lines have `stop_details` as soon as the answer has come to its end

_LONGEST_NAME = 200
_LONGEST_PATH = 4_096
_SUFFIX = "[1m]"  # the client's own, no part of a model's name
_NO_LETTER = re.compile(r"[^A-Za-z0-9]")


def model_name(value: object) -> str:
    """A model as it is asked for, without what the client alone adds to it."""
    return _model_name(value) if isinstance(value, str) else ""


@lru_cache(256)
def _model_name(value: str) -> str:
    return name(value).removesuffix(_SUFFIX)


@lru_cache(256)
def model_at(asked: bytes | None, answered: bytes) -> str:
    """The same, of the bytes of what was asked for, where that is known, and of what the answer calls itself."""
    return (model_name(usual_line.text(asked)) if asked else "") or model_name(usual_line.text(answered))


def project_of(cwd: object, directory: str) -> str:
    """The project's directory: where the session began, though it may have gone further down since."""
    return _project(cwd, directory) if isinstance(cwd, str) and len(cwd) <= _LONGEST_PATH else ""


@lru_cache(256)
def project_at(quoted: bytes, directory: str) -> str | None:
    """The same, of the bytes of its JSON text."""
    cwd = usual_line.path(quoted)
    return None if cwd is None else project_of(cwd, directory)


@lru_cache(256)
def _project(cwd: str, directory: str) -> str:
    if has_control(cwd):
        return ""
    path = cwd
    while path:
        if _NO_LETTER.sub("-", path) == directory:
            return path
        path = path.rpartition("/")[0]
    return cwd


@lru_cache(64)
def is_cut(version: str, *, has_reason: bool, has_details: bool) -> bool:
    """Whether an answer broke off. Of such a one the client may say that its turn was over, but it knows no details."""
    if is_before(version, FINAL):
        return False
    return not (has_reason and (has_details or not version or is_before(version, TELLS_ENDS)))


@lru_cache(64)
def is_before(version: str, first: tuple[int, ...]) -> bool:
    """Whether a client is older than this one. Of a version that is none nobody knows."""
    parts = version[:_LONGEST_NAME].split(".")
    return all(map(str.isdecimal, parts)) and tuple(map(int, parts)) < first


def name(value: object) -> str:
    """A name or an id, if it can be one."""
    return value if isinstance(value, str) and len(value) <= _LONGEST_NAME and not has_control(value) else ""


def hashed(text: bytes) -> int:
    """A number for a text that is never another one's."""
    return int.from_bytes(blake2b(text, digest_size=8).digest(), "big", signed=True)
