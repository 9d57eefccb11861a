"""Profiles, machines and command lines as hypothesis makes them: any that is valid, none that is not."""

from __future__ import annotations

import json
import string
from dataclasses import dataclass

from hypothesis import strategies as st

from cc_launcher.core.plan import SUBCOMMANDS
from cc_launcher.core.plan.machine import Machine, SettingsFile
from cc_launcher.core.profile import knobs, variables
from cc_launcher.core.profile.field_types import SHAREABLE
from cc_launcher.core.text import has_control, names

CATALOG_KEY = "PROVIDERS_KEY"
BEARER, API_KEY, NONE, LOGIN = "bearer", "api-key", "none", "login"

texts = st.text(st.characters(blacklist_categories=["Cs", "Cc"]), max_size=20).filter(
    lambda text: not has_control(text)
)
models = st.text(string.ascii_letters + string.digits + "._:/@~+[]-", min_size=1, max_size=16).filter(
    lambda name: names.is_model(name) and name not in SUBCOMMANDS
)
# On a command line, a subcommand of the client is that, also where a model is called the same.
words = st.text(string.ascii_letters + string.digits + "-_.", min_size=1, max_size=12).filter(
    lambda word: word not in SUBCOMMANDS
)
# Any text that the kernel takes, also what is not UTF-8 (as Python keeps it).
raw = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"), max_size=20) | st.binary(
    max_size=20
).map(lambda content: content.replace(b"\0", b"").decode("utf-8", "surrogateescape"))

KEEPABLE = tuple(name for group in variables.GROUPS if group.keepable for name in group.names)
# Those that fill model slots are refused in `env`: that is what [tiers] is for.
SETTABLE = ("FOO", "my_var", "EDITOR", "DISABLE_TELEMETRY", "MAX_THINKING_TOKENS", "CLAUDE_CODE_EXTRA_BODY")
HEADERS = ("X-Title", "HTTP-Referer", "x-team", "X-A.b_c~")
SECRET_HEADERS = ("X-Portkey-Api-Key", "cf-aig-authorization", "x-second")


@dataclass(frozen=True)
class Case:
    """A profile file and a command line for it."""

    text: str
    auth: str
    secrets: tuple[str, ...]  # the references in it, in the order of the slots
    word: str | None
    sealed: bool
    kept: tuple[str, ...]


