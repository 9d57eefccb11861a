"""`cc env` for other places: what each of them wants, with the name of the secret in the place of the secret."""

import json
import re
import tomllib
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped] # it comes without types
from hypothesis import example, given
from hypothesis import strategies as st

from cc_launcher.core.errors import USAGE, CcError
from cc_launcher.core.plan import Plan, elsewhere
from cc_launcher.core.plan.exports import ACTION, DEVCONTAINER, GITHUB
from cc_launcher.core.profile.resolve import Resolved
from tests.unit.conftest import CATALOG, catalog_profile, plan_of, resolved
from tests.unit.core.plan.test_make_plan import ENV_PROFILE, KEY_PROFILE, LOGIN_PROFILE, NONE_PROFILE, TOKEN_PROFILE

PLACES = (GITHUB, ACTION, DEVCONTAINER)
STRAY = {"ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "CLAUDE_CODE_OAUTH_TOKEN"}
HEADERS = "ANTHROPIC_CUSTOM_HEADERS"
CLOUD = 'auth = "cloud"\ncloud = "bedrock"\nregion = "eu-west-1"\n[tiers]\nmain = "m"\n'


def of(text: str | Resolved, place: str, **of_machine: Any) -> Any:
    """What is printed for this place, read by a reader of its format."""
    whole = resolved(text) if isinstance(text, str) else text
    plan = plan_of(whole, **of_machine)
    elsewhere.refuse(whole, plan, place)
    return read(elsewhere.text(whole, plan, place), place)


def read(text: str, place: str) -> Any:
    """The values, after a look at whether it has the published shape."""
    if place == DEVCONTAINER:
        found = json.loads(text)
        assert set(found) <= {"runArgs", "containerEnv", "remoteEnv", "secrets"}
        assert all(isinstance(value, str) for key in ("containerEnv", "remoteEnv") for value in found[key].values())
        for name, about in found.get("secrets", {}).items():
            assert re.fullmatch("[a-zA-Z_][a-zA-Z0-9_]*", name)
            assert {"description"} <= set(about) <= {"description", "documentationUrl"}
        return found
    steps = yaml.safe_load(text)
    for step in steps:
        assert set(step) <= {"name", "run", "env", "uses", "with"}
        assert ("run" in step) != ("uses" in step)
        texts = [step["name"], step.get("run", ""), *step.get("env", {}).values(), *step.get("with", {}).values()]
        assert all(isinstance(value, str) for value in texts)
    return steps


def environment(text: str | Resolved, place: str) -> dict[str, str]:
    """The variables that the client gets there."""
    found = of(text, place)
    if place == DEVCONTAINER:
        return dict(found["containerEnv"] | found["remoteEnv"])
    return dict(found[-1]["env"])


def said(text: str | Resolved, place: str) -> str:
    whole = resolved(text) if isinstance(text, str) else text
    return "\n".join(elsewhere.notes(whole, plan_of(whole), place))


def refused(text: str | Resolved, place: str, *, sealed: bool = False, word: str | None = None) -> tuple[str, str]:
    whole = resolved(text) if isinstance(text, str) else text
    with pytest.raises(CcError) as caught:
        elsewhere.refuse(whole, plan_of(whole, word, sealed=sealed), place)
    assert caught.value.code == USAGE
    return caught.value.what, caught.value.hint


SECRET = {GITHUB: "${{ secrets.%s }}", ACTION: "${{ secrets.%s }}", DEVCONTAINER: "${localEnv:%s}"}


@pytest.mark.parametrize("place", PLACES)
def test_a_token_is_named_and_the_variables_are_those_of_a_launch(place: str) -> None:
    isolated = "isolated = true\n" + TOKEN_PROFILE  # a directory of this machine
    plan = plan_of(isolated)
    marks = {"CC_PROFILE", "CC_PROTECTION", "CC_PRICES", "CLAUDE_CONFIG_DIR"}
    stray = {} if place == ACTION else dict.fromkeys(STRAY - {"ANTHROPIC_AUTH_TOKEN"}, "")
    assert environment(isolated, place) == {
        **{name: value for name, value in plan.set.items() if name not in marks},
        **stray,
        "ANTHROPIC_AUTH_TOKEN": SECRET[place] % "MINE_API_KEY",
    }
    assert "cc secret get mine" in said(TOKEN_PROFILE, place)
    assert "MINE_API_KEY" in said(TOKEN_PROFILE, place)


def test_a_providers_own_variable_names_the_secret_and_a_container_says_where_to_get_one() -> None:
    whole = catalog_profile("zai")
    found = of(whole, DEVCONTAINER)
    assert found["remoteEnv"]["ANTHROPIC_AUTH_TOKEN"] == "${localEnv:ZAI_API_KEY}"
    assert found["secrets"] == {
        "ZAI_API_KEY": {"description": "A key of Z.ai GLM", "documentationUrl": whole.profile.key_url}
    }
    assert not STRAY & set(found["containerEnv"])  # a secret of a container's own could not be replaced


@pytest.mark.parametrize("place", PLACES)
def test_a_key_that_waits_in_a_pipe_elsewhere_is_a_variable_there(place: str) -> None:
    secret = SECRET[place] % "MINE_API_KEY"
    found = environment(KEY_PROFILE, place)
    assert not any("DESCRIPTOR" in name for name in found)
    if place == ACTION:
        (step,) = of(KEY_PROFILE, place)
        assert step["with"]["anthropic_api_key"] == secret
        assert not STRAY & set(step["env"])
        assert "twice" not in said(KEY_PROFILE, place)
    else:
        assert {name: found[name] for name in STRAY} == {
            "ANTHROPIC_API_KEY": secret,
            "ANTHROPIC_AUTH_TOKEN": "",
            "CLAUDE_CODE_OAUTH_TOKEN": "",
        }


def test_the_action_gets_a_token_as_the_key_that_it_wants_and_says_so() -> None:
    (step,) = of(TOKEN_PROFILE, ACTION)
    assert step["uses"] == "anthropics/claude-code-action@v1"
    assert step["with"]["anthropic_api_key"] == step["env"]["ANTHROPIC_AUTH_TOKEN"] == "${{ secrets.MINE_API_KEY }}"
    assert "as a key and as a token" in said(TOKEN_PROFILE, ACTION)
    assert "as a key and as a token" not in said(KEY_PROFILE, ACTION)


@pytest.mark.parametrize("place", PLACES)
def test_headers_keep_their_other_lines_and_each_secret_has_one_name(place: str) -> None:
    text = (
        TOKEN_PROFILE + '[headers]\nx-plain = "p"\n[secret_headers]\nx-other = "pass:team/other"\n'
        'x-own = { secret = "own", prefix = "Key " }\n'
    )
    mine, other = SECRET[place] % "MINE_API_KEY", SECRET[place] % "MINE_X_OTHER"
    assert environment(text, place)[HEADERS] == f"x-plain: p\nx-other: {other}\nx-own: Key {mine}"
    assert "cc secret get --reference pass:team/other" in said(text, place)


@pytest.mark.parametrize("place", PLACES)
def test_a_secret_of_a_variable_keeps_its_name_unless_github_has_that_for_itself(place: str) -> None:
    assert environment(ENV_PROFILE, place)["ANTHROPIC_AUTH_TOKEN"] == SECRET[place] % "MY_KEY"
    ours = ENV_PROFILE.replace("env:MY_KEY", "env:GITHUB_TOKEN")
    assert environment(ours, place)["ANTHROPIC_AUTH_TOKEN"] == SECRET[place] % "KEY_GITHUB_TOKEN"
    if place == DEVCONTAINER:
        assert "MY_KEY has to be set where the editor is started" in said(ENV_PROFILE, place)


def test_two_secrets_never_have_one_name() -> None:
    text = TOKEN_PROFILE + '[secret_headers]\nx-k = "pass:a"\nx_k = "pass:b"\n'
    whole = resolved(text)
    assert elsewhere.named(whole, plan_of(whole)) == {
        "keyring:k": "MINE_API_KEY",
        "pass:a": "MINE_X_K",
        "pass:b": "MINE_X_K_2",
    }
    digit = resolved({"7b": TOKEN_PROFILE}, "7b")
    assert elsewhere.named(digit, plan_of(digit)) == {"keyring:k": "KEY_7B_API_KEY"}


@pytest.mark.parametrize("place", PLACES)
def test_plain_claude_there_has_the_token_of_a_login(place: str) -> None:
    token = "CLAUDE_CODE_OAUTH_TOKEN"
    if place == ACTION:
        assert of(LOGIN_PROFILE, place)[0]["with"]["claude_code_oauth_token"] == SECRET[place] % token
    else:
        assert environment(LOGIN_PROFILE, place)[token] == SECRET[place] % token
    assert "claude setup-token prints a token" in said(LOGIN_PROFILE, place)


@pytest.mark.parametrize("place", PLACES)
def test_a_cloud_with_its_own_login_has_no_secret_and_says_how_to_log_in_there(place: str) -> None:
    values = environment(CLOUD, place)
    assert values["AWS_REGION"] == "eu-west-1"
    assert "secrets" not in json.dumps(of(CLOUD, place))
    assert ("aws sso login" if place == DEVCONTAINER else "configure-aws-credentials") in said(CLOUD, place)
    (*_, step) = of(CLOUD, place) if place != DEVCONTAINER else [{}]
    switch = "CLAUDE_CODE_USE_BEDROCK"
    assert (switch in values) == (place != ACTION)  # which empties it, unless its input is set
    assert step.get("with", {}).get("use_bedrock") == ("true" if place == ACTION else None)
    assert "AWS_PROFILE" not in environment(f'{CLOUD}[values]\naws_profile = "work"\n', place)


@pytest.mark.parametrize("place", PLACES)
def test_a_key_for_a_cloud_is_a_secret_too(place: str) -> None:
    text = f"{CLOUD}".replace('"cloud"', '"bearer"\nsecret = "keyring:k"', 1)
    assert environment(text, place)["AWS_BEARER_TOKEN_BEDROCK"] == SECRET[place] % "MINE_API_KEY"
    assert "login" not in said(text, place)


def test_a_container_reaches_a_server_of_this_machine_by_its_name_for_it() -> None:
    found = of(NONE_PROFILE, DEVCONTAINER)
    assert found["runArgs"] == ["--add-host=host.docker.internal:host-gateway"]
    assert found["containerEnv"]["ANTHROPIC_BASE_URL"] == "http://host.docker.internal:1"
    assert not {"NO_PROXY", "no_proxy"} & set(found["containerEnv"])
    assert "secrets" not in found
    assert "not on 127.0.0.1 alone" in said(NONE_PROFILE, DEVCONTAINER)
    with_token = TOKEN_PROFILE.replace("https://h", "http://127.0.0.1:8080")
    assert with_token != TOKEN_PROFILE
    secret = of(with_token, DEVCONTAINER)
    assert "ANTHROPIC_AUTH_TOKEN" not in secret["containerEnv"]
    assert secret["containerEnv"]["ANTHROPIC_BASE_URL"].startswith("http://host.docker.internal:8080")


@pytest.mark.parametrize("place", [GITHUB, ACTION])
def test_a_runner_of_githubs_does_not_reach_this_machine(place: str) -> None:
    what, hint = refused(NONE_PROFILE, place)
    assert what == "mine: http://localhost:1 is on this machine, which a runner of GitHub's cannot reach"
    assert "cc run mine" in hint


@pytest.mark.parametrize("host", ["10.1.2.3", "gpu", "gpu.lan", "[fd00::1]"])
def test_a_server_in_ones_own_network_needs_a_runner_there(host: str) -> None:
    near = f"plain_http = true\n{NONE_PROFILE}".replace("localhost", host)
    assert f"{host.strip('[]')} is in a network of your own" in said(near, GITHUB)
    assert "network of your own" not in said(near, DEVCONTAINER)
    assert "network of your own" not in said(TOKEN_PROFILE.replace("https://h", "https://h.example"), GITHUB)
    assert "network of your own" not in said(CLOUD, GITHUB)


@pytest.mark.parametrize("place", PLACES)
def test_what_a_place_cannot_have_is_refused_with_another_way(place: str) -> None:
    what, hint = refused(TOKEN_PROFILE, place, sealed=True)
    assert "sealed launch needs cc" in what
    assert "sealed = false" in hint
    what, hint = refused('auth = "login"\nbase_url = "https://h.example"\n', place)
    assert "your claude.ai login stays" in what
    assert "cc add" in hint


@pytest.mark.parametrize("place", PLACES)
def test_a_secret_in_the_address_stands_there(place: str) -> None:
    text = KEY_PROFILE.replace("https://h", "https://h/{tenant}/x/{other}/y")
    text += '[secret_values]\ntenant = "keyring:t"\nother = "keyring:o"\n'
    first, second = SECRET[place] % "MINE_TENANT", SECRET[place] % "MINE_OTHER"
    assert environment(text, place)["ANTHROPIC_BASE_URL"] == f"https://h/{first}/x/{second}/y"
    assert "must be written as %XX" in said(text, place)
    assert "%XX" not in said(KEY_PROFILE, place)
    if place == DEVCONTAINER:
        assert "ANTHROPIC_BASE_URL" not in of(text, place)["containerEnv"]


def test_the_action_knows_three_clouds() -> None:
    what, hint = refused(catalog_profile("claude-platform-aws"), ACTION)
    assert "has no input for this cloud" in what
    assert hint.endswith("--format github")
    assert of(catalog_profile("vertex"), ACTION)[0]["with"]["use_vertex"] == "true"
    assert of(catalog_profile("foundry"), ACTION)[0]["with"]["use_foundry"] == "true"


def test_what_only_a_launch_can_do_is_said() -> None:
    text = 'fallback = ["claude"]\nbudget = "5 USD/day"\n' + TOKEN_PROFILE + '[telemetry]\notlp = "https://c.example"\n'
    whole = resolved(text)
    for place in PLACES:
        assert "only a launch by cc can do that: telemetry, fallback, budget" in said(whole, place)
        assert "only a launch" not in said(TOKEN_PROFILE, place)
        for text in (TOKEN_PROFILE, KEY_PROFILE):  # what the flag of the host keeps
            assert "before 2.1.257" in said(text, place)
            assert "elsewhere" not in said(text, place)
        for text in (LOGIN_PROFILE, CLOUD):  # with it, the client would not see the login
            assert "can lead it, and the login, elsewhere" in said(text, place)


def test_the_profiles_own_arguments_are_those_of_the_step() -> None:
    text = 'args = ["--add-dir", "a b", "${{ x }}"]\n' + TOKEN_PROFILE
    quoted = "--add-dir 'a b' '${{ '${{' }} x }}'"
    assert of(text, GITHUB)[-1]["run"].startswith(f"claude {quoted} -p '")
    assert of(text, ACTION)[0]["with"]["claude_args"] == quoted


WORDS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))


