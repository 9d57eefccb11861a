"""The one door: where `cc` starts, and the shortest way from there.

A `cc run` whose plan is cached ends in exec from here; everything else that is ours goes on to the command line
interface, and what is not ours to the C compiler.
"""

import io
import os
import sys

from cc_launcher.core.errors import NotThere
from cc_launcher.core.plan import GIVEN, REMOTE, Plan, asks_for_jobs, changes_pins, needs_model, resumes
from cc_launcher.launch import planfile, process, start
from cc_launcher.launch.request import (
    ASK,
    BUDGET,
    COMMANDS,
    COMPLETE,
    GATEWAY,
    HANDED,
    HELP,
    MCP,
    NOT_CACHED,
    OTEL,
    REFRESH,
    parse,
)

_UNLISTED = (ASK, BUDGET, COMPLETE, GATEWAY, HANDED, MCP, OTEL, REFRESH)


def main() -> int:
    """The console scripts `cc` and `cc-launcher`."""
    for stream in ("stdin", "stdout", "stderr"):
        if getattr(sys, stream) is None:  # closed by whoever started us: nobody speaks or hears there
            setattr(sys, stream, io.StringIO())
    if GIVEN in os.environ:
        from cc_launcher.launch import given_keys  # only who is started within `cc exec` pays for it

        given_keys.forget()
    try:
        return _dispatch(sys.argv[1:])
    except KeyboardInterrupt:
        process.die_of(process.INTERRUPT)
        return 130
    except Exception as fault:  # noqa: BLE001 - no traceback reaches a user
        from cc_launcher.launch import report  # only who fails pays for it

        return report.ended_by(fault, _written_down)


def _written_down(fault: Exception) -> str:
    from cc_launcher.files import bug_log

    return bug_log.write(fault)


def _dispatch(args: list[str]) -> int:
    if not _is_ours(args):
        from cc_launcher.launch import compiler  # only who compiles pays for it

        if compiler.is_for_it(args) or (meant := _meant(args, passes_on=True)) is None:
            return compiler.pass_on(args)
        args = meant
    elif args and _is_a_word(args[0]):
        args = _meant(args, passes_on=False) or args
    if args:
        _ahead(args)
    if args and args[0] == COMPLETE:
        from cc_launcher.launch import completion

        return completion.main(args[1:])
    if args and args[0] == "statusline":
        from cc_launcher.launch import line

        if line.is_line(args[1:]):
            return line.main(args[1:])
    if args[:2] == ["secret", "get"] and any(argument.partition("=")[0] == "--reference" for argument in args):
        return _helper(args[2:])
    if args and args[0] in {ASK, BUDGET, GATEWAY, HANDED, MCP, OTEL, REFRESH}:
        return _behind(args)
    from cc_launcher.cli.app import cli  # 200 ms that a cached launch does not pay

    return cli(args)


def _ahead(args: list[str]) -> None:
    """What can be done, or begun, before the command line is there."""
    if args[0] == "run":
        _run_cached(args[1:])
    elif args[0] == "usage" and not any(word in HELP or word.startswith("--dir") for word in args):
        from cc_launcher.files import first_reading

        first_reading.begin()


def _meant(args: list[str], *, passes_on: bool) -> list[str] | None:
    """What a first word means that is no command of ours."""
    from cc_launcher.launch import first_word  # only who neither names a command nor compiles pays for it

    return first_word.meant_by(args, passes_on=passes_on)


def _helper(args: list[str]) -> int:
    """The helper of a sealed launch."""
    if "--unless-set" in args:
        from cc_launcher.claude.secret_helper import main as looking_first

        return looking_first(args)
    from cc_launcher.secrets.get import main as secret_get

    return secret_get(args)


def _behind(args: list[str]) -> int:
    """What we call ourselves, where nobody looks."""
    name, rest = args[0], args[1:]
    if args[:2] == [ASK, "child"]:
        from cc_launcher.actions import ask_child

        return _dispatch(ask_child.bound(args[2:]))
    if name == GATEWAY:
        return _gateway(rest)
    if name == HANDED:
        from cc_launcher.claude import handed_client

        return handed_client.main(rest, _dispatch)
    if name == REFRESH:
        from cc_launcher.actions.refresh import main as begin
    elif name == ASK:
        from cc_launcher.actions.ask_server import main as begin

        rest = args[2:]
    elif name == BUDGET:
        from cc_launcher.actions.budget_hook import main as begin
    elif name == OTEL:
        from cc_launcher.secrets.collector_headers import main as begin
    else:
        from cc_launcher.secrets.mcp_server import main as begin
    return begin(rest)


def _gateway(args: list[str]) -> int:
    """The parent of the gateway's engine."""
    from pathlib import Path

    from cc_launcher.files import atomic
    from cc_launcher.launch.gateway_parent import main as parent

    return parent(args, lambda path, content: atomic.write(Path(path), content))


def _is_ours(args: list[str]) -> bool:
    """Whether this is for us, or for the C compiler whose name we share."""
    if os.path.basename(sys.argv[0]).startswith("cc-launcher"):
        return True
    if not args:
        return sys.stdin.isatty() and sys.stdout.isatty()
    return not _is_a_word(args[0]) and (args[0][:1] != "-" or args[0] in HELP)


def _is_a_word(first: str) -> bool:
    """Whether this is neither an option nor a command of ours."""
    return first[:1] != "-" and first not in COMMANDS and first not in _UNLISTED


def _run_cached(args: list[str]) -> None:
    """Launch from a cached plan, or return where there is none that serves."""
    asked = parse(args)
    if asked.help or not asked.profile or asked.fallback or asked.others:
        return
    if any(flag in asked.flags for flag in NOT_CACHED):
        return
    key = planfile.key_of(asked)
    path = planfile.path_of(key)
    plan = planfile.load(key, path)
    if plan is None or (plan.pins and _is_judged_again(asked.rest)) or not _serves(plan, asked.rest):
        return
    user = _going_on(plan, asked.rest)
    if user is None:
        return
    try:
        start.launch_with(plan, user, lambda: planfile.used(path))
    except NotThere:
        if not all(map(os.isatty, (0, 1, 2))):
            raise
        return  # somebody is there to give one


def _is_judged_again(user: list[str]) -> bool:
    """Whether what the user adds has a say in what the launch may do."""
    return changes_pins(user) or bool(user and user[0] in REMOTE) or bool(asks_for_jobs(user))


def _going_on(plan: Plan, user: list[str]) -> list[str] | None:
    """The user's arguments; nothing where they go on with a session that somebody else may have seen."""
    if not resumes([*plan.args, *user]):
        return user
    from cc_launcher.actions import resumed  # only who goes on with a session pays for it

    return resumed.own(plan, user)


def _serves(plan: Plan, user: list[str]) -> bool:
    """Whether the server of a local model still says what the plan was made from."""
    if not plan.server or not needs_model(user, plan.subcommands):
        return True
    from cc_launcher.launch import server  # only who has such a server pays for it

    return server.unchanged(plan.server)
