"""The window of a model that nobody has written down reaches the client, from the provider's own list."""

import json

import pytest

from tests.client.stage import KINDS, PROMPT, Stage
from tests.fakes.fake_model_list import FakeModelList, listing

TOKEN = KINDS["token"]
NEW = {
    "id": "vendor/new-7",
    "context_length": 1_048_576,
    "top_provider": {"context_length": 202_752, "max_completion_tokens": 32_768},
    "supported_parameters": ["tools"],
}


@pytest.mark.parametrize(
    ("usual", "word", "model", "window"),
    [
        ("", "new-7", "vendor/new-7", 202_752),
        ("context = 150000", "not/listed", "not/listed", 150_000),
        ("", "not/listed", "not/listed", 1_000_000),  # what the note at the launch is for
    ],
    ids=["listed", "by the profile", "unknown"],
)
def test_the_window_of_a_model(stage: Stage, usual: str, word: str, model: str, window: int) -> None:
    with FakeModelList(listing(NEW)) as fake:
        keys = f'open_ended = true\nmodels_public = true\nmodels_url = "{fake.url}/list"\n{usual}'
        stage.profile(TOKEN, keys)
        stage.environment["CC_OFFLINE"] = ""
        ended = stage.launch(TOKEN, word, "-p", PROMPT, "--output-format", "json")
        assert ended.returncode == 0, ended
        assert stage.secret not in fake.said
        assert fake.paths == ["/list"]
    assert stage.ours.models() == {model}
    usage = json.loads(ended.stdout)["modelUsage"]
    assert {name: about["contextWindow"] for name, about in usage.items()} == {model: window}
    assert ("is not known; Claude Code assumes 1M" in ended.stderr) == (window == 1_000_000)
