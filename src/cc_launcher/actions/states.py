"""The profiles of a list, and what each still needs: looked at without reading a secret or asking a store."""

import dataclasses
import functools
import os
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cc_launcher.claude import own_login
from cc_launcher.core.errors import CcError
from cc_launcher.core.profile import state
from cc_launcher.core.profile.popular import rank
from cc_launcher.core.profile.state import Facts, State, Whose
from cc_launcher.core.profile.summary import CLIENTS_LOGIN, OWN_CHOICE, Summary
from cc_launcher.core.stores import references
from cc_launcher.core.stores.builtin import Command
from cc_launcher.files import cloud_tools, gateway_engine, known_hosts, places, ready_names, records, summaries
from cc_launcher.launch import planfile, process, target

if TYPE_CHECKING:
    from cc_launcher.core.probe.outcome import Run
    from cc_launcher.core.profile.resolve import Resolved


@dataclass(frozen=True)
class Row:
    """One profile in the list."""

    summary: Summary
    state: State
    own: bool  # the user's own file, not the catalog's as it is
    probe: "Run | None" = None  # the newest one of its main model, if it was ever probed

    @property
    def name(self) -> str:
        """What one types."""
        return self.summary.name

    @property
    def ready(self) -> bool:
        """Whether nothing is known to be missing: `state.sure` says whether all was looked at."""
        return self.state.ready


def rows() -> list[Row]:
    """All profiles, the user's own before the catalog's."""
    listed = summaries.read()
    facts = facts_of(listed)
    probed = places.probed()
    found = [
        Row(summary, state.of(summary, facts), own, _probe(summary) if summary.name in probed else None)
        for summary, own in listed
    ]
    ready_names.keep(row.name for row in found if row.ready)
    return found


def ordered(listed: Iterable[Row]) -> list[Row]:
    """Ready and the user's own first, then the rest of either kind, the catalog by what people use."""

    def place(row: Row) -> tuple[bool, bool, bool, int, str]:
        # One that only waits for the client, or an engine, is as good as ready, if anybody has given it a key.
        waits = set(row.state.needs) <= {state.CLIENT, state.ENGINE} and row.state.key != state.NOT_NEEDED
        ready = row.ready or waits
        return (not (ready and row.own), not row.own, not ready, rank(row.name), row.name)

    return sorted(listed, key=place)


def of(resolved: "Resolved", model: str = "") -> State:
    """What this profile still needs for a launch on this model, or on its own."""
    return of_each([resolved], model)[0]


def of_each(profiles: "Iterable[Resolved]", model: str = "") -> list[State]:
    """What each of these still needs, looked at together."""
    found = [(summaries.whole(one), any(not source.shipped for source in one.chain)) for one in profiles]
    listed = [(dataclasses.replace(one, model=model) if model else one, own) for one, own in found]
    facts = facts_of(listed)
    return [state.of(summary, facts) for summary, _ in listed]


def facts_of(listed: Iterable[tuple[Summary, bool]]) -> Facts:
    """What this machine tells of these profiles; with each, whether it is the user's own."""
    summaries_of = list(listed)
    named = {summary.name: summary for summary, _ in summaries_of}
    behind = {name for summary, _ in summaries_of if not summary.fault for name in summary.upstreams}
    others = {summary.name: summary for summary in summaries.of(behind - set(named))}
    named |= others
    own = {summary.name for summary, is_own in summaries_of if is_own}
    known = records.read()
    handed_out = known_hosts.read()

    def key(whose: Whose) -> str:
        reference = references.parse(whose.reference)
        seen = _seen(reference)
        if seen != state.UNKNOWN:
            return seen
        noted = known.secrets.get(whose.reference)
        if noted is not None:
            return state.THERE if noted.there else state.MISSING
        # Where we keep keys unless told otherwise, there is none that we have never kept and never handed out.
        before = f"{whose.profile} {whose.reference}" in handed_out
        return state.UNKNOWN if whose.named or before else state.MISSING

    def login(cloud: tuple[str, ...], name: str) -> str:
        family, named, *variables = cloud
        if family == CLIENTS_LOGIN[0] and not own_login.IN_A_FILE:
            return state.UNKNOWN
        if (planfile.present().intersection(variables) and not named) or _login(family, named):
            return state.THERE
        return state.UNKNOWN if name in own or name in known.launched else state.MISSING

    answers = _servers([summary.server for summary in named.values() if summary.server])
    fault = client_fault()
    return Facts(
        client="" if fault is None else fault.what,
        present=planfile.present(),
        key=key,
        login=login,
        server=lambda summary: _judged(summary, answers.get(summary.server)),
        engine=gateway_engine.installed() is not None if any(one.by_gateway for one, _ in summaries_of) else True,
        behind=named.get,
    )


