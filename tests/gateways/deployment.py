"""What a team deploys, started here without containers: the real LiteLLM on the real Redis, by our files.

    python -m tests.gateways.deployment

By hand: Debian's `redis-server`, and `postgresql` for the part about it. `cc gateway render --for compose` writes the
files; the commands, checks and variables of its services are taken from its compose.yaml, with other ports and places,
and two engines run, as where a team scales. The upstream is a FAKE. LiteLLM itself is not run on Postgres: it asks that
by a program of prisma's, which no index has.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped] # it comes without types

from tests.gateways import engine, gateway
from tests.gateways.running import CANARY, Answer, Gateway, body, wait_for
from tests.gateways.upstream import FakeUpstream

MIX = """\
[gateway]
upstreams = { a = "up-a", b = "up-b" }
key = "alice"
[gateway.keys.alice]
team = "red"
[gateway.keys.bob]
[gateway.keys.poor]
budget = "0.002 USD/day"
[gateway.teams.red]
[routes.main]
targets = [{ to = "a/m" }, { to = "b/m", order = 2 }]
[routes.other]
targets = [{ to = "b/m" }]
"""
RULE = '[[rules]]\nname = "away"\nwhen = "headers[\'x-away\'] == \'1\'"\nto = "other"\n'
PASSWORD = "of-redis-p4ss"


class Deployed:
    """The files of a profile, filled in, and what runs of them."""

    def __init__(self, home: Gateway, directory: Path, text: str) -> None:
        home.profile("mix", text)
        home.cc("gateway", "render", "--for", "compose", "--out", str(directory), "mix")
        self.home, self.directory = home, directory
        self.services: dict[str, Any] = yaml.safe_load((directory / "compose.yaml").read_text())["services"]
        self.redis_port = gateway.free_port()
        example = (directory / "variables.env.example").read_text()
        self.variables = {name: f"sk-{name.lower()}" for name in re.findall(r"^([A-Z0-9_]+)=$", example, re.MULTILINE)}
        self.variables |= {name: f"{CANARY}-of-{name}" for name in self.variables if name.startswith("CC_SECRET")}
        self.variables |= {"REDIS_PASSWORD": PASSWORD, "POSTGRES_PASSWORD": "of-postgres"}
        rules = directory / "rules.json"
        rules.write_text(rules.read_text().replace("/data/", f"{directory}/"))
        self.port = 0

    def environment(self, service: str, **more: str) -> dict[str, str]:
        """What this service would have, with our places in it."""
        given = dict(self.services[service].get("environment", {}))
        if self.services[service].get("env_file"):
            given = self.variables | given
        filled = {
            name: re.sub(r"\$\{(\w+)[^}]*\}", lambda found: self.variables[found[1]], str(value))
            for name, value in given.items()
        }
        ours = {name: value.replace("/app/cc", str(self.directory)) for name, value in filled.items()}
        return {"PATH": os.environ["PATH"], "HOME": str(self.directory)} | ours | more

    @contextmanager
    def redis(self) -> Iterator[None]:
        """Its service, by its own command."""
        shell, flag, line = (word.replace("$$", "$") for word in self.services["redis"]["command"])
        argv = [shell, flag, f"{line} --port {self.redis_port} --bind 127.0.0.1"]
        with (self.directory / "redis.log").open("wb") as log:
            process = subprocess.Popen(
                argv, env=self.environment("redis"), cwd=self.directory, stdout=log, stderr=log, start_new_session=True
            )
        try:
            wait_for(self.redis_is_healthy, "Redis")
            yield
        finally:
            process.kill()
            process.wait()

    def redis_is_healthy(self) -> bool:
        """What its check says."""
        check = self.services["redis"]["healthcheck"]["test"][1].replace("$$", "$")
        check = check.replace("redis-cli", f"redis-cli -p {self.redis_port}")
        done = subprocess.run(["sh", "-c", check], env=self.environment("redis"), capture_output=True, check=False)
        return done.returncode == 0

    def in_redis(self, *words: str) -> str:
        argv = ["redis-cli", "-p", str(self.redis_port), *words]
        environment = {**os.environ, "REDISCLI_AUTH": PASSWORD}
        return subprocess.run(argv, env=environment, capture_output=True, text=True, check=True).stdout

    @contextmanager
    def postgres(self) -> Iterator[int]:
        """A server with the user and the database of its service, which its image would make."""
        given, port, data = self.environment("postgres"), gateway.free_port(), self.directory / "postgres"
        data.mkdir()
        (self.directory / "password").write_text(given["POSTGRES_PASSWORD"])
        as_user: list[str] = []
        if os.geteuid() == 0:  # it does not run as root
            subprocess.run(["chown", "postgres", str(data), str(self.directory / "password")], check=True)
            for place in (self.directory, self.directory.parent):
                place.chmod(0o755)
            as_user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
        told = ["-D", str(data), "-U", given["POSTGRES_USER"], "-A", "scram-sha-256"]
        words = [*as_user, _of_postgres("initdb"), *told, f"--pwfile={self.directory / 'password'}"]
        subprocess.run(words, cwd="/", check=True, capture_output=True)
        words = [
            *as_user,
            _of_postgres("postgres"),
            "-D",
            str(data),
            "-p",
            str(port),
            "-h",
            "127.0.0.1",
            "-k",
            str(data),
        ]
        with (self.directory / "postgres.log").open("wb") as log:
            process = subprocess.Popen(words, cwd="/", stdout=log, stderr=log, start_new_session=True)
        try:
            wait_for(lambda: self.postgres_is_healthy(port), "Postgres")
            login = {"PATH": os.environ["PATH"], "PGPASSWORD": given["POSTGRES_PASSWORD"]}
            there = ["-h", "127.0.0.1", "-p", str(port), "-U", given["POSTGRES_USER"], given["POSTGRES_DB"]]
            subprocess.run([_of_postgres("createdb"), *there], env=login, check=True, capture_output=True)
            yield port
        finally:
            process.terminate()
            process.wait()

    def postgres_is_healthy(self, port: int) -> bool:
        """What its check says."""
        check = self.services["postgres"]["healthcheck"]["test"][1]
        line = check.replace("pg_isready", f"{_of_postgres('pg_isready')} --host 127.0.0.1 --port {port}")
        return subprocess.run(["sh", "-c", line], capture_output=True, check=False).returncode == 0

    def in_postgres(self, port: int, password: str) -> subprocess.CompletedProcess[bytes]:
        """Ask it something, at the address that the gateway's service has."""
        self.variables["POSTGRES_PASSWORD"] = password
        address = self.environment("gateway")["DATABASE_URL"].replace("@postgres:5432/", f"@127.0.0.1:{port}/")
        argv = [_of_postgres("psql"), address, "-c", "SELECT 1"]
        return subprocess.run(argv, capture_output=True, check=False)

    @contextmanager
    def engine(self, name: str, **more: str) -> Iterator[int]:
        """One more engine, on a port of its own, without Postgres."""
        port = gateway.free_port()
        ours = {"4000": str(port), "0.0.0.0": "127.0.0.1"}
        command = [ours.get(word, word) for word in self.services["gateway"]["command"]]
        command = [word.replace("/app/cc", str(self.directory)) for word in command]
        environment = self.environment("gateway", REDIS_HOST="127.0.0.1", REDIS_PORT=str(self.redis_port))
        del environment["DATABASE_URL"]
        environment |= {"LITELLM_LOCAL_MODEL_COST_MAP": "True"} | more
        argv = [engine.python(), "-m", "litellm.proxy.proxy_cli", *command]
        log = self.directory / f"{name}.log"
        with gateway.running(argv, environment, "/health/liveliness", port, log):
            self.port = port
            yield port

    def gateway_is_healthy(self, port: int) -> bool:
        """What its check says."""
        _, _, flag, code = self.services["gateway"]["healthcheck"]["test"]
        argv = [str(engine.python()), flag, code.replace(":4000", f":{port}")]
        return subprocess.run(argv, capture_output=True, check=False).returncode == 0

    def ask(self, port: int, who: str = "alice", model: str = "main", session: str = "s") -> Answer:
        """One request with a key that was handed out."""
        key = self.variables.get(f"CC_KEY_MIX_{who.upper()}", who)
        status, headers, raw = self.home.raw("/v1/messages", key, body(model), session, port)
        return Answer(status, json.loads(raw), headers)


