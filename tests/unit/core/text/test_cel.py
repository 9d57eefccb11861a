import ast

import pytest

from cc_launcher.core.text import cel
from tests.unit.conftest import REPOSITORY


@pytest.mark.parametrize(
    ("condition", "what", "hint"),
    [
        ("", "is empty", "budget_used > 85.0"),
        ("budget_usd > 85.0", "names budget_usd", "did you mean budget_used?"),
        ("model == 'main", "a quote that is never closed", "put ' behind the text"),
        ('model == "main', "a quote that is never closed", 'put " behind the text'),
        ("(budget_used > 85.0", "a bracket that is never closed", "count ( and )"),
        ("headers['x')", "a bracket", "count"),
        ("model = 'main'", "a sign that CEL does not know: =", "== !="),
        ("1 < 2", "asks for nothing of the request", "model"),
        ("request.model == 'x' && requests > 1.0", "names requests", "did you mean request?"),
    ],
)
def test_what_the_engine_would_say_too_late(condition: str, what: str, hint: str) -> None:
    said, told = cel.fault_of(condition)
    assert what in said
    assert hint in told


@pytest.mark.parametrize(
    "condition",
    [
        "budget_used > 85.0 && model == 'main'",
        "headers['x-tier'] == \"premium\" || has(params.fast)",
        "model.startsWith('glm-') ? budget_used > 1.0 : false",
        "model in ['main', 'cheap']",
        "!(team_name == 'a\\'b') && size(headers) > 2",
        "virtual_key_name.matches(r'^a\"b$')",
    ],
)
def test_what_may_be_a_condition(condition: str) -> None:
    assert cel.fault_of(condition) == ("", "")


def test_what_a_condition_asks_for() -> None:
    assert cel.used("headers['model'] == 'provider' && model.size() > 1 && model != 'x'") == ("headers", "model")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("budget_used > 85", "budget_used > 85.0"),
        ("90<=tokens_used", "90.0<=tokens_used"),
        ("budget_used > 85.0", "budget_used > 85.0"),
        ("size(headers) > 2 && request >= 7", "size(headers) > 2 && request >= 7.0"),
        ("model == 'budget_used > 85'", "model == 'budget_used > 85'"),
    ],
)
def test_a_percentage_is_compared_with_a_double(written: str, read: str) -> None:
    assert cel.with_doubles(written) == read


def test_the_hooks_of_the_engine_know_the_same_names() -> None:
    source = (REPOSITORY / "src/cc_launcher/in_engine/cc_rules.py").read_text(encoding="utf-8")
    nodes = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.AnnAssign)]
    [table] = [node.value for node in nodes if ast.unparse(node.target) == "VARIABLES"]
    assert isinstance(table, ast.Dict)
    assert {ast.literal_eval(key) for key in table.keys if key is not None} == {*cel.NAMES}
