"""What of ours is on this machine, and how each of it goes: what `cc uninstall` lists and takes out.

The order is that of the taking out. What is needed to do a step is taken away after it, so that the next run finishes
one that was killed.
"""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from cc_launcher.actions import status_line, wrapping
from cc_launcher.actions.secret_places import all_of
from cc_launcher.core.errors import CcError
from cc_launcher.core.stores import references
from cc_launcher.core.stores.references import Reference
from cc_launcher.files import (
    atomic,
    backups,
    client_settings,
    excludes,
    gateway_places,
    guard,
    known_hosts,
    our_directories,
    overrides,
    places,
    profiles,
    rc_files,
    wrappers,
)
from cc_launcher.secrets import keep

KEYS, PROFILES = "keys", "profiles"  # what goes only after a question of its own
_EDITOR = ".vscode"
_BY_THEMSELVES = frozenset(
    {"isolated", "keys", "backups", "gateway"}
)  # in our data directory: each goes only when it is said


@dataclass(frozen=True)
class Item:
    """One thing of ours."""

    kind: str
    what: str  # for people
    path: str = ""
    take: Callable[[], str] | None = None  # takes it out, and says what was done; nothing: it stays
    why: str = ""  # it stays
    asked: str = ""  # KEYS or PROFILES


def inventory() -> list[Item]:
    """Everything of ours, in the order in which it goes."""
    return [
        *_wrappers(),
        *_status_line(),
        *_projects(),
        *_completion(),
        *_left_over(),
        *_gateway(),
        *_keys(),
        *_backups(),
        *_caches(),
        *_state(),
        *_profiles(),
    ]


def clear_state(*, keys_stay: bool, profiles_stay: bool) -> str:
    """Take away what we remember, but for what is still needed: by a later run of this, or by what stays."""
    left = {path.name for path in our_directories.data() if path.name in _BY_THEMSELVES and any(path.glob("*"))}
    stays = left | ({"changes.json"} if _all_backups() else set())
    stays |= {"hosts.json"} if (keys_stay or profiles_stay) and known_hosts.read() else set()
    stays |= {"overrides"} if overrides.all_recorded() else set()
    stays |= {"excludes.json"} if excludes.recorded() else set()
    stays |= {"completion.json"} if rc_files.all_with_ours() else set()
    stays |= {"wrappers.json"} if wrappers.installed() else set()
    going = [path for path in our_directories.data() if path.name not in stays]
    our_directories.remove(going)
    return "what cc remembers is gone" if going else ""


def _wrappers() -> Iterator[Item]:
    for found in wrappers.installed():
        path = guard.shown(found.path)
        if found.state == wrappers.OURS:
            yield Item("wrapper", found.path.name, path, lambda path=found.path: _wrapper(path))  # type: ignore[misc]
        else:
            why = f"you edited it: cc uninstall-wrapper {found.path.name} --force moves it to a backup"
            yield Item("wrapper", found.path.name, path, why=why)


def _wrapper(path: Path) -> str:
    return "; ".join(wrapping.removed(path, force=False))


def _status_line() -> Iterator[Item]:
    if status_line.is_there():
        path = guard.shown(client_settings.path())
        said, _ = status_line.take_out(dry=True)
        back = " (your own comes back)" if said == status_line.BACK else ""
        yield Item("status line", f"our line in the client's settings{back}", path, _line)


def _line() -> str:
    return f"{guard.shown(client_settings.path())}: {status_line.take_out()[0]}"


def _projects() -> Iterator[Item]:
    known = {record.file: record for record in overrides.all_recorded()}
    for name, record in known.items():
        path = Path(name)
        yield Item("project", f"cc use {record.profile}", guard.shown(path), partial(_project, path))
    for line in excludes.recorded():
        if line.file not in known:
            yield Item("project", "a line of cc use", guard.shown(Path(line.exclude)), partial(_line_of, line.file))


def _project(path: Path) -> str:
    change = overrides.carry_out(path, comments=path.parent.name == _EDITOR)
    said = f"{guard.shown(path)} is {'as it was before' if change.new is not None else 'removed'}"
    if change.left:
        names = ", ".join(str(entry.path[-1]) for entry in change.left)
        said += f"; changed since, and left as it is: {names}"
    _line_of(str(path))
    for other in atomic.left_over(path):
        other.unlink(missing_ok=True)
    return said


def _line_of(file: str) -> str:
    done = [guard.shown(path) for path in excludes.take_out(Path(file))]
    return f"{', '.join(done)}: our line is out" if done else ""


def _completion() -> Iterator[Item]:
    for path, number in rc_files.all_with_ours():
        shown = guard.shown(path)
        yield Item("completion", "our line", f"{shown}:{number}", partial(_rc, path))
    for path, number in rc_files.all_by_hand():
        why = "you wrote it yourself: remove it, or new shells will say that cc is missing"
        yield Item("completion", "a line of yours", f"{guard.shown(path)}:{number}", why=why)


