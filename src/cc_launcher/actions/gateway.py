"""A profile that is reached by the gateway: have it served, and hand out where and with what key."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from cc_launcher.actions import gateway_daemon, gateway_install, gateway_report, gateway_upstreams
from cc_launcher.actions.gateway_install import Progress
from cc_launcher.actions.screen import Screen
from cc_launcher.actions.secret_values import value_of
from cc_launcher.core.gateway import litellm, rules_file
from cc_launcher.core.gateway.describe import describe
from cc_launcher.core.gateway.description import Gateway
from cc_launcher.core.plan.make_plan import reference_of
from cc_launcher.core.profile.resolve import Resolved
from cc_launcher.core.stores import references
from cc_launcher.files import gateway_engine, gateway_log, gateway_places, hosts, profiles, user_config
from cc_launcher.files.gateway_engine import Engine
from cc_launcher.launch import planfile, waiting

IDLE = 600.0  # seconds without a session, after which the gateway ends


class Endpoint(NamedTuple):
    """Where a session of the gateway goes, and the key that is valid for it alone."""

    base_url: str
    key: str


_given: dict[str, str] = {}  # by profile: keys that are kept nowhere


def for_one_session(profile: str, key: str) -> None:
    """The key of an upstream that this process has, and no store."""
    _given[profile] = key


def described(resolved: Resolved, word: str = "", screen: Screen | None = None) -> Gateway:
    """The gateway that this profile is, with its upstreams read; `word` is a model that a session asks for.

    With a screen it is to be served: those of its upstreams that are servers of this machine are asked what they have.
    """
    load = gateway_upstreams.loader(resolved, screen) if screen is not None else profiles.load
    return describe(resolved, load, planfile.present(), word)


def _nothing(_: Path) -> None:
    """Nobody looks."""


def ready(found: Gateway, screen: Screen, begin: Progress = _nothing) -> Endpoint:
    """Have the gateway serve this profile. The key is this process's, which becomes the client."""
    address = served([found], screen, begin)
    team = next((key.team for key in found.keys if key.name == found.key), "")
    with gateway_log.opened() as log:
        return Endpoint(address, gateway_log.new_key(log, found.profile, found.key, team, os.getpid()))


def served(found: Sequence[Gateway], screen: Screen, begin: Progress = _nothing) -> str:
    """Have the gateway serve these profiles, and say at which address."""
    engine = _engine(screen, begin)
    questions = [_question(one, engine, screen) for one in found]
    with waiting.on("the gateway"):
        port = gateway_daemon.join(questions, screen.say)
    for one in found:
        _bind(one)
    return f"http://127.0.0.1:{port}"


def _question(found: Gateway, engine: Engine, screen: Screen) -> dict[str, Any]:
    """What the gateway's parent is told of a profile. What there is to know before is said here."""
    config = litellm.config([found], metrics=True)
    rules = rules_file.rules([found], str(gateway_places.log()))
    secrets = _secrets(found)
    with gateway_log.opened() as log:
        by_target = [(target, secrets[variable]) for target, variable in rules["secrets"].items()]
        gateway_log.note_secrets(log, by_target)
    for words in gateway_report.refused_words(found.profile):
        screen.say(words)
    for words in gateway_report.budget_words(found.profile, rules["profiles"][found.profile]):
        screen.say(words)
    question = gateway_daemon.question_of(found.profile, engine, config, rules, secrets, IDLE)
    question["rates"] = user_config.read().rates
    return question


def _engine(screen: Screen, begin: Progress) -> Engine:
    """The engine; where there is none, it is asked for."""
    found = gateway_engine.installed()
    if found is not None:
        gateway_install.refused_by_name(found.version)
        return found
    if screen.agrees is None:
        raise gateway_install.missing()
    if not screen.agrees(f"This needs {gateway_install.what_it_takes()}. Install it now?"):
        raise gateway_install.missing()
    return gateway_install.install(begin)


def _secrets(found: Gateway) -> dict[str, str]:
    """What the variables of the engine are set to: each secret as a launch of its own profile would read it."""
    values = {}
    for upstream in found.upstreams:
        whose = profiles.load(upstream.profile)
        own = str(reference_of(whose, planfile.present()))
        for secret in upstream.secrets:
            given = _given.get(whose.name) if secret.reference == own else None
            value = given or value_of(whose, references.parse(secret.reference))
            values[secret.variable] = secret.value(value)
    for header in found.collector.secret_headers if found.collector else ():
        values[header.secret.variable] = value_of(
            profiles.load(found.profile), references.parse(header.secret.reference)
        )
    return values


def _bind(found: Gateway) -> None:
    """The hosts of the upstreams have their secrets from now on: another host is asked about."""
    for upstream in found.upstreams:
        whose = profiles.load(upstream.profile)
        for secret in upstream.secrets:
            if whose.name not in _given:
                hosts.confirm(whose, references.parse(secret.reference))
