"""The files that a probe writes: whether they can be written is looked at before it, for it costs money."""

import re
from dataclasses import dataclass
from pathlib import Path

from cc_launcher.cli import page_file, render
from cc_launcher.core.errors import USAGE, CcError
from cc_launcher.core.probe import report_html, report_markdown
from cc_launcher.core.probe.outcome import Run

# How a report of ours begins
_PAGE = page_file.page_of("cc probe")
_TEXT = re.compile(rb"# cc probe: ")


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
        for name, ours in ((self.html, _PAGE), (self.markdown, _TEXT)):
            if name in files:
                page_file.refuse_taken(name, ours)

    def write(self, run: Run) -> CcError | None:
        """Write them. What cannot be written is told later: there is more to be said of the probe."""
        trouble = None
        for name, made in ((self.html, report_html.html), (self.markdown, report_markdown.markdown)):
            if not name or name == "-":
                continue
            try:
                page_file.write(name, made(run))
                render.talk(f"the report is in {name}")
            except CcError as error:
                trouble = error
        return trouble