def _rc(path: Path) -> str:
    done = rc_files.take_out(path, with_backup=False)  # what comes out is known to the byte, and it would be one more
    return f"{guard.shown(path)} is removed" if done.removed else f"{guard.shown(path)}: our line is out"


def _left_over() -> Iterator[Item]:
    """What we left beside files of the user's when we were killed."""
    for path in (client_settings.path(), *map(rc_files.path, rc_files.SHELLS)):
        for other in atomic.left_over(path):
            yield Item("left over", "half a file", guard.shown(other), partial(_unlink, other))


def _unlink(path: Path) -> str:
    our_directories.remove([path])
    return f"{guard.shown(path)} is removed"


def _gateway() -> Iterator[Item]:
    place = gateway_places.directory()
    if place.exists():
        what = f"the gateway: its engine, and its log ({_size(our_directories.size([place]))})"
        yield Item("gateway", what, guard.shown(place), _take_gateway)


def _take_gateway() -> str:
    """What runs ends first: an engine without its files would go on."""
    from cc_launcher.actions import gateway_daemon

    was_up = gateway_daemon.down(0.0, lambda _: None)
    our_directories.remove([gateway_places.directory()])
    return f"the gateway is {'stopped, and ' if was_up else ''}removed"


def _keys() -> Iterator[Item]:
    wanted = _references()
    names = [reference.name for reference in wanted if reference.store == "keyring"]
    there = keep.in_keyring(list(dict.fromkeys([*names, *places.catalog_names()])))
    if there is None and names:
        yield Item("key", ", ".join(names), "the keyring", why="the keyring cannot be read right now", asked=KEYS)
    for name in sorted(there or ()):
        yield Item("key", name, "the keyring", partial(_forget, references.parse(f"keyring:{name}")), asked=KEYS)
    directory = places.key_file("x").parent
    for path in sorted(directory.glob("*")):
        yield Item("key", path.name, guard.shown(path), partial(_unlink, path), asked=KEYS)
    for reference in wanted:
        is_in_ours = reference.store == "file" and Path(reference.name).expanduser().parent == directory
        if reference.store not in {"keyring", "env", "cmd"} and not is_in_ours:
            yield Item("key", str(reference), reference.kept_by.title, why="it is in a place of your own")


def _references() -> list[Reference]:
    """Where keys are: as the user's profiles say, and as it was written down when they were handed out."""
    found: dict[str, Reference] = {}
    for name in places.user_names():
        with contextlib.suppress(CcError):
            found |= {str(reference): reference for _, reference in all_of(profiles.load(name), frozenset())}
    for text in (known.partition(" ")[2] for known in known_hosts.read()):
        with contextlib.suppress(ValueError):
            found[text] = references.parse(text)
    return list(found.values())


def _forget(reference: Reference) -> str:
    keep.remove(reference, reference.name)
    return f"{reference}: removed"


def _backups() -> Iterator[Item]:
    """Copies of files of the user's, which may hold keys."""
    for path in _all_backups():
        what = "a copy of your file from before a change; it may hold a key"
        yield Item("backup", what, guard.shown(path), partial(_unlink, path), asked=KEYS)


def _all_backups() -> list[Path]:
    return backups.all_there([rc_files.path(shell) for shell in rc_files.SHELLS])


def _caches() -> Iterator[Item]:
    found = our_directories.cache()
    if found:
        client = ", and the client that cc installed" if any(path.name == "client" for path in found) else ""
        what = f"what cc can make again{client} ({_size(our_directories.size(found))})"
        yield Item("cache", what, guard.shown(Path(places.cache())), _clear_cache)


def _clear_cache() -> str:
    our_directories.remove(our_directories.cache())
    return "the cache is gone"


def _state() -> Iterator[Item]:
    found = our_directories.data()
    isolated = [path for path in found if path.name == "isolated"]
    if [path for path in found if path.name not in _BY_THEMSELVES]:
        client = ", and the client that cc installed" if any(path.name == "client" for path in found) else ""
        yield Item("state", f"what cc remembers{client}", guard.shown(Path(places.data())), lambda: "")
    for path in isolated:
        what = "sessions and settings of isolated profiles"
        yield Item("sessions", what, guard.shown(path), partial(_unlink, path), asked=PROFILES)


def _profiles() -> Iterator[Item]:
    found = our_directories.config()
    if found:
        names = places.user_names()
        what = f"{', '.join(names) or 'none'}; and config.toml" if len(found) > 1 else ", ".join(names) or "config.toml"
        yield Item("profiles", what, guard.shown(Path(places.config())), _clear_config, asked=PROFILES)


def _clear_config() -> str:
    our_directories.remove(our_directories.config())
    return "your profiles are gone"


def _size(number: int) -> str:
    return f"{number / 1_000_000:.0f} MB" if number >= 1_000_000 else f"{number // 1000 + 1} kB"
