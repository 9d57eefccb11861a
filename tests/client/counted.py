"""Sessions of the real client on providers that count, and what each witness says that they cost, beside their bills.

The rule of comparison: dollars that somebody prints are rounded to the last place that an exact sum can have, and then
they are the exact sum, or they are wrong. With prices of up to four places for a million tokens, it is the tenth. The
client and `cc usage` add up doubles, whose error is some millions of times smaller than that. Where less is shown
(two places in the status line), it is the exact sum, rounded to what is shown.
"""

from __future__ import annotations

import json
import re
import signal
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from tests.client import harness
from tests.client.stage import KINDS, MODELS, PATIENCE, Kind, Stage
from tests.client.wrapped import Wrapped
from tests.fakes.fake_counting import STYLES, FakeCounting, Rates, Style, prompt, total
from tests.fakes.fake_provider import FakeProvider
from tests.support import rests, start, wait_until

PLACES = 10
GOES_ON = (2, 1, 282)  # a client whose sums go on where a session is resumed or forked; those of 2.1.258 begin at 0
ALLOWED = ("--permission-mode", "default", "--allowedTools", "Bash,Agent,Task")
# Dear, so that a session costs dollars; odd, so that no price can stand in for another.
RATES = {
    MODELS["main"]: Rates("21.6137", "92.2391", "33.7713", "43.0031", "2.1129"),
    MODELS["opus"]: Rates("41.0079", "134.0013", "51.2511", "82.0009", "4.1013"),
    MODELS["sonnet"]: Rates("11.3011", "55.5017", "14.3767", "22.6033", "1.1307"),
    MODELS["haiku"]: Rates("3.0701", "14.4003", "3.8877", "6.1409", "0.3071"),
    MODELS["fable"]: Rates("72.0011", "309.0007", "92.5013", "144.0029", "7.2003"),
}
# Of another provider that has models of the same names
ELSEWHERE = {
    model: Rates(*(f"{Decimal(price) * 2 + Decimal('0.0107'):f}" for price in rates)) for model, rates in RATES.items()
}
_CONFIG = '[statusline]\nenabled = true\nwrap = true\nsegments = ["provider", "cost", "directory"]\n'
_SETTLED = 1.0  # seconds without a request, after which a session is taken to be at rest


@dataclass(frozen=True)
class Way:
    """A way in which a session is started."""

    kind: Kind
    wrapper: bool = False
    plain: bool = False  # `claude` itself, where `cc use` has put the profile
    exact: bool = True  # whether the client is told the prices: else its own figures are not looked at

    @property
    def is_private(self) -> bool:
        """Whether it asks for no titles, as servers of this machine do."""
        return self.kind.auth == "none"

    @property
    def is_priced(self) -> bool:
        """Whether its models are those whose prices are known here."""
        return self.kind.models is not None


# A provider of the user's own: all its models have prices. Of a provider of the catalog, some may lack one, and then
# the status line keeps its `~`, since a session could ask for them.
_OWN = Kind(
    'title = "Counting"\nbase_url = "{url}/anthropic"\nauth = "bearer"\nsecret = "cmd:cat {secret_file}"\n[tiers]\n'
    + "".join(f'{slot} = "{model}"\n' for slot, model in MODELS.items()),
    "bearer",
    KINDS["token"].protection,
    prefix="/anthropic",
)
WAYS = {
    "run": Way(_OWN),
    "run of the catalog": Way(KINDS["token"]),
    "run without a key": Way(KINDS["none"]),
    "wrapper": Way(_OWN, wrapper=True),
    "sealed": Way(KINDS["sealed"], exact=False),
    "sealed wrapper": Way(KINDS["sealed"], wrapper=True, exact=False),
    "use": Way(KINDS["token"], plain=True, exact=False),
    "login": Way(KINDS["login"], exact=False),
}
OWN, OTHER = "own", "other"


@dataclass(frozen=True)
class Read:
    """What somebody said that something cost, and what it did cost."""

    where: str
    said: Decimal
    cost: Fraction
    places: int = PLACES

    @property
    def is_right(self) -> bool:
        """Whether it is the same, to the last place that is shown."""
        return rounded(self.cost, self.places) == round(self.said, self.places)

    def __str__(self) -> str:
        return f"{self.where}: said {self.said}, billed {rounded(self.cost, PLACES)}"


