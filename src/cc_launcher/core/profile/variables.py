"""The client's environment variables that a launch decides about: one table, each entry with its reason.

A scoped launch starts from the parent's environment without these, and sets its own. The names are spelled out, with no
patterns, so that a generated shell script can unset the very same ones. `LEFT_ALONE` holds the client's other routing,
credential and traffic variables and why they stay: together the two cover every name in
`tests/data/client-variables.txt`, and a test holds that.
"""

from typing import NamedTuple


class Group(NamedTuple):
    """Variables that are taken out of a launch for the same reason."""

    reason: str
    keepable: bool  # may a profile's `keep` or `--env` hand one through?
    from_settings: bool  # could a settings file's `env` block bring one back into a launch without the host's flag?
    names: tuple[str, ...]


def _models(prefix: str) -> tuple[str, ...]:
    return (prefix, f"{prefix}_NAME", f"{prefix}_DESCRIPTION", f"{prefix}_SUPPORTED_CAPABILITIES")


ROUTING = Group(
    "chooses the provider or the address that requests go to",
    keepable=False,
    from_settings=True,
    names=(
        "CLAUDE_CODE_USE_BEDROCK",
        "CLAUDE_CODE_USE_VERTEX",
        "CLAUDE_CODE_USE_FOUNDRY",
        "CLAUDE_CODE_USE_MANTLE",
        "CLAUDE_CODE_USE_ANTHROPIC_AWS",
        "CLAUDE_CODE_USE_ANTHROPIC_GOOGLE_CLOUD",
        "CLAUDE_CODE_USE_GATEWAY",
        "ANTHROPIC_BASE_URL",
        "ANTHROPIC_BEDROCK_BASE_URL",
        "ANTHROPIC_BEDROCK_MANTLE_BASE_URL",
        "ANTHROPIC_VERTEX_BASE_URL",
        "ANTHROPIC_FOUNDRY_BASE_URL",
        "ANTHROPIC_AWS_BASE_URL",
        "ANTHROPIC_GOOGLE_CLOUD_BASE_URL",
        "ANTHROPIC_FOUNDRY_RESOURCE",
        "ANTHROPIC_VERTEX_PROJECT_ID",
        "ANTHROPIC_AWS_WORKSPACE_ID",
        "ANTHROPIC_GOOGLE_CLOUD_PROJECT",
        "ANTHROPIC_GOOGLE_CLOUD_LOCATION",
        "ANTHROPIC_GOOGLE_CLOUD_WORKSPACE_ID",
        "CLOUD_ML_REGION",
        "VERTEX_REGION_CLAUDE_3_5_HAIKU",
        "VERTEX_REGION_CLAUDE_3_5_SONNET",
        "VERTEX_REGION_CLAUDE_3_7_SONNET",
        "VERTEX_REGION_CLAUDE_4_0_OPUS",
        "VERTEX_REGION_CLAUDE_4_0_SONNET",
        "VERTEX_REGION_CLAUDE_4_1_OPUS",
        "VERTEX_REGION_CLAUDE_4_5_OPUS",
        "VERTEX_REGION_CLAUDE_4_5_SONNET",
        "VERTEX_REGION_CLAUDE_4_6_OPUS",
        "VERTEX_REGION_CLAUDE_4_6_SONNET",
        "VERTEX_REGION_CLAUDE_4_7_OPUS",
        "VERTEX_REGION_CLAUDE_4_8_OPUS",
        "VERTEX_REGION_CLAUDE_5_5_OPUS",
        "VERTEX_REGION_CLAUDE_5_5_SONNET",
        "VERTEX_REGION_CLAUDE_5_OPUS",
        "VERTEX_REGION_CLAUDE_5_SONNET",
        "VERTEX_REGION_CLAUDE_FABLE_5",
        "VERTEX_REGION_CLAUDE_FABLE_5_1",
        "VERTEX_REGION_CLAUDE_FABLE_5_2",
        "VERTEX_REGION_CLAUDE_HAIKU_4_5",
        "VERTEX_REGION_CLAUDE_HAIKU_5_5",
        "ANTHROPIC_UNIX_SOCKET",
        "CLAUDE_CODE_RUNNER_MODEL_SOCKET",
        "CLAUDE_CODE_API_BASE_URL",
        "CLAUDE_CODE_CLIENT_DATA_URL",
        "CLAUDE_CODE_CUSTOM_OAUTH_URL",
        "_CLAUDE_CODE_ASSUME_FIRST_PARTY_BASE_URL",
        "CLAUDE_CODE_PROVIDER_MANAGED_BY_HOST",
        "CLAUDE_CODE_HOST_GATEWAY_LINEAGE",
        "CLAUDE_CODE_GATEWAY_HINT_HEADERS",
        "CLAUDE_CODE_REMOTE",
        "CLAUDE_CODE_REMOTE_SESSION_ID",
    ),
)

