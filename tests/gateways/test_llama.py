"""The real llama-server behind our gateway: the client's whole prompt by OpenAI's route, to where that server is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.client import harness
from tests.gateways.running import Home, processes
from tests.llama import server
from tests.llama.server import Llama
from tests.llama.tiny_model import WORD
from tests.support import console_script, wait_until

LLAMA = '[gateway]\nupstreams = { here = "llamacpp" }\n[routes.main]\ntargets = [{ to = "here/local" }]\n'


@pytest.fixture
def llama(tmp_path: Path) -> Iterator[Llama]:
    server.require()
    with server.serving(tmp_path / "llama", window=49_152) as found:
        yield found


def test_a_session_goes_through_to_the_port_where_it_is_and_has_its_window(llama: Llama, tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    before = (
        "import dataclasses\n"
        "from cc_launcher.core.profile import local_servers as of\n"
        f"of.SERVERS['llamacpp'] = dataclasses.replace(of.SERVERS['llamacpp'], ports=(9, {llama.port}))\n"
    )
    home.program = console_script(home.root, before=before)
    home.environment |= {"CC_CLAUDE": str(harness.install()), "TERM": "xterm-256color", "CC_OFFLINE": "1"}
    home.profile("mix", LLAMA)
    harness.seed_home(home.root)
    home.use_engine()
    try:
        ended = home.cc("run", "mix", "-p", "hi", "--output-format", "json")
        told = json.loads(ended.stdout)
        [used] = told["modelUsage"].values()
        assert (told["result"], used["contextWindow"]) == (WORD, 49_152)
        assert f"llama-server answers at localhost:{llama.port}" in ended.stderr
        rendered = home.cc("gateway", "render", "--for", "litellm", "mix").stdout
        assert "hosted_vllm/local" in rendered  # OpenAI's route
    finally:
        home.cc("gateway", "down", check=False)
        wait_until(lambda: not processes(home.data), "the end of the gateway")
