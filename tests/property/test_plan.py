"""For any profile, machine, environment and command line: what a plan is, and what a launch does to an environment."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, note, settings

from cc_launcher.core.plan import DESCRIPTOR, HEADER, HELPER, HOSTED, SEALED, Plan, changes_pins, environment
from cc_launcher.core.plan import arguments as plan_arguments
from cc_launcher.core.plan import settings as pins_of
from cc_launcher.core.plan.machine import Machine
from cc_launcher.core.plan.make_plan import Options, make_plan
from cc_launcher.core.profile import variables
from cc_launcher.core.profile.resolve import Resolved, resolve
from cc_launcher.core.profile.source import Source
from cc_launcher.files import plan_cache
from cc_launcher.launch import planfile, request
from tests.property.profiles import LOGIN, NONE, Case, arguments, cases, machines, parents, raw
from tests.support import Sandbox

EXAMPLES = int(os.environ.get("CC_TEST_EXAMPLES", "150"))
CORE = settings(max_examples=EXAMPLES, deadline=None)
REAL = settings(
    max_examples=EXAMPLES // 6,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # to shrink takes minutes; what failed is printed
    # The sandbox is the same for all examples on purpose: a launch must not care what another one left.
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)


def resolved(case: Case) -> Resolved:
    source = Source("mine", "/nowhere/mine.toml", "mine.toml", case.text, shipped=False)
    return resolve("mine", lambda name, _: source if name == "mine" else None, lambda: ["mine"])


def planned(case: Case, machine: Machine) -> Plan:
    return make_plan(resolved(case), case.word, Options(sealed=case.sealed), machine)


def expected(plan: Plan, parent: dict[str, str], secrets: list[str]) -> dict[str, str]:
    """The rule, in other words than the program's: parent - unset + set + secrets."""
    child = {name: value for name, value in parent.items() if name not in plan.unset} | plan.set
    if plan.direct:
        past = ",".join(dict.fromkeys(text for name in ("no_proxy", "NO_PROXY") if (text := child.get(name))))
        if past != "*" and plan.direct not in past.split(","):
            past = ",".join(filter(None, (past, plan.direct)))
        child |= {"NO_PROXY": past, "no_proxy": past}
    headers = plan.set.get("ANTHROPIC_CUSTOM_HEADERS", "")
    for slot, secret in zip(plan.slots, secrets, strict=True):
        if slot.delivery == HEADER:
            headers += ("\n" if headers else "") + f"{slot.name}: {secret}"
            child["ANTHROPIC_CUSTOM_HEADERS"] = headers
        elif slot.delivery != HELPER:
            child[slot.name] = secret
    return child


@CORE
@given(cases(), machines)
def test_a_plan_is_deterministic(case: Case, machine: Machine) -> None:
    first, second = planned(case, machine), planned(case, machine)
    assert first == second
    key = ("mine",)
    assert planfile.encode(first, key, {}, from_path=False) == planfile.encode(second, key, {}, from_path=False)


@CORE
@given(cases(), machines)
def test_a_plan_names_its_secrets(case: Case, machine: Machine) -> None:
    """A slot for each, with the reference as it stands in the profile; sealed where that was asked for."""
    plan = planned(case, machine)
    assert tuple(slot.reference for slot in plan.slots) == case.secrets
    if case.sealed:
        assert plan.protection == SEALED
    if plan.protection == SEALED:
        assert [slot.delivery for slot in plan.slots] == [HELPER]
    assert (plan.protection == HOSTED) == ("CLAUDE_CODE_PROVIDER_MANAGED_BY_HOST" in plan.set)


@CORE
@given(cases(), machines, parents, raw)
def test_the_childs_environment(case: Case, machine: Machine, parent: dict[str, str], secret: str) -> None:
    plan = planned(case, machine)
    secrets = [f"{secret}{number}" for number in range(len(plan.slots))]
    child = environment(plan, parent, secrets)
    assert child == expected(plan, parent, secrets)
    assert not set(plan.unset) & set(plan.set)


@CORE
@given(cases(), machines, parents)
def test_nothing_of_the_parent_routes_authenticates_or_chooses(
    case: Case, machine: Machine, parent: dict[str, str]
) -> None:
    plan = planned(case, machine)
    child = environment(plan, parent, ["secret"] * len(plan.slots))
    ours = {*plan.set, *(slot.name for slot in plan.slots), "ANTHROPIC_CUSTOM_HEADERS"}
    login = {"CLAUDE_CODE_OAUTH_TOKEN", "CLAUDE_CODE_OAUTH_REFRESH_TOKEN", "CLAUDE_CODE_OAUTH_SCOPES"}
    login |= {"CLAUDE_CODE_OAUTH_CLIENT_ID", "CLAUDE_CODE_OAUTH_TOKEN_FILE_DESCRIPTOR"}
    for group in variables.GROUPS:
        allowed = ours | (login if case.auth == LOGIN else set()) | (set(case.kept) if group.keepable else set())
        assert not (set(child) & set(group.names)) - allowed
    for reference in case.secrets:
        store, _, name = reference.partition(":")
        if store == "env" and name not in ours:
            assert name not in child
    if case.auth not in {LOGIN, NONE} and plan.protection != SEALED:
        assert {"ANTHROPIC_AUTH_TOKEN", "CLAUDE_CODE_API_KEY_FILE_DESCRIPTOR"} & set(child)


