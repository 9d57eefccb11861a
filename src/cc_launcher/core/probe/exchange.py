"""One request of a probe and what came back, as data: what is sent, and each piece of the answer with its time."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

MESSAGES = "/v1/messages"
# Whose credential a request carries: the profile's own in its own header, in the other header, in both as a sealed
# launch does; one that is wrong; none.
OWN, OTHER, BOTH, WRONG, NONE = "own", "other", "both", "wrong", "none"
# Why an answer is not there, or not whole.
NO_CONNECTION, NO_TLS, NO_ANSWER, CUT, TOO_LONG = "connection", "tls", "time", "cut", "length"
_TO_OWN_END = 1.5  # how much longer than expected an answer may be before we hang up


@dataclass(frozen=True)
class Ask:
    """One request."""

    body: Mapping[str, Any] | None = None
    path: str = MESSAGES
    method: str = "POST"
    headers: Mapping[str, str] = field(default_factory=dict)  # beside those of the client and of the profile
    credential: str = OWN
    output: int = 300  # tokens that are expected at most
    patience: float = 60.0  # seconds for all of it

    @property
    def end(self) -> float:
        """How many tokens of a stream are read before we hang up: more than expected, since nobody counts alike."""
        return _TO_OWN_END * self.output + 100


@dataclass(frozen=True)
class Piece:
    """What was read in one go."""

    at: float  # seconds since the request was sent
    data: bytes


@dataclass(frozen=True)
class Answer:
    """What came back. Nothing in it holds a secret: whoever sends takes them out."""

    status: int = 0  # 0: none
    headers: Mapping[str, str] = field(default_factory=dict)  # names in lower case
    pieces: tuple[Piece, ...] = ()
    ended: float = 0.0  # seconds
    fault: str = ""  # NO_CONNECTION, NO_TLS, NO_ANSWER, CUT or TOO_LONG
    why: str = ""  # the fault, in words
    tls: str = ""  # the version of TLS

    @property
    def raw(self) -> bytes:
        """All that was read."""
        return b"".join(piece.data for piece in self.pieces)

    @property
    def text(self) -> str:
        """The same as text."""
        return self.raw.decode("utf-8", "replace")

    @property
    def ok(self) -> bool:
        """Whether it is a whole answer of an endpoint that took the request."""
        return self.status == 200 and not self.fault

    @property
    def accepted(self) -> bool:
        """Whether the request was taken, though the answer may be longer than one wanted to pay for."""
        return self.status == 200 and self.fault in {"", TOO_LONG}


@dataclass(frozen=True)
class Exchange:
    """A request and its answer: the evidence."""

    ask: Ask
    answer: Answer
    url: str = ""  # without what is secret in it
    sent: Mapping[str, str] = field(default_factory=dict)  # the headers, without what is secret in them
