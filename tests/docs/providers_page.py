"""The pages of the providers, made from the catalog: an index, and one page each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from cc_launcher.core.profile.explanation import Explanation
from cc_launcher.core.profile.gateway import OPENAI
from cc_launcher.core.profile.profile import TIERS, Model, Prices, Profile
from cc_launcher.core.profile.source import load

CATALOG = Path(__file__).resolve().parents[2] / "profiles"
KINDS = {
    "provider": "Services",
    "cloud": "Clouds",
    "gateway": "Gateways",
    "local": "Models on this machine",
}
AUTH = {
    "bearer": "`Authorization: Bearer`",
    "api-key": "`x-api-key`",
    "none": "none",
    "login": "none: the client's own claude.ai login",
    "cloud": "none: what the cloud's own tools find on this machine",
}
INDEX = Path("providers.md")  # all of them, below `docs/reference`
HEAD = """\
# Providers

Each name leads to its page: the address, the key, the models with their windows and prices, and the limits that are
known. `cc show NAME` says the same on your machine.

The pages are made from the catalog, `profiles/`. Nothing here was tried with the providers themselves. A page says how
old the newest of its sources is, and how sure it is; the sources are in the file of that name in `profiles/`. What is
marked as unverified has one source that nothing else confirms. Prices are in US dollars for a million tokens. What is
not there is not known.

