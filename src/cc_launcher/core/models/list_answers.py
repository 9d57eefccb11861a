"""What providers answer when they are asked for their models, read as one kind of list.

Nobody agrees on the fields. Each is looked for under the names that providers document; what is missing or odd is not
known, an entry without a usable id is skipped, and nothing here fails. The answer may be anything.
"""

from collections.abc import Iterator
from typing import Any

from cc_launcher.core.models import list_prices
from cc_launcher.core.models.listing import MOST, Listed
from cc_launcher.core.text import has_control, names

# OpenRouter and most others; Vercel and Requesty; Novita; vLLM and SGLang; Anthropic and LiteLLM. In their order, and
# below these tables as well.
_CONTEXT = ("context_length", "context_window", "context_size", "max_model_len", "max_input_tokens")
_MAX_OUTPUT = ("max_completion_tokens", "max_output_tokens", "max_output_length", "max_tokens")
_INSIDE = ("top_provider", "context_window", "model_info", "metadata")
_SAYS_TOOLS = ("supports_tools", "supports_function_calling", "function_calling", "supports_tool_use")
_TOOLS = frozenset({"tools", "tool-use", "tool_use", "function-calling", "function_calling"})
_NAMES = ("name", "display_name", "title")
_NO_TALK = frozenset({"embedding", "image", "image_generation", "audio", "video", "rerank", "reranking", "moderation"})
_MOST_TOKENS = 100_000_000
_LONGEST_NAME = 100


def read(answer: Any) -> list[Listed]:
    """The models of an answer, each once."""
    found: dict[str, Listed] = {}
    for entry in _entries(answer):
        model = _model(entry)
        if model is not None:
            found.setdefault(model.id, model)
        if len(found) >= MOST:
            break
    return list(found.values())


def is_list(answer: Any) -> bool:
    """Whether an answer is a list of models at all, if an empty one."""
    return isinstance(answer, list) or (
        isinstance(answer, dict) and any(isinstance(answer.get(key), list) for key in ("data", "models"))
    )


def next_page(answer: Any) -> str:
    """The id after which a list goes on that came in part, as Anthropic's does; empty for the end."""
    if not isinstance(answer, dict) or answer.get("has_more") is not True:
        return ""
    last = answer.get("last_id")
    return last if isinstance(last, str) and names.is_model(last) else ""


def _entries(answer: Any) -> Iterator[dict[str, Any]]:
    if isinstance(answer, dict):
        answer = next((answer[key] for key in ("data", "models") if isinstance(answer.get(key), list)), [])
    if isinstance(answer, list):
        yield from (entry for entry in answer if isinstance(entry, dict))


def _model(entry: dict[str, Any]) -> Listed | None:
    # LiteLLM's /model/info says `model_name`; Ollama says `model`, and `name` means the same there.
    model = next((entry[key] for key in ("id", "model_name", "model", "name") if isinstance(entry.get(key), str)), "")
    if not names.is_model(model) or _is_for_something_else(entry):
        return None
    tables = [entry, *(entry[key] for key in _INSIDE if isinstance(entry.get(key), dict))]
    windows = [window for table in tables for key in _CONTEXT if (window := _tokens(table.get(key))) is not None]
    priced = [*(entry[key] for key in ("pricing", "prices") if isinstance(entry.get(key), dict)), *tables]
    priced += [table["pricing"] for table in tables[1:] if isinstance(table.get("pricing"), dict)]
    prices, above = list_prices.read(priced, entry.get("pricing"))
    name = next((entry[key] for key in _NAMES if isinstance(entry.get(key), str)), "")
    return Listed(
        id=model,
        name="" if has_control(name) or name == model else name.strip()[:_LONGEST_NAME],
        # What answers may have a smaller window than the model has by itself.
        context=min(windows, default=None),
        max_output=_first(tables, _MAX_OUTPUT),
        input_price=prices.input,
        output_price=prices.output,
        cache_read=prices.cache_read,
        cache_write=prices.cache_write,
        cache_write_1h=prices.cache_write_1h,
        above=above,
        tools=_tools(tables),
        size=_count(entry.get("size"), 1 << 60),
    )


def _is_for_something_else(entry: dict[str, Any]) -> bool:
    """Whether this is no model that one can talk to."""
    info, architecture = entry.get("model_info"), entry.get("architecture")
    kinds = [entry.get("type"), entry.get("mode"), info.get("mode") if isinstance(info, dict) else None]
    if any(isinstance(kind, str) and kind in _NO_TALK for kind in kinds) or entry.get("supports_chat") is False:
        return True
    written = architecture.get("output_modalities") if isinstance(architecture, dict) else None
    return isinstance(written, list) and bool(written) and "text" not in written


def _tokens(value: Any) -> int | None:
    return _count(value, _MOST_TOKENS)


def _count(value: Any, most: int) -> int | None:
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 20:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= most:
        return None  # not-a-number fails the comparison
    return int(value)


def _first(tables: list[dict[str, Any]], keys: tuple[str, ...]) -> int | None:
    return next((count for table in tables for key in keys if (count := _tokens(table.get(key))) is not None), None)


def _tools(tables: list[dict[str, Any]]) -> bool | None:
    """Whether it can call tools. Tags say it only where they are there: they are not there for other reasons, too."""
    for table in tables:
        said = next((table[key] for key in _SAYS_TOOLS if isinstance(table.get(key), bool)), None)
        parameters = table.get("supported_parameters")
        if said is None and isinstance(parameters, list) and parameters:
            said = "tools" in parameters
        if said is not None:
            return bool(said)
    tags = [tag for key in ("tags", "features", "capabilities") for tag in _strings(tables[0].get(key))]
    return True if _TOOLS.intersection(tags) else None


def _strings(value: Any) -> list[str]:
    return [text for text in value if isinstance(text, str)] if isinstance(value, list) else []