def _of_postgres(program: str) -> str:
    """Debian keeps them where PATH does not lead."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{program}"))
    return str(found[-1]) if found else program


def main() -> int:
    """Try each, and say what holds."""
    if shutil.which("redis-server") is None:
        print("redis-server is not installed: apt-get install redis-server")
        return 2
    version = subprocess.run(["redis-server", "--version"], capture_output=True, text=True, check=True).stdout.split()[
        2
    ]
    print(f"LiteLLM of cc's own list, Redis {version.removeprefix('v=')}\n")
    wrong = 0

    def holds(what: str, tried: Callable[[], object]) -> None:
        nonlocal wrong
        try:
            tried()
            print(f"holds           {what}", flush=True)
        except Exception:  # noqa: BLE001 - what else holds is still to be said
            wrong += 1
            print(f"DOES NOT HOLD   {what}\n{traceback.format_exc()}", flush=True)

    with ExitStack() as opened:
        root = Path(opened.enter_context(tempfile.TemporaryDirectory(prefix="deployment.", ignore_cleanup_errors=True)))
        upstream = opened.enter_context(FakeUpstream())
        home = Gateway(root / "home", upstream)
        deployed = Deployed(home, root / "team", MIX)
        opened.enter_context(deployed.redis())
        print("holds           Redis starts by its command, and its check says so", flush=True)
        first = opened.enter_context(deployed.engine("one"))
        second = opened.enter_context(deployed.engine("two"))
        for what, tried in trials(deployed, upstream, first, second):
            holds(what, tried)
    with ExitStack() as opened:
        root = Path(opened.enter_context(tempfile.TemporaryDirectory(prefix="deployment.", ignore_cleanup_errors=True)))
        home = Gateway(root / "home", opened.enter_context(FakeUpstream()))
        for what, tried in alone(home, root):
            holds(what, tried)
    return 1 if wrong else 0


Trial = tuple[str, Callable[[], object]]


def trials(deployed: Deployed, upstream: FakeUpstream, first: int, second: int) -> list[Trial]:
    """What is tried on two engines."""

    def healthy() -> None:
        assert deployed.gateway_is_healthy(first)
        assert deployed.gateway_is_healthy(second)
        assert not deployed.gateway_is_healthy(gateway.free_port())

    def keys() -> None:
        for who in ("alice", "bob"):
            for port in (first, second):
                answer = deployed.ask(port, who)
                assert answer.status == 200, answer
        assert deployed.ask(first, "sk-nobodys").status == 401

    def cooldown() -> None:
        upstream.broken.add("a")
        upstream.asked.clear()
        assert deployed.ask(first, session="c1").text == "b"
        assert [mode for mode, _, _ in upstream.asked] == ["a", "b"], upstream.asked
        wait_for(lambda: "cooldown" in deployed.in_redis("--scan"), "the failed target in Redis")
        time.sleep(2)  # an engine keeps what Redis told it for a moment
        upstream.asked.clear()
        assert deployed.ask(second, session="c2").text == "b"
        assert [mode for mode, _, _ in upstream.asked] == ["b"], upstream.asked
        upstream.broken.discard("a")

    def metrics() -> None:
        key = deployed.variables["LITELLM_MASTER_KEY"]
        for name, port in (("first", first), ("second", second)):
            status, _, text = deployed.home.raw("/metrics/", key, port=port)
            assert status == 200, (name, status, text[:300])
            assert "litellm_" in text
        assert deployed.home.raw("/metrics/", "", port=first)[0] == 401
        assert deployed.home.raw("/metrics/", deployed.variables["CC_KEY_MIX_ALICE"], port=first)[0] == 401

    def budget() -> None:
        assert deployed.ask(first, "poor").status == 200
        wait_for(lambda: deployed.ask(first, "poor").status == 402, "the end of a budget")
        assert deployed.ask(second, "poor").status == 402, "the other engine does not know what was spent"
        assert deployed.ask(second, "alice").status == 200

    return [
        ("the check of the gateway's service says what is so", healthy),
        ("the keys that are handed out work at both engines, and no other", keys),
        ("what one engine saw failing the other leaves alone, by Redis", cooldown),
        ("Prometheus gets the metrics with its key, and nobody without", metrics),
        ("a spent budget is spent at both engines", budget),
    ]


def without_celpy(root: Path) -> Path:
    """A directory for PYTHONPATH, with which a Python has no cel-python."""
    package = root / "missing" / "celpy"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("raise ModuleNotFoundError('celpy')\n")
    return package.parent


def alone(home: Gateway, root: Path) -> list[Trial]:
    """What is tried on an engine that has no more than LiteLLM's own image, or a database that it cannot ask."""
    missing = without_celpy(root)

    def path(deployed: Deployed) -> str:
        return f"{deployed.directory}:{missing}"

    def without_rules() -> None:
        deployed = Deployed(home, root / "plain", MIX)
        with deployed.redis(), deployed.engine("plain", PYTHONPATH=path(deployed)) as port:
            assert deployed.ask(port).status == 200

    def with_rules() -> None:
        deployed = Deployed(home, root / "ruled", MIX + RULE)
        fault = pytest.raises(AssertionError, match="its rules need cel-python")
        with fault, deployed.redis(), deployed.engine("ruled", PYTHONPATH=path(deployed)):
            pass
        with deployed.redis(), deployed.engine("ruled") as port:
            assert deployed.ask(port).text == "a"

    def without_redis() -> None:
        deployed = Deployed(home, root / "lone", MIX)
        with deployed.engine("lone") as port:
            assert deployed.ask(port).status == 200

    def with_a_database() -> None:
        deployed = Deployed(home, root / "data", MIX)
        address = "postgresql://gateway:x@127.0.0.1:9/gateway"
        with pytest.raises(AssertionError, match="prisma"), deployed.engine("data", DATABASE_URL=address):
            pass

    def postgres() -> None:
        deployed = Deployed(home, root / "kept", MIX)
        with deployed.postgres() as port:
            assert deployed.in_postgres(port, "of-postgres").returncode == 0
            assert deployed.in_postgres(port, "of-p/ost@gres").returncode != 0, "an address takes any password"

    return [
        ("without rules, LiteLLM needs no more than its image has", without_rules),
        ("with rules, it says that it needs cel-python, and serves with it", with_rules),
        ("a Redis that is gone does not stop an engine", without_redis),
        ("Postgres takes the address of the gateway's service, and its check says so", postgres),
        ("(seen here: with a database, and without prisma, LiteLLM does not start)", with_a_database),
    ]


if __name__ == "__main__":
    sys.exit(main())
