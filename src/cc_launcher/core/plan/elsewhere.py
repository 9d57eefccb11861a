"""A plan for a place that starts the client itself: a workflow of GitHub's, a development container.

Each has its own means for a secret. Here is only what it is called there.
"""

import ipaddress
import json
import re
from collections.abc import Callable, Iterator

import yaml  # type: ignore[import-untyped] # it comes without types

from cc_launcher.core.errors import USAGE, CcError
from cc_launcher.core.plan import (
    BASE_URL,
    BESIDE,
    DESCRIPTOR,
    HOSTED,
    SEALED,
    TOKEN,
    URL,
    Plan,
    Slot,
    exports,
    pins,
    without,
)
from cc_launcher.core.plan.exports import ACTION, DEVCONTAINER, GITHUB
from cc_launcher.core.profile import clouds
from cc_launcher.core.profile.resolve import Resolved
from cc_launcher.core.text import quote, urls

Step = dict[str, str | dict[str, str]]
LOGIN = "CLAUDE_CODE_OAUTH_TOKEN"  # what `claude setup-token` prints
_KEY, _TOKEN = "ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN"
_STRAY = (_KEY, _TOKEN, LOGIN)  # of a job around it, or of a codespace: the client would send it along
_USES = "anthropics/claude-code-action@v1"
_PROMPT = "Say in two sentences what this repository does."
_DENY = ("--disallowedTools", without.TOOL)
_HOST = "host.docker.internal"  # how a container calls the machine that it is on
_SWITCHES = {"bedrock": "use_bedrock", "vertex": "use_vertex", "foundry": "use_foundry"}  # inputs of the action
# A directory, a name in ~/.aws/config, and what the proxy is not for.
_OF_THIS_MACHINE = ("CLAUDE_CONFIG_DIR", "AWS_PROFILE", "NO_PROXY", "no_proxy")
_THERE = {GITHUB: "a runner of GitHub's", ACTION: "a runner of GitHub's", DEVCONTAINER: "a container"}
_LOGIN_AT_GITHUB = {
    "aws": "a step with aws-actions/configure-aws-credentials before this one",
    "google": "a step with google-github-actions/auth before this one",
    "azure": "a step with azure/login before this one",
}
_LOGIN_INSIDE = {
    "aws": "aws sso login, in the container (AWS_REGION there names the region, where the profile does not)",
    "google": "gcloud auth application-default login, in the container",
    "azure": "az login, in the container",
}


def refuse(resolved: Resolved, plan: Plan, place: str) -> None:
    """Refuse what this place cannot have, with what to do instead."""
    name, profile, there = resolved.name, resolved.profile, _THERE[place]
    what = hint = ""
    if plan.protection == SEALED:
        what = f"a sealed launch needs cc, which {there} does not have"
        hint = f'a profile for it: extends = "{name}", sealed = false'
    elif profile.auth == "login" and profile.elsewhere:
        what, hint = "your claude.ai login stays on this machine", "a profile with a key of its own: cc add"
    elif place != DEVCONTAINER and _is_here(resolved):
        what = f"{profile.base_url} is on this machine, which {there} cannot reach"
        hint = f"on a runner of your own on this machine: cc run {name} -p …"
    elif place == ACTION and profile.cloud is not None and profile.cloud not in _SWITCHES:
        what = f"{_USES} has no input for this cloud"
        hint = f"without the action: cc env {name} --format {GITHUB}"
    if what:
        raise CcError(f"{name}: {what}", hint, code=USAGE)


def text(resolved: Resolved, plan: Plan, place: str) -> str:
    """What that place wants, whole."""
    return {GITHUB: _workflow, ACTION: _action, DEVCONTAINER: _container}[place](resolved, plan)


def _workflow(resolved: Resolved, plan: Plan) -> str:
    """Two steps of a job: the client, and one that asks it something."""
    values = _empty(plan) | _values(resolved, plan, _secret_of_github, _as_is_at_github)
    words = quote.posix(["claude", *_arguments(resolved, plan), "-p", _PROMPT])
    install: Step = {"name": "Install Claude Code", "run": "npm install -g @anthropic-ai/claude-code"}
    return _yaml([install, {"name": _title(resolved), "env": values, "run": _as_is_at_github(words)}])


def _action(resolved: Resolved, plan: Plan) -> str:
    """A step with the action of Claude Code's makers, which has inputs of its own for what decides where it goes."""
    profile = resolved.profile
    values = _values(resolved, plan, _secret_of_github, _as_is_at_github)
    inputs = {"prompt": _PROMPT}
    if profile.cloud is not None:
        values.pop(clouds.CLOUDS[profile.cloud].switch, None)  # it sets the variable by its input
        inputs[_SWITCHES[profile.cloud]] = "true"
    elif LOGIN in values:
        inputs["claude_code_oauth_token"] = values.pop(LOGIN)
    else:
        # It does not start without this one. Where the key is in a header of the provider's own, any text will do.
        inputs["anthropic_api_key"] = values.pop(_KEY, "") or values.get(_TOKEN, "none")
    if arguments := _arguments(resolved, plan):
        inputs["claude_args"] = _as_is_at_github(quote.posix(arguments))
    return _yaml([{"name": _title(resolved), "uses": _USES, "env": values, "with": inputs}])


