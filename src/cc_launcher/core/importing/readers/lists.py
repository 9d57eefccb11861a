"""Tools that keep all providers in one file: zcf, claudish, ccpkit, agentkeyswitch, claude-switch and others."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from cc_launcher.core.importing import arguments, keys
from cc_launcher.core.importing.found import Draft, Home, Key, Place, Reading
from cc_launcher.core.importing.lenient import (
    Unreadable,
    items,
    listed,
    rows,
    table,
    toml_of,
    word,
    words,
    yaml_of,
)
from cc_launcher.core.importing.readers import settings

_VARIABLE = re.compile(r"\$\{?([A-Za-z_][A-Za-z0-9_]*)\}?|\{env:([A-Za-z_][A-Za-z0-9_]*)\}")
_TIERS = {
    "model": "ANTHROPIC_MODEL",
    "primaryModel": "ANTHROPIC_MODEL",
    "default_haiku_model": "ANTHROPIC_DEFAULT_HAIKU_MODEL",
    "default_sonnet_model": "ANTHROPIC_DEFAULT_SONNET_MODEL",
    "default_opus_model": "ANTHROPIC_DEFAULT_OPUS_MODEL",
    "defaultHaikuModel": "ANTHROPIC_DEFAULT_HAIKU_MODEL",
    "defaultSonnetModel": "ANTHROPIC_DEFAULT_SONNET_MODEL",
    "defaultOpusModel": "ANTHROPIC_DEFAULT_OPUS_MODEL",
    "small_fast_model": "ANTHROPIC_SMALL_FAST_MODEL",
    "haiku": "ANTHROPIC_DEFAULT_HAIKU_MODEL",
    "sonnet": "ANTHROPIC_DEFAULT_SONNET_MODEL",
    "opus": "ANTHROPIC_DEFAULT_OPUS_MODEL",
}


def _key(text: str, place: Place) -> Key:
    """A key as these tools write it: as it is, a variable, or a reference."""
    named = _VARIABLE.fullmatch(text.strip())
    if named:
        return keys.of_variable(named[1] or named[2], place)
    return keys.reference(text, place) if text.startswith("op://") else keys.literal(text, place)


def _env(url: Any, entry: Mapping[str, Any]) -> dict[str, str]:
    found = {"ANTHROPIC_BASE_URL": word(url)} if word(url) else {}
    for name, variable in _TIERS.items():
        if word(entry.get(name)):
            found.setdefault(variable, word(entry[name]))
    return found


def _parsed(home: Home, path: str, read: Callable[[str], Any], found: Reading) -> dict[str, Any]:
    if path not in home.files:
        return {}
    try:
        return table(read(home.files[path].text))
    except Unreadable as bad:
        found.faults.append(f"{path}: {bad}")
        return {}


def _json(home: Home, path: str, found: Reading) -> dict[str, Any]:
    return settings.parsed(home, path, found) if path in home.files else {}


def zcf(home: Home) -> Reading:
    """`config.toml` of zcf."""
    found, path = Reading(), ".ufomiao/zcf/config.toml"
    claude = table(_parsed(home, path, toml_of, found).get("claudeCode"))
    for name, entry in table(claude.get("profiles")).items():
        about = table(entry)
        place = Place(path, f"claudeCode.profiles.{name}", mode=home.files[path].mode)
        env = _env(about.get("baseUrl"), about)
        variable = "ANTHROPIC_API_KEY" if about.get("authType") == "api_key" else "ANTHROPIC_AUTH_TOKEN"
        env[variable] = word(about.get("apiKey"))
        title = word(about.get("name")) or name
        found.drafts.append(Draft("zcf", place, env, title, title))
    return found


def claudish(home: Home) -> Reading:
    """`config.json` of claudish: only what speaks Anthropic's API is a provider for the client."""
    found, path = Reading(), ".claudish/config.json"
    about = _json(home, path, found)
    for name, entry in table(about.get("customEndpoints")).items():
        endpoint = table(entry)
        place = Place(path, f"customEndpoints.{name}", mode=home.files[path].mode)
        key = _key(word(endpoint.get("apiKey")), place)
        kind = word(endpoint.get("format"))
        if kind not in {"anthropic", "openai"}:
            found.skip(name, place, "an address without Anthropic's API", key=key)
            continue
        models = listed(endpoint.get("models"))
        env = _env(endpoint.get("url") or endpoint.get("baseUrl"), endpoint)
        if models:
            env.setdefault("ANTHROPIC_MODEL", models[0])
        found.drafts.append(Draft("claudish", place, env, name, name, key=key, chat=kind == "openai"))
    for name, value in table(about.get("apiKeys")).items():
        place = Place(path, f"apiKeys.{name}", mode=home.files[path].mode)
        found.skip(
            name, place, "a key for claudish's own translation: it names no address", key=_key(word(value), place)
        )
    return found


