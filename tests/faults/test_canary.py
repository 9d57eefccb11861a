"""A secret that is new for each test is found nowhere but where it belongs, whatever was typed and whatever broke."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.fakes import fake_keyring
from tests.support import Result, Sandbox, console_script, run
from tests.watch import no_argument_holds, no_file_holds

BUG = 70


class Canary:
    """A sandbox with a secret in it, and a watch over everything that must not hold it."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.secret = f"canary-{secrets.token_hex(16)}"
        sandbox.hide("secret-tool")  # so that the FAKE library is asked
        # Where it may be: these are outside of HOME.
        sandbox.secret_file(self.secret.encode())
        self.library = fake_keyring.install(
            sandbox.outside / "library", f"return open({str(sandbox.outside / 'secret')!r}).read()"
        )
        self.environment = sandbox.environment(PYTHONPATH=str(self.library), CC_SECRET_TIMEOUT="100")

    def watched(self, *args: str, program: Path | None = None, allowed: bool = False) -> Result:
        """Run `cc`, and look for the secret in all that it leaves, and in the arguments of all that runs meanwhile."""
        with no_argument_holds(self.secret.encode()):
            result = run([program or self.sandbox.cc, *args], self.environment, self.sandbox.work)
        assert allowed or self.secret.encode() not in result.out, f"{args}: on standard output"
        assert self.secret.encode() not in result.err, f"{args}: on standard error"
        no_file_holds(self.secret.encode(), self._left())
        return result

    def _left(self) -> Iterator[Path]:
        """Every file that is not where the secret is kept, and no dump of the fake, whose job is to have it."""
        for place in (self.sandbox.home, self.sandbox.work, self.sandbox.bin):
            yield from (path for path in place.rglob("*") if path.is_file() or path.is_dir())
        for path in self.sandbox.outside.iterdir():
            if path.is_file() and path.name != "secret":
                yield path


@pytest.fixture
def canary(sandbox: Sandbox) -> Canary:
    return Canary(sandbox)


@dataclass(frozen=True)
class Kind:
    """One way of a secret from its store to the client."""

    profile: str
    in_environment: bool = False
    in_pipe: bool = False


SOURCES = {
    "env": "env:MY_CANARY",
    "file": "file:{outside}/secret",
    "cmd": "cmd:cat {outside}/secret",
    "keyring": "keyring:mine",
}
_UNASKED = 'extends = "ollama"\nkind = "gateway"\n'  # there is no Ollama here to ask first
KINDS = {
    **{
        f"bearer {name}": Kind(f'extends = "zai"\nsecret = "{where}"\n', in_environment=True)
        for name, where in SOURCES.items()
    },
    **{
        f"api-key {name}": Kind(f'extends = "anthropic"\nsecret = "{where}"\n', in_pipe=True)
        for name, where in SOURCES.items()
    },
    **{
        f"sealed {name}": Kind(f'extends = "zai"\nsecret = "{where}"\nsealed = true\n')
        for name, where in SOURCES.items()
        if name != "env"
    },
    "header": Kind(_UNASKED + '[secret_headers]\nX-Key = "file:{outside}/secret"\n', in_environment=True),
    "header after a word": Kind(
        _UNASKED + '[secret_headers]\nX-Key = {{ secret = "file:{outside}/secret", prefix = "Bearer " }}\n',
        in_environment=True,
    ),
    "header of its own": Kind(
        'extends = "anthropic"\nsecret = "file:{outside}/secret"\n[secret_headers]\nX-Key = "own"\n',
        in_environment=True,
        in_pipe=True,
    ),
    "address": Kind(
        'extends = "litellm"\nauth = "none"\nbase_url = "https://gateway.example/{{key}}/x"\n'
        '[tiers]\nmain = "m"\n[secret_values]\nkey = "file:{outside}/secret"\n',
        in_environment=True,
    ),
    "none": Kind(_UNASKED),
    "login": Kind('extends = "claude"\n'),
}


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS.keys())
def test_a_launch(canary: Canary, kind: Kind) -> None:
    sandbox = canary.sandbox
    sandbox.profile("mine", kind.profile.format(outside=sandbox.outside))
    # In the environment it stands in any case, in a variable that is not the client's. What reads it from there
    # takes it out; the others must not care for it.
    reads_it = "env:" in kind.profile
    if reads_it:
        canary.environment["MY_CANARY"] = canary.secret
    for program in (sandbox.cc, sandbox.cached_cc):
        assert canary.watched("run", "mine", "-p", "hello", program=program).code == 0
        dump = sandbox.fake.take()
        holders = [name for name, value in dump.environment.items() if canary.secret.encode() in value]
        assert bool(holders) == kind.in_environment, holders
        assert b"MY_CANARY" not in holders
        assert canary.secret.encode() not in b"\0".join(dump.arguments)
        assert (dump.key == canary.secret.encode()) == kind.in_pipe
    assert sandbox.plans
    as_variables = "sealed" not in kind.profile and "secret_values" not in kind.profile
    for args, code in (
        (["run", "--dry-run", "mine"], 0),
        (["show", "--json", "mine"], 0),
        (["env", "mine"], 0 if as_variables else 2),
    ):
        assert canary.watched(*args).code == code


