"""From a name to one whole profile: the chain of `extends`, merged, each value with its origin."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from cc_launcher.core.errors import INVALID, NO_SUCH, CcError
from cc_launcher.core.profile import budget_currency, clouds, gateway_check, whole
from cc_launcher.core.profile.field_types import NO_SECRET, OWN
from cc_launcher.core.profile.gateway import OPENAI
from cc_launcher.core.profile.parameters import MissingParameters, command_for, fill_in
from cc_launcher.core.profile.profile import Model, Profile
from cc_launcher.core.profile.source import Origin, Source
from cc_launcher.core.text import urls
from cc_launcher.core.text.nearest import did_you_mean

Path = tuple[str, ...]
ADDRESSES = ("openai_url", "models_url", "quota_url")  # of a provider, beside its base_url
_PRICE_OF = (("input", None), ("output", None), ("currency", "USD"))  # what tells one price from another
Find = Callable[[str, bool], Source | None]  # a name, and whether only the catalog is asked


@dataclass(frozen=True)
class Resolved:
    """A profile with all that it extends merged in."""

    name: str
    profile: Profile
    origins: dict[Path, Origin]
    chain: tuple[Source, ...]  # from the named file down to the one it all starts from
    corrections: tuple[str, ...]  # what was read other than it was written
    behind: tuple[str, ...] = ()  # as a session of our gateway sees it: the hosts that it may lead to

    @property
    def provider(self) -> str:
        """The name of the catalog's file at the end of the chain, or of the last file there is."""
        return self.chain[-1].name

    @property
    def title(self) -> str:
        """The name for people."""
        return self.profile.title or self.name

    @property
    def label(self) -> str:
        """The short name."""
        return self.profile.label or self.name

    @property
    def host(self) -> str:
        """The host that its requests go to, without the port."""
        if self.profile.base_url:
            return urls.name_of(self.profile.base_url)
        return clouds.host(self.profile) if self.profile.cloud else urls.name_of(urls.OWN_ADDRESS)

    def may_have_secret(self, address: str) -> bool:
        """Whether the profile's secret may be sent to its `openai_url`, `models_url` or `quota_url`.

        That is where it goes anyway (the host of base_url), or where the catalog's own file says that it belongs.
        """
        url = getattr(self.profile, address)
        base = self.profile.base_url or urls.OWN_ADDRESS
        if url is None or urls.origin_of(url) == urls.origin_of(base):
            return url is not None
        named = [self.origins[key,] for key in (address, "base_url") if (key,) in self.origins]
        return urls.origin_of(url).startswith("https:") and all(origin.source.shipped for origin in named)

    def origin(self, *path: str) -> Origin | None:
        """Where a value comes from; nothing for a default."""
        return self.origins.get(path)


def resolve(name: str, find: Find, known: Callable[[], list[str]]) -> Resolved:
    """Read the named profile and everything it extends, and merge them."""
    chain = _chain(name, find, known)
    merged: dict[str, Any] = {}
    origins: dict[Path, Origin] = {}
    for source in reversed(chain):
        data = source.data
        if "main" in data.get("tiers", {}):
            # Another main model is another choice of models: a tier left over from the base would bill a model
            # that this file's author never thought of.
            merged.pop("tiers", None)
            origins = {path: origin for path, origin in origins.items() if path[0] != "tiers"}
        if "base_url" in data:
            # The leave to speak in clear text was given for another host.
            merged.pop("plain_http", None)
            origins.pop(("plain_http",), None)
            _leave_addresses(merged, origins, data["base_url"])
        _leave_prices(merged, origins, data)
        _leave_served(merged, origins, data)
        if "otlp" in data.get("telemetry", {}):
            merged.get("telemetry", {}).pop("plain_http", None)
            origins.pop(("telemetry", "plain_http"), None)
        for server in (name for name, about in data.get("mcp_servers", {}).items() if "url" in about):
            merged.get("mcp_servers", {}).get(server, {}).pop("plain_http", None)
            origins.pop(("mcp_servers", server, "plain_http"), None)
        _merge(merged, data, source, origins)
    merged.pop("extends", None)
    _take_out_headers(merged, origins)
    _add_search(merged, origins)
    _choose_region(merged, origins, chain)
    try:
        fill_in(name, merged, origins)
    except MissingParameters as error:
        error.chain = tuple(chain)
        error.hint = command_for(name, error.missing, shipped=chain[-1].shipped)
        raise
    corrections = _correct_url(merged, origins)
    profile = _with_routes(Profile.model_validate(merged))
    whole.check(profile, origins, name)
    what, hint = budget_currency.fault_of(profile)
    if what:
        raise CcError(f"{origins['budget',]}: {what}", hint, code=INVALID)
    return Resolved(name, profile, origins, tuple(chain), tuple(corrections))