CREDENTIALS = Group(
    "authenticates: a stray one would be sent to this provider, or used instead of this profile's secret",
    keepable=False,
    from_settings=True,
    names=(
        "ANTHROPIC_API_KEY",
        "ANTHROPIC_AUTH_TOKEN",
        "ANTHROPIC_CUSTOM_HEADERS",
        "CLAUDE_CODE_OAUTH_TOKEN",
        "CLAUDE_CODE_OAUTH_REFRESH_TOKEN",
        "CLAUDE_CODE_OAUTH_SCOPES",
        "CLAUDE_CODE_OAUTH_CLIENT_ID",
        "AWS_BEARER_TOKEN_BEDROCK",
        "ANTHROPIC_FOUNDRY_API_KEY",
        "ANTHROPIC_FOUNDRY_AUTH_TOKEN",
        "ANTHROPIC_AWS_API_KEY",
        "ANTHROPIC_PROFILE",
        "ANTHROPIC_FEDERATION_RULE_ID",
        "ANTHROPIC_ORGANIZATION_ID",
        "ANTHROPIC_WORKSPACE_ID",
        "ANTHROPIC_SERVICE_ACCOUNT_ID",
        "ANTHROPIC_IDENTITY_TOKEN",
        "ANTHROPIC_IDENTITY_TOKEN_FILE",
        "ANTHROPIC_SCOPE",
        "ANTHROPIC_CONFIG_DIR",
        "ANTHROPIC_ENVIRONMENT_ID",
        "ANTHROPIC_ENVIRONMENT_KEY",
        "ANTHROPIC_WORK_ID",
        "ANTHROPIC_WORK_SECRET",
        "ANTHROPIC_WEBHOOK_SIGNING_KEY",
        "CLAUDE_CODE_API_KEY_FILE_DESCRIPTOR",
        "CLAUDE_CODE_OAUTH_TOKEN_FILE_DESCRIPTOR",
        "CLAUDE_CODE_GATEWAY_TOKEN",
        "CLAUDE_CODE_GATEWAY_TOKEN_FILE_DESCRIPTOR",
        "CLAUDE_CODE_WEBSOCKET_AUTH_FILE_DESCRIPTOR",
        "CLAUDE_CODE_HOST_AUTH_ENV_VAR",
        "CLAUDE_CODE_HOST_AUTH_ASK_AT_START",
        "CLAUDE_CODE_HOST_AUTH_REFRESH_TIMEOUT_MS",
        "CLAUDE_CODE_HOST_CREDS_FILE",
        "CLAUDE_CODE_HOST_HYBRID_ORGANIZATION_UUID",
        "CLAUDE_CODE_LAUNCHER_RUNS_API_KEY_HELPER",
        "CLAUDE_CODE_SESSION_ACCESS_TOKEN",
        "CLAUDE_SESSION_INGRESS_TOKEN_FILE",
        "CLAUDE_CODE_SKIP_BEDROCK_AUTH",
        "CLAUDE_CODE_SKIP_VERTEX_AUTH",
        "CLAUDE_CODE_SKIP_FOUNDRY_AUTH",
        "CLAUDE_CODE_SKIP_MANTLE_AUTH",
        "CLAUDE_CODE_SKIP_ANTHROPIC_AWS_AUTH",
        "CLAUDE_CODE_SKIP_ANTHROPIC_GOOGLE_CLOUD_AUTH",
    ),
)

