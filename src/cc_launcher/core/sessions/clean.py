"""A cleaned copy of a session: as the client itself writes a fork, without what another provider would refuse.

Measured on 2.1.220 to 2.1.332: a fork has all lines of the tree with their ids, the new session's in `sessionId`, and
the one in which a request was made in its `requestSessionId`. So nothing is counted twice, and the thread can be
followed. Of the blocks only those go that are refused. Lines that held nothing else go with them, and what names these
then names the line before.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from cc_launcher.core.sessions import blocks
from cc_launcher.core.sessions.blocks import REDACTED, SEARCHES, SHOWN, THINKING, Line

KEY = "cc-copy"  # the type of the line that says whose copy it is
VERSION = 1
# What the client itself copies for a fork or a branch, and what the session is called and set to. All else is of the
# original alone: its requests as they went out, its sums, what was queued, backups of files that it has changed.
KEPT = frozenset(
    (
        *("user", "assistant", "system", "attachment", "progress"),
        *("summary", "custom-title", "ai-title", "tag", "agent-name", "agent-color", "agent-setting", "pr-link"),
        *("mode", "permission-mode", "worktree-state", "relocated", "content-replacement", "tools-used"),
        *("derived-from", "data-flow-records", "data-flow-incomplete", "isolation-latch", "memory-mode"),
    )
)
_THINKING = (THINKING, REDACTED)
_LEFT_OUT = {
    kind: f"[{name} was here. It was left out when the session went on with another model.]"
    for kind, name in (("image", "An image"), ("document", "A document"))
}
_STRIPPED = "thinking_stripped"
_PASTED = "imagePasteIds"
_SEGMENTS = ("preservedSegment", "preservedMessages")


class Gone(NamedTuple):
    """The lines that the copy will not have, and for each the kept one before it, and the kept one behind it."""

    before: Mapping[str, str | None]
    after: Mapping[str, str | None]


def gone(lines: Iterable[bytes], without: Collection[str]) -> Gone:
    """The lines of these that their copy will not have: those that hold nothing but thinking, where that is to go."""
    parents: dict[str, str | None] = {}
    children: dict[str, str | None] = {}
    anchors: dict[str, str | None] = {}
    for text in lines:
        line = blocks.line(text)
        if line is None or line.get("type") not in KEPT:
            continue
        uuid, parent = line.get("uuid"), line.get("parentUuid")
        if not isinstance(uuid, str):
            continue
        if isinstance(parent, str) and parent in parents:
            children.setdefault(parent, uuid)
        if _only_thinking(line, without):
            parents[uuid] = parent if isinstance(parent, str) else None
        elif segment := _segment(line, parents):
            anchors |= segment
    onwards = {**dict.fromkeys(parents), **children}
    return Gone(
        {uuid: _reached(uuid, parents) for uuid in parents} | anchors,
        {uuid: _reached(uuid, onwards) for uuid in parents},
    )


def cleaned(lines: Iterable[bytes], gone: Gone, without: Collection[str], *, old: str, new: str) -> Iterator[bytes]:
    """The lines of the copy: of session `old`, as session `new`, without blocks of these kinds."""
    yield _text({"type": KEY, "v": VERSION, "sessionId": new, "from": old, "without": list(without)})
    for text in lines:
        line = blocks.line(text)
        if line is None or line.get("type") not in KEPT:
            continue
        uuid = line.get("uuid")
        if isinstance(uuid, str) and uuid in gone.before:
            continue
        yield _text(_copied(line, gone, without, old, new))


def _only_thinking(line: Line, without: Collection[str]) -> bool:
    message = line.get("message")
    content = message.get("content") if isinstance(message, dict) and line.get("type") == "assistant" else None
    if isinstance(content, list) and content:
        return all(blocks.kind_of(block) in _THINKING and blocks.kind_of(block) in without for block in content)
    attachment = line.get("attachment")
    return THINKING in without and isinstance(attachment, dict) and attachment.get("type") == _STRIPPED


def _reached(uuid: str, way: Mapping[str, str | None]) -> str | None:
    """Where one comes to from here, on this way."""
    seen = set()
    at: str | None = uuid
    while at is not None and at in way and at not in seen:
        seen.add(at)
        at = way[at]
    return None if at in seen else at


def _segment(line: Line, parents: Mapping[str, str | None]) -> dict[str, str | None]:
    """Of a compaction that kept lines beside its summary, and all of these are gone: each, with the summary's place."""
    about = line.get("compactMetadata")
    segment, listed = ((about.get(key) if isinstance(about, dict) else None) for key in _SEGMENTS)
    if isinstance(listed, dict) and isinstance(listed.get("uuids"), list):
        kept = listed["uuids"]
        return dict.fromkeys(kept, listed.get("anchorUuid")) if all(each in parents for each in kept) else {}
    if not isinstance(segment, dict):
        return {}
    found: dict[str, str | None] = {}
    at = segment.get("tailUuid")
    while isinstance(at, str) and at in parents and at not in found:
        found[at] = segment.get("anchorUuid")
        if at == segment.get("headUuid"):
            return found
        at = parents[at]
    return {}


