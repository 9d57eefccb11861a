"""What a user sees around a launch on the gateway, with the real engine: the way in, the names in its reports, probes.

The upstreams are FAKES; the client is the real one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.client import harness
from tests.fakes import fake_model
from tests.fakes.fake_openai import FakeOpenAI
from tests.gateways.running import PATIENCE, Gateway
from tests.gateways.upstream import FakeUpstream
from tests.unit.cli.scene import CTRL_C, ENTER, INTERRUPTED, OK, Session

DOWN = "\x1b[B"
WHERE, PASTE, INSTALL = "Where should the key be kept?", "paste the key (it is not shown)", "Install it now?"
PASTED = "canary-of-a-pasted-key"
MIX = """\
budget = "20 USD/30d"
[gateway]
upstreams = { a = "up-a", b = "up-b" }
[routes.main]
targets = [{ to = "a/m", weight = 70 }, { to = "b/m", weight = 30 }]
"""


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    root: Path = tmp_path_factory.mktemp("ux")
    with FakeUpstream() as upstream:
        made = Gateway(root, upstream)
        made.profile("mix", MIX)
        made.environment |= {"CC_CLAUDE": str(harness.install(harness.CURRENT)), "TERM": "xterm-256color"}
        made.environment |= {"PROMPT_TOOLKIT_NO_CPR": "1", "NO_PROXY": "127.0.0.1"}
        made.use_engine()
        try:
            yield made
        finally:
            made.end()


def test_a_key_that_is_pasted_for_one_session_reaches_the_provider_and_no_file(gateway: Gateway) -> None:
    gateway.profile("groq", f'extends = "groq"\nbase_url = "{gateway.upstream.url}/a/v1"\n')
    for _ in range(2):  # it is kept nowhere, so the second launch asks again
        argv: list[str | Path] = [gateway.program, "run", "groq", "-p", "hi"]
        with Session(argv, gateway.environment, gateway.root) as session:
            session.answer(WHERE, ENTER, timeout=PATIENCE)
            session.wait_for(PASTE, timeout=PATIENCE)
            session.wait_for_silence()
            session.send(PASTED + ENTER)
            session.wait_for("piece5", timeout=PATIENCE)
            assert session.ends() == OK, session.screen()
            assert PASTED not in session.text
    assert gateway.upstream.asked[-1] == ("a", "openai/gpt-oss-120b", f"Bearer {PASTED}")
    files = [path for path in gateway.root.rglob("*") if path.is_file() and not path.is_symlink()]
    assert [path for path in files if PASTED.encode() in path.read_bytes()] == []


def test_reports_name_what_serves_as_the_profile_does(gateway: Gateway) -> None:
    gateway.cc("gateway", "up", "mix")
    assert gateway.ask(gateway.key()).status == 200
    shown = gateway.cc("gateway", "status").stdout
    assert re.search(r"main +a/m +70 ", shown)
    assert re.search(r"main +b/m +30 ", shown)
    assert "@" not in shown
    told = gateway.status["profiles"]
    routes = next(each for each in told if each["name"] == "mix")["routes"]
    assert [target["served_by"] for target in routes["main"]] == ["a/m", "b/m"]
    plan = gateway.cc("run", "--dry-run", "mix").stdout
    assert f"the gateway on this machine, http://127.0.0.1:{gateway.record['port']}" in plan
    assert "LiteLLM 1.110.2; the gateway runs" in plan
    assert "missing" not in plan


def test_a_provider_behind_a_gateway_is_probed_like_any_other(gateway: Gateway) -> None:
    with FakeOpenAI(fake_model.openai) as model:
        gateway.secret("probed", "canary-of-an-upstream-key-probed")
        gateway.upstream_profile("probed", f"{model.url}/v1")
        gateway.profile("pair", MIX.replace("up-a", "up-probed").replace("up-b", "up-probed").replace("budget", "#"))
        for name, wanted in (("up-probed", "m"), ("pair", "main")):
            done = gateway.cc("probe", name, "--yes", "--json", "--only", "sse,edit,usage", check=False)
            run = json.loads(done.stdout)["data"]
            assert run["model"] == wanted
            assert [check for check in run["checks"] if check["status"] != "passed"] == []
        whole = gateway.cc("probe", "up-probed", "--yes", "--json", check=False)
        assert json.loads(whole.stdout)["data"]["verdict"].startswith("works"), whole.stdout
        listed = json.loads(gateway.cc("ls", "--json", "up-probed").stdout)["data"]
        assert listed[0]["probe"]["model"] == "m"


def test_the_first_five_minutes_from_an_empty_home(tmp_path: Path) -> None:
    """With the real pip, and a package index: an installation that is stopped leaves nothing and loses no key."""
    with FakeUpstream() as upstream:
        home = Gateway(tmp_path, upstream)
        home.profile("groq", f'extends = "groq"\nbase_url = "{upstream.url}/a/v1"\n')
        home.environment |= {"CC_CLAUDE": str(harness.install(harness.CURRENT)), "TERM": "xterm-256color"}
        home.environment |= {"PROMPT_TOOLKIT_NO_CPR": "1", "NO_PROXY": "127.0.0.1"}
        home.environment |= {"PIP_CACHE_DIR": str(Path.home() / ".cache" / "pip")}
        engines, kept = home.data / "gateway" / "engine", home.data / "keys" / "groq"
        argv: list[str | Path] = [home.program, "run", "groq", "-p", "hi"]
        try:
            with Session(argv, home.environment, home.root) as session:
                session.wait_for("Groq needs a key", timeout=PATIENCE)
                session.answer(WHERE, DOWN, ENTER)
                session.answer("Keep the key there?", "y")
                session.wait_for(PASTE, timeout=PATIENCE)
                session.wait_for_silence()
                session.send(PASTED + ENTER)
                session.wait_for("about 103 MB to load and 490 MB on disk, a minute or two", timeout=PATIENCE)
                assert not kept.exists()  # nothing is kept before the last question
                session.answer(INSTALL, ENTER)
                session.wait_for("installing the gateway's engine:", timeout=PATIENCE)
                session.send(CTRL_C)
                assert session.ends() == INTERRUPTED, session.screen()
            assert (kept.read_text().strip(), list(engines.iterdir())) == (PASTED, [])
            assert upstream.asked == [("a", "openai/gpt-oss-20b", f"Bearer {PASTED}")]  # it was tried, once
            with Session(argv, home.environment, home.root) as session:
                session.answer(INSTALL, ENTER)
                session.wait_for("packages (Ctrl-C to stop)", timeout=PATIENCE)
                session.wait_for("the gateway's engine is installed: LiteLLM", timeout=PATIENCE)
                session.wait_for("piece5", timeout=PATIENCE)
                assert session.ends() == OK, session.screen()
                assert PASTE not in session.text
            third = home.cc("run", "groq", "-p", "hi")
            assert "piece5" in third.stdout
            assert "starting" not in third.stderr  # it is warm
            assert home.cc("ls", "groq").stdout.split("\t")[3].strip() == "ready"
        finally:
            home.end()
