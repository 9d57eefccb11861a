"""`cc secret`: keep, look at, hand out and forget the secrets of profiles."""

import os
import stat
import sys
from typing import Annotated, Any

import typer

from cc_launcher.actions import own_key, secret_values
from cc_launcher.actions.key_places import Place
from cc_launcher.actions.secret_places import all_of, one_of
from cc_launcher.cli import ask_key, questions, render
from cc_launcher.core.errors import NO_SUCH, REFUSED, CcError
from cc_launcher.core.plan.make_plan import reference_of
from cc_launcher.core.profile.resolve import Resolved
from cc_launcher.core.stores.references import Reference
from cc_launcher.files import guard, hosts, places, profiles, records
from cc_launcher.launch import planfile
from cc_launcher.secrets import get, keep, open_stores

app = typer.Typer(
    help="Keep, look at and forget the secrets of profiles. Nothing here ever shows one.", no_args_is_help=True
)

Profile = Annotated[str, typer.Argument(help="a profile or provider: cc list-profiles", show_default=False)]
Header = Annotated[
    str,
    typer.Option(
        "--header",
        "--value",
        metavar="NAME",
        help="the secret of this header, or of this part of the address, where a profile has several",
        show_default=False,
    ),
]
Mcp = Annotated[
    str,
    typer.Option(
        "--mcp", metavar="SERVER", help="the secret of this MCP server: SERVER, or SERVER.HEADER", show_default=False
    ),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="say what would be done, and do nothing")]


@app.command("set")
def set_(
    profile: Profile,
    *,
    header: Header = "",
    mcp: Mcp = "",
    from_stdin: Annotated[
        bool, typer.Option("--stdin", help="read it from standard input (a pipe is read anyway)")
    ] = False,
    check: Annotated[bool, typer.Option("--check", help="ask the provider if it accepts the key (one token)")] = False,
    dry_run: DryRun = False,
) -> None:
    """Keep a profile's secret where the profile says, the keyring unless it says otherwise.

    It is typed at a prompt that does not show it, or read from a pipe; never given as an argument.

    cc secret set openrouter
    cc secret set zai --check <key-file

    It is read back, and if that fails, the old one is put back. A key that does not begin like those of the provider,
    or begins like those of another one, is kept, and cc says so. --check says 401, 402, 403 and 429 in words.
    """
    resolved = profiles.load(profile)
    reference = secret_values.to_keep(resolved, header, mcp)
    is_key = reference == reference_of(resolved, frozenset())
    if check and not is_key:
        what = f"{profile}: only the key can be checked, not the secret of a header or an MCP server"
        raise CcError(what, "leave --check out")
    if not keep.can_keep(reference):
        hint = reference.kept_by.keep(reference.name, profile)
        raise CcError(f"{profile}: cc does not write to {reference.kept_by.title} ({reference})", hint, code=REFUSED)
    if dry_run:
        render.talk(f"{profile}: the secret would be kept in {reference.kept_by.title} ({reference})")
        return
    is_given = from_stdin or _is_piped()
    place = _place(resolved, reference, asks=is_key and not is_given)
    value = questions.read_secret(resolved, from_stdin=is_given, is_key=is_key)
    if check:
        try:
            render.talk(secret_values.checked(resolved, value))  # before it takes the place of one that works
        except CcError as error:
            raise CcError(f"{error.what}; it was not kept", error.hint, code=error.code) from None
    if place is None:
        questions.keep_secret(resolved, reference, value)
    else:
        for line in own_key.kept(resolved, place, value):
            render.talk(line)
    if check:
        own_key.accepted(profile, reference if place is None else place.reference)


def _place(resolved: Resolved, reference: Reference, *, asks: bool) -> Place | None:
    """Where the key goes instead, when no keyring would take it: found out before it is pasted. None: where it says."""
    if reference.store != "keyring":
        return None
    if not (asks and questions.is_conversation()):
        if trouble := keep.keyring_trouble():
            raise CcError(f"{resolved.name}: {trouble[0]}", _elsewhere(resolved), code=REFUSED)
        return None
    if not open_stores.keyring_fault():
        return None
    found = ask_key.place(resolved, for_session=False)
    if found is None:
        raise CcError(f"{resolved.name}: there is nowhere to keep the key", "nothing was changed", code=REFUSED)
    return found


def _elsewhere(resolved: Resolved) -> str:
    """The commands that keep a key without a keyring."""
    file = f"file:{guard.shown(places.key_file(resolved.name))}"
    if resolved.name in places.user_names():
        return f"cc edit {resolved.name} secret={file} (programs that run as you can read it), then the same again"
    return f"cc add {resolved.name} --secret {file} --stdin <KEY-FILE (programs that run as you can read it)"


def _is_piped() -> bool:
    """Whether somebody hands us something: a pipe or a file. Behind what else is no terminal (/dev/null) is nobody."""
    try:
        mode = os.fstat(sys.stdin.fileno()).st_mode
    except (OSError, ValueError):
        return False
    return stat.S_ISFIFO(mode) or stat.S_ISREG(mode) or stat.S_ISSOCK(mode)


