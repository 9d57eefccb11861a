"""Shell completion: what may come next on a command line. As cheap as a launch, since it runs at each press of TAB.

The shells' own parts are in `core/text/completion_scripts.py`; they call `cc __complete SHELL WORD…`, where the last
word is the one that is being typed.
"""

import os
import sys

from cc_launcher.launch import paths
from cc_launcher.launch.request import HELP, TABLE

ARGUMENTS = {name: takes for name, (_, _, _, takes, _) in TABLE.items() if takes}
OPTIONS = {name: options.split() for name, (_, _, _, _, options) in TABLE.items() if options}
COMMANDS = {name: says for name, (group, says, _, _, _) in sorted(TABLE.items()) if group}
GROUPS = {
    name: tuple(sorted(other.removeprefix(f"{name} ") for other in TABLE if other.startswith(f"{name} ")))
    for name in TABLE
    if any(other.startswith(f"{name} ") for other in TABLE)
}
_OF_OPTIONS = {
    "--auth": ("api-key", "bearer", "cloud", "login", "none"),
    "--format": (
        "devcontainer",
        "dotenv",
        "fish",
        "github",
        "github-action",
        "jetbrains",
        "json",
        "powershell",
        "sh",
        "vscode",
        "zed",
    ),
    "--shell": ("bash", "fish", "powershell", "zsh"),
    "--sort": ("context", "name", "price"),
}
# What `cc import` knows; a test holds this to its readers, which nobody who presses TAB pays for.
SOURCES = (
    "cc-switch",
    "ccr",
    "ccs",
    "cc-mirror",
    "zcf",
    "claudish",
    "clother",
    "ccm.sh",
    "ai-switch",
    "agentkeyswitch",
    "ccm",
    "ccpkit",
    "claude-china",
    "claude-provider-switcher",
    "claude-switch",
    "leitum",
    "multi-claude",
    "ollama-launch",
    "pypi-cc-switch",
    "shell",
    "settings",
    "project",
)
_SHELLS = ("bash", "fish", "zsh")
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789._-")


def main(args: list[str]) -> int:
    """`cc __complete SHELL WORD…`: print what fits, a line each, as the shell wants it."""
    shell, *words = args or [""]
    part = None  # of the last word: what bash takes for a word, which may begin after a `:`, a `=` or a `@`
    if shell == "wrapper":
        found = [(mode, "") for mode in modes_of(words[0] if words else "")]
        words = words[1:]
    elif shell == "bash":
        part = words[1] if len(words) > 1 else None
        words = _split(words[0] if words else "")
        found = candidates(words)
    else:
        found = candidates(words)
    typed = words[-1] if words else ""
    cut = len(typed) - len(part) if part is not None and typed.endswith(part) else 0
    for word, meaning in found:
        if word.startswith(typed):
            sys.stdout.write(f"{_shown(shell, word[cut:], meaning)}\n")
    return 0


def _shown(shell: str, word: str, meaning: str) -> str:
    if shell == "zsh":
        return word.replace(":", chr(92) + ":") + (f":{meaning}" if meaning else "")
    return f"{word}\t{meaning}" if shell == "fish" and meaning else word


def candidates(words: list[str]) -> list[tuple[str, str]]:
    """What may stand in the place of the last word, and what it means."""
    typed = words[-1] if words else ""
    if len(words) <= 1:
        return [*COMMANDS.items(), *_profiles_for(typed), *((option, "") for option in HELP)]
    command, left = words[0], words[1:]
    if command not in COMMANDS and (command in own() or command in catalog()):
        command, left = "run", words
    if command in GROUPS:
        if len(left) == 1:
            return [(name, "") for name in GROUPS[command]]
        command, left = f"{command} {left[0]}", left[1:]
    if command == "exec" and "--" in left[:-1]:
        return _of_command(left[left.index("--") + 1 : -1], typed)
    return _next(command, left[:-1], typed)


def _profiles_for(typed: str) -> list[tuple[str, str]]:
    """The profiles that a first word may be: those that are begun, where no file here is, which is the compiler's."""
    try:
        if not typed or any(name.startswith(typed) for name in os.listdir(".")):
            return []
    except OSError:
        pass
    return _of_kind("profile", [], typed)


def _next(command: str, before: list[str], typed: str) -> list[tuple[str, str]]:
    """What may come after these words of a command."""
    if before and takes_value(command, before[-1]):
        return [(value, "") for value in _values_of(before[-1], typed)]
    given = _arguments(command, before)
    if command == "run" and len(given) > 1:
        return []  # the client's own
    option, equals, value = typed.partition("=")
    if equals and takes_value(command, option):
        return [(f"{option}={value}", "") for value in _values_of(option, value)]
    if typed.startswith("-"):
        return [(option.rstrip("="), "") for option in OPTIONS.get(command, ()) if option.startswith("--")]
    kinds = ARGUMENTS.get(command, ())
    kind = kinds[min(len(given), len(kinds) - 1)] if kinds else ""
    if len(given) >= len(kinds) and not kind.endswith("s"):
        return []
    return _of_kind(kind, given, typed)


