"""What a model has to be: a session on one that cannot call tools, or has no room, would only fail later."""

from typing import Any

import pytest

from cc_launcher.core.errors import INVALID, CcError
from cc_launcher.core.models.fitness import MIN_CONTEXT, refuse_unfit


@pytest.mark.parametrize(("context", "tools"), [(None, None), (None, True), (MIN_CONTEXT, True), (200_000, None)])
def test_what_is_fit_or_not_known_is_let_through(context: int | None, tools: bool | None) -> None:  # noqa: FBT001
    refuse_unfit("mine", "m", context=context, tools=tools)


@pytest.mark.parametrize(
    ("about", "what"),
    [
        ({"tools": False}, "mine: m cannot call tools"),
        ({"tools": False, "context": 200_000}, "mine: m cannot call tools"),
        ({"context": MIN_CONTEXT - 1}, f"mine: m has a window of {MIN_CONTEXT - 1} tokens"),
        ({"context": 0, "tools": True}, "mine: m has a window of 0 tokens"),
    ],
)
def test_what_is_not_is_refused_with_the_reason_and_a_way_out(about: dict[str, Any], what: str) -> None:
    with pytest.raises(CcError) as caught:
        refuse_unfit("mine", "m", **about)
    assert caught.value.what.startswith(what)
    assert "--anyway" in caught.value.hint
    assert caught.value.code == INVALID


def test_who_knows_how_to_widen_the_window_says_it() -> None:
    with pytest.raises(CcError) as caught:
        refuse_unfit("mine", "m", context=4096, hint="start it with a larger one")
    assert caught.value.hint == "start it with a larger one"
