"""`cc secret`: keep, look at, hand out and forget the secrets of profiles."""

import getpass
import os
import sys
import warnings
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cc_launcher.cli import render
from cc_launcher.cli.secret_places import all_of, one_of
from cc_launcher.core.errors import NO_SUCH, REFUSED, USAGE, CcError
from cc_launcher.core.key_shape import Shape, oddity
from cc_launcher.core.make_plan import carried_by, keep_it, reference_of
from cc_launcher.core.plan import URL
from cc_launcher.core.references import Reference
from cc_launcher.core.resolve import Resolved
from cc_launcher.files import hosts, places, profiles
from cc_launcher.launch import planfile, secret
from cc_launcher.secrets import get, keep, tools

if TYPE_CHECKING:
    from cc_launcher.net.check import Others

app = typer.Typer(
    help="Keep, look at and forget the secrets of profiles. Nothing here ever shows one.", no_args_is_help=True
)

Profile = Annotated[str, typer.Argument(help="a profile or provider: cc list-profiles", show_default=False)]
Header = Annotated[
    str,
    typer.Option(
        "--header",
        "--value",
        help="the secret of this header, or of this part of the address, where a profile has several",
        show_default=False,
    ),
]
Mcp = Annotated[
    str,
    typer.Option("--mcp", help="the secret of this MCP server: SERVER, or SERVER.HEADER", show_default=False),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="say what would be done, and do nothing")]


@app.command("set")
def set_(
    profile: Profile,
    *,
    header: Header = "",
    mcp: Mcp = "",
    from_stdin: Annotated[bool, typer.Option("--stdin", help="read it from standard input")] = False,
    check: Annotated[
        bool, typer.Option("--check", help="ask the provider whether it takes the key (one token)")
    ] = False,
    dry_run: DryRun = False,
) -> None:
    """Keep a profile's secret where the profile says, the keyring unless it says otherwise.

    It is typed at a prompt that does not show it, or read from standard input; never given as an argument.
    """
    resolved = profiles.load(profile)
    reference = to_keep(resolved, header, mcp)
    is_key = reference == reference_of(resolved, frozenset())
    if check and not is_key:
        what = f"{profile}: only its key can be checked, not the secret of a header or an MCP server"
        raise CcError(what, "leave --check out")
    if not keep.can_keep(reference):
        hint = reference.kept_by.keep(reference.name, profile)
        raise CcError(f"{profile}: cc does not write to {reference.kept_by.title} ({reference})", hint, code=REFUSED)
    if dry_run:
        render.talk(f"{profile}: the secret would be kept in {reference.kept_by.title} ({reference})")
        return
    value = read(resolved, from_stdin=from_stdin, is_key=is_key)
    if check:
        try:
            check_key(resolved, value)  # before it takes the place of one that works
        except CcError as error:
            raise CcError(f"{error.what}; it was not kept", error.hint, code=error.code) from None
    store(resolved, reference, value)


@app.command("status")
def status(
    names: Annotated[list[str] | None, typer.Argument(metavar="[PROFILE]…", show_default=False)] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="for programs")] = False,
) -> None:
    """Look where each profile's secret should be, whether it is there, and how long that took.

    Without names: your own profiles, and the providers of the catalog whose secret is there.
    """
    own = set(places.user_names())
    wanted = names or places.known()
    rows: list[dict[str, Any]] = []
    kept = None if names else keep.in_keyring(places.catalog_names())
    gone: dict[str, str] = {}  # the stores that cannot be reached at all, and why: asked once
    for name in wanted:
        try:
            resolved = profiles.load(name)
        except CcError as error:
            if names and error.code == NO_SUCH:
                raise
            if not names and name not in own:
                continue  # a provider that needs to know more before anybody can use it
            rows.append(
                {"profile": name, "reference": "", "state": f"invalid: {error.what}", "there": False, "ms": None}
            )
            continue
        for label, reference in all_of(resolved):
            if name not in own and kept is not None and reference.store == "keyring" and reference.name not in kept:
                continue
            fault, seconds = looked(resolved, reference, gone)
            if fault and not names and name not in own:
                continue
            where = f"{reference}{f' ({label})' if label else ''}"
            held = hosts.stranger(resolved, reference)
            state = fault or (f"there, for {held} alone" if held else "there")
            rows.append(
                {"profile": name, "reference": where, "state": state, "there": not fault, "ms": round(seconds * 1000)}
            )
    if as_json:
        render.envelope("secret status", rows)
    elif rows:
        cells = [
            (row["profile"], row["reference"], row["state"], "" if row["ms"] is None else f"{row['ms']} ms")
            for row in rows
        ]
        render.table(("profile", "secret", "state", "took"), cells)
    else:
        render.talk("no profile of yours needs a secret, and none is kept: cc add makes a profile")


