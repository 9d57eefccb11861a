"""PATH: what a typed name starts, and what a build gets."""

from collections.abc import Iterator

from cc_launcher.core.doctor.examined import Examined
from cc_launcher.core.doctor.findings import PROBLEM, WARNING, Finding, Place, found

CODES = ("path-local-bin", "path-shadowed", "path-cc", "path-compiler", "path-wrapper", "path-twice")


def check(seen: Examined) -> Iterator[Finding]:
    """Wrappers, `cc` itself, and the compiler behind it."""
    path = seen.search_path
    elsewhere: dict[str, list[str]] = {}
    for script in path.scripts:
        if not script.on_path:
            elsewhere.setdefault(script.directory, []).append(script.name)
        elif script.shadowed_by:
            what = f"{script.name} starts {script.shadowed_by} instead"
            yield found("path-shadowed", what, Place(f"{script.directory}/{script.name}", script.shown))
        if script.sends_paths:
            what = f"{script.name} would send the path of a client that an editor hands it as a prompt"
            yield found("path-wrapper", what, Place(f"{script.directory}/{script.name}", script.shown))
    for directory, names in elsewhere.items():
        what = f"{directory} is not on PATH, and {', '.join(names)} there cannot be typed"
        hint = f'export PATH="{directory}:$PATH", in the start-up file of your shell'
        yield found("path-local-bin", what, hint=hint, level=PROBLEM)
    if not path.local_bin and not elsewhere:
        yield found("path-local-bin", "~/.local/bin is not on PATH, where wrappers go", level=WARNING)
    if not path.is_ours:
        what = f"cc is {path.first_cc}, not this program" if path.first_cc else "there is no cc on PATH"
        others = ", ".join(path.other_names)
        hint = f"type {others}, or put its directory first on PATH" if others else ""
        yield found("path-cc", what, hint=hint)
    elif not path.compiler and path.builders:
        what = f"{', '.join(path.builders)} are here, but no C compiler is called cc: a build that calls cc fails"
        yield found("path-compiler", what)
    if len(path.installations) > 1:
        yield found("path-twice", f"{path.installations[0]} hides {', '.join(path.installations[1:])}")
