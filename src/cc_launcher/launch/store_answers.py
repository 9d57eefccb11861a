"""A secret from the command of a known store: which part of its output it is, and what a failure means."""

import os
import sys

from cc_launcher.core.errors import REFUSED, CcError, NotThere, Unfit
from cc_launcher.launch import helper

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cc_launcher.core.stores.store import Store, Trouble

_NOT_RUN = (126, 127)
_ONLY_OTHERWISE = (
    "only the keyring library finds the key, not the keyring's own command",
    "leave out `sealed`, or keep the secret in another store",
)
_LINE, _TEXT, _FIELD, _JSON, _BITWARDEN = "line", "text", "field:", "json:", "bw-field:"


def read(how: tuple[str, ...], whose: str, hint: str, deadline: float, *, alone: bool, as_it_is: bool = False) -> bytes:
    """The secret, as the store's command prints it. `how`: the store, the name there, the part, the command.

    As it is: what another command finds is no secret, but may say why this one finds none.
    """
    store, name, pick, *argv = how
    if store == "keyring" and _no_bus(argv[0]):
        from cc_launcher.core.stores.keyring import NO_BUS

        raise _error(whose, _of(store).trouble(NO_BUS, ""), hint)
    what = f"{whose}: secret from {store}"
    failure: CcError
    try:
        return _picked(pick, helper.read(tuple(argv), what, deadline, helper.Manner(listen=True, alone=alone)), name)
    except helper.HelperMissing as missing:
        failure = missing
    except helper.HelperFailed as failed:
        failure = failed
    said = failure.said if isinstance(failure, helper.HelperFailed) else ""
    other = _of(store).again(name, tuple(argv), said, sys.executable)
    if other and (store == "keyring" or (os.isatty(0) and not alone)):
        # Who has to type should see what is asked; the keyring's library asks nothing itself.
        manner = helper.Manner(listen=store == "keyring", typing=True, alone=alone)
        try:
            found = _picked(pick, helper.read(other, what, deadline, manner), name)
        except helper.HelperFailed as failed:
            failure = failed
        else:
            if not as_it_is:
                return found
            raise _error(whose, _ONLY_OTHERWISE, hint)
    raise _explained(failure, store, whose, hint) from None


def _explained(failure: CcError, store: str, whose: str, hint: str) -> CcError:
    """What the store's failure means, in words that tell one kind from another."""
    if not isinstance(failure, helper.HelperFailed):
        return _error(whose, _of(store).missing(), hint)
    told = failure.status not in _NOT_RUN  # or else it is the shell that speaks, of a command it did not find
    trouble = _of(store).trouble(failure.status, failure.said) if told else None
    if trouble is not None:
        return _error(whose, trouble, hint)
    # Its own words, since we know none: they are about the store, and the secret was never in them.
    lines = [line.strip() for line in failure.said.splitlines() if line.strip()]
    return CcError(failure.what, failure.hint, code=failure.code, details=tuple(line[:300] for line in lines[-3:]))


def _error(whose: str, trouble: "Trouble | tuple[str, str] | None", hint: str) -> CcError:
    what, advice, absent = (*(trouble or ("", "")), False)[:3]
    variable = hint.partition(", or ")[0] if hint.startswith("export ") else ""  # needs no store at all
    kind = NotThere if absent else CcError
    return kind(f"{whose}: {what}", ", or ".join(filter(None, [variable, advice])) if advice else hint, code=REFUSED)


def _of(name: str) -> "Store":
    from cc_launcher.core.stores import BY_NAME  # only who fails pays for it

    return BY_NAME[name]


def _no_bus(command: str) -> bool:
    """Whether the Secret Service cannot be there: its command would look for a display to start one with."""
    if not command.endswith("secret-tool"):
        return False
    if os.environ.get("DBUS_SESSION_BUS_ADDRESS") or os.environ.get("DISPLAY"):
        return False
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    return not (runtime and os.path.exists(f"{runtime}/bus"))


def _picked(pick: str, raw: bytes, name: str = "") -> bytes:
    """The secret in what the command printed."""
    if not pick:
        return raw
    if pick == _TEXT:
        if raw.strip() == b"None":
            raise Unfit("is binary, not text")
        return raw
    if pick == _LINE:
        line = raw.split(b"\n", 1)[0]
        if name and line == os.fsencode(name.rstrip("/")):
            raise Unfit("is a folder there, not an entry")  # which pass shows as if all were well
        return line
    if pick.startswith(_FIELD):
        return _of_lines(raw, pick.removeprefix(_FIELD))
    import json

    try:
        found = json.loads(raw)
        if pick.startswith(_JSON):
            found = found[pick.removeprefix(_JSON)]
        else:
            wanted = pick.removeprefix(_BITWARDEN)
            found = next(field["value"] for field in found["fields"] if field["name"] == wanted)
    except (ValueError, KeyError, TypeError, StopIteration, RecursionError):
        raise Unfit(f"has no {pick.partition(':')[2]} in it") from None
    if not isinstance(found, str):
        raise Unfit(f"has no text in {pick.partition(':')[2]}")
    return found.encode("utf-8", "surrogatepass")


def _of_lines(raw: bytes, field: str) -> bytes:
    """The rest of the line that begins with `FIELD:`, after the first line."""
    for line in raw.split(b"\n")[1:]:
        name, colon, rest = line.partition(b":")
        if colon and name.strip().lower() == field.encode().lower():
            return rest.strip(b" \t\r")
    raise Unfit(f"has no line `{field}: …`")