@given(WORDS)
@example("no")
@example("1e3")
@example("0o17")
@example("2026-11-29")
@example("a: b # c\n\u2028\x85\t\ud7ff\U0001f600'\"\\")
@example("x" * 500 + " " + "y" * 500)
def test_each_value_comes_out_as_it_was(value: str) -> None:
    plan = plan_of(TOKEN_PROFILE)
    made = plan.but(set=plan.set | {"NEW": value})
    whole = resolved(TOKEN_PROFILE)
    text = elsewhere.text(whole, made, GITHUB)
    # Quoted, since a newer YAML reads numbers where this one does not, and on one line, as people look at it.
    assert re.search('^    NEW: ".*"$', text, re.MULTILINE)
    (_, step) = yaml.safe_load(text)
    assert step["env"]["NEW"].replace("${{ '${{' }}", "${{") == value
    assert step["env"]["NEW"].replace("${{ '${{' }}", "").count("${{") == 0
    if "${" not in value:
        assert json.loads(elsewhere.text(whole, made, DEVCONTAINER))["containerEnv"]["NEW"] == value


def test_a_value_of_which_a_container_would_make_another_is_refused() -> None:
    plan = plan_of(TOKEN_PROFILE)
    with pytest.raises(CcError, match="would replace a part of"):
        elsewhere.text(resolved(TOKEN_PROFILE), plan.but(set=plan.set | {"A": "${localEnv:HOME}"}), DEVCONTAINER)


