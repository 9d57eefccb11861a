"""How long the real client tries by itself before it says that a provider has failed: requests, seconds, and words.

    python tests/client/retries.py [VERSION …]

By hand: a row takes up to five minutes. A loopback provider stands for a real one; rows run one after the other.
"""

from __future__ import annotations

import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.client import levers
from tests.client.stage import Stage
from tests.fakes.fake_provider import ErrorReply, FakeProvider

# The status, and the headers that say how long to wait
ROWS: tuple[tuple[int, dict[str, str]], ...] = (
    (429, {}),
    (429, {"retry-after": "0"}),
    (429, {"retry-after": "20"}),
    (529, {}),
    (503, {}),
    (500, {}),
)
KINDS = {429: "rate_limit_error", 529: "overloaded_error"}


def main(versions: list[str]) -> None:
    """Print a row for each."""
    print("| client | answer | requests | seconds | what is said |")
    for version in versions:
        for status, headers in ROWS:
            with tempfile.TemporaryDirectory() as scratch, ExitStack() as opened:
                providers = [opened.enter_context(FakeProvider()) for _ in range(4)]
                pair = levers.Pair(Stage(Path(scratch) / "stage", version, providers[:3]), providers[3])
                pair.patience = 900.0
                pair.a.headers = headers
                pair.a.script = lambda _, status=status: ErrorReply(status, "no", KINDS.get(status, "api_error"))  # type: ignore[misc]
                begun = time.monotonic()
                answer = pair.asked("a", "hi")
                took = time.monotonic() - begun
                named = ", ".join([str(status), *(f"{name} {value}" for name, value in headers.items())])
                row = [version, named, len(pair.a.messages), f"{took:.0f}", answer["result"][:60]]
                print(f"| {' | '.join(map(str, row))} |", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:] or [levers.NEW, levers.OLD])
