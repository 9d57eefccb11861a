"""A profile that is being put together from a tool's variables, and the names of those."""

from dataclasses import dataclass, field
from typing import Any

from cc_launcher.core.importing import keys
from cc_launcher.core.importing.found import Draft, Dropped, Key
from cc_launcher.core.importing.provider import Provider

URL, TOKEN, API_KEY = "ANTHROPIC_BASE_URL", "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_API_KEY"
HEADERS = "ANTHROPIC_CUSTOM_HEADERS"
SLOT = {
    "opus": "ANTHROPIC_DEFAULT_OPUS_MODEL",
    "sonnet": "ANTHROPIC_DEFAULT_SONNET_MODEL",
    "haiku": "ANTHROPIC_DEFAULT_HAIKU_MODEL",
    "fable": "ANTHROPIC_DEFAULT_FABLE_MODEL",
    "subagent": "CLAUDE_CODE_SUBAGENT_MODEL",
}
SMALL = "ANTHROPIC_SMALL_FAST_MODEL"
CLOUDS = {
    "CLAUDE_CODE_USE_BEDROCK": ("bedrock", ("AWS_REGION", "AWS_DEFAULT_REGION")),
    "CLAUDE_CODE_USE_MANTLE": ("bedrock-mantle", ("AWS_REGION", "AWS_DEFAULT_REGION")),
    "CLAUDE_CODE_USE_ANTHROPIC_AWS": ("claude-platform-aws", ("AWS_REGION", "AWS_DEFAULT_REGION")),
    "CLAUDE_CODE_USE_VERTEX": ("vertex", ("CLOUD_ML_REGION",)),
    "CLAUDE_CODE_USE_FOUNDRY": ("foundry", ()),
}


@dataclass
class Made:
    """What is being put together."""

    draft: Draft
    base: Provider | None
    key: Key = field(default_factory=Key)
    data: dict[str, Any] = field(default_factory=dict)
    dropped: list[Dropped] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    needs: list[str] = field(default_factory=list)
    header_keys: dict[str, Key] = field(default_factory=dict)

    def has_key(self, text: str) -> bool:
        """Whether its key, or what is one for sure, is in this text."""
        return keys.has_key(text, {self.key.value} - {""})

    def drop(self, what: str, why: str) -> None:
        """Say that this has no place in it."""
        self.dropped.append(Dropped(what, why))
