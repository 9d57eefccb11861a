"""Start files of shells, scripts that start the client, and what belongs to a project: read as text, never run."""

import re
from dataclasses import replace

from cc_launcher.core.importing import arguments, keys
from cc_launcher.core.importing.found import LITERAL, Draft, Dropped, Home, Key, Place, Reading
from cc_launcher.core.importing.lenient import Unreadable, json_of, table, word, words
from cc_launcher.core.importing.shell import fish, powershell, scopes
from cc_launcher.core.importing.shell.scopes import API_KEY, TOKEN, URL, File, Scope, Set
from cc_launcher.core.importing.shell.script import parse
from cc_launcher.core.importing.shell.words import COMMAND, EMPTY, TEXT, VARIABLE

NAME, CODEHELPER = "shell", "codehelper"
START_FILES = (
    ".profile",
    ".bash_profile",
    ".bash_login",
    ".bashrc",
    ".bash_aliases",
    ".zshenv",
    ".zprofile",
    ".zshrc",
    ".zlogin",
    ".config/zsh/.zshenv",
    ".config/zsh/.zshrc",
)
FISH, UNIVERSAL, FUNCTIONS = ".config/fish/config.fish", ".config/fish/fish_variables", ".config/fish/functions"
SNIPPETS = ".config/fish/conf.d"
POWERSHELL = ".config/powershell/Microsoft.PowerShell_profile.ps1"
ENVIRONMENT = ".config/environment.d"  # of systemd: variables of all that a user runs
BIN, OWN_BIN = ".local/bin", "bin"
OF_ZSH = (".zshenv", ".zprofile", ".zshrc", ".zlogin")  # which ZDOTDIR moves
_LONE = ("_API_KEY", "_AUTH_TOKEN")  # how the variables of providers end
_MARK = "# codehelper: managed wrapper"
_SHEBANG = re.compile(r"#!\s*/\S*(?:/|env\s+(?:-S\s+)?)(?:ba|z|da|k)?sh\b")


def read(home: Home) -> Reading:
    """Each start file, in the order of what a shell reads."""
    found = Reading()
    known: dict[str, Set] = {}
    files = [(path, parse(home.files[path].text)) for path in START_FILES if path in home.files]
    for path, nodes in files:
        for name, entry in scopes.read(home.files[path].text, nodes=nodes).literals.items():
            known[name] = Set(entry.value, entry.line, entry.file or path)
    for path, nodes in files:
        _take(home, path, scopes.read(home.files[path].text, known, nodes=nodes), found)
    _of_fish(home, known, found)
    if POWERSHELL in home.files:
        _take(home, POWERSHELL, powershell.read(home.files[POWERSHELL].text), found, title="PowerShell")
    for path in home.below(ENVIRONMENT, ".conf"):
        _take(home, path, scopes.read(home.files[path].text, known), found)
    for path in (*home.below(BIN), *home.below(OWN_BIN)):
        of_script(home, path, found, known)
    return found


def of_script(home: Home, path: str, found: Reading, known: dict[str, Set] | None = None) -> None:
    """A script that starts the client. One that does more than set variables for it is named, and not guessed at."""
    text = home.files[path].text
    if _SHEBANG.match(text) is None or not re.search(r"\bclaude\b", text) or "ANTHROPIC_" not in text:
        return
    name = path.rsplit("/", 1)[-1]
    if _is_ours(text):
        return
    managed = _MARK in text[:400]
    _take(home, path, scopes.read(text, known or {}, script=name), found, source=CODEHELPER if managed else NAME)


def _is_ours(text: str) -> bool:
    return "cc-launcher" in text[:600]


def _of_fish(home: Home, known: dict[str, Set], found: Reading) -> None:
    if UNIVERSAL in home.files:
        scope = fish.universal(home.files[UNIVERSAL].text)
        _take(home, UNIVERSAL, File([scope] if scope.telling else []), found, title="fish universal variables")
    file = fish.read(home.files[FISH].text, known) if FISH in home.files else File()
    if FISH in home.files:
        _take(home, FISH, file, found)
    inner = known | {name: Set(entry.value, entry.line, FISH) for name, entry in file.literals.items()}
    for path in (*home.below(SNIPPETS, ".fish"), *home.below(FUNCTIONS, ".fish")):
        _take(home, path, fish.read(home.files[path].text, inner), found)


def _take(home: Home, path: str, file: File, found: Reading, *, title: str = "", source: str = NAME) -> None:
    mode = home.files[path].mode
    for scope in file.scopes:
        if scope.kind in {"exports", "universal", "script"}:  # where the address stands, and not where the file begins
            telling = scope.env.get(URL) or scope.env.get(API_KEY) or scope.env.get(TOKEN)
            scope.line = telling.line if telling is not None and not telling.file else scope.line
        of_scope(home, Place(path, _where(scope), scope.line, mode), scope, found, title, source)
    for line, name, value in file.comments:
        place = Place(path, "", line, mode)
        key = keys.literal(value, place)
        if keys.is_secret_name(name) and key.kind == LITERAL and len(value) > 8 and "$" not in value:
            found.skip(
                f"{name} (line {line})",
                place,
                "stands in a comment, where everybody who reads the file can see it",
                key=key,
            )
    for text in file.sourced:
        sourced = text.strip("\"'")
        short = sourced.replace("$HOME/", "").replace("${HOME}/", "").removeprefix("~/").removeprefix(f"{home.path}/")
        if "$" not in short and short not in START_FILES:
            found.skip(
                short, Place(path), "is read by the shell there; here only if it is named", f"cc import ~/{short}"
            )


