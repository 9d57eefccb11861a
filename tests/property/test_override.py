"""For any profile: a project's settings do to a shell's environment what a launch does."""

from __future__ import annotations

import json
from dataclasses import replace

from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

from cc_launcher.core.errors import CcError
from cc_launcher.core.plan import HELPER, Plan, environment, override
from cc_launcher.core.plan.machine import Machine
from cc_launcher.core.plan.make_plan import Options, make_plan
from cc_launcher.core.profile import variables
from cc_launcher.core.text import json_edit, json_patch
from tests.property.profiles import API_KEY, BEARER, NONE, Case, cases, machines, parents
from tests.property.test_plan import resolved

MANY = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
HELPER_COMMAND = ["/opt/cc", "secret", "get"]


def plan_for_a_file(case: Case, machine: Machine) -> Plan:
    whole = resolved(case)
    try:
        override.refuse("mine", whole.profile)
    except CcError:
        reject()
    sealed = case.auth in {BEARER, API_KEY}
    return make_plan(whole, case.word, Options(sealed=sealed), replace(machine, version=None))


@MANY
@given(cases(("file", "cmd", "keyring")).filter(lambda case: len(case.secrets) < 2), machines, parents)
def test_plain_claude_sees_what_a_launch_would_give_it(case: Case, machine: Machine, parent: dict[str, str]) -> None:
    plan = plan_for_a_file(case, machine)
    made = override.settings_of(plan, HELPER_COMMAND, {})
    seen = {name: value for name, value in (parent | made["env"]).items() if value}
    given_to_a_launch = environment(plan, parent, [""] * len(plan.slots))
    counting = [name for group in variables.GROUPS if group.from_settings for name in group.names]
    for name in (*counting, *plan.set):
        if override.has_effect(name):
            assert seen.get(name, "") == given_to_a_launch.get(name, ""), name
    assert bool(made["apiKeyHelper"]) == any(slot.delivery == HELPER for slot in plan.slots)
    assert bool(made["apiKeyHelper"]) == (case.auth != NONE)


@settings(MANY, max_examples=25)  # each puts in a hundred values
@given(
    cases(("file",)).filter(lambda case: len(case.secrets) < 2),
    machines,
    st.dictionaries(
        st.sampled_from(["env", "model", "availableModels", "permissions"]),
        st.sampled_from([{"A": "b"}, {"deny": []}, {"deny": ["Bash"]}]),
    ),
)
def test_it_is_put_in_and_taken_out(case: Case, machine: Machine, before: dict[str, object]) -> None:
    text = json.dumps(before)
    wanted = override.leaves(override.settings_of(plan_for_a_file(case, machine), HELPER_COMMAND, {}))
    changed, entries = json_patch.put_in(text, wanted)
    assert [path[:-1] for path, _ in wanted if path[-1] == json_patch.BEHIND] == [
        entry.path[:-1] for entry in entries if isinstance(entry.path[-1], int)
    ]
    assert [value for _, value in wanted] == [json_edit.get(changed, entry.path) for entry in entries]
    assert json_patch.take_out(changed, entries) == (text, [])
