"""What a shell file sets for the client: once at the top, and once for each alias, function, arm and branch in it."""

import re
from collections import ChainMap
from collections.abc import Iterator, Mapping, MutableMapping
from dataclasses import dataclass, field, replace

from cc_launcher.core.importing.shell.line_numbers import LineNumbers
from cc_launcher.core.importing.shell.script import Branch, Choice, Command, Node, parse
from cc_launcher.core.importing.shell.words import COMMAND, EMPTY, NOBODY_KNOWS, TEXT, VARIABLE, Value, value_of

_ASSIGNED = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)=", re.ASCII)
_ANY = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)\+?=", re.ASCII)
_FLAG = re.compile(r"--[a-z][a-z0-9-]*")
_OF_PROVIDERS = ("ANTHROPIC_", "CLAUDE_CODE_USE_")
_OF_CLIENT = ("ANTHROPIC_", "CLAUDE_CODE_", "claude")
_DECLARES = frozenset({"export", "declare", "typeset", "readonly", "local"})
_BEFORE = frozenset({"exec", "command", "then", "do", "time", "noglob", "builtin"})
_WITHOUT_VALUES = frozenset({"source", ".", "unset"}) | _BEFORE
_WITH_VALUES = _DECLARES | {"env"}
_FIRST = re.compile(r"[A-Za-z0-9_./+:@%,-]+(?=[ \t\r]|\Z)")  # a word that is no assignment
URL, TOKEN, API_KEY = "ANTHROPIC_BASE_URL", "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_API_KEY"
_TELLING = frozenset({URL, TOKEN, API_KEY}) | {f"CLAUDE_CODE_USE_{cloud}" for cloud in ("BEDROCK", "VERTEX", "FOUNDRY")}


@dataclass
class Set:
    """A variable that is set, and where."""

    value: Value
    line: int
    file: str = ""
    repeated: bool = False  # from another variable, which stands there


@dataclass
class Scope:
    """What holds in one place of a file."""

    kind: str  # exports, alias, function, arm, script
    name: str
    line: int
    last: int = 0
    env: dict[str, Set] = field(default_factory=dict)
    args: list[str] = field(default_factory=list)  # of the claude that it starts
    starts: bool = False  # it starts claude
    settings: str = ""  # a file that it is told to take

    @property
    def telling(self) -> bool:
        """Whether anything of a provider stands in it."""
        return any(name in self.env for name in _TELLING)


@dataclass
class File:
    """What a whole file says."""

    scopes: list[Scope] = field(default_factory=list)
    literals: dict[str, Set] = field(default_factory=dict)  # all that is set at the top
    sourced: list[str] = field(default_factory=list)
    comments: list[tuple[int, str, str]] = field(default_factory=list)  # line, variable, value


_REPEATS = re.compile(r"\"?\$(?:\w+|\{.*\})\"?", re.ASCII | re.DOTALL)
_NOWHERE = Set(EMPTY, 0)
_COMMENT = re.compile(r"^[ \t]*#+[ \t]*(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_]*)=([^\s]+)", re.MULTILINE)


def read(
    text: str, known: MutableMapping[str, Set] | None = None, *, script: str = "", nodes: list[Node] | None = None
) -> File:
    """Everything that a file of a Bourne shell says; `script` is the name of one that is a command of its own.

    `nodes` are those of the text, where somebody has read it already.
    """
    found = File()
    nodes = parse(text) if nodes is None else nodes
    top = Scope("script" if script else "exports", script, 1)
    _Reader(found, known or {}, script).body(nodes, top)
    lines = LineNumbers(text)
    found.comments = [(lines.at(each.start()), each[1], each[2].strip("'\"")) for each in _COMMENT.finditer(text)]
    return found


