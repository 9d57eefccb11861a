"""`cc remove`: a profile of the user's, with what belongs to it."""

from collections.abc import Iterator
from typing import Annotated

import typer

from cc_launcher.actions import removal, secret_values, wrapping
from cc_launcher.cli import questions, render
from cc_launcher.core.errors import INVALID, USAGE, CcError
from cc_launcher.core.stores.references import Reference
from cc_launcher.files import follows, guard, places, plan_cache, records, user_profiles, wrappers
from cc_launcher.secrets import keep


def command(
    name: Annotated[str, typer.Argument(help="a profile of yours", show_default=False)],
    *,
    keep_secret: Annotated[bool, typer.Option("--keep-secret", help="leave its secret where it is")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="do not ask")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="say what would be removed, and remove nothing")] = False,
) -> None:
    """Remove a profile, its secret, its wrappers and its cached plans. It says what goes and asks.

    cc remove work
    cc remove work --keep-secret

    The secret goes if `cc` keeps it, for this profile alone.
    """
    try:
        user_profiles.read(name)  # or it is none of the user's
    except CcError as error:
        if error.code != INVALID:  # what cannot be read can be removed, too
            raise
    children = user_profiles.extending(name)
    if children:
        raise CcError(
            f"{name}: {', '.join(children)} extends it",
            f"cc edit {children[0]} extends=…, or remove that first",
            code=USAGE,
        )
    reference = None if keep_secret else _own_secret(name)
    scripts = [found for found in wrappers.installed() if found.wrapper and found.wrapper.profile == name]
    for line in _what_goes(name, reference, scripts, keep_secret=keep_secret):
        render.talk(line)
    if dry_run:
        return
    questions.confirm(f"Remove {name}?", yes=yes)
    if reference is not None:
        try:
            keep.remove(reference, name)
            records.note_gone(str(reference))
        except CcError as error:
            raise CcError(
                f"{error.what}; nothing was removed", "--keep-secret removes the rest", code=error.code
            ) from None
    removal.of_profile(name)
    render.talk(f"{name}: removed")
    ours = [found.path for found in scripts if found.state == wrappers.OURS]
    for line in (line for path in ours for line in wrapping.removed(path, force=False)):
        render.talk(line)


def _what_goes(
    name: str, reference: Reference | None, scripts: list[wrappers.Found], *, keep_secret: bool
) -> Iterator[str]:
    yield f"the profile  {guard.shown(places.user_path(name))}"
    if reference:
        yield f"its secret   {reference}, in {reference.kept_by.title}"
    elif not keep_secret:
        yield "its secret   stays: cc did not keep it, or another profile uses it too"
    for found in scripts:
        stays = "" if found.state == wrappers.OURS else " stays: it was edited by hand"
        yield f"its wrapper  {guard.shown(found.path)}{stays}"
    source = follows.of_profile(name)
    if source is not None:
        yield f"its source   {source.shown} is no longer followed"
    yield f"its plans    {plan_cache.count(name)} cached"


def _own_secret(name: str) -> Reference | None:
    """The secret that is this profile's alone, in a store that we write, and that is there."""
    try:
        from cc_launcher.files import profiles

        reference = secret_values.to_keep(profiles.load(name))
    except CcError:  # an invalid profile can be removed, too
        return None
    others = [other for other in secret_values.using(reference) if other != name]
    shared = others or reference.name in set(places.catalog_names()) - {name}
    if shared or reference.store == "file" or not keep.can_keep(reference) or keep.look(reference, name)[0]:
        return None
    return reference
