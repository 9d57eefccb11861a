"""What the servers of models on this machine answer, and what that means.

What an answer holds is not trusted: what has another shape than expected counts as not said.
"""

from dataclasses import dataclass
from typing import Any

from cc_launcher.core.models.listing import Listed
from cc_launcher.core.text import names

Json = Any
_MOST = 100_000_000  # tokens that a window may have


@dataclass(frozen=True)
class Entry:
    """One model as its server lists it, with what it runs with now."""

    listed: Listed
    names: frozenset[str]  # that mean it
    window: int | None = None  # what it has now
    digest: str = ""  # changes when the model does
    by_name: bool = False  # nothing but its name leads to it, though the server has no other one


@dataclass(frozen=True)
class Shown:
    """What Ollama says of one model."""

    num_ctx: int | None  # its own parameter
    largest: int | None  # what it was trained for
    tools: bool | None
    remote: bool  # served by Ollama's cloud
    parent: str


@dataclass(frozen=True)
class Loaded:
    """A model of Ollama's in memory: its window, and bytes."""

    window: int | None
    size: int | None
    video: int | None


def entries(server: str, answer: Json) -> list[Entry]:
    """The models of a list."""
    if server == "ollama":
        return [_of_ollama(item) for item in _items(answer, "models") if _name(item, "name", "model")]
    if server == "lmstudio":
        new = [_of_lm_studio(item) for item in _items(answer, "models") if _name(item, "key") and _talks(item)]
        return new or [_of_old_lm_studio(item) for item in _items(answer, "data") if _name(item, "id") and _talks(item)]
    if server == "llamacpp":
        # Its own default name is the path of a file; since any name reaches it, the file's own will do. One that has
        # several, or a directory of them, tells of each whether it is loaded, and knows them by their names.
        given = [
            item | {"id": _text(item, "id").rsplit("/", 1)[-1].removesuffix(".gguf")} for item in _items(answer, "data")
        ]
        return [_of_others(item) for item in given if _name(item, "id")]
    return [_of_others(item) for item in _items(answer, "data") if _name(item, "id")]


def find(server: str, known: list[Entry], model: str) -> Entry | None:
    """The model that a request by this name gets."""
    if server == "llamacpp" and len(known) == 1 and not known[0].by_name:
        return known[0]  # it has one, and answers with that whatever it is asked for
    wanted = _canonical(model) if server == "ollama" else model
    return next((entry for entry in known if wanted in entry.names), None)


def _of_ollama(item: Json) -> Entry:
    name = _name(item, "name", "model")
    can = item.get("capabilities")
    return Entry(
        Listed(
            name.removesuffix(":latest"),
            context=_count(item.get("details"), "context_length"),
            tools="tools" in can if isinstance(can, list) and can else None,
            size=_count(item, "size", most=1 << 60),
            input_price=None if item.get("remote_host") else 0.0,
            output_price=None if item.get("remote_host") else 0.0,
        ),
        frozenset({_canonical(name)}),
        digest=_text(item, "digest"),
    )


def _of_lm_studio(item: Json) -> Entry:
    key = _name(item, "key")
    running = {
        _text(instance, "id"): _count(instance.get("config"), "context_length")
        for instance in _items(item, "loaded_instances")
    }
    # One of the same name, or whichever it takes: the smallest is safe.
    windows = [window for window in running.values() if window is not None]
    can = item.get("capabilities")
    trained = can.get("trained_for_tool_use") if isinstance(can, dict) else None
    return Entry(
        Listed(
            key,
            name=_text(item, "display_name"),
            context=_count(item, "max_context_length"),
            tools=trained if isinstance(trained, bool) else None,
            size=_count(item, "size_bytes", most=1 << 60),
            input_price=0.0,
            output_price=0.0,
        ),
        frozenset({key, *running}),
        running.get(key) or min(windows, default=None),
    )