@CORE
@given(cases(), machines, arguments)
def test_the_users_arguments_come_last_and_whole(case: Case, machine: Machine, given_arguments: list[str]) -> None:
    plan = planned(case, machine)
    made = plan_arguments(plan, given_arguments, plan.pins)
    assert made[len(made) - len(given_arguments) :] == given_arguments


@CORE
@given(cases(), machines, raw.filter(bool), raw)
def test_a_cached_plan_is_the_same_plan(case: Case, machine: Machine, name: str, value: str) -> None:
    """Through the file and back, under any key."""
    plan = planned(case, machine)
    plan = plan.but(set=plan.set | {name: value})  # as `--env` may put it there: not only what is UTF-8
    key = ("0.1.0", name, value, "")
    with tempfile.TemporaryDirectory() as directory, pytest.MonkeyPatch.context() as patch:
        patch.setenv("CC_CACHE_DIR", directory)
        plan_cache.store(plan, key, {}, from_path=False)
        assert planfile.load(key) == plan
        assert planfile.load((*key, "more")) is None


@CORE
@given(arguments)
def test_a_request_loses_no_argument(given_arguments: list[str]) -> None:
    asked = request.parse(["mine", "--", *given_arguments])
    assert asked.rest == given_arguments


@pytest.fixture(scope="module")
def launcher(tmp_path_factory: pytest.TempPathFactory) -> Sandbox:
    return Sandbox(tmp_path_factory.mktemp("launcher"))


@REAL
@given(cases(stores=("env", "file")), parents, arguments.filter(lambda words: not changes_pins(words)), raw)
def test_a_real_launch(
    launcher: Sandbox, case: Case, parent: dict[str, str], given_arguments: list[str], word: str
) -> None:
    """The real `cc run`, first by the slow path and then from the cache: the same, and what the rule says."""
    note(case.text)
    launcher.profile("mine", case.text)
    shutil.rmtree(launcher.home / ".cache", ignore_errors=True)
    value = "secret of " + "".join(char for char in word if char.isalnum() and char.isascii())
    keep_secrets(launcher, case, value)
    settled = {"ANTHROPIC_CONFIG_DIR", "CLAUDE_CONFIG_DIR", "CLAUDE_CODE_MANAGED_SETTINGS_PATH"}
    names = {reference.removeprefix("env:") for reference in case.secrets if reference.startswith("env:")}
    whole = {name: text for name, text in parent.items() if name not in settled} | launcher.environment()
    whole |= dict.fromkeys(names, value)
    given_environment = {os.fsencode(name): os.fsencode(text) for name, text in whole.items()}
    line = [*(["--sealed"] if case.sealed else []), "mine", *([case.word] if case.word else []), "--"]
    words = [os.fsencode(word) for word in (*line, *given_arguments)]

    if case.auth == LOGIN:
        assert launcher.run("edit", "mine", "--confirm-host").code == 0

    dumps = []
    for cached in (False, True):
        result = launcher.run("run", *words, environment=given_environment, cached=cached)
        assert result.code == 0, result.err
        dumps.append(launcher.fake.take())
    assert dumps[0].arguments == dumps[1].arguments
    assert dumps[0].environment == dumps[1].environment
    assert dumps[0].key == dumps[1].key
    for path in launcher.plans:
        assert value.encode() not in path.read_bytes()

    plan = cached_plan(launcher, whole, [os.fsdecode(word) for word in words])
    handed = [
        dumps[0].environment[slot.name.encode()].decode() if slot.delivery == DESCRIPTOR else value
        for slot in plan.slots
    ]
    made = {os.fsencode(name): os.fsencode(text) for name, text in expected(plan, whole, handed).items()}
    assert dumps[0].environment == made
    assert dumps[0].key == (value.encode() if DESCRIPTOR in {slot.delivery for slot in plan.slots} else None)
    ours = plan_arguments(plan, given_arguments, pins_of(plan, whole))
    assert dumps[0].arguments == [os.fsencode(word) for word in ours]


def keep_secrets(launcher: Sandbox, case: Case, value: str) -> None:
    for reference in case.secrets:
        store, _, name = reference.partition(":")
        if store == "file":
            path = Path(name.replace("~", str(launcher.home), 1))
            path.parent.mkdir(exist_ok=True)
            path.write_text(value)
            path.chmod(0o600)


def cached_plan(launcher: Sandbox, whole: dict[str, str], words: list[str]) -> Plan:
    """The plan that the launch has cached."""
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            patch.delenv(name)
        for name, text in whole.items():
            patch.setenv(name, text)
        patch.chdir(launcher.work)
        plan = planfile.load(planfile.key_of(request.parse(words)))
    assert plan is not None
    return plan
