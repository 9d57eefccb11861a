"""The client's arguments for a launch: the user's own and our pins, which share some options."""

import json
import os
from pathlib import Path

from cc_launcher.cli import render
from cc_launcher.cli.given_options import taken
from cc_launcher.core.errors import USAGE, CcError
from cc_launcher.core.plan import Plan, Private, arguments, changes_pins, marked_apart, settings
from cc_launcher.core.text import printable
from cc_launcher.core.text.names import CLIENT_ALIASES
from cc_launcher.launch import start


def of_client(plan: Plan, user: list[str], hidden: dict[str, str] | None = None) -> list[str]:
    """The client's arguments. The user's `--settings` and our pins become one: the client takes the last alone."""
    pins = marked_apart(plan, user, settings(plan, start.inherited(), hidden))
    if not pins or not changes_pins(user) or user[0] in plan.subcommands:
        return arguments(plan, user, pins)
    from cc_launcher.claude import settings_files as client_settings

    given, left = taken(user, "--settings")
    models = _named(user)
    managed = client_settings.allowing(plan.managed, models)
    private, pins = isinstance(pins, Private), client_settings.allowing(pins, models)
    mode_args = plan.mode_args
    if managed and taken(left, "--managed-settings")[0]:
        lost = ["a settings file may add models"] if '"availableModels"' in managed else []
        lost += ["Claude Code guesses what the session costs"] if '"modelPricing"' in managed else []
        render.talk(f"{plan.profile}: your --managed-settings replaces ours, so {', and '.join(lost)}")
        managed = ""
    if given:
        text = _settings_text(given[-1])
        pins = client_settings.merged(text, pins)
        mode_args = () if client_settings.chooses_mode(text) else mode_args
        # What stands in a file of the user's may not be for everybody to see, as an argument is.
        private = private or (bool(plan.memory) and not _is_inline(given[-1]))
    return arguments(plan.but(managed=managed, mode_args=mode_args), left, Private(pins) if private else pins)


def as_priced(plan: Plan, user: list[str]) -> Plan:
    """The plan with what the status line is told: the user's own arguments may take prices away, or name a model."""
    if not plan.pins or not changes_pins(user) or user[0] in plan.subcommands:
        return plan
    from cc_launcher.core.plan import pins as pins_of

    own = bool(taken(user, "--managed-settings")[0])
    return pins_of.repriced(plan, _named(user), replaced=own)


def _named(user: list[str]) -> list[str]:
    """The models that the user's arguments name for the client."""
    models = [name for option in ("--model", "--fallback-model") for name in taken(user, option)[0]]
    return [name for name in models if name.lower() not in CLIENT_ALIASES]


def _is_inline(value: str) -> bool:
    return value.lstrip().startswith("{")


def _settings_text(value: str) -> str:
    """The user's settings as JSON text: given inline, or as a file."""
    inline = _is_inline(value)
    shown = "the JSON given" if inline else printable(value)
    try:
        text = value if inline else Path(os.path.expanduser(value)).read_bytes().decode("utf-8-sig")
        content = json.loads(text)
    except OSError as bad:
        raise CcError(
            f"--settings: {shown}: {bad.strerror}",
            "it is merged with what the launch pins, so it must be readable",
            code=USAGE,
        ) from None
    except (ValueError, RecursionError) as bad:
        where = {UnicodeDecodeError: "not UTF-8", RecursionError: "nested too deeply"}.get(type(bad), "")
        where = f"line {bad.lineno}" if isinstance(bad, json.JSONDecodeError) else where
        raise CcError(
            f"--settings: {shown}: not JSON ({where})", "fix it: the client would ignore the whole file", code=USAGE
        ) from None
    if not isinstance(content, dict):
        raise CcError(f"--settings: {shown}: is not a JSON object", 'it should look like {"env": {…}}', code=USAGE)
    return json.dumps(content)
