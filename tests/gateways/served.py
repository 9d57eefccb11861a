"""The profiles that the tests of a running gateway have it serve, all by one engine, before FAKE upstreams."""

from __future__ import annotations

from pathlib import Path

from tests.fakes.fake_collector import FakeCollector
from tests.gateways.running import CANARY, MODES, PRICED, Gateway, processes
from tests.gateways.upstream import FakeUpstream

FAILING = ("u401", "u402", "u429", "u500", "long", "hang", "dead")
PROFILES = ("mix", "other", "money", "yuan", "each", "tight", "tighter")
MIX = """\
[gateway]
upstreams = {{ {upstreams} }}
[routes.main]
targets = [{{ to = "a/m", weight = 70 }}, {{ to = "b/m", weight = 30 }}]
[routes.cheap]
targets = [{{ to = "b/m" }}]
[routes.slow]
targets = [{{ to = "slow/m" }}]
[routes.cut]
targets = [{{ to = "cut/m" }}]
fallback = ["cheap"]
[routes.stops]
targets = [{{ to = "stops/m" }}]
fallback = ["cheap"]
[routes.killed]
targets = [{{ to = "c/m" }}]
fallback = ["cheap"]
[routes.lone]
targets = [{{ to = "u500/m" }}]
[routes.hop]
targets = [{{ to = "a/m" }}]
{failing}
[[rules]]
name = "team"
when = "headers['x-team'] == 'red'"
to = "cheap"
[[rules]]
name = "second"
when = "model == 'hop' && headers['x-hop'] == 'yes'"
to = "cheap"
priority = 2
[[rules]]
name = "first"
when = "headers['x-hop'] == 'yes'"
to = "hop"
chain = true
priority = 1
[telemetry]
otlp = "{collector}"
headers = {{ X-Scope-OrgID = "core" }}
secret_headers = {{ x-api-key = {{ secret = "file:{secret}", prefix = "Key " }} }}
attributes = {{ team = "core" }}
"""
OTHER = '[gateway]\nupstreams = { a = "up-a" }\n[routes.main]\ntargets = [{ to = "a/m" }]\n'
MONEY = """\
[gateway]
upstreams = { a = "up-a", b = "up-b" }
[gateway.keys.ann]
budget = "1 USD/30d"
team = "blue"
[gateway.keys.bob]
team = "red"
[gateway.keys.carl]
team = "red"
[gateway.keys.dora]
[gateway.teams.red]
budget = "1 USD/month"
[gateway.teams.blue]
[routes.main]
targets = [{ to = "a/m" }]
[routes.limited]
budget = "1 USD/day"
targets = [{ to = "a/m" }]
[routes.cheap]
targets = [{ to = "b/m" }]
"""
YUAN = 'budget = "10 CNY/30d"\n[gateway]\nupstreams = { y = "up-yuan" }\n[routes.main]\ntargets = [{ to = "y/m" }]\n'
EACH = 'budget = "1 USD/session"\n' + OTHER
TIGHT = """\
budget = "1 USD/30d"
[gateway]
upstreams = { a = "up-a", b = "up-b" }
[routes.main]
targets = [{ to = "a/m" }]
[routes.cheap]
targets = [{ to = "b/m" }]
[[rules]]
name = "saver"
when = "budget_used > 85.0 && model == 'main'"
to = "cheap"
"""


def made(directory: Path, upstream: FakeUpstream, collector: FakeCollector) -> Gateway:
    """A home with all of them, and with the engine."""
    found = Gateway(directory, upstream)
    for name, address, prices in (
        ("dead", "http://127.0.0.1:9/v1", PRICED),
        ("c", f"{upstream.url}/c/v1", PRICED),
        ("yuan", f"{upstream.url}/yuan/v1", PRICED.replace("input", 'currency = "CNY", input')),
    ):
        found.secret(name, f"{CANARY}-{name}")
        found.upstream_profile(name, address, prices)
    found.secret("collector", f"{CANARY}-of-the-collector")
    upstreams = ", ".join(f'{mode} = "up-{mode}"' for mode in (*MODES, "dead", "c"))
    failing = "".join(
        f'[routes.r-{mode}]\ntargets = [{{ to = "{mode}/m" }}]\nfallback = ["cheap"]\n' for mode in FAILING
    )
    known = {"upstreams": upstreams, "failing": failing, "collector": collector.url}
    found.profile("mix", MIX.format(**known, secret=directory / "key-collector"))
    for name, text in (("other", OTHER), ("money", MONEY), ("yuan", YUAN), ("each", EACH)):
        found.profile(name, text)
    for name in ("tight", "tighter"):  # what one test has spent, another one has not
        found.profile(name, TIGHT)
    found.use_engine()
    return found


def up(gateway: Gateway) -> Gateway:
    """Have it serve them, unless it does."""
    if not processes(gateway.data):
        gateway.cc("gateway", "up", *PROFILES)
    return gateway
