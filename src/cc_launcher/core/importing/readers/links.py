"""Links that carry a provider: `ccswitch://` and `ccr://`."""

import binascii
from urllib.parse import parse_qs, urlsplit

from cc_launcher.core.importing import keys
from cc_launcher.core.importing.found import Draft, Dropped, Place, Reading
from cc_launcher.core.importing.lenient import Unreadable, json_of, table, words
from cc_launcher.core.text import urls

NAME = "link"
SCHEMES = ("ccswitch://", "ccr://")
_MODELS = {
    "model": "ANTHROPIC_MODEL",
    "haikuModel": "ANTHROPIC_DEFAULT_HAIKU_MODEL",
    "sonnetModel": "ANTHROPIC_DEFAULT_SONNET_MODEL",
    "opusModel": "ANTHROPIC_DEFAULT_OPUS_MODEL",
}


def is_link(text: str) -> bool:
    """Whether this is a link that carries a provider."""
    return text.strip().lower().startswith(SCHEMES)


def of_text(text: str, path: str, found: Reading) -> None:
    """Links, one a line."""
    for number, line in enumerate(text.splitlines(), start=1):
        if is_link(line):
            _of_link(line.strip(), Place(path, f"line {number}", number), found)


def _of_link(link: str, place: Place, found: Reading) -> None:
    try:
        parts = urlsplit(link)
        query = {name: values[0] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
    except ValueError:
        found.faults.append(f"{place}: not a link")
        return
    name = query.get("name", "")
    if parts.scheme == "ccr":
        _of_router(name, query, place, found)
    elif parts.netloc != "v1" or parts.path.strip("/") != "import":
        found.skip(name, place, f"version {parts.netloc} of these links is unknown: refused as a whole")
    elif query.get("resource") != "provider":
        found.skip(name, place, f"resource={query.get('resource', '')}: no provider")
    elif query.get("app") != "claude":
        found.skip(name, place, f"app={query.get('app', '')}: for another program than Claude Code")
    elif query.get("configUrl"):
        found.skip(name, place, "configUrl: nothing is fetched")
    else:
        _of_switch(name, query, place, found)


def _of_switch(name: str, query: dict[str, str], place: Place, found: Reading) -> None:
    content = {}
    if query.get("config"):
        try:
            content = table(json_of(_decoded(query["config"])))
        except (Unreadable, binascii.Error, ValueError):
            found.faults.append(f"{place}: its config is not base64 of JSON")
            return
    env = words(content.get("env"))
    dropped = []
    endpoints = [part.strip() for part in query.get("endpoint", "").split(",") if part.strip()]
    if endpoints:
        env["ANTHROPIC_BASE_URL"] = endpoints[0]
        others = [urls.host_shown(other) or "an endpoint" for other in endpoints[1:]]
        dropped += [Dropped(other, "a further host: the key belongs to one") for other in others]
    if query.get("apiKey"):
        env["ANTHROPIC_AUTH_TOKEN"] = query["apiKey"]
    env |= {variable: query[parameter] for parameter, variable in _MODELS.items() if query.get(parameter)}
    if query.get("enabled"):
        dropped.append(Dropped("enabled", "a wish of the link's author"))
    if query.get("usageScript"):
        dropped.append(Dropped("usageScript", "a program that is given the key: it is never run"))
    if content.get("apiKeyHelper"):
        dropped.append(Dropped("apiKeyHelper", "a command in a link is never taken"))
    dropped += [Dropped(part, "is never taken from a link") for part in ("hooks", "statusLine") if content.get(part)]
    found.drafts.append(Draft(NAME, place, env, title=name, name=name, dropped=tuple(dropped)))


def _decoded(text: str) -> str:
    """Base64 as links have it: its own letters or those of URLs, with the padding or without."""
    plain = text.replace(" ", "+").replace("-", "+").replace("_", "/").rstrip("=")
    return binascii.a2b_base64(plain + "=" * (-len(plain) % 4)).decode()


def _of_router(name: str, query: dict[str, str], place: Place, found: Reading) -> None:
    models = [model.strip() for model in query.get("models", "").split(",") if model.strip()]
    key = keys.literal(query.get("api_key", "") or query.get("apiKey", ""), place)
    if query.get("protocol") != "anthropic_messages":
        why = f"{query.get('protocol', '')}: no address of Anthropic's API"
        found.skip(f"{name} (ccr)", place, why, key=key, url=query.get("base_url", ""))
        return
    env = {"ANTHROPIC_BASE_URL": query.get("base_url", "")} | ({"ANTHROPIC_MODEL": models[0]} if models else {})
    found.drafts.append(Draft("claude-code-router", place, env, title=name, name=name, key=key))
