"""`cc doctor`: what is wrong on this machine, where, and what to do about it."""

from itertools import groupby
from typing import Annotated, Any

import typer

from cc_launcher.cli import render
from cc_launcher.core.doctor.checks import every as checks
from cc_launcher.core.doctor.findings import NOTE, PROBLEM, TOPICS, WARNING, Finding, topic
from cc_launcher.core.doctor.findings import OK as FINE
from cc_launcher.core.errors import FOUND_PROBLEM, OK, USAGE, CcError
from cc_launcher.core.text import printable

_STYLES = {FINE: "green", NOTE: "cyan", WARNING: "yellow", PROBLEM: "bold red"}
_WIDTH = max(map(len, _STYLES))


def command(
    profile: Annotated[
        str, typer.Argument(metavar="[PROFILE]", help="look only at what concerns this profile", show_default=False)
    ] = "",
    *,
    fix: Annotated[bool, typer.Option("--fix", help="fix what can be fixed: shows each change, and asks")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="with --fix: do not ask")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="with --fix: show the changes, and make none")] = False,
    keep_in: Annotated[
        str,
        typer.Option(
            "--keep-in",
            metavar="PLACE",
            help="with --fix: where a key goes: keyring, pass:NAME, or file (which programs that run as you can read)",
            show_default=False,
        ),
    ] = "",
    undo: Annotated[bool, typer.Option("--undo", help="put back the files that the last --fix changed")] = False,
    check: Annotated[
        bool,
        typer.Option("--check", help="also ask the providers; with PROFILE, whether its key is taken (one token)"),
    ] = False,
    online: Annotated[bool, typer.Option("--online", hidden=True)] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="also list what is fine")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="for programs")] = False,
) -> int:
    """Find what silently breaks a session: shell files, settings, the client, PATH, secrets, profiles, servers.

    cc doctor
    cc doctor zai --check
    cc doctor --fix

    It ends with 1 where there is a problem. Without --check it asks no provider anything. It unlocks nothing, and never
    prints a value.
    """
    _validate(fix=fix, undo=undo, agreed=yes or dry_run or bool(keep_in), as_json=as_json)
    online = render.renamed("--online", "--check", given=online) or check
    if undo:
        from cc_launcher.cli import doctor_fix

        doctor_fix.undo()
        return OK
    findings = _findings(profile, online=online)
    if fix:
        from cc_launcher.cli import doctor_fix

        findings = doctor_fix.fix_all(
            findings, lambda: _findings(profile, online=online), yes=yes, dry_run=dry_run, keep_in=keep_in
        )
    if as_json:
        render.envelope("doctor", _as_data(findings))
    else:
        _show(findings, verbose=verbose)
    return FOUND_PROBLEM if any(finding.level == PROBLEM for finding in findings) else OK


def _validate(*, fix: bool, undo: bool, agreed: bool, as_json: bool) -> None:
    """Refuse what does not go together."""
    if agreed and not fix:
        raise CcError("--yes, --dry-run and --keep-in go with --fix", "cc doctor --fix", code=USAGE)
    if as_json and (fix or undo):
        raise CcError(
            "--json cannot be combined with --fix or --undo", "cc doctor --json, then cc doctor --fix", code=USAGE
        )
    if fix and undo:
        raise CcError("--fix and --undo cannot be combined", "cc doctor --undo", code=USAGE)


def _findings(profile: str, *, online: bool) -> list[Finding]:
    from cc_launcher.actions import examination

    return checks.run(examination.everything(profile, render.talk, online=online))


def _show(findings: list[Finding], *, verbose: bool) -> None:
    """Each topic with its findings; what is fine is counted, or named as well."""
    told = [finding for finding in findings if verbose or finding.level != FINE]
    for about, group in groupby(told, key=lambda finding: topic(finding.code)):
        render.heading(TOPICS[about])
        for finding in group:
            _line(finding)
    counts = {level: sum(finding.level == level for finding in findings) for level in _STYLES}
    said = [f"{_counted(counts[level], level)}" for level in (PROBLEM, WARNING, NOTE) if counts[level]]
    fine = f"{_counted(counts[FINE], 'check')} fine" + (
        "" if verbose or not counts[FINE] else " (--verbose names them)"
    )
    render.out(", ".join([*(said or ["nothing is wrong"]), fine]))
    fixable = sum(finding.fix is not None for finding in findings)
    if fixable:
        render.out(f"cc doctor --fix can fix {fixable} of them: it shows each change, and asks")


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _line(finding: Finding) -> None:
    where = f"{finding.where}: " if finding.where else ""
    render.styled(f"  {finding.level:<{_WIDTH}}", _STYLES[finding.level], f"  {where}{finding.what}")
    for line in finding.details:
        render.out(f"  {'':<{_WIDTH}}    {line}")
    if finding.level != FINE:
        render.out(f"  {'':<{_WIDTH}}  hint: {finding.hint}")


def _as_data(findings: list[Finding]) -> dict[str, Any]:
    return {
        "findings": [
            {
                "code": finding.code,
                "topic": topic(finding.code),
                "level": finding.level,
                "what": printable(finding.what),
                "file": printable(finding.where.path) if finding.where else None,
                "line": finding.where.line or None if finding.where else None,
                "hint": printable(finding.hint) or None,
                "details": [printable(line) for line in finding.details],
                "fixable": finding.fix is not None,
            }
            for finding in findings
        ],
        "counts": {level: sum(finding.level == level for finding in findings) for level in _STYLES},
    }
