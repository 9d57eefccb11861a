"""Every finding of `cc doctor`: made for real, and absent where there is no fault."""

from __future__ import annotations

import json
import os
import shutil
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from cc_launcher.actions import gateway_daemon
from cc_launcher.core.doctor.findings import KINDS, NOTE, OK, PROBLEM, TOPICS, WARNING, topic
from cc_launcher.core.importing.followed import Followed, Part
from cc_launcher.core.plan.make_plan import reference_of
from cc_launcher.core.profile import clouds
from cc_launcher.files import follows, gateway_log, gateway_places, hosts, kept_probes, overrides, profiles
from cc_launcher.net import reach
from cc_launcher.secrets import keep
from tests.doctor.conftest import Day, DoctorMachine
from tests.report import sample
from tests.support import console_script
from tests.transcripts import SESSION, START, answer, marked, summed, write

Make = Callable[[DoctorMachine], object]


def _several(machine: DoctorMachine) -> None:
    machine.claude("other/claude", "2.1.300")
    machine.path("bin", "other", "compiler")


def _shadowed(machine: DoctorMachine) -> None:
    (machine.bin / "claude").unlink()
    package = machine.root / "lib" / "node_modules" / "@anthropic-ai" / "claude-code"
    machine.file(package / "package.json", '{"name": "@anthropic-ai/claude-code", "version": "2.1.300"}')
    (machine.bin / "claude").symlink_to(machine.program(f"{package}/cli.js"))
    native = machine.claude(f"{machine.home}/.local/share/claude/versions/2.1.329")
    (machine.root / "native").mkdir()
    (machine.root / "native" / "claude").symlink_to(native)
    machine.path("bin", "native", "compiler")


def _wrapped(machine: DoctorMachine) -> None:
    machine.program("first/claude", '#!/bin/sh\nexec cc run zai "$@"\n')
    machine.path("first", "bin", "compiler")


def _twice(machine: DoctorMachine) -> None:
    console_script(machine.root / "second")
    machine.path("bin", "second", "compiler")


def _not_on_path(machine: DoctorMachine) -> None:
    assert machine.run("install-wrapper", "mine", "--dir", str(machine.home / ".local" / "bin")).code == 0


def _behind_another(machine: DoctorMachine) -> None:
    _not_on_path(machine)
    (machine.root / "local").symlink_to(machine.home / ".local" / "bin")
    machine.program("earlier/claude-mine")
    machine.path("earlier", "local", "bin", "compiler")


def _unmarked_wrapper(machine: DoctorMachine) -> None:
    old = Path(__file__).parents[1] / "data" / "written-before" / "claude-mine"
    machine.file(".local/bin/claude-mine", old.read_bytes(), 0o755)
    (machine.root / "local").symlink_to(machine.home / ".local" / "bin")
    machine.path("local", "bin", "compiler")


def _unmarked_project(machine: DoctorMachine) -> None:
    file = machine.work / ".claude" / "settings.local.json"
    wanted = [(("env", "CC_PROFILE"), "mine")]
    overrides.carry_out(file, lambda base: overrides.with_ours(base, wanted, "mine", "glm-5.3"))


def _left(machine: DoctorMachine) -> None:
    """A session of the profile, and of plain claude behind it: one that began after the mark."""
    now = time.time() - START
    lines = [marked(now - 60, "mine"), answer(now - 50, (1, 1, 0, 0)), summed({}, started=now - 61)]
    write(machine.home / ".claude", [*lines, answer(now - 10, (1, 1, 0, 0)), summed({}, started=now - 20)])


def _without_compiler(machine: DoctorMachine) -> None:
    machine.program("bin/gcc")
    machine.path("bin")


def _held(machine: DoctorMachine) -> None:
    resolved = profiles.load("mine")
    reference = reference_of(resolved, frozenset())
    assert reference is not None
    hosts.confirm(resolved, reference)
    machine.profile('extends = "zai"\nbase_url = "https://elsewhere.example.com"')