def rounded(exact: Fraction, places: int) -> Decimal:
    """As it is shown with so many places."""
    whole = Decimal(exact.numerator) / Decimal(exact.denominator)
    return whole.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def tables(rates: Mapping[str, Rates]) -> str:
    """The prices, as a profile says them."""
    return "".join(
        f'[models."{model}"]\ncontext = 200000\nprices = {{ input = {one.input}, output = {one.output}, '
        f"cache_write = {one.write_5m}, cache_write_1h = {one.write_1h}, cache_read = {one.read} }}\n"
        for model, one in rates.items()
    )


@contextmanager
def counted(
    root: Path,
    way: str = "run",
    version: str = harness.CURRENT,
    *,
    seed: int = 0,
    style: Style = STYLES["anthropic"],
    keeps_for_an_hour: bool = False,
) -> Iterator[Counted]:
    """A stage with two providers that count, each of a profile of its own."""
    with ExitStack() as opened:
        both = [
            opened.enter_context(
                FakeCounting(rates, seed=seed + number, style=style, keeps_for_an_hour=keeps_for_an_hour)
            )
            for number, rates in enumerate((RATES, ELSEWHERE))
        ]
        outside = [opened.enter_context(FakeProvider()) for _ in range(2)]
        stage = Stage(root / "stage", version, [both[0], *outside])
        yield Counted(stage, WAYS[way], {OWN: both[0], OTHER: both[1]})


