"""The helper of a session whose way to the network no pin can hold: it looks at the project, then hands out the key.

That is so where the user's proxy has a password in it, which may stand in no argument and in no settings file of ours.
"""

from pathlib import Path

from cc_launcher.claude import settings_files
from cc_launcher.core.errors import REFUSED, CcError
from cc_launcher.files import guard
from cc_launcher.launch import paths
from cc_launcher.secrets import get

OPTION = "--unless-set"


def main(args: list[str]) -> int:
    """`cc secret get … --unless-set NAME,NAME`: print the secret, if no file of the project sets one of these."""
    where = args.index(OPTION)
    names = frozenset(",".join(args[where + 1 : where + 2]).split(","))
    for file in settings_files.ordinary(paths.client_config(), paths.here()):
        taken = sorted(file.env & names)
        if file.scope != "user" and (taken or file.problem):
            what = f"sets {', '.join(taken)}" if taken else file.problem
            raise CcError(
                f"{guard.shown(Path(file.path))}: {what}: cc does not hand out the key",
                "remove it from the file: somebody else's proxy could read your session",
                code=REFUSED,
            )
    return get.main([*args[:where], *args[where + 2 :]])
