"""The status line: from the client's JSON and what is known of the profile to one line of text.

Imported on the launch path: nothing may be imported here but our own. What comes in may be anything; what goes out is
one line without control characters, apart from the colours that are put in here.
"""

from cc_launcher.core.status import STANDARD, Facts
from cc_launcher.core.status.figures import BALANCES, FIVE_HOURS, WEEK, Figure, Quota, money
from cc_launcher.core.text import ALL, POLICY, SOME, USED, is_control
from cc_launcher.core.text.width import cut, width

LONGEST = 40  # columns of one segment: a branch's name may be a novel
FAR = 1e15  # beyond it, a number is no token, no percentage and no price
STALE_AFTER = 150  # seconds: a figure is asked for once a minute, while somebody works
WORTHLESS_AFTER = 86_400
WARNS_AT = 80.0  # per cent of a budget
# What the client takes for the price of a model that it does not know, in dollars for a million tokens. Measured on
# 2.1.329, and held by tests/client/test_statusline.py: only with it can its figure be turned into the provider's.
CLIENTS_PRICES = (5.0, 25.0, 6.25, 0.5)  # input, output, cache written, cache read
_USAGE = ("input_tokens", "output_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")
_SGR = {
    "black": "30",
    "red": "31",
    "green": "32",
    "yellow": "33",
    "blue": "34",
    "magenta": "35",
    "cyan": "36",
    "white": "37",
    "grey": "90",
    "bold": "1",
    "dim": "2",
}

Piece = tuple[str, str]  # a text, and the name of its colour in the configuration


class Given:
    """The client's JSON, of which nothing is taken for granted."""

    def __init__(self, content: object) -> None:
        self.content = content

    def at(self, *path: str) -> object:
        """What is at a path; None where there is nothing."""
        found = self.content
        for key in path:
            if not isinstance(found, dict):
                return None
            found = found.get(key)
        return found

    def number(self, *path: str) -> float | None:
        """A number that means something."""
        found = self.at(*path)
        if isinstance(found, bool) or not isinstance(found, (int, float)) or not -FAR < found < FAR:
            return None
        return float(found)

    def text(self, *path: str) -> str:
        """A text, as short as a segment may be; empty for anything else."""
        found = self.at(*path)
        return found[:4096] if isinstance(found, str) else ""


class Around:
    """What is known beside the JSON: where it runs, what was fetched before, and how wide the terminal is."""

    def __init__(
        self,
        *,
        branch: str = "",
        protection: str = "",
        priced: str = "",
        guessed: bool = False,
        quota: Quota | None = None,
        spent: float | None = None,
        now: float = 0.0,
        columns: int = 0,
        colour: bool = True,
    ) -> None:
        self.branch = branch
        self.protection = protection
        self.priced = priced  # of which models the client has exact prices
        self.guessed = guessed  # this session has been on another model before
        self.quota = quota
        self.spent = spent  # of the profile's budget, per cent
        self.now = now
        self.columns = columns
        self.colour = colour


def line(given: Given, facts: Facts, around: Around) -> str:
    """The whole line."""
    pieces: list[tuple[str, Piece]] = []
    for name in facts.segments:
        made = _DRAWN[name](given, facts, around) if name in _DRAWN else None
        if made is not None:
            shown = "".join(char for char in made[0] if not is_control(char)).strip()
            if shown:
                pieces.append((name, (cut(shown, LONGEST), made[1])))
    separator = "".join(char for char in facts.separator if not is_control(char))
    return _joined(_fitting(pieces, separator, around.columns), separator, facts, around)


def _fitting(pieces: list[tuple[str, Piece]], separator: str, columns: int) -> list[Piece]:
    """As many segments as the terminal is wide."""
    left = list(pieces)
    if columns > 0:
        for name in _LEAST_FIRST:
            if len(left) < 2 or _width(left, separator) <= columns:
                break
            left = [piece for piece in left if piece[0] != name] or left[:1]
        if _width(left, separator) > columns:
            left = [(name, (cut(text, columns), style)) for name, (text, style) in left[:1]]
    return [piece for _, piece in left]


