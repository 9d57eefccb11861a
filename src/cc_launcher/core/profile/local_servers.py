"""The servers of models that run on this machine: their names, and the commands that start and feed them."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from cc_launcher.core.profile.profile import Profile
from cc_launcher.core.profile.resolve import Resolved


@dataclass(frozen=True)
class Server:
    """One program that serves models."""

    title: str
    models: str  # the path under which it lists them
    start: str  # the command that starts it
    fetch: str  # the command that gets a model
    widen: str  # what gives a model another window
    ports: tuple[int, ...] = ()  # where it may be, if there are several, unless somebody says where


PROPERTIES = "/props"  # what is asked to find out whether somebody is llama-server
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
        (8080, 9931),  # its default, and the one in the examples of a newer README
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


def places(resolved: Resolved) -> tuple[str, ...]:
    """The addresses at which the server of this profile may be; none where there is one alone, or somebody wrote it."""
    server, origin = of(resolved.profile), resolved.origin("base_url")
    if server is None or not server.ports or origin is None or not origin.source.shipped:
        return ()
    parts = urlsplit(resolved.profile.base_url or "")
    return tuple(f"{parts.scheme}://{parts.hostname}:{port}{parts.path}" for port in server.ports)
