"""The sources that can be named, in the order in which they count: what a tool keeps, then what it wrote elsewhere."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from cc_launcher.core.importing import bundle, inside, keys, shown
from cc_launcher.core.importing.found import Candidate, Home, Place, Reading, Seen, Skipped
from cc_launcher.core.importing.hosts import Catalog
from cc_launcher.core.importing.lenient import Unreadable, json_of, table
from cc_launcher.core.importing.mapped import mapped
from cc_launcher.core.importing.merged import merged
from cc_launcher.core.importing.readers import (
    cc_switch,
    links,
    lists,
    projects,
    routers,
    settings,
    shells,
    tables,
    variants,
)
from cc_launcher.core.importing.sql_text import tables as sql_tables
from cc_launcher.core.text import urls

Reader = Callable[[Home], Reading]

SOURCES: dict[str, Reader] = {
    "cc-switch": cc_switch.read,
    "ccr": routers.read,
    "ccs": variants.ccs,
    "cc-mirror": variants.mirror,
    "zcf": lists.zcf,
    "claudish": lists.claudish,
    "clother": tables.clother,
    "ccm.sh": tables.ccm,
    "ai-switch": variants.ai_switch,
    "agentkeyswitch": lists.agentkeyswitch,
    "ccm": lists.ccm_cli,
    "ccpkit": lists.ccpkit,
    "claude-china": lists.claude_china,
    "claude-provider-switcher": lists.provider_switcher,
    "claude-switch": lists.claude_switch,
    "leitum": lists.leitum,
    "multi-claude": lists.multi_claude,
    "ollama-launch": lists.ollama,
    "pypi-cc-switch": lists.pypi_cc_switch,
    "shell": shells.read,
    "settings": settings.read,
    "project": projects.read,
}


_MOST = 1_000  # providers; nobody has as many
# What else they are called.
ALIASES = {"claude-code-router": "ccr", "codehelper": "shell", "bash": "shell", "zsh": "shell", "fish": "shell"}


@dataclass(frozen=True)
class Scan:
    """All that was found."""

    candidates: tuple[Candidate, ...]
    skipped: tuple[Skipped, ...]
    faults: tuple[str, ...]


def scan(home: Home, catalog: Catalog, wanted: Iterable[str] = (), taken: Iterable[str] = ()) -> Scan:
    """What these sources hold, or all of them."""
    whole = Reading()
    for reading in readings([home], wanted):
        add(whole, reading)
    return concluded(whole, home, catalog, taken)


def readings(homes: Iterable[Home], wanted: Iterable[str] = ()) -> Iterator[Reading]:
    """What each of these sources, or of all, says."""
    names = list(wanted) or list(SOURCES)
    for home in homes:
        for name in names:
            yield shown.moved(SOURCES[name](home), home)


def concluded(reading: Reading, home: Home, catalog: Catalog, taken: Iterable[str] = ()) -> Scan:
    """From drafts to candidates, each once."""
    candidates, skipped, faults = list(reading.candidates), list(reading.skipped), list(reading.faults)
    if len(reading.drafts) > _MOST:
        file = reading.drafts[_MOST].place.file
        faults.append(f"{file}: more than {_MOST} providers: it, and what comes behind it, is left out. Name a source")
    for draft in reading.drafts[:_MOST]:
        made = mapped(draft, catalog, home)
        if isinstance(made, Candidate):
            candidates.append(made)
        else:
            skipped.append(made)
    once = list({(skip.name, skip.place, skip.why): skip for skip in skipped}.values())[:_MOST]
    values = shown.known(candidates, once)
    found = merged(candidates[:_MOST], taken)
    names = inside.named(found)
    found = [inside.with_host(inside.renamed(one, names), found, catalog.profiles) for one in inside.ordered(found)]
    joined = [shown.masked(_asked(each, reading.shared), values) for each in found]
    hints = [shown.masked_skip(_hinted(skip, catalog), values) for skip in once]
    return Scan(tuple(joined), tuple(hints), tuple(keys.masked(fault, values) for fault in faults))


def _asked(candidate: Candidate, shared: set[str]) -> Candidate:
    """With a question about a file that others can change: the host in it may be theirs."""
    files = {place.file for place in candidate.places}
    if not files & shared or files - shared:  # one that only the user can change says the same
        return candidate
    question = f"others can change {Place(min(files)).shown}: is its host right?"
    return replace(candidate, needs=(*candidate.needs, question))


def _hinted(skip: Skipped, catalog: Catalog) -> Skipped:
    """With the profile of the catalog that its address is of."""
    try:
        urls.check(skip.url)
    except urls.BadUrl:
        return skip
    owner = catalog.owner(skip.url, chat=True).name
    return replace(skip, hint=f"its host is that of the profile {owner}: cc run {owner}") if owner else skip


def of_file(home: Home, path: str) -> Reading:
    """A file that was named, whatever it is; a fault, where it is none that is known."""
    found = Reading(shared={path} if home.files[path].shared else set())
    text = home.files[path].text
    if home.files[path].tables is not None:
        _of_database(home.files[path], found)
    elif not text.strip():
        found.faults.append(f"{path}: it is empty")
    elif path.startswith("https://"):  # of others it could name files and variables that are the user's own
        _of_address(text, path, found)
    elif any(links.is_link(line) for line in text.splitlines()[:200]):
        links.of_text(text, path, found)
    elif path.endswith(".sql") or text.lstrip().startswith(("--", "PRAGMA", "BEGIN", "CREATE TABLE")):
        if sql_tables(text).get("providers") is None:
            found.faults.append(f"{path}: no providers of cc-switch in it")
        cc_switch.of_sql(text, path, found)
    elif text.lstrip().startswith("{"):
        _of_json(home, path, found)
    elif bundle.is_one(text):
        bundle.read(text, path, found)
    elif not shells.of_file(home, path, found):
        found.faults.append(f"{path}: nothing in it that is known here")
    return found


def _of_address(text: str, path: str, found: Reading) -> None:
    """What somebody has put on the web: a bundle, and nothing else."""
    if bundle.is_one(text):
        bundle.read(text, path, found)
        return
    what = "a web page" if text.lstrip()[:1] == "<" else "no bundle of cc export"
    found.faults.append(f"{path}: what is there is {what}")


def _of_database(seen: Seen, found: Reading) -> None:
    tables = seen.tables or {}
    if "providers" in tables:
        cc_switch.of_tables(tables, seen.path, seen.mode, found, "")
    elif "app_config" in tables:
        routers.of_tables(tables, seen.path, seen.mode, found)
    else:
        found.faults.append(f"{seen.path}: a database of no tool that is known here")


def _of_json(home: Home, path: str, found: Reading) -> None:
    try:
        content = table(json_of(home.files[path].text))
    except Unreadable as bad:
        found.faults.append(f"{path}: {bad}")
        return
    if variants.of_bundle(home, path, found):
        return
    if "claude" in content and "providers" in table(content["claude"]):
        cc_switch.of_json(home, path, found)
    elif "Providers" in content:
        routers.of_json(home, path, found)
    else:
        settings.of_file(home, path, found)
        if not found.drafts:
            found.faults.append(f"{path}: no provider in it that is known here")


def add(whole: Reading, found: Reading) -> None:
    """All of it to the rest."""
    whole.drafts += found.drafts
    whole.skipped += found.skipped
    whole.candidates += found.candidates
    whole.shared |= found.shared
    whole.faults += [fault for fault in found.faults if fault not in whole.faults]