def _copied(line: Line, gone: Gone, without: Collection[str], old: str, new: str) -> Line:
    line = {key: _named(value, gone) if key not in _CONTENT else value for key, value in line.items()}
    if line.get("sessionId") is not None:
        line["sessionId"] = new
    if line.get("type") == "assistant" and "requestSessionId" not in line:
        line["requestSessionId"] = old
    message = line.get("message")
    if isinstance(message, dict) and isinstance(message.get("content"), list):
        content = [one for block in message["content"] for one in _block(block, without)]
        line["message"] = {**message, "content": content}
    if not any(kind in without for kind in SHOWN):
        return line
    kept = {key: value for key, value in line.items() if key != _PASTED}
    if blocks.picture_of(kept.get(_GIVEN)):
        del kept[_GIVEN]
    return {key: _blind(value) for key, value in kept.items()}


_GIVEN = "toolUseResult"  # what a tool gave, beside what was sent of it
_CONTENT = {"message", "attachment", "rendered", _GIVEN}  # in which no line is named


def _named(value: Any, gone: Gone) -> Any:
    """A value in which a line that is gone is named by the one before it, and in a list not at all."""
    if isinstance(value, str):
        return gone.before.get(value, value)
    if isinstance(value, list):
        return [_named(each, gone) for each in value if not (isinstance(each, str) and each in gone.before)]
    if not isinstance(value, dict):
        return value
    named = {key: _named(each, gone) for key, each in value.items()}
    for key in _SEGMENTS:
        if isinstance(value.get(key), dict):
            if kept := _of_segment(value[key], gone):
                named[key] = kept
            else:
                del named[key]
    return named


def _of_segment(kept: Mapping[str, Any], gone: Gone) -> dict[str, Any]:
    """What was kept beside a summary, as it is in the copy; nothing where nothing is left of it."""
    named: dict[str, Any] = {key: _named(each, gone) for key, each in kept.items()}
    head, anchor = kept.get("headUuid"), kept.get("anchorUuid")
    if isinstance(head, str) and head in gone.before:
        named["headUuid"] = gone.after[head]
        return {} if gone.before[head] == anchor else named
    return {} if kept.get("uuids") and not named["uuids"] else named


def _block(block: Any, without: Collection[str]) -> list[Any]:
    """A block of a message, as it is in the copy."""
    kind = blocks.kind_of(block)
    if kind in _THINKING and kind in without:
        return []
    if SEARCHES not in without:
        return [block]
    if kind == SEARCHES:
        return [{"type": "text", "text": _told(block)}]
    if isinstance(block, dict) and "citations" in block:
        return [{key: value for key, value in block.items() if key != "citations"}]
    return [block]


def _told(block: Mapping[str, Any]) -> str:
    """What a tool of the provider's own did, in words."""
    if "input" in block:
        return f"[{block.get('name')}: {json.dumps(block['input'], ensure_ascii=False)}]"
    content = block.get("content")
    found = [
        f"{each['title']} {each.get('url', '')}".strip()
        for each in (content if isinstance(content, list) else ())
        if isinstance(each, dict) and isinstance(each.get("title"), str)
    ]
    return "\n".join(["[Found:", *found]) + "]" if found else "[Its result is not kept here.]"


def _blind(value: Any) -> Any:
    """A value in which each image and document is a text."""
    if isinstance(value, list):
        return [_blind(each) for each in value]
    if not isinstance(value, dict):
        return value
    kind = blocks.kind_of(value)
    if kind in SHOWN:
        return {"type": "text", "text": _LEFT_OUT[value["type"]]}
    if blocks.picture_of(value):
        text = _LEFT_OUT["image" if value["type"] == "image" else "document"]
        path = value["file"].get("filePath", "")
        lines = {"numLines": 1, "startLine": 1, "totalLines": 1}
        return {"type": "text", "file": {"filePath": path, "content": text, **lines}}
    return {key: _blind(each) for key, each in value.items()}


def _text(line: Line) -> bytes:
    try:
        return json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
    except UnicodeEncodeError:  # half of a character, which stands in the file as an escape
        return json.dumps(line, separators=(",", ":")).encode() + b"\n"
