"""The files that a probe writes: whether they can be written is looked at before it, for it costs money."""

import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path

from cc_launcher.cli import render
from cc_launcher.core.errors import IN_THE_WAY, USAGE, CcError
from cc_launcher.core.probe import report_html, report_markdown
from cc_launcher.core.probe.outcome import Run
from cc_launcher.files import atomic

# How a report of ours begins
_PAGE = re.compile(rb"\s*<!doctype html>.{0,1000}<title>cc probe: ", re.DOTALL | re.IGNORECASE)
_TEXT = re.compile(rb"# cc probe: ")
_READ = 2_000  # bytes, in which that stands


@dataclass(frozen=True)
class Reports:
    """Where the reports go; nowhere, where a name is empty."""

    html: str
    markdown: str  # or - for the output

    def refuse(self, *, as_json: bool) -> None:
        """Stop before the probe at what could not be written after it, or only over somebody's file."""
        if self.html == "-":
            raise CcError("--html: a page needs a file", "--html report.html", code=USAGE)
        if as_json and self.markdown == "-":
            raise CcError("--json and --markdown - both write to standard output", "--markdown report.md", code=USAGE)
        files = [name for name in (self.html, self.markdown) if name and name != "-"]
        if len({Path(name).absolute() for name in files}) < len(files):
            raise CcError("--html and --markdown name the same file", "choose another name", code=USAGE)
        _refuse_taken(self.html, _PAGE)
        if self.markdown != "-":
            _refuse_taken(self.markdown, _TEXT)

    def write(self, run: Run) -> CcError | None:
        """Write them. What cannot be written is told later: there is more to be said of the probe."""
        trouble = None
        for name, made in ((self.html, report_html.html), (self.markdown, report_markdown.markdown)):
            if not name or name == "-":
                continue
            try:
                atomic.write(Path(name).absolute(), made(run).encode("utf-8", "backslashreplace"))
                render.talk(f"the report is in {name}")
            except CcError as error:
                trouble = error
        return trouble


def _refuse_taken(name: str, ours: re.Pattern[bytes]) -> None:
    """Stop where a report would take the place of somebody's file; an older report of ours may go."""
    if not name:
        return
    path = Path(name).absolute()
    if not (path.parent.is_dir() and os.access(path.parent, os.W_OK | os.X_OK)):
        raise CcError(
            f"{name}: no file can be written there", "create the directory, or choose another one", code=IN_THE_WAY
        )
    if os.path.lexists(path) and ours.match(_beginning(path)) is None:
        raise CcError(f"{name} exists already and is not a report of cc", "choose another name", code=IN_THE_WAY)


def _beginning(path: Path) -> bytes:
    """What a file begins with; nothing of a link, nor of a pipe, which would be waited for."""
    try:
        if not stat.S_ISREG(path.lstat().st_mode):
            return b""
        with path.open("rb") as file:
            return file.read(_READ)
    except OSError:
        return b""
