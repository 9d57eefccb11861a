"""Keys: which texts are none, which commands are references, and what looks like a key where none should stand."""

import re
import shlex
from collections.abc import Callable, Iterable, Mapping

from cc_launcher.core.importing.found import LITERAL, MISSING, PLACEHOLDER, REFERENCE, Key, Place
from cc_launcher.core.stores import references
from cc_launcher.core.text import has_control, names

# What tools and instructions put where a key belongs.
_PLACEHOLDERS = frozenset(
    [
        "ollama",
        "lmstudio",
        "lm-studio",
        "none",
        "null",
        "any",
        "dummy",
        "no-key",
        "no_key",
        "not-needed",
        "placeholder",
        "ccrouter-proxy",
        "xxx",
        "changeme",
        "ccs-internal-managed",
        "proxy_managed",
        "test",
        "sk-xxx",
        "your_api_key",
    ]
)
_PLACEHOLDER = re.compile(
    r"(?:sk-)?(?:ant-)?your[-_ ].*|<[^>]*>|\$\{[^}]*\}|\{\{[^}]*\}\}|__[A-Z_]+__"
    r"|(?:sk-)?(?:ant-)?(?:\*+|x{3,}|\.{3,}|…)|(?:insert|enter|paste|replace)[-_ ].*",
    re.IGNORECASE,
)
_SECRET_NAME = re.compile(r"(?i)key|token|secret|passw|credential|auth|cookie")
_SECRET_VALUE = re.compile(
    r"(?:^|[\s:=\"'/@])(?:sk|pk|rk|ghp|gho|ghs|github_pat|glpat|xox[abpsr]|AKIA|AIza|hf|gsk|nvapi|xai|sess|eyJ)[-_A-Za-z0-9]"
    r"[A-Za-z0-9_\-]{6,}"
    r"|(?i:bearer|basic)\s+\S{6,}"
    r"|[A-Za-z0-9+_-]{32,}={0,2}(?![A-Za-z0-9./:-])"
)
# What is a key for sure, wherever it stands: the beginnings that only keys have.
_KEY = re.compile(
    r"(?<![A-Za-z0-9_-])(?:(?:sk|pk|rk)-[A-Za-z0-9_-]{8,}|gh[opsu]_[A-Za-z0-9]{10,}|github_pat_[A-Za-z0-9_]{10,}"
    r"|glpat-[A-Za-z0-9_-]{10,}|xox[abprs]-[A-Za-z0-9-]{10,}|AKIA[A-Z0-9]{12,}|AIza[A-Za-z0-9_-]{20,}|hf_[A-Za-z0-9]{10,}"
    r"|gsk_[A-Za-z0-9]{10,}|nvapi-[A-Za-z0-9_-]{10,}|xai-[A-Za-z0-9]{10,}|eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_.-]+)"
)
_SHORTEST = 6  # of a key that is looked for in other texts
MASKED = "…"
MANAGED = frozenset({"PROXY_MANAGED", "ccs-internal-managed"})
_META = re.compile(r"[|&;<>`$(){}*?\[\]~\n]")


def is_placeholder(text: str) -> bool:
    """Whether this stands where a key belongs, and is none."""
    bare = text.strip()
    return bare.lower() in _PLACEHOLDERS or _PLACEHOLDER.fullmatch(bare) is not None


def is_secret_name(name: str) -> bool:
    """Whether what has this name is most likely a secret."""
    return _SECRET_NAME.search(name) is not None


def looks_like_key(text: str) -> bool:
    """Whether this text, or a part of it, has the shape of a key."""
    return _SECRET_VALUE.search(text) is not None


def has_key(text: str, known: Iterable[str] = ()) -> bool:
    """Whether a key is in this text: one of these, or what is one for sure."""
    return masked(text, known) != text


def masked(text: str, known: Iterable[str] = ()) -> str:
    """The text as it can be shown: no key is in it, neither one of these nor what is one for sure."""
    for value in known:
        if len(value) >= _SHORTEST and value in text:
            text = text.replace(value, MASKED)
    return _KEY.sub(MASKED, text)


def literal(text: str, place: Place) -> Key:
    """A key that stands there as it is, if it is one."""
    bare = text.strip()
    if not bare or has_control(bare):
        return Key(MISSING, place=place)
    return Key(PLACEHOLDER, place=place) if is_placeholder(bare) else Key(LITERAL, bare, place=place)


