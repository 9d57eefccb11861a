"""The kinds of values that stand in a profile: each with what it must look like, and what to say when it does not."""

import datetime as dt
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field

from cc_launcher.core.profile import durations, knobs, money, variables
from cc_launcher.core.stores import references
from cc_launcher.core.text import has_control, names, urls

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
OWN, NO_SECRET = "own", "none"  # in a reference's place: the profile's own secret; none, although a base has one

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
            "is not a valid profile name: small letters, digits, '.', '_' and '-', at most 64, a letter or digit first"
        )
    return text


def _model(text: str) -> str:
    if not names.is_model(text):
        raise ValueError("cannot be a model id: letters, digits and . _ : / @ ~ + , - [ ], without blanks")
    return text


def _url(text: str) -> str:
    try:
        urls.check(urls.filled(text, {}))
    except urls.BadUrl as bad:
        raise ValueError(f"{bad.reason}|{bad.hint}") from None
    return text


def _parameter(name: str) -> str:
    if not names.PARAMETER.fullmatch(name):
        raise ValueError("is not a valid parameter name: small letters, digits and _, a letter first")
    return name


def _value(text: str) -> str:
    if not names.VALUES.fullmatch(text):  # whether it may have a `/` in it, its parameter says
        raise ValueError("cannot stand in an address: letters, digits and . _ -, a letter or digit first")
    return text


def _reference(text: str) -> str:
    try:
        references.parse(text)
    except references.BadReference as bad:
        raise ValueError(f"{bad.reason}|{bad.hint}") from None
    return text


def header_secret(text: str) -> str:
    """Where the secret of a header is kept."""
    return text if text in {OWN, NO_SECRET} else _reference(text)


def _duration(text: str) -> str:
    if not 1 <= durations.milliseconds(text) <= durations.MAX_MS:
        raise ValueError("must be a time such as 90s, 10m or 1h, at most 24 days")
    return text


def _variable(name: str) -> str:
    if not names.VARIABLE.fullmatch(name):
        raise ValueError("is not a variable name: letters, digits and _, no digit first")
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
        raise ValueError("is not a variable name: letters, digits and _, no digit first")
    return name


def _header(name: str) -> str:
    if _header_name(name).lower() in _CREDENTIAL_HEADERS:
        raise ValueError("carries a credential|that is what `auth` and `secret` are for")
    return name


def _header_name(name: str) -> str:
    if not names.HEADER.fullmatch(name):
        raise ValueError("is not a valid header name")
    return name


def _currency(text: str) -> str:
    if not money.CURRENCY.fullmatch(text):
        raise ValueError("is not a currency: three capital letters, such as USD")
    return text


def _budget(text: str) -> str:
    money.budget(text)
    return text


def _amount(text: str) -> str:
    money.amount(text)
    return text


def _tool(text: str) -> str:
    if "," in text or not text[:1].isalpha():
        raise ValueError("is not a tool of Claude Code|write it like Bash(pytest *), or mcp__SERVER__TOOL")
    return _plain(text)


def _fee(text: str) -> str:
    money.fee(text)
    return text


def _length(text: str) -> str:
    if not text.isascii() or not text.isdecimal() or text[0] == "0" or len(text) > 9:
        raise ValueError("is not a number of tokens, such as 200000")
    return text


def _knob(name: str) -> str:
    if name not in knobs.KNOBS:
        raise ValueError(f"is not a compat setting|known: {', '.join(sorted(knobs.KNOBS))}")
    return name


def _argument(text: str) -> str:
    if text.split("=", 1)[0] in _NOT_AS_ARGUMENTS:
        raise ValueError("cannot be an argument here|models stand in [tiers], settings in the client's own files")
    return _plain(text)


def _share(name: str) -> str:
    if name not in SHAREABLE:
        raise ValueError(f"cannot be shared|what can: {', '.join(SHAREABLE)}")
    return name


def _engine_name(text: str) -> str:
    if not names.PARAMETER.fullmatch(text):
        raise ValueError("is not a name of a provider of LiteLLM's: small letters, digits and _")
    return text


def _date(value: object) -> object:
    # TOML has dates of its own; strict mode would refuse the string that JSON has to use.
    try:
        return dt.date.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        raise ValueError("must be a date, such as 2026-11-21") from None


Text = Annotated[str, AfterValidator(_plain)]
ProfileName = Annotated[str, AfterValidator(_name)]
ModelName = Annotated[str, AfterValidator(_model)]
ParameterName = Annotated[str, AfterValidator(_parameter)]
ParameterValue = Annotated[str, AfterValidator(_value)]
BaseUrl = Annotated[str, AfterValidator(_url)]
SecretReference = Annotated[Text, AfterValidator(_reference)]
HeaderSecret = Annotated[Text, AfterValidator(header_secret)]
Duration = Annotated[str, AfterValidator(_duration)]
Variable = Annotated[str, AfterValidator(_variable)]
SetVariable = Annotated[str, AfterValidator(_set_variable)]
KeyVariable = Annotated[str, AfterValidator(_key_variable)]
Header = Annotated[str, AfterValidator(_header)]
Currency = Annotated[str, AfterValidator(_currency)]
Budget = Annotated[str, AfterValidator(_budget)]
Amount = Annotated[str, AfterValidator(_amount)]
Tool = Annotated[str, AfterValidator(_tool)]
Fee = Annotated[str, AfterValidator(_fee)]
Length = Annotated[str, AfterValidator(_length)]
Rate = Annotated[float, Field(gt=0, le=1_000_000, strict=False)]
KnobName = Annotated[str, AfterValidator(_knob)]
Argument = Annotated[str, AfterValidator(_argument)]
Shared = Annotated[str, AfterValidator(_share)]
Context = Annotated[int, Field(ge=1_000, le=100_000_000)]
MaxOutput = Annotated[int, Field(ge=256, le=10_000_000)]
Price = Annotated[float, Field(ge=0, le=10_000, strict=False)]
Date = Annotated[dt.date, BeforeValidator(_date)]
EngineName = Annotated[str, AfterValidator(_engine_name)]
Label = Annotated[str, Field(max_length=24), AfterValidator(_plain)]
