"""What providers answer when they are asked for their models, each as its documentation has it."""

from typing import Any

import pytest

from cc_launcher.core.models import list_answers, listing
from cc_launcher.core.models.listing import Listed

OPENROUTER = {
    "data": [
        {
            "id": "z-ai/glm-5.3",
            "canonical_slug": "z-ai/glm-5.3",
            "name": "Z.AI: GLM 5.3",
            "created": 1790000000,
            "context_length": 1048576,
            "architecture": {"modality": "text->text", "input_modalities": ["text"], "output_modalities": ["text"]},
            "pricing": {"prompt": "0.00000093", "completion": "0.000003", "request": "0", "image": "0"},
            "top_provider": {"context_length": 202752, "max_completion_tokens": 131072, "is_moderated": False},
            "supported_parameters": ["max_tokens", "tools", "tool_choice"],
        },
        {
            "id": "google/gemma-4-31b-it:free",
            "name": "Google: Gemma 4 31B (free)",
            "context_length": 262144,
            "pricing": {"prompt": "0", "completion": "0"},
            "top_provider": {"context_length": None, "max_completion_tokens": None},
            "supported_parameters": ["max_tokens", "temperature"],
        },
        {"id": "openrouter/auto", "context_length": 2000000, "pricing": {"prompt": "-1", "completion": "-1"}},
        {"id": "some/painter", "architecture": {"output_modalities": ["image"]}, "pricing": {"prompt": "0"}},
    ]
}
ANTHROPIC = {
    "data": [
        {"type": "model", "id": "claude-opus-5-5", "display_name": "Claude Opus 5.5", "created_at": "2026-09-01"},
        {"type": "model", "id": "claude-x", "display_name": "X", "max_input_tokens": 1000000, "max_tokens": 64000},
    ],
    "has_more": True,
    "first_id": "claude-opus-5-5",
    "last_id": "claude-x",
}
VLLM = {"object": "list", "data": [{"id": "qwen3", "object": "model", "owned_by": "vllm", "max_model_len": 131072}]}
VERCEL = {
    "object": "list",
    "data": [
        {
            "id": "zai/glm-5.2",
            "object": "model",
            "name": "GLM 5.2",
            "context_window": 200000,
            "max_tokens": 96000,
            "type": "language",
            "tags": ["reasoning", "tool-use"],
            "pricing": {"input": "0.0000006", "output": "0.0000022", "input_cache_read": "0.00000011"},
        },
        {"id": "openai/embed", "type": "embedding", "pricing": {"input": "0.00000002"}},
    ],
}
LITELLM_INFO = {
    "data": [
        {
            "model_name": "house",
            "litellm_params": {"model": "openai/gpt-5.1"},
            "model_info": {
                "mode": "chat",
                "max_input_tokens": 400000,
                "max_output_tokens": 128000,
                "max_tokens": 128000,
                "input_cost_per_token": 1.25e-06,
                "output_cost_per_token": 1e-05,
                "supports_function_calling": True,
            },
        },
        {"model_name": "vectors", "model_info": {"mode": "embedding"}},
    ]
}
OLLAMA_TAGS = {
    "models": [{"name": "qwen3:8b", "model": "qwen3:8b", "size": 5200000000, "details": {"family": "qwen3"}}]
}
REQUESTY = {
    "data": [
        {
            "id": "a/b",
            "context_window": 200000,
            "max_output_tokens": 8192,
            "input_price": 3e-06,
            "output_price": 1.5e-05,
        }
    ]
}
FIREWORKS = {
    "data": [
        {"id": "accounts/f/models/glm-5p2", "context_length": 202752, "supports_chat": True, "supports_tools": False}
    ]
}
TOGETHER = [{"id": "x/y", "context_length": 8192, "pricing": {"input": 0.6, "output": 0.6}}]
BARE = {"object": "list", "data": [{"id": "deepseek-flash", "object": "model", "owned_by": "deepseek"}]}


