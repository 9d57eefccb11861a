"""`cc import --left`, `--undo` and `--history`: what is still to be done, and what was done."""

import datetime as dt
from pathlib import Path

from cc_launcher.actions import import_left, import_undo
from cc_launcher.cli import render
from cc_launcher.core.importing import history as told
from cc_launcher.core.importing.readers import settings, shells
from cc_launcher.core.stores import references
from cc_launcher.files import guard, import_history

# What cc doctor --fix changes.
_WITH_FIX = frozenset({settings.USER, shells.FISH, shells.POWERSHELL, *shells.START_FILES})


def left(*, as_json: bool) -> None:
    """The keys that still stand in clear text, and what to do about it."""
    found = import_left.holders()
    if as_json:
        data = [
            {
                "path": f"~/{each.path}",
                "mode": f"{each.mode:04o}",
                "keys": list(each.keys),
                "part": "the last characters" if each.tail_only else "all",
                "repository": guard.shown(Path(each.repository)) if each.repository else None,
            }
            for each in found
        ]
        render.envelope("import --left", {"files": data})
        return
    if not found:
        render.talk("no key of what was looked at stands in clear text")
        return
    rows = []
    for each in found:
        what = "its last characters" if each.tail_only else ", ".join(each.keys)
        who = "others can read it" if each.mode & 0o044 else "only you can read it"
        rows.append((f"~/{each.path}", f"{each.mode:04o}", who, what))
    render.table(("file", "mode", "who", "keys of"), rows)
    for each in found:
        if each.repository:
            where = guard.shown(Path(each.repository))
            render.talk(f"~/{each.path}: in {where}, which has a remote: the key is perhaps published. Revoke it")
    ours = [f"~/{each.path}" for each in found if each.path in _WITH_FIX and not each.tail_only]
    if ours:
        render.talk(f"next: cc doctor --fix moves the keys in {', '.join(ours)}: it shows each change, and asks")
    if len(ours) < len(found):
        render.talk(
            "in files of other programs, remove them there; old copies can go. A key that was shared: revoke it"
        )


def undo(number: int, *, as_json: bool, dry_run: bool) -> None:
    """Take back an import."""
    about = import_undo.of(number)
    done = import_undo.undone(about, dry_run=dry_run)
    if as_json:
        data = {"number": about.number, "removed": done.removed, "restored": done.restored, "keys": done.keys}
        data["stays"] = done.stays
        render.envelope("import --undo", data)
        return
    would = "would be removed" if dry_run else "removed"
    for name in done.removed:
        render.talk(f"{name}: {would}")
    for name in done.restored:
        render.talk(f"{name}: {'would be' if dry_run else 'is'} as it was before its source changed it")
    for reference in done.keys:
        render.talk(f"the key in {_named(reference)}: {would}; its source still holds it")
    for line in done.said:
        render.talk(line)
    for what, why in done.stays.items():
        render.talk(f"{_named(what) if ':' in what else what}: stays: {why}")
    if not done.removed and not done.restored and not done.keys and not done.stays:
        render.talk(f"import {about.number}: nothing of it is left")
    elif done.again and not dry_run:
        render.talk(f"when that has changed: cc import --undo {about.number}")


def _named(text: str) -> str:
    """A place of a key, for people."""
    reference = references.parse(text)
    if reference.store == "file":
        return guard.shown(Path(reference.name))
    return f"{reference.kept_by.title} ({text})"


def history(*, as_json: bool) -> None:
    """What was imported, and when."""
    every = import_history.all_of()
    if as_json:
        data = [
            {
                "number": about.number,
                "when": _when(about.when),
                "state": about.state,
                "profiles": [taken.name for taken in about.taken],
            }
            for about in every
        ]
        render.envelope("import --history", {"imports": data})
        return
    if not every:
        render.talk("nothing was imported yet: cc import")
        return
    state = {told.BEGUN: "stopped before its end", told.DONE: "", told.UNDONE: "undone"}
    render.table(
        ("number", "when", "profiles", ""),
        [
            (str(one.number), _when(one.when), ", ".join(each.name for each in one.taken), state[one.state])
            for one in every
        ],
    )


def _when(seconds: float) -> str:
    return dt.datetime.fromtimestamp(seconds, dt.UTC).astimezone().strftime("%Y-%m-%d %H:%M")
