"""The last steps of `cc add`, with questions or without: write the profile, try its key, say what comes next."""

from cc_launcher.actions import new_profile, own_key, secret_values
from cc_launcher.actions.new_profile import Wanted
from cc_launcher.cli import render
from cc_launcher.core.plan.make_plan import reference_of
from cc_launcher.core.profile.resolve import Resolved
from cc_launcher.files import guard, user_profiles
from cc_launcher.launch import planfile


def write(wanted: Wanted) -> None:
    """Write the file, and say so."""
    path = user_profiles.create(wanted.name, wanted.text())
    render.talk(f"{wanted.name}: written to {guard.shown(path)}")


def try_out(resolved: Resolved) -> None:
    """Read the secret as a launch would, and ask the provider about it."""
    reference = reference_of(resolved, planfile.present())
    if reference is None:
        render.talk(f"{resolved.name}: needs no key, so there is nothing to check")
        return
    render.talk(secret_values.checked(resolved, secret_values.value_of(resolved, reference)))
    own_key.accepted(resolved.name, reference)


def farewell(resolved: Resolved) -> None:
    """What to type next."""
    faults, steps = new_profile.left_to_do(resolved)
    for fault in faults:
        render.talk(fault)
    render.talk(f"next: {', then: '.join([*steps, f'cc run {resolved.name}'])}")
