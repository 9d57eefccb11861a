"""Whoever watches a probe, and says nothing."""

from cc_launcher.core.probe.outcome import Outcome


class Silent:
    """Nobody watches."""

    def started(self, check: str) -> None:
        """Nothing is shown."""

    def done(self, outcome: Outcome) -> None:
        """Nor here."""
