"""Ask a server of models on this machine, or in the user's own network: what it has, and with which window.

Never through a proxy, never on to another address, and never longer than it is given, whatever the server does.
"""

import http.client
import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import Any, TypeVar
from urllib.parse import urlsplit

from cc_launcher.core.models import local, server_answers
from cc_launcher.core.models.listing import Listed
from cc_launcher.core.models.local import Told
from cc_launcher.core.profile import local_servers
from cc_launcher.core.profile.resolve import Resolved
from cc_launcher.launch import server as quick
from cc_launcher.launch import waiting
from cc_launcher.net.fetch import NoAnswer

# Of a launch, in seconds: with the one of launch/server.py before it, one second in all.
PATIENCE = 1.0 - quick.PATIENCE
LOOK = 0.2  # of it, for a look at where the server is, if that may be more than one place
OF_A_COMMAND = 10.0
MAX_BYTES = 8 * 1024 * 1024
_NONE: Mapping[str, str] = MappingProxyType({})
_NOWHERE = "no mark that any answer could have"

Result = TypeVar("Result")


class _Trouble(NoAnswer):
    """Why there is no answer, as core/models/local.py names it."""

    def __init__(self, fault: str, detail: str, status: int = 0) -> None:
        super().__init__(f"{fault} ({detail})", status)
        self.fault = fault
        self.detail = detail


def ask(resolved: Resolved, models: tuple[str, ...], credential: Mapping[str, str] = _NONE) -> Told:
    """What the server of this profile says of the models of a launch, the main one first."""
    patience = PATIENCE - (LOOK if local_servers.places(resolved) else 0.0)
    try:
        connection = Connection(resolved, credential, patience)
        return _within(
            patience, lambda: _told(connection, resolved.profile.server or "", models, with_key=bool(credential))
        )
    except _Trouble as trouble:
        return Told(trouble.fault, trouble.detail)


def listed(resolved: Resolved, credential: Mapping[str, str] = _NONE, patience: float = OF_A_COMMAND) -> list[Listed]:
    """The models that the server of this profile has; NoAnswer where it cannot be asked."""
    connection = Connection(resolved, credential, patience)
    with waiting.on(connection.shown):
        found = _within(patience, lambda: _entries(connection, resolved.profile.server or "")[0])
    return [entry.listed for entry in found]


class Connection:
    """How a server is spoken to. Each request is a connection of its own."""

    def __init__(self, resolved: Resolved, credential: Mapping[str, str], patience: float) -> None:
        parts = urlsplit(resolved.profile.base_url or "")
        self.host = parts.hostname or ""
        self.port = parts.port or 80
        self.prefix = parts.path
        self.headers = {**resolved.profile.headers, **credential, "Accept": "application/json"}
        self.ends = time.monotonic() + patience
        self.patience = patience

    @property
    def shown(self) -> str:
        """Who is waited for."""
        return f"{self.host}:{self.port}"

    def json(self, path: str, body: object = None) -> Any:
        """The JSON under a path. With a body, it is posted."""
        return _parsed(self.read(path, body))

    def read(self, path: str, body: object = None) -> bytes:
        """What is under a path, as it came."""
        with self._answered(path, body, self._left()) as answer:
            content = answer.read(MAX_BYTES + 1)
        self._left()
        if len(content) > MAX_BYTES:
            raise _Trouble(local.ODD, "the answer does not end")
        return content

    def lines(self, path: str, body: object) -> Iterator[Any]:
        """The lines of JSON of an answer that comes bit by bit, as long as none takes longer than the patience."""
        with self._answered(path, body, self.patience) as answer:
            while line := answer.readline(MAX_BYTES):
                yield _parsed(line)

    @contextmanager
    def _answered(self, path: str, body: object, patience: float) -> Iterator[http.client.HTTPResponse]:
        connection = http.client.HTTPConnection(self.host, self.port, timeout=patience)
        content = None if body is None else json.dumps(body).encode()
        try:
            connection.request("GET" if body is None else "POST", self.prefix + path, content, self.headers)
            with connection.getresponse() as answer:
                if answer.status != 200:
                    fault = {401: local.LOCKED, 403: local.LOCKED, 503: local.LOADING}.get(answer.status, local.ODD)
                    raise _Trouble(fault, f"answers {answer.status} under {path}", answer.status)
                yield answer
        except (OSError, http.client.HTTPException, ValueError) as bad:
            raise self._trouble(bad) from None
        finally:
            connection.close()

    def _trouble(self, bad: Exception) -> "_Trouble":
        if isinstance(bad, TimeoutError):
            return _silent(self.patience)
        if isinstance(bad, http.client.HTTPException):
            return _Trouble(local.ODD, "it does not speak HTTP")
        if isinstance(bad, UnicodeError):
            return _Trouble(local.ODD, "a header of the profile cannot be sent")
        if isinstance(bad, ConnectionResetError | BrokenPipeError):
            return _Trouble(local.ODD, "it closes the connection")
        return _Trouble(local.DOWN, getattr(bad, "strerror", None) or type(bad).__name__)

    def _left(self) -> float:
        left = self.ends - time.monotonic()
        if left <= 0:
            raise _silent(self.patience)
        return left


