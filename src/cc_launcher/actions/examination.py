"""Everything that `cc doctor` looks at, gathered: what the checks then judge."""

import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

from cc_launcher.actions import (
    follow_examination,
    gateway_examination,
    left_profiles,
    secret_values,
    states,
    which_port,
)
from cc_launcher.actions.screen import NOBODY
from cc_launcher.actions.secret_places import all_of
from cc_launcher.claude import examine, this_machine
from cc_launcher.core.doctor.checks.keys import SECRET
from cc_launcher.core.doctor.checks.reachable import is_private
from cc_launcher.core.doctor.examined import Examined, OwnProfile, Probed, Secret, Server, Use
from cc_launcher.core.doctor.findings import Place
from cc_launcher.core.errors import NO_SUCH, UNREACHABLE, CcError
from cc_launcher.core.plan.make_plan import reference_of
from cc_launcher.core.plan.session_mark import EVENT, VARIABLE
from cc_launcher.core.probe import kept
from cc_launcher.core.profile.model_choice import choose
from cc_launcher.core.profile.resolve import Resolved
from cc_launcher.core.stores.keyring import NOT_IN_KEYRING
from cc_launcher.core.stores.references import Reference
from cc_launcher.core.text.urls import OWN_ADDRESS, name_of
from cc_launcher.files import (
    foreign,
    guard,
    hosts,
    kept_probes,
    overrides,
    places,
    profiles,
    search_path,
    startup,
    user_config,
)
from cc_launcher.launch import paths, planfile
from cc_launcher.net import reach
from cc_launcher.secrets import keep

_OF_SYSTEMS = ("SecretService", "libsecret", "kwallet", "macOS", "Windows")
_NOTHING = ("", "", "")
_PORTS = {"http": 80, "https": 443}


def everything(named: str, say: Callable[[str], None], *, online: bool) -> Examined:
    """This machine as it is, or what of it concerns one profile."""
    own = [_profile(named)] if named else [_profile(name) for name in places.user_names()]
    read = [profile.resolved for profile in own if profile.resolved is not None]
    needed = dict(zip((resolved.name for resolved in read), states.of_each(read), strict=True))
    both = [*read, *gateway_examination.behind(read)]
    catalog = _catalog()
    directory = paths.here()
    resolved = read[0] if named and read else None
    beginnings = tuple({(one.profile.key_prefix or "") for one in (*catalog.values(), *read)})
    client_config = this_machine.config_directory(resolved) if resolved else paths.client_config()
    return Examined(
        today=date.today(),  # noqa: DTZ011 - a day more or less does not matter
        named=named,
        online=online,
        shell_files=startup.read(directory, beginnings),
        present=planfile.present(),
        settings=examine.all_settings(client_config, directory, beginnings),
        clients=examine.clients(),
        search_path=search_path.look(),
        unmarked=tuple(_unmarked()),
        left=() if named else tuple(left_profiles.found()),
        backends=tuple(_backends()),
        no_keyring=_no_keyring(both),
        secrets=tuple(_secrets(both)),
        held_logins=tuple(_held_logins(read)),
        profiles=tuple(replace(profile, state=needed.get(profile.name)) for profile in own),
        known_as=_known_as(read, catalog),
        keeps=resolved is not None and _is_kept_by_us(resolved),
        catalog=catalog,
        shared=tuple(_shared(own)),
        config_fault=_config_fault(),
        probes=tuple(_probes(read)),
        servers=tuple(_servers(both, online=online)),
        sources=follow_examination.sources(named, online=online),
        to_import=() if named else follow_examination.to_import(),
        gateway=gateway_examination.looked(),
        answer=_answer(resolved, say) if online and resolved is not None else _NOTHING,
    )


def _profile(name: str) -> OwnProfile:
    path = places.user_path(name)
    own = os.path.lexists(path)
    try:
        resolved = profiles.load(name)
    except CcError as error:
        if error.code == NO_SUCH:
            raise  # somebody has asked for it
        return OwnProfile(name, str(path), guard.shown(path), own, fault=error.what, hint=error.hint)
    return OwnProfile(name, str(path), guard.shown(path), own, resolved)


