"""Files as other tools write them: JSON with comments, YAML, TOML. What cannot be read is a fault, never a crash."""

import json
import tomllib
from typing import Any

import pyjson5
import yaml  # type: ignore[import-untyped] # it comes without types

_TOO_MANY_ALIASES = "aliases are not followed"


class Unreadable(ValueError):
    """Why a file could not be understood. It repeats nothing of the file."""


class _Loader(yaml.SafeLoader):  # type: ignore[misc] # it comes without types
    """Plain data alone. An alias is refused: a few lines of them stand for gigabytes."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.events.AliasEvent):
            raise Unreadable(_TOO_MANY_ALIASES)
        return super().compose_node(parent, index)


def json_of(text: str) -> Any:
    """JSON, and where it is none, JSON5: comments, commas at the end, names without quotes."""
    try:
        return json.loads(text)
    except RecursionError:
        raise Unreadable("nested too deeply") from None
    except ValueError:
        pass
    try:
        return pyjson5.decode(text, maxdepth=64)
    except (pyjson5.Json5Exception, ValueError, RecursionError):
        raise Unreadable("not valid JSON") from None


def yaml_of(text: str) -> Any:
    """One document of YAML, without tags and aliases."""
    try:
        return yaml.load(text, Loader=_Loader)  # noqa: S506 - a SafeLoader that follows no alias
    except Unreadable:
        raise
    except (yaml.YAMLError, ValueError, RecursionError, LookupError, TypeError, AttributeError, OverflowError):
        raise Unreadable("not valid YAML") from None  # a tag such as !!bool on what is none ends in any of these


def toml_of(text: str) -> Any:
    """TOML."""
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError):
        raise Unreadable("not valid TOML") from None


def table(value: Any) -> dict[str, Any]:
    """The value, if it is a table; else an empty one."""
    return {word(key): inner for key, inner in value.items()} if isinstance(value, dict) else {}


def rows(value: Any) -> list[dict[str, Any]]:
    """The tables of a list."""
    return [table(entry) for entry in items(value) if isinstance(entry, dict)]


def items(value: Any) -> list[Any]:
    """The value, if it is a list; else an empty one."""
    return value if isinstance(value, list) else []


def listed(value: Any) -> list[str]:
    """The texts of a list."""
    return [text for text in map(word, items(value)) if text]


def word(value: Any) -> str:
    """The value as text; numbers and yes or no as a variable has them."""
    if isinstance(value, bool):
        return "1" if value else "0"
    try:
        return str(value) if isinstance(value, str | int | float) else ""
    except ValueError:  # a number of more digits than Python writes
        return ""


def words(value: Any) -> dict[str, str]:
    """A table of variables."""
    found = {name: word(inner) for name, inner in table(value).items()}
    return {name: text for name, text in found.items() if "\0" not in text}
