"""`cc models`: the models that a provider has, now."""

import shutil
import sys
from typing import Annotated, Any

import typer

from cc_launcher.actions import model_list, which_port
from cc_launcher.actions.model_list import Answer
from cc_launcher.cli import questions, render
from cc_launcher.core.errors import USAGE, CcError
from cc_launcher.core.models import search
from cc_launcher.core.models.search import Filter, Row
from cc_launcher.core.text import amounts
from cc_launcher.core.text.nearest import did_you_mean
from cc_launcher.files import profiles

_ROOM_FOR_ALIASES = 100  # columns
_ROOM_FOR_WORDS = 60
_KNOWN = {True: "yes", False: "no", None: "?"}


def command(
    profile: Annotated[str, typer.Argument(help="a profile or provider: cc list-profiles", show_default=False)],
    query: Annotated[str, typer.Argument(help="words in the name of a model", show_default=False)] = "",
    *,
    free: Annotated[bool, typer.Option("--free", help="only free models")] = False,
    tools: Annotated[
        bool, typer.Option("--tools", help="only models that can call tools, which Claude Code needs")
    ] = False,
    min_context: Annotated[
        str, typer.Option("--min-context", metavar="TOKENS", help="at least this window: 200k, 1m", show_default=False)
    ] = "",
    max_price: Annotated[
        float | None,
        typer.Option(
            "--max-price",
            metavar="DOLLARS",
            min=0,
            help="the highest price for a million tokens of input",
            show_default=False,
        ),
    ] = None,
    sort: Annotated[
        str, typer.Option("--sort", help="name, context or price; default: the best match first", show_default=False)
    ] = "",
    refresh: Annotated[
        bool, typer.Option("--refresh", help="ask the provider again, even if today's list is there")
    ] = False,
    set_context: Annotated[
        str,
        typer.Option(
            "--set-context",
            metavar="TOKENS",
            help="set the window of this model permanently (a local model is rebuilt with it)",
            show_default=False,
        ),
    ] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="with --set-context: show what would change")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="for programs")] = False,
) -> None:
    """List the models that a provider has: window, dollars for a million tokens, tools. Asked for once a day.

    cc models openrouter glm
    cc models openrouter --free --tools --min-context 200k
    cc models vercel --sort price
    cc models ollama glm-4.7-flash --set-context 64k

    QUERY is words that are in the id, the name or an alias; where no model has them, those that are spelled alike. What
    is not known does not pass a filter.
    """
    _validate(sort, dry_run=dry_run, changes=bool(set_context))
    if set_context:
        from cc_launcher.cli import set_context as of_a_server

        of_a_server.set_context(profile, query, set_context, dry_run=dry_run)
        return
    conditions = search.filters(free=free, tools=tools, min_context=min_context, max_price=max_price)
    place = which_port.of(profiles.load(profile), questions.screen())
    if place.fault is not None:
        raise place.fault
    if place.note:
        render.talk(place.note)
    resolved = place.resolved
    answer = model_list.asked(resolved, refresh=refresh)
    if resolved.profile.gateway is not None and resolved.profile.by_gateway:
        from cc_launcher.actions import gateway_session  # which few lists need

        resolved = gateway_session.seen(resolved, None, sealed=False, screen=None)
    every = model_list.rows(resolved, answer)
    matching = search.searched(every, query)
    found = search.passing(matching, conditions)
    if sort or not query:
        found = search.ordered(found, sort or "name")
    if as_json:
        render.envelope("models", _as_data(profile, answer, found))
        return
    if answer.trouble:
        hint = f" ({answer.hint})" if answer.hint else ""
        render.talk(f"{answer.trouble}{hint}; this is {answer.instead}")
    if found:
        _print(found)
    _say(profile, answer, query, every, matching, found, conditions)


def _say(
    profile: str,
    answer: Answer,
    query: str,
    every: list[Row],
    matching: list[Row],
    found: list[Row],
    conditions: list[Filter],
) -> None:
    """How many of how many there are, how old the list is, and what to do when there are none."""
    if found:
        close = f"; no name contains {query}: the closest ones" if query and not _has(found, query) else ""
        models = "model" if len(every) == 1 else "models"
        count = f"{len(found)} of {len(every)} {models}" if len(found) < len(every) else f"{len(every)} {models}"
        newer = f" (cc models {profile} --refresh)" if answer.source == model_list.KEPT and not answer.trouble else ""
        render.talk(f"{profile}: {count}, {answer.dated}{newer}{close}")
    elif not every:
        render.talk(
            f"{profile}: no list of models is known; name one as the provider writes it: cc run {profile} MODEL"
        )
    elif not matching:
        render.talk(f"{profile}: no model of {len(every)} has {query} in its name; to see all: cc models {profile}")
    else:
        loosen = search.to_loosen(matching, conditions)
        render.talk(f"{profile}: no model passes all filters ({len(matching)} looked at); {loosen}")


def _has(rows: list[Row], query: str) -> bool:
    words = query.lower().split()
    return any(all(word in row.words for word in words) for row in rows)


def _print(rows: list[Row]) -> None:
    """The table; on a narrow terminal without the columns that one can do without."""
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else _ROOM_FOR_ALIASES
    titles = ["model", "window", "$/M in", "$/M out", "tools"]
    cells = [
        [
            row.listed.id,
            amounts.window(row.listed.context),
            "free" if row.listed.free else amounts.price(row.listed.input_price),
            "free" if row.listed.free else amounts.price(row.listed.output_price),
            _KNOWN[row.listed.tools],
            ", ".join(row.aliases),
        ]
        for row in rows
    ]
    columns = 6 if width >= _ROOM_FOR_ALIASES else 5 if width >= _ROOM_FOR_WORDS else 2
    if not any(row.aliases for row in rows) and sys.stdout.isatty():
        columns = min(columns, 5)
    render.table([*titles, "also"][:columns], [row[:columns] for row in cells])


def _validate(sort: str, *, dry_run: bool, changes: bool) -> None:
    """Refuse what does not go together, and an order that there is not."""
    if dry_run and not changes:
        raise CcError("cc models: --dry-run goes with --set-context", "a list changes nothing by itself", code=USAGE)
    if not changes and sort not in {"", *search.SORTS}:
        hint = did_you_mean(sort, list(search.SORTS)) or f"one of {', '.join(search.SORTS)}"
        raise CcError(f"cc models: cannot sort by {sort}", hint, code=USAGE)


def _as_data(profile: str, answer: Answer, rows: list[Row]) -> dict[str, Any]:
    return {
        "profile": profile,
        "source": answer.source,
        "age_seconds": None if answer.source == model_list.SHIPPED else round(min(answer.age, 1e9)),
        "trouble": answer.trouble,
        "models": [
            {
                "id": row.listed.id,
                "name": row.listed.name,
                "aliases": list(row.aliases),
                "context": row.listed.context,
                "max_output": row.listed.max_output,
                "input_price": row.listed.input_price,
                "output_price": row.listed.output_price,
                "cache_read_price": row.listed.cache_read,
                "cache_write_price": row.listed.cache_write,
                "cache_write_1h_price": row.listed.cache_write_1h,
                "tools": row.listed.tools,
                "free": row.listed.free,
                "size": row.listed.size,
            }
            for row in rows
        ],
    }
