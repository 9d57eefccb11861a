"""From a tool's variables to a profile: by host, the models in our tiers, and what has no place there is named."""

import re
import shlex
from urllib.parse import urlsplit

from cc_launcher.core.importing import arguments, keys, naming
from cc_launcher.core.importing.found import (
    LITERAL,
    MISSING,
    NONE,
    PLACEHOLDER,
    REFERENCE,
    Candidate,
    Consent,
    Draft,
    Home,
    Key,
    Skipped,
)
from cc_launcher.core.importing.hosts import ROUTER, Catalog, Owner, is_half_filled
from cc_launcher.core.importing.models_of import models
from cc_launcher.core.importing.putting import API_KEY, CLOUDS, TOKEN, URL, Made
from cc_launcher.core.importing.session_variables import environment
from cc_launcher.core.profile import durations
from cc_launcher.core.profile.apis import OPENAI
from cc_launcher.core.text import has_control, names, urls

_CLOUD_VALUES = {
    "vertex": ("project", "ANTHROPIC_VERTEX_PROJECT_ID"),
    "foundry": ("resource", "ANTHROPIC_FOUNDRY_RESOURCE"),
}
_CC_SWITCH = 15721  # the port of its proxy
_HOST = re.compile(r"[a-z0-9_{}.-]+|[0-9a-f:.%]+")
_DANGER = "--dangerously-skip-permissions"


def mapped(draft: Draft, catalog: Catalog, home: Home) -> Candidate | Skipped:
    """What this draft would become; or why it becomes nothing."""
    cloud = next((found for name, found in CLOUDS.items() if draft.env.get(name) in {"1", "true"}), None)
    key, variable, two = draft.key or Key(), "", False
    if draft.key is None:
        key, variable, two = keys.of_environment(draft.env, draft.place)
    if draft.helper and key.kind not in {LITERAL, REFERENCE}:
        key = keys.of_command(draft.helper, draft.place, home.path, home.is_private)
    url = urls.tidy(urls.tidy_openai(draft.env.get(URL, "").strip()))
    refused = None if cloud else _refused(draft, url, key)
    if refused is not None:
        return refused
    chat = draft.chat or _is_chat(draft)
    owner = Owner(cloud[0]) if cloud else catalog.owner(url, chat=chat, direct=not draft.translated)
    made = Made(draft, catalog.profiles.get(owner.name) if owner.name else None, key)
    made.notes.extend(draft.notes)
    made.dropped.extend(draft.dropped)
    _where(made, owner, key, variable)
    models(made)
    environment(made, cloud=cloud is not None)
    if cloud:
        _cloud(made, *cloud)
        key = Key(NONE, place=draft.place)
    if owner.guess:
        made.needs.append(owner.guess)
    made.needs.extend(draft.guesses)
    if two:
        made.needs.append("two different keys stand there: ANTHROPIC_AUTH_TOKEN is taken")
    return _candidate(made, owner, key)


def _refused(draft: Draft, url: str, key: Key) -> Skipped | None:
    """What is no provider of the user's."""
    why = _fault_of_address(draft, url, key) or _fault_of_host(draft, url, real=key.kind in {LITERAL, REFERENCE})
    hint = ""
    if any(draft.env.get(variable, "").strip() in keys.MANAGED for variable in (TOKEN, API_KEY)):
        why = "a proxy of another tool, which has the real key"
        hint = "import from that tool: its own configuration"
    return Skipped(_name_of(draft), draft.place, why, hint, key) if why else None


def _fault_of_address(draft: Draft, url: str, key: Key) -> str:
    if is_half_filled(draft.env.get(URL, "")):
        return "half filled: something in its address was never filled in"
    try:
        if url:
            urls.check(url)
    except urls.BadUrl as bad:
        return f"its address {bad.reason}"
    if url and not _HOST.fullmatch(urls.name_of(url)):
        return "its address has no host that could be one"
    return "has a key in its address, which a profile does not keep" if keys.has_key(url, [key.value]) else ""


def _fault_of_host(draft: Draft, url: str, *, real: bool) -> str:
    host = urls.name_of(url)
    if urls.is_loopback(host) and ROUTER in draft.helper:
        return f"a take-over by {ROUTER}, and no provider: it works only while that program runs"
    if urls.is_loopback(host) and urlsplit(url).port == _CC_SWITCH:
        return "the proxy of cc-switch, and no provider: it works only while that program runs"
    if not url and not real:
        return "no address and no key: that is the client's own login, which works without a profile"
    if host == "api.anthropic.com" and not real:
        return "Anthropic's own address without a key: that is the client's own login"
    return ""


def _is_chat(draft: Draft) -> bool:
    """Whether the address is that of OpenAI's chat completions, whatever the tool says."""
    written = draft.env.get(URL, "").strip().rstrip("/")
    return urls.tidy_openai(written) != written


