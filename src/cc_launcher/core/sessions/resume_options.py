"""Which session the user's arguments go on with: what they say to the client, and the same for another session.

Measured on 2.1.220 and 2.1.332: `--resume ID`, `--resume=ID`, `-r ID` and `-rID`; ID may be a title, or the path of a
transcript; short options may stand together (`-pc`, `-pr ID`).
"""

from typing import NamedTuple

from cc_launcher.core.plan import before_dashes

THIS = "this"  # the session that is named
NEWEST = "newest"  # of the project
CHOSEN = "chosen"  # in the client, from its list
_RESUME, _CONTINUE = "--resume", "--continue"
_NO_VALUE = "pcvh"  # short options that others may follow in one word
_FORKS = "--fork-session"


class Asked(NamedTuple):
    """What is to be gone on with."""

    which: str  # THIS, NEWEST or CHOSEN
    value: str  # as it was typed: an id, a title, a path, a word to search for
    prints: bool  # the client answers once and ends
    forks: bool  # it goes on as a new session


def asked(user: list[str]) -> Asked | None:
    """What the arguments go on with; nothing where they begin anew."""
    options = before_dashes(user)
    left, found = _split(options)
    if not found:
        return None
    which, value = min(found, key=lambda one: (THIS, CHOSEN, NEWEST).index(one[0]))
    return Asked(which, value, any(one in {"-p", "--print"} or _has(one, "p") for one in left), _FORKS in left)


def instead(user: list[str], session: str) -> list[str]:
    """The same arguments for this session."""
    return [_RESUME, session, *without(user)]


def without(user: list[str]) -> list[str]:
    """The same arguments for a session that begins."""
    options = before_dashes(user)
    left, _ = _split(options)
    return [*left, *user[len(options) :]]


def _split(options: list[str]) -> tuple[list[str], list[tuple[str, str]]]:
    """The arguments that say nothing of it, and what the others say."""
    left: list[str] = []
    found: list[tuple[str, str]] = []
    index = 0
    while index < len(options):
        word = options[index]
        name, equals, value = word.partition("=")
        index += 1
        if word == _CONTINUE:
            found.append((NEWEST, ""))
        elif name == _RESUME:
            if not equals and index < len(options) and not options[index].startswith("-"):
                value, index = options[index], index + 1
            found.append((THIS if value else CHOSEN, value))
        elif _is_short(word):
            rest, what, takes_next = _short(word)
            left += [rest] if rest else []
            for which, given in what:
                if which == CHOSEN and takes_next and index < len(options) and not options[index].startswith("-"):
                    found.append((THIS, options[index]))
                    index += 1
                else:
                    found.append((which, given))
        else:
            left.append(word)
    return left, found


def _short(word: str) -> tuple[str, list[tuple[str, str]], bool]:
    """Short options in one word: what is left of it, what it says, and whether the next word is its value."""
    kept, found = "", list[tuple[str, str]]()
    for at, letter in enumerate(word[1:], start=1):
        if letter == "c":
            found.append((NEWEST, ""))
        elif letter == "r":
            value = word[at + 1 :]
            found.append((THIS if value else CHOSEN, value))
            return f"-{kept}" if kept else "", found, not value
        elif letter in _NO_VALUE:
            kept += letter
        else:  # an option with a value, which is the rest of the word
            kept += word[at:]
            break
    return f"-{kept}" if kept else "", found, False


def _is_short(word: str) -> bool:
    return len(word) > 1 and word[0] == "-" and word[1] != "-"


def _has(word: str, letter: str) -> bool:
    return _is_short(word) and letter in _flags(word)


def _flags(word: str) -> str:
    """The short options of a word, up to the first that has a value."""
    end = next((at for at, letter in enumerate(word[1:]) if letter not in _NO_VALUE), len(word))
    return word[1 : end + 1]
