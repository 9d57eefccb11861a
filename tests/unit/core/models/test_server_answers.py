"""What the answers of servers of local models mean, whatever is in them, and what is said of it."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cc_launcher.core.errors import INVALID, CcError
from cc_launcher.core.models import fitness, local, server_answers
from cc_launcher.core.models.local import Told
from cc_launcher.core.models.server_answers import Loaded, Shown
from cc_launcher.core.models.variant import bases_of, memory, name_of
from cc_launcher.core.profile import local_servers
from tests.unit.conftest import plan_of, resolved

LOCAL = 'kind = "local"\nserver = "{server}"\nauth = "none"\nbase_url = "{url}"\ntiers.main = "m"\n'
KEYS = st.sampled_from(
    (
        *("models", "data", "name", "id", "key", "meta", "n_ctx", "details", "capabilities", "loaded_instances"),
        *("config", "context_length", "max_model_len", "model_info", "a.context_length", "parameters", "size", "type"),
    )
)
VALUES = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(["m", "num_ctx 7", "tools", "\x1b", ""])
)
ANYTHING = st.recursive(VALUES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4))


@settings(max_examples=200, deadline=None)
@given(ANYTHING, st.sampled_from(sorted(local_servers.SERVERS)))
def test_whatever_a_server_says_is_read_without_a_fault(answer: Any, server: str) -> None:
    for entry in server_answers.entries(server, answer):
        assert entry.listed.id.isprintable()
        assert entry.window is None or entry.window > 0
    assert server_answers.find(server, server_answers.entries(server, answer), "m") is None or server
    assert isinstance(server_answers.shown(answer), Shown)
    assert isinstance(server_answers.loaded(answer, "m"), Loaded | None)
    assert server_answers.properties_window(answer) is None or isinstance(answer, dict)


@pytest.mark.parametrize(
    ("parameters", "window"),
    [
        ('num_ctx                        65536\nstop                           "x"', 65_536),
        ('stop   "num_ctx 7"\nnum_ctx 8192', 8_192),
        ("num_ctx 0", None),
        ("num_ctx many", None),
        ("num_ctx 99999999999999999999999", None),
        ("num_ctx", None),
        ("", None),
        (17, None),
    ],
)
def test_the_models_own_window_stands_in_the_text_of_its_parameters(parameters: object, window: int | None) -> None:
    assert server_answers.shown({"parameters": parameters}).num_ctx == window


def test_what_vllm_lists() -> None:
    answer = json.loads(
        '{"object":"list","data":[{"id":"glm","object":"model","owned_by":"vllm","root":"/m/glm","max_model_len":131072,'
        '"permission":[{"id":"modelperm-1"}]},{"id":"has blanks"},{"id":7},9]}'
    )
    [entry] = server_answers.entries("vllm", answer)
    assert (entry.listed.id, entry.window, entry.listed.free) == ("glm", 131_072, True)


def test_the_smallest_window_counts_where_lm_studio_has_a_model_loaded_twice() -> None:
    instances = [
        {"id": "big", "config": {"context_length": 65_536}},
        {"id": "little", "config": {"context_length": 8192}},
    ]
    models = [{"type": "llm", "key": "m", "loaded_instances": instances}]
    found = server_answers.entries("lmstudio", {"models": models})
    assert server_answers.find("lmstudio", found, "m") == server_answers.find("lmstudio", found, "big")
    assert found[0].window == 8192


@pytest.mark.parametrize(
    ("server", "url", "more", "asked"),
    [
        ("ollama", "http://localhost:11434", "", True),
        ("vllm", "http://gpu.lan:8000", "plain_http = true\n", True),
        ("ollama", "https://gpu.example.com", "", False),
    ],
)
def test_which_servers_are_asked(server: str, url: str, more: str, asked: bool) -> None:  # noqa: FBT001
    text = more + LOCAL.format(server=server, url=url)
    assert (local_servers.of(resolved(text).profile) is not None) == asked
    assert plan_of(text).server == (("",) if asked else ())


def test_a_profile_that_names_no_server_asks_nobody() -> None:
    text = 'kind = "local"\nauth = "none"\nbase_url = "http://localhost:1"\ntiers.main = "m"\n'
    assert plan_of(text).server == ()


@pytest.mark.parametrize(
    ("own", "window", "context", "max_output"),
    [
        ("", 131_072, "131072", "32000"),
        ("", 40_000, "40000", "10000"),
        ("", None, "65536", "16384"),
        ("[models.m]\ncontext = 100000\n", None, "100000", "25000"),
        ("[models.m]\ncontext = 100000\n", 48_000, "48000", "12000"),
        ("[models.m]\nmax_output = 8192\n", 65_536, "65536", "8192"),
    ],
)
def test_the_plan_has_the_servers_window(own: str, window: int | None, context: str, max_output: str) -> None:
    whole = resolved(LOCAL.format(server="ollama", url="http://localhost:1") + own)
    made = plan_of(local.with_window(whole, "m", Told(window=window)))
    assert made.set["CLAUDE_CODE_MAX_CONTEXT_TOKENS"] == context
    assert made.set["CLAUDE_CODE_MAX_OUTPUT_TOKENS"] == max_output
    assert (local.note(whole, "m", Told(window=window)) == "") == (window is not None)


@pytest.mark.parametrize(
    ("context", "tools", "fits"),
    [(None, None, True), (32_000, True, True), (31_999, True, False), (200_000, False, False), (4096, None, False)],
)
def test_what_a_model_must_be(context: int | None, tools: bool | None, fits: bool) -> None:  # noqa: FBT001
    whole = resolved(LOCAL.format(server="ollama", url="http://localhost:1"))
    told = Told(window=context, tools=tools)
    local.refuse(whole, "m", told, anyway=True)
    if fits:
        local.refuse(whole, "m", told, anyway=False)
        fitness.refuse_unfit("mine", "m", context=context, tools=tools)
        return
    with pytest.raises(CcError) as caught:
        local.refuse(whole, "m", told, anyway=False)
    assert (caught.value.code, "--anyway" in caught.value.hint) == (INVALID, True)
    with pytest.raises(CcError) as caught:
        fitness.refuse_unfit("mine", "m", context=context, tools=tools)
    assert (caught.value.code, "--anyway" in caught.value.hint) == (INVALID, True)


@pytest.mark.parametrize("fault", [local.DOWN, local.SILENT, local.LOADING, local.LOCKED])
def test_a_server_that_cannot_serve_is_refused_anyway(fault: str) -> None:
    whole = resolved(LOCAL.format(server="ollama", url="http://localhost:1"))
    with pytest.raises(CcError):
        local.refuse(whole, "m", Told(fault), anyway=True)


@pytest.mark.parametrize(
    ("model", "tokens", "name"),
    [
        ("glm", 65_536, "glm-64k"),
        ("glm:latest", 65_536, "glm-64k"),
        ("qwen3:8b", 131_072, "qwen3:8b-128k"),
        ("a/b", 1_048_576, "a/b-1m"),
        ("glm", 50_000, "glm-50000"),
    ],
)
def test_the_name_of_a_variant_says_its_window(model: str, tokens: int, name: str) -> None:
    assert name_of(model, tokens) == name
    assert bases_of(name)[0] == model.removesuffix(":latest")


@pytest.mark.parametrize(("text", "tokens"), [("64k", 65_536), ("64K", 65_536), ("1m", 1_048_576), ("50000", 50_000)])
def test_a_number_of_tokens(text: str, tokens: int) -> None:
    assert local.tokens(text) == tokens


@pytest.mark.parametrize(
    ("size", "video", "words"),
    [
        (None, None, "Ollama does not say how much memory it takes"),
        (9_600_000_000, None, "it takes 9.6 GB"),
        (9_600_000_000, 9_600_000_000, "it takes 9.6 GB, all of it video memory"),
        (9_600_000_000, 4_000_000_000, "it takes 9.6 GB, 4.0 GB video memory (the part outside video memory is slow)"),
    ],
)
def test_memory_in_words(size: int | None, video: int | None, words: str) -> None:
    assert memory(size, video) == words
