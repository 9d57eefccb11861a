"""`cc add`: make a profile, guided on a terminal, or by flags that leave nothing to ask."""

import sys
from dataclasses import dataclass, field
from typing import Annotated, Any

import typer

from cc_launcher.cli import render
from cc_launcher.cli import secret as secrets
from cc_launcher.cli.secret_places import all_of
from cc_launcher.core import edit
from cc_launcher.core.errors import NO_SUCH, USAGE, CcError
from cc_launcher.core.make_plan import keep_at, reference_of
from cc_launcher.core.nearest import did_you_mean
from cc_launcher.core.profile import TIERS
from cc_launcher.core.resolve import Resolved
from cc_launcher.files import guard, own, places
from cc_launcher.launch import planfile


@dataclass
class Wanted:
    """What a new profile is to say."""

    name: str = ""
    provider: str = ""  # or none: an endpoint by its URL
    base_url: str = ""
    auth: str = ""
    secret: str = ""  # a reference
    title: str = ""
    label: str = ""
    sealed: bool = False
    tiers: dict[str, str] = field(default_factory=dict)
    region: str = ""
    plain_http: bool = False
    values: dict[str, str] = field(default_factory=dict)  # of the provider's parameters

    def text(self) -> str:
        """The profile's file."""
        values: dict[str, Any] = {
            "extends": self.provider,
            "title": self.title,
            "label": self.label,
            "region": self.region,
            "base_url": self.base_url,
            "plain_http": self.plain_http,
            "auth": self.auth or ("" if self.provider else "bearer"),
            "secret": self.secret,
            "sealed": self.sealed,
            "values": self.values,
            "tiers": self.tiers,
        }
        return edit.new({key: value for key, value in values.items() if value})


def command(
    name: Annotated[str, typer.Argument(help="of the new profile; default: the provider's", show_default=False)] = "",
    *,
    provider: Annotated[
        str, typer.Option("--provider", "-p", help="the provider or profile to start from", show_default=False)
    ] = "",
    base_url: Annotated[str, typer.Option("--base-url", help="another address", show_default=False)] = "",
    auth: Annotated[str, typer.Option("--auth", help="bearer, api-key, none, login or cloud", show_default=False)] = "",
    secret: Annotated[
        str, typer.Option("--secret", help="where the key is: op://…, pass:…, env:…", show_default=False)
    ] = "",
    from_stdin: Annotated[bool, typer.Option("--stdin", help="read the key from standard input, and keep it")] = False,
    model: Annotated[str, typer.Option("--model", "-m", help="the main model", show_default=False)] = "",
    tier: Annotated[
        list[str] | None, typer.Option("--tier", metavar="TIER=MODEL", help="the model of a tier", show_default=False)
    ] = None,
    region: Annotated[str, typer.Option("--region", help="of the provider", show_default=False)] = "",
    value: Annotated[
        list[str] | None,
        typer.Option(
            "--value",
            metavar="NAME=VALUE",
            help="a parameter of the provider's address, or of a cloud",
            show_default=False,
        ),
    ] = None,
    title: Annotated[str, typer.Option("--title", help="the name for people", show_default=False)] = "",
    label: Annotated[str, typer.Option("--label", help="the short name", show_default=False)] = "",
    sealed: Annotated[bool, typer.Option("--sealed", help="keep the secret out of the session's environment")] = False,
    plain_http: Annotated[bool, typer.Option("--plain-http", help="allow http to a host of your own network")] = False,
    test: Annotated[bool, typer.Option("--test", help="ask the provider whether it takes the key (one token)")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="print the profile, and write nothing")] = False,
) -> None:
    """Make a profile of your own. Without flags, on a terminal, it asks for everything.

    cc add zai
    cc add work --provider litellm --base-url https://llm.example.com --secret op://dev/llm/key
    cc add vertex --value project=my-project --region europe-west1
    """
    wanted = Wanted(name, provider, base_url, auth, secret, title, label, sealed, _tiers(model, tier or []), region)
    wanted.values = _values(value or [])
    wanted.plain_http = plain_http
    asked = Wanted(name)
    if wanted == asked and not (from_stdin or test or dry_run) and sys.stdin.isatty() and sys.stdout.isatty():
        from cc_launcher.cli import guide

        guide.add_profile(wanted)
        return
    complete(wanted)
    resolved = own.check(wanted.name, wanted.text(), f"{wanted.name}.toml")
    if dry_run:
        sys.stdout.write(wanted.text())
        return
    own.refuse_existing(wanted.name)
    key = secrets.read(resolved, from_stdin=True) if from_stdin else ""
    write(wanted)
    if key:
        try:
            secrets.store(resolved, secrets.to_keep(resolved), key)
        except BaseException:
            own.delete(wanted.name)  # half a profile would be in the way of the next try
            render.talk(f"{wanted.name}: taken away again, since its key could not be kept")
            raise
    if test:
        try_out(resolved)
    farewell(resolved)