def reference(text: str, place: Place, *, consent: bool = False) -> Key:
    """A reference, if it is one that can be kept."""
    try:
        references.parse(text)
    except references.BadReference:
        return Key(MISSING, place=place)
    return Key(REFERENCE, reference=text, place=place, consent=consent)


def of_variable(name: str, place: Place) -> Key:
    """A key that a variable of the environment has."""
    return reference(f"env:{name}", place) if names.VARIABLE.fullmatch(name) else Key(MISSING, place=place)


def of_command(command: str, place: Place, home: str, is_private: Callable[[str], bool]) -> Key:
    """A command that prints the key: a reference where it is one that we know, else a line that needs a yes."""
    text = " ".join(command.split("\\\n")).strip()
    try:
        argv = shlex.split(text)
    except ValueError:
        return Key(MISSING, place=place)
    if not argv:
        return Key(MISSING, place=place)
    if (argv[0] == "echo" and len(argv) == 2) or (argv[0] == "printf" and argv[1:2] == ["%s"] and len(argv) == 3):
        return literal("" if _META.search(argv[-1]) else argv[-1], place)  # no command at all, but the key itself
    known = _known(argv, home, is_private)
    if known and reference(known, place).kind == REFERENCE:
        return reference(known, place)
    if has_key(text):  # it would be shown with the command
        return Key(MISSING, place=place)
    if _META.search(text):  # there is no shell between us and a command
        text = shlex.join(["sh", "-c", text])
    return reference(f"cmd:{text}", place, consent=True)


def _known(argv: list[str], home: str, is_private: Callable[[str], bool]) -> str:
    if any(mark in word for word in argv[:-1] for mark in "$`;|&<>") or any(mark in argv[-1] for mark in "`;|&<>("):
        return ""  # a shell would do more than call it
    if argv[:2] == ["op", "read"]:
        left = [word for word in argv[2:] if word not in {"-n", "--no-newline"}]
        return left[0] if len(left) == 1 and left[0].startswith("op://") else ""
    if argv[:1] == ["pass"] and len(argv) in {2, 3} and (len(argv) == 2 or argv[1] == "show"):
        return f"pass:{argv[-1]}" if not argv[-1].startswith("-") else ""
    if argv[0] in {"cat", "/bin/cat"} and len(argv) == 2:
        path = argv[1].replace("$HOME", home).replace("${HOME}", home)
        path = home + path[1:] if path.startswith("~/") else path
        return f"file:{path}" if is_private(path.removeprefix(f"{home}/")) else ""
    return ""


def of_environment(env: Mapping[str, str], place: Place) -> tuple[Key, str, bool]:
    """The key among the client's variables, the one that has it, and whether there are two different ones."""
    found = {name: literal(env.get(name, ""), place) for name in ("ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_API_KEY")}
    real = {name: key for name, key in found.items() if key.kind == LITERAL}
    if real:
        name = next(iter(real))
        return real[name], name, len({key.value for key in real.values()}) > 1
    standing = next((name for name, key in found.items() if key.kind == PLACEHOLDER), "")
    return (found[standing], standing, False) if standing else (Key(MISSING, place=place), "", False)


_SURE = re.compile(
    r"(?:^|[^A-Za-z0-9])(?:(?:sk|pk|rk|gh[opsu]|github_pat|glpat|xox[abpsr])[-_](?=[A-Za-z_-]*\d)[A-Za-z0-9_-]{12,}"
    r"|(?:AKIA|AIza|eyJ)[A-Za-z0-9_-]{12,})"
    r"|(?i:bearer|basic)\s+\S{6,}"
    r"|(?<![0-9A-Za-z])[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}(?![0-9A-Za-z])"
)
_LONG = re.compile(r"[A-Za-z0-9+/=]{20,}")


def is_shaped_like_one(text: str) -> bool:
    """Whether a key stands in this text, going by its shape. Unlike above, the name of a model or a host is none."""
    if _SURE.search(text):
        return True
    long = (found for part in re.split(r"[/\s]", text) for found in _LONG.findall(part))
    return any(any(char.isdigit() for char in found) and any(char.isalpha() for char in found) for found in long)
