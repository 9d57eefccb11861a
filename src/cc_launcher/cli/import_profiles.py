"""`cc import`: what people have for Claude Code becomes profiles, and its keys go to where keys belong."""

import sys
from typing import Annotated

import typer

from cc_launcher.actions import import_scan
from cc_launcher.cli import import_look, import_options, render
from cc_launcher.cli.import_look import Asked
from cc_launcher.core.errors import FOUND_PROBLEM, INVALID, USAGE, CcError
from cc_launcher.core.importing.found import STDIN
from cc_launcher.core.importing.sources import ALIASES
from cc_launcher.net import import_url

_MOST_GIVEN = 1 << 20


def command(
    sources: Annotated[
        list[str] | None,
        typer.Argument(
            help="a source, such as cc-switch; a file; an address; or - for standard input", show_default=False
        ),
    ] = None,
    *,
    all_of_it: Annotated[bool, typer.Option("--all", help="ask nothing: take what needs no answer")] = False,
    name: Annotated[
        list[str] | None, typer.Option("--name", metavar="OLD=NEW", help="another name", show_default=False)
    ] = None,
    no_secret: Annotated[bool, typer.Option("--no-secret", help="leave the keys where they are")] = False,
    check: Annotated[bool, typer.Option("--check", help="ask each provider if it accepts the key (one token)")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="show what was found, and change nothing")] = False,
    digest: Annotated[
        str,
        typer.Option("--digest", metavar="sha256:…", help="of what an address must hold", show_default=False),
    ] = "",
    follow: Annotated[
        bool, typer.Option("--follow", help="keep the address, and apply what it changes, after a yes")
    ] = False,
    unfollow: Annotated[bool, typer.Option("--unfollow", help="follow a profile's source no more")] = False,
    left: Annotated[bool, typer.Option("--left", help="list the keys that still stand in clear text")] = False,
    undo: Annotated[bool, typer.Option("--undo", help="take back the last import, or the one of this number")] = False,
    history: Annotated[bool, typer.Option("--history", help="list what was imported, and when")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="for programs; asks nothing")] = False,
) -> None:
    """Bring what you have: settings files, shell files, cc-switch, claude-code-router and others.

    cc import
    cc import cc-switch shell --dry-run
    cc import ~/backup.sql
    cc import https://example.com/team.toml --digest sha256:…
    cc import --follow https://example.com/team.toml
    cc import - <links.txt
    cc import --left
    cc import --undo

    It looks at a fixed list of places, runs nothing, and leaves each source as it was. A file whose name is that of a
    source is ./NAME. --all, and a run without a terminal, take what needs no answer, and list the rest.
    """
    wanted = list(dict.fromkeys(ALIASES.get(word, word) for word in sources or []))
    import_options.check(
        {
            "--undo": undo, "--history": history, "--left": left, "--follow": follow, "--unfollow": unfollow,
            "--all": all_of_it, "--name": bool(name), "--no-secret": no_secret, "--check": check,
            "--dry-run": dry_run, "--digest": bool(digest),
        }
    )  # fmt: skip
    if undo or history or left:
        _about_earlier(wanted, left=left, undo=undo, as_json=as_json, dry_run=dry_run)
        return
    if follow or unfollow:
        from cc_launcher.cli import import_follow

        if unfollow:
            import_follow.unfollow(wanted, as_json=as_json, dry_run=dry_run)
            return
        asked = Asked(
            [],
            import_options.pairs(name or []),
            "",
            ask=not (all_of_it or as_json),
            with_secret=not no_secret,
            check=check,
            dry_run=dry_run,
        )
        import_follow.follow(wanted, digest, asked, yes=all_of_it, as_json=as_json)
        return
    import_scan.check_words([word for word in wanted if not import_url.is_url(word)])
    pairs = import_options.pairs(name or [])
    urls = [word for word in wanted if import_url.is_url(word)]
    if digest and not urls:
        raise CcError("--digest is of what is at an address", "cc import https://… --digest sha256:…", code=USAGE)
    given = _fetched(wanted, urls, digest) if urls else _given(wanted)
    wanted = [import_url.shown(word) if word in urls else word for word in wanted]
    asked = Asked(
        wanted, pairs, given, ask=not (all_of_it or as_json), with_secret=not no_secret, check=check, dry_run=dry_run
    )
    seen = import_look.look(asked, as_json=as_json)
    if not dry_run and (seen.looked.offers or as_json):
        from cc_launcher.cli import import_dialogue  # what keeps keys takes longer to load than a look takes

        import_dialogue.take(seen, asked, as_json=as_json)
    if wanted and seen.looked.faults:
        raise typer.Exit(FOUND_PROBLEM)


def _about_earlier(wanted: list[str], *, left: bool, undo: bool, as_json: bool, dry_run: bool) -> None:
    from cc_launcher.cli import import_earlier

    if wanted and not undo:
        raise CcError(f"{'--left' if left else '--history'} is about all of it", "leave the words out", code=USAGE)
    if undo:
        number = wanted[0] if wanted else ""
        if len(wanted) > 1 or (number and not number.isdecimal()):
            raise CcError("--undo takes one number", "cc import --history lists them", code=USAGE)
        import_earlier.undo(int(number) if number else 0, as_json=as_json, dry_run=dry_run)
    elif left:
        import_earlier.left(as_json=as_json)
    else:
        import_earlier.history(as_json=as_json)


def _fetched(wanted: list[str], urls: list[str], digest: str) -> str:
    """What is at an address. It is said whose it is, and what it was, before anything of it is shown."""
    if len(wanted) != 1 or len(urls) != 1:
        raise CcError("cc import: an address stands alone", "cc import https://…", code=USAGE)
    found = import_url.bundle(urls[0], digest)
    render.talk(f"from {found.host}: sha256:{found.digest}")
    return found.text


def _given(wanted: list[str]) -> str:
    """What is on standard input, where it is asked for."""
    if STDIN not in wanted:
        return ""
    if sys.stdin.isatty():
        render.talk("paste a link or a file, then press Ctrl-D on a line of its own")
    content = sys.stdin.buffer.read(_MOST_GIVEN + 1)
    if not content.strip():
        what = "nothing was pasted" if sys.stdin.isatty() else "there was nothing on standard input"
        raise CcError(what, "cc import -, then a link, or what is in a file", code=INVALID)
    if len(content) > _MOST_GIVEN:
        raise CcError("standard input is larger than 1 MiB", "save it to a file, and look at what it is", code=USAGE)
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise CcError("standard input is not UTF-8 text", "a database has to be in its place", code=USAGE) from None
