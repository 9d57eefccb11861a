"""A profile, as it is written in a TOML file. The JSON Schema in `docs/` is made from these models."""

from typing import Any, Literal

from pydantic import Field

from cc_launcher.core.profile.addresses import Mode, Parameter, Region, Strict
from cc_launcher.core.profile.collector import Telemetry
from cc_launcher.core.profile.field_types import (
    Argument,
    BaseUrl,
    Budget,
    Context,
    Currency,
    Date,
    Duration,
    EngineName,
    Fee,
    Header,
    KeyVariable,
    KnobName,
    Label,
    Length,
    MaxOutput,
    ModelName,
    ParameterName,
    ParameterValue,
    Price,
    ProfileName,
    SecretReference,
    SetVariable,
    Shared,
    Text,
    Variable,
)
from cc_launcher.core.profile.gateway import ANTHROPIC, LITELLM, OPENAI, Gateway, Route, RouteName, Rule
from cc_launcher.core.profile.mcp_servers import McpName, McpServer
from cc_launcher.core.profile.secret_header import SecretHeader

CACHE_PRICES = ("cache_read", "cache_write", "cache_write_1h")
TIERS = ("main", "opus", "sonnet", "haiku", "fable", "subagent")


class Rates(Strict):
    """What a million tokens cost."""

    input: Price
    output: Price
    cache_read: Price | None = None
    cache_write: Price | None = Field(None, description="kept for five minutes")
    cache_write_1h: Price | None = Field(None, description="kept for an hour")


class Prices(Rates):
    """What a million tokens cost, in one currency."""

    currency: Currency = Field("USD", description="three capital letters")
    above: dict[Length, Rates] = Field(
        default_factory=dict, description="other prices for requests longer than so many tokens"
    )
    day: Date | None = Field(None, description="the day on which these prices were seen; default: `checked`")
    source: Text | None = Field(None, description="where they are from")


class Model(Strict):
    """What the client cannot know of a model that it does not recognise."""

    name: Text | None = Field(None, description="how the client's model picker shows it")
    aliases: tuple[ModelName, ...] = Field((), description="short names for the command line", strict=False)
    context: Context | None = Field(None, description="context window in tokens")
    vendor_context: bool | None = Field(
        None,
        description="that window is the vendor's own, and this provider may serve less: its list is asked at a launch",
    )
    max_output: MaxOutput | None = Field(None, description="longest answer in tokens")
    prices: Prices | None = None
    good_for: Text | None = Field(None, description="what it is good for, in a few words: the model picker shows it")
    small: ModelName | None = Field(None, description="the model for small jobs (the haiku tier) when this one is main")
    tools: bool | None = Field(None, description="whether it can call tools, without which Claude Code can do nothing")
    vision: bool | None = Field(None, description="whether it takes images; default: what the profile says")
    web_search: bool | None = Field(None, description="whether it searches the web; default: what the profile says")


class Tiers(Strict):
    """The client's model slots. A file that names `main` starts afresh: no tier of its base is left."""

    main: ModelName | None = Field(None, description="the model a session starts on; default: opus, then sonnet")
    opus: ModelName | None = Field(None, description="default: main")
    sonnet: ModelName | None = Field(None, description="default: main")
    haiku: ModelName | None = Field(None, description="small jobs; default: the `small` of main, then main")
    fable: ModelName | None = Field(None, description="default: opus")
    subagent: ModelName | None = Field(None, description="every subagent; default: main")