def _refusing(machine: DoctorMachine) -> None:
    class Refuses(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(401)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    server = HTTPServer(("127.0.0.1", 0), Refuses)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    machine.profile(_at(server.server_port))


def _at(port: int) -> str:
    return f'auth = "bearer"\nbase_url = "http://127.0.0.1:{port}"\ntiers.main = "m"'


def _set(line: str, name: str = ".bashrc") -> Make:
    return lambda machine: machine.file(name, line)


def _brought(machine: DoctorMachine) -> None:
    machine.project({"env": {"ANTHROPIC_BASE_URL": "x"}})
    machine.cloned(".claude/settings.json")


def _probed(**changed: Any) -> Make:
    """A kept probe that found the main model of the profile unfit."""
    run = sample.run(**{"profile": "mine", "host": "api.z.ai:443", "knobs": ()} | changed)
    return lambda _: kept_probes.keep(run)


def _env(name: str, value: str = "a-value") -> Make:
    return lambda machine: machine.settings({"env": {name: value}})


OLD_LINE = "python -P -c 'from cc_launcher.launch.entry import main; raise SystemExit(main())' statusline --after date"


# Each finding: what makes it, how bad it is, where (the end of the path, and the line), and what else is asked for.
def _engine(version: str, *, old: bool = False) -> Make:
    """An engine that is used, of this version."""

    def make(machine: DoctorMachine) -> None:
        record = {"python": str(machine.program("engine/python")), "version": version}
        machine.file(gateway_places.record(), json.dumps(record | ({"list": "another one"} if old else {})))

    return make


def _needs_engine(machine: DoctorMachine) -> None:
    machine.profile('base_url = "https://llm.example.com/v1"\napi = "openai"\nauth = "none"\ntiers.main = "m"')


def _full(machine: DoctorMachine) -> None:
    _needs_engine(machine)
    machine.patch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=100 * 1024 * 1024))


def _record(machine: DoctorMachine, **more: int) -> None:
    machine.file(gateway_places.daemon(), json.dumps({"version": 1, **more}))


def _orphaned(machine: DoctorMachine) -> None:
    _record(machine, engine=os.getpid())
    machine.file(gateway_places.directory() / "orphan", "")


def _taken(machine: DoctorMachine) -> None:
    server, port = machine.listening()
    machine.open.append(server)
    _record(machine, port=port)


def _refused_key(_: DoctorMachine) -> None:
    gateway_places.directory().mkdir(parents=True, mode=0o700)
    with gateway_log.opened() as log:
        log.execute("INSERT INTO refused (target, profile, time, mark) VALUES ('mine/m@0', 'mine', 5, 'x')")


def _followed(machine: DoctorMachine, fault: str = "") -> None:
    machine.profile('extends = "zai"', "team")
    latest = '[bundle]\nversion = 1\n[profiles.team]\nextends = "zai"\ntimeout = "9m"\n'
    part = Part("team", 'extends = "zai"\n')
    url = "https://team.example.com/team.toml"
    follows.write(Followed(url, time.time(), "a", {"team": part}, ("team",), time.time(), fault, latest, "b"))


def _importable(machine: DoctorMachine) -> None:
    written = (
        Path(__file__).parents[1] / "data" / "importers" / "ccpkit" / "many" / "home" / ".ccpkit" / "profiles.json"
    )
    machine.file(".ccpkit/profiles.json", written.read_bytes())


