"""What editors are told: the wrapper, where each of them looks for it, and nothing of a secret."""

import json

import pytest

from cc_launcher.core.plan import exports
from cc_launcher.core.wrapper import editors

WRAPPER = '/home/a "b"/.local/bin/claude-zaï'
WANTED = {
    "vscode": {"claudeCode.claudeProcessWrapper": WRAPPER, "claudeCode.disableLoginPrompt": True},
    "zed": {"agent_servers": {"claude-acp": {"type": "registry", "env": {"CLAUDE_CODE_EXECUTABLE": WRAPPER}}}},
    "jetbrains": {
        "agent_servers": {
            "Claude on Z.ai": {
                "command": "npx",
                "args": ["-y", editors.ADAPTER],
                "env": {"CLAUDE_CODE_EXECUTABLE": WRAPPER},
            }
        }
    },
}


@pytest.mark.parametrize("editor", exports.EDITORS)
def test_each_editor_gets_the_wrapper_where_it_looks_for_one(editor: str) -> None:
    assert json.loads(editors.text(editor, WRAPPER, "Z.ai")) == WANTED[editor]


@pytest.mark.parametrize("editor", exports.EDITORS)
def test_it_is_said_where_the_text_goes_and_what_the_editor_may_lack(editor: str) -> None:
    (where, *rest) = editors.notes(editor, "zai", "")
    assert where.startswith("zai: put these keys into ")
    assert ["environmentVariables" in line for line in rest] == [editor == "vscode"]
    assert ["the mode Manual" in line for line in rest] == [editor != "vscode"]
    (*_, last) = editors.notes(editor, "zai", "MY_KEY")
    assert last.startswith("the key is in MY_KEY, which an editor has only when")
