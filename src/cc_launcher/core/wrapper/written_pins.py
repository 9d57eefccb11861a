"""The pins of a plan as a script writes them: the way to the network and the mark are decided when it runs."""

from collections.abc import Iterator

from cc_launcher.core import plan as plans
from cc_launcher.core.plan import HOSTED, Plan
from cc_launcher.core.plan.session_mark import EVENT
from cc_launcher.core.text.quote import quoted, sh
from cc_launcher.core.wrapper.lines import wrapped


def network(plan: Plan) -> Iterator[str]:
    """The pins of the way to the network, as far as a script can write them."""
    held = "held" if plan.protection == HOSTED else "open"
    fixed = dict(entry.split("=", 1) for entry in plan.network if "=" in entry)
    joined = {name[:-1]: fixed.pop(name) for name in list(fixed) if name.endswith("+")}
    fixed |= {name: value for name, value in plan.set.items() if name in plan.network or name in fixed}
    open_names = [name for name in plan.network if "=" not in name and name not in fixed]
    private = [name for name in open_names if name.endswith("@")]
    private += [name for name, value in fixed.items() if plans.holds_password(name, value)]
    if private and held == "open":
        yield f'_cc_hand_over "the password in {private[0].rstrip("@")}" "$@"'
    if plan.direct and any(name.lower() == "no_proxy" for name in fixed):
        yield '_cc_hand_over "the list of hosts without a proxy" "$@"'
    if plan.direct:
        yield f"_cc_direct {sh(plan.direct)}"
    written = ",".join(f'"{name}":{plans.json_text(fixed[name])}' for name in fixed if name not in private)
    yield f"_cc_network={quoted(written)}"
    names = [name for name in open_names if name not in private]
    yield f'_cc_pin_network {held} {wrapped(names)} || _cc_hand_over "the way to the network" "$@"'
    for name, value in joined.items():
        yield f'_cc_pin_joined {name} "${{{name}-}}" {sh(value)} || _cc_hand_over "what {name} holds" "$@"'


def settings(plan: Plan) -> Iterator[str]:
    """The pins with the way to the network, and without the mark where every event of the session is printed."""
    pins = plans.marked_apart(plan, [], plan.pins)
    text = pins[:-2] + ("" if pins.endswith("{}}") else ",")
    before, mark, after = text.partition(plan.mark) if plan.mark else (text, "", "")
    written = quoted(before)
    if mark:
        yield f"_cc_mark={quoted(mark)}"
        yield f'if [ -n "$_cc_streams" ]; then _cc_mark={quoted(plan.mark_apart)}; fi'
        written += f"$_cc_mark{quoted(after)}"
    yield f"_cc_settings={written}$_cc_network{quoted('}}')}"


def lacks_mark(script: str) -> bool:
    """Whether a script pins something, and was written before sessions were marked."""
    return "_cc_settings='" in script and f'"{EVENT}":' not in script
