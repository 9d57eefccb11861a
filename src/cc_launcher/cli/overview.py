"""`cc` alone: what is ready, what was used last, what to type."""

from pathlib import Path

from cc_launcher.actions import readiness
from cc_launcher.cli import render
from cc_launcher.files import places
from cc_launcher.launch import planfile


def show() -> int:
    """A few lines for somebody who sits at a terminal."""
    rows = readiness.rows()
    ready = [row for row in rows if row.ready]
    last = planfile.last_used(str(Path(places.cache()) / "plans"))
    if ready:
        render.heading("ready to use")
        render.table(("profile", "title", "model"), [(row.name, row.summary.title, row.summary.model) for row in ready])
    else:
        render.out("No profile is ready yet: each needs a key, in a variable or in the keyring.")
    if last:
        render.out(f"last used: {last}")
    example = last or (ready[0].name if ready else "openrouter glm-5.2")
    render.heading("what to type")
    for line, meaning in (
        (f"cc run {example}", "start Claude Code on it"),
        (f"cc run --dry-run {example}", "see what would happen"),
        ("cc list-profiles", f"all {len(rows)} profiles, and what each one needs"),
        ("cc help", "the commands"),
    ):
        render.out(f"  {line:<34}{meaning}")
    return 0