def _catalog() -> dict[str, Resolved]:
    """The providers as they are shipped. One that needs to know something of the user cannot be read alone."""
    found = {}
    for name in places.catalog_names():
        try:
            found[name] = profiles.shipped(name)
        except CcError:
            continue
    return found


def _known_as(own: list[Resolved], catalog: dict[str, Resolved]) -> dict[str, str]:
    """Each variable that holds a key, and the one profile that can keep it; nothing where that could be several."""
    found: dict[str, str] = {}
    for among in (list(catalog.values()), own):  # the user's own profiles have the last word
        claimed: dict[str, list[Resolved]] = {}
        for resolved in among:
            for variable in resolved.profile.key_env:
                claimed.setdefault(variable, []).append(resolved)
        for variable, claims in claimed.items():
            # The client's own variable: what passes requests on to its provider takes that key, too.
            own_ones = [resolved for resolved in claims if variable in SECRET and not resolved.profile.elsewhere]
            whose = own_ones or claims
            keeps = len(whose) == 1 and _is_kept_by_us(whose[0])
            found[variable] = whose[0].name if keeps else ""
    return found


def _is_kept_by_us(resolved: Resolved) -> bool:
    reference = reference_of(resolved, frozenset())
    return reference is not None and (reference.store == "keyring" or keep.can_keep(reference))


def _secrets(own: list[Resolved]) -> list[Secret]:
    wanted = [(resolved, reference) for resolved in own for _, reference in all_of(resolved)]
    # The keyring is asked once for all, since each question costs what its library costs.
    names = list(dict.fromkeys(reference.name for _, reference in wanted if reference.store == "keyring"))
    there = keep.in_keyring(names) if len(names) > 1 else None
    found = []
    gone: dict[str, str] = {}
    for resolved, reference in wanted:
        if there is not None and reference.store == "keyring":
            fault = "" if reference.name in there else NOT_IN_KEYRING
            secret_values.note_look(reference, fault)
        else:
            fault, _ = secret_values.looked(resolved, reference, gone)
        unreachable = reference.store in gone or "locked" in fault
        hint = reference.kept_by.keep(reference.name, resolved.name)
        if unreachable:  # no key can be put there either, so the hint is about the store
            hint = _of_the_store(reference, fault)
        title, kept_for = reference.kept_by.title, hosts.stranger(resolved, reference)
        found.append(Secret(resolved.name, str(reference), title, fault, unreachable, kept_for, hint))
    return found


def _no_keyring(own: list[Resolved]) -> tuple[str, str]:
    """Why no keyring can be used, where a key has no other place. Of a profile that names it, its secret says so."""
    if any(all_of(resolved) for resolved in own):
        return "", ""
    trouble = keep.keyring_trouble()
    return trouble or ("", "")


def _of_the_store(reference: Reference, fault: str) -> str:
    """What helps against a store that cannot be reached; nothing where only its kind of finding knows."""
    if reference.store == "keyring":
        trouble = keep.keyring_trouble()
        return trouble[1] if trouble is not None else ""
    return reference.kept_by.install if "not installed" in fault else ""


def _held_logins(own: list[Resolved]) -> list[tuple[str, str]]:
    """The profiles that would send the client's own login to a host that nobody has agreed to."""
    found = []
    for resolved in own:
        try:
            hosts.refuse_unconfirmed_login(resolved)
        except CcError as error:
            found.append((error.what, error.hint))
    return found


def _backends() -> list[tuple[str, Place | None]]:
    """Backends of the keyring library that somebody has chosen and that are no operating system's."""
    found: list[tuple[str, Place | None]] = []
    given = os.environ.get("PYTHON_KEYRING_BACKEND", "")
    if given and not any(name in given for name in _OF_SYSTEMS):
        found.append((given, None))
    roots = (os.path.dirname(places.config()), f"{paths.home()}/.config", f"{paths.home()}/.local/share")
    for root in dict.fromkeys(roots):
        path = Path(root) / "python_keyring" / "keyringrc.cfg"
        try:
            lines = (foreign.text(path) or "").splitlines()
        except foreign.Unreadable:
            continue
        for number, line in enumerate(lines, start=1):
            key, _, value = line.partition("=")
            if key.strip() == "default-keyring" and not any(name in value for name in _OF_SYSTEMS):
                found.append((value.strip(), Place(str(path), guard.shown(path), number)))
    return found


