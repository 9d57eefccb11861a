"""What an address needs to know of the user: put in where it is known, and named where it is missing."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from cc_launcher.core.errors import INVALID, CcError
from cc_launcher.core.profile import clouds
from cc_launcher.core.profile.source import Origin, Source
from cc_launcher.core.text import urls
from cc_launcher.core.text.nearest import did_you_mean

Path = tuple[str, ...]


class Wanted(NamedTuple):
    """Something that only the user knows, in words."""

    title: str
    example: str
    is_path: bool  # it may have a / in it


class MissingParameters(CcError):
    """A profile whose address needs something that only the user knows."""

    chain: tuple[Source, ...] = ()  # the files that it was read from
    wanted: Mapping[str, Wanted] = MappingProxyType({})

    @property
    def missing(self) -> tuple[str, ...]:
        """The names of its parameters."""
        return tuple(self.wanted)


def fill_in(name: str, merged: dict[str, Any], origins: dict[Path, Origin]) -> None:
    """Put the values of the parameters into the address and the headers, and see that a cloud has what it needs.

    A secret's place stays open.
    """
    cloud, values, url = merged.get("cloud"), merged.get("values", {}), merged.get("base_url") or ""
    about = {key: parameter["title"] for key, parameter in merged.get("parameters", {}).items()}
    parameters = (clouds.titles(cloud) if cloud else {}) | about
    secrets, headers = merged.get("secret_values", {}), merged.get("headers", {})
    unknown = next((value for value in values if value not in parameters), None)
    if unknown is not None:
        hint = did_you_mean(unknown, list(parameters)) or f"there are {', '.join(parameters) or 'none here'}"
        raise CcError(f"{origins['values', unknown]}: no parameter {unknown}", hint, code=INVALID)
    declared = merged.get("parameters", {})
    parted = next((key for key, text in values.items() if "/" in text and not declared.get(key, {}).get("path")), None)
    if parted is not None:
        where = origins["values", parted]
        hint = f"{parameters[parted]}: one word, letters, digits and . _ -"
        raise CcError(f"{where}: values.{parted} cannot have a / in it", hint, code=INVALID)
    _check_secret_values(url, secrets, values, origins)
    wanted = [*urls.PARAMETER.findall(url), *(clouds.needed(cloud, url or None) if cloud else [])]
    # Only what is declared: a header may hold braces of its own.
    wanted += [key for text in headers.values() for key in urls.PARAMETER.findall(text) if key in parameters]
    missing = [key for key in dict.fromkeys(wanted) if key not in values and key not in secrets]
    if missing:
        told = [f"{key}: {parameters[key]}" if key in parameters else key for key in missing]
        error = MissingParameters(f"{name} needs {', '.join(missing)} ({'; '.join(told)})", code=INVALID)
        error.wanted = {key: _wanted(key, declared, cloud) for key in missing}
        raise error
    known = values | {name: f"{{{name}}}" for name in secrets}
    if url:
        merged["base_url"] = urls.filled(url, known)
    if headers:
        merged["headers"] = {name: urls.filled_where_known(text, values) for name, text in headers.items()}


def command_for(name: str, missing: tuple[str, ...], *, shipped: bool) -> str:
    """The command that says them: for a provider of the catalog, one that makes a profile of the user's own."""
    if shipped:
        return f"cc add {name} {' '.join(f'--value {key}=…' for key in missing)}"
    return f"cc edit {name} {' '.join(f'values.{key}=…' for key in missing)}"


def _wanted(key: str, declared: dict[str, Any], cloud: str | None) -> Wanted:
    of_cloud = clouds.CLOUDS[cloud].parameters.get(key) if cloud else None
    if of_cloud is not None:
        return Wanted(of_cloud.title, of_cloud.example, is_path=False)
    about = declared.get(key, {})
    return Wanted(about.get("title", key), about.get("example", ""), is_path=bool(about.get("path")))


def _check_secret_values(
    url: str, secrets: dict[str, str], values: dict[str, str], origins: dict[Path, Origin]
) -> None:
    """A secret may stand in the path of the address: what is in front of that is resolved, and logged, by others."""
    path = url.partition("://")[2].partition("/")[2]
    for name in secrets:
        where = origins["secret_values", name]
        if f"{{{name}}}" not in path:
            hint = f"write {{{name}}} where it belongs in the path of base_url, or take this out"
            raise CcError(f"{where}: secret_values.{name}: no {{{name}}} in the path of base_url", hint, code=INVALID)
        if name in values or f"{{{name}}}" in url.removesuffix(path):
            raise CcError(
                f"{where}: secret_values.{name}: a secret can be used only in the path of base_url, and only once",
                f"take values.{name} out, or rename one of them",
                code=INVALID,
            )
