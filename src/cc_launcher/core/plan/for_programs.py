"""A plan for a program that starts clients (`cc exec`): what its environment gets, and what stays open there.

A client that the program finds on PATH is a `claude` of ours, which does what a wrapper does: for it, variables are
nothing. They are for the others: those that a program brings along, or calls by a whole path.
"""

from collections.abc import Iterator, Mapping

from cc_launcher.core.plan import (
    BESIDE,
    BY_ITSELF,
    CUSTOM_HEADERS,
    DESCRIPTOR,
    GIVEN,
    HEADER,
    HOSTED,
    SEALED,
    TOKEN,
    URL,
    Plan,
    Slot,
    client,
    exports,
)
from cc_launcher.core.plan.machine import Machine, SettingsFile
from cc_launcher.core.plan.set_values import HOST_FLAG
from cc_launcher.core.profile import variables
from cc_launcher.core.profile.profile import Profile
from cc_launcher.core.stores import references

EXECUTABLE = "CLAUDE_CODE_EXECUTABLE"  # where the ACP adapter, and what does as it does, look for the client
# In the place of a key that no environment may hold: a client without any would send a saved claude.ai login.
NO_KEY = "no-key-here-see-cc-exec"
_TOKEN, _KEY = "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_API_KEY"
_LESS_TRAFFIC = next(names for reason, names in variables.LEFT_ALONE.items() if reason.startswith("less traffic"))
_OVER_BUDGET = "CC_OVER_BUDGET"
_DECIDES = frozenset(
    {*(name for group in variables.GROUPS if group.from_settings for name in group.names), *variables.NETWORK}
)
_KEYS = frozenset({"apiKeyHelper", "availableModels", "model", "modelOverrides", "proxyAuthHelper"})
_MOST = 3  # names that a line has room for


def is_keyless(plan: Plan, *, is_client: bool) -> bool:
    """Whether the program's environment gets no secret: a sealed launch keeps it out, our `claude` reads it itself."""
    return plan.protection == SEALED or is_client


def of(plan: Plan, *, keyless: bool, claude: str, left: tuple[str, ...] = ()) -> Plan:
    """The plan of the program's environment: what its slots hold goes into variables. `claude` is ours.

    `left` are the variables that a surrounding session has left, and that this plan says nothing of.
    """
    slots = [] if keyless else [_in_a_variable(slot) for slot in plan.slots if slot.delivery not in BY_ITSELF]
    more = {EXECUTABLE: claude}
    needed = _needed(plan)
    if keyless and any(slot.delivery not in BESIDE for slot in plan.slots):
        # Where the user has the key in that variable, our `claude` reads it there.
        more |= {HOST_FLAG: "1"} | ({} if _TOKEN in needed else {_TOKEN: NO_KEY})
    filled = [CUSTOM_HEADERS if slot.delivery == HEADER else slot.name for slot in slots if slot.delivery != URL]
    keys = sorted({*filled, *({_TOKEN} & more.keys())} & {*variables.CREDENTIALS.names} - needed)
    if keys:
        more[GIVEN] = " ".join(keys)
    values = plan.set | more
    stays = {*values, *filled, *needed}
    unset = [name for name in (*plan.unset, _TOKEN, _KEY, *left, _OVER_BUDGET, GIVEN) if name not in stays]
    return plan.but(slots=tuple(slots), set=values, unset=tuple(dict.fromkeys(unset)))


def _in_a_variable(slot: Slot) -> Slot:
    """A pipe is read once, and a program may start many clients."""
    return slot.but(delivery=TOKEN, name=_KEY) if slot.delivery == DESCRIPTOR else slot


def _needed(plan: Plan) -> set[str]:
    """The variables that the `claude` of ours reads secrets from, or that their stores need."""
    found = {slot.read[1] for slot in plan.slots if slot.read[0] == "env"}
    for slot in plan.slots:
        found.update(references.parse(slot.reference).kept_by.variables)
    return found


def left_by(session: Mapping[str, str], environment: Mapping[str, str]) -> tuple[str, ...]:
    """What a surrounding session has set, as it has set it: `session` is what its plan sets. Less traffic stays."""
    return tuple(
        name for name, value in session.items() if environment.get(name) == value and name not in _LESS_TRAFFIC
    )


def said(plan: Plan, machine: Machine, profile: Profile, program: str, *, keyless: bool) -> Iterator[str]:
    """What stays open for a client that the program does not find on PATH, in words."""
    name = plan.profile
    alone = "gets only these variables"
    if not _by_flag(plan):
        alone += ", which a settings file can override"
    if keyless:
        alone = "gets no key, because this launch is sealed, and does not work"
    yield (
        f"{name}: a claude that {program} finds on PATH is started as by cc run {name}. One that it brings along, or "
        f"calls by a whole path, {alone}"
    )
    for file in (*machine.settings, *machine.managed):
        if what := _chosen(file):
            old = f" if it is older than {'.'.join(map(str, client.HOSTED_SINCE))}" if _by_flag(plan) else ""
            yield f"{name}: {file.path} {what}; such a client {'may follow' if file.problem else 'follows'} it{old}"
    if beside := exports.beside(profile):
        yield f"{name}: its {' and '.join(beside)} would not be for it"


def _by_flag(plan: Plan) -> bool:
    return plan.protection == HOSTED or plan.set.get(HOST_FLAG) == "1"


def _chosen(file: SettingsFile) -> str:
    """What a settings file has a say in."""
    if file.problem:
        return "cannot be read"
    names = [*sorted(file.env & _DECIDES), *sorted(file.keys & _KEYS)]
    more = f" and {len(names) - _MOST} more" if len(names) > _MOST else ""
    return f"sets {', '.join(names[:_MOST])}{more}" if names else ""
