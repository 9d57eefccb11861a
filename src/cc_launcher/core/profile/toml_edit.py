"""Change a profile's text: one key at a time, with its comments, its order and its formatting kept."""

import tomllib
from collections.abc import Collection, Mapping
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import tomlkit
from pydantic import BaseModel
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import InlineTable

from cc_launcher.core.errors import INVALID, USAGE, CcError
from cc_launcher.core.profile.profile import Profile
from cc_launcher.core.text import printable

_OF_TOMLKIT = (TOMLKitError, LookupError, TypeError, ValueError, AttributeError)  # what it raises over odd layouts


def new(values: dict[str, Any]) -> str:
    """A new profile's text: its own keys first, then its tables."""
    document = tomlkit.document()
    for key, value in values.items():
        if not isinstance(value, dict):
            document.add(key, tomlkit.item(value))
    for key, value in values.items():
        if isinstance(value, dict) and value:
            table = tomlkit.table()
            for name, inner in value.items():
                table.add(name, tomlkit.item(inner))
            document.add(tomlkit.nl())
            document.add(key, table)
    return tomlkit.dumps(document)


def changed(text: str, assignments: list[str], taken_out: list[str]) -> str:
    """The text with `key=value` pairs put in, and keys taken out."""
    data, document = _both(text)
    for assignment in assignments:
        key, equals, value = assignment.partition("=")
        if not equals or not key.strip():
            raise CcError(
                "an argument after the name has no `=` in it",
                "write key=value, such as tiers.haiku=glm-5.3-flash",
                code=USAGE,
            )
        path = _path(key)
        _put([data, document], path, _value(path, value.strip()))
    for key in taken_out:
        _take_out([data, document], _path(key), key)
    return _result(data, document)


def with_values(text: str, values: Mapping[tuple[str, ...], Any], taken_out: Collection[tuple[str, ...]]) -> str:
    """The text without these keys, and the tables that are empty then, and with these values."""
    data, document = _both(text)
    for path in taken_out:
        _take_out([data, document], list(path), ".".join(path))
        for length in range(len(path) - 1, 0, -1):
            if _at(data, path[:length]) == {}:
                _take_out([data, document], list(path[:length]), ".".join(path[:length]))
    for path, value in values.items():
        _put([data, document], list(path), value)
    return _result(data, document)


def _at(data: Any, path: tuple[str, ...]) -> Any:
    for part in path:
        data = data.get(part) if isinstance(data, dict) else None
    return data


def _both(text: str) -> tuple[dict[str, Any], Any]:
    """What the text says, as plain data and as a document that keeps its layout."""
    try:
        data = tomllib.loads(text)  # whose words repeat nothing of the file
        document = tomlkit.parse(text)
    except (ValueError, RecursionError, TOMLKitError) as bad:
        why = "" if isinstance(bad, TOMLKitError) else f": {printable(str(bad))[:200]}"
        raise CcError(f"the file is not valid TOML{why}", "cc edit NAME opens it in an editor", code=INVALID) from None
    return data, document


def _result(data: dict[str, Any], document: Any) -> str:
    result = tomlkit.dumps(document)
    if tomllib.loads(result) != data:  # a key that is put behind a table is a key of the table
        raise _laid_out()
    return result


def says_only(text: str, values: dict[str, Any]) -> bool:
    """Whether a file says nothing but this: no other key, and no comment that somebody may want to keep."""
    return tomllib.loads(text) == values and "#" not in text


def _path(key: str) -> list[str]:
    """The parts of a dotted key, in which a part may be quoted, as TOML has it."""
    try:
        parsed = tomlkit.key_value(f"{key.strip()} = 0")[0]
    except (TOMLKitError, ValueError):
        raise CcError(
            f"{key} is not a key", "write it as in the file; quote a part that has dots in it", code=USAGE
        ) from None
    return [part.key for part in parsed]


def _value(path: list[str], text: str) -> Any:
    """A value as TOML has it; where the profile wants text, what is not quoted is text, too."""
    try:
        value = tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text
    if isinstance(value, str):
        return value
    return text if _types_at(path) == {str} else value


def _types_at(path: list[str]) -> set[Any]:
    """The types that a profile may have at this place."""
    types: set[Any] = {Profile}
    for part in path:
        inner: set[Any] = set()
        for kind in types:
            if isinstance(kind, type) and issubclass(kind, BaseModel):
                inner |= _plain_types(kind.model_fields[part].annotation) if part in kind.model_fields else set()
            elif get_origin(kind) is dict:
                inner |= _plain_types(get_args(kind)[1])
        types = inner
    return types


def _plain_types(annotation: Any) -> set[Any]:
    """The types that a value may have, without `None`."""
    if get_origin(annotation) is Annotated:
        return _plain_types(get_args(annotation)[0])
    if get_origin(annotation) in {Union, UnionType}:
        return {plain for part in get_args(annotation) if part is not NoneType for plain in _plain_types(part)}
    return {annotation}


def _put(documents: list[Any], path: list[str], value: Any) -> None:
    """Into the plain data first, where every fault is found, then into the text's own document."""
    for document in documents:
        table = document
        try:
            for part in path[:-1]:
                if part not in table:
                    table[part] = _empty_table(table, last=part == path[-2])
                table = table[part]
                if not isinstance(table, dict):
                    raise CcError(
                        f"{'.'.join(path)}: {part} is a value in the file, not a table",
                        "cc edit NAME opens the file",
                        code=USAGE,
                    )
            table[path[-1]] = value
        except _OF_TOMLKIT:
            raise _laid_out() from None


def _empty_table(inside: Any, *, last: bool) -> Any:
    """A new table, of the kind that can stand there."""
    if type(inside) is dict:
        return {}
    return tomlkit.inline_table() if isinstance(inside, InlineTable) else tomlkit.table(is_super_table=not last)


def _take_out(documents: list[Any], path: list[str], key: str) -> None:
    for document in documents:
        table = document
        try:
            for part in path[:-1]:
                table = table.get(part) if isinstance(table, dict) else None
            if not isinstance(table, dict) or path[-1] not in table:
                raise CcError(f"{key}: not in the file", "cc show NAME shows where each value is from", code=USAGE)
            del table[path[-1]]
        except _OF_TOMLKIT:
            raise _laid_out() from None


def _laid_out() -> CcError:
    return CcError(
        "the layout of this file does not allow changing a single key safely",
        "cc edit NAME opens it in an editor",
        code=USAGE,
    )