FAULTS: dict[str, tuple[Make, str, str, int | None, tuple[str, ...]]] = {
    "shell-routing": (_set("\nexport ANTHROPIC_BASE_URL=https://x\n"), PROBLEM, ".bashrc", 2, ()),
    "shell-credential": (_set("export ANTHROPIC_API_KEY=$(pass x)\n", ".zshenv"), WARNING, ".zshenv", 1, ()),
    "shell-model": (_set("set -gx ANTHROPIC_MODEL glm\n", ".config/fish/config.fish"), WARNING, "config.fish", 1, ()),
    "shell-here": (_set("A=1\nANTHROPIC_BASE_URL=x\n", "work/.env"), WARNING, "work/.env", 2, ()),
    "shell-now": (lambda machine: machine.patch.setenv("ANTHROPIC_MODEL", "glm"), WARNING, "", None, ()),
    "shell-unreadable": (
        lambda machine: (machine.home / ".zshrc").symlink_to("/dev/zero"),
        WARNING,
        ".zshrc",
        None,
        (),
    ),
    "settings-routing": (_env("ANTHROPIC_BASE_URL", "https://x"), PROBLEM, ".claude/settings.json", 3, ()),
    "settings-credential": (lambda machine: machine.settings({"apiKeyHelper": "x"}), WARNING, "settings.json", 2, ()),
    "settings-model": (_env("ANTHROPIC_MODEL"), WARNING, "settings.json", 3, ()),
    "settings-left-model": (lambda machine: machine.settings({"model": "glm-5.3"}), PROBLEM, "settings.json", 2, ()),
    "settings-shape": (_env("CLAUDE_CODE_EXTRA_BODY", "{}"), WARNING, "settings.json", 3, ()),
    "settings-conflict": (
        lambda machine: machine.settings({"apiKeyHelper": "x", "env": {"ANTHROPIC_API_KEY": "placeholder"}}),
        PROBLEM,
        "settings.json",
        2,
        (),
    ),
    "settings-stranger": (
        _brought,
        PROBLEM,
        "work/.claude/settings.json",
        3,
        (),
    ),
    "settings-managed": (
        lambda machine: machine.file(machine.managed / "x.d" / "a.json", '{"availableModels": []}'),
        PROBLEM,
        "a.json",
        1,
        (),
    ),
    "settings-old-line": (
        lambda machine: machine.settings({"statusLine": {"type": "command", "command": OLD_LINE}}),
        WARNING,
        "settings.json",
        4,
        (),
    ),
    "settings-broken": (_set('{"a": 1,}', ".claude/settings.json"), PROBLEM, "settings.json", None, ()),
    "client-missing": (lambda machine: (machine.bin / "claude").unlink(), PROBLEM, "", None, ()),
    "client-several": (_several, WARNING, "bin/claude", None, ()),
    "client-shadowed": (_shadowed, WARNING, "bin/claude", None, ()),
    "client-wrapped": (_wrapped, WARNING, "first/claude", None, ()),
    "client-old": (lambda machine: machine.claude("bin/claude", "2.1.72"), WARNING, "", None, ()),
    "client-behind": (lambda machine: machine.claude("bin/claude", "2.1.300"), WARNING, "", None, ()),
    "client-unmeasured": (lambda machine: machine.claude("bin/claude", "9.9.9"), OK, "", None, ()),
    "client-version": (lambda machine: machine.claude("bin/claude", "hello"), WARNING, "", None, ()),
    "path-local-bin": (_not_on_path, PROBLEM, "", None, ()),
    "path-shadowed": (_behind_another, PROBLEM, "claude-mine", None, ()),
    "path-cc": (lambda machine: machine.path("compiler", "bin"), WARNING, "", None, ()),
    "path-compiler": (_without_compiler, WARNING, "", None, ()),
    "path-twice": (_twice, WARNING, "", None, ()),
    "path-wrapper": (_unmarked_wrapper, NOTE, "claude-mine", None, ()),
    "usage-wrapper": (_unmarked_wrapper, NOTE, "claude-mine", None, ()),
    "usage-project": (_unmarked_project, NOTE, "work/.claude/settings.local.json", None, ()),
    "session-left": (_left, NOTE, f"{SESSION}.jsonl", None, ()),
    "secret-missing": (lambda machine: machine.secret.unlink(), PROBLEM, "", None, ()),
    "secret-store": (lambda machine: machine.profile('extends = "zai"', secret="op://a/b/c"), PROBLEM, "", None, ()),
    "secret-keyring": (lambda machine: (machine.config / "profiles" / "mine.toml").unlink(), NOTE, "", None, ()),
    "secret-backend": (
        lambda machine: machine.patch.setenv("PYTHON_KEYRING_BACKEND", "keyrings.alt.file.PlaintextKeyring"),
        WARNING,
        "",
        None,
        (),
    ),
    "secret-held": (_held, PROBLEM, "", None, ()),
    "secret-clear": (lambda machine: machine.file(".bashrc", f"ZAI_API_KEY={machine.key}"), PROBLEM, ".bashrc", 1, ()),
    "profile-invalid": (lambda machine: machine.profile("nonsense = 1"), PROBLEM, "", None, ()),
    "profile-writable": (lambda machine: machine.profile("").chmod(0o622), PROBLEM, "mine.toml", None, ()),
    "profile-alias": (
        lambda machine: [
            machine.profile(f'extends = "zai"\n[models.{model}]\naliases = ["quick"]', model) for model in ("a", "b")
        ],
        WARNING,
        "b.toml",
        4,
        (),
    ),
    "profile-v1": (
        lambda machine: machine.profile('extends = "zai"\nbase_url = "https://x.example.com/v1"'),
        WARNING,
        "mine.toml",
        3,
        (),
    ),
    "profile-model": (
        lambda machine: machine.profile('extends = "zai"\n[tiers]\nmain = "glm-5.3"\nopus = "glm-3"'),
        WARNING,
        "mine.toml",
        5,
        (),
    ),
    "profile-window": (
        lambda machine: machine.profile('extends = "zai"\n[models."glm-5.3"]\ncontext = 9000'),
        WARNING,
        "mine.toml",
        4,
        (),
    ),
    "profile-needs": (
        lambda machine: machine.profile('base_url = "https://x.example"\nauth = "bearer"\nopen_ended = true'),
        WARNING,
        "",
        None,
        (),
    ),
    "profile-old": (lambda machine: machine.patch.setattr(Day, "now", (2027, 6, 1)), WARNING, "", None, ()),
    "profile-followed": (_followed, NOTE, "", None, ()),
    "profile-source": (lambda machine: _followed(machine, fault="team.example.com answers 500"), NOTE, "", None, ()),
    "profile-import": (_importable, NOTE, "", None, ()),
    "model-failed-probe": (_probed(), WARNING, "", None, ()),
    "server-down": (lambda machine: machine.profile(_at(machine.unused_port())), WARNING, "", None, ()),
    "server-unreachable": (
        lambda machine: machine.profile('extends = "zai"\nbase_url = "https://x.invalid"'),
        PROBLEM,
        "",
        None,
        ("--check",),
    ),
    "server-refuses": (_refusing, PROBLEM, "", None, ("--check", "mine")),
    "gateway-malicious": (_engine("1.82.7"), PROBLEM, "", None, ()),
    "gateway-outdated": (_engine("1.109.0", old=True), WARNING, "", None, ()),
    "gateway-missing": (_needs_engine, WARNING, "", None, ()),
    "gateway-room": (_full, PROBLEM, "", None, ()),
    "gateway-left": (
        lambda _: (gateway_places.engines() / "unfinished.999999999" / "bin").mkdir(parents=True),
        WARNING,
        "gateway/engine",
        None,
        (),
    ),
    "gateway-failed": (
        lambda machine: machine.patch.setattr(
            gateway_daemon, "status", lambda: {"serves": "failed", "fault": "it ended 3 times"}
        ),
        PROBLEM,
        "",
        None,
        (),
    ),
    "gateway-orphan": (_orphaned, WARNING, "", None, ()),
    "gateway-port": (_taken, WARNING, "", None, ()),
    "gateway-key": (_refused_key, WARNING, "", None, ()),
}


