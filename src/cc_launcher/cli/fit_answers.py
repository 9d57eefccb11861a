"""What may be typed at a question: each function says what is wrong with a text, or that nothing is."""

from cc_launcher.core.errors import CcError
from cc_launcher.core.models import search
from cc_launcher.core.stores import references
from cc_launcher.core.text import names, urls
from cc_launcher.files import places


def name(text: str) -> bool | str:
    """Of a new profile."""
    if not names.is_profile(text):
        return "small letters, digits, '.', '_' and '-', a letter or digit first"
    if places.user_path(text).exists():
        return f"{text} exists already: change it with cc edit {text}"
    return True


def value(text: str) -> bool | str:
    """Of a parameter."""
    return names.VALUE.fullmatch(text.strip()) is not None or "letters, digits and . _ -, a letter or digit first"


def optional(text: str) -> bool | str:
    """Of a parameter that may be left out."""
    return not text.strip() or value(text)


def region(text: str) -> bool | str:
    """Of a cloud; or none."""
    return not text.strip() or names.is_profile(text.strip()) or "small letters, digits, '-' and '.'"


def path(text: str) -> bool | str:
    """Of a parameter that may have parts."""
    return names.VALUES.fullmatch(text.strip()) is not None or "letters, digits and . _ -, with / between the parts"


def url(text: str) -> bool | str:
    """An endpoint's address."""
    try:
        urls.check(text.strip())
        urls.check_plain(text.strip(), plain_http=False)
    except urls.BadUrl as bad:
        return f"{bad.reason}: {bad.hint}"
    return True


def model(text: str) -> bool | str:
    """A model's id."""
    return names.is_model(text.strip()) or "letters, digits and . _ : / @ ~ + , - [ ]"


def window(text: str) -> bool | str:
    """A number of tokens, such as 128k; or none."""
    try:
        return not text.strip() or search.count_of(text.strip()) >= 1_000 or "a number of tokens, such as 128k"
    except CcError:
        return "a number of tokens, such as 128k"


def reference(text: str) -> bool | str:
    """Where a secret is kept."""
    try:
        references.parse(text.strip())
    except references.BadReference as bad:
        return f"{bad.reason}: {bad.hint}"
    return True
