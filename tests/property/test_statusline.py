"""Whatever the client passes, and whatever is kept: one line, no control characters but our colours, no exception."""

import json
import re
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from cc_launcher.core.status import Facts
from cc_launcher.core.status.figures import Figure, Quota, decode, encode
from cc_launcher.core.status.segments import PRESETS, SEGMENTS, Around, Given, line
from cc_launcher.core.text import has_control
from cc_launcher.core.text.width import width
from cc_launcher.launch.line import parsed

numbers = st.none() | st.booleans() | st.integers() | st.floats()
anything = st.recursive(
    numbers | st.text(), lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4)
)
# The keys that the client has, with anything behind them
FIELDS = (
    ("model", "id"),
    ("model", "display_name"),
    ("workspace", "current_dir"),
    ("cwd",),
    ("cost", "total_cost_usd"),
    ("cost", "total_lines_added"),
    ("cost", "total_lines_removed"),
    ("rate_limits", "five_hour", "used_percentage"),
    ("rate_limits", "seven_day", "used_percentage"),
    ("context_window", "context_window_size"),
    ("context_window", "used_percentage"),
    ("context_window", "current_usage", "input_tokens"),
    ("context_window", "current_usage", "output_tokens"),
    ("context_window", "current_usage", "cache_read_input_tokens"),
    ("context_window", "current_usage", "cache_creation_input_tokens"),
)
_NO_NUL = st.characters(exclude_characters="\0", exclude_categories=["Cs"])
_COLOUR = re.compile(r"\x1b\[\d+m")


@st.composite
def contents(draw: st.DrawFn) -> Any:
    """The client's JSON with anything in each of its places."""
    made: dict[str, Any] = {}
    for path in draw(st.lists(st.sampled_from(FIELDS), unique=True)):
        at = made
        for key in path[:-1]:
            below = at.setdefault(key, {})
            if not isinstance(below, dict):
                break
            at = below
        at[path[-1]] = draw(anything)
    return draw(st.just(made) | anything)


figures = st.builds(
    Figure,
    st.sampled_from(["5h", "wk", "balance", "budget"]) | st.text(_NO_NUL),
    used=st.none() | st.floats(),
    left=st.none() | st.floats(),
    limit=st.none() | st.floats(),
    unit=st.text(_NO_NUL, max_size=8),
    resets=st.floats(),
)


@given(
    contents(),
    st.lists(figures, max_size=3),
    st.text(),
    st.integers(0, 200),
    st.booleans(),
    st.lists(st.sampled_from(SEGMENTS)) | st.just(PRESETS["full"]),
)
def test_a_line_is_one_line(
    content: Any,
    told: list[Figure],
    text: str,
    columns: int,
    colour: bool,  # noqa: FBT001 - drawn
    segments: list[str],
) -> None:
    prices = (1.0, 1.0, 1.0, 1.0)
    facts = Facts(label=text, separator=text[:16], segments=tuple(segments), models={text: (1_000, prices)})
    quota = Quota(fetched=0.0, figures=tuple(told))
    around = Around(branch=text, protection=text, quota=quota, now=1.0, columns=columns, colour=colour)
    made = line(Given(content), facts, around)
    bare = _COLOUR.sub("", made) if colour else made
    assert not has_control(bare)
    assert "\n" not in bare
    if columns:
        assert width(bare) <= columns


@given(st.binary() | anything.map(lambda value: json.dumps(value).encode()))
def test_json_is_read_as_json_reads_it_or_not_at_all(content: bytes) -> None:
    found = parsed(content)
    try:
        expected = json.loads(content.decode("utf-8"))
    except (ValueError, RecursionError):
        return
    assert repr(found) == repr(expected)


@given(st.text() | st.lists(st.text()).map("\0".join))
def test_a_quota_that_was_tampered_with_is_refused(text: str) -> None:
    try:
        decode(text)
    except (ValueError, IndexError):
        return
    raise AssertionError(text)


amounts = st.none() | st.floats(-1e12, 1e12)
sane = st.builds(Figure, st.text(_NO_NUL), used=amounts, left=amounts, limit=amounts, resets=st.floats(0, 1e12))


@given(st.lists(sane, max_size=3))
def test_a_quota_comes_back_as_it_was(told: list[Figure]) -> None:
    kept = encode(Quota(fetched=1.5, figures=tuple(told), next=2.5, reason="r"), "https://h")
    again = decode(kept.decode(), "https://h")
    assert (again.fetched, again.next, again.reason) == (1.5, 2.5, "r")
    assert [values(figure) for figure in again.figures] == [values(figure) for figure in told]


def values(figure: Figure) -> list[Any]:
    return [getattr(figure, name) for name in Figure.__slots__]
