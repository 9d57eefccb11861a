"""Search, filter and sort a list of models, and say its numbers in a few letters."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cc_launcher.core.errors import USAGE, CcError
from cc_launcher.core.models.listing import Listed
from cc_launcher.core.text.nearest import nearest

SORTS = ("name", "context", "price")
_COUNT = re.compile(r"(\d{1,9}(?:\.\d{1,6})?)([kKmM]?)")
_THOUSAND, _MILLION = 1_000, 1_000_000
_NEAREST = 10
_FAR = float("inf")


@dataclass(frozen=True)
class Row:
    """A model in a list, with the short names that the profile has for it."""

    listed: Listed
    aliases: tuple[str, ...] = ()
    is_live: bool = True  # or the profile alone names it

    @property
    def words(self) -> str:
        """All that a search looks at."""
        return " ".join((self.listed.id, self.listed.name, *self.aliases)).lower()


@dataclass(frozen=True)
class Filter:
    """One condition, by the option that sets it, and what passes."""

    option: str
    passes: Callable[[Listed], bool]


def filters(*, free: bool, tools: bool, min_context: str, max_price: float | None) -> list[Filter]:
    """The conditions of a command line. What is not known does not pass."""
    found = []
    if free:
        found.append(Filter("--free", lambda model: model.free is True))
    if tools:
        found.append(Filter("--tools", lambda model: model.tools is True))
    if min_context:
        least = count_of(min_context)
        found.append(Filter("--min-context", lambda model: model.context is not None and model.context >= least))
    if max_price is not None:
        found.append(
            Filter("--max-price", lambda model: model.input_price is not None and model.input_price <= max_price)
        )
    return found


def count_of(text: str) -> int:
    """A number of tokens: 131072, 200k, 1m."""
    match = _COUNT.fullmatch(text.strip())
    if match is None:
        raise CcError(f"{text} is not a number of tokens", "such as 200k, 1m or 131072", code=USAGE)
    return int(float(match[1]) * {"": 1, "k": _THOUSAND, "m": _MILLION}[match[2].lower()])


def searched(rows: Sequence[Row], query: str) -> list[Row]:
    """The models that have every word of the query, the best match first; else those that are spelled alike."""
    words = query.lower().split()
    if not words:
        return list(rows)
    found = [row for row in rows if all(word in row.words for word in words)]
    if found:
        return sorted(found, key=lambda row: (_rank(row, words[0]), row.listed.id))
    names = {name.lower(): row for row in rows for name in (_end(row), row.listed.id, *row.aliases)}
    close = [names[name.lower()] for name in nearest(query, list(names), most=_NEAREST)]
    return list({row.listed.id: row for row in close}.values())


def _rank(row: Row, word: str) -> int:
    """How well a word names a model: its name, the beginning of it, a part."""
    known = [_end(row).lower(), row.listed.id.lower(), *(alias.lower() for alias in row.aliases)]
    if word in known:
        return 0
    return 1 if any(name.startswith(word) for name in known) else 2


def _end(row: Row) -> str:
    return row.listed.id.rsplit("/", 1)[-1]


def ordered(rows: Sequence[Row], by: str) -> list[Row]:
    """Sorted: names as one reads them, the largest window first, the lowest price first; what is not known, last."""
    keys: dict[str, Callable[[Row], tuple[object, ...]]] = {
        "name": lambda row: (row.listed.id.lower(),),
        "context": lambda row: (-(row.listed.context or 0), row.listed.id.lower()),
        "price": lambda row: (
            _FAR if row.listed.input_price is None else row.listed.input_price,
            _FAR if row.listed.output_price is None else row.listed.output_price,
            row.listed.id.lower(),
        ),
    }
    return sorted(rows, key=keys[by])


def passing(rows: Sequence[Row], conditions: Sequence[Filter]) -> list[Row]:
    """The models that meet all conditions."""
    return [row for row in rows if all(condition.passes(row.listed) for condition in conditions)]


def to_loosen(rows: Sequence[Row], conditions: Sequence[Filter]) -> str:
    """What to leave out, when nothing is left: the options without which there would be most."""
    without = {
        condition.option: len(passing(rows, [other for other in conditions if other is not condition]))
        for condition in conditions
    }
    found = [f"without {option}: {count}" for option, count in without.items() if count]
    if found:
        return ", ".join(found)
    return f"leave out {' and '.join(without)}" if without and rows else ""


def age(seconds: float) -> str:
    """How long ago something was."""
    if seconds == _FAR:
        return "unknown"
    for unit, length in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= length:
            return f"{int(seconds // length)} {unit} ago"
    return "just now"
