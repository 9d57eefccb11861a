"""Take out of what an endpoint says whatever is secret: also a longer part of it, and however it is escaped."""

import re
from array import array
from collections.abc import Iterable, Iterator

LEAST = 8  # so many letters of a secret in a row are hidden; of a shorter secret, all of it
_SHORTEST = 4  # what is shorter stands in many a word
_ESCAPED = re.compile(rb'\\u00([0-9a-fA-F]{2})|\\(["\\/])|%([0-9a-fA-F]{2})|&#x([0-9a-fA-F]{2});|&#([0-9]{2,3});')
_LAYERS = 3  # an escape may be escaped in turn


class Hider:
    """Knows what must not be seen."""

    def __init__(self, secrets: Iterable[str]) -> None:
        parts: dict[bytes, None] = {}
        for secret in secrets:
            for letters in (secret.encode("utf-8", "replace"), secret.lower().encode("utf-8", "replace")):
                size = min(LEAST, len(letters))
                if size >= _SHORTEST:
                    parts.update(dict.fromkeys(letters[at : at + size] for at in range(len(letters) - size + 1)))
        self._parts = tuple(parts)

    def data(self, data: bytes) -> bytes:
        """As many bytes, with stars where something secret was."""
        if not self._parts:
            return data
        found = list(self._found(data))
        view, places = data, array("L")
        for _ in range(_LAYERS):
            if _ESCAPED.search(view) is None:
                break
            view, before = _plain(view)
            places = array("L", (places[at] for at in before)) if places else before
            found += [(places[start], places[end]) for start, end in self._found(view)]
        if not found:
            return data
        masked = bytearray(data)
        for start, end in found:
            masked[start:end] = b"*" * (end - start)
        return bytes(masked)

    def text(self, text: str) -> str:
        """The text, with stars where something secret was."""
        data = text.encode("utf-8", "surrogatepass")
        masked = self.data(data)
        return text if masked == data else masked.decode("utf-8", "replace")

    def _found(self, data: bytes) -> Iterator[tuple[int, int]]:
        for part in self._parts:
            at = data.find(part)
            while at >= 0:
                yield at, at + len(part)
                at = data.find(part, at + 1)


def _plain(data: bytes) -> "tuple[bytes, array[int]]":
    """The data without one layer of escapes; and where each byte of it, and its end, stood before."""
    pieces: list[bytes] = []
    places = array("L")
    at = 0
    for escape in _ESCAPED.finditer(data):
        of_json, itself, of_url, of_html, decimal = escape.groups()
        code = int(decimal) if decimal else ord(itself) if itself else int(of_json or of_url or of_html, 16)
        pieces += [data[at : escape.start()], bytes([code & 0xFF])]
        places.extend(range(at, escape.start() + 1))
        at = escape.end()
    places.extend(range(at, len(data) + 1))
    return b"".join([*pieces, data[at:]]), places
