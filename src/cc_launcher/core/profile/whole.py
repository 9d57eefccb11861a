"""What only a whole profile can tell, which several files may have a part in: whether its keys go together."""

from cc_launcher.core.errors import INVALID, CcError
from cc_launcher.core.profile import clouds, collector, gateway_check, mcp_servers
from cc_launcher.core.profile.field_types import OWN
from cc_launcher.core.profile.profile import Profile
from cc_launcher.core.profile.source import Origin, dotted
from cc_launcher.core.text import urls

Path = tuple[str, ...]


def check(profile: Profile, origins: dict[Path, Origin], name: str) -> None:
    """Refuse a profile whose keys do not go together; each fault has its line."""
    _check_gateway(profile, origins, name)
    _check_addresses(profile, origins)
    if profile.auth is None and profile.gateway is None:
        raise CcError(
            f"{name}: no `auth` and nothing to extend",
            'add `extends = "PROVIDER"`, or `auth = "bearer"` and `base_url`',
            code=INVALID,
        )
    if (wrong := clouds.checks(profile)) is not None:
        key, what, hint = wrong
        raise CcError(f"{origins.get((key,)) or name}: {what}", hint, code=INVALID)
    if profile.auth in {"bearer", "none"} and not profile.elsewhere:
        raise CcError(f"{name}: no `base_url`", 'add base_url = "https://HOST/PATH"', code=INVALID)
    _check_headers(profile, origins, name)
    if profile.share and not profile.isolated:
        raise CcError(
            f"{origins['share',]}: share without `isolated`", "add `isolated = true`, or take `share` out", code=INVALID
        )
    _check_fallback(profile, origins)
    _check_servers(profile, origins)
    _check_telemetry(profile, origins, name)
    owners: dict[str, str] = {}
    for model_id, model in profile.models.items():
        for alias in model.aliases:
            if owners.setdefault(alias, model_id) != model_id:
                where = origins["models", model_id, "aliases"]
                raise CcError(
                    f"{where}: {alias} is an alias of {owners[alias]} already",
                    f"rename one: {dotted(('models', model_id, 'aliases'))}",
                    code=INVALID,
                )


def _check_addresses(profile: Profile, origins: dict[Path, Origin]) -> None:
    for key in ("base_url", "openai_url"):
        try:
            if (url := getattr(profile, key)) is not None:
                urls.check_plain(url, plain_http=profile.plain_http)
        except urls.BadUrl as bad:
            raise CcError(f"{origins[key,]}: {key} {bad.reason}", bad.hint, code=INVALID) from None


def _check_fallback(profile: Profile, origins: dict[Path, Origin]) -> None:
    if profile.in_session and not profile.fallback:
        raise CcError(
            f"{origins['in_session',]}: in_session without `fallback`",
            'add `fallback = ["PROFILE"]`, or take `in_session` out',
            code=INVALID,
        )


def _check_servers(profile: Profile, origins: dict[Path, Origin]) -> None:
    """What only a whole MCP server can tell, which several files may have a part in."""
    for key in ("mcp_servers", "search_servers"):
        for server_name, server in getattr(profile, key).items():
            what, hint = mcp_servers.fault_of(server)
            if what:
                where = next(origin for path, origin in origins.items() if path[:2] == (key, server_name))
                raise CcError(f"{where}: {dotted((key, server_name))} {what}", hint, code=INVALID)


def _check_telemetry(profile: Profile, origins: dict[Path, Origin], name: str) -> None:
    private = origins.get(("compat", "private")) if profile.compat.get("private") else None
    if (wrong := collector.fault_of(profile.telemetry, str(private or ""), profile.env)) is not None:
        path, what, hint = wrong
        raise CcError(f"{origins.get(path) or name}: {what}", hint, code=INVALID)


def _check_headers(profile: Profile, origins: dict[Path, Origin], name: str) -> None:
    for header, about in profile.secret_headers.items():
        if about.secret == OWN and profile.auth not in {"bearer", "api-key"}:
            raise CcError(
                f"{origins['secret_headers', header]}: {header} is to carry the profile's own secret, and "
                f"auth = {profile.auth} has none",
                f'say where it is kept: secret_headers.{header} = "keyring:{name}"',
                code=INVALID,
            )


def _check_gateway(profile: Profile, origins: dict[Path, Origin], name: str) -> None:
    fault = gateway_check.fault_of(profile)
    if fault is not None:
        raise CcError(f"{_place(fault.path, origins) or name}: {fault.what}", fault.hint, code=INVALID)


def _place(path: Path, origins: dict[Path, Origin]) -> Origin | None:
    """Where a key stands, or what is below it, or the table or list around it."""
    for length in range(len(path), 0, -1):
        found = next((origin for key, origin in origins.items() if key[:length] == path[:length]), None)
        if found is not None:
            return found.source.origin(path)
    return None