class Profile(Strict):
    """Where to connect, how to authenticate, which model serves which tier."""

    extends: ProfileName | None = Field(None, description="the provider or profile that this one starts from")
    title: Text | None = Field(None, description="the name for people")
    label: Label | None = Field(None, description="short name, for the status line")
    kind: Literal["provider", "gateway", "local", "cloud"] = Field(
        "provider", description="a service, a gateway in front of others, a server on this machine, or a cloud"
    )
    server: Literal["ollama", "lmstudio", "llamacpp", "vllm", "sglang"] | None = Field(
        None, description="kind = local: the program that is asked for the model and its window before each launch"
    )
    good_for: Text | None = Field(None, description="what it is good for, in one line")
    regions: dict[ProfileName, Region] = Field(default_factory=dict)
    region: ProfileName | None = Field(
        None, description="one of the regions; default: base_url as written. With `cloud`: any region of that cloud"
    )
    parameters: dict[ParameterName, Parameter] = Field(default_factory=dict)
    values: dict[ParameterName, ParameterValue] = Field(
        default_factory=dict, description="what stands for each parameter of base_url and of headers, or of the cloud"
    )
    cloud: Literal["bedrock", "mantle", "anthropic-aws", "vertex", "foundry"] | None = Field(
        None,
        description="the client's own way to this cloud, which knows its address; base_url is then for a gateway in "
        "front of it, or a private endpoint",
    )
    secret_values: dict[ParameterName, SecretReference] = Field(
        default_factory=dict,
        description="parameters in the path of base_url whose value is a secret: where each is kept",
    )
    base_url: BaseUrl | None = Field(
        None, description="the client appends /v1/messages itself; none: the client's own address"
    )
    api: Literal["anthropic", "openai"] = Field(
        ANTHROPIC,
        description="openai: base_url speaks OpenAI's chat completions alone, and is written with the /v1 that its "
        "provider writes; cc reaches it by a gateway on this machine",
    )
    openai_url: BaseUrl | None = Field(
        None, description="where the same provider speaks OpenAI's API: a gateway reaches it there"
    )
    litellm: EngineName | None = Field(
        None, description="what LiteLLM calls this provider, whose fields it then knows; default: hosted_vllm"
    )
    plain_http: bool = Field(
        default=False, description="allow http to a host that is not this machine, in your own network"
    )
    auth: Literal["bearer", "api-key", "none", "login", "cloud"] | None = Field(
        None,
        description="bearer: Authorization header; api-key: x-api-key header; none: a server without authentication; "
        "login: the client's own claude.ai login, which is then sent to base_url; cloud: what the cloud's own tools "
        "find on this machine, such as a profile of ~/.aws/config",
    )
    secret: SecretReference | None = Field(
        None, description="where the secret is kept; default: a variable of key_env that is set, then keyring:PROFILE"
    )
    placeholder: Text | None = Field(None, description="auth = none: what the server expects in the token's place")
    timeout: Duration | None = Field(None, description="how long one request may take, such as 50m")
    open_ended: bool = Field(
        default=False, description="the provider serves more models than are listed here: any model id may be asked for"
    )
    # mypy takes the bare class for something else
    tiers: Tiers = Field(default_factory=lambda: Tiers())  # noqa: PLW0108
    any_model: bool = Field(
        default=False,
        description="let a session ask for models that are not listed here: with /model, but also what the files of "
        "agents and commands name, such as a Claude model",
    )
    models: dict[ModelName, Model] = Field(default_factory=dict)
    fallback_model: ModelName | None = Field(
        None, description="the model that Claude Code goes on with when the main one is overloaded or not there"
    )
    context: Context | None = Field(None, description="context window of a model in tokens, if nothing else says it")
    max_output: MaxOutput | None = Field(None, description="longest answer in tokens, if nothing else says it")
    modes: dict[ProfileName, Mode] = Field(
        default_factory=dict, description="flags of a wrapper: each selects another profile or model"
    )
    env: dict[SetVariable, Text] = Field(default_factory=dict, description="further variables of the session")
    headers: dict[Header, Text] = Field(default_factory=dict, description="further headers of each request, no secrets")
    secret_headers: dict[Header, SecretHeader] = Field(
        default_factory=dict,
        description="headers whose value is a secret: where it is kept, own or none; or a table of both keys",
    )
    mcp: Text | None = Field(
        None,
        description="a JSON file of MCP servers in the client's format; a relative path starts at this file",
    )
    mcp_servers: dict[McpName, McpServer] = Field(
        default_factory=dict, description="MCP servers that only sessions of this profile have"
    )
    vision: bool | None = Field(None, description="whether its models take images; default: not known")
    web_search: bool | None = Field(
        None,
        description="whether the provider searches the web for Claude Code's WebSearch. false: sessions do not have "
        "that tool; default: not known, and they have it",
    )
    search_servers: dict[McpName, McpServer] = Field(
        default_factory=dict,
        description="MCP servers that could search the web instead: each a table with the keys of `mcp_servers`. "
        "Sessions have the one that `search` names, and none of the others",
    )
    search: McpName | None = Field(None, description="the one of `search_servers` that sessions of this profile have")
    compat: dict[KnobName, bool] = Field(
        default_factory=dict, description="what the provider cannot take, in named knobs"
    )
    caching: Literal["automatic", "anthropic"] | None = Field(
        None,
        description="the documented rule for prices of caching that are not written: automatic: the provider caches by "
        "itself, and what is written costs what input costs; anthropic: of the price of input, a read costs a tenth, "
        "a write 1.25 times and one for an hour twice as much",
    )
    billing: Literal["tokens", "plan", "free"] | None = Field(
        None,
        description="how this profile is paid: by the token, by a plan with a fixed price, or not at all; default: a "
        "login is a plan, a server on this machine is free, all others are by the token",
    )
    plan_price: Fee | None = Field(None, description='billing = "plan": what it costs, such as "20 USD/month"')
    budget: Budget | None = Field(
        None,
        description='the most that sessions of this profile may cost, such as "5 USD/day", "50 USD/month", '
        '"1 USD/session" or "20 USD/30d"',
    )
    named_tools: Text | None = Field(
        None, description="why a plan may not be used behind a gateway: its terms name the tools it is for"
    )
    gateway: Gateway | None = Field(None, description="this profile is a gateway in front of others")
    routes: dict[RouteName, Route] = Field(
        default_factory=dict, description="the models of the gateway: sessions name these"
    )
    rules: tuple[Rule, ...] = Field(
        (), description="which requests go to another route, in CEL: each a table [[rules]]", strict=False
    )
    telemetry: Telemetry | None = Field(None, description="where the client sends its own metrics, events and spans")
    fallback: tuple[ProfileName, ...] = Field(
        (),
        description="profiles to go on with, in turn, when this one is unreachable, out of credit or rate limited; "
        "each launch asks for one token first. Only the list of the profile that is launched counts",
        strict=False,
    )
    in_session: bool = Field(
        default=False,
        description="with `fallback`: go on with the next of them within a session, too, when this one fails there; "
        "cc then waits beside Claude Code",
    )
    keep: tuple[Variable, ...] = Field(
        (), description="variables of the shell that a launch would take out and that stay", strict=False
    )
    args: tuple[Argument, ...] = Field((), description="arguments for claude, before the user's own", strict=False)
    sealed: bool = Field(
        default=False, description="keep the secret out of the environment: the client fetches it through a helper"
    )
    scrub: bool = Field(
        default=False,
        description="take out of the session what the secret's store needs for itself, such as VAULT_TOKEN",
    )
    isolated: bool = Field(default=False, description="a configuration directory of the client for this profile alone")
    share: tuple[Shared, ...] = Field(
        (), description="isolated: what is linked from the ordinary directory", strict=False
    )
    statusline: bool | None = Field(
        None, description="show our status line in sessions of this profile; default: what `config.toml` says"
    )
    key_env: tuple[KeyVariable, ...] = Field(
        (), description="variables in which people keep this provider's key", strict=False
    )
    models_url: BaseUrl | None = Field(
        None,
        description="where the provider lists its models; default: /v1/models below base_url. Only where it is on the "
        "host of base_url is the secret sent there",
    )
    models_public: bool = Field(default=False, description="the list of models is given to everybody, without a key")
    quota_url: BaseUrl | None = Field(None, description="where the provider tells what is left of a plan or a balance")
    quota: (
        Literal[
            "bifrost",
            "deepseek",
            "kimi",
            "litellm",
            "minimax",
            "moonshot",
            "novita",
            "openrouter",
            "siliconflow",
            "stepfun",
            "zai",
        ]
        | None
    ) = Field(None, description="what the answer of quota_url looks like")
    key_url: Text | None = Field(None, description="where to get a key")
    key_prefix: Text | None = Field(None, description="what a key of this provider begins with")
    docs: tuple[Text, ...] = Field((), description="pages of the provider", strict=False)
    notes: tuple[Text, ...] = Field((), description="limits worth knowing", strict=False)
    sources: tuple[Text, ...] = Field((), description="where these facts are from", strict=False)
    checked: Date | None = Field(None, description="how old the newest source is")
    confidence: Literal["high", "medium", "low"] | None = Field(None, description="how sure these facts are")

    @property
    def elsewhere(self) -> bool:
        """Whether requests go anywhere but to the client's own provider."""
        return self.base_url is not None or self.cloud is not None

    @property
    def by_gateway(self) -> bool:
        """Whether the client reaches it only by a gateway that cc runs."""
        return self.api == OPENAI or (self.gateway is not None and self.gateway.engine == LITELLM)


def schema() -> dict[str, Any]:
    """The JSON Schema of a profile file, for editors."""
    made = Profile.model_json_schema()
    made["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    made["title"] = "A profile of cc"
    return made
