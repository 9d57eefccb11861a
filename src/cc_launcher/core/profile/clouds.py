"""The clouds: which of the client's variables stand for which keys of a profile, and what each cloud can do."""

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from cc_launcher.core.profile.profile import Profile

GATEWAY_TOKEN = "ANTHROPIC_AUTH_TOKEN"
# Settings keys of the client that name a command which fetches or renews a cloud's credentials.
HELPERS = frozenset({"awsAuthRefresh", "awsCredentialExport", "gcpAuthRefresh"})
REASON = "would choose another account, project or address of the cloud than the profile does"
_OF_CLOUDS = ("AWS_", "GOOGLE_", "GCLOUD_", "CLOUDSDK_", "GCE_", "AZURE_")
_STATIC_KEYS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
# Measured on 2.1.329: the generic one and _BEDROCK take the list of inference profiles to another address.
_AWS_ENDPOINTS = ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_BEDROCK", "AWS_ENDPOINT_URL_BEDROCK_RUNTIME")


class Parameter(NamedTuple):
    """What a cloud may want to know beside the region: a key of [values]."""

    title: str
    example: str
    variable: str
    needed: bool = False


class Cloud(NamedTuple):
    """One of the client's ways to a cloud."""

    title: str
    family: str  # whose tools have the credentials: aws, google or azure
    switch: str
    base_url: str  # the variable for a gateway, or a private endpoint
    skip: str  # the variable that leaves the credential out, for a gateway that has its own
    host: str  # where requests go without a base_url; the region is left out
    region: str  # the variable; empty: it has none
    secrets: dict[str, str]  # by `auth`, the cloud's own variable for a secret
    parameters: dict[str, Parameter]
    old: bool = True  # known to the oldest clients, too (2.1.72, measured)


_AWS_PROFILE = Parameter("a profile of ~/.aws/config, instead of the shell's", "work", "AWS_PROFILE")
CLOUDS = {
    "bedrock": Cloud(
        "Amazon Bedrock",
        "aws",
        switch="CLAUDE_CODE_USE_BEDROCK",
        base_url="ANTHROPIC_BEDROCK_BASE_URL",
        skip="CLAUDE_CODE_SKIP_BEDROCK_AUTH",
        host="bedrock-runtime.amazonaws.com",
        region="AWS_REGION",
        secrets={"bearer": "AWS_BEARER_TOKEN_BEDROCK"},
        parameters={
            "aws_profile": _AWS_PROFILE,
            "small_region": Parameter(
                "the region of the haiku tier, where it is another one",
                "us-west-2",
                "ANTHROPIC_SMALL_FAST_MODEL_AWS_REGION",
            ),
        },
    ),
    "mantle": Cloud(
        "Amazon Bedrock Mantle",
        "aws",
        switch="CLAUDE_CODE_USE_MANTLE",
        base_url="ANTHROPIC_BEDROCK_MANTLE_BASE_URL",
        skip="CLAUDE_CODE_SKIP_MANTLE_AUTH",
        host="bedrock-mantle.api.aws",
        region="AWS_REGION",
        secrets={"bearer": "AWS_BEARER_TOKEN_BEDROCK"},
        parameters={"aws_profile": _AWS_PROFILE},
        old=False,
    ),
    "anthropic-aws": Cloud(
        "Claude Platform on AWS",
        "aws",
        switch="CLAUDE_CODE_USE_ANTHROPIC_AWS",
        base_url="ANTHROPIC_AWS_BASE_URL",
        skip="CLAUDE_CODE_SKIP_ANTHROPIC_AWS_AUTH",
        host="aws-external-anthropic.api.aws",
        region="AWS_REGION",
        secrets={"api-key": "ANTHROPIC_AWS_API_KEY"},
        parameters={
            "workspace": Parameter("the id of your workspace", "wrkspc_01", "ANTHROPIC_AWS_WORKSPACE_ID", needed=True),
            "aws_profile": _AWS_PROFILE,
        },
        old=False,
    ),
    "vertex": Cloud(
        "Google Cloud Vertex AI",
        "google",
        switch="CLAUDE_CODE_USE_VERTEX",
        base_url="ANTHROPIC_VERTEX_BASE_URL",
        skip="CLAUDE_CODE_SKIP_VERTEX_AUTH",
        host="aiplatform.googleapis.com",
        region="CLOUD_ML_REGION",
        secrets={},
        parameters={
            "project": Parameter(
                "the id of your Google Cloud project", "my-project", "ANTHROPIC_VERTEX_PROJECT_ID", needed=True
            )
        },
    ),
    "foundry": Cloud(
        "Microsoft Foundry",
        "azure",
        switch="CLAUDE_CODE_USE_FOUNDRY",
        base_url="ANTHROPIC_FOUNDRY_BASE_URL",
        skip="CLAUDE_CODE_SKIP_FOUNDRY_AUTH",
        host="services.ai.azure.com",
        region="",
        secrets={"api-key": "ANTHROPIC_FOUNDRY_API_KEY", "bearer": "ANTHROPIC_FOUNDRY_AUTH_TOKEN"},
        parameters={
            "resource": Parameter("the name of your Foundry resource", "my-resource", "ANTHROPIC_FOUNDRY_RESOURCE")
        },
    ),
}


