"""The sources that can be named, in the order in which they count: what a tool keeps, then what it wrote elsewhere."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from cc_launcher.core.importing import bundle, inside
from cc_launcher.core.importing.found import Candidate, Home, Reading, Skipped
from cc_launcher.core.importing.hosts import Catalog
from cc_launcher.core.importing.lenient import Unreadable, json_of, table
from cc_launcher.core.importing.mapped import mapped
from cc_launcher.core.importing.merged import merged
from cc_launcher.core.importing.readers import cc_switch, links, lists, routers, settings, shells, tables, variants
from cc_launcher.core.importing.sql_text import tables as sql_tables

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
    "project": shells.project,
}


@dataclass(frozen=True)
class Scan:
    """All that was found."""

    candidates: tuple[Candidate, ...]
    skipped: tuple[Skipped, ...]
    faults: tuple[str, ...]


def scan(home: Home, catalog: Catalog, wanted: Iterable[str] = (), taken: Iterable[str] = ()) -> Scan:
    """What these sources hold, or all of them."""
    whole = Reading()
    for name in wanted or SOURCES:
        _add(whole, SOURCES[name](home))
    return concluded(whole, home, catalog, taken)


def concluded(reading: Reading, home: Home, catalog: Catalog, taken: Iterable[str] = ()) -> Scan:
    """From drafts to candidates, each once."""
    candidates, skipped = list(reading.candidates), list(reading.skipped)
    for draft in reading.drafts:
        made = mapped(draft, catalog, home)
        if isinstance(made, Candidate):
            candidates.append(made)
        else:
            skipped.append(made)
    found = merged(candidates, taken)
    names = inside.named(found)
    found = [inside.with_host(inside.renamed(one, names), found, catalog.profiles) for one in inside.ordered(found)]
    return Scan(tuple(found), tuple(skipped), tuple(reading.faults))


def of_file(home: Home, path: str) -> Reading:
    """A file that was named, whatever it is; a fault, where it is none that is known."""
    found = Reading()
    text = home.files[path].text
    if path.startswith("https://"):  # of others it could name files and variables that are the user's own
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


def _add(whole: Reading, found: Reading) -> None:
    whole.drafts += found.drafts
    whole.skipped += found.skipped
    whole.candidates += found.candidates
    whole.faults += [fault for fault in found.faults if fault not in whole.faults]
