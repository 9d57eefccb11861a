"""The fixed list of places where people and tools keep what Claude Code is to use. No recursion, nothing is run."""

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from cc_launcher.core.importing.found import Home, Seen
from cc_launcher.core.importing.readers import cc_switch, projects, routers, settings, shells
from cc_launcher.files import foreign_elsewhere, foreign_looks
from cc_launcher.files.foreign_elsewhere import Root

_MOST_SCRIPT = 64 << 10
_MOST = foreign_looks.MAX_BYTES
_MOST_NAMED = 16 << 20  # of a file that somebody names: an export of cc-switch has years of figures in it
_MOST_IN_ALL = 64 << 20

# A `*` stands for one name in that directory.
_FILES: dict[str, tuple[str, ...]] = {
    "settings": (".claude/settings.json", ".claude/settings-*.json", ".claude/settings.*", *settings.EDITORS),
    "shell": (
        *shells.START_FILES,
        shells.FISH,
        shells.UNIVERSAL,
        f"{shells.FUNCTIONS}/*.fish",
        f"{shells.SNIPPETS}/*.fish",
        shells.POWERSHELL,
        f"{shells.ENVIRONMENT}/*.conf",
        f"{shells.BIN}/*",
        f"{shells.OWN_BIN}/*",
    ),
    "cc-switch": (cc_switch.OLD, cc_switch.OWN),
    "ccr": (routers.FILE,),
    "ccs": (".ccs/*.settings.json", ".ccs/config.yaml"),
    "cc-mirror": (".cc-mirror/*/config/settings.json",),
    "zcf": (".ufomiao/zcf/config.toml",),
    "claudish": (".claudish/config.json",),
    "clother": (".config/clother/config.json", ".local/share/clother/secrets.env"),
    "ccm.sh": (".ccm_config",),
    "ai-switch": (".config/ai-switch/profiles/*/claude-settings.json", ".config/ai-switch/profiles/*/profile.json"),
    "agentkeyswitch": (".config/agentkeyswitch/profiles.json",),
    "ccm": (".config/ccm/profiles.yaml",),
    "ccpkit": (".ccpkit/profiles.json",),
    "claude-china": (".claudec/config.yaml",),
    "claude-provider-switcher": (
        ".claude-provider-switcher/profiles.json",
        ".claude-provider-switcher/credentials.json",
    ),
    "claude-switch": (".claude-switch/config.json",),
    "leitum": (".config/leitum/api-providers.yaml",),
    "multi-claude": (".config/multi-claude/config.json",),
    "ollama-launch": (".ollama/config.json", ".ollama/config/config.json"),
    "pypi-cc-switch": (".claude/cc-switch.json", ".claude/settings.json"),
    "project": (),
}
_DATABASES = {
    "cc-switch": (cc_switch.DATABASE, ("providers", "settings")),
    "ccr": (routers.DATABASE, ("app_config", "api_keys")),
}
_OF_PROJECT = (".claude/settings.json", ".claude/settings.local.json")


@dataclass
class Looked:
    """What was found there."""

    home: Home
    others: list[Home] = field(default_factory=list)  # the same with files of other places: see foreign_elsewhere
    faults: list[str] = field(default_factory=list)

    @property
    def homes(self) -> list[Home]:
        """All of it."""
        return [self.home, *self.others]


def places(names: Iterable[str] = ()) -> list[str]:
    """The places of these sources, or of all."""
    wanted = list(names) or list(_FILES)
    found = [path for name in wanted for path in _FILES[name]]
    return list(dict.fromkeys(found + [_DATABASES[name][0] for name in wanted if name in _DATABASES]))


def look(
    home: str, names: Iterable[str] = (), project: str = "", seen: Callable[[str], None] = lambda _: None
) -> Looked:
    """Look at all places of these sources. `project` is the directory in which we run; `seen` hears of each file."""
    wanted = list(names) or list(_FILES)
    files: dict[str, Seen] = {}
    looking = _Looking(seen)
    for name in wanted:
        for pattern in _FILES[name]:
            for path in looking.matching(home, pattern):
                looking.file(home, path, path, files)
        if name in _DATABASES:
            looking.database(home, *_DATABASES[name], _DATABASES[name][0], files)
    inside = _below(home, project) if {"project", "settings"} & {*wanted} else ""
    if inside:
        listed = (*_OF_PROJECT, *projects.FILES) if "project" in wanted else _OF_PROJECT
        for path in listed:
            looking.file(home, f"{inside}/{path}", f"{inside}/{path}", files)
    made = Home(home, files, inside, lambda path: foreign_looks.is_private(home, path), _links(home))
    others = [_other(made, root, wanted, looking) for root in foreign_elsewhere.roots(home)]
    return Looked(made, [other for other in others if other is not None], looking.faults)


def _links(home: str) -> dict[str, str]:
    found = {}
    for path in (f"{shells.BIN}/claude", f"{shells.OWN_BIN}/claude"):
        try:
            found[path] = os.path.basename(os.readlink(os.path.join(home, path)))
        except OSError:
            continue
    return found


