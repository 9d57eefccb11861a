"""`cc probe`: whether an endpoint really speaks what Claude Code needs."""

import os
import re
import time
from pathlib import Path
from typing import Annotated

import typer

from cc_launcher.cli import planning, probe_compare, probe_progress, probe_several, probe_view, probing, render
from cc_launcher.cli.probing import Probe, Wishes
from cc_launcher.core.errors import FOUND_PROBLEM, IN_THE_WAY, INTERRUPTED, OK, USAGE, CcError
from cc_launcher.core.probe import report_html, report_markdown
from cc_launcher.core.probe.outcome import Run
from cc_launcher.files import atomic, places

_PAGE_MARK, _TEXT_MARK = b"<title>cc probe: ", b"# cc probe: "  # by which a report of ours is known


def command(
    profile: Annotated[str, typer.Argument(help="a profile or provider: cc list-profiles", show_default=False)] = "",
    model: Annotated[str, typer.Argument(help="one of its models; default: its main one", show_default=False)] = "",
    *,
    deep: Annotated[bool, typer.Option("--deep", help="also try how much the window really holds")] = False,
    max_cost: Annotated[
        str,
        typer.Option(
            "--max-cost", metavar="DOLLARS", help="spend no more: 0.20, or 20c; default: 5c", show_default=False
        ),
    ] = "",
    only: Annotated[
        str, typer.Option("--only", metavar="CHECKS", help="these, and what they need: edit,images", show_default=False)
    ] = "",
    every: Annotated[bool, typer.Option("--all", help="every profile that is ready, side by side")] = False,
    compare: Annotated[bool, typer.Option("--compare", help="the last two probes side by side; asks nobody")] = False,
    since: Annotated[
        str,
        typer.Option(
            "--since", metavar="DAYS", help="with --compare: the older one, 7d or 2026-11-14", show_default=False
        ),
    ] = "",
    html: Annotated[
        str, typer.Option("--html", metavar="FILE", help="a report with the evidence, to send on", show_default=False)
    ] = "",
    markdown: Annotated[
        str, typer.Option("--markdown", metavar="FILE", help="the same for an issue; - prints it", show_default=False)
    ] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="say what would be asked, and ask nobody")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="for programs")] = False,
) -> int:
    """Try whether an endpoint really speaks what Claude Code needs, and say what it means where it does not.

    It sends some fifty small requests, keeps to its budget, and exits with 1 when a session would not work.

    cc probe zai
    cc probe openrouter glm-5.3 --deep --max-cost 20c
    cc probe zai --html report.html
    cc probe --all
    cc probe zai --compare --since 7d
    """
    _refuse_mixed(profile, model, every=every, compare=compare, since=since, files=bool(html or markdown))
    wishes = Wishes(deep, tuple(filter(None, re.split(r"[,\s]+", only))), _dollars(max_cost) if max_cost else None)
    if compare:
        return probe_compare.compare(profile, model, since, as_json=as_json)
    for path, mark in ((html, _PAGE_MARK), (markdown, _TEXT_MARK)):
        _refuse_taken(path, mark)
    if every:
        return probe_several.every(wishes, dry_run=dry_run, as_json=as_json)
    looked = probing.look(profile, model or None, wishes)
    if dry_run:
        probing.foretell(looked)
        return OK
    run = _run(probing.prepare(looked), wishes, quiet=as_json or markdown == "-")
    _write(run, html, markdown)
    if as_json:
        render.envelope("probe", probe_view.as_data(run))
    if not run.whole:
        return INTERRUPTED
    return OK if run.fit else FOUND_PROBLEM


def _refuse_mixed(profile: str, model: str, *, every: bool, compare: bool, since: str, files: bool) -> None:
    """Stop at what does not go together, before anything is sent."""
    if every and (profile or compare or files):
        raise CcError("--all goes with no profile, no --compare and no report", "cc probe --all --json", code=USAGE)
    if not every and not profile:
        raise CcError("cc probe: which profile?", "cc probe PROFILE [MODEL], or cc probe --all", code=USAGE)
    if since and not compare:
        raise CcError("--since goes with --compare", f"cc probe {profile} --compare --since {since}", code=USAGE)
    if compare and files:
        raise CcError("--compare writes no report", f"cc probe {profile} {model} --compare --json", code=USAGE)


def _dollars(text: str) -> float:
    """A sum, as people write it."""
    found = re.fullmatch(r"\$?(\d+(?:\.\d*)?|\.\d+)\s*(c|ct|cents?|\$|dollars?)?", text.strip().lower())
    if found is None:
        raise CcError(f"--max-cost: {text} is no sum", "write dollars, 0.20, or cents, 20c", code=USAGE)
    return float(found[1]) / (100 if (found[2] or "").startswith("c") else 1)


def _run(probe: Probe, wishes: Wishes, *, quiet: bool) -> Run:
    """Probe, show it, and keep what was found; also when somebody stops it."""
    planning.bind(probe.looked.planned)
    began, clock = time.time(), time.monotonic()
    whole = True
    with probe_progress.progress(rows=not quiet) as view:
        view.begin([(check.name, check.title, check.group) for check in probe.looked.checks])
        try:
            probe.runner.run(view)
        except KeyboardInterrupt:
            whole = False
        finally:
            probe.sender.close()
        run = probing.finished(probe, wishes, began, time.monotonic() - clock, whole=whole)
        if not quiet:
            view.end(run)
            _say_whose(run)
    probing.keep(run, wishes)
    return run


def _say_whose(run: Run) -> None:
    """A provider of the catalog cannot be changed as it is."""
    if any(outcome.advice for outcome in run.outcomes) and run.profile not in places.user_names():
        render.talk(f"{run.profile} is a provider of the catalog: cc add {run.profile} makes a profile to change")


def _refuse_taken(path: str, mark: bytes) -> None:
    """Stop before the probe where a report would take the place of somebody's file; an older report of ours may go."""
    if not path or path == "-" or not os.path.lexists(path):
        return
    try:
        with Path(path).open("rb") as file:
            is_ours = mark in file.read(2_000)
    except OSError:
        is_ours = False
    if not is_ours:
        raise CcError(f"{path} is there already, and is no report of cc's", "choose another name", code=IN_THE_WAY)


def _write(run: Run, html: str, markdown: str) -> None:
    if html:
        atomic.write(Path(html).absolute(), report_html.html(run).encode())
        render.talk(f"the report is in {html}")
    if markdown == "-":
        render.script(report_markdown.markdown(run))
    elif markdown:
        atomic.write(Path(markdown).absolute(), report_markdown.markdown(run).encode())
        render.talk(f"the report is in {markdown}")
