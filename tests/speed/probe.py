"""What one probe takes, at an endpoint with a provider's usual delays: `python tests/speed/probe.py`.

The endpoint is a fake on loopback: 0.6 s to the first token, then 60 tokens a second, at 0.60 and 2.20 dollars a
million. The sum of all checks, one after the other, stands beside the time: that much is won by asking side by side.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from cc_launcher.actions.probing import Wishes, look, prepare
from tests.fakes import fake_model
from tests.fakes.fake_flawed import MODELS, FakeFlawed
from tests.fakes.fake_model import Body, Turn
from tests.probe.silent import Silent

FIRST, PAUSE = 0.6, 1 / 60  # seconds
_PROFILE = """base_url = "{url}"
auth = "bearer"
secret = "env:PROBED_KEY"
[tiers]
main = "{model}"
[models.{model}]
context = 200000
prices = {{ input = 0.6, output = 2.2 }}
"""


def _slow(body: Body) -> Turn:
    time.sleep(FIRST)
    return fake_model.answer(body)


def main() -> None:
    """Print it."""
    with tempfile.TemporaryDirectory() as home, FakeFlawed(model=_slow, pause=PAUSE) as endpoint:
        for name in ("CONFIG", "CACHE", "DATA"):
            os.environ[f"CC_{name}_DIR"] = f"{home}/{name.lower()}"
        os.environ |= {"CC_OFFLINE": "1", "PROBED_KEY": endpoint.secret}
        profiles = Path(home) / "config" / "profiles"
        profiles.mkdir(parents=True, mode=0o700)
        (profiles / "probed.toml").write_text(_PROFILE.format(url=endpoint.url, model=MODELS[0]), encoding="utf-8")
        probe = prepare(look("probed", None, Wishes()))
        began = time.monotonic()
        outcomes = probe.runner.run(Silent())
        took = time.monotonic() - began
        probe.sender.close()
    one_by_one = sum(outcome.seconds for outcome in outcomes)
    tokens_in = sum(outcome.input_tokens for outcome in outcomes)
    tokens_out = sum(outcome.output_tokens for outcome in outcomes)
    cents = 100 * sum(outcome.cost or 0 for outcome in outcomes)
    requests = sum(len(outcome.evidence) for outcome in outcomes)
    print(f"{len(outcomes)} checks, {requests} requests in {took:.0f} s ({one_by_one / took:.2f} × that, one by one)")
    print(f"{tokens_in:,} tokens in, {tokens_out:,} out: {cents:.1f} cents")


if __name__ == "__main__":
    main()