def test_the_other_commands(canary: Canary) -> None:
    for number, kind in enumerate(KINDS.values()):
        canary.sandbox.profile(f"mine-{number}", kind.profile.format(outside=canary.sandbox.outside))
    canary.environment |= {"MY_CANARY": canary.secret, "ZAI_API_KEY": canary.secret, "ANTHROPIC_API_KEY": canary.secret}
    for args in (
        ["list-profiles"],
        ["list-profiles", "--ready"],
        ["ls", "--json"],
        ["version"],
        ["version", "--json"],
        ["config", "path"],
        ["config", "path", "--json"],
        ["help"],
        ["run", "--help"],
        ["run", "--dry-run", "--json", "mine-0"],
        ["show", "mine-0"],
        ["env", "--format", "json", "mine-0"],
    ):
        assert canary.watched(*args).code == 0
    for args in (
        ["run"],
        ["run", "no-such-profile"],
        ["run", "mine-0", "no-such-model"],
        ["run", "--no-such-option", "mine-0"],
        ["run", "--json", "mine-0"],
        ["show", "no-such-profile"],
        ["env", "--format", "no-such-format", "mine-0"],
        ["secret", "get"],
        ["secret", "get", "--reference", "no-such-store:x"],
        ["config"],
        ["no-such-command"],
    ):
        assert canary.watched(*args).code != 0


def test_where_it_was_asked_for(canary: Canary) -> None:
    """Printed on request, and nowhere else."""
    reference = f"file:{canary.sandbox.outside}/secret"
    canary.sandbox.profile("mine", f'extends = "zai"\nsecret = "{reference}"\n')
    for args in (["env", "--reveal", "mine"], ["secret", "get", "--reference", reference]):
        result = canary.watched(*args, allowed=True)
        assert (result.code, canary.secret.encode() in result.out) == (0, True)


def test_a_secret_in_the_wrong_place(canary: Canary) -> None:
    """People paste keys where a reference or an address belongs. The error must not repeat them."""
    lines = (
        'secret = "{}"',
        'secret = "{}:x"',
        'api_key = "{}"',
        'base_url = "https://user:{}@host.example"',
        'base_url = "https://host.example/?key={}"',
        'base_url = "{}"',
        'headers = {{ Authorization = "{}" }}',
        'env = {{ ANTHROPIC_AUTH_TOKEN = "{}" }}',
        'timeout = "{}"',
        "timeout = {}",
        'auth = "{}"',
        'sealed = "{}"',
        'label = "{}"',
        'extends = ["{}"]',
        'secret = "{}',
    )
    for number, line in enumerate(lines):
        extends = "" if "extends" in line else 'extends = "zai"\n'
        canary.sandbox.profile(f"mine-{number}", extends + line.format(canary.secret))

    def silent(*args: str) -> Result:
        result = run([canary.sandbox.cc, *args], canary.environment, canary.sandbox.work)
        assert canary.secret.encode() not in result.out + result.err, args
        return result

    for number, line in enumerate(lines):
        assert silent("run", f"mine-{number}").code == 78, line
    assert silent("list-profiles").code == 0
    assert silent("ls", "--json").code == 0
    assert not canary.sandbox.fake.started


