"""`cc add`, the question of the model: from the endpoint's own list where it has one, with the window that it says."""

from cc_launcher.actions import model_list
from cc_launcher.actions.new_profile import Wanted
from cc_launcher.cli import fit_answers, questions
from cc_launcher.cli.questions import Entry
from cc_launcher.core.models import search
from cc_launcher.core.profile.resolve import Resolved
from cc_launcher.core.text import amounts

_OTHER = "another one, by its id"


def of_endpoint(wanted: Wanted, resolved: Resolved, secret: str) -> None:
    """The model of an endpoint of the user's own, and how much it holds."""
    listed = {model.id: model for model in model_list.of_endpoint(resolved, secret)}
    chosen = ""
    if listed:
        entries = [
            Entry(f"{name}  {amounts.window(model.context)}".rstrip(" ?"), name) for name, model in listed.items()
        ]
        chosen = str(
            questions.choose(
                f"Which of its {len(listed)} models? (type to search)", [*entries, Entry(_OTHER, "")], search=True
            )
        )
    wanted.tiers = {"main": chosen or questions.answer("The id of its model", fit_answers.model)}
    window = listed[chosen].context if chosen else None
    if window is None:
        asked = "How large is its window in tokens, such as 128k? (Enter if you do not know)"
        given = questions.answer(asked, fit_answers.window)
        window = search.count_of(given) if given else None
    wanted.context = window or 0


def of_provider(wanted: Wanted, resolved: Resolved) -> None:
    """The model that a session starts on."""
    tiers = resolved.profile.tiers
    usual = tiers.main or tiers.opus or tiers.sonnet
    others = [model for model in resolved.profile.models if model != usual]
    if not others and not resolved.profile.open_ended:
        return
    first = [Entry(f"{usual} (the provider's default)", "")] if usual else []
    entries = [*first, *(Entry(model, model) for model in others), Entry(_OTHER, _OTHER)]
    chosen = questions.choose("Which model to start on?", entries, search=True)
    if chosen == _OTHER:
        chosen = questions.answer("Its id", fit_answers.model)
    if chosen:
        wanted.tiers = {"main": chosen}
