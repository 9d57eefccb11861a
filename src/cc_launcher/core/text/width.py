"""How many columns a text takes on a terminal. Imported on the launch path: what is ASCII pays for nothing."""


def width(text: str) -> int:
    """The columns of a text."""
    if text.isascii():
        return len(text)
    import unicodedata  # noqa: PLC0415 - half a millisecond, for who needs it

    return sum(_of(char, unicodedata) for char in text)


def cut(text: str, columns: int) -> str:
    """The text, or as much of it as fits with a mark that there was more."""
    if width(text) <= columns:
        return text
    kept = ""
    left = columns - 1
    for char in text:
        left -= width(char)
        if left < 0:
            break
        kept += char
    return f"{kept}…" if columns > 0 else ""


def _of(char: str, unicodedata) -> int:  # type: ignore[no-untyped-def]  # noqa: ANN001 - a module
    if unicodedata.category(char) in {"Mn", "Me", "Cf"}:
        return 0  # it is drawn over the one before
    return 2 if unicodedata.east_asian_width(char) in {"W", "F"} else 1
