"""Single values of a line."""

import pytest

from cc_launcher.core.usage import line_values


@pytest.mark.parametrize(
    ("value", "model"),
    [("glm-5.3", "glm-5.3"), ("glm-5.3[1m]", "glm-5.3"), ("a\x1bb", ""), ("x" * 201, ""), (None, ""), (5, "")],
)
def test_a_model(value: object, model: str) -> None:
    assert line_values.model_name(value) == model


@pytest.mark.parametrize(
    ("cwd", "project"),
    [
        ("/home/me/app", "/home/me/app"),
        ("/home/me/app/src/deep", "/home/me/app"),  # it went further down
        ("/elsewhere", "/elsewhere"),
        ("/home/me/\x1bapp", ""),
        ("/" + "x" * 5_000, ""),
        (None, ""),
    ],
)
def test_the_project_is_where_the_session_began(cwd: object, project: str) -> None:
    assert line_values.project_of(cwd, "-home-me-app") == project


@pytest.mark.parametrize(
    ("version", "has_reason", "has_details", "cut"),
    [
        ("2.1.332", True, True, False),
        ("2.1.332", True, False, True),  # it says that the turn was over, and knows no details
        ("2.1.332", False, True, True),
        ("2.1.133", True, False, False),  # it writes no details at all
        ("2.1.133", False, False, True),
        ("2.0.64", False, False, False),  # its lines are of the beginning of an answer
        ("", True, False, False),
        ("2.x", True, False, True),
    ],
)
def test_an_answer_that_broke_off(version: str, *, has_reason: bool, has_details: bool, cut: bool) -> None:
    assert line_values.is_cut(version, has_reason=has_reason, has_details=has_details) == cut


@pytest.mark.parametrize("value", [None, 7, {}, [], {"a": []}])
def test_what_is_no_text_is_no_model(value: object) -> None:
    assert line_values.model_name(value) == ""