class Counted:
    """Sessions on a stage, and what was read of their costs."""

    def __init__(self, stage: Stage, way: Way, providers: Mapping[str, FakeCounting]) -> None:
        self.stage, self.way, self.providers = stage, way, providers
        self.goes_on = tuple(map(int, stage.version.split("."))) >= GOES_ON
        self.reads: list[Read] = []
        self.inherited: dict[str, Fraction] = {}  # what the sum of a fork began with
        self.lines = stage.elsewhere / "lines"
        self.lines.mkdir()
        self._prompts = 0
        self._programs: dict[str, Wrapped] = {}
        harness.seed_home(stage.home, trust=[stage.work])
        if way.kind.auth == "login":
            harness.seed_login(stage.home)
        keep = f'f=$(mktemp {self.lines}/new.XXXXXX); cat >"$f"; mv "$f" "$f.json"; echo OWN-LINE'
        stage.settings("user", {"statusLine": {"type": "command", "command": keep}})
        stage.profile(way.kind, tables=tables(RATES) if way.is_priced else "")
        config = stage.home / ".config" / "cc-launcher"
        (config / "config.toml").write_text(_CONFIG)
        own = (config / "profiles" / f"{OWN}.toml").read_text()
        if way.is_priced:
            other = own.replace(self.own.url, self.other.url).replace(tables(RATES), tables(ELSEWHERE))
            (config / "profiles" / f"{OTHER}.toml").write_text(other)
        if way.plain:
            assert stage.cc("use", OWN).returncode == 0

    @property
    def own(self) -> FakeCounting:
        return self.providers[OWN]

    @property
    def other(self) -> FakeCounting:
        return self.providers[OTHER]

    # Starting sessions

    def prompt(self, *words: str) -> str:
        """A prompt of its own number that makes the model do this."""
        self._prompts += 1
        return prompt(self._prompts, *words)

    def argv(self, *arguments: str, profile: str = OWN) -> list[str | Path]:
        """What starts the client in this way."""
        if self.way.wrapper:
            if profile not in self._programs:
                self._programs[profile] = Wrapped(self.stage, *self.way.kind.options, profile=profile)
            return ["sh", self._programs[profile].path, *arguments]
        if self.way.plain:
            return [self.stage.client, *arguments]
        return [sys.executable, "-m", "cc_launcher", "run", *self.way.kind.options, profile, *arguments]

    @property
    def environment(self) -> dict[str, str]:
        if self.way.wrapper:
            return next(iter(self._programs.values())).environment()
        return self.stage.environment

    def agree(self) -> None:
        """Each of the two providers may see what the other one has seen."""
        for names in ((OWN, OTHER), (OTHER, OWN)):
            line: list[str | Path] = [sys.executable, "-m", "cc_launcher", "take-over", "--allow", *names]
            assert harness.run(line, self.stage.environment, self.stage.work, timeout=PATIENCE).returncode == 0

    def ended(self, *arguments: str, profile: str = OWN) -> harness.Ended:
        """A session without a terminal, to its end."""
        argv = self.argv(*arguments, *ALLOWED, profile=profile)
        ended = harness.run(argv, self.environment, self.stage.work, timeout=PATIENCE)
        assert ended.returncode == 0, ended
        return ended

    def printed(self, *words: str, options: Sequence[str] = (), profile: str = OWN, parent: str = "") -> str:
        """The same, with its total read from what it prints. A fork's total goes on from its parent's."""
        earlier = {one.session: self.bill(one.session) for each in self.providers.values() for one in each.ledger}
        ended = self.ended("-p", self.prompt(*words), "--output-format", "json", *options, profile=profile)
        said = json.loads(ended.stdout)
        session: str = said["session_id"]
        if parent and self.goes_on:
            self.inherited[session] = earlier[parent]
        if self.way.exact:
            before = Fraction() if self.goes_on else earlier.get(session, Fraction())
            self.read(f"json of {session[:8]}", said["total_cost_usd"], self.bill(session) - before)
        return session

    def stopped(self, sign: signal.Signals, *words: str) -> None:
        """A session without a terminal that gets this signal while it waits for the rest of an answer."""
        argv = self.argv("-p", self.prompt(*words), *ALLOWED)
        process = start(argv, self.environment, self.stage.work)
        wait_until(self.own.at_wait.is_set, "an answer that does not go on")
        time.sleep(0.1)
        wait_until(lambda: rests(process.pid), "a client that has read what has been sent")
        process.send_signal(sign)
        process.communicate(timeout=PATIENCE)
        self.own.go_on.set()
        self.settle()

    def in_background(self, *words: str) -> None:
        """A background agent, to its end; and then the end of the service that the client has started for it.

        Measured on 2.1.329: now and then the small model says what the agent is about, for the list of agents. That
        stands in no line and in no sum of the client's, so nobody but the provider knows of it: it is left out here.
        """
        argv = self.argv(self.prompt(*words), "--bg", *ALLOWED)
        at = argv.index(OWN)
        argv[at:at] = ["--env", "CLAUDE_CODE_DISABLE_AGENT_VIEW=0"]
        started = harness.run(argv, self.environment, self.stage.work, timeout=PATIENCE)
        try:
            assert started.returncode == 0, started
            wait_until(lambda: bool(self.own.ledger), "a request of the agent's")
            self.settle()
        finally:
            stop: list[str | Path] = [self.stage.client, "daemon", "stop", "--any"]
            assert harness.run(stop, self.environment, self.stage.work, timeout=PATIENCE).returncode == 0
        self.own.ledger[:] = [one for one in self.own.ledger if (one.model, one.about) != (MODELS["haiku"], "answer")]

    @contextmanager
    def session(self, *arguments: str, profile: str = OWN) -> Iterator[Session]:
        """A session on a terminal. Whoever has read what is on the screen leaves it."""
        argv = self.argv(*ALLOWED, *arguments, profile=profile)
        with harness.Terminal(argv, self.environment, self.stage.work) as terminal:
            self.stage.wait_until_ready(terminal)
            yield Session(self, terminal, self.providers[profile])

    # What it comes to

    def bill(self, session: str) -> Fraction:
        """What a session has cost so far, with what its sum began with."""
        if not self.way.is_priced:
            return Fraction()
        served = sum((one.bill(session=session) for one in self.providers.values()), start=Fraction())
        return served + self.inherited.get(session, Fraction())

    def read(self, where: str, said: float | str, cost: Fraction, places: int = PLACES) -> None:
        self.reads.append(Read(where, Decimal(repr(said) if isinstance(said, float | int) else said), cost, places))

    def read_states(self) -> None:
        """The client's own sums, as they stand at the end."""
        for session, state in self.states().items():
            self.read(f"cost-state of {session[:8]}", state["totalCostUSD"], self.bill(session))

    def states(self) -> dict[str, dict[str, Any]]:
        """The newest sum of each session."""
        found = {}
        for path in sorted(self.stage.home.glob(".claude/projects/*/*.jsonl")):
            for line in path.read_text().splitlines():
                if line.startswith('{"type":"cost-state"'):
                    state = json.loads(line)
                    found[state["sessionId"]] = state
        return found

    def usage(self, *options: str) -> dict[str, Any]:
        """What `cc usage` says."""
        ended = self.stage.cc("usage", "--json", *options)
        assert ended.returncode == 0, ended
        data: dict[str, Any] = json.loads(ended.stdout)["data"]
        return data

    def read_usage(self) -> None:
        """The cost of each profile, session and model, as `cc usage` has it."""
        for row in self.usage("--by", "profile,session,model")["rows"]:
            name, session, model = (row[way] for way in ("profile", "session", "model"))
            where = f"cc usage of {name}, {str(session)[:8]}, {model}"
            assert name in self.providers, row
            cost = self.providers[name].bill(session=session, model=model)
            self.read(where, "-1" if row["cost"] is None else row["cost"], cost)
            assert row["attribution"] == "marked", row

    def check_tokens(self) -> None:
        """To the token, and each request once, `cc usage` has what the providers have served."""
        served: dict[tuple[str, str, str], tuple[list[int], int]] = {}
        for name, provider in self.providers.items():
            for session, model in {(one.session, one.model.removesuffix("[1m]")) for one in provider.ledger}:
                mine = [
                    one for one in provider.ledger if (one.session, one.model.removesuffix("[1m]")) == (session, model)
                ]
                shown = sum(one.about == "answer" for one in mine)
                served[name, session, model] = (total(one.tokens for one in mine).four, shown)
        found = {
            (row["profile"], row["session"], row["model"]): (
                [row[kind] for kind in ("input", "output", "cache_write", "cache_read")],
                row["requests"],
            )
            for row in self.usage("--by", "profile,session,model")["rows"]
        }
        assert found == served

    def wrong(self) -> list[str]:
        """Every witness that is not right."""
        return [str(read) for read in self.reads if not read.is_right]

    def check(self) -> None:
        """Every witness says what was billed: those so far, the client's own sums, and `cc usage`."""
        self.check_tokens()
        if self.way.exact:
            self.read_states()
        if self.way.is_priced:
            self.read_usage()
        assert self.wrong() == [], "\n".join(self.wrong())

    def settle(self) -> None:
        """Wait until nobody asks a provider any more: a subagent may be at work still."""
        known, since = -1, time.monotonic()
        deadline = since + PATIENCE
        while time.monotonic() - since < _SETTLED:
            assert time.monotonic() < deadline, "requests, on and on"
            number = sum(len(one.ledger) for one in self.providers.values())
            if number != known:
                known, since = number, time.monotonic()
            time.sleep(0.05)


