"""Whether there is most likely something that `cc import` would find: a glance, which an overview can pay for."""

import os

from cc_launcher.files import foreign_looks

# What tools leave behind whoever has used them.
TOOLS = (
    ".cc-switch/cc-switch.db",
    ".cc-switch/config.json",
    ".claude-code-router/config.json",
    ".claude-code-router/config.sqlite",
    ".ccs/config.yaml",
    ".ufomiao/zcf/config.toml",
    ".claudish/config.json",
    ".config/clother/config.json",
    ".ccm_config",
    ".config/ccm/profiles.yaml",
    ".ccpkit/profiles.json",
    ".claude-switch/config.json",
)
TEXTS = (".claude/settings.json", ".bashrc", ".zshrc", ".zshenv", ".profile", ".config/fish/config.fish")
_TELLING = ("ANTHROPIC_BASE_URL", "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_API_KEY")


def something() -> bool:
    """Whether there is."""
    home = os.path.expanduser("~")
    if any(os.path.isfile(os.path.join(home, path)) for path in TOOLS):
        return True
    return any(any(mark in foreign_looks.look(home, path).text for mark in _TELLING) for path in TEXTS)
