"""Whose account a cloud's own tools would use, as far as their variables and files tell: no network, and never a key.

What is odd in them is never an error: it is said that it cannot be told.
"""

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cc_launcher.core.text import printable

_LONGEST = 200  # of what is shown of somebody's file
CANNOT_TELL = "cannot tell"


@dataclass(frozen=True)
class File:
    """A file of a cloud's tools, as it was found."""

    shown: str  # the path as people are shown it
    text: str | None = None  # nothing: it is not there
    problem: str = ""  # why it could not be read


@dataclass(frozen=True)
class Identity:
    """Who requests would come from."""

    who: str
    source: str  # the variable or file that says so
    seen: bool  # a credential is there; no: whatever the machine has, or nothing at all
    region: tuple[str, str] = ("", "")  # that the tools' own files name, and where


def aws(env: Mapping[str, str], config: File, credentials: File, named: str = "") -> Identity:
    """The identity of AWS's tools, in the order of the client's; `named` is the profile's own choice."""
    chosen = named or env.get("AWS_PROFILE", "")
    source = "the profile" if named else "AWS_PROFILE"
    sections = _sections(config, credentials)
    found = sections.get(chosen or "default", {})
    region = (_short(found["region"]), config.shown) if found.get("region") else ("", "")
    files = f"{config.shown}, {credentials.shown}"
    where = f"{source}, {files}" if chosen else files
    problem = next((f"{file.shown} {file.problem}" for file in (config, credentials) if file.problem), "")
    kind = _kind(found)
    if not chosen and env.get("AWS_ACCESS_KEY_ID") and env.get("AWS_SECRET_ACCESS_KEY"):
        key = "a temporary key" if env.get("AWS_SESSION_TOKEN") else "a key"
        made = Identity(key, "AWS_ACCESS_KEY_ID", seen=True)
    elif kind:
        made = Identity(f"the AWS profile {_short(chosen or 'default')}: {kind}", where, seen=True)
    elif problem:
        made = Identity(f"{CANNOT_TELL}: {problem}", files, seen=False)
    elif chosen:
        fault = "names no credential" if chosen in sections else "does not exist"
        made = Identity(f"the AWS profile {_short(chosen)}, which {fault}", where, seen=False)
    else:
        made = _of_the_machine(env)
    return dataclasses.replace(made, region=region)


def _of_the_machine(env: Mapping[str, str]) -> Identity:
    """What AWS's tools fall back to when nobody chose anything."""
    if env.get("AWS_WEB_IDENTITY_TOKEN_FILE") and env.get("AWS_ROLE_ARN"):
        who = f"web identity, role {_short(env['AWS_ROLE_ARN'])}"
        return Identity(who, "AWS_WEB_IDENTITY_TOKEN_FILE", seen=True)
    for variable in ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI"):
        if env.get(variable):
            return Identity("the role of this container", variable, seen=True)
    return Identity("whatever the machine has, such as an instance's role", "nothing is set", seen=False)


def google(env: Mapping[str, str], named: File, default: File) -> Identity:
    """The identity of Google's tools: the file that a variable names, then the one that gcloud writes."""
    by_variable = bool(env.get("GOOGLE_APPLICATION_CREDENTIALS"))
    file = named if by_variable else default
    source = f"GOOGLE_APPLICATION_CREDENTIALS: {file.shown}" if by_variable else file.shown
    if file.problem:
        return Identity(f"{CANNOT_TELL}: {file.shown} {file.problem}", source, seen=False)
    if file.text is None:
        if by_variable:
            return Identity("a file that is not there", source, seen=False)
        return Identity("whatever the machine has, such as its service account", "nothing is set", seen=False)
    known = _google_kind(_object(file.text))
    if known:
        return Identity(known, source, seen=True)
    return Identity(f"{CANNOT_TELL}: {file.shown} is no credentials file that is known here", source, seen=False)


def _google_kind(content: dict[str, Any]) -> str:
    """Whose credentials a file of Google's holds, without any of them."""
    quota = f", quota project {_short(content['quota_project_id'])}" if content.get("quota_project_id") else ""
    kind = content.get("type")
    if kind == "service_account" and content.get("client_email"):
        return f"the service account {_short(content['client_email'])}"
    if kind == "authorized_user":
        account = f" {_short(content['account'])}" if content.get("account") else ""
        return f"a user's login{account}{quota}"
    if kind == "impersonated_service_account":
        name = str(content.get("service_account_impersonation_url", "")).rsplit("/", 1)[-1].partition(":")[0]
        return f"the service account {_short(name)}, impersonated{quota}"
    if kind in {"external_account", "external_account_authorized_user"}:
        return f"workload identity, {_short(content.get('audience', 'of an unknown pool'))}"
    return ""


