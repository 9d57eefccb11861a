"""The table of variables covers the client's, each one once."""

from itertools import product

import pytest

from cc_launcher.core.profile import variables
from tests.unit.conftest import REPOSITORY

DATA = REPOSITORY / "tests" / "data" / "client-variables.txt"
# What the client itself reads for a launch, and more that was measured to hijack, leak into or reshape one. Written as
# one would for a shell: braces are expanded, and what ends in `*` is a family, of which DATA names the members.
TO_UNSET = """
    CLAUDE_CODE_USE_{BEDROCK,VERTEX,FOUNDRY,MANTLE,ANTHROPIC_AWS,ANTHROPIC_GOOGLE_CLOUD,GATEWAY}
    ANTHROPIC_FOUNDRY_RESOURCE ANTHROPIC_VERTEX_PROJECT_ID ANTHROPIC_AWS_WORKSPACE_ID
    ANTHROPIC_GOOGLE_CLOUD_{PROJECT,LOCATION,WORKSPACE_ID} CLOUD_ML_REGION VERTEX_REGION_CLAUDE_*
    ANTHROPIC_BASE_URL ANTHROPIC_{BEDROCK,VERTEX,FOUNDRY,AWS,GOOGLE_CLOUD,BEDROCK_MANTLE}_BASE_URL
    _CLAUDE_CODE_ASSUME_FIRST_PARTY_BASE_URL ANTHROPIC_UNIX_SOCKET CLAUDE_CODE_RUNNER_MODEL_SOCKET
    CLAUDE_CODE_API_BASE_URL CLAUDE_CODE_CUSTOM_OAUTH_URL
    ANTHROPIC_API_KEY ANTHROPIC_AUTH_TOKEN ANTHROPIC_CUSTOM_HEADERS
    CLAUDE_CODE_OAUTH_{TOKEN,REFRESH_TOKEN,SCOPES,CLIENT_ID}
    AWS_BEARER_TOKEN_BEDROCK ANTHROPIC_FOUNDRY_{API_KEY,AUTH_TOKEN} ANTHROPIC_AWS_API_KEY ANTHROPIC_PROFILE
    ANTHROPIC_{FEDERATION_RULE_ID,ORGANIZATION_ID,WORKSPACE_ID,SERVICE_ACCOUNT_ID,IDENTITY_TOKEN,IDENTITY_TOKEN_FILE}
    ANTHROPIC_{SCOPE,CONFIG_DIR}
    CLAUDE_CODE_{API_KEY,OAUTH_TOKEN,GATEWAY_TOKEN,WEBSOCKET_AUTH}_FILE_DESCRIPTOR CLAUDE_CODE_HOST_AUTH_ENV_VAR
    CLAUDE_CODE_HOST_CREDS_FILE CLAUDE_CODE_SESSION_ACCESS_TOKEN CLAUDE_SESSION_INGRESS_TOKEN_FILE
    CLAUDE_CODE_SKIP_{BEDROCK,VERTEX,FOUNDRY,MANTLE,ANTHROPIC_AWS,ANTHROPIC_GOOGLE_CLOUD}_AUTH
    ANTHROPIC_MODEL ANTHROPIC_DEFAULT_MODEL
    ANTHROPIC_DEFAULT_{OPUS,SONNET,HAIKU,FABLE}_MODEL{,_NAME,_DESCRIPTION,_SUPPORTED_CAPABILITIES}
    ANTHROPIC_SMALL_FAST_MODEL{,_AWS_REGION}
    ANTHROPIC_CUSTOM_MODEL_OPTION{,_NAME,_DESCRIPTION,_SUPPORTED_CAPABILITIES}
    CLAUDE_CODE_{SUBAGENT_MODEL,SUBAGENT_MODEL_FORCE,WORKFLOW_SUBAGENT_MODEL,AUTO_MODE_MODEL,BG_CLASSIFIER_MODEL}
    CLAUDE_CODE_MODEL_CAPABILITIES CLAUDE_CODE_MODEL_CATALOG*
    CLAUDE_CODE_3P_* ANTHROPIC_BEDROCK_{SERVICE_TIER,REGION_PREFIX}
    ANTHROPIC_BETAS CLAUDE_CODE_EXTRA_BODY CLAUDE_CODE_EXTRA_METADATA CLAUDE_CODE_MAX_{OUTPUT,CONTEXT}_TOKENS
    CLAUDE_CODE_AUTO_COMPACT_WINDOW MAX_THINKING_TOKENS CLAUDE_CODE_EFFORT_LEVEL CLAUDE_CODE_SIMULATE_PROXY_USAGE
    CLAUDE_CODE_DISABLE_{EXPERIMENTAL_BETAS,THINKING,ADAPTIVE_THINKING,1M_CONTEXT} ENABLE_TOOL_SEARCH
    DISABLE_PROMPT_CACHING*
    CLAUDECODE CLAUDE_CODE_{CHILD_SESSION,SESSION_ID,ENTRYPOINT,EXECPATH,SESSION_ATTENDED,CHILD_NOTES_DIR}
    CLAUDE_CODE_{MESSAGING_SOCKET,MESSAGING_TOKEN} CLAUDE_PID CLAUDE_EFFORT AI_AGENT
    CLAUDE_CODE_SUBPROCESS_ENV_SCRUB CLAUDE_CODE_SIMPLE API_TIMEOUT_MS CLAUDE_CODE_SESSION_KIND CLAUDE_CODE_REMOTE
"""
GROUPED = [name for group in variables.GROUPS for name in group.names]
LEFT_ALONE = [name for names in variables.LEFT_ALONE.values() for name in names]


