"""What a server's answer to one short question means: whether a launch of a profile would find what it needs."""

import json

from cc_launcher.core.models import server_answers
from cc_launcher.core.profile.state import ANSWERS, HAS_NOT, SILENT

# A server that wants a key, or still loads its model, is one that answers.
_ALSO_ANSWERS = {"": frozenset({401, 403, 503}), "lmstudio": frozenset({401, 403, 404, 503})}  # 404: of before 0.4


_LLAMA = b"\r\nserver: llama.cpp\r\n"


def is_llama_server(said: bytes) -> bool:
    """Whether this is llama-server's answer to the question for its properties, head and all.

    It puts its name into the head of each answer, also where it wants a key, or still loads its model.
    """
    head, _, body = said.partition(b"\r\n\r\n")
    status = head.split(b" ", 2)[1:2]
    if not head.startswith(b"HTTP/") or status not in ([b"200"], [b"401"], [b"503"]):
        return False
    return _LLAMA in head.lower() + b"\r\n" or (status == [b"200"] and server_answers.is_properties(_parsed(body)))


def model_of(said: bytes) -> str:
    """The model of which llama-server's properties tell."""
    return server_answers.properties_model(_parsed(said.partition(b"\r\n\r\n")[2]))


def _parsed(body: bytes) -> object:
    try:
        found: object = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return found


def judged(kind: str, model: str, said: bytes) -> str:
    """The answer, head and all, to the question for the models of a server of this kind.

    Something else may listen there, such as a site that is being built. One that is slow may be at work.
    """
    head, found, body = said.partition(b"\r\n\r\n")
    if not said or not found:
        return ANSWERS if not said or head.startswith(b"HTTP/") else SILENT
    status = head.split(b" ", 2)[1:2]
    code = int(status[0]) if status and status[0].isdigit() and len(status[0]) == 3 else 0
    if code != 200:
        return ANSWERS if code in _ALSO_ANSWERS.get(kind, _ALSO_ANSWERS[""]) else SILENT
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        return ANSWERS if body[:1] in {b"{", b""} else SILENT  # not whole when the time was up
    if not isinstance(content, dict) or not {"models", "data"} & content.keys():
        return SILENT
    entries = server_answers.entries(kind, content)
    if (kind == "llamacpp" and not entries) or server_answers.find(kind, entries, model) is not None:
        return ANSWERS
    return HAS_NOT
