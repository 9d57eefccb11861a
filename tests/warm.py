"""A `cc` that starts at once: a process that has loaded what every command needs, and forks at each call.

What is forked is a process like any other, with streams, a session, an environment and an exit code of its own, which
ends as an interpreter ends. Only its start is spared, which is most of the time that a command takes. What a new
interpreter would have done otherwise, `can_run` leaves to a new one: what reads the locale, for instance.
Until it becomes another program, /proc shows the arguments and the environment of what it was forked from. Who looks
there starts a new one (`tests.support.start`).

CC_TESTS_FRESH=1 has every test start a new interpreter each time.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import importlib
import marshal
import os
import pkgutil
import runpy
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

FRESH = "CC_TESTS_FRESH"
MODULE = ["-m", "cc_launcher"]
_REPOSITORY = Path(__file__).resolve().parent.parent
# What the start of an interpreter, or of a library, depends on.
_LOCALE = {b"LANG": b"C.UTF-8", b"LC_ALL": None, b"LC_CTYPE": None, b"LANGUAGE": None}
_AT_START = (b"PYTHON", b"FORCE_COLOR", b"PY_COLORS", b"GITHUB_ACTIONS", b"TERMINAL_WIDTH", b"MALLOC_", b"LD_")
_CAN_DO = {b"PYTHONPATH", b"PYTHONDONTWRITEBYTECODE"}
_AT_ENTRY = (b"cc_launcher", b"sitecustomize.py", b"usercustomize.py")  # what nobody could put in its place any more
# Libraries, and of our own what does nothing but think.
_LIBRARIES = (
    "concurrent.futures.thread",
    "getpass",
    "httpcore2",
    "httpx2",
    "pydantic.type_adapter",
    "rich.console",
    "rich.markup",
    "rich.table",
    "tomlkit",
    "typer",
)
_THINKS = "cc_launcher.core"
_LENGTH = struct.Struct("!I")


scripts: set[bytes] = set()  # that are `cc` and nothing else


def can_run(argv: Sequence[bytes], environment: Mapping[bytes, bytes]) -> bool:
    """Whether this is `cc` as it is, in circumstances in which a new interpreter would do the same."""
    if os.environ.get(FRESH) or not sys.platform.startswith("linux"):
        return False
    is_ours = argv[0] in scripts or [os.fsdecode(word) for word in argv[:3]] == [sys.executable, *MODULE]
    return (
        is_ours
        and not any(name.startswith(_AT_START) for name in environment.keys() - _CAN_DO)
        and b"" not in environment  # only exec can hand on what has no name
        and not any(os.path.exists(os.path.join(entry, what)) for entry in _entries(environment) for what in _AT_ENTRY)
        and all(environment.get(name) == value for name, value in _LOCALE.items())
    )


def _entries(environment: Mapping[bytes, bytes]) -> list[bytes]:
    return [entry for entry in environment.get(b"PYTHONPATH", b"").split(b":") if entry]


def run(
    argv: Sequence[bytes],
    environment: Mapping[bytes, bytes],
    cwd: bytes,
    stdin: bytes,
    limit: float,
    give_up: Callable[[int], None],
) -> tuple[int, bytes, bytes, bool]:
    """Run it to its end: its exit code (negative for a signal), what it wrote, and whether it had to be ended."""
    ours, theirs = zip(*(_pipe(writes) for writes in (True, False, False)), strict=True)
    with _connection() as asked:
        question = marshal.dumps((list(argv), dict(environment), cwd, _umask()))
        socket.send_fds(asked, [_LENGTH.pack(len(question))], theirs)
        for descriptor in theirs:
            os.close(descriptor)
        asked.sendall(question)
        (pid,) = _LENGTH.unpack(_exactly(asked, _LENGTH.size))
        out, err = bytearray(), bytearray()
        threads = [
            threading.Thread(target=_feed, args=(ours[0], stdin), daemon=True),
            threading.Thread(target=_drain, args=(ours[1], out), daemon=True),
            threading.Thread(target=_drain, args=(ours[2], err), daemon=True),
        ]
        timer = threading.Timer(limit, give_up, [pid])
        timer.daemon = True
        timer.start()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        (status,) = _LENGTH.unpack(_exactly(asked, _LENGTH.size))
        late = timer.finished.is_set()
        timer.cancel()
    return os.waitstatus_to_exitcode(status), bytes(out), bytes(err), late


def _pipe(writes: bool) -> tuple[int, int]:  # noqa: FBT001 - of two
    read, write = os.pipe()
    return (write, read) if writes else (read, write)


def _umask() -> int:
    now = os.umask(0o077)
    os.umask(now)
    return now


def _feed(descriptor: int, data: bytes) -> None:
    with contextlib.suppress(BrokenPipeError), os.fdopen(descriptor, "wb") as stream:
        stream.write(data)


def _drain(descriptor: int, found: bytearray) -> None:
    with os.fdopen(descriptor, "rb") as stream:
        while data := stream.read1():
            found += data


def _exactly(connection: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        more = connection.recv(size - len(data))
        if not more:
            raise EOFError
        data += more
    return data


# The process that is forked


_started: list[str] = []
_starting = threading.Lock()


def _connection() -> socket.socket:
    """A connection with this worker's process, which is started when it is first needed and ends with the worker."""
    with _starting:
        if not _started:
            _started.append(_start())
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(_started[0])
    return connection