def _unmarked() -> Iterator[Use]:
    """The projects whose settings name a profile, and have no hook that marks a session with it."""
    for record in overrides.all_recorded():
        path = Path(record.file)
        if record.puts("env", VARIABLE) and not record.puts("hooks", EVENT) and path.exists():
            place, directory = Place(record.file, guard.shown(path)), path.parent.parent
            yield Use(place, str(directory), guard.shown(directory), record.profile, record.model)


def _shared(own: list[OwnProfile]) -> list[Place]:
    """Files and directories of profiles that others can write."""
    named = [user_config.path(), places.user_directory(), *(Path(profile.path) for profile in own)]
    return [Place(str(path), guard.shown(path)) for path in dict.fromkeys(named) if _others_write(path)]


def _others_write(path: Path) -> bool:
    try:
        found = path.stat()
    except OSError:
        return False
    return os.name != "nt" and bool(found.st_mode & (stat.S_IWGRP | stat.S_IWOTH))


def _config_fault() -> tuple[str, str]:
    try:
        user_config.read()
    except CcError as error:
        return error.what, error.hint
    return "", ""


def _probes(own: list[Resolved]) -> Iterator[Probed]:
    """What the newest probes found of the models on which launches start, where they were of the same endpoint."""
    probed = places.probed()
    for resolved in own:
        profile = resolved.profile
        try:
            model = choose(profile, resolved.name, None).main or kept.CLIENTS_DEFAULT
        except CcError:
            continue  # no model is chosen, and a launch says so
        run = kept_probes.newest(resolved.name, model) if resolved.name in probed else None
        if run is not None and kept.is_of_host(run, name_of(profile.base_url or "")):
            yield Probed(resolved.name, run, frozenset(knob for knob, on in profile.compat.items() if on))


def _servers(own: list[Resolved], *, online: bool) -> list[Server]:
    """Who takes connections: of the user's own servers, and, when it is wanted, of the providers."""
    wanted: dict[tuple[str, int], list[str]] = {}
    strangers: dict[tuple[str, int], str] = {}
    for written in own:
        resolved, _, astray = which_port.of(written, NOBODY)
        if resolved.profile.cloud and not resolved.profile.base_url:
            continue  # whose addresses are the cloud's own affair
        if resolved.profile.gateway is not None and not resolved.profile.base_url:
            continue  # which is on this machine, and started by a launch
        parts = urlsplit(resolved.profile.base_url or OWN_ADDRESS)
        place = (parts.hostname or "", parts.port or _PORTS.get(parts.scheme, 443))
        if is_private(place[0]) or online:
            wanted.setdefault(place, []).append(resolved.name)
        if astray is not None:
            strangers[place] = astray.what.removeprefix(f"{resolved.name}: ")
    return [
        Server(f"{host}:{port}", tuple(names), is_private(host), strangers.get((host, port)) or reach.fault(host, port))
        for (host, port), names in wanted.items()
    ]


def _answer(resolved: Resolved, say: Callable[[str], None]) -> tuple[str, str, str]:
    """What the provider says against the profile's key: the finding, what is wrong, and the hint."""
    reference = reference_of(resolved, planfile.present()) if resolved.profile.cloud is None else None
    try:
        value = secret_values.value_of(resolved, reference) if reference is not None else ""
    except CcError:
        return _NOTHING  # which is a finding of its own
    try:
        if value:
            say(secret_values.checked(resolved, value))
    except CcError as error:
        return "server-unreachable" if error.code == UNREACHABLE else "server-refuses", error.what, error.hint
    return _NOTHING
