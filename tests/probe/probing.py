"""A probe of a flawed endpoint, in this process, on a profile in a home of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cc_launcher.actions.probing import Wishes, look, prepare
from cc_launcher.core.probe.outcome import PASSED, SKIPPED, Outcome
from tests.fakes.fake_flawed import MODELS, FakeFlawed
from tests.probe.silent import Silent

NAME = "own"
CONTEXT = 90_000
_PROFILE = """kind = "gateway"
base_url = "{url}"
auth = "bearer"
secret = "file:{secret_file}"

[tiers]
main = "{model}"

[models.{model}]
context = {context}
max_output = 32000
prices = {{ input = 1.0, output = 4.0 }}
"""


@contextmanager
def endpoint(home: Path, *flaws: str, **limits: Any) -> Iterator[FakeFlawed]:
    """An endpoint with these flaws, and a profile for it in this home."""
    with FakeFlawed(*flaws, **{"pause": 0.001, "window": CONTEXT, "real_window": 50_000} | limits) as flawed:
        secret = home / "secret"
        secret.touch(mode=0o600)
        secret.write_text(flawed.secret)
        profiles = home / "config" / "profiles"
        profiles.mkdir(parents=True, exist_ok=True)
        text = _PROFILE.format(url=flawed.url, secret_file=secret, model=MODELS[0], context=CONTEXT)
        (profiles / f"{NAME}.toml").write_text(text)
        yield flawed


def probe(*only: str, deep: bool = False) -> Mapping[str, Outcome]:
    """Probe the profile: the outcome of each check, by its name."""
    prepared = prepare(look(NAME, None, Wishes(deep=deep, only=only, max_cost=5.0)))
    try:
        return {outcome.check: outcome for outcome in prepared.runner.run(Silent())}
    finally:
        prepared.sender.close()


def not_passed(outcomes: Mapping[str, Outcome]) -> dict[str, str]:
    """The checks that found something, with their status."""
    return {name: outcome.status for name, outcome in outcomes.items() if outcome.status not in {PASSED, SKIPPED}}
