"""The real client on the real llama-server: its whole prompt goes through, and the window is the server's."""

from __future__ import annotations

import json
from pathlib import Path

from cc_launcher.core.probe.checks.catalog import CHECKS
from cc_launcher.core.probe.wordings import is_too_long
from tests.client.stage import Kind, Stage
from tests.llama import server
from tests.llama.server import WINDOW, Llama
from tests.llama.tiny_model import WORD

INVALID = 78
PROMPT = 10_000  # tokens that the client's own prompt has at least, as this model counts them


def kind(url: str) -> Kind:
    return Kind(f'extends = "llamacpp"\nbase_url = "{url}"\n', "none", ("hosted", "pinned"))


def test_a_session_gets_its_answer_and_the_servers_window(stage: Stage, llama: Llama) -> None:
    own = kind(llama.url)
    stage.profile(own)

    for cached in (False, True):
        ended = stage.launch(own, "-p", "hi", "--output-format", "json", cached=cached)
        assert ended.returncode == 0, ended
        told = json.loads(ended.stdout)
        assert told["result"] == WORD
        assert told["usage"]["input_tokens"] + told["usage"]["cache_read_input_tokens"] > PROMPT
        [used] = told["modelUsage"].values()
        assert used["contextWindow"] == WINDOW
    assert stage.outside.requests == []


def test_another_window_is_that_of_the_next_session(stage: Stage, tmp_path: Path) -> None:
    for window in (40_960, 49_152):
        with server.serving(tmp_path / "llama", window=window) as llama:
            own = kind(llama.url)
            stage.profile(own)
            told = json.loads(stage.launch(own, "-p", "hi", "--output-format", "json").stdout)
            [used] = told["modelUsage"].values()
            assert (told["result"], used["contextWindow"]) == (WORD, window)


def test_a_window_that_is_too_small_is_refused_with_what_helps(stage: Stage, tmp_path: Path) -> None:
    with server.serving(tmp_path / "llama", window=16_384) as llama:
        stage.profile(kind(llama.url))
        ended = stage.launch(kind(llama.url), "-p", "hi")
    assert ended.returncode == INVALID
    assert ended.stderr.endswith(
        "hint: start it with a larger window: llama-server -m MODEL.gguf -c 65536, or add --anyway before the profile\n"
    )


def test_the_list_has_the_model_and_its_window(stage: Stage, llama: Llama) -> None:
    stage.profile(kind(llama.url))
    [model] = json.loads(stage.cc("models", "own", "--json").stdout)["data"]["models"]
    assert (model["id"], model["context"], model["free"]) == (server.model().stem, WINDOW, True)
    assert model["size"] > 10_000_000


# What a model must fail at that says one word, has read no picture, and forgets what was said. All that is the server's
# own has to pass: streams, usage, the client's fields and its whole request, what it refuses, two at once.
FAILS = {
    "answer": "degraded",  # it repeats nothing
    "stop-reasons": "degraded",  # it ends before max_tokens
    "tool-call": "failed",
    "thinking": "degraded",
    "images": "failed",  # 500: the server says that it has none
    "long-prompt": "degraded",  # all of it goes through, and nothing of it is repeated
    "window": "failed",  # the same
    "unknown-model": "degraded",  # any name reaches the one model that is loaded
    "unknown-claude": "degraded",
    "web-search": "degraded",  # it searches nowhere
}
NOT_JUDGED = {
    # They need a call of a tool.
    *("tool-arguments", "edit", "parallel-tools", "nested-arguments", "tool-result", "tool-error", "tool-not-called"),
    *("tool-choice", "tool-reference", "thinking-back"),
    "too-long",  # it needs the window: see the next test
    "wrong-key",  # it wants none
    "rate-limit",  # it has none
}


def test_a_probe_blames_the_model_for_what_is_the_models_and_nothing_else(stage: Stage, tmp_path: Path) -> None:
    window = 36_864
    with server.serving(tmp_path / "llama", window=window) as llama:
        stage.profile(kind(llama.url))
        probed = stage.cc("probe", "own", "--deep", "--json")
        code, refused = llama.post("/v1/messages", "hi there " * window)
    words = refused["error"]["message"]
    assert (code, words.endswith(f"exceeds the available context size ({window} tokens), try increasing it")) == (
        400,
        True,
    )
    assert is_too_long(words, code)  # then the client compacts
    found = json.loads(probed.stdout)["data"]
    outcomes = {check["check"]: check["status"] for check in found["checks"]}
    assert {name: status for name, status in outcomes.items() if status not in {"passed", "skipped"}} == FAILS
    assert {name for name, status in outcomes.items() if status == "skipped"} == NOT_JUDGED
    assert outcomes.keys() == {check.name for check in CHECKS}
    assert (found["fit"], probed.returncode) == (False, 1)
