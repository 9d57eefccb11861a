"""MCP servers of a profile: data and tools beside the model, and which secret goes to which of them."""

import re
from collections.abc import Iterator
from typing import Annotated, Any, Literal, NamedTuple, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from cc_launcher.core.errors import CcError
from cc_launcher.core.profile import variables
from cc_launcher.core.profile.field_types import SecretReference, Text, Variable
from cc_launcher.core.stores import references
from cc_launcher.core.text import names, printable, urls
from cc_launcher.core.text.nearest import did_you_mean

_SERVER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")  # it becomes a part of the tools' names
_FILLED_IN = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)")  # `${NAME}`, which the client fills from its environment
_SECRET_WORDS = ("auth", "cookie", "credential", "key", "passw", "secret", "token")
_HTTP = frozenset({"url", "plain_http", "headers", "secret_headers"})
_STDIO = frozenset({"command", "args", "env", "secret_env"})


def _server(name: str) -> str:
    if not _SERVER.fullmatch(name):
        raise ValueError("cannot name an MCP server: letters, digits, _ and -, at most 64, a letter or digit first")
    return name


def _url(text: str) -> str:
    try:
        urls.check(text.replace("?", "/", 1))  # unlike a base URL, it may have a query
    except urls.BadUrl as bad:
        raise ValueError(f"{bad.reason}|{bad.hint}") from None
    if any(sounds_secret(pair.partition("=")[0]) for pair in text.partition("?")[2].split("&")):
        raise ValueError("has what looks like a secret in it|that is what `secret_headers` is for")
    return _taking_no_credential(text)


def _secret_header(name: str) -> str:
    if not names.HEADER.fullmatch(name):
        raise ValueError("is no header name")
    return name


def _header(name: str) -> str:
    if sounds_secret(name):
        raise ValueError("sounds like a secret|that is what `secret_headers` is for")
    return _secret_header(name)


def _env(name: str) -> str:
    if sounds_secret(name):
        raise ValueError("sounds like a secret|that is what `secret_env` is for")
    return name


def _taking_no_credential(text: str) -> str:
    if takes_credentials(text):
        raise ValueError("takes a credential of the session with ${…}|a server has secrets of its own, in a store")
    return text


def _own_secret(reference: str) -> str:
    if reference.startswith("env:"):
        raise ValueError(
            "is a variable, which every command of the session could read|keep it in a store: keyring:NAME"
        )
    return reference


McpName = Annotated[str, AfterValidator(_server)]
McpUrl = Annotated[Text, AfterValidator(_url)]
McpText = Annotated[Text, AfterValidator(_taking_no_credential)]
McpHeader = Annotated[str, AfterValidator(_header)]
McpSecretHeader = Annotated[str, AfterValidator(_secret_header)]
McpVariable = Annotated[Variable, AfterValidator(_env)]
McpReference = Annotated[SecretReference, AfterValidator(_own_secret)]


def or_a_reference(values: dict[str, Any]) -> None:
    """For editors: text, or the table."""
    values["additionalProperties"] = {"anyOf": [{"type": "string"}, values["additionalProperties"]]}


