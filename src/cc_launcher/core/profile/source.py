"""One profile file as text: parsed, checked, and each value with its line."""

import tomllib
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from cc_launcher.core.errors import INVALID, CcError
from cc_launcher.core.profile.file_size import MAX_BYTES, too_large
from cc_launcher.core.profile.profile import Profile
from cc_launcher.core.text import has_control, printable, toml_lines
from cc_launcher.core.text.nearest import did_you_mean

MAX_LINE = 4 * 1024

Checked = TypeVar("Checked", bound=BaseModel)


@dataclass(frozen=True)
class Source:
    """A profile file that has been read."""

    name: str  # of the profile
    path: str
    shown: str  # the path as people are shown it
    text: str = field(repr=False)
    shipped: bool  # a file of the catalog

    @cached_property
    def lines(self) -> dict[toml_lines.Path, int]:
        """The line of each key."""
        return toml_lines.lines_of(self.text)

    @cached_property
    def data(self) -> dict[str, Any]:
        """The parsed file, with nothing in it that a profile may not hold."""
        return load(self.text, self.shown, Profile)

    def origin(self, path: toml_lines.Path) -> "Origin":
        """Where this key stands."""
        return Origin(self, path)


@dataclass(frozen=True)
class Origin:
    """Where a value comes from. The line is looked up when somebody asks: most values are never shown."""

    source: Source
    path: toml_lines.Path

    @property
    def line(self) -> int:
        """The line, from 1."""
        return toml_lines.line_for(self.path, self.source.lines)

    def __str__(self) -> str:
        return f"{self.source.shown}:{self.line}"


def load(text: str, shown: str, model: type[BaseModel]) -> dict[str, Any]:
    """Parse TOML and hold it to the model; every fault is told with its line, and none repeats a value."""
    if len(text.encode("utf-8", "replace")) > MAX_BYTES:
        raise too_large(shown)
    for number, line in enumerate(text.split("\n"), start=1):
        if len(line) > MAX_LINE:
            raise CcError(
                f"{shown}:{number}: line longer than {MAX_LINE // 1024} KiB", "break it into several keys", code=INVALID
            )
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, ValueError, RecursionError) as bad:
        # tomllib says what it expected and where, and repeats at most one character of the file
        raise CcError(
            f"{shown}: not valid TOML: {printable(str(bad))[:200]}",
            "fix the line, or start again from `cc show`",
            code=INVALID,
        ) from None
    faults = _faults(data, text, shown, model)
    if faults:
        what, hint = faults[0]
        rest = tuple(what + (f" ({hint})" if hint else "") for what, hint in faults[1:])
        raise CcError(what, hint, code=INVALID, details=rest)
    return data


def _faults(data: dict[str, Any], text: str, shown: str, model: type[BaseModel]) -> list[tuple[str, str]]:
    """Everything that is wrong with a parsed file, each with its line, and a hint."""
    try:
        controlled = _with_control(data)
    except RecursionError:  # a dotted key of a thousand parts, which tomllib reads without any recursion
        return [(f"{shown}: nested too deeply", "no key of a profile has more than four parts")]
    if controlled:
        lines = toml_lines.lines_of(text)
        what = "holds control characters, also if escaped"
        return [(f"{shown}:{toml_lines.line_for(path, lines)}: {dotted(path)}: {what}", "") for path in controlled]
    try:
        model.model_validate(data)
    except ValidationError as bad:
        lines = toml_lines.lines_of(text)
        return [_fault(error, shown, lines, model) for error in bad.errors(include_url=False, include_input=False)]
    return []


def dotted(path: tuple[object, ...]) -> str:
    """A key as one would write it."""
    parts = [str(part) for part in path]
    return (
        printable(".".join(part if part.replace("-", "").replace("_", "").isalnum() else f'"{part}"' for part in parts))
        or "the file"
    )


def _with_control(value: object, path: toml_lines.Path = ()) -> list[toml_lines.Path]:
    """The keys in which control characters stand, as text or as part of the key itself."""
    if isinstance(value, str):
        return [path] if has_control(value) else []
    if isinstance(value, dict):
        found: list[toml_lines.Path] = []
        for key, inner in value.items():
            found += [(*path, key)] if has_control(key) else _with_control(inner, (*path, key))
        return found
    if isinstance(value, list):
        return [hit for inner in value for hit in _with_control(inner, path)][:1]
    return []


def _fault(error: Any, shown: str, lines: dict[toml_lines.Path, int], model: type[BaseModel]) -> tuple[str, str]:
    """One fault that pydantic found, as a line for people and a hint."""
    location = tuple(str(part) for part in error["loc"] if part != "[key]")
    where = f"{shown}:{toml_lines.line_for(location, lines)}"
    key = dotted(location)
    if error["type"] == "extra_forbidden":
        known = list(_known_keys(model, location[:-1]))
        return f"{where}: unknown key {key}", did_you_mean(location[-1], known) or f"known here: {', '.join(known)}"
    if error["type"] == "value_error":
        reason, _, hint = str(error["ctx"]["error"]).partition("|")
        return f"{where}: {key} {reason}", hint
    if error["type"] == "literal_error":
        return f"{where}: {key} must be one of {error['ctx']['expected']}", ""
    if error["type"] in {"model_type", "dict_type", "model_attributes_type"}:
        return f"{where}: {key} must be a table", f"write [{key}], and its keys below"
    message = str(error["msg"]).replace("Input should", "must").replace("String should", "must")
    message = message.replace("Field required", "is missing")
    return f"{where}: {key} {message}", ""


def _known_keys(model: type[BaseModel], path: tuple[str, ...]) -> list[str]:
    """The keys that a model knows at this place of the file."""
    for part in path:
        annotation = model.model_fields[part].annotation if part in model.model_fields else None
        inner = [
            kind
            for kind in (annotation, *get_args(annotation))
            if isinstance(kind, type) and issubclass(kind, BaseModel)
        ]
        if inner:
            model = inner[0]
    return list(model.model_fields)