def azure(env: Mapping[str, str], profile: File) -> Identity:
    """The identity of Azure's tools: variables of a service principal, then what `az login` left."""
    if env.get("AZURE_CLIENT_ID") and env.get("AZURE_TENANT_ID"):
        for variable in ("AZURE_CLIENT_SECRET", "AZURE_CLIENT_CERTIFICATE_PATH", "AZURE_FEDERATED_TOKEN_FILE"):
            if env.get(variable):
                who = f"the application {_short(env['AZURE_CLIENT_ID'])}, tenant {_short(env['AZURE_TENANT_ID'])}"
                return Identity(who, variable, seen=True)
    if profile.problem:
        return Identity(f"{CANNOT_TELL}: {profile.shown} {profile.problem}", profile.shown, seen=False)
    if profile.text is None:
        return Identity("whatever the machine has, such as a managed identity", "nothing is set", seen=False)
    listed = _object(profile.text).get("subscriptions")
    known = [entry for entry in listed if isinstance(entry, dict)] if isinstance(listed, list) else []
    current = next((entry for entry in known if entry.get("isDefault") is True), None)
    user = current.get("user") if current else None
    if current is None or not isinstance(user, dict) or not user.get("name"):
        return Identity(f"{CANNOT_TELL}: {profile.shown} names no login", profile.shown, seen=False)
    subscription = f", subscription {_short(current['name'])}" if current.get("name") else ""
    return Identity(f"az login, {_short(user['name'])}{subscription}", profile.shown, seen=True)


def aws_region(env: Mapping[str, str], chosen: str | None, identity: Identity) -> tuple[str, str]:
    """The region that the client takes, and what says so; `chosen` is the profile's own."""
    if chosen is not None:
        return chosen, "the profile"
    for variable in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        if env.get(variable):
            return _short(env[variable]), variable
    return identity.region if identity.region[0] else ("us-east-1", "the client's default")


def _kind(section: dict[str, str]) -> str:
    """How an AWS profile comes by its credentials, without any of them."""
    if section.get("role_arn"):
        via = next(
            (key for key in ("source_profile", "credential_source", "web_identity_token_file") if key in section), ""
        )
        return f"role {_short(section['role_arn'])}" + (f", by its {via}" if via else "")
    if section.get("sso_session") or section.get("sso_start_url"):
        account = f", account {_short(section['sso_account_id'])}" if section.get("sso_account_id") else ""
        role = f", role {_short(section['sso_role_name'])}" if section.get("sso_role_name") else ""
        return f"single sign-on{account}{role}"
    if section.get("aws_access_key_id"):
        return "a key"
    if section.get("credential_process"):
        return "what a command prints (credential_process)"
    if section.get("login_session"):
        return "aws login"
    return ""


def _sections(config: File, credentials: File) -> dict[str, dict[str, str]]:
    """The profiles of both files, by name; where both have a key, that of the credentials counts."""
    found: dict[str, dict[str, str]] = {}
    for file, prefix in ((config, "profile "), (credentials, "")):
        for title, values in _ini(file.text or ""):
            name = title if title == "default" or not prefix else title.removeprefix(prefix).strip()
            if name != "default" and prefix and name == title:
                continue  # [sso-session …], [services …]
            found.setdefault(name.strip("\"'"), {}).update(values)
    return found


def _ini(text: str) -> list[tuple[str, dict[str, str]]]:
    """Sections and their keys. AWS's files know nothing deeper that matters here: an indented line is a part of one."""
    found: list[tuple[str, dict[str, str]]] = []
    for line in text.splitlines():
        bare = line.strip()
        if not bare or bare[0] in "#;":
            continue
        if bare[0] == "[" and "]" in bare:
            found.append((" ".join(bare[1 : bare.index("]")].split()), {}))
        elif found and "=" in bare and not line[0].isspace():
            key, _, value = bare.partition("=")
            found[-1][1].setdefault(key.strip().lower(), value.strip())
    return found


def _object(text: str) -> dict[str, Any]:
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


def _short(text: object) -> str:
    """Somebody's text, so that it can be shown."""
    whole = printable(str(text))
    return whole if len(whole) <= _LONGEST else f"{whole[:_LONGEST]}…"