def _of_old_lm_studio(item: Json) -> Entry:
    key = _name(item, "id")
    # Unverified: loaded_context_length, which the documentation of this older list does not show.
    return Entry(
        Listed(key, context=_count(item, "max_context_length"), input_price=0.0, output_price=0.0),
        frozenset({key}),
        _count(item, "loaded_context_length"),
    )


def _of_others(item: Json) -> Entry:
    """As vLLM, SGLang and llama-server list theirs."""
    key = _name(item, "id")
    meta = item.get("meta")
    window = _count(item, "max_model_len") or _count(meta, "n_ctx")
    also = item.get("aliases")
    return Entry(
        Listed(
            key,
            context=window or _count(meta, "n_ctx_train"),
            size=_count(meta, "size", most=1 << 60),
            input_price=0.0,
            output_price=0.0,
        ),
        frozenset({key, *(alias for alias in also if isinstance(alias, str))} if isinstance(also, list) else {key}),
        window,
        by_name=isinstance(item.get("status"), dict),
    )


def shown(answer: Json) -> Shown:
    """Ollama's /api/show."""
    whole = answer if isinstance(answer, dict) else {}
    about = whole.get("model_info")
    keys = [key for key in about if key.endswith(".context_length")] if isinstance(about, dict) else []
    sizes = [size for key in keys if (size := _count(about, key)) is not None]
    can = whole.get("capabilities")
    lines = [line.split() for line in _text(whole, "parameters").splitlines()]
    own = [line[1] for line in lines if len(line) == 2 and line[0] == "num_ctx" and line[1].isdecimal()]
    return Shown(
        _count({"num_ctx": int(own[-1])}, "num_ctx") if own and len(own[-1]) < 12 else None,
        next(iter(sizes), None),
        "tools" in can if isinstance(can, list) and can else None,
        bool(_text(whole, "remote_host")),
        _text(whole.get("details"), "parent_model"),
    )


def loaded(answer: Json, model: str) -> Loaded | None:
    """What Ollama's /api/ps says of one model; nothing where it is not in memory."""
    for item in _items(answer, "models"):
        if _canonical(_name(item, "name", "model")) == _canonical(model):
            size, video = (_count(item, key, most=1 << 60) for key in ("size", "size_vram"))
            return Loaded(_count(item, "context_length"), size, video)
    return None


def properties_window(answer: Json) -> int | None:
    """The window in llama-server's /props."""
    return _count(answer.get("default_generation_settings"), "n_ctx") if isinstance(answer, dict) else None


def is_properties(answer: Json) -> bool:
    """Whether this is what llama-server has under /props, and hardly anybody else."""
    return isinstance(answer, dict) and isinstance(answer.get("default_generation_settings"), dict)


def routes(answer: Json) -> bool:
    """Whether llama-server's /props say that it was started without a model, and loads those that are asked for."""
    return isinstance(answer, dict) and answer.get("role") == "router"


def properties_model(answer: Json) -> str:
    """The model in llama-server's /props, as one would call it."""
    name = _text(answer, "model_alias") or _text(answer, "model_path")
    name = name.rsplit("/", 1)[-1].removesuffix(".gguf")
    return name if names.is_model(name) and not routes(answer) else ""


def _canonical(name: str) -> str:
    """A name of Ollama's with its tag: no tag means `latest`, and letters are all the same to it."""
    return (name if ":" in name.rsplit("/", 1)[-1] else f"{name}:latest").lower()


def _talks(item: Json) -> bool:
    return item.get("type") not in {"embedding", "embeddings"}


def _items(answer: Json, key: str) -> list[Json]:
    found = answer.get(key) if isinstance(answer, dict) else None
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def _text(item: Json, key: str) -> str:
    value = item.get(key) if isinstance(item, dict) else None
    return value if isinstance(value, str) else ""


def _name(item: Json, *keys: str) -> str:
    """The first of these that can be a model's name."""
    return next((text for key in keys if names.is_model(text := _text(item, key))), "")


def _count(item: Json, key: str, most: int = _MOST) -> int | None:
    value = item.get(key) if isinstance(item, dict) else None
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value <= most else None