def test_every_kind_of_finding_has_a_test_and_the_other_way_round() -> None:
    assert list(FAULTS) == list(KINDS)
    assert {topic(code) for code in KINDS} == set(TOPICS)


@pytest.mark.parametrize("code", FAULTS)
def test_a_fault_is_found_where_it_is_and_nothing_is_said_without_it(machine: DoctorMachine, code: str) -> None:
    make, level, where, line, args = FAULTS[code]
    if code.startswith("server"):
        server, port = machine.listening()
        with server:
            machine.profile(_at(port))
            # Without the one question that needs a provider's answer
            without = machine.doctor(*(args if code != "server-refuses" else ()))
    else:
        without = machine.doctor(*args)
    assert {finding["level"] for finding in without.of(code)} <= {OK}
    make(machine)

    said = machine.doctor(*args)

    found = said.of(code)
    assert found
    assert {finding["level"] for finding in found} == {level}
    assert said.code == any(finding["level"] == PROBLEM for finding in said.findings)
    assert (found[-1]["file"] or "").endswith(where)
    assert bool(found[-1]["file"]) == bool(where)
    assert found[-1]["line"] == line
    assert all(finding["hint"] for finding in found)
    assert machine.key not in said.out + said.err


def test_on_a_machine_without_faults_all_is_fine(machine: DoctorMachine) -> None:
    said = machine.doctor()
    assert {finding["level"] for finding in said.findings} == {OK}
    assert (said.code, said.err) == (0, "")
    assert {finding["code"] for finding in said.findings} == {
        code for code in KINDS if code not in {"server-unreachable", "server-refuses"}
    }


