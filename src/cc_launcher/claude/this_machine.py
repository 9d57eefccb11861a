"""Describe this machine for a plan: the client, its settings files, and where our own parts are."""

import os
import sys
from dataclasses import replace
from pathlib import Path

from cc_launcher.claude import installed_version, network, project_files, settings_files
from cc_launcher.core.errors import CcError
from cc_launcher.core.plan import client as clients
from cc_launcher.core.plan.machine import Machine, SettingsFile
from cc_launcher.core.profile.resolve import Resolved
from cc_launcher.core.status import our_command
from cc_launcher.core.text import entry_points
from cc_launcher.files import mcp_files, overrides, places, user_config
from cc_launcher.launch import line, paths, planfile, process, target
from cc_launcher.secrets import programs

NOWHERE = "/nonexistent"  # a directory in which no project is
# How a helper of the client calls us, whatever its PATH is. -P: a module of the current directory is not ours.
STATUS_COMMAND = (sys.executable, "-P", "-c", entry_points.CODE, "statusline")
OWN_COMMAND = (sys.executable, "-P", "-m", entry_points.PACKAGE)


def client() -> tuple[str, bool]:
    """The target, and whether it is the first on PATH (rather than named by the user)."""
    configured = user_config.read().claude
    return target.locate(configured), not configured and not process.named()


def client_version() -> clients.Version | None:
    """The version of the client that a launch would start; without one, as if a current one were installed."""
    try:
        return installed_version.of(client()[0])
    except CcError:
        return clients.NEWEST


def describe(resolved: Resolved, path: str | None, directory: str = "") -> Machine:
    """What the plan of this profile needs to know; without a client, as if a current one were installed.

    A launch is made in a directory, whose settings have a say: the current one, unless another is named.
    """
    client_config = config_directory(resolved)
    directory = directory or paths.here()
    ordinary = tuple(_marked(file) for file in settings_files.ordinary(client_config, directory))
    managed = settings_files.managed()
    known = installed_version.of(path) if path else clients.NEWEST
    expands = not clients.can(known, clients.KEEPS_FROM_MCP)
    lists = project_files.mcp_files(directory) if expands else ()
    return Machine(
        target=path or "claude",
        version=known,
        judged=process.identity(path) if path else "",
        shim=path is not None and installed_version.is_shim(path),
        settings=ordinary,
        managed=managed,
        mcp_lists=tuple(file for place in lists if (file := settings_files.read(place, "mcp")) is not None),
        present=planfile.present(),
        network=network.of_files(client_config),
        own_file=network.names_in_own_file(client_config),
        has_memory=hasattr(os, "memfd_create"),
        own_command=OWN_COMMAND,
        tools=programs.found(),
        marks=places.marks(),
        isolated_root=_isolated_root(),
        mcp_file=mcp_files.read(resolved),
        session_place=line.place_of(resolved.name),
        rates=tuple(user_config.read().rates.items()),
        status_line=_status_line(resolved, ordinary, managed),
        watched=(
            path or "claude",  # not where a link leads today: an update may point it to another version
            str(user_config.path()),
            str(places.user_directory()),
            *(str(places.user_path(source.name)) for source in resolved.chain if source.shipped),
            f"{client_config}/settings.json",
            *network.watched(client_config),
            *(path for _, path in project_files.of_project(directory).files),
            *project_files.of_project(directory).deciding,
            *lists,
            *settings_files.managed_paths(),
            *(f"{path}/" for path in settings_files.managed_paths()),  # where one is a directory, what is in it
            *(file.path for file in settings_files.managed()),
            *([client_config] if resolved.profile.isolated else []),
            *mcp_files.watched(resolved),
            *_own_code(),
        ),
    )


def watched_anywhere(resolved: Resolved) -> list[str]:
    """The files that change this profile's plans in whatever directory they are made."""
    return [
        str(user_config.path()),
        *(str(places.user_path(source.name)) if source.shipped else source.path for source in resolved.chain),
        *(
            path
            for scope, path in settings_files.ordinary_paths(config_directory(resolved), NOWHERE)
            if scope == "user"
        ),
        *settings_files.managed_paths(),
        *(file.path for file in settings_files.managed()),
        *mcp_files.watched(resolved),
    ]


def _status_line(
    resolved: Resolved, ordinary: tuple[SettingsFile, ...], managed: tuple[SettingsFile, ...]
) -> tuple[str, ...]:
    """The command of our status line, where it is wanted and no other one is in its way."""
    wanted = user_config.read().statusline
    own = resolved.profile.statusline
    if not (wanted.enabled if own is None else own):
        return ()
    others = [file for file in (*ordinary, *managed) if ("statusLine" in file.keys and not file.ours) or file.problem]
    if not others:
        return STATUS_COMMAND
    theirs = others[0].status_line
    if wanted.wrap and len(others) == 1 and theirs:
        return STATUS_COMMAND if our_command.is_ours(theirs) else (*STATUS_COMMAND, "--after", theirs)
    return ()


def config_directory(resolved: Resolved) -> str:
    """The client's configuration directory for launches of this profile."""
    return f"{_isolated_root()}/{resolved.name}" if resolved.profile.isolated else paths.client_config()


def _marked(file: SettingsFile) -> SettingsFile:
    """A file of a project that lists just the models that `cc use` has put there is no stranger's."""
    if file.scope != "local":
        return file
    record = overrides.recorded(Path(file.path))
    listed = next((entry.value for entry in record.entries if entry.path == ("availableModels",)), ()) if record else ()
    return replace(file, ours=record is not None and file.models == frozenset(listed))


def _isolated_root() -> str:
    return f"{places.data()}/isolated"


def _own_code() -> list[str]:
    """The modules that make plans: another version of them would make other ones."""
    rooms = tuple(f"{entry_points.PACKAGE}.{room}." for room in entry_points.WHAT_MAKES_PLANS)
    found = [module for name, module in sys.modules.items() if f"{name}.".startswith(rooms)]
    return [module.__file__ for module in found if module.__file__]
