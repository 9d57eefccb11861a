"""Why a launch leaves `[claude-code:unrecognized_model]` on stderr in `-p`: what ends it takes the window away.

The client has two ways to say that it knows a model. Both end the line, and with both the window is that of the model
that is named, whatever CLAUDE_CODE_MAX_CONTEXT_TOKENS says: a session on a smaller model would outgrow it. When this
test fails since a newer client lets the variable count, a launch can end the line.
"""

from __future__ import annotations

import json

import pytest

from cc_launcher.core.plan import client
from tests.client import harness
from tests.client.stage import KINDS, PROMPT, Stage

LINE = "[claude-code:unrecognized_model]"
SAID = 131_072  # the window that the profile says
OWN = {harness.KNOWS_BEHAVES_AS: 200_000}  # what the client takes for the window of the known one; of newer ones 1M
KNOWN = "claude-opus-4-8"  # with which a request is least unlike one on a model that the client does not know
WAYS = {
    "none": None,
    "a row of the picker": {"modelPicker": {"options": [{"model": "v/main", "behavesAs": KNOWN}]}},
    "an override": {"modelOverrides": {KNOWN: "v/main"}},
}


@pytest.mark.parametrize("version", [harness.KNOWS_BEHAVES_AS, ".".join(map(str, client.NEWEST))])
@pytest.mark.parametrize("way", WAYS)
def test_what_ends_the_line_takes_the_window_away(stage: Stage, version: str, way: str) -> None:
    kind = KINDS["token"]
    stage.profile(kind, f"context = {SAID}")
    settings = [] if WAYS[way] is None else ["--settings", json.dumps(WAYS[way])]
    ended = stage.launch(kind, *settings, "-p", PROMPT, "--output-format", "json")
    assert ended.returncode == 0, ended.stderr
    window = json.loads(ended.stdout)["modelUsage"]["v/main"]["contextWindow"]
    assert (LINE in ended.stderr, window) == ((True, SAID) if way == "none" else (False, OWN.get(version, 1_000_000)))
