"""Where `cc` starts: what is asked, and the shortest way there.

A `cc run` whose plan is cached ends in exec from here; everything else that is ours goes on to the command line
interface, and what is not ours to the C compiler.
"""

import io
import os
import sys

from cc_launcher.core.errors import BUG, IN_THE_WAY, CcError
from cc_launcher.core.plan import changes_pins
from cc_launcher.core.text import printable
from cc_launcher.launch import planfile, process, request, start


def main() -> int:
    """The console scripts `cc` and `cc-launcher`."""
    for stream in ("stdin", "stdout", "stderr"):
        if getattr(sys, stream) is None:  # closed by whoever started us: nobody speaks or hears there
            setattr(sys, stream, io.StringIO())
    try:
        return _dispatch(sys.argv[1:])
    except CcError as error:
        report(error)
        return error.code
    except KeyboardInterrupt:
        process.die_of(process.INTERRUPT)
        return 130
    except BrokenPipeError:
        # Whoever read our output has stopped; Python would complain when it flushes at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 0
    except OSError as bad:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what is left to write fails again otherwise
        report(
            CcError(
                f"{bad.strerror or 'the system refused'}", "make room, or check where the output goes", code=IN_THE_WAY
            )
        )
        return IN_THE_WAY
    except Exception as bug:
        if os.environ.get("CC_DEBUG"):
            raise
        where = bug.__traceback__
        while where is not None and where.tb_next is not None:
            where = where.tb_next
        place = f"{os.path.basename(where.tb_frame.f_code.co_filename)}:{where.tb_lineno}" if where else "?"
        # The message of a stray exception may hold anything, a secret too: only its kind and place are shown.
        report(
            CcError(
                f"a bug of cc: {type(bug).__name__} at {place}",
                "please report it; CC_DEBUG=1 shows all of it",
                code=BUG,
            )
        )
        return BUG


def report(error: CcError) -> None:
    """Say what is wrong and what to do about it, each in one line."""
    lines = [f"cc: {error.what}", *(f"cc: {detail}" for detail in error.details)]
    if error.hint:
        lines.append(f"hint: {error.hint}")
    sys.stderr.write("".join(f"{printable(line)}\n" for line in lines))


def _dispatch(args: list[str]) -> int:
    if not _is_ours(args):
        from cc_launcher.launch import compiler  # only who compiles pays for it

        return compiler.pass_on(args)
    if args and args[0] == "run":
        _run_cached(args[1:])
    if args[:2] == ["secret", "get"] and not any(option in args for option in request.HELP):
        from cc_launcher.secrets.get import main as secret_get  # the helper of a sealed launch

        return secret_get(args[2:])
    from cc_launcher.cli.app import cli  # 200 ms that a cached launch does not pay

    return cli(args)


def _is_ours(args: list[str]) -> bool:
    """Whether this is for us, or for the C compiler whose name we share."""
    if os.path.basename(sys.argv[0]).startswith("cc-launcher"):
        return True
    if not args:
        return sys.stdin.isatty() and sys.stdout.isatty()
    return args[0] in request.COMMANDS or args[0] in request.HELP


def _run_cached(args: list[str]) -> None:
    """Launch from a cached plan, or return where there is none that serves."""
    asked = request.parse(args)
    if asked.help or not asked.profile or "--dry-run" in asked.flags or "--json" in asked.flags:
        return
    plan = planfile.load(planfile.key_of(asked))
    if plan is not None and not (plan.pins and changes_pins(asked.rest)):
        start.launch_with(plan, asked.rest)
