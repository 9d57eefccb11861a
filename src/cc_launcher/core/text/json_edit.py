"""Change one value in a JSON text and leave every other byte as it is.

Order, indentation (tabs, too), line ends, byte order mark, comments, escapes and odd spacing stay. What `put` adds,
`drop` takes out without a trace, in whatever order. Where `put` has to add objects around a value, `drop` the whole of
what was missing (`missing` says so). Only a text in which nothing stood becomes an object, and stays one.
"""

import json
import re
from collections.abc import Sequence
from typing import Any

from cc_launcher.core.text.json_tree import (
    BOM,
    Member,
    Node,
    NotJson,
    Part,
    after_comment,
    after_space,
    last_comment,
    line_at,
    parse,
)

__all__ = ["NotJson", "decode", "drop", "encode", "get", "line_of", "missing", "put", "rewrite", "written"]

Path = Sequence[Part]

_UTF_16 = b"\xff\xfe"
_LINE_END = re.compile(r"\r\n|\n|\r")
_INDENT = re.compile(r"[ \t]*")


def decode(content: bytes) -> tuple[str, str]:
    """A file's text and its encoding: UTF-8 with whatever odd bytes, or UTF-16 as Windows writes it."""
    if content.startswith(_UTF_16) and len(content) % 2 == 0:
        return content.decode("utf-16-le", "surrogatepass"), "utf-16-le"
    return content.decode("utf-8", "surrogateescape"), "utf-8"


def encode(text: str, encoding: str) -> bytes:
    """The bytes of a text that was decoded like this."""
    return text.encode(encoding, "surrogateescape" if encoding == "utf-8" else "surrogatepass")


def get(text: str, path: Path, default: Any = None, *, comments: bool = False) -> Any:
    """The value at a path."""
    found = _at(_tree(text, comments=comments), path)
    try:
        return default if found is None else found.value()
    except RecursionError:
        raise NotJson(line_at(text, found.start if found else 0), "nested too deeply") from None


def line_of(text: str, path: Path, *, comments: bool = False) -> int | None:
    """The line in which the key at a path stands."""
    found = _members(_tree(text, comments=comments), path)
    return line_at(text, found[-1].start) if path and len(found) == len(path) else None


def missing(text: str, path: Path, *, comments: bool = False) -> tuple[Part, ...]:
    """The part of a path that `put` would have to add: its beginning, up to the first that is not there."""
    found = len(_members(_tree(text, comments=comments), path))
    return tuple(path[: found + 1]) if found < len(path) else ()


def put(text: str, path: Path, value: Any, *, comments: bool = False) -> str:
    """The text with this value at the path, and with the objects around it that are not there yet."""
    root = _tree(text, comments=comments)
    if root is None:
        return _begun(text, _wrapped(path, value))
    found = _members(root, path)
    node = found[-1].node if found else root
    if len(found) < len(path):
        if not node.takes(path[len(found)]):
            raise NotJson(line_at(text, node.start), f"{_shown(path[: len(found)])} is no {_kind(path[len(found)])}")
        return _added(text, root, node, path[len(found)], _wrapped(path[len(found) + 1 :], value))
    if _same(node, value):
        return text
    return text[: node.start] + _beside(text, root, node, value) + text[node.end :]


def written(text: str, path: Path, *, comments: bool = False) -> str:
    """The value at a path as it is written there; nothing, if there is none."""
    found = _at(_tree(text, comments=comments), path)
    return text[found.start : found.end] if found else ""


def rewrite(text: str, path: Path, value: str, *, comments: bool = False) -> str:
    """The text with the value at a path written like this."""
    found = _at(_tree(text, comments=comments), path)
    return text[: found.start] + value + text[found.end :] if found else text


def drop(text: str, path: Path, *, comments: bool = False) -> str:
    """The text without what is at the path; of a key that stands there more than once, without any of them."""
    while True:
        root = _tree(text, comments=comments)
        found = _members(root, path)
        if root is None or len(found) < len(path):
            return text
        node = found[-2].node if len(found) > 1 else root
        text = _without(text, node, found[-1])
        if isinstance(path[-1], int):
            return text


def _tree(text: str, *, comments: bool) -> Node | None:
    root = parse(text, comments=comments)
    if root is not None and root.kind != "{":
        raise NotJson(line_at(text, root.start), "this is no object")
    return root


def _members(root: Node | None, path: Path) -> list[Member]:
    """The members on the way along a path, as far as there are any."""
    found: list[Member] = []
    node = root
    for part in path:
        member = node.member(part) if node is not None else None
        if member is None:
            break
        found.append(member)
        node = member.node
    return found


def _at(root: Node | None, path: Path) -> Node | None:
    found = _members(root, path)
    if len(found) < len(path):
        return None
    return found[-1].node if found else root


def _wrapped(path: Path, value: Any) -> Any:
    """The value in objects, or lists, of its own, for the parts of a path."""
    for part in reversed(path):
        value = {part: value} if isinstance(part, str) else [value]
    return value


def _same(node: Node, value: Any) -> bool:
    try:
        return json.dumps(node.value(), sort_keys=True) == json.dumps(value, sort_keys=True)
    except RecursionError:
        return False


def _kind(part: Part) -> str:
    return "object" if isinstance(part, str) else f"list of at least {part}"


def _shown(path: Path) -> str:
    return ".".join(map(str, path)) or "this"


# -- writing --------------------


def _begun(text: str, value: Any) -> str:
    newline = _newline(text)
    gap = newline if text.removeprefix(BOM) and not text.endswith(("\n", "\r")) else ""
    return text + gap + _pretty(value, "  ", ": ", newline) + newline