def _width(pieces: list[tuple[str, Piece]], separator: str) -> int:
    return sum(width(text) for _, (text, _) in pieces) + width(separator) * max(0, len(pieces) - 1)


def _joined(pieces: list[Piece], separator: str, facts: Facts, around: Around) -> str:
    if not around.colour:
        return separator.join(text for text, _ in pieces)
    return separator.join(_coloured(text, facts.colours.get(style, COLOURS.get(style, ""))) for text, style in pieces)


def _coloured(text: str, colour: str) -> str:
    code = _SGR.get(colour, "")
    return f"\x1b[{code}m{text}\x1b[0m" if code else text


# -- segments --------------------


def _provider(_given: Given, facts: Facts, _around: Around) -> Piece:
    return facts.label, "provider"


def _budget(_given: Given, _facts: Facts, around: Around) -> Piece | None:
    """A warning: little is left of the profile's budget, or nothing."""
    if around.spent is None or around.spent < WARNS_AT:
        return None
    return f"budget {_percent(around.spent)}", "bad" if around.spent >= 100 else "warning"


def _model(given: Given, _facts: Facts, _around: Around) -> Piece:
    return given.text("model", "display_name") or given.text("model", "id"), "model"


def _five_hour(given: Given, facts: Facts, around: Around) -> Piece | None:
    return _limit(given.number("rate_limits", "five_hour", "used_percentage"), FIVE_HOURS, facts, around)


def _weekly(given: Given, facts: Facts, around: Around) -> Piece | None:
    return _limit(given.number("rate_limits", "seven_day", "used_percentage"), WEEK, facts, around)


def _limit(passed: float | None, name: str, facts: Facts, around: Around) -> Piece | None:
    """A limit: what the client passes comes first, then what the provider said."""
    if passed is not None:
        return f"{name}:{_percent(passed)}", _grade(passed, facts)
    found = next((figure for figure in _fetched(around) if figure.name == name), None)
    if found is None or found.used is None:
        return None
    return f"{name}:{_percent(found.used)}", _grade(found.used, facts) if _fresh(around, found) else "stale"


def _balance(_given: Given, facts: Facts, around: Around) -> Piece | None:
    found = next((figure for figure in _fetched(around) if figure.name in BALANCES and figure.left is not None), None)
    if found is None or found.left is None:
        return None
    style = _grade(found.used, facts) if found.used is not None else "balance"
    return money(found.left, found.unit), style if _fresh(around, found) else "stale"


def _fetched(around: Around) -> tuple[Figure, ...]:
    quota = around.quota
    if quota is None or not -60 <= around.now - quota.fetched < WORTHLESS_AFTER:
        return ()
    return quota.figures


def _fresh(around: Around, figure: Figure) -> bool:
    """Whether a figure still says something about now: it is not old, and its limit has not begun anew."""
    fetched = around.quota.fetched if around.quota is not None else 0.0
    return around.now - fetched < STALE_AFTER and not 0 < figure.resets < around.now


def _context(given: Given, facts: Facts, _around: Around) -> Piece | None:
    window = given.number("context_window", "context_window_size")
    true = facts.window(model_of(given))
    used = [given.number("context_window", "current_usage", name) for name in _USAGE if name != "output_tokens"]
    tokens = sum(number for number in used if number is not None) if used[0] is not None else None
    percent = given.number("context_window", "used_percentage")
    if tokens is not None and (true or window) and (percent is None or (true and true != window)):
        percent = 100 * tokens / (true or window or 1)
    return None if percent is None else (f"{_percent(percent)} ctx", _grade(percent, facts))


def _window(given: Given, facts: Facts, _around: Around) -> Piece | None:
    """A warning: the client compacts too late, or too early."""
    window = given.number("context_window", "context_window_size")
    true = facts.window(model_of(given))
    if not window or not true or window == true:
        return None
    return f"window {_tokens(window)}, model {_tokens(true)}", "warning"