def _arguments(resolved: Resolved, plan: Plan) -> list[str]:
    """The profile's own, and what takes a tool away that is dead there: no variable can."""
    denied = _DENY if without.is_dead(resolved.profile, plan.model) else ()
    return [*resolved.profile.args, *denied]


def _container(resolved: Resolved, plan: Plan) -> str:
    """The keys for devcontainer.json. Secrets are not in the container's own environment: they can be replaced."""
    values = _values(resolved, plan, lambda name: f"${{localEnv:{name}}}", _as_is_in_a_container)
    keys: dict[str, object] = {}
    if _is_here(resolved):
        address = resolved.profile.base_url or ""
        there = address.replace(urls.name_of(address), _HOST, 1)
        values = {name: value.replace(address, there) for name, value in values.items()}
        keys["runArgs"] = [f"--add-host={_HOST}:host-gateway"]
    secret = [variable for variable, _ in _with_secrets(resolved, plan)]
    keys["containerEnv"] = {name: value for name, value in values.items() if name not in secret}
    keys["remoteEnv"] = _empty(plan) | {name: values[name] for name in secret}
    if names := named(resolved, plan).values():
        about = "What `claude setup-token` prints" if is_login(resolved) else f"A key of {resolved.title}"
        known = {"documentationUrl": resolved.profile.key_url} if resolved.profile.key_url else {}
        keys["secrets"] = {name: {"description": about} | known for name in names}
    return f"{json.dumps(keys, indent=2, ensure_ascii=False)}\n"


def notes(resolved: Resolved, plan: Plan, place: str) -> list[str]:
    """What is to be said: where it goes, how the secret gets there, and what is not in it."""
    name, profile, cloud = resolved.name, resolved.profile, clouds.of(resolved.profile)
    steps = "these steps" if place == GITHUB else "this step"
    found = [f"{name}: put {steps} under `steps:` of a job, after actions/checkout"]
    if place == DEVCONTAINER:
        found = [f"{name}: put these keys into .devcontainer/devcontainer.json, beside those for its image"]
    found += [_kept(resolved, plan, place, reference, secret) for reference, secret in named(resolved, plan).items()]
    if profile.auth == "cloud" and cloud is not None:
        logins = _LOGIN_INSIDE if place == DEVCONTAINER else _LOGIN_AT_GITHUB
        found.append(f"the login of {cloud.title}: {logins[cloud.family]}")
    if place == ACTION and profile.auth == "bearer" and profile.cloud is None:
        found.append("the action wants an API key: the same secret is sent as a key and as a token")
    if any(slot.delivery == URL for slot in plan.slots):
        found.append(
            "a part of the address is a secret: in it, all but letters, digits and -._~ must be written as %XX"
        )
    if place == DEVCONTAINER and without.is_dead(profile, plan.model):
        found.append(
            f"no web search there: start it as claude {' '.join(_DENY)}, or what {without.TOOL} finds is made up"
        )
    if _is_here(resolved):
        found.append("the server must listen where the container reaches it, not on 127.0.0.1 alone")
    if place != DEVCONTAINER and _is_near(resolved):
        found.append(f"{resolved.host} is in a network of your own, which only a runner of your own can reach")
    if lacking := exports.beside(profile):
        found.append(f"not in it, since only a launch by cc can do that: {', '.join(lacking)}")
    found.append(
        "files of the repository still decide on hooks, permissions and the models of agents there, and a client "
        "before 2.1.257 keeps the secret less well: use a newer one"
        if plan.protection == HOSTED
        else "a settings file of the repository can lead it, and the login, elsewhere: only for repositories you trust"
    )
    return found


def named(resolved: Resolved, plan: Plan) -> dict[str, str]:
    """The name under which the place is to have each secret, by its reference."""
    found: dict[str, str] = {}
    start = _as_variable(resolved.name)
    usual = next(iter(clouds.key_variables(resolved.profile)), f"{start}_API_KEY")
    for slot in sorted(_slots(plan), key=lambda slot: slot.delivery not in {TOKEN, DESCRIPTOR}):
        if slot.reference in found:
            continue
        store, _, rest = slot.reference.partition(":")
        name = usual if slot.delivery in {TOKEN, DESCRIPTOR} else f"{start}_{_as_variable(slot.name)}"
        name = rest if store == "env" else name
        # GitHub keeps what begins like its own variables to itself, and no name may begin with a digit.
        name = f"KEY_{name}" if name[0].isdigit() or name.upper().startswith("GITHUB_") else name
        while name in found.values():
            name += "_2"
        found[slot.reference] = name
    return found | ({LOGIN: LOGIN} if is_login(resolved) else {})


