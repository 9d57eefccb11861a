from cc_launcher.core.gateway.team_keys import variables
from tests.unit.core.gateway.samples import BUDGETS, MIX, described


def test_each_key_has_a_variable_and_no_two_the_same() -> None:
    assert variables(described(MIX)) == {"default": "CC_KEY_MIX_DEFAULT"}
    found = variables(described(BUDGETS.replace("[gateway.keys.bob]", "[gateway.keys.'a.b']\n[gateway.keys.a-b]")))
    assert found["alice"] == "CC_KEY_MIX_ALICE"
    assert len(set(found.values())) == 3
