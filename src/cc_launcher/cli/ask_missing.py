"""What a profile lacks for a launch, such as an account or a model: asked for, and kept if somebody wants that."""

from dataclasses import dataclass

from cc_launcher.actions import model_list, new_profile
from cc_launcher.cli import fit_answers, pick, questions, render
from cc_launcher.core.errors import CcError
from cc_launcher.core.models import search
from cc_launcher.core.profile.model_choice import choose
from cc_launcher.core.profile.parameters import MissingParameters
from cc_launcher.core.profile.resolve import Resolved
from cc_launcher.files import guard, places, profiles, user_profiles
from cc_launcher.launch.request import Request


@dataclass(frozen=True)
class Answers:
    """What was asked for: in force at once, and written when nothing else is left to ask."""

    name: str = ""
    text: str = ""
    is_kept: bool = False

    @property
    def are_for_once(self) -> bool:
        """Whether another launch will not have them."""
        return bool(self.text) and not self.is_kept

    def write(self) -> None:
        """Keep them as a profile of the user's own."""
        if not self.is_kept:
            return
        profiles.give(self.name, "")
        if self.name in places.user_names():
            user_profiles.replace(self.name, self.text)
        else:
            user_profiles.create(self.name, self.text)
        render.talk(f"{self.name}: kept as your profile ({guard.shown(places.user_path(self.name))})")


def completed(asked: Request) -> Answers:
    """Ask for what this profile lacks for a launch; where nobody is there, that is an error with the command for it."""
    name, values, main = asked.profile, dict[str, str](), ""
    try:
        resolved = profiles.load(name)
    except MissingParameters as missing:
        if not questions.is_conversation():
            flags = " ".join(f"--value {key}=…" for key in missing.wanted)
            given = " ".join(f"values.{key}=…" for key in missing.wanted)
            missing.hint = f"cc edit {name} {given}" if name in places.user_names() else f"cc add {name} {flags}"
            raise
        render.talk(f"{missing.what}")
        values = {key: _value(missing, key) for key in missing.wanted}
        profiles.give(name, new_profile.with_answers(name, values, ""))
        resolved = profiles.load(name)
    if asked.word is None and "--pick" not in asked.flags and (fault := _has_no_model(resolved)) is not None:
        if not questions.is_conversation():
            raise fault
        main = _model(resolved)
    if not values and not main:
        return Answers()
    text = new_profile.with_answers(name, values, main)
    profiles.give(name, text)
    profiles.load(name)  # which says what is wrong with it
    return Answers(name, text, questions.agree(f"Save this as your profile {name}?", usual=True))


def _value(missing: MissingParameters, key: str) -> str:
    about = missing.wanted[key]
    example = f", such as {about.example}" if about.example else ""
    return questions.answer(f"{about.title}{example}:", fit_answers.path if about.is_path else fit_answers.value)


def _has_no_model(resolved: Resolved) -> CcError | None:
    try:
        choose(resolved.profile, resolved.name, None)
    except CcError as error:
        return error
    return None


def _model(resolved: Resolved) -> str:
    """One of the provider's list, or one that is typed where there is none."""
    answer = model_list.asked(resolved)
    rows = search.ordered([row for row in model_list.rows(resolved, answer) if pick.is_fit(row)], "name")
    if rows:
        return pick.chosen(rows, answer, "")
    if answer.trouble:
        render.talk(answer.trouble)
    return questions.answer(f"{resolved.title}: which model, by its id?", fit_answers.model)
