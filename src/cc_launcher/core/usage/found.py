"""What is found in transcripts: requests, the client's own sums, compactions and markers."""

from typing import NamedTuple

from cc_launcher.core.usage.figures import Figures
from cc_launcher.core.usage.marker import Marker


class Request(NamedTuple):
    """One line of a request, as flat as the index has it. Several may tell of the same: they have one key."""

    key: int
    time: int  # milliseconds since 1970
    session: str
    process: str  # the first session of the process that wrote it: a marker may stand there alone
    model: str
    project: str
    agent: int  # 1: a subagent's. No bool, for which sqlite3 looks for an adapter first
    cut: int  # 1: the answer did not come to its end
    old: int  # 1: written by a client that tells too few tokens of output
    input: int
    output: int
    write_5m: int
    write_1h: int
    write: int
    read: int
    searches: int

    @property
    def figures(self) -> Figures:
        """Its tokens."""
        return Figures(*self[9:])


class Ending(NamedTuple):
    """What the end of a line says, from behind its time on."""

    text: bytes
    process: str
    here: str  # the session of this line
    written: str  # the one in which it was written first
    project: str
    version: str
    old: int


class State(NamedTuple):
    """The client's own sum of a session, up to here: of each model."""

    time: int
    session: str
    started: int
    models: dict[str, Figures]


class Compaction(NamedTuple):
    """A conversation was made shorter: requests of which no line exists."""

    time: int
    session: str


class Asked(NamedTuple):
    """A request without an answer: its client was killed, or waits for it just now."""

    key: int
    time: int
    session: str
    model: str


NO_ENDING = Ending(b"", "", "", "", "", "", 0)


class Found:
    """What was found so far. What is known of the lines before goes on with it from one piece to the next."""

    def __init__(self, directory: str = "", newest: int = 0) -> None:
        self.directory = directory  # the name that the client gave the project
        self.newest = newest  # the newest time so far: a sum has none of its own
        self.requests: list[Request] = []
        self.markers: list[Marker] = []
        self.states: list[State] = []
        self.compactions: list[Compaction] = []
        self.calls: dict[int, str] = {}  # of requests that went through our gateway: what they are called in its log
        self.parents: dict[str, str] = {}  # of a fork: the session from which it has its last copied line
        self.odd = 0  # lines that are none
        self.reference = b""
        self.ending = NO_ENDING  # of the line before: most often this one's, too
        self.event = ""  # for which the hook of the newest marker ran
        self.marker: Marker | None = None
        self.unanswered: list[Asked] = []  # of processes that are gone
        self.waits: Asked | None = None  # the newest request, where the lines end without its answer
        self.asked = b""  # its line, as long as there are lines

    def clear(self) -> None:
        """Let go of what has been taken over elsewhere."""
        for each in (self.requests, self.markers, self.states, self.compactions, self.unanswered):
            each.clear()
        self.parents.clear()
        self.calls.clear()
