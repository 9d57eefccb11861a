"""The shape of a shell script: commands, and what is inside of functions, branches, arms and loops."""

from dataclasses import dataclass, field

from cc_launcher.core.importing.shell import runs
from cc_launcher.core.importing.shell.runs import RUN, SHAPE, SIGN, Token


@dataclass
class Command:
    """A simple command as it is written, and the line that it begins on."""

    text: str
    line: int

    @property
    def words(self) -> list[str]:
        """Its words, as they are written."""
        return runs.words(self.text)


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


# How each word that gives a script its shape is read. The others stand alone.
_READ = {
    "if": "_if",
    "case": "_case",
    "while": "_loop",
    "until": "_loop",
    "for": "_loop",
    "select": "_loop",
    "function": "_function",
    "{": "_group",
}
_DEEPEST = 50
_ENDS_OF_AN_ARM = frozenset({";;", ";;&", ";&", "esac"})


class _Parser:
    """Reads tokens into nodes."""

    def __init__(self, text: str) -> None:
        self.tokens = runs.tokens(text)
        self.at = 0
        self.depth = 0

    def _peek(self) -> Token | None:
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def body(self, until: frozenset[str]) -> tuple[list[Node], str]:
        """Nodes up to one of these words, or to the end; and the word."""
        found: list[Node] = []
        tokens, size = self.tokens, len(self.tokens)
        while self.at < size:
            kind, text, line = tokens[self.at]
            if kind == RUN and not self._is_function():
                self.at += 1
                found.append(Command(text, line))
            elif kind != RUN and text in until:
                self.at += 1
                return found, text
            elif kind == SIGN:
                self.at += 1
            else:
                node = self._shape(kind, text, line)
                if node is not None:
                    found.append(node)
        return found, ""

    def _is_function(self) -> bool:
        """Whether `()` stands behind the word that comes."""
        opens, closes = self.at + 1, self.at + 2
        return (
            closes < len(self.tokens)
            and self.tokens[opens][:2] == (SIGN, "(")
            and self.tokens[closes][:2] == (SIGN, ")")
            and len(runs.words(self.tokens[self.at][1])) == 1
        )

    def _shape(self, kind: str, text: str, line: int) -> Node | None:
        if self.depth > _DEEPEST:
            self.at = len(self.tokens)
            return None
        self.depth += 1
        try:
            if kind == RUN:
                return self._function_of(text, line)
            self.at += 1
            reader = _READ.get(text)
            return getattr(self, reader)(line) if reader is not None else None
        finally:
            self.depth -= 1

    def _group(self, line: int) -> Node:
        return Branch("group", "", line, self.body(frozenset({"}"}))[0])

    def _if(self, line: int) -> Choice:
        branches = []
        word = "if"
        while word in {"if", "elif", "else"}:
            test = ""
            if word != "else":
                begin = self.at
                self.body(frozenset({"then"}))
                test = " ".join(text for kind, text, _ in self.tokens[begin : self.at - 1] if kind != SIGN)
            begun = self.tokens[min(self.at, len(self.tokens) - 1)][2]
            body, following = self.body(frozenset({"elif", "else", "fi"}))
            branches.append(Branch("else" if word == "else" else "then", test, begun, body))
            word = following
        return Choice(branches, line)

    def _case(self, line: int) -> Choice:
        branches: list[Branch] = []
        while (each := self._peek()) is not None and each[:2] != (SHAPE, "in"):
            self.at += 1
        self.at += 1
        while (each := self._peek()) is not None:
            if each[1] == "esac":
                self.at += 1
                break
            pattern = []
            while (each := self._peek()) is not None and each[:2] != (SIGN, ")") and each[1] != "esac":
                pattern.append(each[1])
                self.at += 1
            if each is None or each[1] == "esac":
                continue
            self.at += 1
            name = "".join(part for part in pattern if part not in {"(", "\n"})
            arm = Branch("arm", name, each[2])
            arm.body, ended = self.body(_ENDS_OF_AN_ARM)
            branches.append(arm)
            if ended == "esac":
                break
        return Choice(branches, line)

    def _loop(self, line: int) -> Branch:
        self.body(frozenset({"do"}))
        return Branch("loop", "", line, self.body(frozenset({"done"}))[0])

    def _function(self, line: int) -> Node:
        named = self._peek()
        return self._function_of(named[1] if named is not None else "", line)

    def _function_of(self, name: str, line: int) -> Node:
        self.at += 1
        while (each := self._peek()) is not None and each[0] == SIGN and each[1] in {"(", ")", "\n"}:
            self.at += 1
        if each is not None and each[1] == "{":
            self.at += 1
            return Branch("function", name, line, self.body(frozenset({"}"}))[0])
        return Branch("function", name, line)
