"""Tasks that are given from a shell: to one profile, or the same to several at once."""

import os
from collections.abc import Callable, Sequence

from cc_launcher.actions import ask_offers
from cc_launcher.actions.ask_desk import SESSION, tariff
from cc_launcher.actions.ask_run import Running, Terms, recorded
from cc_launcher.actions.ask_runs import Runs
from cc_launcher.core.ask.amount import Limit
from cc_launcher.core.ask.errand import Errand
from cc_launcher.core.ask.outcome import Outcome
from cc_launcher.core.profile.resolve import Resolved
from cc_launcher.files import user_config
from cc_launcher.files.price_book import PriceBook
from cc_launcher.launch import paths

Look = Callable[[Sequence[Running]], None]


def asked(profiles: Sequence[Resolved], task: str, limit: Limit, look: Look, *, write: bool = False) -> list[Outcome]:
    """How each of them did it. `look` is called as they go on; a signal ends all of them."""
    config = user_config.read()
    terms = Terms(limit, paths.here(), dict(config.rates), tuple(config.ask.allow))
    book = PriceBook()
    made = [
        Running(Errand(one.name, task, write, ask_offers.is_sealed(one)), terms, tariff(book, one.name, config.rates))
        for one in profiles
    ]
    with Runs(stops=True) as runs:
        for run in made:
            runs.begin(run)
        while not all(run.is_over for run in made):
            look(made)
            runs.wait()
            runs.take_over()
    book.keep()
    outcomes = [run.outcome for run in made if run.outcome is not None]
    for outcome in outcomes:
        recorded(outcome, os.environ.get(SESSION, ""))
    return outcomes