@app.command("remove")
def remove(
    profile: Profile,
    *,
    header: Header = "",
    mcp: Mcp = "",
    yes: Annotated[bool, typer.Option("--yes", "-y", help="do not ask")] = False,
    dry_run: DryRun = False,
) -> None:
    """Forget a profile's secret, in the store that it is kept in."""
    resolved = profiles.load(profile)
    reference = to_keep(resolved, header, mcp)
    if not keep.can_keep(reference):
        hint = "remove it there, if it is of no more use"
        raise CcError(f"{profile}: cc does not write to {reference.kept_by.title} ({reference})", hint, code=REFUSED)
    others = [name for name in using(reference) if name != profile]
    if dry_run:
        render.talk(f"{profile}: the secret would be removed from {reference.kept_by.title} ({reference})")
        return
    if others:
        render.talk(f"{reference} is the secret of {', '.join(others)}, too")
    confirm(f"Remove {reference} from {reference.kept_by.title}?", yes=yes)
    keep.remove(reference, profile)
    render.talk(f"{profile}: the secret is removed ({reference})")


@app.command("get")
def get_(
    profile: Annotated[str, typer.Argument(help="a profile or provider", show_default=False)] = "",
    *,
    header: Header = "",
    mcp: Mcp = "",
    reference: Annotated[
        str, typer.Option("--reference", help="a secret by its reference, such as keyring:zai", show_default=False)
    ] = "",
    for_: Annotated[
        str, typer.Option("--for", metavar="PROFILE", help="with --reference: whose it is", show_default=False)
    ] = "",
    host: Annotated[
        str, typer.Option("--host", help="with --reference: only if it belongs to this host", show_default=False)
    ] = "",
    reveal: Annotated[bool, typer.Option("--reveal", help="also to a terminal")] = False,
) -> int:
    """Print a secret, and nothing else: to a pipe, or to a terminal with --reveal."""
    if reference:
        bound = ["--for", for_, "--host", host] if for_ or host else []
        return get.main(["--reference", reference, *bound, *(["--reveal"] if reveal else [])])
    if not profile:
        raise CcError(f"usage: {get.USAGE} [--reveal]", "cc help secret get")
    resolved = profiles.load(profile)
    where = one_of(resolved, header, mcp, reference_of(resolved, planfile.present()))
    hosts.refuse_stranger(resolved, where)
    hosts.confirm(resolved, where)
    return get.show(where, profile, where.kept_by.keep(where.name, profile), reveal=reveal)


def to_keep(resolved: Resolved, header: str = "", mcp: str = "") -> Reference:
    """Where this profile's secret is to be kept: a variable that happens to be set is not asked."""
    return one_of(resolved, header, mcp, reference_of(resolved, frozenset()))


def read(resolved: Resolved, *, from_stdin: bool, is_key: bool = True) -> str:
    """The secret, typed or piped. It is refused here if no launch could use it."""
    if from_stdin and not sys.stdin.isatty():  # on a terminal it would be shown as it is typed
        raw = sys.stdin.buffer.read(secret.MAX_BYTES + 3) if hasattr(sys.stdin, "buffer") else b""
    else:
        raw = _typed(f"{resolved.title}: paste the {'key' if is_key else 'secret'} (it is not shown): ")
    try:
        value = secret.cleaned(raw)
    except secret.Unfit as bad:
        raise CcError(f"{resolved.name}: what was given {bad}", "nothing was changed; try again", code=USAGE) from None
    if is_key and resolved.chain[-1].shipped:  # of an endpoint of the user's own nothing is known
        own = Shape(resolved.profile.key_prefix or "", resolved.profile.key_env)
        if odd := oddity(value, own, profiles.key_shapes(resolved.provider)):
            render.talk(f"{resolved.name}: {odd}. It is kept all the same")
    return value