def _chain(name: str, find: Find, known: Callable[[], list[str]]) -> list[Source]:
    source = find(name, False)  # noqa: FBT003 - the type of `find` says what it is
    if source is None:
        raise CcError(
            f"no profile named {name}",
            did_you_mean(name, known()) or "cc list-profiles shows the ones there are",
            code=NO_SUCH,
        )
    chain = [source]
    while (base := source.data.get("extends")) is not None:
        # A user's own `zai` may extend the catalog's `zai`: its own name can only mean that one.
        base_source = find(base, base == source.name)
        where = source.origin(("extends",))
        if base_source is None:
            hint = did_you_mean(base, known()) or "cc list-profiles shows the ones there are"
            raise CcError(f"{where}: extends {base}, but there is no such profile", hint, code=INVALID)
        if base_source in chain:
            names = " → ".join(link.name for link in [*chain[chain.index(base_source) :], base_source])
            raise CcError(
                f"{where}: extends itself: {names}", "let one of them extend a provider instead", code=INVALID
            )
        chain.append(base_source)
        source = base_source
    return chain


def _merge(
    into: dict[str, Any], data: dict[str, Any], source: Source, origins: dict[Path, Origin], path: Path = ()
) -> None:
    """Lay a file over what it extends: tables key by key, everything else as a whole."""
    for key, value in data.items():
        here = (*path, key)
        if isinstance(value, dict) and path != ("secret_headers",):  # a header's reference and prefix go together
            _merge(into.setdefault(key, {}), value, source, origins, here)
        else:
            into[key] = value
        if not isinstance(value, dict) or not value or path == ("secret_headers",):
            origins[here] = source.origin(here)


def _leave_prices(merged: dict[str, Any], origins: dict[Path, Origin], data: dict[str, Any]) -> None:
    """Another price of a model is another price list: no price of caching is left over from the one before.

    Where input and output cost the same, what more is known of that price stays.
    """
    for model, about in data.get("models", {}).items():
        new, old = about.get("prices"), merged.get("models", {}).get(model, {}).get("prices")
        if not new or not old:
            continue
        # Who says when he saw a price, and where, has not said so of another file's.
        same = all(new.get(key, usual) == old.get(key, usual) for key, usual in _PRICE_OF)
        left = [key for key in old if not same or key in {"day", "source"}]
        for key in left:
            del old[key]
        places = {("models", model, "prices", key) for key in left}
        for path in [path for path in origins if path[:4] in places]:
            del origins[path]


def _take_out_headers(merged: dict[str, Any], origins: dict[Path, Origin]) -> None:
    """A header that a file nearer to the user has no secret for is not sent."""
    headers = merged.get("secret_headers", {})
    for name in [name for name, value in headers.items() if _secret_of(value) == NO_SECRET]:
        del headers[name]
        del origins["secret_headers", name]


def _secret_of(header: str | dict[str, str]) -> str:
    return header if isinstance(header, str) else header.get("secret", OWN)


def _choose_region(merged: dict[str, Any], origins: dict[Path, Origin], chain: list[Source]) -> None:
    """The address of the region that is named, unless a file nearer to the user names another address."""
    region = merged.get("region")
    regions = merged.get("regions", {})
    if region is None or ("cloud" in merged and not regions):
        return  # a cloud's regions are the cloud's to know
    if region not in regions:
        hint = did_you_mean(region, list(regions)) or f"there are {', '.join(regions) or 'none for this provider'}"
        raise CcError(f"{origins['region',]}: no region {region}", hint, code=INVALID)
    chosen_in = chain.index(origins["region",].source)

    def is_nearer(key: str) -> bool:
        return (key,) in origins and chain.index(origins[key,].source) < chosen_in

    keys = ["key_url"]
    if not is_nearer("base_url"):
        keys += ["base_url", *ADDRESSES]
        _leave_addresses(merged, origins, regions[region]["base_url"], given_in=chain[: chosen_in + 1])
    for key in keys:
        if key in regions[region] and not is_nearer(key):
            merged[key] = regions[region][key]
            origins[key,] = origins["regions", region, key]


