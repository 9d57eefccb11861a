"""`cc run PROFILE --pick`: choose the model from a list in which one can search by typing."""

import os
import sys

import questionary
from questionary import Choice

from cc_launcher.actions import model_list
from cc_launcher.cli import render
from cc_launcher.core.errors import NO_SUCH, USAGE, CcError
from cc_launcher.core.models import fitness, search
from cc_launcher.core.models.search import Row
from cc_launcher.core.text import printable
from cc_launcher.files import profiles
from cc_launcher.launch.request import Request

_WIDEST = 60


def model(asked: Request) -> str:
    """The id that is chosen. A word on the command line leaves only the models that have it in their names."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()) or os.environ.get("TERM", "dumb") == "dumb":
        hint = f"cc models {asked.profile} prints the list: cc run {asked.profile} MODEL"
        raise CcError("--pick needs a terminal that can show a list", hint, code=USAGE)
    resolved = profiles.load(asked.profile)
    answer = model_list.asked(resolved)
    rows = search.searched(model_list.rows(resolved, answer), asked.word or "")
    if "--anyway" not in asked.flags:
        rows = [row for row in rows if _is_fit(row)]
    if not rows:
        hint = f"name one as the provider writes it: cc run {asked.profile} MODEL"
        raise CcError(f"{asked.profile}: there is no list of models to pick from", hint, code=NO_SUCH)
    if answer.trouble:
        render.talk(f"{answer.trouble}; this list is {answer.dated}")
    widest = min(max(len(row.listed.id) for row in rows), _WIDEST)
    question = f"Which model? ({len(rows)}, {answer.dated}; type to search)"
    choices = [Choice(_line(row, widest), value=row.listed.id) for row in search.ordered(rows, "name")]
    chosen = questionary.select(question, choices=choices, use_search_filter=True, use_jk_keys=False).unsafe_ask()
    return str(chosen)


def _line(row: Row, widest: int) -> str:
    about = row.listed
    price = (
        "free"
        if about.free
        else f"${search.price(about.input_price)} / ${search.price(about.output_price)}"
        if about.input_price is not None
        else ""
    )
    aliases = f"  {', '.join(row.aliases)}" if row.aliases else ""
    window = search.window(about.context)
    return printable(f"{about.id:<{widest}}  {window:>5}  {price}{aliases}").rstrip()


def _is_fit(row: Row) -> bool:
    """Whether a launch on it would not be refused."""
    return row.listed.tools is not False and not (row.listed.context and row.listed.context < fitness.MIN_CONTEXT)