def test_with_a_profile_only_what_concerns_it_is_looked_at(machine: DoctorMachine) -> None:
    machine.file(".bashrc", "export ANTHROPIC_BASE_URL=https://x\n")
    machine.profile("nonsense = 1", "broken")
    assert machine.doctor().code == 1
    said = machine.doctor("mine")
    assert said.code == 0
    assert not [finding for finding in said.findings if topic(finding["code"]) in {"shell", "path"}]


def test_a_profile_that_is_not_there_is_an_error_and_no_finding(machine: DoctorMachine) -> None:
    said = machine.doctor("nobody")
    assert (said.code, said.out) == (66, "")


def test_a_provider_of_the_catalog_can_be_asked_about(machine: DoctorMachine) -> None:
    said = machine.doctor("openrouter")
    assert [finding["level"] for finding in said.of("profile-invalid")] == [OK]
    assert said.of("secret-missing")[0]["level"] == PROBLEM or said.of("secret-store")[0]["level"] == PROBLEM


def test_what_is_fine_is_counted_or_named(machine: DoctorMachine) -> None:
    (machine.bin / "claude").unlink()
    said = machine.run("doctor")
    assert said.code == 1
    assert "problem" in said.out
    assert "hint: npm install -g @anthropic-ai" in said.out
    assert KINDS["shell-routing"].fine not in said.out
    assert KINDS["shell-routing"].fine in machine.run("doctor", "--verbose").out


def test_without_profiles_and_without_anything_it_works(machine: DoctorMachine) -> None:
    machine.remove(machine.config)
    machine.remove(machine.home)
    machine.path()
    said = machine.doctor()
    assert said.code == 1
    assert said.of("client-missing")[0]["level"] == PROBLEM


@pytest.mark.parametrize(("variable", "coloured"), [("FORCE_COLOR", True), ("NO_COLOR", False)])
def test_colour_is_only_where_it_is_wanted(machine: DoctorMachine, variable: str, coloured: bool) -> None:  # noqa: FBT001
    (machine.bin / "claude").unlink()
    machine.patch.setenv(variable, "1")
    assert ("\x1b[" in machine.run("doctor").out) is coloured


def test_a_keyring_is_asked_once_for_all_profiles(machine: DoctorMachine) -> None:
    asked: list[list[str]] = []

    def in_keyring(names: list[str]) -> set[str]:
        asked.append(names)
        return {"a"}

    machine.patch.setattr(keep, "in_keyring", in_keyring)
    for name in ("a", "b"):
        machine.profile('extends = "zai"', name, secret=f"keyring:{name}")
    assert [finding["what"].partition(":")[0] for finding in machine.doctor().of("secret-missing")] == ["b"]
    assert asked == [["a", "b"]]


