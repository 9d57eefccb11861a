"""MCP servers of a profile: what may be written, and what becomes of it."""

import json
import shlex
from typing import Any

import pytest

from cc_launcher.core.errors import INVALID, CcError
from cc_launcher.core.plan import BY_ITSELF, MCP, Plan, arguments, environment, mcp_config
from cc_launcher.core.plan.machine import McpFile
from cc_launcher.launch import request
from tests.unit.conftest import BEFORE_HOST_FLAG, CANARY, CURRENT, all_of, plan_of, resolved

NONE = 'base_url = "http://localhost:1"\nauth = "none"\n[tiers]\nmain = "m"\n'
BEARER = 'base_url = "https://h"\nauth = "bearer"\n[tiers]\nmain = "m"\n'
BASIC = '[mcp_servers.cdata]\nurl = "https://data.example/mcp"\n[mcp_servers.cdata.secret_headers]\n'
CDATA = BASIC + 'Authorization = { secret = "keyring:cdata", user = "me@example.com" }\n'
PROGRAM = '[mcp_servers.p]\ncommand = "npx"\nargs = ["-y", "server"]\nenv.A = "b"\nsecret_env.P_TOKEN = "keyring:p"\n'
OWN = ("/py thon", "-P", "-m", "cc_launcher")


def servers(plan: Plan) -> dict[str, Any]:
    """What the launch hands over inline."""
    [option] = [argument for argument in plan.args if argument.startswith("--mcp-config={")]
    found = json.loads(option.partition("=")[2])
    assert list(found) == ["mcpServers"]
    return dict(found["mcpServers"])


def refused(text: str, **of_machine: Any) -> CcError:
    with pytest.raises(CcError) as caught:
        plan_of(text, **of_machine)
    assert caught.value.code == INVALID
    assert CANARY not in all_of(caught.value)
    return caught.value


def test_a_server_at_a_url_gets_its_headers_from_a_helper_of_ours() -> None:
    text = NONE + CDATA + 'X-B = { secret = "pass:a b", prefix = "Bearer " }\nX-C = "file:~/c"\n'
    [server] = servers(plan_of(text + '[mcp_servers.cdata.headers]\nX-Team = "x"\n', own_command=OWN)).values()

    helper = shlex.split(server.pop("headersHelper"))

    assert server == {"type": "http", "url": "https://data.example/mcp", "headers": {"X-Team": "x"}}
    assert helper[:7] == [*OWN, "__mcp", "headers", "data.example"]
    assert [helper[index : index + 4] for index in range(7, len(helper), 4)] == [
        ["Authorization", "", "me@example.com", "keyring:cdata"],
        ["X-B", "Bearer ", "", "pass:a b"],
        ["X-C", "", "", "file:~/c"],
    ]


def test_a_program_is_started_by_ours_where_it_has_a_secret_and_by_itself_where_not() -> None:
    plan = plan_of(NONE + PROGRAM + '[mcp_servers.q]\ncommand = "q"\n', own_command=OWN)
    assert servers(plan) == {
        "p": {
            "type": "stdio",
            "command": OWN[0],
            "args": [*OWN[1:], "__mcp", "exec", "P_TOKEN", "keyring:p", "--", "npx", "-y", "server"],
            "env": {"A": "b"},
        },
        "q": {"type": "stdio", "command": "q", "args": []},
    }


def test_the_entry_of_a_server_calls_what_is_there() -> None:
    assert mcp_config.COMMAND == request.MCP


@pytest.mark.parametrize("version", [CURRENT, BEFORE_HOST_FLAG])
@pytest.mark.parametrize("profile", [NONE, BEARER, BEARER.replace("bearer", "api-key"), 'auth = "login"\n'])
def test_the_secret_of_a_server_is_in_nothing_that_a_launch_sets(profile: str, version: tuple[int, ...]) -> None:
    without, plan = (plan_of(profile + more, version=version) for more in ("", CDATA + PROGRAM))
    own = [slot for slot in plan.slots if slot.delivery != MCP]
    parent = {"P_TOKEN": "stays", "Authorization": "stays", "A": "stays"}

    assert tuple(own) == without.slots
    assert [slot.name for slot in plan.slots[len(own) :]] == ["cdata.Authorization", "p.P_TOKEN"]
    assert plan.but(args=(), slots=()) == without.but(args=(), slots=())
    handed = ["1"] * len(own)
    assert environment(plan, parent, [*handed, CANARY, CANARY]) == environment(without, parent, handed)


