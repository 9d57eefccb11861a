"""The options of the client: their names (`claude --help`, 2.1.329), and how many words each takes.

A mode of a wrapper may not be called like one of them.
"""

# fmt: off
NAMES = frozenset(
    {
        "add-dir", "agent", "agents", "allow-dangerously-skip-permissions", "allowed-tools", "allowedTools",
        "append-system-prompt", "autocompact", "ax-screen-reader", "background", "bare", "betas", "bg", "brief",
        "chrome", "cloud", "continue", "dangerously-skip-permissions", "debug", "debug-file", "desktop",
        "disable-slash-commands", "disallowed-tools", "disallowedTools", "effort", "environment",
        "exclude-dynamic-system-prompt-sections", "fallback-model", "file", "fork-session", "forward-subagent-text",
        "from-pr", "help", "ide", "include-hook-events", "include-partial-messages", "input-format", "json-schema",
        "max-budget-usd", "mcp-config", "model", "name", "no-chrome", "no-session-persistence", "output-format",
        "permission-mode", "permission-prompt-tool", "permission-prompts", "plugin-dir", "plugin-url", "print",
        "prompt-suggestions", "remote-control", "remote-control-session-name-prefix", "replay-user-messages",
        "restricted", "resume", "safe-mode", "session-id", "setting-sources", "settings", "strict-mcp-config",
        "system-prompt", "system-prompt-snapshot", "teleport", "tmux", "tools", "verbose", "version", "worktree"
    }
)
# fmt: on
# How many words an option takes, of those in `--help` and of those that are in none (read out of 2.1.332). Those in
# neither take none.
# fmt: off
ONE = frozenset(
    {
        "--agent", "--agents", "--append-subagent-system-prompt", "--append-system-prompt",
        "--append-system-prompt-file", "--autocompact", "--debug-file", "--effort", "--environment", "--fallback-model",
        "--input-format", "--json-schema", "--managed-settings", "--max-budget-usd", "--max-thinking-tokens",
        "--max-turns", "--model", "--name", "--output-format", "--permission-mode", "--permission-prompt-tool",
        "--permission-prompts", "--plugin-dir", "--plugin-url", "--prefill",
        "--remote-control-session-name-prefix", "--resume-session-at", "--sdk-url", "--session-id",
        "--setting-sources", "--settings", "--system-prompt", "--system-prompt-file", "--system-prompt-snapshot",
        "--task-budget", "--teammate-mode", "--thinking", "--thinking-display", "-n",
    }
)
MAYBE_ONE = frozenset(
    {
        "--cloud", "--debug", "--from-pr", "--prompt-suggestions", "--remote", "--remote-control", "--resume",
        "--teleport", "--worktree", "-d", "-r", "-w",
    }
)
MANY = frozenset(
    {
        "--add-dir", "--allowed-tools", "--allowedTools", "--betas", "--channels", "--disallowed-tools",
        "--disallowedTools", "--file", "--mcp-config", "--tools",
    }
)
# fmt: on
