"""The `compat` knobs: what a provider cannot take, in words, and what that sets on the client.

A profile says `compat.no-betas = true`; which variable does it today is the client's business and may change with it.
"""

from typing import NamedTuple


class Knob(NamedTuple):
    """One knob: why one turns it, and what it does to the client."""

    why: str
    env: dict[str, str] = {}  # noqa: RUF012 - a NamedTuple's default, never changed
    lacks: tuple[str, ...] = ()  # capabilities the client must not assume of models it does not know
    settings: tuple[tuple[str, bool], ...] = ()  # settings keys for what no variable reaches


PRIVATE = "private"

KNOBS: dict[str, Knob] = {
    "no-betas": Knob(
        "the provider refuses beta headers, or the fields that belong to them (400)",
        {"CLAUDE_CODE_DISABLE_EXPERIMENTAL_BETAS": "1"},
    ),
    "no-thinking": Knob(
        "the model cannot think, or the provider refuses the `thinking` field",
        {"CLAUDE_CODE_DISABLE_THINKING": "1", "MAX_THINKING_TOKENS": "0"},
    ),
    "no-adaptive-thinking": Knob(
        "the provider knows `thinking` only as enabled with a budget, not as adaptive",
        lacks=("adaptive_thinking",),
    ),
    "no-effort": Knob(
        "the provider refuses `output_config`, in which the client sends the effort level",
        {"CLAUDE_CODE_EFFORT_LEVEL": "auto"},
        lacks=("effort",),
    ),
    "no-tool-search": Knob(
        "the provider does not know deferred tools: all tools are sent at once",
        {"ENABLE_TOOL_SEARCH": "false"},
    ),
    "no-system-role": Knob(
        "the provider refuses messages whose role is `system`",
        lacks=("mid_conv_system",),
    ),
    "no-context-management": Knob(
        "the provider refuses the `context_management` field",
        lacks=("context_management",),
    ),
    "no-caching": Knob(
        "the provider refuses `cache_control`",
        {"DISABLE_PROMPT_CACHING": "1"},
    ),
    "stable-prompt": Knob(
        "a local server reads the whole prompt again when its beginning changes",
        {"CLAUDE_CODE_ATTRIBUTION_HEADER": "0"},
    ),
    "slow-start": Knob(
        "a local server that reads a long prompt for minutes before its first token is not a dead connection",
        {"API_FORCE_IDLE_TIMEOUT": "0"},
    ),
    "no-retry-unstreamed": Knob(
        "a failed stream must not be sent, and billed, a second time without streaming",
        {"CLAUDE_CODE_DISABLE_NONSTREAMING_FALLBACK": "1"},
    ),
    PRIVATE: Knob(
        "no request to any host but the provider's: no telemetry, not to a collector of your own either, no update "
        "check, no session title, "
        "no look-up of a page's host before the client reads it",
        {
            "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
            "CLAUDE_CODE_DISABLE_OFFICIAL_MARKETPLACE_AUTOINSTALL": "1",
            "DISABLE_TELEMETRY": "1",
            "DISABLE_ERROR_REPORTING": "1",
            # A user's own collector, too. Measured on 2.0.64 to 2.1.332: none of the above keeps from that.
            "CLAUDE_CODE_ENABLE_TELEMETRY": "0",
            "OTEL_METRICS_EXPORTER": "none",
            "OTEL_LOGS_EXPORTER": "none",
            "OTEL_TRACES_EXPORTER": "none",
            "ENABLE_BETA_TRACING_DETAILED": "0",  # which exports even where telemetry is off
        },
        settings=(("skipWebFetchPreflight", True),),
    ),
}


def turned_on(compat: dict[str, bool]) -> list[Knob]:
    """The knobs that a profile has turned on."""
    return [KNOBS[name] for name, on in compat.items() if on]