@pytest.mark.parametrize(
    ("answer", "models"),
    [
        (
            OPENROUTER,
            [
                Listed("z-ai/glm-5.3", "Z.AI: GLM 5.3", 202752, 131072, 0.93, 3.0, tools=True),
                Listed("google/gemma-4-31b-it:free", "Google: Gemma 4 31B (free)", 262144, None, 0.0, 0.0, tools=False),
                Listed("openrouter/auto", "", 2000000),
            ],
        ),
        (
            ANTHROPIC,
            [Listed("claude-opus-5-5", "Claude Opus 5.5"), Listed("claude-x", "X", 1000000, 64000)],
        ),
        (VLLM, [Listed("qwen3", "", 131072)]),
        (VERCEL, [Listed("zai/glm-5.2", "GLM 5.2", 200000, 96000, 0.6, 2.2, tools=True, cache_read=0.11)]),
        (LITELLM_INFO, [Listed("house", "", 400000, 128000, 1.25, 10.0, tools=True)]),
        (OLLAMA_TAGS, [Listed("qwen3:8b", size=5200000000)]),
        (REQUESTY, [Listed("a/b", "", 200000, 8192, 3.0, 15.0)]),
        (FIREWORKS, [Listed("accounts/f/models/glm-5p2", "", 202752, tools=False)]),
        (TOGETHER, [Listed("x/y", "", 8192, None, 0.6, 0.6)]),
        (BARE, [Listed("deepseek-flash")]),
    ],
    ids=["openrouter", "anthropic", "vllm", "vercel", "litellm", "ollama", "requesty", "fireworks", "together", "bare"],
)
def test_a_list_as_it_is_documented(answer: Any, models: list[Listed]) -> None:
    assert list_answers.is_list(answer)
    assert list_answers.read(answer) == models
    assert listing.decode(listing.encode("https://h", models).decode(), "https://h") == models


def test_free_is_what_costs_nothing() -> None:
    paid, free, open_price = list_answers.read(OPENROUTER)
    assert (paid.free, free.free, open_price.free) == (False, True, None)


@pytest.mark.parametrize(
    "answer",
    [None, 1, "x", {}, [], {"data": None}, {"data": {}}, {"data": [None, 1, "x", []]}, {"models": [{"id": 7}]}],
)
def test_an_answer_that_lists_nothing(answer: Any) -> None:
    assert list_answers.read(answer) == []


@pytest.mark.parametrize(
    "bad", ["", "a b", "\x1b[2Jx", "x\ny", "a\tb", "$(reboot)", "-p", "é", "x" * 201, None, 7, [], {}]
)
def test_an_entry_without_a_usable_id_is_skipped(bad: Any) -> None:
    assert list_answers.read({"data": [{"id": bad}, {"id": "fine"}]}) == [Listed("fine")]


@pytest.mark.parametrize(
    "bad",
    [None, -1, 0, "", "many", True, [], {}, 10**400, 1e400, float("nan"), -1e400, "1e400", "9" * 5000, "²", {"a": {}}],
    ids=repr,
)
def test_odd_numbers_are_not_known(bad: Any) -> None:
    entry = {"id": "m", "context_length": bad, "max_tokens": bad, "size": bad, "top_provider": bad, "architecture": bad}
    entry |= {"pricing": {"prompt": bad, "completion": bad}, "supported_parameters": bad, "tags": bad}
    (model,) = list_answers.read([entry])
    price = 0.0 if bad == 0 else None
    assert model == Listed("m", input_price=price, output_price=price)


def test_a_name_with_control_characters_is_left_out_and_a_long_one_cut() -> None:
    one, two = list_answers.read([{"id": "a", "name": "x\x1b[31m"}, {"id": "b", "name": "y" * 5000}])
    assert one.name == ""
    assert len(two.name) == 100


def test_a_list_without_an_end_is_cut_and_each_model_is_there_once() -> None:
    endless = [{"id": f"m{number}"} for number in range(listing.MOST + 10)]
    assert len(list_answers.read(endless)) == listing.MOST
    assert list_answers.read([{"id": "m", "context_length": 5000}, {"id": "m"}]) == [Listed("m", "", 5000)]


def test_what_is_kept_fits_into_what_the_launch_path_reads() -> None:
    huge = [Listed(f"{'m' * 180}{number}", "n" * 100) for number in range(listing.MOST)]
    content = listing.encode("https://h", huge)
    assert len(content) <= listing.MAX_BYTES + 100
    assert 0 < len(listing.decode(content.decode(), "https://h")) < len(huge)


@pytest.mark.parametrize(
    "text",
    ["", "x", "cc-models 1\thttps://other\n",
     "cc-models 1\thttps://h\nm\n", "cc-models 1\thttps://h\na b\t\t\t\t\t\t\t\n",
     "cc-models 1\thttps://h\nm\tx\t\t\t\t\t\t\n", "cc-models 1\thttps://h\nm\t\t\t\t\tmaybe\t\t\n"],
)  # fmt: skip
def test_an_odd_kept_list_is_none(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - whichever it is, the list is asked for anew
        listing.decode(text, "https://h")


@pytest.mark.parametrize(
    ("answer", "after"),
    [
        (ANTHROPIC, "claude-x"),
        ({"has_more": False, "last_id": "x"}, ""),
        ({"has_more": True}, ""),
        ({"has_more": True, "last_id": "a&b=c"}, ""),
        ([], ""),
    ],
)
def test_where_a_list_goes_on(answer: Any, after: str) -> None:
    assert list_answers.next_page(answer) == after