def ccpkit(home: Home) -> Reading:
    """`profiles.json` of ccpkit."""
    found, path = Reading(), ".ccpkit/profiles.json"
    for name, entry in table(_json(home, path, found).get("profiles")).items():
        about = table(entry)
        if not about.get("claude_base") and not about.get("claude_key"):
            continue
        place = Place(path, f'profiles["{name}"]', mode=home.files[path].mode)
        env = {
            "ANTHROPIC_BASE_URL": word(about.get("claude_base")),
            "ANTHROPIC_AUTH_TOKEN": word(about.get("claude_key")),
        }
        env["ANTHROPIC_MODEL"] = word(about.get("claude_model"))
        found.drafts.append(Draft("ccpkit", place, env, name, name))
    return found


def agentkeyswitch(home: Home) -> Reading:
    """`profiles.json` of agentkeyswitch."""
    found, path = Reading(), ".config/agentkeyswitch/profiles.json"
    for name, entry in table(_json(home, path, found).get("profiles")).items():
        about = table(table(entry).get("claude"))
        if not about:
            continue
        place = Place(path, f'profiles["{name}"].claude', mode=home.files[path].mode)
        env = _env(about.get("base_url"), {})
        env["ANTHROPIC_AUTH_TOKEN"] = word(about.get("auth_token"))
        if word(about.get("disable_nonessential_traffic")):
            env["CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC"] = word(about["disable_nonessential_traffic"])
        found.drafts.append(Draft("agentkeyswitch", place, env, name, name, model=word(about.get("model"))))
    return found


def claude_switch(home: Home) -> Reading:
    """`config.json` of claude-switch: one profile a key. What is behind the last `|` of one is its name."""
    found, path = Reading(), ".claude-switch/config.json"
    for name, entry in table(_json(home, path, found).get("configs")).items():
        about = table(entry)
        mode = home.files[path].mode
        env = _env(about.get("base_url"), table(about.get("models"))) | words(about.get("env"))
        held = []
        for kind, variable, active in (
            ("auth_tokens", "ANTHROPIC_AUTH_TOKEN", "active_auth"),
            ("api_keys", "ANTHROPIC_API_KEY", "active_key"),
        ):
            many = [word(each) for each in items(about.get(kind))]
            for index, text in enumerate(many):
                place = Place(path, f'configs["{name}"].{kind}[{index}]', mode=mode)
                held.append((index != about.get(active), len(many) > 1, text, variable, place))
        for other, several, text, variable, place in sorted(held, key=lambda each: each[0]):
            key, _, label = text.rpartition("|") if "|" in text else (text, "", "")
            title = f"{name} ({label})" if several and label else name
            called = f"{name}-{label}" if other and several and label else name
            found.drafts.append(Draft("claude-switch", place, env | {variable: key}, title, called))
        if not held:
            found.drafts.append(Draft("claude-switch", Place(path, f"configs.{name}", mode=mode), env, name, name))
    return found


def ccm_cli(home: Home) -> Reading:
    """`profiles.yaml` of ccm."""
    found, path = Reading(), ".config/ccm/profiles.yaml"
    for name, entry in table(_parsed(home, path, yaml_of, found).get("profiles")).items():
        about = table(entry)
        place = Place(path, f'profiles["{name}"]', mode=home.files[path].mode)
        key = _key(word(about.get("api_key")), place)
        found.drafts.append(Draft("ccm", place, _env(about.get("base_url"), about), name, name, key=key))
    return found


def leitum(home: Home, path: str = ".config/leitum/api-providers.yaml") -> Reading:
    """`api-providers.yaml` of leitum, or the file of a project."""
    found = Reading()
    about = _parsed(home, path, yaml_of, found)
    for name, entry in table(about.get("providers") or about).items():
        provider = table(entry)
        if not word(provider.get("base_url")):
            continue
        place = Place(path, f'providers["{name}"]', mode=home.files[path].mode)
        key = _key(word(provider.get("api_key") or provider.get("auth_token") or provider.get("token")), place)
        env = _env(provider.get("base_url"), provider) | words(provider.get("env"))
        found.drafts.append(Draft("leitum", place, env, name, name, key=key))
    return found