def _start() -> str:
    place = Path(tempfile.mkdtemp(prefix="warm-")) / "s"
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.warm", place],
        env={"PATH": os.defpath, "LANG": "C.UTF-8", "PYTHONPATH": str(_REPOSITORY)},
        cwd="/",
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    process.stdout.close()

    def end() -> None:
        assert process.stdin is not None
        process.stdin.close()
        process.wait()
        place.unlink(missing_ok=True)
        place.parent.rmdir()

    atexit.register(end)
    return str(place)


def _serve(place: str) -> tuple[list[bytes], dict[bytes, bytes], bytes, int]:
    """Fork at each call; this returns only in what is forked, with what it is asked for."""
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(place)
    listener.listen(64)
    threading.Thread(target=_end_with_who_started, daemon=True).start()
    os.write(1, b"ready\n")
    while True:
        connection, _ = listener.accept()
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        if os.fork():
            connection.close()
            continue
        listener.close()
        head, descriptors, _, _ = socket.recv_fds(connection, _LENGTH.size, 3)
        asked = marshal.loads(_exactly(connection, _LENGTH.unpack(head)[0]))
        pid = os.fork()
        if not pid:
            connection.close()
            for stream, descriptor in enumerate(descriptors):
                os.dup2(descriptor, stream)
            os.closerange(3, max(descriptors) + 1)
            os.setsid()
            return asked  # type: ignore[no-any-return]
        for descriptor in (0, 1, 2, *descriptors):
            os.close(descriptor)
        connection.sendall(_LENGTH.pack(pid))
        status = os.waitpid(pid, 0)[1]
        with contextlib.suppress(OSError):  # nobody waits for it any more
            connection.sendall(_LENGTH.pack(status))
        os._exit(0)


def _end_with_who_started() -> None:
    os.read(0, 1)
    os._exit(0)


def _become(argv: list[bytes], environment: dict[bytes, bytes], cwd: bytes, umask: int) -> None:
    """Run it as a new interpreter would."""
    os.umask(umask)
    os.chdir(cwd)
    os.environb.clear()
    os.environb.update(environment)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    words = [os.fsdecode(word) for word in argv]
    sys.path[:] = [*map(os.fsdecode, _entries(environment)), *_PATH]
    sys.dont_write_bytecode = b"PYTHONDONTWRITEBYTECODE" in environment
    if words[1:3] == MODULE:
        sys.argv[:] = words[2:]
        sys.path.insert(0, os.getcwd())
        runpy.run_module("cc_launcher", run_name="__main__", alter_sys=True)
    else:
        sys.argv[:] = words
        sys.path.insert(0, os.path.dirname(os.path.realpath(words[0])))
        runpy.run_path(words[0], run_name="__main__")


def _end_of(call: Callable[[], None]) -> int:
    """The code that an interpreter ends with, after what it does at its end; to take all apart would take long."""
    code: object = 0
    try:
        call()
    except SystemExit as ended:
        code = ended.code
    except BaseException:  # noqa: BLE001 - as an interpreter does
        sys.excepthook(*sys.exc_info())
        if isinstance(sys.exception(), KeyboardInterrupt):
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            signal.raise_signal(signal.SIGINT)
        code = 1
    if not isinstance(code, int | None):
        print(code, file=sys.stderr)
        code = 1
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and not thread.daemon:
            thread.join()
    atexit._run_exitfuncs()
    try:
        sys.stdout.flush()
    except OSError:
        code = 120
    sys.stderr.flush()
    return code or 0


if __name__ == "__main__":
    for name in _LIBRARIES:
        importlib.import_module(name)
    for module in pkgutil.walk_packages(importlib.import_module(_THINKS).__path__, f"{_THINKS}."):
        importlib.import_module(module.name)
    _PATH = [entry for entry in sys.path if entry not in {"", "/", str(_REPOSITORY)}]
    gc.freeze()
    asked = _serve(sys.argv[1])
    os._exit(_end_of(lambda: _become(*asked)))
