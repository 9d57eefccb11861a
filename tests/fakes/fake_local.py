"""A FAKE of each of the other servers of local models, for tests: LM Studio, llama-server, vLLM and SGLang.

It runs no model. The shapes are those of their documentation (LM Studio's /api/v1/models and the older /api/v0/models,
the list that vLLM and SGLang have). llama-server's are those of the real one, with which tests/llama compares them: its
list is for anybody, also where it wants a key.
"""

from __future__ import annotations

from tests.fakes.fake_ollama import FakeServer, Json


class FakeLocal(FakeServer):
    """A FAKE server of one of these kinds, with one model in it."""

    def __init__(self, kind: str, model: str, window: int | None) -> None:
        super().__init__()
        self.kind = kind
        self.model = model
        self.window = window  # None: it does not tell, or the model is not loaded
        self.old = False  # from before it told the window where it lists its models
        self.title = "llama.cpp" if kind == "llamacpp" else ""
        self.open = frozenset({"/v1/models"}) if kind == "llamacpp" else frozenset()

    def reply(self, method: str, path: str, body: Json) -> tuple[int, Json]:  # noqa: ARG002 - as its base
        found = self.pages().get(path) if method == "GET" else None
        return (200, found) if found is not None else (404, {"error": {"message": "not found", "code": 404}})

    def pages(self) -> dict[str, Json]:
        """What stands under each path."""
        if self.kind == "lmstudio":
            return {"/api/v0/models": self._old_lm_studio()} if self.old else {"/api/v1/models": self._lm_studio()}
        card: Json
        if self.kind == "llamacpp":
            meta: Json = {"vocab_type": 2, "n_vocab": 50_257, "n_ctx": self.window, "n_ctx_train": 131_072}
            meta |= {"n_embd": 64, "n_params": 6_461_760, "size": 4_912_898_304, "ftype": "(guessed) all F32"}
            if self.old or self.window is None:
                del meta["n_ctx"]
            path = f"/models/{self.model}.gguf"
            card = {"id": path, "aliases": [path], "tags": [], "object": "model", "created": 1_795_991_762}
            card |= {"owned_by": "llamacpp", "meta": meta}
            also = {"name": path, "model": path, "type": "model", "capabilities": ["completion"], "details": {}}
            settings = {"params": {"seed": 4_294_967_295, "n_predict": -1, "lora": []}, "n_ctx": self.window}
            props: Json = {"default_generation_settings": settings, "total_slots": 1, "model_alias": path}
            props |= {"model_path": path, "chat_template": "{%- for message in messages %}", "build_info": "b1-7e4c0a9"}
            return {
                "/v1/models": {"models": [also], "object": "list", "data": [card]},
                "/props": props if self.window is not None else {"total_slots": 1},
            }
        card = {"id": self.model, "object": "model", "owned_by": self.kind, "max_model_len": self.window}
        if self.kind == "vllm":
            card["permission"] = [{"id": "modelperm-0", "object": "model_permission"}]
        return {"/v1/models": {"object": "list", "data": [card]}}

    def _lm_studio(self) -> Json:
        instances = [{"id": self.model, "config": {"context_length": self.window, "parallel": 4}}]
        return {
            "models": [
                {
                    "type": "llm",
                    "key": self.model,
                    "display_name": "A model",
                    "size_bytes": 17_990_911_801,
                    "loaded_instances": [] if self.window is None else instances,
                    "max_context_length": 131_072,
                    "capabilities": {"vision": False, "trained_for_tool_use": True},
                },
                {"type": "embedding", "key": "embed", "loaded_instances": [], "max_context_length": 2048},
            ]
        }

    def _old_lm_studio(self) -> Json:
        card = {
            "id": self.model,
            "object": "model",
            "type": "llm",
            "state": "not-loaded",
            "max_context_length": 131_072,
        }
        if self.window is not None:
            card |= {"state": "loaded", "loaded_context_length": self.window}
        return {"object": "list", "data": [card, {"id": "embed", "type": "embeddings", "max_context_length": 2048}]}