def _leave_addresses(
    merged: dict[str, Any], origins: dict[Path, Origin], base_url: str, given_in: Sequence[Source] = ()
) -> None:
    """Leave out the addresses that go with another host than this one, but for those given in these files."""
    if urls.origin_of(base_url) == urls.origin_of(merged.get("base_url", urls.OWN_ADDRESS)):
        return
    for key in ADDRESSES:
        if key in merged and origins[key,].source not in given_in:
            del merged[key], origins[key,]


def _leave_served(merged: dict[str, Any], origins: dict[Path, Origin], data: dict[str, Any]) -> None:
    """What a provider serves is not said of another host, nor of one model against what is now said of all."""
    url, models = data.get("base_url"), merged.get("models", {})
    moves = url is not None and urls.origin_of(url) != urls.origin_of(merged.get("base_url", urls.OWN_ADDRESS))
    for key in ("web_search", "vision"):
        left: list[Path] = [(key,)] if moves and key in merged else []
        # What a model can see is its own, wherever it runs.
        if key in data or (moves and key == "web_search"):
            left += [("models", model, key) for model, about in models.items() if key in about]
        for path in left:
            del origins[path]
            del (models[path[1]] if len(path) > 1 else merged)[key]


def _add_search(merged: dict[str, Any], origins: dict[Path, Origin]) -> None:
    """The search server that is chosen is an MCP server like others. One of that name that is there already wins."""
    name, offered = merged.get("search"), merged.get("search_servers", {})
    if name is None:
        return
    if name not in offered:
        hint = did_you_mean(name, list(offered)) or f"there are {', '.join(offered) or 'none for this provider'}"
        raise CcError(f"{origins['search',]}: no search server {name}", hint, code=INVALID)
    if name in merged.setdefault("mcp_servers", {}):
        return
    merged["mcp_servers"][name] = offered[name]
    for path, origin in list(origins.items()):
        if path[:2] == ("search_servers", name):
            origins["mcp_servers", *path[1:]] = origin


def _with_routes(profile: Profile) -> Profile:
    """What sessions name of a gateway are its routes: they are its models, and one of them is the main one.

    One that runs elsewhere takes its keys as a bearer token.
    """
    if profile.gateway is None or not profile.routes:
        return profile
    auth = profile.auth or ("bearer" if profile.base_url else None)
    models = {route: Model() for route in profile.routes} | profile.models
    tiers = profile.tiers
    if not (tiers.main or tiers.opus or tiers.sonnet):
        tiers = tiers.model_copy(update={"main": gateway_check.main_route(profile.routes)})
    return profile.model_copy(update={"models": models, "tiers": tiers, "auth": auth})


def _correct_url(merged: dict[str, Any], origins: dict[Path, Origin]) -> list[str]:
    if merged.get("openai_url"):
        merged["openai_url"] = urls.tidy_openai(merged["openai_url"])
    written = merged.get("base_url")
    if written is None:
        return []
    if merged.get("api") == OPENAI:
        merged["base_url"] = urls.tidy_openai(written)
        if merged["base_url"] == written.rstrip("/"):
            return []
        what = f"base_url is read as {merged['base_url']}: the gateway appends /chat/completions itself"
        return [f"{origins['base_url',]}: {what}"]
    merged["base_url"] = urls.tidy(written)
    versions = ("", "/v1") if merged.get("cloud") == "vertex" else ("",)
    if any(written.rstrip("/") == merged["base_url"] + version for version in versions):
        return []
    where = origins["base_url",]
    return [f"{where}: base_url is read as {merged['base_url']}: the client appends /v1/messages itself"]
