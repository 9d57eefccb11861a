"""`cc add` as a conversation: all questions first, then the profile is written and its key kept."""

from cc_launcher.actions.new_profile import Wanted, free_name
from cc_launcher.cli import add_steps, fit_answers, guide_address, guide_key, guide_model, questions, render
from cc_launcher.cli.ask_key import Given
from cc_launcher.core.errors import USAGE, CcError
from cc_launcher.core.profile.resolve import Resolved
from cc_launcher.core.text import names, urls
from cc_launcher.files import places, user_profiles
from cc_launcher.launch import report


def add_profile(wanted: Wanted) -> None:
    """Ask for everything, write the profile, keep the key, try it."""
    if not questions.is_conversation():
        raise CcError("cc add: this terminal cannot show a menu", "use flags: cc help add", code=USAGE)
    guide_address.ask(wanted)
    wanted.name = _name(wanted)
    key = guide_key.ask(wanted, _checked(wanted))
    if wanted.provider:
        guide_model.of_provider(wanted, _checked(wanted))
    else:
        guide_model.of_endpoint(wanted, _checked(wanted), key.given.value if key.given is not None else "")
    if key.is_needed and _checked(wanted).profile.cloud is None:
        wanted.sealed = questions.agree(
            "Keep the key out of the session's environment? The client then fetches it when it needs it", usual=False
        )
    resolved = _checked(wanted)
    _review(wanted)
    add_steps.write(wanted)
    if key.given is not None:
        _keep(resolved, key.given)
    elif key.is_named and resolved.profile.cloud is None:
        _try_out(resolved)
    add_steps.farewell(resolved)


def _checked(wanted: Wanted) -> Resolved:
    """The profile as far as it is known."""
    return user_profiles.check(wanted.name, wanted.text(), f"{wanted.name}.toml")


def _name(wanted: Wanted) -> str:
    given = wanted.name if wanted.name and not places.user_path(wanted.name).exists() else ""
    proposed = given or free_name(wanted.provider or _first_part(wanted.base_url))
    return questions.answer("A name for the profile", fit_answers.name, usual=proposed)


def _first_part(url: str) -> str:
    host = urls.name_of(url)
    part = host.split(".")[-2] if host.count(".") and not host[-1].isdigit() else "mine"
    return part if names.is_profile(part) else "mine"


def _review(wanted: Wanted) -> None:
    render.out("")
    for line in wanted.text().splitlines():
        render.out(f"  {line}")
    render.out("")
    if not questions.agree(f"Save this as {wanted.name}?", usual=True):
        raise CcError("nothing was written", "cc add starts again")


def _keep(resolved: Resolved, given: Given) -> None:
    try:
        guide_key.keep(resolved, given)
    except CcError as error:  # a store that does not take the key is no reason to lose the profile
        report.say(error)


def _try_out(resolved: Resolved) -> None:
    if not questions.agree("Ask the provider if it accepts the key? (one token)", usual=True):
        return
    try:
        add_steps.try_out(resolved)
    except CcError as error:  # the profile is there, and right as far as we can know
        report.say(error)