def _silent(patience: float) -> _Trouble:
    return _Trouble(local.SILENT, f"within {patience:g} seconds")


def _parsed(content: bytes) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        raise _Trouble(local.ODD, "something else than JSON") from None


def _within(patience: float, work: Callable[[], Result]) -> Result:
    """What the work returns or raises. Looking up a host's name cannot be hurried, and is left behind if it must."""
    found: list[Result] = []
    wrong: list[NoAnswer] = []

    def run() -> None:
        try:
            found.append(work())
        except NoAnswer as bad:
            wrong.append(bad)
        except Exception as bug:  # noqa: BLE001 - a thread that dies writes a traceback
            wrong.append(_Trouble(local.ODD, type(bug).__name__))

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(patience)
    if found:
        return found[0]
    raise wrong[0] if wrong else _silent(patience)


def _entries(connection: Connection, server: str) -> tuple[list[server_answers.Entry], bytes]:
    """The models that it lists, and the answer that says so."""
    path = local_servers.SERVERS[server].models
    try:
        content = connection.read(path)
    except _Trouble as trouble:
        if server != "lmstudio" or trouble.status != 404:
            raise
        content = connection.read("/api/v0/models")  # of LM Studio before 0.4
    return server_answers.entries(server, _parsed(content)), content


def _told(connection: Connection, server: str, models: tuple[str, ...], *, with_key: bool) -> Told:
    properties = _properties(connection) if server == "llamacpp" else b""
    known, content = _entries(connection, server)
    there = tuple(entry.listed for entry in known)
    if server == "ollama":
        told = _of_ollama(connection, known, content, models)
    elif server == "llamacpp":
        told = _of_llama_server(connection, properties, (known, content), models)
    else:
        told = _of_others(connection, server, known, content, models)
    told = _with(told, models=there)
    # A key is not for the short request of the launch path, and neither is a name that has to be looked up.
    return told if not with_key and quick.addresses(connection.host) else _with(told, check=())


def _with(told: Told, **changed: Any) -> Told:
    return Told(**{**told.__dict__, **changed})


def _of_others(
    connection: Connection, server: str, known: list[server_answers.Entry], content: bytes, models: tuple[str, ...]
) -> Told:
    missing = tuple(model for model in models if server_answers.find(server, known, model) is None)
    entry = server_answers.find(server, known, models[0])
    if missing or entry is None:
        return Told(missing=missing)
    if entry.window is None:
        return Told(source="it is not loaded" if server == "lmstudio" else "the server does not tell")
    if server == "lmstudio":
        values = [f'"context_length":{entry.window}']
        marks = (f'"key":"{entry.listed.id}"', '"key":')
    else:
        values, marks = [f'"max_model_len":{entry.window}'], (f'"id":"{models[0]}"', '"id":')
    path = local_servers.SERVERS[server].models
    return Told(window=entry.window, source="as it runs", check=_check(connection, path, content, *marks, values))


