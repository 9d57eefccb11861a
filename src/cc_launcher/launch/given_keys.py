"""Within `cc exec`, keys stand in variables where the user's own would be: another launch is not to take them."""

import os

from cc_launcher.core.plan import GIVEN


def forget() -> None:
    """Take them out of our environment. They are for clients of that program, and perhaps of another provider."""
    for name in os.environ.pop(GIVEN, "").split():
        os.environ.pop(name, None)