def _where(made: Made, owner: Owner, key: Key, variable: str) -> None:
    draft, data = made.draft, made.data
    if owner.name:
        data["extends"] = owner.name
    data["title"] = _shown(keys.masked(draft.title or _name_of(draft), [key.value]))
    if owner.region:
        data["region"] = owner.region
    if owner.openai_only:
        data["api"] = OPENAI
    if owner.base_url:
        data["base_url"] = owner.base_url
        if owner.openai_only:  # written with the /v1 that its provider writes
            data["base_url"] = urls.tidy_openai(draft.env.get(URL, "").strip())
    real = key.kind in {LITERAL, REFERENCE}
    if not owner.name:
        data["auth"] = "api-key" if variable == API_KEY and not owner.openai_only else "bearer"
        if key.kind == PLACEHOLDER and urls.is_loopback(urls.name_of(owner.base_url)):
            data["auth"] = "none"
    elif real and made.base is not None and made.base.auth == "none":
        data["auth"] = "api-key" if variable == API_KEY else "bearer"
    _timeout(made)
    if not owner.name:
        data["open_ended"] = True


def _timeout(made: Made) -> None:
    text = made.draft.env.get("API_TIMEOUT_MS", "").strip()
    if not text:
        return
    if len(text) > 12 or not text.isascii() or not text.isdecimal() or not 1 <= int(text) <= durations.MAX_MS:
        made.drop("API_TIMEOUT_MS", "is no number of milliseconds")
        return
    written = durations.written(int(text))
    if made.base is None or made.base.timeout != written:
        made.data["timeout"] = written


def _cloud(made: Made, name: str, regions: tuple[str, ...]) -> None:
    region = next((made.draft.env[each] for each in regions if made.draft.env.get(each)), "")
    if region and names.is_profile(region):
        made.data["region"] = region
    parameter, variable = _CLOUD_VALUES.get(name, ("", ""))
    if variable and names.VALUE.fullmatch(made.draft.env.get(variable, "")):
        made.data["values"] = {parameter: made.draft.env[variable]}


def _candidate(made: Made, owner: Owner, key: Key) -> Candidate:
    draft = made.draft
    base_url = str(made.data.get("base_url", ""))
    plain = urlsplit(base_url).scheme == "http" and not urls.is_loopback(urls.name_of(base_url))
    consents = []
    for words in arguments.lines(draft.args):
        if any(made.has_key(word) or has_control(word) for word in words):
            made.drop("an argument", "has a key or a control character in it: it is not shown, and not taken")
        else:
            consents.append(Consent("args", shlex.join(words), _why(words), words))
    if plain:
        consents.append(Consent("plain_http", base_url, "sends the key over the network in clear text"))
    if key.kind == REFERENCE and key.consent:
        consents.append(Consent("secret", key.reference.removeprefix("cmd:"), "a command that prints the key"))
    usual = _host_name(owner, made)
    host = urls.host_of(base_url or (made.base.base_url if made.base and made.base.base_url else urls.OWN_ADDRESS))
    router = draft.router or owner.name == ROUTER
    notes = list(made.notes)
    if router:
        notes.append("works only while claude-code-router runs")
    gateway = owner.openai_only or (made.base is not None and made.base.api == OPENAI)
    if gateway:
        notes.append("speaks OpenAI's API only: no profile that is direct; cc reaches it by a gateway on this machine")
    return Candidate(
        name=naming.slug("" if made.has_key(draft.name) else draft.name) or usual,
        data=made.data,
        key=key if key.kind != MISSING or key.place is None else Key(MISSING, place=draft.place),
        header_keys=made.header_keys,
        places=(draft.place,),
        sources=(draft.source,),
        host=_host_of_cloud(owner) or host,
        needs=tuple(made.needs),
        consents=tuple(consents),
        args=tuple(word for consent in consents for word in consent.words),
        plain_http=plain,
        dropped=tuple(dict.fromkeys(made.dropped)),
        notes=tuple(dict.fromkeys(notes)),
        chosen=not (draft.old or router or draft.only or gateway),
        old=draft.old,
        live=draft.live,
        router=router,
        by_gateway=gateway,
    )


def _why(words: tuple[str, ...]) -> str:
    if _DANGER in words:
        return "the client then asks for no permission at all"
    return "an argument for claude at each launch"


def _host_of_cloud(owner: Owner) -> str:
    return owner.name if owner.name in {name for name, _ in CLOUDS.values()} else ""


def _host_name(owner: Owner, made: Made) -> str:
    region = str(made.data.get("region", ""))
    if owner.name:
        return f"{owner.name}-{region.split('-', maxsplit=1)[0]}" if _host_of_cloud(owner) and region else owner.name
    return naming.of_host(urls.name_of(str(made.data.get("base_url", ""))))


def _name_of(draft: Draft) -> str:
    return draft.name or draft.title or draft.place.file


def _shown(text: str) -> str:
    return "".join(char for char in text if not has_control(char))[:100] or "imported"