class _Reader:
    """Goes through the nodes of a file."""

    def __init__(self, file: File, known: MutableMapping[str, Set], script: str) -> None:
        self.file = file
        self.known = known
        self.script = script
        self.flags: dict[str, str] = {}  # of a loop over the arguments: the variable that a flag sets
        self.depth = 0

    def body(self, nodes: list[Node], scope: Scope, *, quiet: bool = False) -> None:
        """One way through: branches that choose a provider become scopes of their own."""
        split: list[Scope] = []
        if scope.kind == "exports":
            self.file.literals = scope.env  # what is set at the top, as it grows
        for node in nodes:
            if isinstance(node, Command):
                for each in (*split, scope):
                    self._command(node, each)
            elif isinstance(node, Choice):
                made = self._choice(node, scope)
                split = split or made
            elif node.kind == "function":
                self._function(node)
            elif node.kind == "loop":
                self._loop(node)
            else:
                self.body(node.body, scope, quiet=True)
        told = [] if quiet or not (scope.telling or scope.args or scope.settings) else [scope]
        self.file.scopes += split or told

    def _function(self, node: Branch) -> None:
        if not _mentions(node.body):
            return
        scope = Scope("function", node.name, node.line, _last(node.body, node.line))
        self.depth += 1
        if self.depth < 20:
            _Reader(self.file, self._all(), node.name).body(node.body, scope)
        self.depth -= 1

    def _loop(self, node: Branch) -> None:
        """A loop over the arguments: which flag sets which variable."""
        for inner in node.body:
            for branch in inner.branches if isinstance(inner, Choice) else ():
                flag = _FLAG.search(branch.name)
                for command in branch.body:
                    if flag and isinstance(command, Command) and (match := _ASSIGNED.match(command.text)):
                        self.flags.setdefault(match[1], flag[0])

    def _choice(self, node: Choice, scope: Scope) -> list[Scope]:
        made = []
        for branch in node.branches:
            if not _mentions(branch.body, _OF_PROVIDERS):
                continue
            name = scope.name
            if branch.kind == "arm":
                name = branch.name.split("|")[0].strip("\"'*")
            elif branch.kind == "then" and (flag := self._flag_of(branch.name)):
                name = f"{scope.name} {flag}".strip()
            inner = replace(scope, name=name, line=branch.line, env=dict(scope.env), args=list(scope.args))
            inner.kind = "arm" if branch.kind == "arm" else scope.kind
            before = set(scope.env)
            reader = _Reader(File(), ChainMap(scope.env, self._all()), self.script)
            reader.flags = self.flags
            reader.body(branch.body, inner, quiet=True)
            new = reader.file.scopes or [inner]
            for each in new:
                if each.telling and {*each.env} - before & _TELLING and _differs(each, scope):
                    each.last = _last(branch.body, branch.line)
                    made.append(each)
        return made

    def _flag_of(self, test: str) -> str:
        return next(
            (flag for variable, flag in self.flags.items() if f"${variable}" in test or f"${{{variable}" in test), ""
        )

    def _command(self, command: Command, scope: Scope) -> None:
        if not _may_tell(command.text):
            return
        words = command.words
        while words and words[0] in _BEFORE:
            words = words[1:]
        if not words:
            return
        if words[0] == "alias":
            self._alias(words[1:], command.line)
        elif words[0] in {"source", "."} and len(words) > 1:
            self.file.sourced.append(words[1])
        elif words[0] in _DECLARES:
            self._assign([word for word in words[1:] if _ASSIGNED.match(word)], command.line, scope)
        elif words[0] == "unset":
            for name in words[1:]:
                scope.env.pop(name, None)
        else:
            self._plain(words, command.line, scope)

    def _plain(self, words: list[str], line: int, scope: Scope) -> None:
        if words[0] == "env":
            words = words[1:]
            while words and words[0].startswith("-"):
                words = words[1:]
        given = []
        for word in words:
            if not _ANY.match(word):
                break
            given.append(word)
        rest = words[len(given) :]
        if not rest or is_claude(rest[0]):
            self._assign(given, line, scope)
        if rest and is_claude(rest[0]):
            scope.starts = True
            self._arguments(rest[1:], scope)

    def _arguments(self, words: list[str], scope: Scope) -> None:
        known = self._values(scope)
        for index, word in enumerate(words):
            value, _ = value_of(word, known)
            if value.kind == TEXT and value.text == "--settings" and index + 1 < len(words):
                following, _ = value_of(words[index + 1], known)
                scope.settings = following.text if following.kind == TEXT else words[index + 1]
            if value.kind == TEXT and "[@]" not in word and "$" not in word:
                scope.args.append(value.text)

    def _assign(self, words: list[str], line: int, scope: Scope) -> None:
        for word in words:
            match = _ASSIGNED.match(word)
            if match is None or word[match.end() :].startswith("("):
                continue
            raw = word[match.end() :]
            value, end = value_of(raw, self._values(scope))
            at = self._source_of(raw, scope)
            scope.env[match[1]] = Set(
                value if end >= len(raw.rstrip()) else NOBODY_KNOWS, at.line or line, at.file, at.line > 0
            )

    def _source_of(self, raw: str, scope: Scope) -> Set:
        """Where the value of a variable stands, if it is repeated from one."""
        if _REPEATS.fullmatch(raw) is None:
            return _NOWHERE
        value, _ = value_of(raw)
        origin = self._found(scope, value.text) if value.kind == VARIABLE else None
        return origin if origin is not None and origin.value.kind == TEXT else _NOWHERE

    def _alias(self, words: list[str], line: int) -> None:
        for word in words:
            match = re.match(r"([A-Za-z0-9_.:+-]+)=", word)
            if match is None:
                continue
            body, _ = value_of(word[match.end() :], {})
            text = body.text if body.kind == TEXT else word[match.end() :].strip("'\"")
            if "claude" not in text and "ANTHROPIC_" not in text:
                continue
            scope = Scope("alias", match[1], line, line)
            inner = _Reader(File(), self._all(), match[1])
            inner.body(parse(text), scope, quiet=True)
            for entry in scope.env.values():
                entry.line = entry.line if entry.repeated else line
            if scope.telling or scope.starts:
                self.file.scopes.append(scope)

    def _all(self) -> MutableMapping[str, Set]:
        return ChainMap(self.file.literals, self.known)

    def _found(self, scope: Scope, name: str) -> Set | None:
        return scope.env.get(name) or self.file.literals.get(name) or self.known.get(name)

    def _values(self, scope: Scope) -> "_Values":
        return _Values((scope.env, self.file.literals, self.known))


