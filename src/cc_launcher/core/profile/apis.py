"""The two APIs that a provider may speak, as `api` of a profile names them."""

from typing import Final

ANTHROPIC: Final = "anthropic"
OPENAI: Final = "openai"
