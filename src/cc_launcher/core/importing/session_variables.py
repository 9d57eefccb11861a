"""What else a tool sets for the client: variables of the session, knobs, headers. Each that has no place is named."""

import re

from cc_launcher.core.importing import keys
from cc_launcher.core.importing.putting import API_KEY, CLOUDS, HEADERS, SLOT, SMALL, TOKEN, URL, Made
from cc_launcher.core.profile import variables
from cc_launcher.core.text import has_control, names

_KNOBS = {
    "CLAUDE_CODE_DISABLE_EXPERIMENTAL_BETAS": ("no-betas", {"1", "true"}),
    "CLAUDE_CODE_ATTRIBUTION_HEADER": ("stable-prompt", {"0", "false"}),
    "ENABLE_TOOL_SEARCH": ("no-tool-search", {"0", "false"}),
}
_TAKEN = frozenset(
    {URL, TOKEN, API_KEY, HEADERS, SMALL, "ANTHROPIC_MODEL", "API_TIMEOUT_MS", "CLAUDE_CODE_MAX_CONTEXT_TOKENS"}
    | {"ANTHROPIC_EXTRA_MODELS", "CLAUDE_CODE_API_KEY_HELPER_TTL_MS"} | {*SLOT.values()}
)  # fmt: skip
_PROXIES = frozenset({"HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"})
_DANGEROUS = re.compile(
    r"(?:LD|DYLD)_.*|PATH|HOME|NODE_OPTIONS|NODE_PATH|PYTHONPATH|PYTHONSTARTUP|BASH_ENV|ENV|SHELL"
    r"|CLAUDE_CODE_(?:SHELL.*|GIT_BASH_PATH|.*_HELPER|.*_PATH|PLUGIN.*|HOST_.*|CLIENT_CERT|CLIENT_KEY)"
)
_OF_A_PROFILE = frozenset(
    {variable for _, regions in CLOUDS.values() for variable in regions}
    | {"ANTHROPIC_VERTEX_PROJECT_ID", "ANTHROPIC_FOUNDRY_RESOURCE"}
)
_OF_A_CLOUD = re.compile(r"(?:AWS|GOOGLE|AZURE|CLOUD_ML|ANTHROPIC_VERTEX|ANTHROPIC_FOUNDRY|ANTHROPIC_BEDROCK)_.*")


def environment(made: Made, *, cloud: bool) -> None:
    """Variables for the session, knobs and headers."""
    env, compat = {}, {}
    for name, value in made.draft.env.items():
        if name in _TAKEN or not value.strip():
            continue
        knob, when = _KNOBS.get(name, ("", set()))
        if name in CLOUDS or (cloud and _OF_A_CLOUD.fullmatch(name)):
            _of_a_cloud(made, name)
        elif _is_own(made.draft.ignored, name):
            made.drop(name, f"a variable of {made.draft.source}'s own")
        elif knob and value.strip().lower() in when:
            compat[knob] = True
        elif _may_be_set(made, name, value):
            env[name] = value
    _headers(made)
    compat = {knob: True for knob in compat if made.base is None or not made.base.compat.get(knob)}
    made.data.update({name: values for name, values in (("compat", compat), ("env", env)) if values})


def _is_own(ignored: frozenset[str], name: str) -> bool:
    return name in ignored or any(mark.endswith("*") and name.startswith(mark[:-1]) for mark in ignored)


def _of_a_cloud(made: Made, name: str) -> None:
    if name.startswith("AWS_") and keys.is_secret_name(name):
        made.drop(name, "a key of the cloud belongs to its own tools: it stays where it is")
    elif name == "AWS_PROFILE":
        made.drop(name, "see the page on clouds for where it goes")
    elif name not in CLOUDS and name not in _OF_A_PROFILE:
        made.drop(name, "is for the cloud's own tools: it stays where it is")


def _may_be_set(made: Made, name: str, value: str) -> bool:
    """Whether this is a variable for the session. Each that is not is named."""
    why = ""
    if _DANGEROUS.fullmatch(name):
        why = "changes which programs run: it is never taken"
    elif not (name.startswith(("CLAUDE_CODE_", "DISABLE_")) or name in _PROXIES or name == "MAX_THINKING_TOKENS"):
        why = "is not the client's" if not name.startswith("ANTHROPIC_") else "has no place in a profile"
    elif name in _PROXIES and "@" in value:
        why = "has a password in it"
    elif not names.VARIABLE.fullmatch(name) or has_control(value):
        why = "has characters that no variable has"
    elif keys.looks_like_key(value) or made.has_key(value):
        why = "looks like a key"
    else:
        group = variables.group_of(name)
        if group is not None and not group.keepable:
            why = "chooses the provider, which the profile does itself"
        elif made.base is not None and made.base.env.get(name) == value:
            return False
    if why:
        made.drop(name, why)
    return not why


def _headers(made: Made) -> None:
    plain = {}
    for line in made.draft.env.get(HEADERS, "").replace("\\n", "\n").splitlines():
        name, colon, value = (part.strip() for part in line.partition(":"))
        if not colon or not value or not names.HEADER.fullmatch(name) or has_control(value):
            continue
        if name.lower() in {"authorization", "x-api-key", "proxy-authorization", "cookie"}:
            made.drop(f"header {name}", "carries a credential; the key of the profile is sent instead")
        elif keys.is_secret_name(name) or keys.looks_like_key(value):
            made.header_keys[name] = keys.literal(value, made.draft.place)
        else:
            plain[name] = value
    if plain:
        made.data["headers"] = plain