def _where(scope: Scope) -> str:
    if scope.kind in {"function", "arm"} and scope.last > scope.line:
        return f"lines {scope.line}-{scope.last}"
    return f"line {scope.line}"


def of_scope(home: Home, place: Place, scope: Scope, found: Reading, title: str, source: str) -> None:
    """What one scope becomes: a draft, or something that is named and no provider."""
    env, dropped = _texts(scope)
    key = _key(home, place, scope)
    address, real = env.get(URL, ""), key.kind != "missing"
    clouds = any(name.startswith("CLAUDE_CODE_USE_") for name in env)
    model, args, more = arguments.read(scope.args)
    name = "" if scope.kind in {"exports", "universal"} else scope.name
    if scope.settings.startswith("{"):
        _of_inline_settings(scope.settings, env)
    elif scope.settings and not address:
        _of_settings_option(home, place, scope, found)
        return
    if scope.kind == "script" and address and not real:
        key = Key(place=place)  # the account is signed in somewhere else
    elif not (clouds or (real and (address or scope.kind == "exports" or API_KEY in env))):
        if scope.kind != "exports" and scope.args:
            found.skip(name, place, "flags of claude, and no provider")
        elif address:
            found.skip(name or place.file, place, "an address without a key")
        return
    if model:
        env.setdefault("ANTHROPIC_MODEL", model)
    shown = title if title and not name else _title(place, scope)
    found.drafts.append(
        Draft(
            source=source,
            place=place,
            env=env,
            title=shown,
            name=name,
            key=key,
            args=tuple(args),
            dropped=(*dropped, *more),
            notes=(f"cc install-wrapper makes a command of it, as {name} is one",) if name else (),
        )
    )


def _title(place: Place, scope: Scope) -> str:
    if scope.kind in {"exports", "universal"}:
        return place.file.rsplit("/", 1)[-1]
    return f"{scope.name}()" if scope.kind == "function" and not place.file.endswith((".fish", ".ps1")) else scope.name


def _texts(scope: Scope) -> tuple[dict[str, str], list[Dropped]]:
    """The variables whose value can be read; the others are named."""
    env, dropped = {}, []
    for name, entry in scope.env.items():
        if name in {TOKEN, API_KEY}:
            env[name] = entry.value.text if entry.value.kind == TEXT else "set"
        elif not name.startswith(
            ("ANTHROPIC_", "CLAUDE_CODE_", "DISABLE_", "AWS_", "CLOUD_ML_", "API_TIMEOUT", "ENABLE_TOOL")
        ):
            if name.upper() in {"HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"} and entry.value.kind == TEXT:
                env[name] = entry.value.text
        elif entry.value.kind == TEXT:
            env[name] = entry.value.text
        else:
            dropped.append(Dropped(name, "its value is known only when the shell runs"))
    return env, dropped


def _key(home: Home, place: Place, scope: Scope) -> Key:
    """The key of a scope: text, a command or a variable."""
    for name in (TOKEN, API_KEY):
        entry = scope.env.get(name)
        if entry is None or entry.value == EMPTY:
            continue
        where = replace(place, file=entry.file or place.file, line=entry.line)
        if entry.value.kind == TEXT:
            made = keys.literal(entry.value.text, where)
        elif entry.value.kind == COMMAND:
            made = keys.of_command(entry.value.text, where, home.path, home.is_private)
        elif entry.value.kind == VARIABLE:
            made = keys.of_variable(entry.value.text, where)
        else:
            continue
        return made
    return Key(place=place)


def _of_inline_settings(text: str, env: dict[str, str]) -> None:
    """Settings as an argument: what the script does not export itself."""
    try:
        content = table(json_of(text))
    except Unreadable:
        return
    level = word(content.get("effortLevel") or content.get("effort"))
    if level:
        env.setdefault("CLAUDE_CODE_EFFORT_LEVEL", level)
    for name, value in words(content.get("env")).items():
        env.setdefault(name, value)


def _of_settings_option(home: Home, place: Place, scope: Scope, found: Reading) -> None:
    path = scope.settings.strip("\"' ").replace("$HOME", "~").replace("${HOME}", "~")
    path = path.removeprefix("~/").removeprefix(f"{home.path}/")
    if path not in home.files and "{" not in path:
        why = f"--settings {path}: that file is not there, or not one that was looked at"
        found.skip(scope.name, place, why, f"if it is there: cc import {Place(path).shown}")


def of_file(home: Home, path: str, found: Reading) -> bool:
    """A file that was named: a script, a start file or a file of variables. Returns whether it says anything."""
    text = home.files[path].text
    before = len(found.drafts) + len(found.skipped)
    if path.endswith(".fish"):
        _take(home, path, fish.read(text, {}), found)
    elif path.endswith(".ps1"):
        _take(home, path, powershell.read(text), found, title="PowerShell")
    elif _SHEBANG.match(text):
        of_script(home, path, found)
    else:
        file = scopes.read(text)
        _take(home, path, file, found)
        if len(found.drafts) == 0:
            _lone_keys(home, path, file, found)
    return len(found.drafts) + len(found.skipped) > before


def _lone_keys(home: Home, path: str, file: File, found: Reading) -> None:
    """Keys that stand there with no address: they are named, and it is known where they are."""
    for name, entry in file.literals.items():
        place = Place(path, name, entry.line, home.files[path].mode)
        key = keys.literal(entry.value.text, place) if entry.value.kind == TEXT else Key()
        if name.endswith(_LONE) and key.kind == LITERAL:
            found.skip(name, place, "a key, and no address that it is for", "cc add, with its provider", key)