def complete(wanted: Wanted) -> None:
    """Fill in what follows from the rest, and refuse what cannot be."""
    if not wanted.provider and wanted.name in places.catalog_names():
        wanted.provider = wanted.name
    wanted.name = wanted.name or free_name(wanted.provider)
    if not wanted.provider and not wanted.base_url:
        raise CcError(
            "cc add: which provider?", f"--provider {_some(places.catalog_names())}, or --base-url URL", code=USAGE
        )
    if not wanted.provider and "main" not in wanted.tiers:
        raise CcError("cc add: which model does it serve?", "--model MODEL, which every tier falls back to", code=USAGE)
    if wanted.provider and wanted.provider not in places.known():
        hint = did_you_mean(wanted.provider, places.known()) or "cc list-profiles shows them"
        raise CcError(f"no provider or profile named {wanted.provider}", hint, code=NO_SUCH)


def free_name(provider: str) -> str:
    """A name that is not taken, made from the provider's."""
    taken = set(places.user_names())
    base = provider or "mine"
    return next(name for name in (base, *(f"{base}-{number}" for number in range(2, 1000))) if name not in taken)


def write(wanted: Wanted) -> None:
    """Write the file, and say so."""
    path = own.create(wanted.name, wanted.text())
    render.talk(f"{wanted.name}: written to {guard.shown(path)}")


def try_out(resolved: Resolved) -> None:
    """Read the secret as a launch would, and ask the provider about it."""
    reference = reference_of(resolved, planfile.present())
    if reference is None:
        render.talk(f"{resolved.name}: needs no key, so there is none to ask about")
        return
    secrets.check_key(resolved, secrets.value_of(resolved, reference))


def farewell(resolved: Resolved) -> None:
    """What to type next."""
    from cc_launcher.secrets import keep

    steps = []
    for place, reference in all_of(resolved):
        fault = keep.look(reference, resolved.name)[0]
        if fault:
            render.talk(f"{resolved.name}: {f'{place}: ' if place else ''}{fault}")
            steps.append(keep_at(resolved, reference, place))
    render.talk(f"next: {', then: '.join([*steps, f'cc run {resolved.name}'])}")


def _tiers(model: str, tiers: list[str]) -> dict[str, str]:
    found = {"main": model} if model else {}
    for pair in tiers:
        name, equals, value = pair.partition("=")
        if name not in TIERS or not equals or not value:
            hint = did_you_mean(name, list(TIERS)) or f"tiers: {', '.join(TIERS)}"
            raise CcError(f"--tier takes TIER=MODEL, not {pair}", hint, code=USAGE)
        found[name] = value
    return found


def _values(pairs: list[str]) -> dict[str, str]:
    found = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not name or not equals or not value:
            raise CcError(f"--value takes NAME=VALUE, not {pair}", "such as --value account=abc123", code=USAGE)
        found[name] = value
    return found


def _some(names: list[str]) -> str:
    return "|".join(names[:6]) + ("|…" if len(names) > 6 else "")
