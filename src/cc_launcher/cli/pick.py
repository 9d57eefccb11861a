"""`cc run PROFILE --pick`: choose the model from a list in which one can search by typing."""

from collections.abc import Sequence

from cc_launcher.actions import model_list
from cc_launcher.actions.model_list import Answer
from cc_launcher.cli import questions, render
from cc_launcher.cli.questions import Entry
from cc_launcher.core.errors import NO_SUCH, USAGE, CcError
from cc_launcher.core.models import fitness, search
from cc_launcher.core.models.search import Row
from cc_launcher.core.profile.model_choice import choose
from cc_launcher.core.profile.resolve import Resolved
from cc_launcher.core.text import amounts, printable
from cc_launcher.files import profiles
from cc_launcher.launch.request import Request

_WIDEST = 60


def model(asked: Request) -> str:
    """The id that is chosen. A word on the command line leaves only the models that have it in their names."""
    if not questions.is_conversation():
        hint = f"cc models {asked.profile} prints the list: cc run {asked.profile} MODEL"
        raise CcError("--pick needs a terminal that can show a list", hint, code=USAGE)
    resolved = profiles.load(asked.profile)
    answer = model_list.asked(resolved)
    rows = search.searched(model_list.rows(resolved, answer), asked.word or "")
    if "--anyway" not in asked.flags:
        rows = [row for row in rows if is_fit(row)]
    if not rows:
        hint = f"name one as the provider writes it: cc run {asked.profile} MODEL"
        raise CcError(f"{asked.profile}: there is no list of models to choose from", hint, code=NO_SUCH)
    if answer.trouble:
        render.talk(f"{answer.trouble}; this list is {answer.dated}")
    return chosen(search.ordered(rows, "name"), answer, _usual(resolved))


def chosen(rows: Sequence[Row], answer: Answer, usual: str) -> str:
    """The id of the model that is chosen from these; the list begins at the usual one."""
    widest = min(max(len(row.listed.id) for row in rows), _WIDEST)
    entries = [Entry(_line(row, widest), row.listed.id) for row in rows]
    question = f"Which model? ({len(rows)}, {answer.dated}; type to search)"
    return str(questions.choose(question, entries, first=usual, search=True))


def is_fit(row: Row) -> bool:
    """Whether a launch on it would not be refused."""
    return row.listed.tools is not False and not (row.listed.context and row.listed.context < fitness.MIN_CONTEXT)


def _usual(resolved: Resolved) -> str:
    """The model that the profile starts on by itself."""
    try:
        return choose(resolved.profile, resolved.name, None).main
    except CcError:
        return ""


def _line(row: Row, widest: int) -> str:
    about = row.listed
    price = (
        "free"
        if about.free
        else f"${amounts.price(about.input_price)} / ${amounts.price(about.output_price)}"
        if about.input_price is not None
        else ""
    )
    aliases = f"  {', '.join(row.aliases)}" if row.aliases else ""
    window = amounts.window(about.context)
    return printable(f"{about.id:<{widest}}  {window:>5}  {price}{aliases}").rstrip()