def is_login(resolved: Resolved) -> bool:
    """Whether it is plain `claude` with its own login."""
    return resolved.profile.auth == "login" and not resolved.profile.elsewhere


def _kept(resolved: Resolved, plan: Plan, place: str, reference: str, secret: str) -> str:
    """How the secret comes to where the place looks for it: by a pipe or a variable, never in an argument."""
    if reference == LOGIN:
        then = f"read -rs {secret}; export {secret}" if place == DEVCONTAINER else f"gh secret set {secret}"
        return f"claude setup-token prints a token. Paste it here: {then}"
    own = any(slot.reference == reference and slot.delivery in {TOKEN, DESCRIPTOR} for slot in plan.slots)
    get = f"cc secret get {resolved.name if own else f'--reference {quote.sh(reference)}'}"
    if place != DEVCONTAINER:
        return f"the secret: {get} | gh secret set {secret}"
    if reference == f"env:{secret}":
        return f"{secret} has to be set where the editor is started"
    return f'before the editor is started, in the same shell: export {secret}="$({get})"'


def _values(
    resolved: Resolved, plan: Plan, secret: Callable[[str], str], literal: Callable[[str], str]
) -> dict[str, str]:
    """The variables, with the place's own words for a secret where one is."""
    left_out = {*pins.marks("", "", ""), *_OF_THIS_MACHINE}  # only cc's own status line reads the marks
    found = {name: literal(value) for name, value in plan.set.items() if name not in left_out}
    names = named(resolved, plan)
    for variable, parts in _with_secrets(resolved, plan):
        shown = [literal(before) + (secret(names[reference]) if reference else "") for before, reference in parts]
        found[variable] = "".join(shown)
    return dict(sorted(found.items()))


def _with_secrets(resolved: Resolved, plan: Plan) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Each variable that holds secrets: what stands before each of them, and its reference. At the end, text alone."""
    slots = tuple(slot for slot in _slots(plan) if slot.delivery != URL)
    for variable, parts in exports.with_secrets(plan.but(slots=slots)).items():
        yield variable, [(before, slots[index].reference) for before, index in parts]
    if in_address := {slot.name: slot.reference for slot in plan.slots if slot.delivery == URL}:
        pieces = urls.PARAMETER.split(plan.set[BASE_URL])  # text, the name of a parameter, text, …
        yield (
            BASE_URL,
            [*((pieces[at], in_address[pieces[at + 1]]) for at in range(0, len(pieces) - 1, 2)), (pieces[-1], "")],
        )
    if is_login(resolved):
        yield LOGIN, [("", LOGIN)]


def _slots(plan: Plan) -> tuple[Slot, ...]:
    return tuple(slot for slot in plan.slots if slot.delivery not in BESIDE)


def _empty(plan: Plan) -> dict[str, str]:
    """Credentials that the surroundings may have: empty is as if they were not set, and none goes to a stranger."""
    return {name: "" for name in _STRAY if name in exports.taken_out(plan)}


def _is_here(resolved: Resolved) -> bool:
    """Whether it goes to a server on this machine."""
    return urls.is_loopback(urls.name_of(resolved.profile.base_url or ""))


def _is_near(resolved: Resolved) -> bool:
    """Whether it goes to a server that has no public address."""
    try:
        return ipaddress.ip_address(resolved.host).is_private
    except ValueError:
        return "." not in resolved.host or resolved.host.endswith((".local", ".lan", ".internal", ".home.arpa"))


def _as_variable(name: str) -> str:
    return re.sub("[^A-Z0-9]", "_", name.upper())


def _title(resolved: Resolved) -> str:
    return _as_is_at_github(f"Claude Code on {resolved.title}")


def _secret_of_github(name: str) -> str:
    return f"${{{{ secrets.{name} }}}}"


def _as_is_at_github(value: str) -> str:
    """A text in which GitHub replaces nothing."""
    return value.replace("${{", "${{ '${{' }}")


def _as_is_in_a_container(value: str) -> str:
    if "${" in value:
        raise CcError(f"devcontainer.json would replace a part of {value}", "leave `${` out of it", code=USAGE)
    return value


class _Quoted(str):
    """A text in double quotes, or a newer YAML than the one here might read a number."""

    __slots__ = ()


class _Dumper(yaml.SafeDumper):  # type: ignore[misc] # it has no types
    pass


_Dumper.add_representer(_Quoted, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"'))


def _yaml(steps: list[Step]) -> str:
    """A list of steps, whose texts are one line each."""
    quoted = [{key: _with_quotes(value) for key, value in step.items()} for step in steps]
    made: str = yaml.dump(quoted, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=2**31)
    return made


def _with_quotes(value: str | dict[str, str]) -> object:
    return _Quoted(value) if isinstance(value, str) else {name: _Quoted(text) for name, text in value.items()}
