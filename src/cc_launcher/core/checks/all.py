"""All checks, in the order in which they are shown."""

from cc_launcher.core.checks import client, keys, probes, profiles, search_path, secrets, servers, settings, shells
from cc_launcher.core.examined import Examined
from cc_launcher.core.findings import Finding, with_fine

_OF_THE_MACHINE = (shells, search_path)  # which no single profile is concerned with
_OF_A_PROFILE = (settings, client, secrets, keys, profiles, probes, servers)


def run(seen: Examined) -> list[Finding]:
    """Every finding, those included that all is well."""
    parts = (*(() if seen.named else _OF_THE_MACHINE), *_OF_A_PROFILE)
    findings = [finding for part in parts for finding in part.check(seen)]
    looked_for = [code for part in parts for code in part.CODES]
    if seen.online:
        looked_for += servers.ONLINE if seen.named else servers.ONLINE[:1]
    return with_fine(findings, looked_for)
