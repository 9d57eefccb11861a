"""What people use, most first: the order of a list in which nobody has chosen yet.

Our own judgement of November 2026, which no count stands behind. Who is not here comes after, by name.
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
