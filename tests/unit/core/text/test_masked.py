"""What is shown of a settings file holds no secret."""

import pytest

from cc_launcher.core.text.masked import masked
from tests.unit.conftest import CANARY


@pytest.mark.parametrize(
    "name",
    ["ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_CUSTOM_HEADERS", "clientSecret", "password", "x-api-key"],
)
@pytest.mark.parametrize("text", ['{"env": {"NAME": "VALUE"}}', '[{"deep": [{"NAME" :"VALUE", "a": 1}]}]'])
def test_a_value_under_such_a_name_is_not_shown(name: str, text: str) -> None:
    shown = masked(text.replace("NAME", name).replace("VALUE", CANARY))
    assert shown == text.replace("NAME", name).replace("VALUE", "(not shown)")


def test_an_editors_variables_are_not_shown_either() -> None:
    shown = masked(
        f'{{"x": [{{"name": "MY_TOKEN", "value": "{CANARY}"}}, {{"name": "A", "value": "b"}}], // c\n}}', comments=True
    )
    assert shown == '{"x": [{"name": "MY_TOKEN", "value": "(not shown)"}, {"name": "A", "value": "b"}], // c\n}'


def test_what_is_none_is_shown() -> None:
    text = '{"apiKeyHelper": "echo", "env": {"CLAUDE_CODE_MAX_OUTPUT_TOKENS": "8192", "ANTHROPIC_API_KEY": ""}}'
    assert masked(text) == text
    assert masked("") == ""
