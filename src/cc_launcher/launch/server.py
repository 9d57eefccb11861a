"""Ask the server of a local model, in one short request, whether all is still as a cached plan has it.

Only plans for such servers pay for this import. Whatever is not exactly as it was is left to the slow path, which asks
for everything anew and says what is wrong.
"""

import _socket
import time

PATIENCE = 0.3  # seconds; with those of the slow path (net/local_server.py), one in all
MAX_BYTES = 1024 * 1024
_BLANKS = b" \t\r\n"


def unchanged(check: tuple[str, ...]) -> bool:
    """Whether the server still says what it said when the plan was made."""
    if len(check) < 6:
        return False
    try:
        return holds(_get(check[0], int(check[1]), check[2]), check[3:])
    except (OSError, ValueError):
        return False


def holds(body: bytes, expected: tuple[str, ...]) -> bool:
    """Whether an answer has the entry between two marks, and in it each of the values. Blanks do not count."""
    start, stop, *values = (text.encode() for text in expected)
    _, found, rest = body.translate(None, _BLANKS).partition(start)
    entry = rest.partition(stop)[0]
    return bool(found) and all(value + b"," in entry or value + b"}" in entry for value in values)


def addresses(host: str) -> list[tuple[int, str]]:
    """Where this host is, for one that is known without asking anybody: this machine, or a number."""
    if host == "localhost" or host.endswith(".localhost"):
        return [(_socket.AF_INET, "127.0.0.1"), (_socket.AF_INET6, "::1")]
    for family in (_socket.AF_INET, _socket.AF_INET6):
        try:
            _socket.inet_pton(family, host)
        except OSError:
            continue
        return [(family, host)]
    return []


def _get(host: str, port: int, path: str) -> bytes:
    ends = time.monotonic() + PATIENCE
    for family, address in addresses(host):
        connection = _socket.socket(family, _socket.SOCK_STREAM)
        try:
            try:
                connection.settimeout(_left(ends))
                connection.connect((address, port))
            except ConnectionRefusedError:
                continue
            return _answer(connection, f"GET {path} HTTP/1.0\r\nHost: {host}:{port}\r\nAccept: */*\r\n\r\n", ends)
        finally:
            connection.close()
    raise OSError


def _answer(connection: _socket.socket, request: str, ends: float) -> bytes:
    connection.send(request.encode())
    content = b""
    while True:
        connection.settimeout(_left(ends))
        chunk = connection.recv(65_536)
        content += chunk
        head, found, body = content.partition(b"\r\n\r\n")
        if not chunk or (found and 0 <= length(head) <= len(body)):
            break
        if len(content) > MAX_BYTES:
            raise ValueError
    if head.split(b" ", 2)[1:2] != [b"200"]:
        raise ValueError
    return body


def length(head: bytes) -> int:
    """How long the answer with this head says that it is; less than nothing where it does not say."""
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return -1


def _left(ends: float) -> float:
    left = ends - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left
