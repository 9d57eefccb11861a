"""The long options of the client (`claude --help`, 2.1.329): a mode of a wrapper may not be called like one of them."""

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