def _cost(given: Given, facts: Facts, around: Around) -> Piece | None:
    """What the session cost: in the provider's prices, as far as the JSON lets one tell."""
    total = given.number("cost", "total_cost_usd")
    if not total or total < 0:
        return None
    model = model_of(given)
    known = model in facts.exact
    if facts.clients_own or around.priced == ALL or (around.priced == USED and known and not around.guessed):
        return f"${total:.2f}", "cost"
    if around.priced == POLICY or (around.priced in {USED, SOME} and known):
        return f"~${total:.2f}", "cost"  # the session may have asked for other models, too
    prices = facts.prices(model)
    usage = [given.number("context_window", "current_usage", name) or 0.0 for name in _USAGE]
    theirs = sum(count * price for count, price in zip(usage, CLIENTS_PRICES, strict=True))
    # Of the whole session the JSON has one sum alone, in prices of the client's own. It is taken apart like the newest
    # request; a model that the client has a price for would need that one.
    if prices is None or not any(prices) or theirs <= 0 or "claude" in model:
        return None
    ours = sum(count * price for count, price in zip(usage, prices, strict=True))
    return f"~{money(total * ours / theirs, facts.currencies.get(model, 'USD'))}", "cost"


def _lines(given: Given, _facts: Facts, _around: Around) -> Piece | None:
    added, removed = (given.number("cost", f"total_lines_{what}") for what in ("added", "removed"))
    if not added and not removed:
        return None
    return f"+{int(added or 0)} -{int(removed or 0)}", "lines"


def _branch(_given: Given, _facts: Facts, around: Around) -> Piece:
    return around.branch, "branch"


def _directory(given: Given, _facts: Facts, _around: Around) -> Piece:
    path = directory_of(given).rstrip("/\\")
    return path.replace("\\", "/").rpartition("/")[2], "directory"


def _sealed(_given: Given, _facts: Facts, around: Around) -> Piece | None:
    return ("sealed", "sealed") if around.protection == "sealed" else None


# The one table of segments, in the order of the whole line: the name, what draws it, how long it stays where the
# terminal is narrow (1 longest), and its usual colour; none where the figure decides.
_TABLE = (
    ("provider", _provider, 1, "bold"),
    ("budget", _budget, 2, None),
    ("model", _model, 10, ""),
    ("five_hour", _five_hour, 4, None),
    ("weekly", _weekly, 5, None),
    ("balance", _balance, 6, ""),
    ("window", _window, 7, None),
    ("context", _context, 3, None),
    ("cost", _cost, 11, ""),
    ("lines", _lines, 13, ""),
    ("branch", _branch, 8, ""),
    ("directory", _directory, 12, ""),
    ("sealed", _sealed, 9, ""),
)
_DRAWN = {name: draw for name, draw, _, _ in _TABLE}
_LEAST_FIRST = [name for name, _, _, _ in sorted(_TABLE, key=lambda row: -row[2])]
_GRADES = {"good": "green", "fair": "yellow", "bad": "red", "stale": "dim", "warning": "yellow"}
SEGMENTS = tuple(sorted(_DRAWN))
COLOURS = _GRADES | {name: colour for name, _, _, colour in _TABLE if colour is not None}
PRESETS = {
    "standard": STANDARD,
    "short": ("provider", "budget", "five_hour", "balance", "context"),
    "full": tuple(_DRAWN),
}


def chosen(asked: str) -> tuple[str, ...]:
    """The segments that `--format` names: a preset, or a list with commas. Nothing for neither."""
    if asked in PRESETS:
        return PRESETS[asked]
    return tuple(name for name in (word.strip() for word in asked.split(",")) if name in _DRAWN)


# -- small things --------------------


def model_of(given: Given) -> str:
    """The model's id, without the suffix that is the client's own."""
    return given.text("model", "id").removesuffix("[1m]")


def directory_of(given: Given) -> str:
    """Where the session is."""
    return given.text("workspace", "current_dir") or given.text("cwd")


def _grade(percent: float, facts: Facts) -> str:
    fair, bad = facts.thresholds
    return "good" if percent < fair else "fair" if percent < bad else "bad"


def _percent(value: float) -> str:
    return f"{round(max(0.0, min(value, 999.0)))}%"


def _tokens(count: float) -> str:
    if count >= 1_000_000:
        return f"{count / 1_000_000:.1f}M".replace(".0M", "M")
    return f"{count / 1_000:.0f}K"
