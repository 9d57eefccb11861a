"""JSON text for people to look at, without what may be a secret in it."""

import re

from cc_launcher.core.text.json_tree import Node, parse

_SECRET = re.compile(r"(?i)(key|token|secret|password|passwd|credential|authorization|cookie|_headers)s?$")
_NUMBER = re.compile(r"[0-9]*")
_INSTEAD = '"(not shown)"'


def masked(text: str, *, comments: bool = False) -> str:
    """The text with another one in the place of each that stands under a name such as API_KEY."""
    root = parse(text, comments=comments)
    spans = sorted(_spans(root), reverse=True) if root is not None else []
    for start, end in spans:
        text = text[:start] + _INSTEAD + text[end:]
    return text


def _spans(root: Node) -> list[tuple[int, int]]:
    found = []
    left = [root]
    while left:
        node = left.pop()
        for member in node.members:
            left.append(member.node)
            value = member.node.scalar
            named = isinstance(member.part, str) and _SECRET.search(member.part)
            if named and isinstance(value, str) and not _NUMBER.fullmatch(value):
                found.append((member.node.start, member.node.end))
        names = {member.part: member.node for member in node.members}
        name, value = names.get("name"), names.get("value")  # as an editor lists variables
        listed = name is not None and isinstance(name.scalar, str) and _SECRET.search(name.scalar)
        if listed and value is not None and isinstance(value.scalar, str) and not _NUMBER.fullmatch(value.scalar):
            found.append((value.start, value.end))
    return found
