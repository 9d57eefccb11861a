"""The shape of a shell script: commands, and what is inside of functions, branches, arms and loops."""

import re
from dataclasses import dataclass, field

from cc_launcher.core.importing.shell.words import value_of

_KEYWORDS = frozenset(
    {
        "if",
        "then",
        "elif",
        "else",
        "fi",
        "case",
        "in",
        "esac",
        "for",
        "while",
        "until",
        "do",
        "done",
        "function",
        "{",
        "}",
        "!",
    }
)
_SPACE = " \t"


@dataclass
class Command:
    """A simple command: its words as they are written, and the line that it begins on."""

    words: list[str]
    line: int


@dataclass
class Branch:
    """One way through a script: `then`, `else`, an arm of `case`, or all of a function or a loop."""

    kind: str  # then, else, arm, function, loop
    name: str  # of a function, the pattern of an arm, the test of a branch
    line: int
    body: list["Node"] = field(default_factory=list)


@dataclass
class Choice:
    """Several branches, of which one is taken."""

    branches: list[Branch]
    line: int


Node = Command | Branch | Choice


def parse(text: str) -> list[Node]:
    """What stands in a script. What is odd in it is taken for commands."""
    return _Parser(text).body(frozenset())[0]


@dataclass
class _Token:
    text: str  # a word, or one of ; newline ( ) ;; & | …
    line: int
    sign: bool


# How each word that opens something is read.
_READ = dict.fromkeys(_KEYWORDS, "_stray") | {
    "if": "_if",
    "case": "_case",
    "while": "_loop",
    "until": "_loop",
    "for": "_loop",
    "select": "_loop",
    "function": "_function",
    "{": "_group",
}


class _Parser:
    """Reads tokens into nodes."""

    def __init__(self, text: str) -> None:
        self.tokens = _tokens(text)
        self.at = 0
        self.depth = 0

    def _peek(self) -> _Token | None:
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def body(self, until: frozenset[str]) -> tuple[list[Node], str]:
        """Nodes up to one of these words, or to the end; and the word."""
        found: list[Node] = []
        while (token := self._peek()) is not None:
            if token.text in until and (not token.sign or token.text in {")", ";;"}):
                self.at += 1
                return found, token.text
            if token.sign:
                self.at += 1
                continue
            node = self._node(token)
            if node is not None:
                found.append(node)
        return found, ""

    def _node(self, token: _Token) -> Node | None:
        following = self.tokens[self.at + 1 : self.at + 3]
        is_function = [each.text for each in following] == ["(", ")"] and all(each.sign for each in following)
        if self.depth > 50:
            self.at = len(self.tokens)
            return None
        self.depth += 1
        try:
            kind = "function" if is_function else token.text
            return getattr(self, _READ.get(kind, "_command"))(token)  # type: ignore[no-any-return]
        finally:
            self.depth -= 1

    def _group(self, token: _Token) -> Node:
        self.at += 1
        return Branch("group", "", token.line, self.body(frozenset({"}"}))[0])

    def _stray(self, _token: _Token) -> None:
        self.at += 1

    def _command(self, token: _Token) -> Command:
        words = []
        while (each := self._peek()) is not None and not each.sign:
            words.append(each.text)
            self.at += 1
        return Command(words, token.line)

    def _if(self, token: _Token) -> Choice:
        branches = []
        self.at += 1
        word = "if"
        while word in {"if", "elif", "else"}:
            test = ""
            if word != "else":
                begin = self.at
                self.body(frozenset({"then"}))
                test = " ".join(each.text for each in self.tokens[begin : self.at - 1] if not each.sign)
            line = self.tokens[min(self.at, len(self.tokens) - 1)].line
            body, following = self.body(frozenset({"elif", "else", "fi"}))
            branches.append(Branch("else" if word == "else" else "then", test, line, body))
            word = following
        return Choice(branches, token.line)

    def _case(self, token: _Token) -> Choice:
        branches: list[Branch] = []
        self.at += 1
        while (each := self._peek()) is not None and each.text != "in":
            self.at += 1
        self.at += 1
        while (each := self._peek()) is not None:
            if each.text == "esac":
                self.at += 1
                break
            pattern = []
            while (each := self._peek()) is not None and not (each.sign and each.text == ")"):
                if each.text == "esac":
                    break
                pattern.append(each.text)
                self.at += 1
            if each is None or each.text == "esac":
                continue
            self.at += 1
            name = "".join(part for part in pattern if part not in {"(", "\n"})
            arm = Branch("arm", name, each.line)
            arm.body, ended = self.body(frozenset({";;", "esac"}))
            branches.append(arm)
            if ended == "esac":
                break
        return Choice(branches, token.line)

    def _loop(self, token: _Token) -> Branch:
        self.at += 1
        self.body(frozenset({"do"}))
        return Branch("loop", "", token.line, self.body(frozenset({"done"}))[0])

    def _function(self, token: _Token) -> Node:
        if token.text == "function":
            self.at += 1
        named = self._peek()
        name = named.text if named is not None else ""
        self.at += 1
        while (each := self._peek()) is not None and each.sign and each.text in {"(", ")", "\n"}:
            self.at += 1
        if each is not None and each.text == "{" and not each.sign:
            self.at += 1
            return Branch("function", name, token.line, self.body(frozenset({"}"}))[0])
        return Branch("function", name, token.line)


_HERE = re.compile(r"<<-?[ \t]*(?:'([^'\n]*)'|\"([^\"\n]*)\"|\\?([A-Za-z0-9_.-]+))")


_PLAIN = re.compile(r"[A-Za-z0-9_./:=,@%+~-]+(?=[ \t\n;|&)])")  # a word in which nothing means anything else


def _tokens(text: str) -> list[_Token]:
    found: list[_Token] = []
    at, line = 0, 1
    heres: list[str] = []
    while at < len(text):
        char = text[at]
        if char == "\n":
            found.append(_Token("\n", line, sign=True))
            at, line = at + 1, line + 1
            for mark in heres:
                at, line = _after_here(text, at, line, mark)
            heres = []
        elif char in _SPACE or text.startswith(("\\\n", "\r"), at):
            line += char == "\\"
            at += 2 if char == "\\" else 1
        elif char == "#":
            end = text.find("\n", at)
            at = end if end >= 0 else len(text)
        elif here := _HERE.match(text, at):
            heres.append(here[1] or here[2] or here[3])
            at = here.end()
        elif char in ";&|<>()":
            sign = ";;" if text.startswith(";;", at) else char
            found.append(_Token(sign, line, sign=True))
            at += len(sign)
        else:
            plain = _PLAIN.match(text, at)
            end = plain.end() if plain is not None else value_of(text, None, at)[1]
            end = min(max(end, at + 1), len(text))
            if text[end - 1] == "=" and text.startswith("(", end):  # an array
                closed = text.find(")", end)
                end = closed + 1 if closed >= 0 else len(text)
            word = text[at:end]
            found.append(_Token(word, line, sign=False))
            at, line = end, line + word.count("\n")
    return found


def _after_here(text: str, at: int, line: int, mark: str) -> tuple[int, int]:
    while at < len(text):
        end = text.find("\n", at)
        end = len(text) if end < 0 else end
        here = text[at:end].strip()
        at, line = min(end + 1, len(text)), line + 1
        if here == mark:
            break
    return at, line
