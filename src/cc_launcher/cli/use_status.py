"""`cc use` without a profile: what decides here where plain `claude` goes, and which of it is ours."""

import os
from dataclasses import asdict
from pathlib import Path

from cc_launcher.claude import in_force
from cc_launcher.cli import render
from cc_launcher.core.plan.set_values import HOST_FLAG
from cc_launcher.core.text.urls import without_user
from cc_launcher.files import guard, overrides


def show(directory: Path, places: list[Path], *, as_json: bool) -> None:
    """Print it."""
    found = in_force.look(str(directory))
    written = [record for place in places if place.exists() and (record := overrides.recorded(place))]
    rows = [asdict(setting) | {"value": without_user(setting.value)} for setting in found.settings]
    if as_json:
        ours = [{"file": record.file, "profile": record.profile, "model": record.model} for record in written]
        data = {"directory": str(directory), "written": ours, "in_force": rows, "problems": list(found.problems)}
        render.envelope("use", data)
        return
    for problem in found.problems:
        render.talk(problem)
    if rows:
        cells = [
            (
                row["name"],
                row["value"],
                f"{guard.shown(Path(row['file']))}:{row['line']}" if row["file"] else "your environment",
                f"cc use {row['profile']}" if row["profile"] else row["scope"],
            )
            for row in rows
        ]
        render.table(("setting", "value", "where", "from"), cells)
    else:
        render.talk("nothing here says where plain claude goes: it uses its own login")
    if os.environ.get(HOST_FLAG):
        render.talk(f"{HOST_FLAG} is set in this shell: claude ignores what files say of this")