def test_without_online_nobody_but_the_users_own_servers_is_tried(machine: DoctorMachine) -> None:
    tried: list[str] = []

    def fault(host: str, _port: int) -> str:
        tried.append(host)
        return ""

    machine.patch.setattr(reach, "fault", fault)
    machine.profile(_at(1), "local")
    machine.doctor()
    assert tried == ["127.0.0.1"]
    machine.doctor("--check")
    assert tried[1:] == ["127.0.0.1", "api.z.ai"]
    machine.doctor("--online")  # what it was called once
    assert tried[3:] == ["127.0.0.1", "api.z.ai"]


def test_a_login_that_nobody_has_agreed_to_send_is_told(machine: DoctorMachine) -> None:
    machine.profile('extends = "claude"\nbase_url = "https://x.example.com"', secret="")
    assert machine.doctor().of("secret-held")[0]["level"] == PROBLEM
    assert machine.run("edit", "mine", "--confirm-host").code == 0
    assert machine.doctor().of("secret-held")[0]["level"] == OK


def _said_of_the_probe(machine: DoctorMachine, **changed: Any) -> tuple[str, str]:
    _probed(**changed)(machine)
    (found,) = machine.doctor().of("model-failed-probe")
    return found["what"], found["hint"] or ""


def test_a_failed_probe_says_what_it_found_and_what_helps(machine: DoctorMachine) -> None:
    assert _said_of_the_probe(machine) == (
        "mine: glm-5.3 failed its probe on 2026-11-14: do not use for editing; no thinking",
        "Effort: cc edit mine compat.no-effort=true, with which it passed; cc probe mine",
    )


def test_a_change_that_helps_another_check_is_no_hint_for_the_one_that_failed(machine: DoctorMachine) -> None:
    helped = replace(sample.outcome("effort"), check="thinking", title="Thinking blocks")
    only = (sample.outcome("tool-arguments"), helped)
    assert _said_of_the_probe(machine, outcomes=only)[1] == "cc probe mine"


def test_without_a_change_that_was_tried_the_probe_is_to_be_made_again(machine: DoctorMachine) -> None:
    untried = tuple(replace(one, advice=()) for one in sample.outcomes())
    assert _said_of_the_probe(machine, outcomes=untried)[1] == "cc probe mine"


def test_when_the_advice_was_followed_it_says_so_and_asks_for_another_probe(machine: DoctorMachine) -> None:
    machine.profile('extends = "zai"\n[compat]\nno-effort = true')
    what, hint = _said_of_the_probe(machine)
    assert what.endswith("; its knobs have changed since")
    assert hint == "cc probe mine"


def test_an_old_probe_counts_and_is_said_to_be_old(machine: DoctorMachine) -> None:
    machine.patch.setattr(Day, "now", (2026, 12, 20))
    assert ", 36 days ago: " in _said_of_the_probe(machine)[0]


@pytest.mark.parametrize(
    "changed",
    [
        {"fit": True},
        {"model": "glm-5.3-flash"},
        {"host": "elsewhere.example.com:443"},
        {"whole": False, "outcomes": sample.outcomes()[:3]},
    ],
    ids=["fit", "of another model", "of another endpoint", "stopped before anything failed"],
)
def test_a_probe_that_says_nothing_against_the_launch_is_no_finding(
    machine: DoctorMachine, changed: dict[str, Any]
) -> None:
    assert _said_of_the_probe(machine, **changed)[0] == KINDS["model-failed-probe"].fine


def test_a_newer_probe_takes_the_place_of_one_that_failed(machine: DoctorMachine) -> None:
    _probed()(machine)
    assert _said_of_the_probe(machine, fit=True)[0] == KINDS["model-failed-probe"].fine


def test_what_a_provider_said_is_harmless_in_a_finding(machine: DoctorMachine) -> None:
    _probed(verdict=sample.HOSTILE)(machine)
    assert "\x1b" not in machine.run("doctor").out


@pytest.mark.parametrize("key", ["apiKeyHelper", "proxyAuthHelper", *sorted(clouds.HELPERS)])
def test_each_key_that_runs_a_program_for_a_credential_is_one(machine: DoctorMachine, key: str) -> None:
    machine.settings({key: "x"})
    assert [found["code"] for found in machine.doctor().findings if key in found["what"]] == ["settings-credential"]