MODELS = Group(
    "chooses a model for some request of the session",
    keepable=True,
    from_settings=True,
    names=(
        "ANTHROPIC_MODEL",
        "ANTHROPIC_DEFAULT_MODEL",
        *_models("ANTHROPIC_DEFAULT_OPUS_MODEL"),
        *_models("ANTHROPIC_DEFAULT_SONNET_MODEL"),
        *_models("ANTHROPIC_DEFAULT_HAIKU_MODEL"),
        *_models("ANTHROPIC_DEFAULT_FABLE_MODEL"),
        *_models("ANTHROPIC_CUSTOM_MODEL_OPTION"),
        "ANTHROPIC_TIER_NAMES",
        "ANTHROPIC_SMALL_FAST_MODEL",
        "ANTHROPIC_SMALL_FAST_MODEL_AWS_REGION",
        "CLAUDE_CODE_SUBAGENT_MODEL",
        "CLAUDE_CODE_SUBAGENT_MODEL_FORCE",
        "CLAUDE_CODE_WORKFLOW_SUBAGENT_MODEL",
        "CLAUDE_CODE_AUTO_MODE_MODEL",
        "CLAUDE_CODE_BG_CLASSIFIER_MODEL",
        "CLAUDE_CODE_MODEL_CATALOG",
        "CLAUDE_CODE_MODEL_CATALOG_URL",
        "CLAUDE_CODE_ALLOW_OTHER_MODELS",
        "CLAUDE_CODE_3P_PROBE_WROTE_HAIKU_DEFAULT",
        "CLAUDE_CODE_3P_PROBE_WROTE_OPUS_DEFAULT",
        "CLAUDE_CODE_3P_PROBE_WROTE_SONNET_DEFAULT",
        "CLAUDE_CODE_3P_SEEDED_OPUS_DEFAULT",
        "CLAUDE_CODE_3P_SEEDED_SONNET_DEFAULT",
        "ANTHROPIC_BEDROCK_SERVICE_TIER",
        "ANTHROPIC_BEDROCK_REGION_PREFIX",
    ),
)

SHAPE = Group(
    "changes the shape of requests, which a provider may refuse or bill for",
    keepable=True,
    from_settings=True,
    names=(
        "ANTHROPIC_BETAS",
        "CLAUDE_CODE_MODEL_CAPABILITIES",
        "CLAUDE_CODE_ADDITIONAL_PROTECTION",
        "CLAUDE_CODE_ENABLE_EXPERIMENTAL_ADVISOR_TOOL",
        "API_TIMEOUT_MS",
        "CLAUDE_CODE_EXTRA_BODY",
        "CLAUDE_CODE_EXTRA_METADATA",
        "CLAUDE_CODE_MAX_OUTPUT_TOKENS",
        "CLAUDE_CODE_MAX_CONTEXT_TOKENS",
        "CLAUDE_CODE_AUTO_COMPACT_WINDOW",
        "CLAUDE_CODE_DISABLE_UNKNOWN_MODEL_WINDOW_ENFORCEMENT",
        "MAX_THINKING_TOKENS",
        "CLAUDE_CODE_EFFORT_LEVEL",
        "CLAUDE_CODE_SUBAGENT_EFFORT",
        "CLAUDE_CODE_SIMULATE_PROXY_USAGE",
        "CLAUDE_CODE_DISABLE_EXPERIMENTAL_BETAS",
        "CLAUDE_CODE_DISABLE_THINKING",
        "CLAUDE_CODE_DISABLE_ADAPTIVE_THINKING",
        "CLAUDE_CODE_DISABLE_1M_CONTEXT",
        "CLAUDE_CODE_ATTRIBUTION_HEADER",
        "CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY",
        "CLAUDE_CODE_GATEWAY_MODEL_DISCOVERY_TIMEOUT_MS",
        "CLAUDE_CODE_SUBPROCESS_ENV_SCRUB",
        "DISABLE_COMPACT",
        "DISABLE_INTERLEAVED_THINKING",
        "DISABLE_PROMPT_CACHING",
        "DISABLE_PROMPT_CACHING_FABLE",
        "DISABLE_PROMPT_CACHING_HAIKU",
        "DISABLE_PROMPT_CACHING_MYTHOS",
        "DISABLE_PROMPT_CACHING_OPUS",
        "DISABLE_PROMPT_CACHING_SONNET",
        "ENABLE_TOOL_SEARCH",
    ),
)

