from cc_launcher.core.errors import INVALID, UNREACHABLE
from cc_launcher.core.gateway.launchable import fault_of
from tests.unit.conftest import catalog_profile, resolved
from tests.unit.core.gateway.samples import MIX

BIFROST = MIX.replace("litellm", "bifrost")


def test_one_that_needs_a_gateway_says_in_a_line_what_is_missing() -> None:
    for whole in (catalog_profile("groq"), resolved(MIX)):
        fault = fault_of(whole)
        assert fault is not None
        assert fault.code == UNREACHABLE
        assert f"cc gateway render --for litellm {whole.name}" in fault.hint
    assert fault_of(catalog_profile("zai")) is None


def test_bifrost_needs_an_address_and_is_then_reached_like_any_other() -> None:
    fault = fault_of(resolved(BIFROST))
    assert fault is not None
    assert fault.code == INVALID
    assert fault.what.startswith('mine.toml:2: engine = "bifrost" without base_url')
    assert "cc gateway render --for bifrost mine" in fault.hint
    there = resolved('base_url = "https://llm.example.com/anthropic"\n' + BIFROST)
    assert fault_of(there) is None
    assert there.profile.auth == "bearer"
