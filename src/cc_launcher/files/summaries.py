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
    from collections.abc import Iterable

    from cc_launcher.core.profile.resolve import Resolved
    from cc_launcher.core.profile.source import Source

_LISTS = ("references", "models", "parameters", "server", "upstreams")


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
    from cc_launcher.files import profiles

    try:
        resolved = profiles.load(name)
    except MissingParameters as error:
        title = next((str(source.data["title"]) for source in error.chain if "title" in source.data), name)
        return _entry(error.chain, Summary(name, title, parameters=error.missing))
    except CcError as error:
        return _unsure(Summary(name, fault=error.what))
    summary, chain = whole(resolved), resolved.chain
    if summary.fault:
        return _unsure(summary)
    for upstream in summary.upstreams:  # whose files say, too, whether it can be used
        chain += _chain(upstream)
    return _entry(chain, summary)


def _unsure(summary: Summary) -> dict[str, Any]:
    """An entry that is looked at again each time: which files took part is not known."""
    return {"files": {"": ""}, "shipped": [], "summary": dataclasses.asdict(summary)}


def _chain(name: str) -> "tuple[Source, ...]":
    from cc_launcher.core.profile.parameters import MissingParameters
    from cc_launcher.files import profiles

    try:
        return profiles.load(name).chain
    except MissingParameters as error:
        return error.chain


def whole(resolved: "Resolved") -> Summary:
    """The summary of a profile that was read, and why no gateway can be made of it, where it is one."""
    from cc_launcher.core.profile.summarize import summarize  # a list has it from a file of ours

    summary = summarize(resolved)
    if resolved.profile.gateway is None and not summary.by_gateway:
        return summary
    return dataclasses.replace(summary, fault=_fault(resolved))


def of(names: "Iterable[str]") -> list[Summary]:
    """The summaries of these profiles."""
    return [_summary(_made(name)["summary"]) for name in names]


def _fault(resolved: "Resolved") -> str:
    """Why a gateway cannot be made of these profiles."""
    from cc_launcher.core.gateway import launchable  # which few lists need
    from cc_launcher.core.gateway.describe import describe
    from cc_launcher.core.profile.parameters import MissingParameters
    from cc_launcher.files import profiles

    gateway = resolved.profile.gateway
    try:
        for upstream in gateway.upstreams.values() if gateway is not None else ():
            profiles.load(upstream)
    except MissingParameters:
        return ""  # which is asked for
    except CcError:
        pass  # which is said below, with the file and the line
    fault = launchable.fault_of(resolved)
    try:
        describe(resolved, profiles.load)
    except CcError as error:
        fault = error
    return fault.what if fault is not None else ""


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