SURROUNDING = Group(
    "belongs to a surrounding session: the new one would take itself for a part of it",
    keepable=True,
    from_settings=False,
    names=(
        "CLAUDECODE",
        "CLAUDE_CODE_CHILD_SESSION",
        "CLAUDE_CODE_BRIEF",
        "CLAUDE_CODE_CONTAINER_ID",
        "CLAUDE_CODE_COORDINATOR_MODE",
        "CLAUDE_CODE_SESSION_ID",
        "CLAUDE_CODE_ENTRYPOINT",
        "CLAUDE_CODE_EXECPATH",
        "CLAUDE_CODE_SESSION_ATTENDED",
        "CLAUDE_CODE_SESSION_KIND",
        "CLAUDE_CODE_SIMPLE",
        "CLAUDE_CODE_CHILD_NOTES_DIR",
        "CLAUDE_CODE_MESSAGING_SOCKET",
        "CLAUDE_CODE_MESSAGING_TOKEN",
        "CLAUDE_PID",
        "CLAUDE_EFFORT",
        "AI_AGENT",
        "ANTHROPIC_SESSION_ID",
        "CLAUDE_CODE_HOST_SESSION_ID",
        "CLAUDE_CODE_HOST_HTTP_PROXY_PORT",
        "CLAUDE_CODE_HOST_SOCKS_PROXY_PORT",
        "CLAUDE_CODE_HOST_OWNED_CONFIG_DIR",
        "CLAUDE_CODE_HOST_OWNED_SPAWN_ENV",
        "CLAUDE_CODE_HOST_PROMPT_SUPERSEDES_RECORD",
        "CLAUDE_CODE_HOST_SCHEDULED_RUN",
        "CLAUDE_CODE_HOST_WORKTREE",
        "CLAUDE_CODE_HOST_WORKTREE_FENCE",
    ),
)

# The way to the network. It stays the user's own; each launch pins every one of these as the user has it, or empty: a
# proxy and a certificate of somebody else's, or a program that signs in at a proxy, are all it takes to read along.
NETWORK = (
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
    "NO_PROXY",
    "http_proxy",
    "https_proxy",
    "all_proxy",
    "no_proxy",
    "NODE_EXTRA_CA_CERTS",
    "NODE_TLS_REJECT_UNAUTHORIZED",
    "CLAUDE_CODE_CLIENT_CERT",
    "CLAUDE_CODE_CLIENT_KEY",
    "CLAUDE_CODE_ENABLE_PROXY_AUTH_HELPER",
)
PROXIES = tuple(name for name in NETWORK if name.lower().endswith("_proxy") and name.lower() != "no_proxy")

GROUPS = (ROUTING, CREDENTIALS, MODELS, SHAPE, SURROUNDING)

