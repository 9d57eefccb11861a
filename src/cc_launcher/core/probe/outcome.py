"""What a probe finds: of one check, and of all of them. This is what tables, reports and kept results are made of."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from cc_launcher.core.probe.exchange import Exchange

PASSED, DEGRADED, FAILED, SKIPPED = "passed", "degraded", "failed", "skipped"


@dataclass(frozen=True)
class Advice:
    """What would help: a change of the profile."""

    change: str  # as `cc edit` takes it: compat.no-effort=true
    tried: bool  # whether the endpoint passed with it, just now
    why: str = ""


@dataclass(frozen=True)
class Result:
    """How a check ended, in a line, and what those that come later have to know of it."""

    status: str  # PASSED, DEGRADED, FAILED or SKIPPED
    said: str
    advice: tuple[Advice, ...] = ()
    learnt: Mapping[str, str] = field(default_factory=dict)
    figures: Mapping[str, float] = field(default_factory=dict)  # such as first_token, in seconds


@dataclass(frozen=True)
class Outcome:
    """One check, done."""

    check: str  # its name, such as tool-arguments
    title: str
    group: str
    status: str
    said: str
    harm: str = ""  # what that does to a session, where the check was not passed
    advice: tuple[Advice, ...] = ()
    figures: Mapping[str, float] = field(default_factory=dict)  # such as first_token, in seconds
    seconds: float = 0.0
    input_tokens: int = 0
    output_tokens: int = 0
    cost: float | None = None  # dollars; None where no price is known
    evidence: tuple[Exchange, ...] = ()  # not kept: only reports have it


@dataclass(frozen=True)
class Run:
    """One probe of one model."""

    profile: str
    model: str
    host: str  # host:port of the endpoint
    client: str  # the version whose requests were sent
    began: float  # seconds since 1970
    seconds: float
    verdict: str  # in words, such as: works, without thinking
    fit: bool  # whether a session on it would do
    outcomes: tuple[Outcome, ...]
    whole: bool = True  # False: somebody has stopped it
    knobs: tuple[str, ...] = ()  # the compat knobs of the profile that were on

    @property
    def input_tokens(self) -> int:
        """That were sent, over all."""
        return sum(outcome.input_tokens for outcome in self.outcomes)

    @property
    def output_tokens(self) -> int:
        """That came back, over all."""
        return sum(outcome.output_tokens for outcome in self.outcomes)

    @property
    def cost(self) -> float | None:
        """In dollars, over all; None where no price is known."""
        known = [outcome.cost for outcome in self.outcomes if outcome.cost is not None]
        return sum(known) if known else None
