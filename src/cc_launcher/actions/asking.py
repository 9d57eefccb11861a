"""Ask the server of a local model before a launch, and make the plan fit what it says."""

from cc_launcher.core.models import local
from cc_launcher.core.models.local import Told
from cc_launcher.core.plan import DESCRIPTOR, HELPER, TOKEN, Plan
from cc_launcher.core.profile import local_servers
from cc_launcher.core.profile.model_choice import choose
from cc_launcher.core.profile.resolve import Resolved
from cc_launcher.launch import secret_reader


def ask(resolved: Resolved, word: str | None, plan: Plan, *, for_real: bool) -> Told | None:
    """What the server says; nothing where there is none to ask. Only a real launch may read the secret for it."""
    if local_servers.of(resolved.profile) is None:
        return None
    choice = choose(resolved.profile, resolved.name, word)
    if not choice.main:
        return None
    from cc_launcher.net import local_server as ask_local  # other launches do not pay for it

    models = tuple(dict.fromkeys([choice.main, *choice.slots.values(), *filter(None, [choice.subagent])]))
    told = ask_local.ask(resolved, models)
    if told.fault == local.LOCKED and for_real:
        credential = credential_of(plan)
        if credential:
            return ask_local.ask(resolved, models, credential)
    return told


def credential_of(plan: Plan) -> dict[str, str]:
    """The header with which the server lets us in, where the profile has a key for it."""
    headers = {TOKEN: "Authorization", HELPER: "Authorization", DESCRIPTOR: "x-api-key"}
    for slot in plan.slots:
        if slot.delivery in headers:
            value = secret_reader.of(slot, plan.profile)
            return {headers[slot.delivery]: f"Bearer {value}" if slot.delivery != DESCRIPTOR else value}
    return {}
