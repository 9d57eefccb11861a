"""What we say that the client sends is what it sends: the shipped request, and what each knob makes of it."""

import json
import tomllib

import pytest

from cc_launcher.core.probe.client_request import shaped
from cc_launcher.core.profile.knobs import KNOBS
from cc_launcher.files import captured_request, places
from tests.client import capture
from tests.client.capture import MODEL
from tests.client.stage import Stage

SHIPPED = captured_request.read()
CATALOG = {
    tuple(knob for knob, on in tomllib.loads(path.read_text(encoding="utf-8")).get("compat", {}).items() if on)
    for path in places.catalog_directory().glob("*.toml")
}
ONE = {(knob,) for knob in KNOBS if knob not in {"slow-start", "no-retry-unstreamed", "private"}}
# Of these the shipped file is made, which is captured anew below; and local servers have the last one.
TRIED_ANYWAY = {(), ("no-tool-search",), ("no-system-role",), ("stable-prompt",)}
TOGETHER = {
    ("no-betas", "no-adaptive-thinking", "no-system-role"),
    ("no-betas", "no-effort", "no-tool-search", "stable-prompt"),
    ("no-adaptive-thinking", "no-system-role", "no-caching", "no-tool-search"),
    tuple(KNOBS),
}
COMBINATIONS = sorted((CATALOG | ONE | TOGETHER) - TRIED_ANYWAY)


def test_the_shipped_request_is_what_the_client_sends(stage: Stage) -> None:
    runs = capture.runs(stage)

    now = capture.captured(runs)
    assert json.dumps(now, indent=1) == json.dumps(SHIPPED, indent=1), "python -m tests.client.capture writes it anew"
    for knob, (sent, *_) in runs.items():
        asked = shaped(SHIPPED, MODEL, [knob], 32_000)
        assert asked.headers == sent["headers"]
        assert json.dumps(asked.body, indent=1) == json.dumps(sent["body"], indent=1)


@pytest.mark.parametrize("knobs", COMBINATIONS, ids=",".join)
def test_what_knobs_make_of_it(stage: Stage, knobs: tuple[str, ...]) -> None:
    many = len(knobs) > 2  # some with another length, from which the client takes its budget for thinking
    keys = "max_output = 8192\n" if many else ""

    [sent] = map(capture.reduced, capture.requests_with(stage, knobs, keys=keys))

    asked = shaped(SHIPPED, MODEL, knobs, 8192 if many else 32_000)
    assert asked.headers == sent["headers"]
    assert json.dumps(asked.body, indent=1) == json.dumps(sent["body"], indent=1)
