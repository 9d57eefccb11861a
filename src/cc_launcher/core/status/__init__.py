"""What the status line has to know of a profile and of the configuration, compiled to a text that is read in no time.

Imported on the launch path: nothing may be imported here. It holds no secret.
"""

MAGIC = "cc-statusline 2"
END = "end of facts"
PLAIN = "-"  # stands for no profile: plain `claude`
STANDARD = ("provider", "budget", "five_hour", "weekly", "balance", "window", "context", "branch", "directory")
THRESHOLDS = (50.0, 80.0)
SEPARATOR = " | "
_PRICES = 4  # input, output, cache written, cache read


class Facts:
    """What is known."""

    __slots__ = (
        "asks",
        "bases",
        "clients_own",
        "colours",
        "currencies",
        "exact",
        "label",
        "limited",
        "metered",
        "models",
        "segments",
        "separator",
        "thresholds",
    )

    def __init__(
        self,
        *,
        label: str = "Claude",
        segments: tuple[str, ...] = STANDARD,
        separator: str = SEPARATOR,
        thresholds: tuple[float, float] = THRESHOLDS,
        colours: dict[str, str] | None = None,
        models: dict[str, tuple[int, tuple[float, ...]]] | None = None,
        currencies: dict[str, str] | None = None,
        exact: frozenset[str] = frozenset(),
        clients_own: bool = False,
        asks: str = "",
        limited: bool = False,
        metered: bool = False,
        bases: tuple[tuple[str, str, str], ...] = (),
    ) -> None:
        self.label = label
        self.segments = segments
        self.separator = separator
        self.thresholds = thresholds
        self.colours = colours or {}  # where they are not the usual ones
        self.models = models or {}  # by id: the window (0: not known), and the prices, or none
        self.currencies = currencies or {}  # of the prices of a model, where they are not in dollars
        self.exact = exact  # the models whose prices a launch can hand to the client
        self.clients_own = clients_own  # the client knows the prices
        self.asks = asks  # the address that tells what is left; empty: nobody is asked
        self.limited = limited  # it has a budget: how that stands is in a file of its own
        self.metered = metered  # our gateway keeps it: somebody has to look there how it stands
        self.bases = bases  # PLAIN: an address, its profile and its label, for a session without a mark

    def window(self, model: str) -> int:
        """How many tokens this model holds; 0 where that is not known."""
        return self.models[model][0] if model in self.models else 0

    def prices(self, model: str) -> tuple[float, ...] | None:
        """What a million tokens cost: input, output, cache written, cache read."""
        found = self.models[model][1] if model in self.models else ()
        return found or None


def encode(facts: Facts, sources: dict[str, str]) -> bytes:
    """The facts, and the fingerprint of each file that they were made from."""
    parts = [MAGIC, f"label={facts.label}", f"separator={facts.separator}", f"segments={','.join(facts.segments)}"]
    parts.append(f"thresholds={facts.thresholds[0]!r},{facts.thresholds[1]!r}")
    parts += [f"colour={name}\t{colour}" for name, colour in facts.colours.items()]
    parts += [f"own={'1' if facts.clients_own else ''}", f"asks={facts.asks}"]
    parts += ["limited=1"] if facts.limited else []
    parts += ["metered=1"] if facts.metered else []
    for model, (window, prices) in facts.models.items():
        parts.append("\t".join([f"model={model}", str(window), *map(repr, prices)]))
    parts += [f"currency={model}\t{currency}" for model, currency in facts.currencies.items()]
    parts += [f"exact={model}" for model in sorted(facts.exact)]
    parts += ["\t".join([f"base={base}", name, label]) for base, name, label in facts.bases]
    parts += [f"source={fingerprint}\t{path}" for path, fingerprint in sources.items()]
    return "\0".join([*parts, END]).encode("utf-8", "surrogateescape")


def decode(text: str) -> tuple[Facts, dict[str, str]]:
    """What was encoded; ValueError, IndexError or KeyError for anything else."""
    first, *parts = text.split("\0")
    if first != MAGIC or not parts or parts.pop() != END:
        raise ValueError
    found: dict[str, list[list[str]]] = {key: [] for key in ("base", "colour", "currency", "exact", "model", "source")}
    one: dict[str, str] = {}
    for part in parts:
        key, _, value = part.partition("=")
        if key in found:
            found[key].append(value.split("\t"))
        else:
            one[key] = value
    fair, bad = one["thresholds"].split(",")
    facts = Facts(
        label=one["label"],
        segments=tuple(one["segments"].split(",")),
        separator=one["separator"],
        thresholds=(float(fair), float(bad)),
        colours={name: colour for name, colour in found["colour"]},  # noqa: C416 - of two, which `dict` does not see
        models={model: (int(window), _prices(prices)) for model, window, *prices in found["model"]},
        currencies={model: currency for model, currency in found["currency"]},  # noqa: C416
        exact=frozenset([model for (model,) in found["exact"]]),
        clients_own=bool(one["own"]),
        asks=one["asks"],
        limited="limited" in one,
        metered="metered" in one,
        bases=tuple((base, name, label) for base, name, label in found["base"]),
    )
    return facts, {"\t".join(path): fingerprint for fingerprint, *path in found["source"]}


def _prices(texts: list[str]) -> tuple[float, ...]:
    if len(texts) not in {0, _PRICES}:
        raise ValueError
    return tuple(map(float, texts))
