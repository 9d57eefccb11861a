"""What an editor's own file says so that its agent is started by a wrapper. No secret is in it: the wrapper has it."""

import json

ADAPTER = "@agentclientprotocol/claude-agent-acp@0.101.0"  # between an editor and the client: the one that was tried
_EXECUTABLE = "CLAUDE_CODE_EXECUTABLE"  # what the adapter starts in place of its own client
_WHERE = {
    "vscode": "settings.json (Preferences: Open User Settings (JSON)), then reload the window",
    "zed": "settings.json (zed: open settings file); the agent itself comes from zed: acp registry",
    "jetbrains": "~/.jetbrains/acp.json (AI Chat: Add Custom Agent); the IDE needs Node.js 22 or later on its PATH",
}


def text(editor: str, wrapper: str, title: str) -> str:
    """The keys for that file."""
    environment = {_EXECUTABLE: wrapper}
    keys: dict[str, object] = {
        "vscode": {"claudeCode.claudeProcessWrapper": wrapper, "claudeCode.disableLoginPrompt": True},
        "zed": {"agent_servers": {"claude-acp": {"type": "registry", "env": environment}}},
        "jetbrains": {
            "agent_servers": {f"Claude on {title}": {"command": "npx", "args": ["-y", ADAPTER], "env": environment}}
        },
    }
    return f"{json.dumps(keys[editor], indent=2, ensure_ascii=False)}\n"


def notes(editor: str, profile: str, variable: str) -> list[str]:
    """What is to be said: where it goes, and what an editor may lack: the variable that the key is in."""
    found = [f"{profile}: put these keys into {_WHERE[editor]}"]
    found.append(
        "claudeCode.environmentVariables is not needed: the wrapper sets all of them"
        if editor == "vscode"
        else "in the editor, choose the mode Manual: in auto mode a model of the provider is asked about each command"
    )
    if variable:
        found.append(f"the key is in {variable}, which an editor has only when it is started from a shell that has it")
    return found
