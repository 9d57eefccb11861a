"""`cc run`: become the client, on the profile and model that were asked for."""

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cc_launcher.cli import render
from cc_launcher.cli.given_options import taken
from cc_launcher.core.errors import USAGE, CcError
from cc_launcher.core.plan import (
    Plan,
    Private,
    arguments,
    changes_pins,
    client,
    marked_apart,
    needs_model,
    resumes,
    settings,
)
from cc_launcher.core.text import printable
from cc_launcher.core.text.names import CLIENT_ALIASES
from cc_launcher.launch import start
from cc_launcher.launch.request import VERBOSE, Request, parse

if TYPE_CHECKING:
    from cc_launcher.actions.before_launch import Link
    from cc_launcher.cli.ask_budget import Budgets
    from cc_launcher.core.profile.resolve import Resolved


_WITHOUT_IMAGES = "--without-images"


def command(
    context: typer.Context,  # noqa: ARG001 - takes what Typer would refuse
    profile: Annotated[
        str, typer.Argument(help="a profile or provider (cc ls), or -: the last one again", show_default=False)
    ] = "",
    model: Annotated[
        str, typer.Argument(help="an alias, a tier, a full name, or a unique part of one", show_default=False)
    ] = "",
    *,
    sealed: Annotated[bool, typer.Option("--sealed", help="keep the secret out of the session's environment")] = False,
    env: Annotated[
        list[str] | None,
        typer.Option("--env", metavar="NAME=VALUE", help="set a variable in the session", show_default=False),
    ] = None,
    pick: Annotated[bool, typer.Option("--pick", help="choose the model from a list")] = False,
    anyway: Annotated[
        bool, typer.Option("--anyway", help="also on a model without tools, with too small a window, or over budget")
    ] = False,
    check: Annotated[
        bool, typer.Option("--check", help="ask the provider for one token first, and start nothing if it says no")
    ] = False,
    fallback: Annotated[
        str,
        typer.Option(
            "--fallback",
            metavar="PROFILE[,PROFILE…]",
            help="ask first, and use the next of these if one is down, out of credit or rate limited",
            show_default=False,
        ),
    ] = "",
    stay: Annotated[
        bool,
        typer.Option("--stay", help="with --fallback: also within the session, when the provider fails there"),
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="say what would happen, and start nothing")] = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="with --dry-run, before the profile: each variable, and the command")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="with --dry-run: for programs")] = False,
    without_images: Annotated[
        bool, typer.Option("--without-images", help="with --resume, on a model that takes none: images become text")
    ] = False,
) -> None:
    """Start Claude Code on a profile. What follows PROFILE and MODEL, or --, goes to claude unchanged.

    Without a profile: this project's (cc use), else the last one, else one from a list. What is missing is asked for: a
    key, a model, Claude Code itself.

    cc run
    cc run -
    cc run openrouter glm-5.3
    cc run zai -p "what does this project do?"
    cc run openrouter --pick
    cc run --check zai
    cc run --fallback openrouter,ollama zai
    cc run --fallback openrouter --stay zai
    cc run --dry-run deepseek
    """
    raise AssertionError(
        profile, model, sealed, env, pick, anyway, check, fallback, stay, dry_run, verbose, as_json, without_images
    )  # only its help is used: see `execute`


def execute(args: list[str]) -> int:
    """Launch, or print what a launch would be."""
    from cc_launcher.cli import ask_profile  # 200 ms that the help does not pay

    asked = parse(args)
    dry = "--dry-run" in asked.flags
    if "--json" in asked.flags and not dry:
        raise CcError("cc run: --json goes with --dry-run", "options of claude go after --: cc run PROFILE -- --json")
    if VERBOSE[0] in asked.flags and not dry:
        raise CcError(
            "cc run: --verbose goes with --dry-run", "options of claude go after the profile: cc run PROFILE --verbose"
        )
    if _WITHOUT_IMAGES in asked.flags and not resumes(asked.rest):
        raise CcError(
            f"cc run: {_WITHOUT_IMAGES} goes with --resume", f"cc run {_WITHOUT_IMAGES} PROFILE --resume ID", code=USAGE
        )
    ask_profile.fill_in(asked)
    return _shown(asked) if dry else _launched(asked)


