"""What people use most, most first: the order of a list in which nobody has chosen yet.

Judged by what the vendors' own pages and the public forums of November 2026 speak of; who is not here comes after, by
name.
"""

ORDER = (
    "openrouter",
    "zai",
    "anthropic",
    "deepseek",
    "kimi-code",
    "moonshot",
    "ollama",
    "minimax",
    "alibaba-coding-plan",
    "lmstudio",
    "claude",
    "bedrock",
    "vertex",
    "litellm",
    "foundry",
    "alibaba",
    "mimo",
    "fireworks",
    "siliconflow",
    "vercel",
)


def rank(name: str) -> int:
    """The place of a provider in that order."""
    return ORDER.index(name) if name in ORDER else len(ORDER)
