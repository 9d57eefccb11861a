"""Which name was meant, and which names are two versions that may both be there."""

import pytest

from cc_launcher.core.text.mistyped import meant

KNOWN = ["glm-5.2", "glm-5.3", "glm-5.3-flash", "z-ai/glm-4.7", "qwen3-coder", "qwen3-coder:free", "kimi-k3"]


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("glmm-5.2", "glm-5.2"),
        ("gml-5.3", "glm-5.3"),
        ("GLMM-5.3", "glm-5.3"),
        ("glm-53", "glm-5.3"),
        ("glm-5.3-flahs", "glm-5.3-flash"),
        ("glm5.2", "glm-5.2"),
        ("gllm-4.7", "z-ai/glm-4.7"),
        ("z-ai/gllm-4.7", "z-ai/glm-4.7"),
        ("qwen3-codr", "qwen3-coder"),
        ("qwen3-codr:free", "qwen3-coder:free"),
        ("kimmi-k3", "kimi-k3"),
    ],
)
def test_a_slip_of_the_hand_is_near(word: str, name: str) -> None:
    assert meant(word, KNOWN) == name


@pytest.mark.parametrize(
    "word",
    [
        *("glm-5.4", "glm-5.22", "glm-6", "glm-5.3-20261101", "glm-2026-11-01", "kimi-k4", "qwen3-coder:fre"),
        *("glm-5.2:free", "qwen4-coder", "gpt-5.5", "glm-5.3-air", "other/model", "k3", "glm", "x"),
    ],
)
def test_another_version_another_suffix_or_another_name_is_not(word: str) -> None:
    assert meant(word, KNOWN) == ""


def test_of_several_the_nearest_is_meant_and_of_equals_the_first() -> None:
    assert meant("mistrall", ["ministral", "mistral"]) == "mistral"
    assert meant("modet", ["model", "modes"]) == "model"
    assert meant("anything", []) == ""
