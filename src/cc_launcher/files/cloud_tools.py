"""The files in which the clouds' own tools keep who is logged in: read only, and only to say whose account it is."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from cc_launcher.core.profile import identity
from cc_launcher.core.profile.identity import File, Identity
from cc_launcher.files import guard, regular
from cc_launcher.launch import paths

if TYPE_CHECKING:
    from cc_launcher.core.plan.machine import SettingsFile

_MOST = 1024 * 1024  # more is no file of theirs


def who(family: str, named: str = "") -> Identity:
    """The identity that the tools of this cloud have; `named` is a profile of AWS's that cc's profile chooses."""
    env = os.environ
    if family == "aws":
        config = _read(env.get("AWS_CONFIG_FILE") or _home(".aws", "config"))
        credentials = _read(env.get("AWS_SHARED_CREDENTIALS_FILE") or _home(".aws", "credentials"))
        return identity.aws(env, config, credentials, named)
    if family == "google":
        directory = env.get("CLOUDSDK_CONFIG") or (
            os.path.join(env.get("APPDATA", ""), "gcloud") if os.name == "nt" else _home(".config", "gcloud")
        )
        default = _read(os.path.join(directory, "application_default_credentials.json"))
        return identity.google(env, _read(env.get("GOOGLE_APPLICATION_CREDENTIALS", "")), default)
    return identity.azure(env, _read(os.path.join(env.get("AZURE_CONFIG_DIR") or _home(".azure"), "azureProfile.json")))


def facts(
    profile_values: dict[str, str], family: str, region: str | None, settings: "tuple[SettingsFile, ...]"
) -> list[tuple[str, str, str]]:
    """What there is to say of an identity and its region: each with what says so."""
    from cc_launcher.core.profile import clouds  # noqa: PLC0415 - with pydantic, which a list does not pay for

    found = who(family, profile_values.get("aws_profile", ""))
    rows = [("identity", found.who, found.source)]
    if family == "aws":
        rows.append(("region", *identity.aws_region(os.environ, region, found)))
    for file in settings:
        names = sorted(name for name in file.env if clouds.of_a_cloud(name))
        if names and file.scope == "user":
            what = f"the client's own settings may change that: they set {', '.join(names)}"
            rows.append(("but", what, guard.shown(Path(file.path))))
    return rows


def _home(*parts: str) -> str:
    return os.path.join(paths.home(), *parts)


def _read(path: str) -> File:
    """A file, if it is one and can be read. Somebody else's tools made it: nothing about it is an error of ours."""
    if not path:
        return File("")
    shown = guard.shown(Path(path))
    try:
        return File(shown, regular.read(path, _MOST)[0].decode("utf-8-sig"))
    except (FileNotFoundError, NotADirectoryError):
        return File(shown)
    except (OSError, ValueError) as bad:
        return File(shown, problem=_fault(bad))


def _fault(bad: OSError | ValueError) -> str:
    if isinstance(bad, OSError):
        return f"cannot be read ({bad.strerror})"
    known = {regular.NotRegular: "is no file", regular.TooLarge: "is too large"}
    return known.get(type(bad), "is not UTF-8")
