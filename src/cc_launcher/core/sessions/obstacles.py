"""What of a session's history another provider would refuse, and how much of a history there is.

Measured on 2.1.220 to 2.1.332. Thinking is sent where the model that is asked for has the name that the answer gave
itself, to whatever provider; else the client itself leaves it out. Without a signature it is sent to every model, too
(measured on 2.1.329, behind a gateway). Images are sent to every model. What was before the
last compaction is sent to nobody, unless the client kept it beside the summary.

What the client goes on from by itself, it writes into the session: thinking and images that one provider refused are
then sent to nobody any more, the one before included, and what one compacted since its window is small is compacted for
all. So each of these takes a copy, too.
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from cc_launcher.core.sessions import blocks
from cc_launcher.core.sessions.blocks import DOCUMENTS, IMAGES, LENGTH, REDACTED, SEARCHES, SHOWN, THINKING, Line
from cc_launcher.core.usage import marker

_SUFFIX = "[1m]"  # the client's own, no part of a model's name
_NO_ANSWER = "<synthetic>"
_ROOM = 33_000  # with no limit of answers set: measured for windows of 131,072 and 1,000,000
_NOT_A_CONVERSATION = "no message is in it"


class Target(NamedTuple):
    """Who would go on with it."""

    model: str  # that is asked for
    images: bool | None = None  # whether it takes images; nothing: nobody knows
    window: int | None = None  # in tokens, where that is known
    knows_signatures: bool = False  # both are Anthropic's own models, wherever they run: one signature is good for all
    profile: str = ""  # what was said since a mark of this profile and host, it has signed itself
    host: str = ""


class Obstacles(NamedTuple):
    """What is in the way, and what there is. Counted is what would be sent: nothing before the last compaction."""

    refused: tuple[str, ...] = ()  # what is refused, or would be lost in the original: kinds of core/sessions/blocks.py
    doubtful: tuple[str, ...] = ()  # kinds of which nobody knows that
    cannot: str = ""  # why nobody can go on with it
    counts: Mapping[str, int] = {}  # blocks of each kind of core/sessions/blocks.py, whoever wrote them
    tokens: int = 0  # of the whole history, as the last answer counted it; 0: no answer tells
    fits: bool | None = None  # in the target's window; nothing: nobody knows
    compactions: int = 0
    subagents: int = 0
    requests: int = 0
    models: tuple[str, ...] = ()  # that were asked, the newest last
    odd: int = 0  # lines that are none

    @property
    def needs_copy(self) -> bool:
        """Whether it has to go on in a cleaned copy."""
        return bool(self.refused) and not self.cannot

    @property
    def images(self) -> int:
        """How many images and documents there are."""
        return sum(self.counts.get(kind, 0) for kind in SHOWN)

    @property
    def thinking(self) -> int:
        """How many blocks of thinking there are."""
        return self.counts.get(THINKING, 0) + self.counts.get(REDACTED, 0)


def found(lines: Iterable[bytes], target: Target) -> Obstacles:
    """What is in the way of going on with these lines at this target."""
    history = _History(target)
    for text in lines:
        history.add(text)
    counts = history.counts()
    refused, doubtful = _judged(history, counts, target)
    tokens = history.tokens
    fits = None if target.window is None or not tokens else tokens + _room(target.window) <= target.window
    return Obstacles(
        refused=refused if fits is not False else (*refused, LENGTH),
        doubtful=doubtful,
        cannot="" if history.messages else _NOT_A_CONVERSATION,
        counts=counts,
        tokens=tokens,
        fits=fits,
        compactions=history.compactions,
        subagents=len(history.agents),
        requests=len(history.requests),
        models=tuple(history.models),
        odd=history.odd,
    )


def _room(window: int) -> int:
    """What the client keeps free for an answer: it compacts before the window is full."""
    return min(_ROOM, window // 3)


def _judged(history: "_History", counts: Mapping[str, int], target: Target) -> tuple[tuple[str, ...], tuple[str, ...]]:
    refused: list[str] = []
    doubtful: list[str] = []
    if not target.knows_signatures:
        alike = history.alike()
        refused += [kind for kind in (THINKING, REDACTED) if kind in alike]
        refused += [SEARCHES] if history.has_foreign(SEARCHES) else []
    seen = [kind for kind in (IMAGES, DOCUMENTS) if counts.get(kind)]
    if target.images is False:
        refused += seen
    elif target.images is None:
        doubtful += seen
    return tuple(refused), tuple(doubtful)


class _History:
    """What was found so far. Of each line no more is kept than what may be refused of it."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self.model = _plain(target.model)
        self.is_own = False  # by the newest mark
        self.messages = self.compactions = self.tokens = self.odd = 0
        self.agents: set[str] = set()
        self.requests: set[str] = set()
        self.models: dict[str, None] = {}
        # Of each line: what it has, whether the client takes it for the target's, and whether the target wrote it.
        self._of: dict[str, tuple[list[str], bool, bool]] = {}

    def add(self, text: bytes) -> None:
        """One more line."""
        line = blocks.line(text)
        if line is None:
            self.odd += 1 if text.strip() else 0
            return
        kind = line.get("type")
        if kind == "system" and line.get("subtype") == "compact_boundary":
            self._compacted(line)
        elif kind in ("user", "assistant", "attachment") and line.get("isSidechain") is not True:
            self._marked(line.get("attachment"))
            self._said(line, str(kind))

    def counts(self) -> dict[str, int]:
        """How many blocks of each kind are sent."""
        every = [kind for kinds, _, _ in self._of.values() for kind in kinds]
        return {kind: every.count(kind) for kind in dict.fromkeys(every)}

    def has_foreign(self, kind: str) -> bool:
        """Whether there are such blocks that the target has not made itself."""
        return any(kind in kinds and not own for kinds, _, own in self._of.values())

    def alike(self) -> set[str]:
        """The kinds in what the client takes for the target's, by the model's name, and another provider wrote."""
        return {kind for kinds, is_alike, own in self._of.values() if is_alike and not own for kind in kinds}

    def _marked(self, attachment: object) -> None:
        if isinstance(attachment, dict) and attachment.get("type") == "hook_success":
            mark = marker.read(0, "", attachment)
            if mark is not None and mark.profile:
                self.is_own = bool(mark.profile == self.target.profile and mark.host == self.target.host)

    def _said(self, line: Line, kind: str) -> None:
        message = line.get("message")
        model = ""
        if kind != "attachment":
            self.messages += 1
        if kind == "assistant" and isinstance(message, dict):
            model = _plain(message.get("model"))
            if model != _NO_ANSWER:
                self._answered(line, message, _plain(line.get("requestedModel")) or model)
        kinds = list(blocks.kinds_in(line))
        if kinds:
            is_sent = model == self.model or blocks.is_unsigned(line)
            self._of[str(line.get("uuid"))] = kinds, is_sent, self.is_own

    def _answered(self, line: Line, message: dict[str, Any], model: str) -> None:
        self.models.pop(model, None)
        self.models[model] = None
        self.requests.add(str(line.get("requestRef") or line.get("requestId") or message.get("id")))
        usage = message.get("usage")
        if isinstance(usage, dict):
            self.tokens = sum(_count(usage.get(key)) for key in _OF_HISTORY) or self.tokens
        content = message.get("content")
        for block in content if isinstance(content, list) else ():
            if isinstance(block, dict) and block.get("type") == "tool_use" and block.get("name") in ("Agent", "Task"):
                self.agents.add(str(block.get("id")))

    def _compacted(self, line: Line) -> None:
        self.compactions += 1
        about = line.get("compactMetadata")
        about = about if isinstance(about, dict) else {}
        self.tokens = _count(about.get("postTokens")) or 0
        kept = about.get("preservedMessages")
        if isinstance(kept, dict):
            listed = {uuid for key in ("uuids", "allUuids") for uuid in _list(kept.get(key)) if isinstance(uuid, str)}
            self._of = {uuid: about for uuid, about in self._of.items() if uuid in listed}
        elif not isinstance(about.get("preservedSegment"), dict):
            self._of = {}


_OF_HISTORY = ("input_tokens", "cache_read_input_tokens", "cache_creation_input_tokens", "output_tokens")


def _plain(model: object) -> str:
    return model.removesuffix(_SUFFIX) if isinstance(model, str) else ""


def _count(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
