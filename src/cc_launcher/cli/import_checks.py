"""`cc import --check`: each provider is asked if it accepts the key that came. What is sent is said before it is."""

from cc_launcher.actions import own_key, secret_values
from cc_launcher.cli import render
from cc_launcher.core.errors import CcError
from cc_launcher.core.plan.make_plan import reference_of
from cc_launcher.core.text import urls
from cc_launcher.files import profiles
from cc_launcher.launch import planfile
from cc_launcher.net.fetch import offline


def asked(names: list[str]) -> dict[str, dict[str, object]]:
    """What became of each, for programs; it is said as it comes."""
    found: dict[str, dict[str, object]] = {}
    if offline():
        render.talk("CC_OFFLINE is set: no provider is asked")
        return found
    for name in names:
        try:
            resolved = profiles.load(name)
            reference = reference_of(resolved, planfile.present())
            if reference is None:
                continue
            value = secret_values.value_of(resolved, reference)
            host = urls.name_of(resolved.profile.base_url or urls.OWN_ADDRESS)
            render.talk(f"{name}: asking {host} if it accepts the key: one message of one token")
            said = secret_values.checked(resolved, value)
            own_key.accepted(name, reference)
            found[name] = {"accepted": True, "said": said}
            render.talk(said)
        except CcError as error:
            found[name] = {"accepted": False, "said": error.what}
            render.talk(error.what + (f" ({error.hint})" if error.hint else ""))
    return found