# The client's own telemetry. It is the user's own, but in a launch whose profile has [telemetry]: that pins each of
# these. Measured: the address for one kind of export beats the one for all, and with the last two set, events and spans
# go out even where telemetry is off.
RESOURCE_ATTRIBUTES = "OTEL_RESOURCE_ATTRIBUTES"  # joined with the user's own: see core/plan/__init__.py
EXPORTERS = ("OTEL_METRICS_EXPORTER", "OTEL_LOGS_EXPORTER", "OTEL_TRACES_EXPORTER")
CONTENT = (
    "OTEL_LOG_USER_PROMPTS",
    "OTEL_LOG_ASSISTANT_RESPONSES",
    "OTEL_LOG_TOOL_DETAILS",
    "OTEL_LOG_TOOL_CONTENT",
    "OTEL_LOG_RAW_API_BODIES",
    "OTEL_LOG_MANAGED_SETTINGS",
)
_CERTIFICATES = ("CERTIFICATE", "CLIENT_CERTIFICATE", "CLIENT_KEY")  # a profile's `env` may name those of a collector
OF_COLLECTOR = tuple(
    f"OTEL_EXPORTER_OTLP_{kind}{what}"
    for kind in ("", "METRICS_", "LOGS_", "TRACES_")
    for what in ("ENDPOINT", "HEADERS", "PROTOCOL", *_CERTIFICATES)
)
COLLECTORS = tuple(name for name in OF_COLLECTOR if name.endswith("_ENDPOINT"))  # BETA_TRACING_ENDPOINT is one, too
TELEMETRY = (
    "CLAUDE_CODE_ENABLE_TELEMETRY",
    "CLAUDE_CODE_ENHANCED_TELEMETRY_BETA",
    "ENABLE_ENHANCED_TELEMETRY_BETA",
    *EXPORTERS,
    *OF_COLLECTOR,
    *CONTENT,
    "OTEL_METRICS_INCLUDE_RESOURCE_ATTRIBUTES",
    RESOURCE_ATTRIBUTES,
    "ENABLE_BETA_TRACING_DETAILED",
    "BETA_TRACING_ENDPOINT",
)
DECIDED = tuple(name for name in TELEMETRY if not name.endswith(_CERTIFICATES))