def test_a_subcommand_of_the_client_and_the_users_own_option() -> None:
    plan = plan_of(NONE + CDATA)
    for subcommand in plan.subcommands:
        assert not any(word.startswith("--mcp-config") for word in arguments(plan, [subcommand, "list"], plan.pins))
    argv = arguments(plan, ["--mcp-config", "mine.json"], plan.pins)
    assert argv[-2:] == ["--mcp-config", "mine.json"]
    # With a blank instead of the `=`, the client would take a prompt behind it for another file.
    assert "--mcp-config" not in argv[:-2]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('[mcp_servers.x]\ntype = "http"', "needs a `url` or a `command`"),
        ('[mcp_servers.x]\nurl = "https://h"\ncommand = "c"', "needs a `url` or a `command`"),
        ('[mcp_servers.x]\nurl = "https://h"\nargs = ["c"]', "has args, which does not go with its url"),
        ('[mcp_servers.x]\ncommand = "c"\nsecret_headers.A = "keyring:k"', "has secret_headers"),
        ('[mcp_servers.x]\ncommand = "c"\ntype = "sse"', 'has type = "sse"'),
        ('[mcp_servers.x]\nurl = "https://h"\ntype = "stdio"', 'has type = "stdio"'),
        ('[mcp_servers.x]\nurl = "http://far.example"\nsecret_headers.A = "keyring:k"', "is plain http"),
        ('[mcp_servers.x]\nurl = "https://me:sk-canary-4f9b2a7d1c@h"', "contains a user name or a password"),
        ('[mcp_servers.x]\nurl = "https://h?api_key=sk-canary-4f9b2a7d1c"', "what looks like a secret"),
        ('[mcp_servers.x]\nurl = "ftp://h"', "has the scheme"),
        ('[mcp_servers.x]\nurl = "https://h"\nheaders.Authorization = "sk-canary-4f9b2a7d1c"', "sounds like a secret"),
        ('[mcp_servers.x]\ncommand = "c"\nenv.MY_TOKEN = "sk-canary-4f9b2a7d1c"', "sounds like a secret"),
        ('[mcp_servers.x]\nurl = "https://h"\nheaders.A = "${ANTHROPIC_AUTH_TOKEN}"', "takes a credential"),
        ('[mcp_servers.x]\ncommand = "c"\nargs = ["${ANTHROPIC_API_KEY:-x}"]', "takes a credential"),
        (
            '[mcp_servers.x]\nurl = "https://h"\nsecret_headers.A = "sk-canary-4f9b2a7d1c"',
            "does not say where the key is kept",
        ),
        ('[mcp_servers.x]\nurl = "https://h"\nsecret_headers.A = "env:MY_KEY"', "every command of the session"),
        ('[mcp_servers.x]\nurl = "https://h"\nsecret_headers.A = { secret = "env:MY_KEY" }', "every command of the"),
        ('[mcp_servers.x]\nurl = "https://h"\nsecret_headers."A B" = "keyring:k"', "is no header name"),
        ('[mcp_servers.x]\nurl = "https://h"\nsecret_headers.A = { secret = "keyring:k", user = "a:b" }', "a colon"),
        (
            '[mcp_servers.x]\nurl = "https://h"\nsecret_headers.A = { secret = "keyring:k", user = "a", prefix = "b" }',
            "with a prefix",
        ),
        (
            '[mcp_servers.x]\nurl = "https://h"\nsecret_headers.A = { secret = "keyring:k", usr = "a" }',
            "did you mean user",
        ),
        ('[mcp_servers.x]\ncommand = "c"\nsecret_env.A = "env:B"', "every command of the session"),
        ('[mcp_servers.x]\ncommand = "c"\nsecret_env.PATH = "keyring:k"', "which programs run"),
        ('[mcp_servers."a b"]\ncommand = "c"', "cannot name an MCP server"),
        ('[mcp_servers.x]\ncomand = "c"', "did you mean command"),
        ('[mcp_servers.x]\nurl = "https://h"\nsecret_headers.A = 3', "must be"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(line: str, said: str) -> None:
    error = refused(NONE + line + "\n")
    assert said in f"{error.what} {error.hint}"
    assert error.what.startswith("mine.toml:")


@pytest.mark.parametrize("scrub", [False, True])
def test_a_store_that_needs_a_variable_and_scrub(scrub: bool) -> None:  # noqa: FBT001 - a parameter of the test
    text = f"scrub = {str(scrub).lower()}\n" + NONE + BASIC + 'A = "vault:secret/x#y"\n'
    if scrub:
        assert "the MCP server cdata" in refused(text).what
    else:
        assert plan_of(text).slots[-1].delivery in BY_ITSELF


@pytest.mark.parametrize(
    "text",
    [
        "secret = 'keyring:cdata'\n" + BEARER + CDATA,
        BEARER + CDATA.replace("keyring:cdata", "keyring:mine"),  # which a profile has that names none
        BEARER + "[secret_headers]\nx-a = 'keyring:cdata'\n" + CDATA,
        NONE + CDATA + CDATA.replace("data.example", "other.example").replace(".cdata", ".two"),
        NONE + CDATA + PROGRAM.replace("keyring:p", "keyring:cdata"),
    ],
)
def test_one_secret_does_not_go_to_two_places(text: str) -> None:
    assert "would go to" in refused(text).what
    assert "would go to" in refused("key_env = ['K']\n" + text, present=frozenset({"K"})).what


def test_one_secret_may_serve_the_model_and_the_data_of_one_host() -> None:
    assert plan_of("secret = 'keyring:cdata'\n" + BEARER.replace("//h", "//data.example") + CDATA).slots


def test_a_server_comes_from_what_is_extended_and_may_be_changed() -> None:
    base, child = NONE + CDATA, 'extends = "base"\n[mcp_servers.cdata]\nurl = "https://eu.data.example/mcp"\n'
    plan = plan_of(resolved({"base": base, "mine": child}))
    assert servers(plan)["cdata"]["url"] == "https://eu.data.example/mcp"
    assert "eu.data.example Authorization" in servers(plan)["cdata"]["headersHelper"]


# --- a file of servers


def test_a_file_is_named_and_not_copied_into_the_arguments() -> None:
    file = McpFile("/p/data.json", "data.json", (("a", "https://h"),), ("a note",))
    plan = plan_of('mcp = "data.json"\nargs = ["--verbose"]\n' + NONE + PROGRAM, mcp_file=file)
    assert plan.args[0] == "--mcp-config=/p/data.json"
    assert plan.args[1].startswith('--mcp-config={"mcpServers":{"p":')
    assert plan.args[2:] == ("--verbose",)
    assert "a note" in plan.notes


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "not JSON"),
        ('{"mcpServers": }', "not JSON (line 1)"),
        ("[" * 100_000, "not JSON"),
        ("[]", "has no mcpServers"),
        ('{"servers": {}}', "has no mcpServers"),
        ('{"mcpServers": {"a": 1}}', "has no mcpServers"),
        ('{"mcpServers": {"a": {"headers": {"X": "${ANTHROPIC_AUTH_TOKEN}"}}}}', "takes ANTHROPIC_AUTH_TOKEN"),
    ],
)
def test_what_is_wrong_with_a_file(content: str, said: str) -> None:
    with pytest.raises(CcError) as caught:
        mcp_config.read_file(content, "/p/data.json", "data.json")
    assert caught.value.code == INVALID
    assert caught.value.what.startswith("data.json: ")
    assert said in caught.value.what


@pytest.mark.parametrize(
    ("server", "found"),
    [
        ({"url": "https://h", "headers": {"Authorization": CANARY}}, "x: Authorization"),
        ({"url": "https://h", "headers": {"Authorization": "Bearer ${MY_TOKEN}"}}, ""),
        ({"url": "https://h", "headers": {"X-Team": "a"}}, ""),
        ({"command": "c", "env": {"MY_API_KEY": CANARY, "PLACE": "b"}}, "x: MY_API_KEY"),
        ({"command": "c", "env": {"MY_API_KEY": ""}, "headers": 3}, ""),
    ],
)
def test_a_secret_in_clear_text_is_told_without_it(server: dict[str, Any], found: str) -> None:
    read = mcp_config.read_file(json.dumps({"mcpServers": {"x": server}}), "/p/data.json", "data.json")
    assert read.servers == (("x", server.get("url") or "c"),)
    assert [note.partition("(")[2].partition(")")[0] for note in read.notes] == ([found] if found else [])
    assert CANARY not in str(read)