class Session:
    """A session on a terminal."""

    def __init__(self, counted: Counted, terminal: harness.Terminal, provider: FakeCounting) -> None:
        self.counted, self.terminal, self.provider = counted, terminal, provider

    @property
    def id(self) -> str:
        """The session as it is now: `/clear` begins another one."""
        return self.provider.ledger[-1].session

    def step(self, *words: str) -> None:
        """A prompt, until the model says that it is done."""
        text = self.counted.prompt(*words)
        self.counted.stage.type(self.terminal, text)
        number = text.split()[1][:-1]
        self.terminal.wait_for(f"done {number}.", timeout=PATIENCE)
        self.counted.settle()

    def command(self, text: str, *answers: str) -> str:
        """A command of the client's, and which of these came on the screen."""
        self.counted.stage.type(self.terminal, text)
        return self.terminal.wait_for(*answers, timeout=PATIENCE)

    def switch(self, model: str) -> None:
        """`/model`, with a yes to its question."""
        done, question = f"Set model to {MODELS[model]}", "Switch model?"
        said = self.command(f"/model {model}", done, question)
        while said == question:
            self.terminal.wait_for_quiet()  # a key that comes with the question is lost
            self.terminal.send("\r")
            self.terminal.wait_for_quiet()
            said = self.terminal.wait_for(done, question, timeout=PATIENCE)

    def read_cost(self) -> None:
        """What `/cost` says, now that nothing more is asked."""
        self.counted.settle()
        bill = self.counted.bill(self.id)
        self.command("/cost", "Usage by model")
        self.terminal.wait_for_quiet()
        said = re.search(r"(?:Estimated|Total) cost:\s+\$([\d.]+)", self.terminal.screen())
        assert said is not None, self.terminal.screen()
        self.counted.read("/cost", said[1], bill, len(said[1].partition(".")[2]))
        self.terminal.send("\x1b")
        self.terminal.wait_for_quiet()

    def read_line(self) -> None:
        """What the status line shows, and what it was given."""
        self.counted.settle()
        bill = self.counted.bill(self.id)
        shown = rounded(bill, 2)
        wait_until(lambda: f"${shown}" in self.terminal.screen(), f"${shown} in the status line")
        newest = max(self.counted.lines.glob("*.json"), key=lambda path: path.stat().st_mtime_ns)
        given = json.loads(newest.read_text())
        self.counted.read("the client's own figure for the status line", given["cost"]["total_cost_usd"], bill)
        [line] = [one for one in self.terminal.screen().split("\n") if "| work" in one]
        said = re.search(r"(~?)\$([\d.]+)", line)
        assert said is not None, line
        assert not said[1], line
        self.counted.read("the status line", said[2], bill, 2)

    def leave(self) -> None:
        """End it, as a user does."""
        self.counted.settle()
        self.counted.stage.type(self.terminal, "/exit")
        self.terminal.wait(PATIENCE)
