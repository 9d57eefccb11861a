"""All checks, in the order in which they are shown."""

from cc_launcher.core.doctor.checks import (
    clients,
    followed,
    gateway,
    importable,
    keys,
    left,
    marks,
    own_profiles,
    path_entries,
    probes,
    reachable,
    secrets,
    settings,
    shell_files,
)
from cc_launcher.core.doctor.examined import Examined
from cc_launcher.core.doctor.findings import Finding, with_fine

_OF_THE_MACHINE = (shell_files, path_entries, marks, left, importable)  # which no single profile is concerned with
_OF_A_PROFILE = (settings, clients, secrets, keys, own_profiles, probes, reachable, followed, gateway)


def run(seen: Examined) -> list[Finding]:
    """Every finding, those included that all is well."""
    parts = (*(() if seen.named else _OF_THE_MACHINE), *_OF_A_PROFILE)
    findings = [finding for part in parts for finding in part.check(seen)]
    looked_for = [code for part in parts for code in part.CODES]
    if seen.online:
        looked_for += reachable.ONLINE if seen.named else reachable.ONLINE[:1]
    return with_fine(findings, looked_for)
