"""The words for models that completion offers: from files that can be read without `json`, which would cost 10 ms.

And the programs on PATH, for the command of `cc exec`.
"""

import os

from cc_launcher.launch import paths
from cc_launcher.launch.planfile import read_own

_OF_MODELS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-:/@~+,[]")


def path() -> str:
    """The words for models, as they were written when profiles were last read: a profile a line."""
    return f"{paths.cache()}/profiles.words"


def ready_path() -> str:
    """The names of the profiles that were ready when they were looked at last: a line each."""
    return f"{paths.cache()}/profiles.ready"


def ready() -> list[str]:
    """Those names."""
    try:
        return read_own(ready_path()).split()
    except (OSError, ValueError):
        return []


def list_path(profile: str) -> str:
    """The kept list of the models that a profile's provider has."""
    return f"{paths.cache()}/models/{profile}"


def of_models(profile: str, typed: str) -> list[str]:
    """What may be typed for a model: the profile's own words, and of the hundreds of the provider what is begun."""
    found = _own_models(profile)
    if typed:
        ids = _listed(profile)
        ends = [model.rpartition("/")[2] for model in ids if "/" in model]
        known = {*found, *ids}
        found += ids
        if "/" not in typed:  # the last part of an id will do, where it is one model's alone
            fitting = [end for end in ends if end.startswith(typed) and end not in known]
            found += [end for end in fitting if fitting.count(end) == 1]
    return list(dict.fromkeys(filter(_could_be_model, found)))


def of_programs(typed: str) -> list[str]:
    """The programs on PATH whose names begin like this."""
    found: set[str] = set()
    for place in filter(os.path.isabs, os.environ.get("PATH", os.defpath).split(os.pathsep)):
        try:
            names = [name for name in os.listdir(place) if name.startswith(typed) and _could_be_model(name)]
        except OSError:
            continue
        found.update(name for name in names if os.access(f"{place}/{name}", os.X_OK))
    return sorted(found)


def _own_models(profile: str) -> list[str]:
    try:
        with open(path(), encoding="utf-8") as file:
            for line in file:
                name, _, words = line.rstrip("\n").partition("\t")
                if name == profile:
                    return words.split("\t") if words else []
    except (OSError, ValueError):
        pass
    return []


def _listed(profile: str) -> list[str]:
    try:
        return [line.partition("\t")[0] for line in read_own(list_path(profile)).split("\n")[1:] if line]
    except (OSError, ValueError):
        return []


def _could_be_model(word: str) -> bool:
    """What `names.is_model` says, without the 5 ms of `re`."""
    return 0 < len(word) <= 200 and _OF_MODELS.issuperset(word) and word[0] not in "._:/+-,[]"
