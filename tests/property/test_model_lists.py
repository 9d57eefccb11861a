"""Whatever a server answers, what comes of it is a list of models that can be kept and shown."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from cc_launcher.core.models import list_answers, listing, merged
from cc_launcher.core.text import has_control, names

FIELDS = (
    "id", "name", "model", "model_name", "context_length", "context_window", "max_model_len", "max_tokens", "pricing",
    "prompt", "completion", "input", "output", "top_provider", "model_info", "metadata", "tags", "supports_tools",
    "input_cache_read", "input_cache_write", "overrides", "min_prompt_tokens", "input_tiers", "cost", "min",
    "prompt_tokens_threshold", "input_cost_per_token_above_200k_tokens",
    "supported_parameters", "architecture", "output_modalities", "type", "mode", "size", "data", "models", "has_more",
)  # fmt: skip
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["m", "a/b", "tools", "1", "0.000001", "-1", "text", "nan", "1e999"])
)
ANYTHING = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=8),
    max_leaves=40,
)
MODEL = st.dictionaries(st.sampled_from(FIELDS), ANYTHING, max_size=10).map(lambda entry: {"id": "m"} | entry)
ANSWER = ANYTHING | st.lists(MODEL, max_size=4) | st.lists(MODEL, max_size=4).map(lambda entries: {"data": entries})


@given(ANSWER)
def test_an_answer_becomes_a_list_that_can_be_kept(answer: Any) -> None:
    list_answers.is_list(answer)
    list_answers.next_page(answer)
    found = list_answers.read(answer)
    assert len({model.id for model in found}) == len(found)
    for model in found:
        assert names.is_model(model.id)
        assert not has_control(model.name)
        json.dumps([model.context, model.max_output, model.input_price, model.output_price], allow_nan=False)
        merged.values_of(model)  # which a profile could hold
    assert listing.decode(listing.encode("https://h", found).decode(), "https://h") == found
