"""A profile, as it is written in a TOML file. The JSON Schema in `docs/` is made from these models."""

import datetime as dt
import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from cc_launcher.core import knobs, names, references, urls, variables
from cc_launcher.core.text import has_control

TIERS = ("main", "opus", "sonnet", "haiku", "fable", "subagent")
SHAREABLE = (
    "agents",
    "commands",
    "hooks",
    "output-styles",
    "plugins",
    "rules",
    "skills",
    "CLAUDE.md",
    "keybindings.json",
    "settings.json",
)
MAX_TIMEOUT_MS = 2_147_483_647

_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h)")
_UNIT_MS = {"ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000}
_CREDENTIAL_HEADERS = frozenset({"authorization", "x-api-key", "proxy-authorization", "cookie"})
_NOT_AS_ARGUMENTS = ("--settings", "--model", "--fallback-model", "--")
_SLOTS = frozenset(
    {"ANTHROPIC_MODEL", "ANTHROPIC_SMALL_FAST_MODEL", "CLAUDE_CODE_SUBAGENT_MODEL"}
    | {f"ANTHROPIC_DEFAULT_{tier.upper()}_MODEL" for tier in ("opus", "sonnet", "haiku", "fable")}
)
_AWAY_FROM_ENV = {
    variables.ROUTING: "that is what `base_url` and `auth` are for",
    variables.CREDENTIALS: "that is what `secret` is for",
}


def _plain(text: str) -> str:
    if has_control(text):
        raise ValueError("must not hold control characters (line breaks, escapes, invisible marks)")
    return text


def _name(text: str) -> str:
    if not names.is_profile(text):
        raise ValueError(
            "is no profile name: small letters, digits, '.', '_' and '-', at most 64, a letter or digit first"
        )
    return text


def _model(text: str) -> str:
    if not names.is_model(text):
        raise ValueError("cannot be a model id: letters, digits and . _ : / @ ~ + - [ ], without blanks")
    return text


def _url(text: str) -> str:
    try:
        urls.check(text)
    except urls.BadUrl as bad:
        raise ValueError(f"{bad.reason}|{bad.hint}") from None
    return text


def _reference(text: str) -> str:
    try:
        references.parse(text)
    except references.BadReference as bad:
        raise ValueError(f"{bad.reason}|{bad.hint}") from None
    return text


def _duration(text: str) -> str:
    match = _DURATION.fullmatch(text)
    if not match or not 1 <= float(match[1]) * _UNIT_MS[match[2]] <= MAX_TIMEOUT_MS:
        raise ValueError("must be a time such as 90s, 10m or 1h, at most 24 days")
    return text


def _variable(name: str) -> str:
    if not names.VARIABLE.fullmatch(name):
        raise ValueError("is no variable name: letters, digits and _, no digit first")
    group = variables.group_of(name)
    if group is not None and not group.keepable:
        raise ValueError(f"cannot be set or kept here: it {group.reason}|{_AWAY_FROM_ENV[group]}")
    if name == "CLAUDE_CONFIG_DIR":
        raise ValueError(
            "cannot be set here: the launch looks at the settings files of another directory|"
            "that is what `isolated = true` is for"
        )
    if name in {"PATH", "HOME"} or name.startswith(("LD_", "DYLD_")):
        raise ValueError("cannot be set or kept here: it changes which programs run, not which model answers")
    return name


def _set_variable(name: str) -> str:
    if name in _SLOTS:
        raise ValueError("cannot be set here: it fills a slot of the client|that is what [tiers] is for")
    return _variable(name)


def _key_variable(name: str) -> str:
    if not names.VARIABLE.fullmatch(name):
        raise ValueError("is no variable name: letters, digits and _, no digit first")
    return name


def _header(name: str) -> str:
    if not names.HEADER.fullmatch(name):
        raise ValueError("is no header name")
    if name.lower() in _CREDENTIAL_HEADERS:
        raise ValueError("carries a credential|that is what `auth` and `secret` are for")
    return name


def _knob(name: str) -> str:
    if name not in knobs.KNOBS:
        raise ValueError(f"is no compat knob|known: {', '.join(sorted(knobs.KNOBS))}")
    return name


def _argument(text: str) -> str:
    if text.split("=", 1)[0] in _NOT_AS_ARGUMENTS:
        raise ValueError("cannot be an argument here|models stand in [tiers], settings in the client's own files")
    return _plain(text)


def _share(name: str) -> str:
    if name not in SHAREABLE:
        raise ValueError(f"cannot be shared|what can: {', '.join(SHAREABLE)}")
    return name


def _date(value: object) -> object:
    # TOML has dates of its own; strict mode would refuse the string that JSON has to use.
    try:
        return dt.date.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        raise ValueError("must be a date, such as 2026-11-21") from None


Text = Annotated[str, AfterValidator(_plain)]
ProfileName = Annotated[str, AfterValidator(_name)]
ModelName = Annotated[str, AfterValidator(_model)]
BaseUrl = Annotated[str, AfterValidator(_url)]
SecretReference = Annotated[Text, AfterValidator(_reference)]
Duration = Annotated[str, AfterValidator(_duration)]
Variable = Annotated[str, AfterValidator(_variable)]
SetVariable = Annotated[str, AfterValidator(_set_variable)]
KeyVariable = Annotated[str, AfterValidator(_key_variable)]
Header = Annotated[str, AfterValidator(_header)]
KnobName = Annotated[str, AfterValidator(_knob)]
Argument = Annotated[str, AfterValidator(_argument)]
Shared = Annotated[str, AfterValidator(_share)]
Price = Annotated[float, Field(ge=0, le=10_000, strict=False)]


class _Strict(BaseModel):
    # hide_input_in_errors: whatever was typed in the wrong place may be a secret
    model_config = ConfigDict(
        extra="forbid", strict=True, frozen=True, hide_input_in_errors=True, arbitrary_types_allowed=False
    )


class Prices(_Strict):
    """US dollars for a million tokens."""

    input: Price
    output: Price
    cache_read: Price | None = None
    cache_write: Price | None = None


class Model(_Strict):
    """What the client cannot know of a model that it does not recognise."""

    name: Text | None = Field(None, description="how the client's model picker shows it")
    aliases: tuple[ModelName, ...] = Field((), description="short names for the command line", strict=False)
    context: int | None = Field(None, ge=1_000, le=100_000_000, description="context window in tokens")
    max_output: int | None = Field(None, ge=256, le=10_000_000, description="longest answer in tokens")
    prices: Prices | None = None
    small: ModelName | None = Field(None, description="the model for small jobs (the haiku tier) when this one is main")


class Tiers(_Strict):
    """The client's model slots. A file that names `main` starts afresh: no tier of its base is left."""

    main: ModelName | None = Field(None, description="the model a session starts on; default: opus, then sonnet")
    opus: ModelName | None = Field(None, description="default: main")
    sonnet: ModelName | None = Field(None, description="default: main")
    haiku: ModelName | None = Field(None, description="small jobs; default: the `small` of main, then main")
    fable: ModelName | None = Field(None, description="default: opus")
    subagent: ModelName | None = Field(None, description="every subagent; default: main")


class Mode(_Strict):
    """A flag of a wrapper that selects another profile or model."""

    extends: ProfileName | None = None
    model: ModelName | None = None


class Profile(_Strict):
    """Where to connect, how to authenticate, which model serves which tier."""

    extends: ProfileName | None = Field(None, description="the provider or profile that this one starts from")
    title: Text | None = Field(None, description="the name for people")
    label: Annotated[str, Field(max_length=24), AfterValidator(_plain)] | None = Field(
        None, description="short name, for the status line"
    )
    base_url: BaseUrl | None = Field(
        None, description="the client appends /v1/messages itself; none: the client's own address"
    )
    plain_http: bool = Field(
        default=False, description="allow http to a host that is not this machine, in your own network"
    )
    auth: Literal["bearer", "api-key", "none", "login"] | None = Field(
        None,
        description="bearer: Authorization header; api-key: x-api-key header; none: a server without authentication; "
        "login: the client's own claude.ai login, which is then sent to base_url",
    )
    secret: SecretReference | None = Field(
        None, description="where the secret is kept; default: a variable of key_env that is set, then keyring:PROFILE"
    )
    placeholder: Text | None = Field(None, description="auth = none: what the server expects in the token's place")
    timeout: Duration | None = Field(None, description="how long one request may take, such as 50m")
    open_ended: bool = Field(
        default=False, description="the provider serves more models than are listed here: any model id may be asked for"
    )
    # mypy takes the bare class for something else
    tiers: Tiers = Field(default_factory=lambda: Tiers())  # noqa: PLW0108
    any_model: bool = Field(
        default=False,
        description="let a session ask for models that are not listed here: with /model, but also what the files of "
        "agents and commands name, such as a Claude model",
    )
    models: dict[ModelName, Model] = Field(default_factory=dict)
    modes: dict[ProfileName, Mode] = Field(
        default_factory=dict, description="flags of a wrapper (a later version makes wrappers)"
    )
    env: dict[SetVariable, Text] = Field(default_factory=dict, description="further variables of the session")
    headers: dict[Header, Text] = Field(default_factory=dict, description="further headers of each request, no secrets")
    secret_headers: dict[Header, SecretReference] = Field(
        default_factory=dict, description="headers whose value is a secret, each with a reference to where it is kept"
    )
    compat: dict[KnobName, bool] = Field(
        default_factory=dict, description="what the provider cannot take, in named knobs"
    )
    keep: tuple[Variable, ...] = Field(
        (), description="variables of the shell that a launch would take out and that stay", strict=False
    )
    args: tuple[Argument, ...] = Field((), description="arguments for claude, before the user's own", strict=False)
    sealed: bool = Field(
        default=False, description="keep the secret out of the environment: the client fetches it through a helper"
    )
    isolated: bool = Field(default=False, description="a configuration directory of the client for this profile alone")
    share: tuple[Shared, ...] = Field(
        (), description="isolated: what is linked from the ordinary directory", strict=False
    )
    key_env: tuple[KeyVariable, ...] = Field(
        (), description="variables in which people keep this provider's key", strict=False
    )
    key_url: Text | None = Field(None, description="where to get a key")
    key_prefix: Text | None = Field(None, description="what a key of this provider begins with")
    docs: tuple[Text, ...] = Field((), description="pages of the provider", strict=False)
    notes: tuple[Text, ...] = Field((), description="limits worth knowing", strict=False)
    sources: tuple[Text, ...] = Field((), description="where these facts are from", strict=False)
    checked: Annotated[dt.date, BeforeValidator(_date)] | None = Field(None, description="how old the newest source is")
    confidence: Literal["high", "medium", "low"] | None = Field(None, description="how sure these facts are")


def timeout_ms(duration: str) -> int:
    """A duration such as `50m`, in the milliseconds that the client wants."""
    match = _DURATION.fullmatch(duration)
    if match is None:
        raise ValueError(duration)
    return int(float(match[1]) * _UNIT_MS[match[2]])


def schema() -> dict[str, Any]:
    """The JSON Schema of a profile file, for editors."""
    made = Profile.model_json_schema()
    made["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    made["title"] = "A profile of cc"
    return made
