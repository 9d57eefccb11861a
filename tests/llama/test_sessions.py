"""The real client on the real llama-server: its whole prompt goes through, and the window is the server's."""

from __future__ import annotations

import json
from pathlib import Path

from tests.client.stage import Kind, Stage
from tests.llama import server
from tests.llama.server import WINDOW, Llama
from tests.llama.tiny_model import WORD

PROMPT = 15_000  # tokens that the client's own prompt has at least, as this model counts them


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
        assert (used["contextWindow"], used["maxOutputTokens"]) == (WINDOW, WINDOW // 4)
    assert stage.outside.requests == []


def test_another_window_is_that_of_the_next_session(stage: Stage, tmp_path: Path) -> None:
    for window in (40_960, 49_152):
        with server.serving(tmp_path / "llama", window=window) as llama:
            own = kind(llama.url)
            stage.profile(own)
            shown = stage.plan(own)
            assert shown["server"]["window"] == window
