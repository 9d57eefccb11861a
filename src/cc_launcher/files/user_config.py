"""`config.toml`: what holds for every profile."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from cc_launcher.core.profile import money
from cc_launcher.core.profile.field_types import Amount, Currency, Rate, Tool
from cc_launcher.core.profile.source import load
from cc_launcher.core.status.options import StatusLine
from cc_launcher.files import guard, places


class Ask(BaseModel):
    """What tasks for other profiles may take and do."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True)

    limit: Amount = Field(money.TASK, description="what one task may cost; all tasks of a session ten times as much")
    tokens: int = Field(
        money.TASK_TOKENS, ge=1_000, description="how many tokens one task may take where its price is not known"
    )
    allow: list[Tool] = Field(
        default_factory=list, description="tools beside reading files, as Claude Code names them: Bash(pytest *)"
    )


class Config(BaseModel):
    """The user's configuration."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True)

    ask: Ask = Field(default_factory=lambda: Ask(), description="tasks for other profiles (cc ask)")  # noqa: PLW0108
    claude: str = Field("", description="the client to launch, instead of the first claude on PATH")
    rates: dict[Currency, Rate] = Field(
        default_factory=dict, description="dollars for one unit of another currency, such as CNY = 0.14"
    )
    statusline: StatusLine = Field(default_factory=lambda: StatusLine(), description="the status line")  # noqa: PLW0108


def path() -> Path:
    """The file."""
    return Path(places.config()) / "config.toml"


def read() -> Config:
    """What it says; a missing file says nothing."""
    text = guard.read_text(path())
    return Config() if text is None else Config.model_validate(load(text, guard.shown(path()), Config))
