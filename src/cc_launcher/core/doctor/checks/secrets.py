"""Secrets: whether each profile's is where the profile says, without asking anybody for it."""

from collections.abc import Iterator

from cc_launcher.core.doctor.examined import Examined, Secret
from cc_launcher.core.doctor.findings import Finding, found

CODES = ("secret-missing", "secret-store", "secret-keyring", "secret-backend", "secret-held")


def check(seen: Examined) -> Iterator[Finding]:
    """Stores first: one that cannot be reached is said once."""
    gone: dict[tuple[str, str], list[Secret]] = {}
    for secret in seen.secrets:
        if secret.unreachable:
            gone.setdefault((secret.store, secret.fault), []).append(secret)
        elif secret.fault:
            what = f"{secret.profile}: {secret.fault} ({secret.reference})"
            yield found("secret-missing", what, hint=secret.hint)
        if secret.kept_for:
            what = f"{secret.profile}: its key was kept for {secret.kept_for}, and the profile now names another host"
            yield found("secret-held", what, hint=f"cc edit {secret.profile} --confirm-host, if the new host is right")
    for what, hint in seen.held_logins:
        yield found("secret-held", what, hint=hint)
    for (_, fault), secrets in gone.items():
        names = ", ".join(dict.fromkeys(secret.profile for secret in secrets))
        yield found("secret-store", f"{fault} (needed by {names})", hint=secrets[0].hint)
    why, hint = seen.no_keyring
    if why:
        yield found("secret-keyring", why, hint=hint)
    for name, where in seen.backends:
        yield found("secret-backend", f"the keyring library is told to use {name}, which cc does not use", where)