def toml(value: object) -> str:
    """A value as TOML."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{toml(key)} = {toml(inner)}" for key, inner in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(toml(inner) for inner in value) + "]"
    return json.dumps(value, ensure_ascii=False)  # TOML has JSON's strings, numbers and truth values


def references(stores: tuple[str, ...]) -> st.SearchStrategy[str]:
    """References to a secret in one of these stores."""
    made = {
        "env": st.sampled_from(["MY_KEY", "OTHER_KEY", CATALOG_KEY, "ANTHROPIC_AUTH_TOKEN"]).map("env:{}".format),
        "file": words.map("file:~/secrets/{}".format),
        "cmd": words.map("cmd:fetch --raw '{}'".format),
        "keyring": words.map("keyring:{}".format),
    }
    return st.one_of(*(made[store] for store in stores))


@st.composite
def cases(draw: st.DrawFn, stores: tuple[str, ...] = ("env", "file", "cmd", "keyring")) -> Case:
    """A profile with everything that a profile may have, and a model that it knows."""
    auth = draw(st.sampled_from([BEARER, API_KEY, NONE, LOGIN]))
    data: dict[str, object] = {"auth": auth}
    if auth in {BEARER, NONE} or draw(st.booleans()):
        data["base_url"] = draw(
            st.sampled_from(
                [
                    "https://host.example",
                    "https://host.example/anthropic/v1",
                    "http://localhost:8080",
                    "http://[::1]/v1",
                ]
            )
        )
    ids = draw(st.lists(models, min_size=1, max_size=4, unique=True))
    taken = set(ids)
    tables: dict[str, dict[str, object]] = {}
    for model in ids:
        aliases = [alias for alias in draw(st.lists(words, max_size=2, unique=True)) if names.is_model(alias)]
        aliases = [alias for alias in aliases if alias not in taken]
        taken.update(aliases)
        tables[model] = {
            key: value
            for key, value in {
                "aliases": aliases,
                "context": draw(st.none() | st.integers(32_000, 100_000_000)),
                "max_output": draw(st.none() | st.integers(256, 10_000_000)),
                "name": draw(st.none() | texts),
                "small": draw(st.none() | st.sampled_from(ids)),
                "web_search": draw(st.none() | st.booleans()),
            }.items()
            if value is not None
        }
    data["models"] = tables
    tiers = draw(
        st.fixed_dictionaries({"main": st.sampled_from(ids)}, optional=dict.fromkeys(TIERS, st.sampled_from(ids)))
    )
    data["tiers"] = tiers
    if (searches := draw(st.none() | st.booleans())) is not None:
        data["web_search"] = searches
    data["env"] = draw(st.dictionaries(st.sampled_from(SETTABLE), texts, max_size=3))
    data["headers"] = draw(st.dictionaries(st.sampled_from(HEADERS), texts, max_size=2))
    secret_headers = draw(st.dictionaries(st.sampled_from(SECRET_HEADERS), references(stores), max_size=2))
    data["secret_headers"] = secret_headers
    data["compat"] = draw(st.dictionaries(st.sampled_from(sorted(knobs.KNOBS)), st.booleans(), max_size=4))
    kept = draw(st.lists(st.sampled_from(KEEPABLE), max_size=3, unique=True))
    data["keep"] = kept
    data["args"] = draw(st.lists(st.sampled_from(["--verbose", "--effort", "low", "ü", ""]), max_size=2))
    data["timeout"] = draw(st.sampled_from(["90s", "1.5h", "500ms"]))
    data["label"] = draw(texts)
    data["title"] = draw(texts)
    data["placeholder"] = draw(texts)
    data["key_env"] = [CATALOG_KEY]
    if draw(st.booleans()):
        data["isolated"] = True
        data["share"] = draw(st.lists(st.sampled_from(SHAREABLE), max_size=2, unique=True))
    secrets = list(secret_headers.values())
    sealed = False
    if auth in {BEARER, API_KEY}:
        reference = draw(references(stores))
        data["secret"] = reference
        secrets.append(reference)
        sealed = not secret_headers and not reference.startswith("env:") and draw(st.booleans())
    return Case(
        text="".join(f"{key} = {toml(value)}\n" for key, value in data.items()),
        auth=auth,
        secrets=tuple(secrets),
        word=draw(st.none() | st.sampled_from([*ids, "opus", "haiku", "subagent", *_aliases(tables)])),
        sealed=sealed,
        kept=tuple(kept),
    )


TIERS = ("opus", "sonnet", "haiku", "fable", "subagent")


def _aliases(tables: dict[str, dict[str, object]]) -> list[str]:
    return [str(alias) for table in tables.values() for alias in table.get("aliases", ()) or ()]  # type: ignore[attr-defined]


# What a shell may have set: what a launch takes out, what it reads, and anything else.
parents = st.dictionaries(
    st.sampled_from(
        [name for group in variables.GROUPS for name in group.names]
        + [*SETTABLE, *HEADERS, "MY_KEY", "OTHER_KEY", CATALOG_KEY, "TERM", "odd name", "nön-ascii"]
    ),
    raw,
    max_size=25,
)
machines = st.builds(
    Machine,
    target=st.just("/opt/claude"),
    version=st.sampled_from([None, (2, 1, 72), (2, 1, 329)]),
    settings=st.lists(
        st.builds(
            SettingsFile,
            path=st.just("/home/me/.claude/settings.json"),
            scope=st.just("user"),
            env=st.frozensets(st.sampled_from(["FOO", "ANTHROPIC_MODEL", "ANTHROPIC_BASE_URL"]), max_size=2),
            keys=st.frozensets(st.sampled_from(["model", "permissions.defaultMode"]), max_size=2),
        ),
        max_size=2,
    ).map(tuple),
    present=st.just(frozenset({"PATH"})),
    isolated_root=st.just("/home/me/.local/share/cc-launcher/isolated"),
)
arguments = st.lists(raw | st.sampled_from(["-p", "--settings", "{}", "--", "mcp", "--permission-mode"]), max_size=6)
