"""`cc probe`: whether an endpoint really speaks what Claude Code needs."""

import math
import re
import time
from typing import Annotated

import typer

from cc_launcher.actions import probing
from cc_launcher.actions.probing import Probe, Wishes
from cc_launcher.cli import probe_compare, probe_progress, probe_several, probe_view, questions, render
from cc_launcher.cli.probe_reports import Reports
from cc_launcher.core.errors import FOUND_PROBLEM, INTERRUPTED, OK, USAGE, CcError
from cc_launcher.core.probe import report_markdown
from cc_launcher.core.probe.outcome import Run
from cc_launcher.files import places


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
    compare: Annotated[bool, typer.Option("--compare", help="the last two probes side by side; asks nothing")] = False,
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
        str, typer.Option("--markdown", metavar="FILE", help="the same as Markdown; - prints it", show_default=False)
    ] = "",
    yes: Annotated[bool, typer.Option("--yes", "-y", help="do not ask when no price is known")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="show what would be asked, and ask nothing")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="for programs")] = False,
) -> int:
    """Test whether an endpoint does what Claude Code needs, and say what breaks where it does not.

    It sends some fifty small requests, keeps to its budget, and exits with 1 when a session would not work.

    cc probe zai
    cc probe openrouter glm-5.3 --deep --max-cost 20c
    cc probe zai --html report.html
    cc probe --all
    cc probe zai --compare --since 7d

    Clouds and profiles with `auth = "login"` cannot be probed. Ctrl-C ends it with the report so far. --deep costs as
    much as the window holds. Where no price is known, it spends 150,000 tokens at most; with --max-cost, 5 and 25
    dollars for a million are assumed. With --only, nothing is kept. A file that is no report of ours is
    never overwritten. --compare ends with 1 when it got worse.
    """
    _validate(profile, model, every=every, compare=compare, since=since, files=bool(html or markdown))
    wishes = Wishes(deep, _names(only), _dollars(max_cost) if max_cost else None)
    if compare:
        return probe_compare.compare(profile, model, since, as_json=as_json)
    reports = Reports(html, markdown)
    reports.refuse(as_json=as_json)
    if every:
        return probe_several.every(wishes, dry_run=dry_run, yes=yes, as_json=as_json)
    looked = probing.look(profile, model or None, wishes, questions.screen())
    if dry_run:
        probe_view.foretell(looked)
        return OK
    probe_view.agree([looked], " ".join(filter(None, ["cc probe", profile, model])), yes=yes)
    if looked.planned.written.profile.by_gateway:
        _make_ready(looked)
    run = _run(probing.prepare(looked, questions.screen()), wishes, reports, as_json=as_json)
    if not run.whole:
        return INTERRUPTED
    return OK if run.fit else FOUND_PROBLEM


def _make_ready(looked: probing.Looked) -> None:
    """What a gateway needs before its first use: keys and the engine are asked for, as at a launch."""
    from cc_launcher.cli import gateway_way_in  # other probes do not pay for it

    wanted = gateway_way_in.asked(looked.planned.written, looked.word)
    wanted.keep()
    wanted.install()


def _validate(profile: str, model: str, *, every: bool, compare: bool, since: str, files: bool) -> None:
    """Refuse what does not go together, before anything is sent."""
    if every and (profile or compare or files):
        raise CcError("--all takes no profile, no --compare and no report", "cc probe --all --json", code=USAGE)
    if not every and not profile:
        raise CcError("cc probe: which profile?", "cc probe PROFILE [MODEL], or cc probe --all", code=USAGE)
    if since and not compare:
        raise CcError("--since goes with --compare", f"cc probe {profile} --compare --since {since}", code=USAGE)
    if compare and files:
        raise CcError("--compare writes no report", f"cc probe {profile} {model} --compare --json", code=USAGE)


def _dollars(text: str) -> float:
    """A sum, as people write it."""
    found = re.fullmatch(r"\$?(\d+(?:\.\d*)?|\.\d+)\s*(c|ct|cents?|\$|dollars?)?", text.strip().lower())
    dollars = float(found[1]) / (100 if (found[2] or "").startswith("c") else 1) if found is not None else math.inf
    if not math.isfinite(dollars):
        raise CcError(f"--max-cost: {text} is not an amount", "write dollars, 0.20, or cents, 20c", code=USAGE)
    return dollars


def _names(only: str) -> tuple[str, ...]:
    names = tuple(filter(None, re.split(r"[,\s]+", only)))
    if only and not names:  # a variable that is empty is not to start all of them
        raise CcError("--only needs the name of a check", "such as --only edit,images", code=USAGE)
    return names


def _run(probe: Probe, wishes: Wishes, reports: Reports, *, as_json: bool) -> Run:
    """Probe, keep what was found, and show it; also when somebody stops it."""
    probe.looked.planned.bind()
    began, clock = time.time(), time.monotonic()
    whole, trouble = True, None
    quiet = as_json or reports.markdown == "-"
    with probe_progress.progress(rows=not quiet) as view:
        try:
            view.begin([(check.name, check.title, check.group) for check in probe.looked.checks])
            probe.runner.run(view)
        except KeyboardInterrupt:
            whole = False
        except OSError as bad:  # nobody listens any more; what is done by now is kept all the same
            whole, trouble = False, bad
        finally:
            probe.runner.stop()
            probe.sender.close()
        run = probing.finished(probe, wishes, began, time.monotonic() - clock, whole=whole)
        # What costs money is kept first: whoever reads the rest may have stopped reading.
        probe_view.keep(run, wishes)
        unwritten = reports.write(run)
        if trouble is not None:
            raise trouble
        if not quiet:
            view.end(run, _whose(run))
    if reports.markdown == "-":
        render.script(report_markdown.markdown(run))
    if as_json:
        render.envelope("probe", probe_view.as_data(run))
    if unwritten is not None:
        raise unwritten
    return run


def _whose(run: Run) -> list[str]:
    """A provider of the catalog cannot be changed as it is."""
    if any(outcome.advice for outcome in run.outcomes) and run.profile not in places.user_names():
        return [f"{run.profile} is a provider of the catalog: cc add {run.profile} makes a profile to change"]
    return []
