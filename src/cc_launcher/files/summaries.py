"""The summaries of all profiles, remembered: reading a thousand files anew costs seconds, and they seldom change."""

import contextlib
import dataclasses
import json
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cc_launcher import __version__
from cc_launcher.core.errors import CcError
from cc_launcher.core.profile.summary import Summary
from cc_launcher.core.stores import references
from cc_launcher.files import atomic, places
from cc_launcher.launch import completion_words, planfile

if TYPE_CHECKING:
    from cc_launcher.core.profile.source import Source

_LISTS = ("references", "models", "parameters", "server")


def read() -> list[tuple[Summary, bool]]:
    """Every profile, the user's own first, and whether it is the user's own."""
    own = set(places.user_names())
    names = sorted(own | set(places.catalog_names()), key=lambda name: (name not in own, name))
    print_of = lru_cache(planfile.fingerprint)
    directory = print_of(str(places.user_directory()))
    remembered = _remembered(directory)
    entries: dict[str, Any] = {}
    found = []
    for name in names:
        try:
            entry = remembered[name]
            summary = _summary(entry["summary"]) if _fresh(entry, own, print_of) else None
        except (KeyError, TypeError, AttributeError, ValueError):
            summary = None  # not remembered, or something odd is
        if summary is None:
            entry = _made(name)
            summary = _summary(entry["summary"])
        entries[name] = entry
        found.append((summary, name in own))
    if entries != remembered or not _words_file().exists():
        whole = {"version": __version__, "directory": directory, "entries": entries}
        with contextlib.suppress(CcError):
            atomic.directory(_file().parent)
            atomic.write(_words_file(), _words(found))
            atomic.write(_file(), json.dumps(whole).encode())
    return found


def _words(found: "list[tuple[Summary, bool]]") -> bytes:
    """What completion needs of all this, in a form that it can read without the 10 ms of `json`: a profile a line."""
    return "".join("\t".join((summary.name, *summary.models)) + "\n" for summary, _ in found).encode()


def _made(name: str) -> dict[str, Any]:
    """A summary, with the files that it was made from and what they looked like."""
    from cc_launcher.core.profile.parameters import MissingParameters
    from cc_launcher.core.profile.summarize import summarize
    from cc_launcher.files import profiles

    try:
        resolved = profiles.load(name)
    except MissingParameters as error:
        title = next((str(source.data["title"]) for source in error.chain if "title" in source.data), name)
        return _entry(error.chain, Summary(name, title, parameters=error.missing))
    except CcError as error:
        # Which files took part is not known here, so it is looked at again each time.
        return {"files": {"": ""}, "shipped": [], "summary": dataclasses.asdict(Summary(name, fault=error.what))}
    return _entry(resolved.chain, summarize(resolved))


def _entry(chain: "tuple[Source, ...]", summary: Summary) -> dict[str, Any]:
    own = {source.name for source in chain if not source.shipped}  # a user's zai may extend the catalog's
    return {
        "files": {source.path: planfile.fingerprint(source.path) for source in chain},
        "shipped": [source.name for source in chain if source.shipped and source.name not in own],
        "summary": dataclasses.asdict(summary),
    }


def _fresh(entry: dict[str, Any], own: set[str], print_of: Any) -> bool:
    """Whether the files are as they were, and none of the user's has come in the place of one of the catalog's."""
    return all(print_of(path) == was for path, was in entry["files"].items()) and not own.intersection(entry["shipped"])


def _summary(values: dict[str, Any]) -> Summary:
    key_env, cloud = values["key_env"], values["cloud"]
    if not isinstance(values["by_gateway"], bool):
        raise TypeError
    texts = [values[name] for name in ("name", "title", "host", "model", "budget", "fault")]
    texts += [text for name in _LISTS for text in values[name]]
    if not all(isinstance(text, str) for text in (*texts, *(key_env or ()), *(cloud or ()))):
        raise TypeError
    for reference in values["references"]:
        references.parse(reference)
    return Summary(
        **values
        | {
            **{name: tuple(values[name]) for name in _LISTS},
            "key_env": None if key_env is None else tuple(key_env),
            "cloud": None if cloud is None else tuple(cloud),
        }
    )


def _file() -> Path:
    return Path(places.cache()) / "profiles.json"


def _words_file() -> Path:
    return Path(completion_words.path())


def _remembered(directory: str) -> dict[str, Any]:
    """What was written last, if this version wrote it and the directory's rights are as they were."""
    try:
        whole = json.loads(_file().read_text(encoding="utf-8"))
        if whole["version"] != __version__ or whole["directory"] != directory:
            return {}
        return dict(whole["entries"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return {}