@app.command("status")
def status(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[PROFILE]…", help="default: yours, and those that have one", show_default=False),
    ] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="for programs")] = False,
) -> None:
    """Look where each profile's secret should be, whether it is there, and how long that took.

    Without names: your own profiles, and the providers of the catalog whose secret is there.

    cc secret status
    cc secret status zai --json
    """
    rows, unknown = _looked(names or [])
    if unknown and not rows:
        raise next(iter(unknown.values()))
    if as_json:
        render.envelope("secret status", rows, unknown)
    elif rows:
        cells = [
            (row["profile"], row["reference"], row["state"], "" if row["ms"] is None else f"{row['ms']} ms")
            for row in rows
        ]
        render.table(("profile", "secret", "state", "took"), cells)
    else:
        render.talk("no profile of yours needs a secret, and none is kept: cc add makes a profile")
    if unknown:
        raise next(iter(unknown.values()))


def _looked(names: list[str]) -> tuple[list[dict[str, Any]], dict[str, CcError]]:
    """What there is of the secrets of these profiles, or of all; and which of the names are no profile's."""
    own = set(places.user_names())
    wanted = names or places.known()
    rows: list[dict[str, Any]] = []
    unknown: dict[str, CcError] = {}
    kept = None if names else keep.in_keyring(places.catalog_names())
    gone: dict[str, str] = {}  # the stores that cannot be reached at all, and why: asked once
    for name in wanted:
        try:
            resolved = profiles.load(name)
        except CcError as error:
            if names and error.code == NO_SUCH:
                unknown[name] = error
                continue
            if not names and name not in own:
                continue  # a provider that needs to know more before anybody can use it
            rows.append(
                {"profile": name, "reference": "", "state": f"invalid: {error.what}", "there": False, "ms": None}
            )
            continue
        for label, reference in all_of(resolved):
            if name not in own and kept is not None and reference.store == "keyring" and reference.name not in kept:
                continue
            fault, seconds = secret_values.looked(resolved, reference, gone)
            if fault and not names and name not in own:
                continue
            where = f"{reference}{f' ({label})' if label else ''}"
            held = hosts.stranger(resolved, reference)
            state = fault or (f"there, for {held} only" if held else "there")
            rows.append(
                {"profile": name, "reference": where, "state": state, "there": not fault, "ms": round(seconds * 1000)}
            )
    return rows, unknown


@app.command("remove")
def remove(
    profile: Profile,
    *,
    header: Header = "",
    mcp: Mcp = "",
    yes: Annotated[bool, typer.Option("--yes", "-y", help="do not ask")] = False,
    dry_run: DryRun = False,
) -> None:
    """Forget a profile's secret, in the store that it is kept in. It asks.

    cc secret remove zai
    cc secret remove zai --dry-run
    """
    resolved = profiles.load(profile)
    reference = secret_values.to_keep(resolved, header, mcp)
    if not keep.can_keep(reference):
        hint = "remove it there if you no longer need it"
        raise CcError(f"{profile}: cc does not write to {reference.kept_by.title} ({reference})", hint, code=REFUSED)
    others = [name for name in secret_values.using(reference) if name != profile]
    if dry_run:
        render.talk(f"{profile}: the secret would be removed from {reference.kept_by.title} ({reference})")
        return
    if others:
        render.talk(f"{reference} is the secret of {', '.join(others)}, too")
    questions.confirm(f"Remove {reference} from {reference.kept_by.title}?", yes=yes)
    keep.remove(reference, profile)
    records.note_gone(str(reference))
    render.talk(f"{profile}: the secret is removed ({reference})")


@app.command("move")
def move(
    profile: Profile,
    *,
    to: Annotated[
        str, typer.Option("--to", metavar="REFERENCE", help="such as pass:PATH; default: the keyring")
    ] = "keyring",
    dry_run: DryRun = False,
) -> None:
    """Move a profile's key to another store, such as from a file to the keyring.

    It is written there first and then removed here. From then on the profile looks for it there.

    cc secret move zai
    cc secret move zai --to pass:ai/zai
    """
    resolved = profiles.load(profile)
    where = own_key.reference(f"keyring:{profile}" if to == "keyring" else to)
    now = own_key.movable(resolved, where)
    if dry_run:
        render.talk(f"{profile}: the key would move from {now} to {where.kept_by.title} ({where})")
        return
    for line in own_key.moved(resolved, where):
        render.talk(line)


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
    reveal: Annotated[bool, typer.Option("--reveal", help="print it to a terminal, too")] = False,
) -> int:
    """Print a secret, and nothing else: to a pipe, or to a terminal with --reveal.

    cc secret get zai --reveal
    cc secret get --reference op://dev/zai/key | wc -c

    --reference is what the helper of a sealed launch calls; with --for and --host, too, that of a project (`cc use`):
    then it prints the secret only while it belongs to that host.
    """
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
