"""Where two JSON values differ, in a line."""

from typing import Any

_SHOWN = 40  # characters


def difference(wanted: Any, found: Any, where: str = "") -> str:
    """The first difference; nothing when there is none."""
    place = where or "the arguments"
    if isinstance(wanted, dict) and isinstance(found, dict):
        return _of_objects(wanted, found, where)
    if isinstance(wanted, list) and isinstance(found, list):
        return _of_lists(wanted, found, place)
    if type(wanted) is not type(found) and not _both_numbers(wanted, found):
        return f"{place}: {_kind(found)} instead of {_kind(wanted)}"
    if wanted == found:
        return ""
    if isinstance(wanted, str):
        return _of_texts(wanted, found, place)
    return f"{place}: {str(found)[:_SHOWN]} instead of {str(wanted)[:_SHOWN]}"


def _of_objects(wanted: dict[str, Any], found: dict[str, Any], where: str) -> str:
    for key, value in wanted.items():
        if key not in found:
            return f"{where or 'the arguments'}: {key} is missing"
        if told := difference(value, found[key], f"{where}.{key}" if where else key):
            return told
    more = next((key for key in found if key not in wanted), None)
    return f"{where or 'the arguments'}: {str(more)[:_SHOWN]} was not asked for" if more is not None else ""


def _of_lists(wanted: list[Any], found: list[Any], where: str) -> str:
    if len(wanted) != len(found):
        return f"{where}: {len(found)} of {len(wanted)} elements"
    for index, (one, other) in enumerate(zip(wanted, found, strict=True)):
        if told := difference(one, other, f"{where}[{index}]"):
            return told
    return ""


def _of_texts(wanted: str, found: str, place: str) -> str:
    if wanted.replace("\n", "\\n") == found:
        return f"{place}: line breaks have become \\n"
    if wanted.strip() == found.strip():
        return f"{place}: blanks or line breaks at an end are {'lost' if len(found) < len(wanted) else 'not the same'}"
    at = next((index for index, pair in enumerate(zip(wanted, found, strict=False)) if pair[0] != pair[1]), None)
    at = min(len(wanted), len(found)) if at is None else at
    start = max(0, at - 8)
    return f"{place}, at {at}: {found[start : start + _SHOWN]!r} instead of {wanted[start : start + _SHOWN]!r}"


def _both_numbers(wanted: Any, found: Any) -> bool:
    return all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in (wanted, found))


def _kind(value: Any) -> str:
    names = {str: "text", bool: "true or false", int: "a number", float: "a number", dict: "an object", list: "a list"}
    return names.get(type(value), "nothing")