def _spoilt_clients(canary: Canary) -> None:
    (canary.sandbox.home / ".cache" / "cc-launcher" / "clients.json").write_bytes(os.urandom(100))
    canary.sandbox.plans[0].unlink()


def _odd_clients(canary: Canary) -> None:
    (canary.sandbox.home / ".cache" / "cc-launcher" / "clients.json").write_text('[{"a": [1, 2]}, null]')
    canary.sandbox.plans[0].unlink()


def _spoilt_plan(canary: Canary) -> None:
    canary.sandbox.plans[0].write_bytes(os.urandom(4000))


def _spoilt_settings(canary: Canary) -> None:
    (canary.sandbox.home / ".claude").mkdir()
    (canary.sandbox.home / ".claude" / "settings.json").write_bytes(b'{"env": {"ANTHROPIC_API_KEY": \xff')


def _client_without_interpreter(canary: Canary) -> None:
    canary.sandbox.fake.path.write_text("#!/no/such/interpreter\n")


def _client_that_is_garbage(canary: Canary) -> None:
    canary.sandbox.fake.path.write_bytes(b"\x7fELF" + os.urandom(1000))


def _client_that_crashes(canary: Canary) -> None:
    canary.sandbox.fake.path.write_text("#!/bin/sh\nulimit -c 0\nkill -SEGV $$\n")


BREAKAGES: dict[Callable[[Canary], None], int] = {
    _spoilt_clients: 0,
    _odd_clients: 0,
    _spoilt_plan: 0,
    _spoilt_settings: 0,
    _client_without_interpreter: 127,
    _client_that_is_garbage: 126,
    _client_that_crashes: -11,
}


@pytest.mark.parametrize(("broken", "code"), BREAKAGES.items())
def test_a_crash_around_us(canary: Canary, broken: Callable[[Canary], None], code: int) -> None:
    canary.sandbox.profile("mine", f'extends = "zai"\nsecret = "file:{canary.sandbox.outside}/secret"\n')
    assert canary.watched("run", "mine").code == 0
    canary.sandbox.fake.take()
    broken(canary)
    assert canary.watched("run", "mine").code == code


# Places where a bug of ours would have the secret at hand, each replaced by one that fails with all that it has.
CRASHES = [
    "cc_launcher.launch.process.become",
    "cc_launcher.launch.start.environment",
    "cc_launcher.launch.start._handed_over",
    "cc_launcher.launch.secret_reader.cleaned",
    "cc_launcher.core.plan.exports.render",
]


@pytest.mark.parametrize("place", CRASHES)
@pytest.mark.parametrize("error", ["RuntimeError", "OSError", "UnicodeError", "KeyError"])
def test_a_crash_of_ours(canary: Canary, place: str, error: str) -> None:
    sandbox = canary.sandbox
    sandbox.profile("mine", f'extends = "zai"\nsecret = "file:{sandbox.outside}/secret"\n')
    module, _, name = place.rpartition(".")
    broken = console_script(
        sandbox.outside,
        before=(
            f"import {module} as place\n"
            "def fail(*args, **more):\n"
            f"    raise {error}(repr((args, more)))\n"
            f"place.{name} = fail\n"
        ),
    )
    args = ["env", "--reveal", "mine"] if place.endswith("render") else ["run", "mine"]
    result = canary.watched(*args, program=broken)
    assert result.code == BUG, result.err
    assert b"hint: " in result.err
    assert not sandbox.fake.started
