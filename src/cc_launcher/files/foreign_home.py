"""The fixed list of places where people and tools keep what Claude Code is to use. No recursion, nothing is run."""

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from cc_launcher.core.importing.found import Home, Seen
from cc_launcher.core.importing.readers import cc_switch, routers, settings, shells
from cc_launcher.files import foreign_looks

_MOST_SCRIPT = 64 << 10

# A `*` stands for one name in that directory.
_FILES: dict[str, tuple[str, ...]] = {
    "settings": (".claude/settings.json", ".claude/settings-*.json", ".claude/settings.*", *settings.EDITORS),
    "shell": (
        *shells.START_FILES,
        shells.FISH,
        shells.UNIVERSAL,
        f"{shells.FUNCTIONS}/*.fish",
        shells.POWERSHELL,
        ".config/environment.d/*.conf",
        f"{shells.BIN}/*",
        "bin/*",
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
_BESIDE_IN_PROJECT = (".envrc", ".env", "mise.toml")


@dataclass
class Looked:
    """What was found there."""

    home: Home
    faults: list[str] = field(default_factory=list)
    real: dict[str, str] = field(default_factory=dict)  # the file itself, where a path leads to another one


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
    tried: set[str] = set()
    looked = Looked(Home(home, files))
    for name in wanted:
        for pattern in _FILES[name]:
            for path in matching(home, pattern):
                if path not in tried:
                    tried.add(path)
                    seen(path)
                    _add(home, path, files, looked)
        if name in _DATABASES:
            _add_database(home, *_DATABASES[name], files, looked)
    inside = _below(home, project) if {"project", "settings"} & {*wanted} else ""
    if inside:
        listed = (*_OF_PROJECT, *_BESIDE_IN_PROJECT) if "project" in wanted else _OF_PROJECT
        for path in listed:
            _add(home, f"{inside}/{path}", files, looked)
    looked.home = Home(home, files, inside, lambda path: foreign_looks.is_private(home, path))
    return looked


def one(home: str, path: str) -> Looked:
    """A file that was named, wherever it is: somebody has said so."""
    whole = os.path.abspath(path)
    inside = whole.removeprefix(f"{home}/") if whole.startswith(f"{home}/") else whole
    files: dict[str, Seen] = {}
    looked = Looked(Home(home, files, "", lambda path: foreign_looks.is_private(home, path)))
    base = home if inside != whole else os.path.dirname(whole)
    found = foreign_looks.look(base, whole)
    if found.fault or not found.there:
        looked.faults.append(f"{inside}: {found.fault or 'there is no such file'}")
    else:
        files[inside] = Seen(inside, found.text, found.mode)
    return looked


def matching(home: str, pattern: str) -> list[str]:
    """The paths that a pattern means: a `*` is one name, or a part of one. There may be two."""
    before, star, after = pattern.partition("*")
    if not star:
        return [pattern]
    directory, _, begin = before.rpartition("/")
    end, slash, rest = after.partition("/")
    names = foreign_looks.names_in(home, directory)
    found = []
    for name in names:
        if name.startswith(begin) and _fits(name[len(begin) :], end):
            whole = f"{directory}/{name}".lstrip("/")
            found += matching(home, f"{whole}/{rest}") if slash else [whole]
    return found


def _fits(name: str, end: str) -> bool:
    """Whether a name has what stands behind a `*`, in which there may be another one."""
    middle, star, last = end.partition("*")
    if not star:
        return bool(name) and name.endswith(end)
    return middle in name and name.endswith(last)


def _add(home: str, path: str, files: dict[str, Seen], looked: Looked) -> None:
    script = path.startswith((f"{shells.BIN}/", "bin/"))
    found = foreign_looks.look(home, path, _MOST_SCRIPT if script else foreign_looks.MAX_BYTES)
    if found.there:
        if not script or found.text.startswith("#!"):
            files[path] = Seen(path, found.text, found.mode)
        if found.real and found.real != os.path.join(home, path):
            looked.real[path] = found.real
    elif found.fault and not script:
        looked.faults.append(f"{path}: {found.fault}")


def _add_database(home: str, path: str, wanted: tuple[str, ...], files: dict[str, Seen], looked: Looked) -> None:
    if not os.path.isfile(os.path.join(home, path)):
        return
    from cc_launcher.files import foreign_database

    try:
        tables, mode = foreign_database.tables(home, path, wanted)
    except foreign_database.Unreadable as bad:
        looked.faults.append(f"{path}: {bad}")
        return
    files[path] = Seen(path, "", mode, tables)


def _below(home: str, directory: str) -> str:
    """The directory as it is below the home; nothing where it is elsewhere, or the home itself."""
    real, base = os.path.realpath(directory), os.path.realpath(home)
    return os.path.relpath(real, base) if directory and real.startswith(f"{base}/") else ""