def of_the_client() -> list[str]:
    """The client's variables; a name that ends in `_` is only where a family begins."""
    lines = DATA.read_text(encoding="utf-8").splitlines()
    names = [line.split(" ")[0] for line in lines if line and not line.startswith("#")]
    return [name for name in names if not name.endswith("_")]


def expanded(words: str) -> list[str]:
    """The words with their braces expanded, and each family replaced by its members."""
    names: list[str] = []
    for word in words.split():
        pieces = word.replace("}", "{").split("{")  # text and choices, in turns
        names += ["".join(made) for made in product(*(piece.split(",") for piece in pieces))]
    client = of_the_client()
    families = [name[:-1] for name in names if name.endswith("*")]
    return [name for name in names if not name.endswith("*")] + [
        name for name in client for family in families if name.startswith(family)
    ]


def test_every_variable_of_the_client_is_decided_about_exactly_once() -> None:
    decided = [*GROUPED, *LEFT_ALONE]
    assert [name for name in of_the_client() if decided.count(name) != 1] == []


def test_no_variable_is_named_twice() -> None:
    decided = [*GROUPED, *LEFT_ALONE]
    assert sorted({name for name in decided if decided.count(name) > 1}) == []


def test_what_a_scoped_launch_has_to_take_out_it_takes_out() -> None:
    names = expanded(TO_UNSET)
    assert len(names) > 140
    assert [name for name in names if name not in GROUPED] == []


def test_what_is_left_alone_routes_nothing_of_the_client_itself() -> None:
    assert [name for name in LEFT_ALONE if name.startswith("ANTHROPIC_") and name != "ANTHROPIC_LOG"] == []


@pytest.mark.parametrize(
    "name", ["HTTPS_PROXY", "NO_PROXY", "AWS_PROFILE", "AWS_SECRET_ACCESS_KEY", "CLAUDE_CONFIG_DIR"]
)
def test_what_other_programs_and_the_way_out_need_stays(name: str) -> None:
    assert variables.group_of(name) is None
    assert name in LEFT_ALONE


def test_routing_and_credentials_are_the_two_that_nobody_may_hand_through() -> None:
    assert [group for group in variables.GROUPS if not group.keepable] == [variables.ROUTING, variables.CREDENTIALS]


@pytest.mark.parametrize("group", variables.GROUPS, ids=lambda group: group.reason[:12])
def test_each_variable_knows_its_group(group: variables.Group) -> None:
    for name in group.names:
        assert variables.group_of(name) is group
    assert variables.group_of("FOO") is None
