"""The servers of models that run on this machine: their names, and the commands that start and feed them."""

from dataclasses import dataclass

from cc_launcher.core.profile.profile import Profile


@dataclass(frozen=True)
class Server:
    """One program that serves models."""

    title: str
    models: str  # the path under which it lists them
    start: str  # the command that starts it
    fetch: str  # the command that gets a model
    widen: str  # what gives a model another window


SERVERS = {
    "ollama": Server(
        "Ollama", "/api/tags", "ollama serve", "ollama pull {model}", "cc models {profile} {model} --set-context 64k"
    ),
    "lmstudio": Server(
        "LM Studio",
        "/api/v1/models",
        "lms server start",
        "lms get {model}",
        "load it with a larger window: lms load {model} --context-length {tokens}",
    ),
    "llamacpp": Server(
        "llama-server",
        "/v1/models",
        "llama-server -m MODEL.gguf -c 65536",
        "llama-server -m {model}.gguf -c 65536",
        "start it with a larger window: llama-server -m MODEL.gguf -c {tokens}",
    ),
    "vllm": Server(
        "vLLM",
        "/v1/models",
        "vllm serve MODEL --served-model-name NAME --enable-auto-tool-choice --tool-call-parser PARSER",
        "vllm serve MODEL --served-model-name {model} --enable-auto-tool-choice --tool-call-parser PARSER",
        "start it with a larger window: vllm serve … --max-model-len {tokens}",
    ),
    "sglang": Server(
        "SGLang",
        "/v1/models",
        "python3 -m sglang.launch_server --model-path MODEL",
        "python3 -m sglang.launch_server --model-path MODEL --served-model-name {model}",
        "start it with a larger window: python3 -m sglang.launch_server … --context-length {tokens}",
    ),
}


def of(profile: Profile) -> Server | None:
    """The server that a launch of this profile asks first: one that is spoken to without TLS, so here or near."""
    asked = profile.kind == "local" and (profile.base_url or "").startswith("http://")
    return SERVERS[profile.server] if asked and profile.server is not None else None