def _other(home: Home, root: Root, wanted: list[str], looking: "_Looking") -> Home | None:
    """The home with the files of another place instead of the usual one; nothing where none of them is there."""
    files: dict[str, Seen] = {}
    elsewhere: dict[str, str] = {}
    for name in wanted:
        for pattern in filter(root.holds, _FILES[name]):
            for path in looking.matching(root.base, root.real(pattern)):
                usual = root.usual(path)
                looking.file(root.base, path, usual, files)
                elsewhere[usual] = root.shown(path, home.path)
        database = _DATABASES.get(name)
        if database is not None and root.holds(database[0]):
            real = root.real(database[0])
            looking.database(root.base, real, database[1], database[0], files)
            elsewhere[database[0]] = root.shown(real, home.path)
    if not files:
        return None
    return replace(home, files={**home.files, **files}, project="", elsewhere=elsewhere)


def one(home: str, path: str) -> Looked:
    """A file that was named, wherever it is: somebody has said so."""
    whole = os.path.abspath(path)
    inside = whole.removeprefix(f"{home}/") if whole.startswith(f"{home}/") else whole
    files: dict[str, Seen] = {}
    looked = Looked(Home(home, files, "", lambda path: foreign_looks.is_private(home, path)))
    base = home if inside != whole else os.path.dirname(whole)
    looking = _Looking()
    if os.path.isdir(whole):
        looking.faults.append(f"{inside}: a directory: name a file in it")
    elif not os.path.lexists(whole):
        looking.faults.append(f"{inside}: there is no such file")
    elif looking.is_database(base, whole):
        wanted = tuple(dict.fromkeys(table for _, tables in _DATABASES.values() for table in tables))
        looking.database(base, whole, wanted, inside, files)
    else:
        looking.file(base, whole, inside, files, limit=_MOST_NAMED)
    looked.faults += looking.faults
    return looked


class _Looking:
    """Reads files, each once and not more than a machine has room for."""

    def __init__(self, seen: Callable[[str], None] = lambda _: None) -> None:
        self.seen = seen
        self.tried: set[str] = set()
        self.faults: list[str] = []
        self.size = 0

    def matching(self, home: str, pattern: str) -> list[str]:
        """The paths that a pattern means, as many as anybody would have."""
        found = matching(home, pattern)
        if len(found) >= foreign_looks.MOST_NAMES:
            self.faults.append(f"{pattern}: more than {foreign_looks.MOST_NAMES - 1} files: the rest is left out")
        return found

    def file(self, home: str, path: str, usual: str, files: dict[str, Seen], limit: int = _MOST) -> None:
        """One file; `usual` is what readers call it."""
        if path in self.tried:
            return
        self.tried.add(path)
        self.seen(path)
        script = usual.startswith((f"{shells.BIN}/", "bin/"))
        if self.size > _MOST_IN_ALL:
            found = foreign_looks.Found(fault=f"left out: more than {_MOST_IN_ALL >> 20} MiB were read before it")
        else:
            found = foreign_looks.look(home, path, _MOST_SCRIPT if script else limit)
        if found.there and (not script or found.text.startswith("#!")):
            self.size += len(found.text)
            files[usual] = Seen(usual, found.text, found.mode, shared=found.shared)
        if not script and (found.fault or found.odd):
            self.faults.append(f"{path}: {found.fault or found.odd}")

    def database(self, home: str, path: str, wanted: tuple[str, ...], usual: str, files: dict[str, Seen]) -> None:
        """One database."""
        if not os.path.lexists(os.path.join(home, path)):
            return
        from cc_launcher.files import foreign_database

        try:
            found = foreign_database.read(home, path, wanted)
        except foreign_database.Unreadable as bad:
            self.faults.append(f"{path}: {bad}")
            return
        files[usual] = Seen(usual, "", found.mode, found.tables, found.version, found.shared)

    def is_database(self, home: str, path: str) -> bool:
        """Whether a file begins as one."""
        return foreign_looks.begins(home, path, foreign_looks.DATABASE)


def matching(home: str, pattern: str) -> list[str]:
    """The paths that a pattern means: a `*` is one name, or a part of one. There may be two."""
    before, star, after = pattern.partition("*")
    if not star:
        return [pattern]
    directory, _, begin = before.rpartition("/")
    end, slash, rest = after.partition("/")
    found = []
    for name in foreign_looks.names_in(home, directory, lambda name: _is_one(name, begin, end)):
        whole = f"{directory}/{name}" if directory else name
        found += matching(home, f"{whole}/{rest}") if slash else [whole]
    return found


def _is_one(name: str, begin: str, end: str) -> bool:
    return name.startswith(begin) and _fits(name[len(begin) :], end)


def _fits(name: str, end: str) -> bool:
    """Whether a name has what stands behind a `*`, in which there may be another one."""
    middle, star, last = end.partition("*")
    if not star:
        return bool(name) and name.endswith(end)
    return middle in name and name.endswith(last)


def _below(home: str, directory: str) -> str:
    """The directory as it is below the home; nothing where it is elsewhere, or the home itself."""
    real, base = os.path.realpath(directory), os.path.realpath(home)
    return os.path.relpath(real, base) if directory and real.startswith(f"{base}/") else ""