class McpSecret(BaseModel):
    """Where a secret is kept, and what of a header's value is around it. A reference alone: a table with just that."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True)

    secret: McpReference = Field(description="where the secret is kept")
    prefix: Text | None = Field(None, description="what stands before it, such as `Bearer `")
    user: Text | None = Field(None, description="HTTP Basic: of this user, with the secret as the password")

    @model_validator(mode="before")
    @classmethod
    def _from_reference(cls, value: object) -> object:
        return {"secret": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        if self.user is not None and (self.prefix is not None or ":" in self.user or not self.user):
            raise ValueError("has a `user` with a prefix, with a colon, or empty|`user` writes `Basic …` by itself")
        return self


class McpServer(BaseModel):
    """A server that sessions of this profile have: one at a URL, or a program that speaks over its standard streams."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True)

    type: Literal["http", "sse", "stdio"] | None = Field(None, description="default: http with a url, else stdio")
    url: McpUrl | None = Field(None, description="where the server is")
    plain_http: bool = Field(default=False, description="allow http to a host in your own network")
    headers: dict[McpHeader, McpText] = Field(default_factory=dict, description="further headers, no secrets")
    secret_headers: dict[McpSecretHeader, McpSecret] = Field(
        default_factory=dict,
        description="headers with a secret: a reference, or a table with `secret`, and with "
        "`prefix` (what stands before it) or `user` (HTTP Basic)",
        json_schema_extra=or_a_reference,
    )
    command: McpText | None = Field(None, description="the program")
    args: tuple[McpText, ...] = Field((), description="its arguments", strict=False)
    env: dict[McpVariable, McpText] = Field(default_factory=dict, description="variables for it, no secrets")
    secret_env: dict[Variable, McpReference] = Field(
        default_factory=dict, description="variables with a secret, which the program alone gets"
    )

    @property
    def kind(self) -> str:
        """What the client calls its type."""
        return self.type or ("http" if self.url is not None else "stdio")

    @property
    def where(self) -> str:
        """What it is, for people."""
        return self.url or " ".join([self.command or "", *self.args])

    @property
    def place(self) -> str:
        """To whom its secrets belong: a host, or a program."""
        return urls.name_of(self.url) if self.url is not None else f"the program {self.command}"


class McpSlot(NamedTuple):
    """One secret of a server."""

    server: str
    name: str  # of the header, or of the variable
    reference: references.Reference
    place: str

    @property
    def label(self) -> str:
        """What it is called on the command line."""
        return f"{self.server}.{self.name}"


def slots_of(servers: dict[str, McpServer]) -> Iterator[McpSlot]:
    """Every secret of these servers."""
    for name, server in servers.items():
        found = {header: about.secret for header, about in server.secret_headers.items()} | server.secret_env
        for what, where in found.items():
            yield McpSlot(name, what, references.parse(where), server.place)


def slot_named(profile: str, wanted: str, servers: dict[str, McpServer]) -> McpSlot:
    """The secret of this label, or of this server where it has one secret."""
    slots = list(slots_of(servers))
    meant = [slot for slot in slots if wanted in {slot.label, slot.server}]
    if len(meant) == 1:
        return meant[0]
    if meant:
        raise CcError(
            f"{profile}: {wanted} has several secrets: which one?", f"--mcp {' or '.join(slot.label for slot in meant)}"
        )
    labels = [slot.label for slot in slots]
    hint = did_you_mean(wanted, labels) or f"there are: {', '.join(labels) or 'none in this profile'}"
    raise CcError(f"{profile}: there is no secret for an MCP server {printable(wanted)}", hint)


def fault_of(server: McpServer) -> tuple[str, str]:
    """What is wrong with a whole server, and what to do about it; nothing where all is well."""
    if (server.url is None) == (server.command is None):
        return "needs a `url` or a `command`, one of them", 'such as url = "https://HOST/mcp"'
    given = {key for key in server.model_fields_set if key != "type"}
    wrong = sorted(given & (_STDIO if server.url is not None else _HTTP))
    if wrong or (server.kind == "stdio") != (server.command is not None):
        what = ", ".join(wrong) or f'type = "{server.kind}"'
        return f"has {what}, which does not go with its {'url' if server.url else 'command'}", "take one out"
    if server.url is not None:
        try:
            urls.check_plain(server.url, plain_http=server.plain_http or not server.secret_headers)
        except urls.BadUrl as bad:
            return f"url {bad.reason}", bad.hint
    return "", ""


def sounds_secret(name: str) -> bool:
    """Whether a header or a variable of this name probably holds a secret."""
    return any(word in name.lower() for word in _SECRET_WORDS)


def takes_credentials(text: str) -> list[str]:
    """The credentials of the session that the client would put into this text."""
    return [name for name in _FILLED_IN.findall(text) if name in variables.CREDENTIALS.names]
