"""Foreign text: what may not stand in it, and how it is shown.

Imported on the launch path: nothing may be imported here.
"""

# What a launch's CC_PRICES says to the status line: which models the client has exact prices of.
ALL, USED, SOME, NONE = "all", "used", "some", "none"  # USED: all that the launch itself uses
POLICY = "policy"  # an administrator's hold

# Direction marks and overrides, line and paragraph separators, the byte order mark: they change what a reader sees.
_DECEPTIVE = frozenset(
    "\u061c\u200b\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
)


def is_control(char: str) -> bool:
    """Whether this character could steer a terminal, split a line or hide what is written."""
    code = ord(char)
    return code < 0x20 or 0x7F <= code <= 0x9F or 0xD800 <= code <= 0xDFFF or char in _DECEPTIVE


def has_control(text: str) -> bool:
    """Whether any character of the text is a control character."""
    # Printable text is the ordinary case, and told at once; what is not may still be harmless (a no-break space).
    return not text.isprintable() and any(is_control(char) for char in text)


def printable(text: str) -> str:
    """The text with each control character as a visible escape, so that it can be shown anywhere."""
    if not has_control(text):
        return text
    return "".join(_escape(char) if is_control(char) else char for char in text)


def ours(text: str) -> str:
    """A line of ours with our name in front of it: once, also where it begins with a command, such as `cc run: …`."""
    return printable(text if text.startswith("cc ") else f"cc: {text}")


def _escape(char: str) -> str:
    code = ord(char)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}"
