"""What `cc doctor` changes in somebody's file, and what it shows of it: never a value that could be a secret."""

from __future__ import annotations

from typing import Any

import pytest

from cc_launcher.core.doctor.findings import BASE_URL, COMMENT_OUT, DROP, MOVE_KEY, Fix
from cc_launcher.core.doctor.repair import HIDDEN, fixed, secret_in, shown
from cc_launcher.core.doctor.shell_lines import FISH, SH
from tests.unit.conftest import CANARY


def fix(how: str = MOVE_KEY, **more: Any) -> Fix:
    about: dict[str, Any] = {"line": 2, "keys": ("ZAI_API_KEY",), "profile": "zai", "shell": SH}
    return Fix(how, "/home/me/.bashrc", "does", **(about | more))


SHELL_FILE = f"# mine\nexport ZAI_API_KEY={CANARY}\nalias ll='ls -l'\n"


def test_a_key_is_moved_out_of_a_shell_file_and_a_note_stays() -> None:
    assert secret_in(fix(), SHELL_FILE) == CANARY
    found = fixed(fix(), SHELL_FILE)
    assert found == "# mine\n: # (cc doctor) ZAI_API_KEY is kept as the secret of zai\nalias ll='ls -l'\n"


def test_what_is_commented_out_can_be_had_back_by_hand() -> None:
    found = fixed(fix(COMMENT_OUT), SHELL_FILE)
    assert found.splitlines()[1] == f": # (cc doctor) export ZAI_API_KEY={CANARY}"


def test_in_fish_a_comment_alone_is_enough() -> None:
    text = f"set -gx OTHER x\nset -gx ZAI_API_KEY {CANARY}\n"
    assert fixed(fix(shell=FISH), text) == ("set -gx OTHER x\n# (cc doctor) ZAI_API_KEY is kept as the secret of zai\n")


def test_indentation_and_line_ends_stay() -> None:
    text = f"if true; then\r\n    export ZAI_API_KEY={CANARY}\r\nfi\r\n"
    assert fixed(fix(), text) == (
        "if true; then\r\n    : # (cc doctor) ZAI_API_KEY is kept as the secret of zai\r\nfi\r\n"
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# mine\nalias ll='ls -l'\n",
        f"export ZAI_API_KEY={CANARY}\n",  # on another line than it was
        f"# mine\nexport OTHER={CANARY}\n",
        f"# mine\nZAI_API_KEY={CANARY} program\n",  # for one command only
        f"# mine\nexport ZAI_API_KEY={CANARY}; rm x\n",  # not alone any more
    ],
)
def test_what_has_changed_since_is_left_alone(text: str) -> None:
    assert fixed(fix(), text) == text
    assert secret_in(fix(), text) == ""


def test_a_key_of_a_settings_file_is_taken_out_and_the_rest_stays() -> None:
    text = f'{{"env": {{"ANTHROPIC_API_KEY": " {CANARY} ", "FOO": "bar"}}}}'
    about = fix(DROP, keys=("env", "ANTHROPIC_API_KEY"), shell="")
    assert secret_in(about, text) == CANARY
    assert fixed(about, text) == '{"env": {"FOO": "bar"}}'
    assert secret_in(about, '{"env": {"ANTHROPIC_API_KEY": 5}}') == ""


def test_an_address_is_written_into_the_profile() -> None:
    about = fix(BASE_URL, keys=("https://h",), shell="")
    assert fixed(about, 'base_url = "https://h/v1" # mine\n') == 'base_url = "https://h" # mine\n'


OTHER = "hunter2hunter2hunter2"


@pytest.mark.parametrize("how", [MOVE_KEY, COMMENT_OUT])
@pytest.mark.parametrize(
    "line",
    [
        f"export ZAI_API_KEY={CANARY}",
        f"export ZAI_API_KEY='{CANARY}'",
        f"export OTHER={OTHER} ZAI_API_KEY={CANARY}",
        f"ZAI_API_KEY={CANARY} # it was {OTHER}",
    ],
)
def test_what_is_shown_of_a_shell_file_has_no_value_in_it(line: str, how: str) -> None:
    before = f"# mine\n{line}\nalias ll='ls -l'\n"
    about = fix(how)
    after = fixed(about, before)
    assert after != before
    lines = list(shown(about, before, after))
    assert lines[0] == "@@ -2,1 +2,1 @@"
    assert [one[0] for one in lines[1:]] == ["-", "+"]
    text = "\n".join(lines)
    assert "ZAI_API_KEY" in text
    assert HIDDEN in text
    assert CANARY not in text
    assert OTHER not in text


def test_nor_of_a_settings_file() -> None:
    before = f'{{\n  "env": {{\n    "ANTHROPIC_API_KEY": "{CANARY}",\n    "FOO": "{OTHER}"\n  }}\n}}\n'
    about = fix(DROP, keys=("env", "ANTHROPIC_API_KEY"), shell="")
    lines = list(shown(about, before, fixed(about, before)))
    assert f'-    "ANTHROPIC_API_KEY": "{HIDDEN}",' in lines
    assert not [line for line in lines if CANARY in line or OTHER in line]
