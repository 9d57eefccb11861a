"""`cc add`: make a profile, guided on a terminal, or by flags that leave nothing to ask."""

import sys
from typing import Annotated

import typer

from cc_launcher.actions import secret_values
from cc_launcher.actions.new_profile import Wanted, complete, may_be_openai, of_gateway, tiers_of, values_of
from cc_launcher.cli import add_steps, questions, render
from cc_launcher.files import user_profiles


def command(
    name: Annotated[str, typer.Argument(help="of the new profile; default: the provider's", show_default=False)] = "",
    *,
    provider: Annotated[
        str, typer.Option("--provider", "-p", help="the provider or profile to start from", show_default=False)
    ] = "",
    base_url: Annotated[str, typer.Option("--base-url", help="another address", show_default=False)] = "",
    api: Annotated[
        str,
        typer.Option("--api", help="openai: the address has /chat/completions, not /v1/messages", show_default=False),
    ] = "",
    gateway: Annotated[
        str, typer.Option("--gateway", metavar="URL", help="a gateway that somebody runs for you", show_default=False)
    ] = "",
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
    plain_http: Annotated[bool, typer.Option("--plain-http", help="allow http to a host in your own network")] = False,
    check: Annotated[bool, typer.Option("--check", help="ask the provider if it accepts the key (one token)")] = False,
    test: Annotated[bool, typer.Option("--test", hidden=True)] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="print the profile, and write nothing")] = False,
) -> None:
    """Make a profile of your own. Without flags, on a terminal, it asks for everything.

    cc add zai
    cc add work --provider litellm --base-url https://llm.example.com --secret op://dev/llm/key
    cc add vertex --value project=my-project --region europe-west1
    cc add mine --base-url https://llm.example.com/v1 --api openai --model glm-5.3
    cc add team --gateway https://llm.example.com

    A profile that is there is never overwritten. --value and --region say what the address needs to know, such as an
    account. An address of OpenAI's API is reached by a gateway on this machine. --gateway is for one of LiteLLM's or
    Bifrost's that `cc gateway render` has written: its key is the secret,
    its main model is the route `main`, and --model names others.
    """
    check = render.renamed("--test", "--check", given=test) or check
    wanted = Wanted(name, provider, base_url, auth, secret, title, label, sealed, tiers_of(model, tier or []), region)
    wanted.values = values_of(value or [])
    wanted.plain_http, wanted.api = plain_http, api
    if gateway:
        of_gateway(wanted, gateway)
    asked = Wanted(name)
    if wanted == asked and not (from_stdin or check or dry_run) and sys.stdin.isatty() and sys.stdout.isatty():
        from cc_launcher.cli import guide

        guide.add_profile(wanted)
        return
    complete(wanted)
    resolved = user_profiles.check(wanted.name, wanted.text(), f"{wanted.name}.toml")
    if dry_run:
        sys.stdout.write(wanted.text())
        return
    user_profiles.refuse_existing(wanted.name)
    key = questions.read_secret(resolved, from_stdin=True) if from_stdin else ""
    add_steps.write(wanted)
    if key:
        try:
            questions.keep_secret(resolved, secret_values.to_keep(resolved), key)
        except BaseException:
            user_profiles.delete(wanted.name)  # half a profile would be in the way of the next try
            render.talk(f"{wanted.name}: removed again, because its key could not be kept")
            raise
    if check:
        add_steps.try_out(resolved)
    add_steps.farewell(resolved)
    if not wanted.api and base_url and may_be_openai(base_url):
        render.talk(f"is that an address of OpenAI's API, /chat/completions? Then: cc edit {wanted.name} api=openai")
