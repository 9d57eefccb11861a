"""Whether a model takes images: the user's word, then a probe at this host, then the catalog's."""

from __future__ import annotations

import pytest

from cc_launcher.actions import takes_images
from cc_launcher.core.probe.outcome import DEGRADED, FAILED, PASSED, SKIPPED, Outcome
from cc_launcher.core.profile.resolve import Resolved
from cc_launcher.files import kept_probes, places, profiles, user_profiles
from tests.report import sample

MODEL, HOST = "some-model", "host.example:443"
TEXT = f'base_url = "https://host.example"\nauth = "bearer"\n[tiers]\nmain = "{MODEL}"\n'
REFUSED = "refused (400): this model does not support image input"


def profile(more: str = "", text: str = TEXT) -> Resolved:
    write = user_profiles.replace if "mine" in places.user_names() else user_profiles.create
    write("mine", f"{more}\n{text}")
    return profiles.load("mine")


def probe(status: str, said: str, *, model: str = MODEL, host: str = HOST) -> None:
    outcome = Outcome(takes_images.CHECK, "pictures", "content", status, said)
    kept_probes.keep(sample.run(profile="mine", model=model, host=host, outcomes=(outcome,)))


@pytest.mark.parametrize(
    ("status", "said", "known"),
    [
        (PASSED, "are seen", True),
        (FAILED, REFUSED, False),
        (FAILED, "refused (404): No endpoints found that support image input", False),
        (FAILED, "refused (500): try again", None),
        (FAILED, "no answer in 60 s", None),
        (DEGRADED, "a red square is taken for: blue", None),
        (SKIPPED, "not judged: rate limited (429)", None),
    ],
)
def test_a_probe_tells(status: str, said: str, known: object) -> None:
    mine = profile()
    probe(status, said)
    assert takes_images.known(mine, MODEL) is known
    assert takes_images.known(mine, "another") is None


def test_a_probe_of_another_host_and_none_tell_nothing() -> None:
    mine = profile()
    assert takes_images.known(mine, MODEL) is None
    probe(PASSED, "are seen", host="elsewhere.example:443")
    assert takes_images.known(mine, MODEL) is None


def test_the_users_word_counts_more_than_a_probe_and_that_more_than_the_catalogs() -> None:
    on_zai = 'extends = "zai"\n'
    mine = profile(text=on_zai)
    told = takes_images.told(mine, "glm-5.3")
    assert told is not None
    assert (told.value, told.source) == (False, "docs.z.ai/devpack/latest-model")
    probe(PASSED, "are seen", model="glm-5.3", host="api.z.ai:443")
    told = takes_images.told(mine, "glm-5.3")
    assert told is not None
    assert told.value
    assert told.source.startswith("its probe of ")
    told = takes_images.told(profile("vision = false", on_zai), "glm-5.3")
    assert told is not None
    assert not told.value
    assert told.source.endswith("/mine.toml:1")
