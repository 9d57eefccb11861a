"""Whether a model takes images is known where a probe of it has shown it, at this host."""

from __future__ import annotations

import pytest

from cc_launcher.actions import takes_images
from cc_launcher.core.probe.outcome import DEGRADED, FAILED, PASSED, SKIPPED, Outcome
from cc_launcher.files import kept_probes, profiles
from tests.report import sample

MODEL, HOST = "glm-5.3", "api.z.ai:443"


@pytest.mark.parametrize(
    ("status", "said", "known"),
    [
        (PASSED, "are seen", True),
        (FAILED, "refused (400): this model does not support image input", False),
        (FAILED, "refused (404): No endpoints found that support image input", False),
        (FAILED, "refused (500): try again", None),
        (FAILED, "no answer in 60 s", None),
        (DEGRADED, "a red square is taken for: blue", None),
        (SKIPPED, "not judged: rate limited (429)", None),
    ],
)
def test_a_probe_tells(status: str, said: str, known: object) -> None:
    outcome = Outcome(takes_images.CHECK, "pictures", "content", status, said)
    kept_probes.keep(sample.run(profile="zai", model=MODEL, host=HOST, outcomes=(outcome,)))
    zai = profiles.load("zai")
    assert takes_images.known(zai, MODEL) is known
    assert takes_images.known(zai, "another") is None


def test_a_probe_of_another_host_and_none_tell_nothing() -> None:
    zai = profiles.load("zai")
    assert takes_images.known(zai, MODEL) is None
    outcome = Outcome(takes_images.CHECK, "pictures", "content", PASSED, "are seen")
    kept_probes.keep(sample.run(profile="zai", model=MODEL, host="elsewhere.example:443", outcomes=(outcome,)))
    assert takes_images.known(zai, MODEL) is None
