"""No client yet: whether and where to install it. It is installed when all else has been asked."""

from cc_launcher.claude import install, this_machine
from cc_launcher.cli import questions, render
from cc_launcher.cli.questions import Entry
from cc_launcher.core.errors import NOT_FOUND, CcError
from cc_launcher.files import guard, user_config
from cc_launcher.launch import process

_OURS, _GLOBALLY, _NOT = "ours", "globally", ""


def missing() -> CcError | None:
    """What is said where there is no client; nothing where there is one, or where a wrong one is named."""
    try:
        this_machine.client()
    except CcError as error:
        named = process.named() or user_config.read().claude
        if error.code != NOT_FOUND or named:
            raise
        return error
    return None


def how(fault: CcError, again: str) -> str:
    """Where it is to be installed. `again` is the command to go on with later."""
    if not install.npm():
        raise CcError(
            "claude is not installed, and npm, which would install it, is not installed either",
            f"install Node.js with npm (https://nodejs.org, apt install npm, brew install node), then: {again}",
            code=NOT_FOUND,
        )
    chosen = questions.choose(
        "Claude Code is not installed. Install it now? (Enter takes the first)",
        [
            Entry(f"yes, for cc, in {guard.shown(install.place())}", _OURS),
            Entry(f"yes, for the whole machine: {install.GLOBALLY}", _GLOBALLY),
            Entry("no", _NOT),
        ],
    )
    if not chosen:
        raise fault
    return str(chosen)


def install_it(chosen: str) -> None:
    """Install it there."""
    render.talk(f"installing {install.PACKAGE} with npm: 200 MB, a minute or two")
    path = install.install() if chosen == _OURS else install.install_globally()
    render.talk(f"Claude Code is installed: {path}")