def _properties(connection: Connection) -> bytes:
    """What llama-server says of itself; nothing where a program stands before it that has nothing but its list.

    Its list is for anybody. This wants the key that a session would need.
    """
    try:
        return connection.read("/props")
    except _Trouble as trouble:
        if trouble.status != 404:
            raise
        return b"{}"


def _of_llama_server(
    connection: Connection,
    properties: bytes,
    listed: tuple[list[server_answers.Entry], bytes],
    models: tuple[str, ...],
) -> Told:
    known, content = listed
    about = _parsed(properties)
    by_name = known or server_answers.routes(about)
    missing = tuple(model for model in models if by_name and server_answers.find("llamacpp", known, model) is None)
    if missing:
        return Told(missing=missing)
    window = server_answers.properties_window(about)
    if window is not None:
        marks = ('"default_generation_settings":', _NOWHERE)
        check = _check(connection, "/props", properties, *marks, [f'"n_ctx":{window}'])
        return Told(window=window, source="as it runs", check=check)
    entry = server_answers.find("llamacpp", known, models[0])
    if entry is None or entry.window is None:
        return Told(source="it is not loaded" if entry is not None and entry.by_name else "the server does not tell")
    marks = (f'"id":"{models[0]}"', '"id":') if entry.by_name else ('"data":', _NOWHERE)
    check = _check(connection, "/v1/models", content, *marks, [f'"n_ctx":{entry.window}'])
    return Told(window=entry.window, source="as it runs", check=check)


def _of_ollama(
    connection: Connection, known: list[server_answers.Entry], content: bytes, models: tuple[str, ...]
) -> Told:
    main = models[0]
    about: dict[str, server_answers.Shown] = {}
    missing = []
    for model in models:
        if model == main or server_answers.find("ollama", known, model) is None:
            try:
                about[model] = server_answers.shown(connection.json("/api/show", {"model": model}))
            except _Trouble as trouble:
                if trouble.status not in {400, 404}:
                    raise
                missing.append(model)
    if missing:
        return Told(missing=tuple(missing))
    shown = about[main]
    entry = server_answers.find("ollama", known, main)
    if shown.num_ctx is not None or shown.remote:
        window = min(filter(None, [shown.num_ctx, shown.largest]), default=None)
        marks = (f'"name":"{_listed_name(content, main)}"', '"name":')
        values = [f'"digest":"{entry.digest}"'] if entry is not None and entry.digest else []
        check = _check(connection, "/api/tags", content, *marks, values) if values and window else ()
        source = "num_ctx of the model" if shown.num_ctx else "at Ollama's own servers"
        return Told(window=window, source=source, tools=shown.tools, check=check)
    running = connection.read("/api/ps")
    loaded = server_answers.loaded(_parsed(running), main)
    if loaded is None or loaded.window is None:
        source = "Ollama chooses it when it loads the model, 4096 below 24 GiB of video memory"
        return Told(source=source, tools=shown.tools)
    marks = (f'"name":"{_listed_name(running, main)}"', '"name":')
    check = _check(connection, "/api/ps", running, *marks, [f'"context_length":{loaded.window}'])
    return Told(window=loaded.window, source="as it is loaded now", tools=shown.tools, check=check)


def _listed_name(content: bytes, model: str) -> str:
    """The model's name as it stands in an answer: with its tag or without."""
    forms = (model, f"{model}:latest")
    return next((form for form in forms if quick.holds(content, (f'"name":"{form}"', _NOWHERE))), model)


def _check(
    connection: Connection, path: str, content: bytes, start: str, stop: str, values: list[str]
) -> tuple[str, ...]:
    """How the launch path finds out that this has not changed; nothing where it could not."""
    expected = (start, stop, *values)
    if connection.headers.keys() != {"Accept"} or not quick.holds(content, expected):
        return ()
    return (connection.host, str(connection.port), connection.prefix + path, *expected)
