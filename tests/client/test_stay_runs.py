"""A few of the runs by chance: `python -m tests.client.stay_runs` plays more, and says its seed."""

from __future__ import annotations

import pytest

from tests.client import stay_runs


@pytest.mark.parametrize(("kill", "form"), [("nobody", "stdin"), ("cc", "terminal"), ("client", "stream-json")])
def test_a_run_by_chance_that_is_the_same_each_time(kill: str, form: str) -> None:
    run, ended = stay_runs.one(18, 4, kill=kill, form=form)
    assert ended in {"0", "137"}, run


def test_the_seed_and_the_number_make_the_run() -> None:
    assert stay_runs.drawn(1, 2) == stay_runs.drawn(1, 2)
    assert len({stay_runs.drawn(1, number) for number in range(50)}) > 40
