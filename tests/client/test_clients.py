"""A thin slice of `matrix.py` on the clients where something changes. All of it, on more of them: `sweep.py`."""

import pytest

pytest.register_assert_rewrite("tests.client.matrix")
from tests.client import matrix  # noqa: E402 (see the line above)
from tests.client.stage import HOSTED, SEALED, Stage  # noqa: E402

# What a launch with a token is: the oldest client that is supported, then both sides of two boundaries, the newest.
VERSIONS = {
    "2.0.64": SEALED,
    "2.1.197": SEALED,
    "2.1.198": SEALED,
    "2.1.252": SEALED,
    "2.1.257": HOSTED,
    "2.1.332": HOSTED,
}
clients = pytest.mark.parametrize("version", VERSIONS)


@clients
@pytest.mark.parametrize("name", ["token", "sealed", "login"])
def test_everything_in_files_and_in_the_shell_against_a_launch(stage: Stage, name: str) -> None:
    matrix.hijack(stage, name, matrix.against(name))


@pytest.mark.parametrize("version", ["2.0.64", "2.1.197", "2.1.198"])
@pytest.mark.parametrize("places", matrix.IN_PLACES, ids="+".join)
def test_a_socket(stage: Stage, places: tuple[str, ...]) -> None:
    matrix.hijack_by_socket(stage, "sealed", places)


@clients
def test_what_a_launch_with_a_token_is(stage: Stage) -> None:
    assert matrix.protection(stage) == VERSIONS[stage.version]


@clients
def test_nothing_that_a_session_starts_or_asks_sees_the_secret(stage: Stage) -> None:
    matrix.visibility(stage, "token")


@pytest.mark.parametrize(
    ("version", "word", "what"),
    [
        ("2.1.257", "config", "prompt"),
        ("2.1.257", "purge", "prompt"),
        ("2.1.332", "config", "prompt"),
        ("2.1.332", "purge", "subcommand"),
    ],
)
def test_a_word_that_only_other_clients_know_is_a_prompt(stage: Stage, word: str, what: str) -> None:
    assert matrix.subcommand(stage, word) == f"{word}: {what}"


@pytest.mark.parametrize("version", ["2.1.257", "2.1.332"])
def test_an_agent_of_a_project_asks_for_no_model_that_is_not_listed(stage: Stage) -> None:
    assert matrix.models(stage) == {"2.1.257": "open to `ID-…`", "2.1.332": ""}[stage.version]


@clients
def test_a_project_that_asks_for_a_secret_that_cannot_be_hidden(stage: Stage) -> None:
    matrix.asked_for(stage)