def _beside(text: str, root: Node, node: Node, value: Any) -> str:
    """A value in the place of another one, laid out like the text around it."""
    before = text[root.start : node.start]
    if not _LINE_END.search(before):
        return _flat(value, ": ", ", ")
    newline = _newline(text)
    return _pretty(value, _unit(text, root), ": ", newline + _line_indent(text, node.start))


def _added(text: str, root: Node, node: Node, part: Part, value: Any) -> str:
    """The text with a further member in an object or list."""
    if not node.members:
        return _first(text, root, node, part, value)
    last = node.members[-1]
    gap = _gap(text, node)
    place = at = last.node.end if last.comma < 0 else last.comma + 1
    while (ended := after_comment(text, (start := _blanks(text, place)))) > start:
        place = ended  # what is said about the last member, on its line, stays with it
    comment = last_comment(text, at, place)
    if comment and text.startswith("//", comment[0]) and not _LINE_END.search(gap):
        gap = _newline(text) + _line_indent(text, last.start)
    member = gap + _member(text, root, part, value, gap, _colon(text, last))
    if last.comma < 0:
        return text[:at] + "," + text[at:place] + member + text[place:]
    return text[:place] + member + "," + text[place:]


def _first(text: str, root: Node, node: Node, part: Part, value: Any) -> str:
    """The text with the first member of an object or list that was empty. What was in it comes after."""
    comment = last_comment(text, node.start + 1, node.end - 1)
    place = comment[1] if comment else node.start + 1
    outer = _newline(text) + _line_indent(text, node.start)
    in_lines = not root.members or bool(_LINE_END.search(text[root.start : root.end]))
    gap = outer + _unit(text, root) if in_lines else ""
    member = gap + _member(text, root, part, value, gap, _colon(text, root.members[0] if root.members else None))
    return text[:place] + member + (outer if in_lines and not comment else "") + text[place:]


def _member(text: str, root: Node, part: Part, value: Any, gap: str, colon: str) -> str:
    newline = _LINE_END.search(gap)
    spaced = ", " if colon.endswith(" ") else ","
    shown = _pretty(value, _unit(text, root), colon, gap) if newline else _flat(value, colon, spaced)
    return f"{_escaped(part)}{colon}{shown}" if isinstance(part, str) else shown


def _without(text: str, node: Node, member: Member) -> str:
    index = next(index for index, other in enumerate(node.members) if other is member)
    end = member.node.end
    if index + 1 < len(node.members):
        after = text[end : member.comma]
        if after.strip():  # a comment before the comma
            return text[: member.start] + after + text[member.comma + 1 :]
        return text[: member.start] + text[after_space(text, member.comma + 1) :]
    opened = node.members[index - 1].node.end if index else node.start + 1
    comment = last_comment(text, opened, member.start)
    begin = member.start - len(_before(text, member.start))
    tail = text[end:] if member.comma < 0 else text[end : member.comma] + text[member.comma + 1 :]
    ends_line = comment and comment[1] == begin and text.startswith("//", comment[0])
    if ends_line and not tail.lstrip(" \t").startswith(("\n", "\r")):
        tail = _newline(text) + tail
    if index == 0 and not comment:
        ended = _LINE_END.match(tail)  # as `put` adds it
        tail = tail.removeprefix((ended[0] if ended else "\n") + _line_indent(text, node.start))
    comma = node.members[index - 1].comma if index and member.comma < 0 else begin
    return text[:comma] + text[comma + 1 : begin] + tail


# -- layout --------------------


def _pretty(value: Any, unit: str, colon: str, newline: str) -> str:
    shown = json.dumps(value, ensure_ascii=False, indent=unit, separators=(",", colon))
    return _no_surrogates(shown).replace("\n", newline)  # JSON has line ends only between its parts


def _flat(value: Any, colon: str, comma: str) -> str:
    return _no_surrogates(json.dumps(value, ensure_ascii=False, separators=(comma, colon)))


def _escaped(key: str) -> str:
    return _no_surrogates(json.dumps(key, ensure_ascii=False))


def _no_surrogates(shown: str) -> str:
    """Half characters escaped: in a text that was read, they stand for bytes that are none of UTF-8."""
    return re.sub("[\ud800-\udfff]", lambda half: f"\\u{ord(half[0]):04x}", shown)


def _newline(text: str) -> str:
    found = _LINE_END.search(text)
    return found[0] if found else "\n"


def _gap(text: str, node: Node) -> str:
    """What stands before a further member."""
    last = node.members[-1]
    before = _before(text, last.start)
    ends = list(_LINE_END.finditer(before))
    if ends:
        return before[ends[-1].start() :]
    if len(node.members) > 1:
        return before
    return " " if before or _colon(text, last).endswith(" ") else ""


def _colon(text: str, member: Member | None) -> str:
    """The colon as it stands after another key."""
    found = text[member.key_end : member.node.start] if member is not None else ""
    return found if re.fullmatch(r"[ \t]*:[ \t]*", found) else ": "


def _unit(text: str, root: Node) -> str:
    """By how much each level is indented."""
    first = root.members[0] if root.members else None
    if first is None or not _LINE_END.search(_before(text, first.start)):
        return "  "
    inner, outer = _line_indent(text, first.start), _line_indent(text, root.start)
    return inner.removeprefix(outer) if inner.startswith(outer) else "  "


def _line_indent(text: str, place: int) -> str:
    start = max(text.rfind("\n", 0, place), text.rfind("\r", 0, place)) + 1
    if text.startswith(BOM, start):
        start += 1
    found = _INDENT.match(text, start, place)
    return found[0] if found else ""


def _before(text: str, place: int) -> str:
    """The white space before a place."""
    return text[len(text[:place].rstrip(" \t\n\r")) : place]


def _blanks(text: str, place: int) -> int:
    found = _INDENT.match(text, place)
    return found.end() if found else place
