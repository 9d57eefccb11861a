from cc_launcher.core.errors import INVALID
from cc_launcher.core.gateway.launchable import fault_of
from tests.unit.conftest import catalog_profile, resolved
from tests.unit.core.gateway.samples import MIX

BIFROST = MIX.replace("litellm", "bifrost")


def test_cc_starts_the_gateway_of_a_provider_alone_and_of_several() -> None:
    for whole in (catalog_profile("groq"), resolved(MIX), catalog_profile("zai")):
        assert fault_of(whole) is None


def test_bifrost_needs_an_address_and_is_then_reached_like_any_other() -> None:
    fault = fault_of(resolved(BIFROST))
    assert fault is not None
    assert fault.code == INVALID
    assert fault.what.startswith('mine.toml:2: engine = "bifrost" without base_url')
    assert "cc gateway render --for bifrost mine" in fault.hint
    there = resolved('base_url = "https://llm.example.com/anthropic"\n' + BIFROST)
    assert fault_of(there) is None
    assert there.profile.auth == "bearer"
