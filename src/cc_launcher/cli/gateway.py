"""`cc gateway`: the engine of the gateway, the gateway itself, and what it has done."""

from pathlib import Path
from typing import Annotated

import typer

from cc_launcher.actions import gateway_daemon, gateway_install, gateway_report
from cc_launcher.cli import gateway_progress, gateway_render, gateway_state_view, questions, render
from cc_launcher.core.errors import UNREACHABLE, CcError
from cc_launcher.core.usage import periods
from cc_launcher.files import gateway_engine, gateway_log, guard
from cc_launcher.files.gateway_log import Wanted

app = typer.Typer(
    help="Run the gateway: routes, splits, failover and budgets, and providers that speak OpenAI's API only.",
    no_args_is_help=True,
)

app.command("render")(gateway_render.command)

_STREAMS_END = 120.0  # seconds in which what is being answered may be finished
Yes = Annotated[bool, typer.Option("--yes", "-y", help="do not ask")]


@app.command("up")
def up(
    profiles: Annotated[
        list[str] | None,
        typer.Argument(metavar="[PROFILE]…", help="default: those that were served last", show_default=False),
    ] = None,
) -> None:
    """Start the gateway for these profiles. `cc run` does so by itself.

    cc gateway up groq
    cc gateway up

    It goes on when the terminal is closed, and ends ten minutes after the last session that was launched on it.
    """
    from cc_launcher.actions import gateway
    from cc_launcher.files import profiles as files

    names = profiles or gateway_report.last_served()
    if not names:
        raise CcError("no profile was served before", "name one: cc gateway up PROFILE")
    with gateway_progress.Progress() as progress:
        screen = questions.screen()
        found = [gateway.described(files.load(name), screen=screen) for name in dict.fromkeys(names)]
        address = gateway.served(found, screen, progress.begin)
    for one in found:
        render.talk(f"{one.profile}: served at {address}; cc run {one.profile} starts a session on it")


@app.command("down")
def down(*, now: Annotated[bool, typer.Option("--now", help="cut off what is being answered")] = False) -> None:
    """Stop the gateway. What is being answered is finished first, for two minutes at most.

    cc gateway down
    cc gateway down --now

    Sessions that are open have no model until `cc gateway up`, or the next launch; then they go on.
    """

    def wait(engines: int) -> None:
        if engines and not now:
            render.talk("the gateway finishes what it is answering (Ctrl-C: it goes on to do so, and nobody waits)")

    if gateway_daemon.down(0.0 if now else _STREAMS_END, wait):
        render.talk("the gateway is down")
    else:
        render.talk("the gateway was not running")


@app.command("status")
def status(*, as_json: Annotated[bool, typer.Option("--json", help="for programs")] = False) -> int:
    """Show what the gateway serves: its routes, the share of each target, and the budgets.

    cc gateway status
    cc gateway status --json
    """
    found = gateway_report.state()
    if as_json:
        render.envelope("gateway status", found.data())
    else:
        gateway_state_view.show(found)
    return 1 if found.fault else 0


@app.command("logs")
def logs(
    *,
    profile: Annotated[str, typer.Option("--profile", "-p", help="of this profile", show_default=False)] = "",
    session: Annotated[
        str, typer.Option("--session", help="of this session: its id, or how it begins", show_default=False)
    ] = "",
    route: Annotated[str, typer.Option("--route", help="that asked for this route", show_default=False)] = "",
    failed: Annotated[bool, typer.Option("--failed", help="that failed")] = False,
    since: Annotated[
        str, typer.Option("--since", help="from this day on: today, 7d, 2026-11-28", show_default=False)
    ] = "",
    lines: Annotated[int, typer.Option("--lines", "-n", min=1, max=100_000, help="the last so many")] = 50,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="go on showing new ones")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="for programs; with --follow, an object a line")] = False,
) -> None:
    """Show the requests: who asked for what, who served it, what it took and what it cost.

    cc gateway logs
    cc gateway logs --follow --profile groq
    cc gateway logs --failed --since today --json

    Nothing that was said is in the log.
    """
    from datetime import date

    begin = periods.begin(periods.first_day(since, date.today())) / 1000 if since else 0.0  # noqa: DTZ011 - of this place
    wanted = Wanted(profile, session, route, failed, begin, 0, lines)
    for words in gateway_report.refused_words(profile):
        render.talk(words)
    found = gateway_report.rows(wanted)
    if as_json and not follow:
        render.envelope("gateway logs", [gateway_state_view.row_data(row) for row in found])
        return
    if not found and not follow:
        render.talk("no request has come yet" if wanted == Wanted() else "there is no such request")
        return
    gateway_state_view.rows(found, as_json=as_json, titled=True)
    if follow:
        gateway_state_view.follow(wanted, found, as_json=as_json)


@app.command("metrics-key")
def metrics_key() -> None:
    """Print a new key for the metrics at /metrics; the one before is no longer valid.

    cc gateway metrics-key
    cc gateway metrics-key >prometheus-key

    It opens nothing else.
    """
    with gateway_log.opened() as log:
        key = gateway_log.metrics_key(log)
    render.out(key)


@app.command("install")
def install(
    *,
    yes: Yes = False,
    upgrade: Annotated[
        bool, typer.Option("--upgrade", help="move on to the version that this cc was tested with")
    ] = False,
    engine_python: Annotated[
        str,
        typer.Option("--engine-python", metavar="PATH", help="use LiteLLM of this Python instead", show_default=False),
    ] = "",
) -> None:
    """Install the gateway's engine, LiteLLM: a list of packages, each with its version and its sum. It asks.

    cc gateway install
    cc gateway install --yes
    cc gateway install --upgrade
    cc gateway install --engine-python ~/venvs/litellm/bin/python

    Nothing of it is a part of cc. uv is used where there is one, else pip, with their own settings for an index.
    """
    before = gateway_engine.installed()
    if engine_python:
        used = gateway_install.use(engine_python)
        render.talk(f"the gateway uses LiteLLM {used.version} of {guard.shown(Path(used.python))}")
    elif before is not None and before.is_newest and before.is_ours:
        render.talk(f"the gateway's engine is installed already: LiteLLM {before.version}")
        return
    elif before is not None and not upgrade:
        render.talk(f"the gateway's engine is LiteLLM {before.version}; another one: cc gateway install --upgrade")
        return
    else:
        render.talk(gateway_install.what_it_takes())
        command = gateway_install.COMMAND.replace(" --yes", " --upgrade --yes" if before else " --yes")
        questions.confirm("Install it?", yes=yes, command=command, code=UNREACHABLE)
        with gateway_progress.Progress() as progress:
            done = gateway_install.install(progress.begin)
        render.talk(f"the gateway's engine is installed: LiteLLM {done.version}")
    if gateway_daemon.status():
        render.talk("the gateway runs on the one before until it is started again, or a profile changes")


@app.command("uninstall")
def uninstall(*, yes: Yes = False) -> None:
    """Stop the gateway and remove its engine. The log stays, and with it what budgets have counted. It asks.

    cc gateway uninstall
    cc gateway uninstall --yes
    """
    if gateway_engine.installed() is None and not gateway_engine.own_place().parent.exists():
        render.talk("the gateway's engine is not installed")
        return
    questions.confirm("Stop the gateway and remove its engine?", yes=yes)
    gateway_daemon.down(0.0, lambda _: None)
    gateway_engine.forget()
    render.talk("the gateway's engine is removed; its log stays: cc gateway logs")
