"""A launch on a cloud: the variables that lead there, and the clients that do not know them."""

from cc_launcher.core.errors import REFUSED, CcError
from cc_launcher.core.plan import HOSTED
from cc_launcher.core.plan.client import NEW_CLOUDS
from cc_launcher.core.plan.machine import Machine
from cc_launcher.core.profile.clouds import GATEWAY_TOKEN, Cloud, of, secret_variable
from cc_launcher.core.profile.profile import Profile

_FOUNDRY_TOKEN_SINCE = (2, 1, 203)  # documented; before, it is not looked at


def values(profile: Profile, cloud: Cloud, protection: str) -> dict[str, str]:
    """The variables that lead to the cloud, without secrets."""
    found = {cloud.switch: "1"}
    if profile.base_url is not None:
        # Measured on 2.1.329 and 2.1.72: the client appends no version to Vertex's address.
        found[cloud.base_url] = f"{profile.base_url}/v1" if profile.cloud == "vertex" else profile.base_url
    if profile.region is not None and cloud.region:
        found[cloud.region] = profile.region
    for name, parameter in cloud.parameters.items():
        # The client takes either an address or a resource of Foundry's, and refuses both.
        if name in profile.values and (name != "resource" or profile.base_url is None):
            found[parameter.variable] = profile.values[name]
    if profile.auth == "none" or (profile.auth != "cloud" and secret_variable(profile, cloud) == GATEWAY_TOKEN):
        found[cloud.skip] = "1"
    if profile.auth == "none" and profile.placeholder is not None:
        found[GATEWAY_TOKEN] = profile.placeholder
    # What the client leaves out by itself for a cloud, and takes up again under the host's flag; 2.1.72 did it always.
    quiet = ("CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC", "DISABLE_TELEMETRY", "DISABLE_ERROR_REPORTING")
    found.update(dict.fromkeys(quiet, "1"))
    if protection == HOSTED:
        found["CLAUDE_CODE_DISABLE_OFFICIAL_MARKETPLACE_AUTOINSTALL"] = "1"
    return found


def refuse_old_client(name: str, profile: Profile, machine: Machine) -> None:
    """Refuse a client that does not know the cloud's variables, and would go to another provider."""
    cloud = of(profile)
    if cloud is None:
        return
    what = "" if cloud.old or machine.can(NEW_CLOUDS) else cloud.title
    if profile.cloud == "foundry" and profile.auth in {"bearer", "none"}:
        what = "" if machine.version is not None and machine.version >= _FOUNDRY_TOKEN_SINCE else "tokens for Foundry"
    if what:
        raise CcError(
            f"{name}: this version of Claude Code is too old for {what}", "update it: claude update", code=REFUSED
        )