LEFT_ALONE: dict[str, tuple[str, ...]] = {
    "the cloud's own tools, and every program of the user that talks to that cloud": (
        "AWS_ACCESS_KEY_ID",
        "AWS_ACCOUNT_ID",
        "AWS_AUTH_SCHEME_PREFERENCE",
        "AWS_CA_BUNDLE",
        "AWS_CONFIG_FILE",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
        "AWS_CREDENTIAL_EXPIRATION",
        "AWS_CREDENTIAL_SCOPE",
        "AWS_DEFAULTS_MODE",
        "AWS_DEFAULT_PROFILE",
        "AWS_DEFAULT_REGION",
        "AWS_EC2_METADATA_DISABLED",
        "AWS_EC2_METADATA_SERVICE_ENDPOINT",
        "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE",
        "AWS_EC2_METADATA_V1_DISABLED",
        "AWS_ECS_EC2",
        "AWS_ECS_FARGATE",
        "AWS_ENDPOINT_URL",
        "AWS_ENDPOINT_URL_BEDROCK",
        "AWS_ENDPOINT_URL_BEDROCK_RUNTIME",
        "AWS_ENDPOINT_URL_SIGNIN",
        "AWS_ENDPOINT_URL_SSO",
        "AWS_ENDPOINT_URL_SSO_OIDC",
        "AWS_ENDPOINT_URL_STS",
        "AWS_EXECUTION_ENV",
        "AWS_LAMBDA_BENCHMARK_MODE",
        "AWS_LAMBDA_FUNCTION_NAME",
        "AWS_LAMBDA_MAX_CONCURRENCY",
        "AWS_LOGIN_CACHE_DIRECTORY",
        "AWS_MAX_ATTEMPTS",
        "AWS_PAGER",
        "AWS_PROFILE",
        "AWS_REGION",
        "AWS_RETRY_MODE",
        "AWS_ROLE_ARN",
        "AWS_ROLE_SESSION_NAME",
        "AWS_SDK_UA_APP_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "AWS_SHARED_CREDENTIALS_FILE",
        "AWS_USE_DUALSTACK_ENDPOINT",
        "AWS_USE_FIPS_ENDPOINT",
        "AWS_WEB_IDENTITY_TOKEN_FILE",
        "CLOUDSDK_ACTIVE_CONFIG_NAME",
        "CLOUDSDK_AUTH_ACCESS_TOKEN",
        "CLOUDSDK_CONFIG",
        "CLOUDSDK_CORE_CUSTOM_CA_CERTS_FILE",
        "GCLOUD_PROJECT",
        "GOOGLE_APPLICATION_CREDENTIALS",
        "GOOGLE_CLOUD_PROJECT",
        "GOOGLE_CLOUD_QUOTA_PROJECT",
        "GOOGLE_CLOUD_WORKSTATIONS",
    ),
    "the way out of the user's network": ("ALL_PROXY", "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY"),
    "the user's choice of where the client keeps its files; `isolated` sets its own": (
        "CLAUDE_CONFIG_DIR",
        "CLAUDE_SECURESTORAGE_CONFIG_DIR",
    ),
    "an administrator's policy (without effect on 2.1.329, measured)": ("CLAUDE_CODE_MANAGED_SETTINGS_PATH",),
    "less traffic, which is the user's to ask for": (
        "CLAUDE_CODE_DISABLE_FEATURE_FLAGS",
        "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC",
        "CLAUDE_CODE_DISABLE_OFFICIAL_MARKETPLACE_AUTOINSTALL",
        "DISABLE_AUTOUPDATER",
        "DISABLE_ERROR_REPORTING",
        "DISABLE_GROWTHBOOK",
        "DISABLE_TELEMETRY",
    ),
    "the user's own telemetry: a profile with [telemetry] pins them all, and `private` turns it off": TELEMETRY,
    "the user's taste: no effect on where requests go, with which credential and model": (
        "ANTHROPIC_LOG",
        "CLAUDE_CODE_API_KEY_HELPER_TTL_MS",
        "CLAUDE_CODE_ATTRIBUTION_ANNOUNCEMENT",
        "CLAUDE_CODE_ATTRIBUTION_PROJECT",
        "CLAUDE_CODE_ATTRIBUTION_STATUS_TIMEOUT_MS",
        "CLAUDE_CODE_HOST_ARTIFACT_TYPE_COMMANDS",
        "CLAUDE_CODE_HOST_CHECKED_FOLDER",
        "CLAUDE_CODE_HOST_GUARDS_ARTIFACTS_MCP",
        "CLAUDE_CODE_HOST_PLATFORM",
        "CLAUDE_CODE_HOST_SHORT_TEMP_DIRS",
        "CLAUDE_CODE_HOST_SHOWS_CONNECTION_NOTICE",
        "CLAUDE_CODE_HOST_SKILL_CATALOG",
        "CLAUDE_CODE_OAUTH_401_WAIT_MS",
        "CLAUDE_CODE_SUBAGENT_CACHE_EVICT",
        "CLAUDE_CODE_SUBAGENT_CONFIG_WARNING",
        "CLAUDE_CODE_SUBAGENT_HISTORY",
        "CLAUDE_CODE_SUBAGENT_PROMPT_CACHE_TTL",
        "CLAUDE_CODE_SUBAGENT_PROMPT_SNAPSHOT",
        "CLAUDE_CODE_USE_CCR_V2",
        "CLAUDE_CODE_USE_COWORK_PLUGINS",
        "CLAUDE_CODE_USE_NATIVE_FILE_SEARCH",
        "CLAUDE_CODE_USE_POWERSHELL_TOOL",
    ),
}


def group_of(name: str) -> Group | None:
    """The group that takes this variable out of a launch, if one does."""
    return next((group for group in GROUPS if name in group.names), None)
