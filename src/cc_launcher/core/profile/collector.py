"""Where the client sends its own telemetry for a profile: the collector, its headers, and what is with each point."""

import re
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from cc_launcher.core.profile import variables
from cc_launcher.core.profile.addresses import Strict
from cc_launcher.core.profile.mcp_servers import McpHeader, McpSecret, McpSecretHeader, or_a_reference
from cc_launcher.core.text import urls

_KIND_OF_EXPORT = re.compile(r"/v1/(metrics|logs|traces)/*$")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9._-]{0,63}")
# What may stand in a list with commas, and in an attribute as the client wants it written.
_VALUE = re.compile(r"[A-Za-z0-9 !#$&'()*+./:<>?@^_`{|}~-]+")


def _address(text: str) -> str:
    try:
        urls.check(text)
    except urls.BadUrl as bad:
        raise ValueError(f"{bad.reason}|{bad.hint}") from None
    if (kind := _KIND_OF_EXPORT.search(text)) is not None:
        raise ValueError(f"ends in {kind[0]}, which the client appends itself|write {text[: kind.start()]}")
    return text.rstrip("/")


def _name(text: str) -> str:
    if not _NAME.fullmatch(text) or text.startswith("cc."):
        raise ValueError("cannot be such a name: letters, digits and . _ -, a letter first; those with cc. are ours")
    return text


def _value(text: str) -> str:
    if not _VALUE.fullmatch(text) or text.strip() != text:
        raise ValueError("cannot be such a value: plain letters and signs, without , ; = % and blanks around it")
    return text


Address = Annotated[str, AfterValidator(_address)]
Name = Annotated[str, AfterValidator(_name)]
Value = Annotated[str, AfterValidator(_value)]


class Telemetry(Strict):
    """The client's own metrics, events and spans, sent to a collector of yours."""

    otlp: Address = Field(description="the collector's address, such as http://127.0.0.1:4318")
    protocol: Literal["http/protobuf", "http/json"] = "http/protobuf"
    plain_http: bool = Field(default=False, description="allow http to a host in your own network")
    headers: dict[McpHeader, Value] = Field(
        default_factory=dict, description="headers of each export, no secrets, such as X-Scope-OrgID"
    )
    secret_headers: dict[McpSecretHeader, McpSecret] = Field(
        default_factory=dict,
        description="headers with a secret: a reference, or a table with `secret`, and with `prefix` (what stands "
        "before it) or `user` (HTTP Basic)",
        json_schema_extra=or_a_reference,
    )
    attributes: dict[Name, Value] = Field(
        default_factory=dict, description='what stands with each point beside `cc.profile`, such as team = "core"'
    )
    prompts: bool = Field(default=False, description="send what you type, too")


def fault_of(
    telemetry: Telemetry | None, private: str, env: Mapping[str, str]
) -> tuple[tuple[str, ...], str, str] | None:
    """What is wrong with the telemetry of a whole profile: the key that says it, what, and what to do about it.

    `private` is where the profile says that it is; `env` are the variables that it sets.
    """
    if telemetry is not None and private:
        hint = "take [telemetry] out, or say `compat.private = false`"
        return ("telemetry", "otlp"), f"telemetry of a profile that is private ({private})", hint
    if telemetry is not None:
        try:
            urls.check_plain(
                telemetry.otlp, plain_http=telemetry.plain_http, sends="what you do", key="telemetry.plain_http"
            )
        except urls.BadUrl as bad:
            return ("telemetry", "otlp"), f"telemetry.otlp {bad.reason}", bad.hint
    if telemetry is not None or private:
        by = "compat.private" if private else "[telemetry]"
        for name in sorted(env.keys() & set(variables.DECIDED)):
            return ("env", name), f"{name} cannot be set: {by} decides it", "take it out"
    return None
