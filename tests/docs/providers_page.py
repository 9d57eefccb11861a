"""The page of all providers, made from the catalog."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from cc_launcher.core.profile.explanation import Explanation
from cc_launcher.core.profile.knobs import KNOBS
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
    "bearer": "the key in `Authorization`, as a bearer token",
    "api-key": "the key in `x-api-key`",
    "none": "no key",
    "login": "the client's own claude.ai login",
    "cloud": "what the tools of the cloud find on this machine",
}
HEAD = """\
# Providers

Made from the catalog, `profiles/`. `cc show PROVIDER` says the same of one of them, as it is on your machine. Nothing
here was tried with the providers themselves: each entry says where it is from, how old the newest of its sources is,
and how sure it is. What is marked as unverified has one source that nothing else confirms. Prices are in US dollars for
a million tokens. What does not stand here is not known.

A tier that is not named runs on the main model, `fable` on that of `opus`."""


def text() -> str:
    """The page."""
    profiles = {path.stem: _profile(path) for path in sorted(CATALOG.glob("*.toml"), key=lambda path: path.stem)}
    if unknown := {profile.kind for profile in profiles.values()} - set(KINDS):
        raise ValueError(unknown)  # they would be left out
    lines = [HEAD]
    for kind, title in KINDS.items():
        chosen = {name: profile for name, profile in profiles.items() if profile.kind == kind}
        if chosen:
            lines += ["", f"## {title}", "", *_overview(chosen)]
            for name, profile in chosen.items():
                lines += ["", *_section(name, profile)]
    lines += ["", "## Not directly", "", "`cc run` says this of them, too.", ""]
    lines += ["| name | what | why not | instead |", "| --- | --- | --- | --- |"]
    lines += [_not_directly(path) for path in sorted(CATALOG.glob("not-direct/*.toml"))]
    return "\n".join(lines) + "\n"


def _profile(path: Path) -> Profile:
    return Profile.model_validate(load(path.read_text(encoding="utf-8"), path.name, Profile))


def _overview(profiles: dict[str, Profile]) -> Iterator[str]:
    yield "| name | what | good for |"
    yield "| --- | --- | --- |"
    for name, profile in profiles.items():
        yield _row(f"[{name}](#{name.replace('.', '')})", profile.title or "", profile.good_for or "")


def _section(name: str, profile: Profile) -> Iterator[str]:
    yield f"### {name}"
    yield ""
    yield f"{profile.title}: {profile.good_for}."
    yield ""
    yield from _connection(profile)
    yield from _tiers(profile)
    for knob, on in profile.compat.items():
        yield f"- `{knob}` is {'on' if on else 'off'}: {KNOBS[knob].why}"
    for label, url in (("Models", profile.models_url), ("What is left", profile.quota_url)):
        if url:
            yield f"- {label}: <{url}>"
    if profile.models:
        yield ""
        yield from _models(profile)
    if profile.notes:
        yield ""
        yield from (f"- {_plain(note)}" for note in profile.notes)
    yield ""
    yield from _origin(profile)


def _connection(profile: Profile) -> Iterator[str]:
    yield f"- Address: {f'`{profile.base_url}`' if profile.base_url else 'the client knows it'}"
    for region, about in profile.regions.items():
        yield f'- `region = "{region}"`, {about.title}: `{about.base_url}`'
    for parameter, wanted in profile.parameters.items():
        yield f"- `{{{parameter}}}` is {wanted.title}, such as `{wanted.example}`"
    sent = AUTH[profile.auth or "none"]
    begins = f"; a key begins with `{profile.key_prefix}`" if profile.key_prefix else ""
    placeholder = f"; `{profile.placeholder}` in its place" if profile.placeholder else ""
    yield f"- It takes {sent}{begins}{placeholder}"
    for header, carried in profile.secret_headers.items():
        yield f"- {'The key once more' if carried.secret == 'own' else 'A secret of its own'} in `{header}`"
    for parameter in profile.secret_values:
        yield f"- A secret of its own in the address, as `{{{parameter}}}`"
    if profile.key_url:
        yield f"- Where to get a key: <{profile.key_url}>"
    if profile.key_env:
        yield f"- Read from {' or '.join(f'`{variable}`' for variable in profile.key_env)}, where that is set"
    if profile.timeout:
        yield f"- A request may take {profile.timeout}"


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
        yield "- Other models than those of the table can be asked for, too"


def _models(profile: Profile) -> Iterator[str]:
    """The table of its models, without the columns of which nothing is known."""
    rows: list[tuple[str, ...]] = [
        ("model", "short names", "window", "longest answer", "input", "output", "cache read", "cache write")
    ]
    rows += [
        (f"`{model_id}`", ", ".join(f"`{alias}`" for alias in model.aliases), *_limits(model), *_prices(model.prices))
        for model_id, model in profile.models.items()
    ]
    columns = [column for column in zip(*rows, strict=True) if any(column[1:])]
    titles, *body = zip(*columns, strict=True)
    yield _row(*titles)
    yield _row(*("---" for _ in titles))
    yield from (_row(*cells) for cells in body)


def _limits(model: Model) -> tuple[str, ...]:
    return tuple("" if limit is None else f"{limit:,}" for limit in (model.context, model.max_output))


def _prices(prices: Prices | None) -> tuple[str, ...]:
    if prices is None:
        return ("",) * 4
    return tuple(_price(price) for price in (prices.input, prices.output, prices.cache_read, prices.cache_write))


def _origin(profile: Profile) -> Iterator[str]:
    pages = f" Its pages: {', '.join(f'<{page}>' for page in profile.docs)}." if profile.docs else ""
    yield f"From {'; '.join(profile.sources)}. As of {profile.checked}, confidence {profile.confidence}.{pages}"


def _not_directly(path: Path) -> str:
    about = Explanation.model_validate(load(path.read_text(encoding="utf-8"), path.name, Explanation))
    origin = f"{'; '.join(about.sources)}; as of {about.checked}, confidence {about.confidence}"
    return _row(path.stem, about.title, f"{about.why} ({origin})", "; or ".join(about.instead))


def _row(*cells: str) -> str:
    return f"| {' | '.join(_plain(cell).replace('|', '&#124;') for cell in cells)} |"


def _plain(text: str) -> str:
    """A text in which nothing is taken for HTML."""
    return text.replace("<", "&lt;")


def _price(value: float | None) -> str:
    if value is None:
        return ""
    return "free" if value == 0 else f"{value:.2f}" if round(value, 2) == value else f"{value:.4f}".rstrip("0")