def claude_china(home: Home) -> Reading:
    """`config.yaml` of claude-china."""
    found, path = Reading(), ".claudec/config.yaml"
    for name, entry in table(_parsed(home, path, yaml_of, found).get("profiles")).items():
        about = table(entry)
        place = Place(path, f'profiles["{name}"]', mode=home.files[path].mode)
        if word(about.get("type")) not in {"", "claude"}:
            why = f"type {word(about.get('type'))}: for another program than Claude Code"
            found.skip(name, place, why, key=_key(word(about.get("api_key") or about.get("token")), place))
            continue
        env = _env(about.get("base_url"), about)
        env |= {
            variable: word(about["proxy"]) for variable in ("HTTPS_PROXY", "HTTP_PROXY") if word(about.get("proxy"))
        }
        model, args, dropped = arguments.read(about.get("default_args"))
        env.setdefault("ANTHROPIC_MODEL", model)
        key = _key(word(about.get("token") or about.get("api_key")), place)
        found.drafts.append(Draft("claude-china", place, env, name, name, key=key, args=args, dropped=dropped))
    return found


def provider_switcher(home: Home) -> Reading:
    """`profiles.json` and `credentials.json` of claude-provider-switcher."""
    found, path, secrets = (
        Reading(),
        ".claude-provider-switcher/profiles.json",
        ".claude-provider-switcher/credentials.json",
    )
    kept = _json(home, secrets, found)
    about = _json(home, path, found)
    every = table(about.get("profiles")) or {word(entry.get("name")): entry for entry in rows(about.get("profiles"))}
    for name, entry in every.items():
        provider = table(entry)
        place = Place(path, f'profiles["{name}"]', mode=home.files[path].mode)
        env = words(provider.get("env")) | _env(provider.get("base_url") or provider.get("baseUrl"), provider)
        text = kept.get(name)
        value = word(text) or word(table(text).get("api_key")) or word(table(text).get("token"))
        key = _key(value, Place(secrets, name)) if value else None
        found.drafts.append(Draft("claude-provider-switcher", place, env, name, name, key=key))
    return found


def pypi_cc_switch(home: Home) -> Reading:
    """`cc-switch.json` of the program of that name on PyPI. Its keys are in a store of their own."""
    found, path = Reading(), ".claude/cc-switch.json"
    live = words(_json(home, settings.USER, found).get("env"))
    for name, entry in table(_json(home, path, found).get("providers")).items():
        about = table(entry)
        place = Place(path, f"providers.{name}", mode=home.files[path].mode)
        models = listed(about.get("models"))
        env = {"ANTHROPIC_BASE_URL": word(about.get("base_url"))} | ({"ANTHROPIC_MODEL": models[0]} if models else {})
        env |= words(about.get("extra_env"))
        level = live.get("CLAUDE_CODE_EFFORT_LEVEL", "")
        if level and live.get("ANTHROPIC_BASE_URL") == env["ANTHROPIC_BASE_URL"]:
            env["CLAUDE_CODE_EFFORT_LEVEL"] = level
        note = f"its key is in credstore, as {word(about.get('api_key_name'))}"
        found.drafts.append(Draft("pypi-cc-switch", place, env, name, name, notes=(note,)))
    return found


def multi_claude(home: Home) -> Reading:
    """`config.json` of multi-claude: it keeps no key."""
    found, path = Reading(), ".config/multi-claude/config.json"
    for name, entry in table(_json(home, path, found).get("accounts")).items():
        about = table(entry)
        place = Place(path, f"accounts.{name}.env", mode=home.files[path].mode)
        env = words(about.get("env"))
        env |= {
            variable: word(about["proxy"]) for variable in ("HTTPS_PROXY", "HTTP_PROXY") if word(about.get("proxy"))
        }
        if not env.get("ANTHROPIC_BASE_URL"):
            found.skip(name, place, "no address: an account with the client's own login")
            continue
        args = tuple(listed(about.get("args")))
        found.drafts.append(Draft("multi-claude", place, env, name, name, args=args))
    return found


def ollama(home: Home) -> Reading:
    """What `ollama launch claude` has chosen."""
    found = Reading()
    for path in (".ollama/config.json", ".ollama/config/config.json"):
        claude = table(table(_json(home, path, found).get("integrations")).get("claude"))
        models = listed(claude.get("models"))
        if not models:
            continue
        env = {
            "ANTHROPIC_BASE_URL": "http://localhost:11434",
            "ANTHROPIC_AUTH_TOKEN": "ollama",
            "ANTHROPIC_MODEL": models[0],
        }
        env["ANTHROPIC_DEFAULT_HAIKU_MODEL"] = word(table(claude.get("aliases")).get("fast"))
        place = Place(path, "integrations.claude", mode=home.files[path].mode)
        found.drafts.append(Draft("ollama-launch", place, env, "ollama launch claude"))
    return found