def store(resolved: Resolved, reference: Reference, value: str) -> None:
    """Keep it, and say where."""
    keep.put(reference, value, resolved.name)
    hosts.confirm(resolved, reference)
    render.talk(f"{resolved.name}: the secret is kept in {reference.kept_by.title} ({reference})")
    used = reference_of(resolved, planfile.present())
    if used is not None and used.store == "env" and reference.store != "env":
        render.talk(f"note: {used.name} is set in this shell, and comes first: unset {used.name}")


def check_key(resolved: Resolved, value: str) -> None:
    """Ask the provider, and say what it answers."""
    from cc_launcher.net import check

    render.talk(f"{resolved.name}: {check.key(resolved, value, others_of(resolved, value))}")


def others_of(resolved: Resolved, value: str) -> "Others":
    """The secrets in places other than the token, for a profile whose own is this one."""
    from cc_launcher.net.check import Others

    headers, values = {}, {}
    for carried in carried_by(resolved, reference_of(resolved, planfile.present())):
        if carried.delivery == URL:
            values[carried.name] = value_of(resolved, carried.reference)
        else:
            secret_of_it = value if carried.is_own else value_of(resolved, carried.reference)
            headers[carried.name] = f"{carried.before}{secret_of_it}"
    return Others(headers, values)


def value_of(resolved: Resolved, reference: Reference) -> str:
    """A secret, as a launch reads it."""
    hosts.refuse_stranger(resolved, reference)
    is_own = reference == reference_of(resolved, planfile.present())
    hint = keep_it(resolved, reference) if is_own else reference.kept_by.keep(reference.name, resolved.name)
    return secret.value(reference.read(tools.found()), resolved.name, hint)


def using(reference: Reference) -> list[str]:
    """The profiles that have this secret."""
    found = []
    for name in places.user_names():
        try:
            resolved = profiles.load(name)
        except CcError:
            continue
        if any(other == reference for _, other in all_of(resolved, frozenset())):
            found.append(name)
    return found


def confirm(question: str, *, yes: bool) -> None:
    """Go on only when somebody says so."""
    if yes:
        return
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise CcError(f"{question} Nobody is there to answer", "add --yes", code=USAGE)
    if not typer.confirm(question, err=True):
        raise CcError("nothing was changed", "")


def looked(resolved: Resolved, reference: Reference, gone: dict[str, str]) -> tuple[str, float]:
    """A look at one secret; a store that did not answer at all is not asked again."""
    if reference.store in gone:
        return gone[reference.store], 0.0
    fault, seconds = keep.look(reference, resolved.name)
    if fault and any(
        sign in fault for sign in ("no answer within", "no keyring", "cannot be reached", "not installed")
    ):
        gone[reference.store] = fault
    return fault, seconds


def _has_terminal() -> bool:
    """Whether there is one behind what was redirected: its device is there, and may be opened, in any case."""
    try:
        os.close(os.open("/dev/tty", os.O_RDONLY))
    except OSError:
        return False
    return True


def _typed(question: str) -> bytes:
    if not (sys.stdin.isatty() or _has_terminal()):
        raise CcError("nobody is there to type the secret", "pipe it: cc secret set PROFILE --stdin < FILE")
    with warnings.catch_warnings():
        warnings.simplefilter("error", getpass.GetPassWarning)  # it would be shown as it is typed
        try:
            return getpass.getpass(question).encode("utf-8", "surrogateescape")
        except getpass.GetPassWarning:
            raise CcError(
                "this terminal cannot hide what is typed", "pipe it: cc secret set PROFILE --stdin < FILE"
            ) from None
        except EOFError:
            raise CcError("nothing was typed", "nothing was changed") from None