def test_what_was_written_before_sessions_were_marked_is_marked_by_what_the_finding_says(
    machine: DoctorMachine,
) -> None:
    _unmarked_wrapper(machine)
    _unmarked_project(machine)
    (project,) = machine.doctor().of("usage-project")
    assert project["hint"] == f"cd {machine.work} && cc use mine --model glm-5.3"
    assert machine.run("install-wrapper", "--refresh", "--force").code == 0
    assert machine.run("use", "mine", "--model", "glm-5.3").code == 0
    assert [machine.doctor().of(code)[0]["level"] for code in ("usage-wrapper", "usage-project")] == [OK, OK]


def test_a_wrapper_from_before_takes_the_path_of_a_client_once_it_is_written_again(machine: DoctorMachine) -> None:
    _unmarked_wrapper(machine)
    assert machine.doctor().of("path-wrapper")[0]["level"] == NOTE
    assert machine.run("install-wrapper", "--refresh", "--force").code == 0
    assert machine.doctor().of("path-wrapper")[0]["level"] == OK


def test_where_the_client_would_write_no_mark_down_nothing_is_missed(machine: DoctorMachine) -> None:
    _unmarked_wrapper(machine)
    machine.claude("bin/claude", "2.1.96")
    assert machine.doctor().of("usage-wrapper")[0]["level"] == OK


def test_what_a_team_shares_is_not_missed(machine: DoctorMachine) -> None:
    assert machine.run("use", "mine", "--shared").code == 0
    assert machine.doctor().of("usage-project")[0]["level"] == OK


@pytest.mark.parametrize(
    ("model", "left"),
    [
        ("~anthropic/claude-opus-latest", True),  # as OpenRouter calls it, which is in the catalog
        ("~anthropic/claude-opus-latest[1m]", True),
        ("glm-5.3[1m]", True),
        ("claude-opus-5-5", False),
        ("opus[1m]", False),
        ("us.anthropic.claude-opus-5", False),  # of a cloud that plain claude was set up for
        ("nobody/claude-x", False),
    ],
)
def test_a_model_that_model_left_behind_is_told_from_the_clients_own(
    machine: DoctorMachine, model: str, *, left: bool
) -> None:
    machine.settings({"model": model})
    found = machine.doctor().of("settings-left-model")
    assert [finding["level"] for finding in found] == ([PROBLEM] if left else ["ok"])
    if left:
        assert found[0]["fixable"]


def test_what_could_be_imported_is_named_until_it_is_there(machine: DoctorMachine) -> None:
    """A hint by names alone, with no value of what was found; a profile that says the same is nothing to bring."""
    _importable(machine)
    said = machine.doctor()
    [finding] = said.of("profile-import")
    assert finding["what"] == "cc import would bring zai (ccpkit), 2-prod (ccpkit), anthropic (ccpkit)"
    assert finding["hint"] == "cc import shows them, and asks"
    assert "fake" not in said.out + said.err
    assert machine.doctor("mine").of("profile-import") == [], "one profile is not concerned with it"
    machine.run("import", "--all", "--no-secret")
    [finding] = machine.doctor().of("profile-import")
    assert finding["what"] == "cc import would bring 2-prod (ccpkit)", "it needs a model"
    machine.file(".ccpkit/profiles.json", "{}")
    [finding] = machine.doctor().of("profile-import")
    assert finding["level"] == OK


@pytest.mark.parametrize("fault", ["", "team.example.com answers 500"])
def test_a_source_is_no_problem_and_its_changes_are_lines(machine: DoctorMachine, fault: str) -> None:
    _followed(machine, fault)
    [changed] = machine.doctor().of("profile-followed")
    assert changed["details"] == ['team: adds timeout = "9m"']
    assert changed["hint"] == "cc import --follow team shows it again, and asks"
    said = machine.run("doctor")
    assert 'team: adds timeout = "9m"' in said.out
    assert said.code == 0, said.out