A tier that is not named runs on the main model, `fable` on that of `opus`. Where none is named, a launch needs a model:
on the command line, or in the tiers of your own profile. Where a model has no window here, Claude Code assumes 1M: set
`context` in your profile ([the window](../how-to/models.md#the-window))."""
# The ends of notes that say of one provider what the index says of all.
_NO_MODEL = "the tiers of your own profile. A launch without a model is refused."
SAID_ONCE = (
    "the client takes 1M for a model that it does not know: set `context` in your profile.",
    "The client takes a window of 1M for a model that it does not know: set `context` in your profile.",
    f"Name a model on the command line, or put one into {_NO_MODEL}",
    f"Name the model on the command line, or put it into {_NO_MODEL}",
)


def pages() -> dict[Path, str]:
    """Each page below `docs/reference`."""
    profiles = {path.stem: _profile(path) for path in sorted(CATALOG.glob("*.toml"), key=lambda path: path.stem)}
    if unknown := {profile.kind for profile in profiles.values()} - set(KINDS):
        raise ValueError(unknown)  # they would be left out
    lines = [HEAD]
    for kind, title in KINDS.items():
        chosen = {name: profile for name, profile in profiles.items() if profile.kind == kind}
        if chosen:
            lines += ["", f"## {title}", "", *_overview(chosen)]
    lines += ["", "## Not directly", ""]
    lines += ["Claude Code cannot be pointed at these. Sources and dates are in `profiles/not-direct/`.", ""]
    lines += ["| name | what | why not | instead |", "| --- | --- | --- | --- |"]
    lines += [_not_directly(path) for path in sorted(CATALOG.glob("not-direct/*.toml"))]
    made = {page(name): "\n".join(_page(name, profile)) + "\n" for name, profile in profiles.items()}
    return {INDEX: "\n".join(lines) + "\n", **made}


def page(name: str) -> Path:
    """Where the page of one provider is."""
    return Path("providers") / f"{name}.md"


def _profile(path: Path) -> Profile:
    return Profile.model_validate(load(path.read_text(encoding="utf-8"), path.name, Profile))


def _overview(profiles: dict[str, Profile]) -> Iterator[str]:
    yield "| name | what | good for |"
    yield "| --- | --- | --- |"
    for name, profile in profiles.items():
        yield _row(f"[{name}]({page(name)})", profile.title or "", profile.good_for or "")


def _page(name: str, profile: Profile) -> Iterator[str]:
    yield f"# {name}"
    yield ""
    yield f"{profile.title}: {profile.good_for}."
    yield ""
    yield from _connection(profile)
    yield from _tiers(profile)
    if profile.compat:
        knobs = ", ".join(f"`{knob}`" if on else f"`{knob} = false`" for knob, on in profile.compat.items())
        yield f"- [compat](../profile.md#compat): {knobs}"
    if profile.models:
        yield ""
        yield from _models(profile)
    if notes := [note for note in profile.notes if not note.endswith(SAID_ONCE)]:
        yield ""
        yield from (f"- {_plain(note)}" for note in notes)
    yield ""
    yield _origin(profile)


def _connection(profile: Profile) -> Iterator[str]:
    yield f"- Address: {f'`{profile.base_url}`' if profile.base_url else 'the client knows it'}"
    yield from _by_gateway(profile)
    for region, about in profile.regions.items():
        yield f'- `region = "{region}"`, {about.title}: `{about.base_url}`'
    for parameter, wanted in profile.parameters.items():
        yield f"- `{{{parameter}}}` is {wanted.title}, such as `{wanted.example}`"
    begins = f"; it begins with `{profile.key_prefix}`" if profile.key_prefix else ""
    placeholder = f"; `{profile.placeholder}` is sent in its place" if profile.placeholder else ""
    yield f"- Key: {AUTH[profile.auth or 'none']}{begins}{placeholder}"
    for header, carried in profile.secret_headers.items():
        yield f"- {'The key once more' if carried.secret == 'own' else 'A second secret'} in `{header}`"
    for parameter in profile.secret_values:
        yield f"- A second secret in the address, as `{{{parameter}}}`"
    if profile.key_url:
        yield f"- Get a key: <{profile.key_url}>"
    if profile.key_env:
        yield f"- Variables: {', '.join(f'`{variable}`' for variable in profile.key_env)}"
    if profile.timeout:
        yield f"- A request may take {profile.timeout}"


def _by_gateway(profile: Profile) -> Iterator[str]:
    how = "[a gateway](../../how-to/gateways.md#routes-splits-and-budgets)"
    if profile.api == OPENAI:
        yield f"- API: OpenAI's chat completions alone; {how} translates"
    if profile.openai_url:
        yield f"- Address of OpenAI's API, for {how}: `{profile.openai_url}`"
    if profile.named_tools:
        yield f"- Behind {how}: {profile.named_tools}"


def _tiers(profile: Profile) -> Iterator[str]:
    by_model: dict[str, list[str]] = {}
    for tier in TIERS:
        if model := getattr(profile.tiers, tier):
            by_model.setdefault(model, []).append(tier)
    if by_model:
        named = [f"{', '.join(tiers)} `{model}`" for model, tiers in by_model.items()]
        yield f"- Tiers: {'; '.join(named)}"
    elif profile.auth == "login":
        yield "- Tiers: the client's own"
    else:
        yield "- Tiers: none; name a model"
    if profile.open_ended:
        yield "- Any other model of theirs can be asked for"


def _models(profile: Profile) -> Iterator[str]:
    """The table of its models, without the columns of which nothing is known; those of which nothing is, in a line."""
    rows = [
        (f"`{model_id}`", _short(model_id, model), *_limits(model), *_prices(model.prices))
        for model_id, model in profile.models.items()
    ]
    told = [row for row in rows if any(row[1:])]
    bare = [row[0] for row in rows if not any(row[1:])]
    if told:
        titles = (
            "model",
            "short names",
            "window",
            "longest answer",
            "input $",
            "output $",
            "cache read $",
            "cache write $",
        )
        columns = [column for column in zip(titles, *told, strict=True) if any(column[1:])]
        heads, *body = zip(*columns, strict=True)
        yield _row(*heads)
        yield _row(*("---" for _ in heads))
        yield from (_row(*cells) for cells in body)
    if bare:
        yield from [""] if told else []
        yield f"{'Also' if told else 'Models'}: {', '.join(bare)}."


def _short(model_id: str, model: Model) -> str:
    """Its short names; the last part of an id is one for every model."""
    return ", ".join(f"`{alias}`" for alias in model.aliases if alias != model_id.rpartition("/")[2])


def _limits(model: Model) -> tuple[str, ...]:
    return tuple("" if limit is None else f"{limit:,}" for limit in (model.context, model.max_output))


def _prices(prices: Prices | None) -> tuple[str, ...]:
    if prices is None:
        return ("",) * 4
    shown = [_price(price) for price in (prices.input, prices.output, prices.cache_read, prices.cache_write)]
    return tuple(f"{one} {prices.currency}" if one and prices.currency != "USD" else one for one in shown)


def _origin(profile: Profile) -> str:
    pages = f" Their pages: {', '.join(f'<{page}>' for page in profile.docs)}." if profile.docs else ""
    return f"As of {profile.checked}, confidence {profile.confidence}.{pages}"


def _not_directly(path: Path) -> str:
    about = Explanation.model_validate(load(path.read_text(encoding="utf-8"), path.name, Explanation))
    return _row(path.stem, about.title, about.why, "; or ".join(about.instead))


def _row(*cells: str) -> str:
    return f"| {' | '.join(_plain(cell).replace('|', '&#124;') for cell in cells)} |"


def _plain(text: str) -> str:
    """A text in which nothing is taken for HTML."""
    return text.replace("<", "&lt;")


def _price(value: float | None) -> str:
    if value is None:
        return ""
    return "free" if value == 0 else f"{value:.2f}" if round(value, 2) == value else f"{value:.4f}".rstrip("0")
