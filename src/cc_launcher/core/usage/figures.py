"""Tokens in their classes: of one request, or of a sum of them."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

MOST = 1_000_000_000_000  # of one figure: what is more is no count of tokens


class Figures(NamedTuple):
    """Tokens. Writes into the cache have two classes; of some, nobody says which."""

    input: int = 0
    output: int = 0
    write_5m: int = 0
    write_1h: int = 0
    write: int = 0  # of no class
    read: int = 0
    searches: int = 0  # of the web, made by the provider

    @property
    def cache_write(self) -> int:
        """All writes into the cache."""
        return self.write_5m + self.write_1h + self.write

    @property
    def length(self) -> int:
        """How long the prompt was: what decides on a price by length."""
        return self.input + self.cache_write + self.read

    def plus(self, other: "Figures") -> "Figures":
        """Both together."""
        a, b, c, d, e, f, g = self  # written out: this is added up for each request
        i, j, k, m, n, p, q = other
        return Figures(a + i, b + j, c + k, d + m, e + n, f + p, g + q)

    def beyond(self, other: "Figures") -> "Figures":
        """What is here and not there; nothing is less than nothing.

        A write may have no class in one of the two: so the sums are compared, and what is left keeps its classes as
        far as it has them.
        """
        left = max(self.cache_write - other.cache_write, 0)
        classes = []
        for mine, its in ((self.write_1h, other.write_1h), (self.write_5m, other.write_5m)):
            classes.append(min(max(mine - its, 0), left))
            left -= classes[-1]
        return Figures(
            max(self.input - other.input, 0),
            max(self.output - other.output, 0),
            classes[1],
            classes[0],
            left,
            max(self.read - other.read, 0),
            max(self.searches - other.searches, 0),
        )

    def largest(self, other: "Figures") -> "Figures":
        """The larger of each: two lines of one request."""
        return Figures(*map(max, self, other))

    def is_less(self, other: "Figures") -> bool:
        """Whether any of it is less than there: a counter that went backwards was begun again."""
        return (
            self.input < other.input
            or self.output < other.output
            or self.cache_write < other.cache_write
            or self.read < other.read
        )


NOTHING = Figures()


def sum_of(several: Iterable[Figures]) -> Figures:
    """All of them together."""
    found = NOTHING
    for each in several:
        found = found.plus(each)
    return found


def count(value: object) -> int:
    """A number of tokens, or 0 where something else stands."""
    if type(value) is int and 0 <= value <= MOST:
        return value
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= MOST:
        return 0  # not-a-number fails the comparison
    return int(value)


def classed(whole: int, write_5m: int, write_1h: int) -> tuple[int, int, int]:
    """Writes in their classes. What a provider gives no class is what is left of the whole."""
    return write_5m, write_1h, max(whole - write_5m - write_1h, 0)


def of_answer(usage: Mapping[str, Any]) -> Figures:
    """What a provider says of one answer."""
    split, tools = usage.get("cache_creation"), usage.get("server_tool_use")
    by_class = split if isinstance(split, dict) else {}
    write_5m, write_1h, write = classed(
        count(usage.get("cache_creation_input_tokens")),
        count(by_class.get("ephemeral_5m_input_tokens")),
        count(by_class.get("ephemeral_1h_input_tokens")),
    )
    return Figures(
        count(usage.get("input_tokens")),
        count(usage.get("output_tokens")),
        write_5m,
        write_1h,
        write,
        count(usage.get("cache_read_input_tokens")),
        count(tools.get("web_search_requests")) if isinstance(tools, dict) else 0,
    )


def of_sum(values: Mapping[str, Any]) -> Figures:
    """What the client has summed of a model."""
    write_5m, write_1h, write = classed(
        count(values.get("cacheCreationInputTokens")),
        count(values.get("cacheCreationEphemeral5mInputTokens")),
        count(values.get("cacheCreationEphemeral1hInputTokens")),
    )
    return Figures(
        count(values.get("inputTokens")),
        count(values.get("outputTokens")),
        write_5m,
        write_1h,
        write,
        count(values.get("cacheReadInputTokens")),
        count(values.get("webSearchRequests")),
    )
