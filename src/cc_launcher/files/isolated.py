"""The configuration directory of an isolated profile, with links to what the user chose to share."""

import os
from pathlib import Path

from cc_launcher.core.errors import IN_THE_WAY, CcError
from cc_launcher.core.profile.field_types import SHAREABLE
from cc_launcher.files import atomic, guard


def prepare(directory: Path, share: tuple[str, ...], ordinary: Path) -> None:
    """Make the directory, link what is shared, and take away the links of what is shared no longer.

    What stands in a link's place and is not a link of ours is the user's, and stays.
    """
    atomic.directory(directory)
    guard.check_directory(directory)
    for name in SHAREABLE:
        link, original = directory / name, ordinary / name
        ours = link.is_symlink() and os.readlink(link) == str(original)
        try:
            if name in share and not ours and not os.path.lexists(link):
                link.symlink_to(original)
            elif name not in share and ours:
                link.unlink()
        except OSError as bad:
            raise CcError(
                f"{guard.shown(link)}: cannot be linked: {bad.strerror}",
                "check the directory's rights",
                code=IN_THE_WAY,
            ) from None