def _of_command(given: list[str], typed: str) -> list[tuple[str, str]]:
    """The programs that are begun. For a path, and for what comes after the program, the shell offers files."""
    if given or not typed or "/" in typed:
        return []
    from cc_launcher.launch import completion_words

    return [(name, "") for name in completion_words.of_programs(typed)]


def takes_value(command: str, option: str) -> bool:
    """Whether the word after this option of a command is its value."""
    return f"{option}=" in OPTIONS.get(command, ())


def _arguments(command: str, words: list[str]) -> list[str]:
    """The words that are no options, nor their values."""
    found = []
    skip = False
    for word in words:
        if skip:
            skip = False
        elif word.startswith("-"):
            skip = takes_value(command, word)
        else:
            found.append(word)
    return found


def _values_of(option: str, typed: str) -> list[str]:
    if option in {"--fallback", "--with"}:  # a list, of which the last one is being typed
        before, comma, _ = typed.rpartition(",")
        return [f"{before}{comma}{name}" for name in sorted({*own(), *catalog()}) if name not in before.split(",")]
    if option == "--as":
        return sorted({*own(), *catalog(), "all"})
    return catalog() if option in {"--provider", "-p"} else list(_OF_OPTIONS.get(option, ()))


def _of_kind(kind: str, given: list[str], typed: str) -> list[tuple[str, str]]:
    if kind == "model":
        from cc_launcher.launch import completion_words

        return [(model, "") for model in completion_words.of_models(given[0], typed)] if _is_name(given[0]) else []
    if kind == "command":
        return list(COMMANDS.items())
    names = {
        "own": own,
        "profile": lambda: _profiles(typed),
        "profiles": lambda: _profiles(typed),
        "provider": catalog,
        "session": lambda: ("last",),
        "shell": lambda: _SHELLS,
        "sources": lambda: SOURCES,
        "word": list,  # to look for: what it may be, nobody knows
        "wrapper": wrappers,
    }
    return [(name, "") for name in names[kind]()]


def _profiles(typed: str) -> list[str]:
    """All profiles; before a letter is typed, the user's own and those that were ready, if there are any."""
    mine = own()
    known = {*mine, *catalog()}
    if not typed:
        from cc_launcher.launch import completion_words

        if ready := completion_words.ready():
            known.intersection_update({*mine, *ready})
    return sorted(known)


def own() -> list[str]:
    """The user's profiles."""
    return _stems(f"{paths.config()}/profiles")


def catalog() -> list[str]:
    """The providers."""
    package = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    inside = f"{package}/profiles"
    return _stems(inside if os.path.isdir(inside) else f"{os.path.dirname(os.path.dirname(package))}/profiles")


def wrappers() -> list[str]:
    """The scripts of ours on PATH and at their usual place."""
    from cc_launcher.launch.process import leads_back

    usual = f"{paths.home()}/.local/bin"
    found: set[str] = set()
    for place in {usual, *filter(os.path.isabs, os.environ.get("PATH", "").split(os.pathsep))}:
        try:
            names = [name for name in os.listdir(place) if place == usual or name.startswith("claude-")]
        except OSError:
            continue
        found.update(name for name in names if _is_name(name) and leads_back(f"{place}/{name}"))
    return sorted(found)


def modes_of(wrapper: str) -> list[str]:
    """The flags of a script of ours."""
    from cc_launcher.launch.process import find

    path = wrapper if "/" in wrapper else next(iter(find(wrapper, os.environ.get("PATH", ""))), "")
    try:
        with open(os.path.expanduser(path), "rb") as script:
            lines = script.read(65_536).decode("utf-8", "replace").split("\n")
    except OSError:
        return []
    flags = [line.strip().partition(")")[0] for line in lines if ") _cc_mode=" in line]
    return [*flags, "--cc-help"]


def _stems(directory: str) -> list[str]:
    try:
        names = [name[:-5] for name in os.listdir(directory) if name.endswith(".toml")]
        return sorted(filter(_is_name, names))
    except OSError:
        return []


def _is_name(name: str) -> bool:
    """What `names.is_profile` says, without the 5 ms of `re`: a shell would run what stands in an odd name."""
    return 0 < len(name) <= 64 and _LETTERS.issuperset(name) and name[0] not in "._-" and ".." not in name


def _split(line: str) -> list[str]:
    """The words of a line up to the cursor, without the command's own name."""
    words = line.split()[1:]
    return [*words, ""] if not line or line[-1].isspace() else words
