"""A script cut into runs of words, the words that give it its shape, and the signs between them.

A start file has thousands of lines, and hardly any of them is about the client: a run is cut out in one piece, and into
its words only where somebody asks for them.
"""

import re

from cc_launcher.core.importing.shell.words import value_of

SIGN, SHAPE, RUN = "sign", "shape", "run"
Token = tuple[str, str, int]  # which of these it is, as it is written, and the line that it begins on

_ENDS = " \t\n;|&<>()"
_SHAPE = r"if|then|elif|else|fi|case|in|esac|for|select|while|until|do|done|function|\{|\}|!"
# A piece of a word, where it is easy to say where it ends. All others are left to `value_of`, which ends there, too.
_EXPANDED = r"\$[A-Za-z_]\w*+|\$\{[^{}]*+\}|\$[0-9@*\#?!$-]|\$\([^()'\"\\]*+\)|`[^`]*+`"
_PIECE = rf"""(?:[^ \t\n;|&<>()'"$`\\]++|'[^']*+'|"(?:[^"\\$`]++|\\.|{_EXPANDED})*+"|\\[^\n]|{_EXPANDED})"""
_TOKEN = re.compile(
    rf"""[ \t\r]*+(?:\\\n[ \t\r]*+)*+(?:
      (?P<lines>(?:(?:\#[^\n]*+)?\n[ \t\r]*+)++)
    | (?P<comment>\#[^\n]*+)
    | (?P<shape>{_SHAPE})(?=[{_ENDS}\r]|\Z)
    | (?P<run>{_PIECE}++(?:[ \t\r]++(?:\\\n[ \t\r]*+)*+(?!\#){_PIECE}++)*+)
    | (?P<sum>\(\((?:[^()]++|\([^()]*+\))*+\)\))
    | (?P<here><<-?[ \t]*+(?:'[^'\n]*+'|"[^"\n]*+"|\\?[\w.-]++))
    | (?P<arrow><<<|>>|[<>][&|]?)
    | (?P<sign>;;&|;;|;&|[;&|()])
    )""",
    re.DOTALL | re.ASCII | re.VERBOSE,
)
_EASY = re.compile(rf"{_PIECE}*+", re.DOTALL | re.ASCII | re.VERBOSE)
_BLANK = re.compile(r"(?:[ \t\r]|\\\n)*+")
_STREAM = re.compile(r"(?:^|[ \t\r]+)[0-9]+\Z")  # the 2 of 2>file
_OVER = "\n;|&<>)"  # a run is, in front of one of these
_BEFORE_A_WORD = frozenset({"function", "case"})  # whose next word gives it no shape, whatever it is


def tokens(text: str) -> list[Token]:
    """All of a script. What is odd in it is taken for words."""
    found: list[Token] = []
    at, line, size = 0, 1, len(text)
    heres: list[str] = []
    goes_on = False  # a command that something is sent to, or that is sent somewhere
    while at < size:
        match = _TOKEN.match(text, at)
        kind = (match.lastgroup or RUN) if match is not None else RUN
        begin, end = match.span(kind) if match is not None else (_after_blanks(text, at),) * 2
        line += text.count("\n", at, begin)
        if kind == RUN:
            end = end if begin < end and text[end : end + 1] in _OVER else _end_of_run(text, end)
            run = _without_stream(text, begin, end)
            if goes_on:
                found[-1] = (RUN, f"{found[-1][1]} {run}", found[-1][2])
            else:
                found.append((RUN, run, line))
        elif kind == SHAPE:
            found.append((SHAPE, text[begin:end], line))
            if text[begin:end] in _BEFORE_A_WORD:
                word, end = _after_blanks(text, end), _end_of_word(text, _after_blanks(text, end))
                found.append((RUN, text[word:end], line))
        elif kind == "sign":
            found.append((SIGN, text[begin:end], line))
        elif kind == "lines":
            found.append((SIGN, "\n", line))
            end = _after_heres(text, text.find("\n", begin) + 1, heres) if heres else end
            heres = []
        elif kind == "here":
            heres.append(text[begin:end])
        elif kind == "arrow":  # the name of a file is nobody's command
            end = _end_of_word(text, _after_blanks(text, end))
        goes_on = kind in {"here", "arrow"} and bool(found) and found[-1][0] == RUN
        line += text.count("\n", begin, end)
        at = end
    return found


def words(run: str) -> list[str]:
    """The words of a run, as they are written."""
    found = []
    at = _after_blanks(run, 0)
    while at < len(run):
        end = max(_end_of_word(run, at), at + 1)
        found.append(run[at:end])
        at = _after_blanks(run, end)
    return found


def _after_blanks(text: str, at: int) -> int:
    match = _BLANK.match(text, at)
    return match.end() if match is not None else at


def _end_of_word(text: str, at: int) -> int:
    match = _EASY.match(text, at)
    at = match.end() if match is not None else at
    if text[at : at + 1] not in _ENDS:
        at = value_of(text, None, at)[1]
    if text.startswith("(", at) and text[at - 1 : at] == "=":  # an array
        closed = text.find(")", at)
        return closed + 1 if closed >= 0 else len(text)
    return min(at, len(text))


def _end_of_run(text: str, at: int) -> int:
    """Where a run ends that was read up to here, in the middle of a word or behind one."""
    while True:
        at = _end_of_word(text, at)
        following = _after_blanks(text, at)
        if text[following : following + 1] in f"{_OVER}#(":
            return at
        at = following


def _without_stream(text: str, begin: int, end: int) -> str:
    if text[end : end + 1] in {"<", ">"}:
        match = _STREAM.search(text, begin, end)
        end = match.start() if match is not None else end
    return text[begin:end]


def _after_heres(text: str, at: int, heres: list[str]) -> int:
    """Behind the texts that stand in the lines to come, each up to its mark."""
    for here in heres:
        tabs = here.startswith("<<-")
        mark = here.lstrip("<-").strip(" \t").strip("'\"").lstrip("\\")
        while at < len(text):
            end = text.find("\n", at)
            end = len(text) if end < 0 else end
            line = text[at:end].rstrip("\r")
            at = min(end + 1, len(text))
            if (line.lstrip("\t") if tabs else line) == mark:
                break
    return at