def of(profile: "Profile") -> Cloud | None:
    """The cloud of a profile, if it has one."""
    return None if profile.cloud is None else CLOUDS[profile.cloud]


def host(profile: "Profile") -> str:
    """Where the requests of a cloud's profile go when no base_url says so: whose a stored secret is."""
    cloud = of(profile)
    if cloud is None:
        raise ValueError(profile.cloud)
    resource = profile.values.get("resource")
    return f"{resource}.{cloud.host}" if resource else cloud.host


def settled(profile: "Profile", present: frozenset[str]) -> "Profile":
    """With `auth = "cloud"`, a key of the cloud that is set in this shell comes first, as with the cloud's own tools.

    It is then a secret like any other: it has the host's flag around it, and no command of the model sees it.
    """
    cloud = of(profile)
    if cloud is None or profile.auth != "cloud" or "aws_profile" in profile.values:
        return profile
    for auth, variable in reversed(cloud.secrets.items()):
        if variable in profile.key_env and variable in present:
            return profile.model_copy(update={"auth": auth, "secret": f"env:{variable}"})
    return profile


def key_variables(profile: "Profile") -> tuple[str, ...]:
    """The variables in which a key of this profile's kind may be: a cloud has one for each kind."""
    cloud = of(profile)
    if cloud is None:
        return profile.key_env
    return tuple(name for name in profile.key_env if name == cloud.secrets.get(profile.auth or ""))


def secret_variable(profile: "Profile", cloud: Cloud) -> str:
    """The variable for the profile's secret."""
    return cloud.secrets.get(profile.auth or "", GATEWAY_TOKEN)


def taken_out(profile: "Profile", cloud: Cloud) -> tuple[str, ...]:
    """What of the cloud's own variables would lead elsewhere than the profile says."""
    names: tuple[str, ...] = ()
    if cloud.family == "aws":
        names += _AWS_ENDPOINTS
        if "aws_profile" in profile.values:
            names += _STATIC_KEYS
    return names


def of_a_cloud(name: str) -> bool:
    """Whether a variable has a say in where a cloud's own tools go, and as whom."""
    return name.upper().startswith(_OF_CLOUDS)


def checks(profile: "Profile") -> tuple[str, str, str] | None:
    """What is wrong with a profile as far as clouds are concerned: the key, what, and a hint."""
    cloud = of(profile)
    if cloud is None:
        if profile.auth == "cloud":
            return "auth", "auth = cloud, and no cloud is named", f"add cloud = …, one of {', '.join(CLOUDS)}"
        return None
    ways = [f"auth = {auth}" for auth in ("cloud", *cloud.secrets)]
    found: tuple[str, str, str] | None = None
    if profile.auth == "login":
        found = "auth", f"{cloud.title} takes no claude.ai login", " or ".join(ways)
    elif profile.auth == "api-key" and "api-key" not in cloud.secrets:
        found = "auth", f"{cloud.title} takes no x-api-key header", " or ".join(ways)
    elif profile.base_url is None and profile.auth not in {None, "cloud", *cloud.secrets}:
        given = "a request without a credential" if profile.auth == "none" else "such a token"
        hint = f"{' or '.join(ways)}; for a gateway that takes it, add its base_url"
        found = "auth", f"{cloud.title} itself does not take {given} (auth = {profile.auth})", hint
    elif profile.auth == "cloud" and profile.secret is not None:
        found = (
            "secret",
            "a key is given, but auth = cloud uses the cloud's own tools",
            " or ".join(ways[1:]),
        )
    elif profile.region is not None and not cloud.region:
        found = "region", f"{cloud.title} takes no region: each resource has its own", "take it out"
    return found


def titles(cloud: str) -> dict[str, str]:
    """What may stand in [values] for this cloud, and what it is."""
    return {name: parameter.title for name, parameter in CLOUDS[cloud].parameters.items()}


def needed(cloud: str, base_url: str | None) -> list[str]:
    """What of it only the user can tell."""
    return [
        name
        for name, parameter in CLOUDS[cloud].parameters.items()
        if parameter.needed or (name == "resource" and not base_url)
    ]