# Those of OpenAI's API have no plan of their own: see tests/unit/cli/test_env.py.
CATALOG_NAMES = sorted(
    file.stem for file in CATALOG.glob("*.toml") if tomllib.loads(file.read_text("utf-8")).get("api") != "openai"
)


def word_of(whole: Resolved) -> str | None:
    """A model, where the profile chooses none."""
    return None if whole.profile.tiers.main or whole.profile.auth == "login" else "some-model"


def planned(whole: Resolved) -> Plan:
    return plan_of(whole, word_of(whole))


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("name", CATALOG_NAMES)
def test_each_provider_of_the_catalog_is_written_or_refused_with_another_way(name: str, place: str) -> None:
    whole = catalog_profile(name)
    plan = planned(whole)
    here = (whole.profile.base_url or "").startswith(("http://localhost", "http://127.0.0.1"))
    if place != DEVCONTAINER and (here or (place == ACTION and whole.profile.cloud in {"mantle", "anthropic-aws"})):
        assert refused(whole, place, word=word_of(whole))[1]
        return
    elsewhere.refuse(whole, plan, place)
    found = read(elsewhere.text(whole, plan, place), place)
    names = set(elsewhere.named(whole, plan).values())
    text = json.dumps(found)
    assert all(SECRET[place] % secret in text for secret in names)
    assert bool(names) == (whole.profile.auth in {"bearer", "api-key", "login"} or bool(whole.profile.secret_headers))
    assert elsewhere.notes(whole, plan, place)


def test_a_dead_web_search_is_denied_where_a_command_is_printed_and_said_where_none_is() -> None:
    """What it finds is made up: see tests/client/test_without.py."""
    flag = "--disallowedTools WebSearch"
    dead = f"web_search = false\nargs = ['--verbose']\n{TOKEN_PROFILE}"
    assert of(dead, GITHUB)[-1]["run"].startswith(f"claude --verbose {flag} -p ")
    assert of(dead, ACTION)[0]["with"]["claude_args"] == f"--verbose {flag}"
    assert f"start it as claude {flag}" in said(dead, DEVCONTAINER)
    for text in (TOKEN_PROFILE, f"web_search = true\n{TOKEN_PROFILE}"):
        assert flag not in str([of(text, place) for place in PLACES]) + said(text, DEVCONTAINER)
