"""How far an installation of the gateway's engine is: a line on the terminal, drawn again as packages come."""

import os
import sys
import threading
from pathlib import Path
from types import TracebackType
from typing import Self

from cc_launcher.files import engine_list, gateway_engine

_EVERY = 0.5  # seconds


class Progress:
    """The line, while it lasts. Without a terminal there is none."""

    def __init__(self) -> None:
        self._over = threading.Event()
        self._thread: threading.Thread | None = None
        self._seen = os.isatty(2) and os.environ.get("TERM") != "dumb"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        if self._thread is not None:
            self._thread.join()
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()

    def begin(self, place: Path) -> None:
        """The packages come into this place."""
        if self._seen:
            self._thread = threading.Thread(target=self._draw, args=(place,), daemon=True)
            self._thread.start()

    def _draw(self, place: Path) -> None:
        whole = len(engine_list.versions())
        while not self._over.wait(_EVERY):
            number = min(gateway_engine.packages_in(place), whole)
            what = f"{number} of {whole} packages" if number else "loading the packages"
            sys.stderr.write(f"\r\x1b[Kcc: installing the gateway's engine: {what} (Ctrl-C to stop)")
            sys.stderr.flush()
