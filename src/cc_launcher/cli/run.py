"""`cc run`: become the client, on the profile and model that were asked for."""

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from cc_launcher.cli import render, run_arguments
from cc_launcher.cli.given_options import taken
from cc_launcher.core.errors import USAGE, CcError
from cc_launcher.core.plan import (
    Plan,
    Private,
    client,
    needs_model,
    resumes,
)
from cc_launcher.launch import start
from cc_launcher.launch.request import VERBOSE, Request, parse

if TYPE_CHECKING:
    from cc_launcher.actions.before_launch import Link
    from cc_launcher.actions.screen import Screen
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
    with_: Annotated[
        str,
        typer.Option(
            "--with",
            metavar="PROFILE[,PROFILE…]",
            help="let the session give tasks to these, with a tool of its own",
            show_default=False,
        ),
    ] = "",
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
    cc run claude --with zai,ollama
    cc run --dry-run deepseek
    """
    raise AssertionError(
        (profile, model, sealed, env, pick, anyway, check, fallback, stay, with_),
        (dry_run, verbose, as_json, without_images),
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
    others = _others(asked, loaded)
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

        return run_stay.run(asked, plan, user, ready, chain, budgets)
    plan = run_arguments.as_priced(plan, user)
    if others:
        plan = _with_tool(plan, ready.planned.resolved, others, questions.screen())
    if budgets is not None:
        plan, user = budgets.held(plan, ready.planned.resolved, user)
    return start.launch(
        plan, run_arguments.of_client(plan, user, dict(ready.planned.machine.network)), ready.remember, ready.read
    )


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
    planned = replace(planned, plan=run_arguments.as_priced(planned.plan, asked.rest))
    if others := _others(asked, loaded):
        planned = replace(planned, plan=_with_tool(planned.plan, loaded, others, None))
    argv = run_arguments.of_client(planned.plan, asked.rest, dict(planned.machine.network))
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


def _others(asked: Request, loaded: "Resolved") -> "list[Resolved]":
    """The profiles that the session may give tasks to."""
    if not asked.others:
        return []
    from cc_launcher.actions import ask_offers  # other launches do not pay for it
    from cc_launcher.claude import this_machine

    if not needs_model(asked.rest, client.subcommands(this_machine.client_version())):
        return []
    return ask_offers.loaded(asked.others, loaded)


def _with_tool(plan: Plan, main: "Resolved", others: "list[Resolved]", screen: "Screen | None") -> Plan:
    """The plan of a session that may ask these. With a screen it is a launch, for which somebody has to agree."""
    from cc_launcher.actions import ask_offers

    if screen is not None:
        ask_offers.agreed(main, others, screen)
    plan = ask_offers.with_tool(plan, others)
    return plan.but(notes=(*plan.notes, *ask_offers.notes(others)))