class _Values(Mapping[str, Value]):
    """The values that can be read, of several tables without a copy: a start file may set thousands."""

    def __init__(self, tables: tuple[Mapping[str, Set], ...]) -> None:
        self.tables = tables

    def __getitem__(self, name: str) -> Value:
        for table in self.tables:
            entry = table.get(name)
            if entry is not None and entry.value.kind in {TEXT, COMMAND}:
                return entry.value
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return iter({name for table in self.tables for name in table})

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _may_tell(text: str) -> bool:
    """Whether a command has to be cut into words. Of thousands, a few do."""
    if "claude" in text or "ANTHROPIC_" in text:
        return True
    first = _FIRST.match(text)
    if first is None:  # a quote, an expansion, an assignment
        return "=" in text
    return first[0] in _WITHOUT_VALUES or (first[0] in _WITH_VALUES and "=" in text)


def _mentions(nodes: list[Node], marks: tuple[str, ...] = _OF_CLIENT) -> bool:
    """Whether anything of the client stands in there. In most of a start file there is nothing, and it is long."""
    for node in nodes:
        if isinstance(node, Command):
            if any(mark in node.text for mark in marks):
                return True
        else:
            inner = [each.body for each in node.branches] if isinstance(node, Choice) else [node.body]
            if any(_mentions(body, marks) for body in inner):
                return True
    return False


def is_claude(word: str) -> bool:
    """Whether this word starts the client."""
    return word.strip("'\"").rsplit("/", 1)[-1] in {"claude", "claude-code"}


def _differs(inner: Scope, outer: Scope) -> bool:
    return any(name in _TELLING and outer.env.get(name) != entry for name, entry in inner.env.items())


def _last(nodes: list[Node], line: int) -> int:
    last = line
    for node in nodes:
        last = max(last, node.line)
        if isinstance(node, Branch):
            last = max(last, _last(node.body, node.line))
    return last