def client_fault() -> CcError | None:
    """Why there is no client to start; nothing where there is one."""
    try:
        configured = ""
        if os.path.lexists(f"{places.config()}/config.toml"):
            from cc_launcher.files import user_config  # with pydantic

            configured = user_config.read().claude
        target.locate(configured)
    except CcError as error:
        return error
    return None


def _probe(summary: Summary) -> "Run | None":
    """What the newest probe of the main model found, unless it was of another endpoint."""
    from cc_launcher.core.probe import kept
    from cc_launcher.files import kept_probes

    model = kept.CLIENTS_DEFAULT if summary.model == OWN_CHOICE else summary.model
    run = kept_probes.newest(summary.name, model)
    host = "" if summary.upstreams else _host(summary.host)
    return run if run is not None and kept.is_of_host(run, host) else None


def _host(endpoint: str) -> str:
    """The name in what a list calls the endpoint; none where no address is known."""
    from cc_launcher.core.text import urls  # which few lists need

    return "" if endpoint == OWN_CHOICE else urls.name_of(endpoint if "://" in endpoint else f"https://{endpoint}")


@functools.cache
def _login(family: str, named: str) -> bool:
    return own_login.seen() if family == CLIENTS_LOGIN[0] else cloud_tools.who(family, named).seen


def _seen(reference: references.Reference) -> str:
    """What can be seen of a secret without asking its store."""
    if reference.store == "env":
        return state.THERE if os.environ.get(reference.name) else state.MISSING
    if reference.store == "file":
        try:
            found = Path(reference.name).expanduser().stat()
        except OSError:
            return state.MISSING
        safe = stat.S_ISREG(found.st_mode) and (os.name == "nt" or not found.st_mode & 0o077)
        return state.THERE if safe else state.MISSING
    if reference.store == "cmd":
        program = Command().argv(reference.name)[0]
        on_path = process.find(program, os.environ.get("PATH", os.defpath))
        there = bool(on_path) if "/" not in program else os.access(program, os.X_OK)
        return state.UNKNOWN if there else state.MISSING
    # The keyring has a library of ours; every other store is asked by a program of its own.
    wanted = () if reference.store == "keyring" else reference.kept_by.commands
    path = os.environ.get("PATH", os.defpath)
    return state.UNKNOWN if not wanted or any(process.find(name, path) for name in wanted) else state.MISSING


def _servers(wanted: list[tuple[str, ...]]) -> dict[tuple[str, ...], bytes | None]:
    """What those of them that are on this machine say. The others are not asked, and not in it."""
    if not wanted:
        return {}
    from cc_launcher.core.text.urls import is_loopback
    from cc_launcher.net import local_look

    places = {
        server: [(server[0], port, server[2]) for port in (server[1], *server[4:])]
        for server in wanted
        if is_loopback(server[0])
    }
    said = local_look.look(place for several in places.values() for place in several)
    return {server: _said([said[place] for place in several]) for server, several in places.items()}


def _said(answers: "list[bytes | None]") -> "bytes | None":
    """What its server says, also where others may listen in one of its places."""
    if len(answers) == 1:
        return answers[0]
    from cc_launcher.core.models import server_look

    return next((one for one in answers if one and server_look.is_llama_server(one)), answers[0])


def _judged(summary: Summary, said: "bytes | None") -> str:
    """What an answer means for this profile."""
    host, _, path, kind, *other_ports = summary.server
    if said is None:
        from cc_launcher.core.text.urls import is_loopback

        return state.SILENT if is_loopback(host) else state.UNKNOWN
    if not path:
        return state.ANSWERS  # somebody takes connections
    from cc_launcher.core.models import server_look

    if other_ports:  # another program may be there: it has to be this one
        return state.ANSWERS if server_look.is_llama_server(said) else state.SILENT
    return server_look.judged(kind, summary.model, said)
