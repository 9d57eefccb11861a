"""What PATH leads to: our wrappers, `cc`, and the compiler behind it."""

import os
from pathlib import Path

from cc_launcher.core.doctor.examined import Script, SearchPath
from cc_launcher.core.wrapper.parts import takes_clients
from cc_launcher.core.wrapper.written_pins import lacks_mark
from cc_launcher.files import guard, wrappers
from cc_launcher.launch import compiler, paths, process

_BUILDERS = ("gcc", "clang", "tcc", "make", "ninja", "cargo")


def look() -> SearchPath:
    """All of it."""
    search = os.environ.get("PATH", os.defpath)
    directories = {os.path.realpath(directory) for directory in search.split(os.pathsep) if directory}
    local = f"{paths.home()}/.local/bin"
    found = process.find("cc", search)
    mine = [path for path in [*found, *process.find("cc-launcher", search)] if compiler.is_ours(path)]
    ours: dict[str, str] = {}
    for path in mine:
        ours.setdefault(os.path.dirname(os.path.realpath(path)), guard.shown(Path(path)))
    return SearchPath(
        local_bin=os.path.realpath(local) in directories or not _has_files(local),
        first_cc=guard.shown(Path(found[0])) if found else "",
        is_ours=bool(found) and compiler.is_ours(found[0]),
        other_names=tuple(os.path.basename(path) for path in process.find("cc-launcher", search)[:1]),
        compiler=next(iter(compiler.candidates()), ""),
        builders=tuple(name for name in _BUILDERS if process.find(name, search)),
        installations=tuple(ours.values()),
        scripts=tuple(_script(wrapper, search, directories) for wrapper in wrappers.installed()),
    )


def _has_files(directory: str) -> bool:
    try:
        return bool(os.listdir(directory))
    except OSError:
        return False


def _script(wrapper: wrappers.Found, search: str, directories: set[str]) -> Script:
    path = wrapper.path
    first = next(iter(process.find(path.name, search)), "")
    on_path = os.path.realpath(path.parent) in directories
    shadowed = bool(first) and os.path.realpath(os.path.dirname(first)) != os.path.realpath(path.parent)
    return Script(
        path.name,
        guard.shown(path),
        str(path.parent),
        on_path,
        guard.shown(Path(first)) if shadowed else "",
        unmarked=lacks_mark(wrapper.text),
        sends_paths=not takes_clients(wrapper.text),
    )