def _launched(asked: Request) -> int:
    """Become the client, when nothing is missing any more."""
    from cc_launcher.actions import before_launch
    from cc_launcher.cli import ask_missing, questions, way_in
    from cc_launcher.files import profiles

    answers = ask_missing.completed(asked)
    _pick(asked)
    loaded = profiles.load(asked.profile)
    chain = _chain(asked, loaded)
    budgets = _budgets(asked, loaded, chain)
    stays = _stays(asked, loaded, chain)
    if budgets is not None and len(chain) < 2:
        budgets.ask(loaded)
    ready = way_in.prepared(asked, answers, asks_anyway=bool(chain))
    if chain:
        named, _ = taken(asked.rest, "--model")
        refuse = {} if budgets is None or len(chain) == 1 else {"refuse": budgets.refuse}
        screen = questions.screen()
        first = before_launch.first_ready(asked, chain, named[-1] if named else "", screen, ready.read, **refuse)
        ready = way_in.with_plan(ready, first.planned, first.read)
    plan, user = ready.planned.plan, asked.rest
    if resumes([*plan.args, *user]):
        from cc_launcher.cli import going_on  # only who goes on with a session pays for it

        plan, user = going_on.settled(ready.planned, user, without_images=_WITHOUT_IMAGES in asked.flags)
    if stays and plan.profile != chain[-1].name:
        from cc_launcher.cli import run_stay

        return run_stay.run(asked, plan, user, ready, chain, budgets, _arguments_as_priced)
    plan = _as_priced(plan, user)
    if budgets is not None:
        plan, user = budgets.held(plan, ready.planned.resolved, user)
    return start.launch(plan, _arguments(plan, user, dict(ready.planned.machine.network)), ready.remember, ready.read)


def _stays(asked: Request, loaded: "Resolved", chain: "list[Link]") -> bool:
    """Whether we wait beside the client. What is to be asked for that is asked here, before anything is sent."""
    if "--stay" not in asked.flags and not loaded.profile.in_session:
        return False
    from cc_launcher.cli import run_stay  # other launches do not pay for it

    if not run_stay.is_wanted(asked, loaded, chain):
        return False
    if "--dry-run" not in asked.flags:
        run_stay.settle(chain, f"cc run {asked.profile}")
    return True


def _arguments_as_priced(plan: Plan, user: list[str], hidden: dict[str, str]) -> list[str]:
    return _arguments(_as_priced(plan, user), user, hidden)


def _budgets(asked: Request, loaded: "Resolved", chain: "list[Link]") -> "Budgets | None":
    """The budgets that are to be held; nothing where no profile has one."""
    if loaded.profile.budget is None and all(link.resolved.profile.budget is None for link in chain):
        return None
    from cc_launcher.cli.ask_budget import Budgets  # other launches do not pay for it

    return Budgets(asked)


def _shown(asked: Request) -> int:
    """What a launch would be."""
    from cc_launcher.actions import planning
    from cc_launcher.cli import brief, plan_view, questions
    from cc_launcher.files import profiles

    _pick(asked)
    loaded = profiles.load(asked.profile)
    chain = _chain(asked, loaded)
    stays = chain if _stays(asked, loaded, chain) else []
    planned = planning.plan(asked, for_real=False, ask=True, screen=questions.screen())
    goes_on = None
    if resumes([*planned.plan.args, *asked.rest]):
        from cc_launcher.cli import going_on

        goes_on = going_on.shown(planned, asked.rest, without_images=_WITHOUT_IMAGES in asked.flags)
    planned = replace(planned, plan=_as_priced(planned.plan, asked.rest))
    argv = _arguments(planned.plan, asked.rest, dict(planned.machine.network))
    argv = [plan_view.IN_MEMORY if isinstance(argument, Private) else argument for argument in argv]
    if "--json" in asked.flags:
        data = plan_view.as_data(planned, argv, chain, stays)
        render.envelope("run", data | ({"take_over": goes_on} if goes_on is not None else {}))
    elif VERBOSE[0] in asked.flags:
        plan_view.show(planned, argv, chain, stays)
    else:
        words = ["cc run --dry-run -v", asked.profile, asked.word]
        more = f"{' '.join(filter(None, words))}: each variable, and the command"
        brief.show(planned, more, chain, [brief.Line("then", text) for text in plan_view.within(stays)])
    return 0


def _pick(asked: Request) -> None:
    if "--pick" in asked.flags:
        from cc_launcher.cli import pick  # with questionary

        asked.word = pick.model(asked)


def _chain(asked: Request, loaded: "Resolved") -> "list[Link]":
    """The profiles that are asked first, in turn; none where nobody is."""
    from cc_launcher.actions import before_launch

    names = asked.fallback or loaded.profile.fallback
    if not names and "--check" not in asked.flags:
        return []
    from cc_launcher.claude import this_machine

    if not needs_model(asked.rest, client.subcommands(this_machine.client_version())):
        if asked.fallback or "--check" in asked.flags:
            render.talk(f"{asked.profile}: not asked first: claude {asked.rest[0]} needs no model")
        return []
    return before_launch.chain(asked, loaded, names)


def _arguments(plan: Plan, user: list[str], hidden: dict[str, str] | None = None) -> list[str]:
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


def _as_priced(plan: Plan, user: list[str]) -> Plan:
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
