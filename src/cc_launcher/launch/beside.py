"""Work that a second process of ours does, while this one goes on: what it writes is read here."""

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


def is_possible() -> bool:
    """Whether there is a second processor for it, and nothing in this process that cannot be in two."""
    threading = sys.modules.get("threading")
    alone = threading is None or threading.active_count() == 1
    return alone and hasattr(os, "fork") and (os.cpu_count() or 1) > 1


def start(work: "Callable[[int], None]") -> tuple[int, int]:
    """Start it: its process, and where what it writes is read. It ends with the work, or when nobody reads."""
    reads, writes = os.pipe()
    process = os.fork()
    if process:
        os.close(writes)
        return process, reads
    try:  # what follows is the second process, which must never come out of here
        os.close(reads)
        work(writes)
    finally:
        os._exit(0)


def end(process: int, reads: int) -> None:
    """Let go of it: nobody reads any more, so it ends."""
    os.close(reads)
    os.waitpid(process, 0)
