"""What may be a secret: one line of text, neither empty nor huge.

Imported on the launch path: nothing may be imported here but its like.
"""

from cc_launcher.core.text import has_control

MAX_BYTES = 64 * 1024


def cleaned(raw: bytes) -> str:
    """The secret that a store handed out, or an error that says what is wrong with it without showing it."""
    if len(raw) > MAX_BYTES:
        raise ValueError(f"is larger than {MAX_BYTES // 1024} KiB")
    line = raw[:-1] if raw.endswith(b"\n") else raw
    line = line[:-1] if line.endswith(b"\r") else line
    try:
        text = line.decode()
    except UnicodeDecodeError:
        raise ValueError("is not text") from None
    if not text.strip():
        raise ValueError("is empty")
    if has_control(text):
        raise ValueError("holds control characters, or more than one line")
    return text
