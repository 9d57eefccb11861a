"""Ask a provider whether a session could begin: the shortest message that there is, of one token.

Once, within a time, never on to another address. What the answer means is for `core/plan/first_answer.py` to say.
"""

import threading
import time
from collections.abc import Mapping
from typing import NamedTuple

import httpx2

from cc_launcher.core.errors import UNREACHABLE, USAGE, CcError
from cc_launcher.core.plan import first_answer, in_a_path
from cc_launcher.core.plan.first_answer import Answer, Verdict
from cc_launcher.core.plan.make_plan import direct_host
from cc_launcher.core.profile.gateway import OPENAI
from cc_launcher.core.profile.model_choice import choose
from cc_launcher.core.profile.resolve import Resolved
from cc_launcher.core.text import printable, urls
from cc_launcher.core.text.urls import OWN_ADDRESS
from cc_launcher.launch import waiting
from cc_launcher.net.headers import headers_of

UNCHOSEN = "claude-haiku-4-5"  # where a profile leaves the model to the client
_PATIENCE = 20.0
_MAX_BYTES = 64 * 1024
# What an answer says of the key, in words; everything below 500 that is not here says that the key was not the trouble.
_REFUSALS = {
    401: "the provider does not accept this key (401)",
    403: "the provider does not allow this key here (403); it may be for another region or plan",
}


class Others(NamedTuple):
    """The secrets in places other than the token: whole headers, and parts of the address."""

    headers: Mapping[str, str]
    values: Mapping[str, str]


NO_OTHERS = Others({}, {})


def asked(resolved: Resolved, model: str, secret: str, others: Others, patience: float) -> Verdict:
    """What the provider says to one token of this model. `patience` bounds all of it, in seconds."""
    address = base_of(resolved)
    for name, value in others.values.items():
        address = address.replace(f"{{{name}}}", in_a_path(value))
    headers = headers_of(resolved, secret, others.headers)
    body = {"model": model, "max_tokens": 1, "messages": [{"role": "user", "content": "hi"}]}
    path = "/chat/completions" if resolved.profile.api == OPENAI else "/v1/messages"
    by_proxy = not direct_host(resolved.profile)  # as the session would go
    found: list[Answer] = []

    def ask() -> None:
        try:
            found.append(_posted(f"{address}{path}", headers, body, patience, by_proxy=by_proxy))
        except Exception as bug:  # noqa: BLE001 - a thread that dies writes a traceback
            found.append(Answer(fault=first_answer.DOWN, detail=type(bug).__name__))

    # Neither looking up a name nor an answer that trickles in can be hurried: they are left behind if they must.
    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    with waiting.on(urls.name_of(base_of(resolved))):
        thread.join(patience)
    answer = found[0] if found else Answer(fault=first_answer.SILENT, detail=f"{patience:g} seconds")
    return first_answer.judge(answer, [secret, *others.headers.values(), *others.values.values()])


def base_of(resolved: Resolved) -> str:
    """Where it is asked, with the places of secrets open."""
    return resolved.profile.base_url or OWN_ADDRESS


def cheapest(resolved: Resolved, word: str | None = None) -> str:
    """The model that costs least to ask, of those that a launch with this word for its model would use."""
    choice = choose(resolved.profile, resolved.name, word)
    return choice.slots.get("haiku") or choice.main or UNCHOSEN


def key(resolved: Resolved, secret: str, others: Others = NO_OTHERS) -> str:
    """What the provider says of the key, in one line; an error when it does not take it."""
    profile = resolved.profile
    if profile.cloud is not None:
        raise CcError(
            f"{resolved.name}: cc cannot check the key of a cloud",
            f"ask with a launch: cc run {resolved.name} -p hi",
            code=USAGE,
        )
    model = cheapest(resolved)
    return _of_the_key(resolved, model, asked(resolved, model, secret, others, _PATIENCE))


def _of_the_key(resolved: Resolved, model: str, said: Verdict) -> str:
    name, status = resolved.name, said.status
    hint = f"a key: {resolved.profile.key_url}" if resolved.profile.key_url else "check where the key is from"
    base = printable(base_of(resolved))
    match said.kind:
        case first_answer.KEY:
            raise CcError(f"{name}: {_REFUSALS[status]}", hint, code=1)
        case first_answer.CREDIT:
            raise CcError(f"{name}: the provider knows the key, but there is no credit ({status})", hint, code=1)
        case first_answer.UNSENDABLE:
            raise CcError(f"{name}: {said.words}", first_answer.HINTS[said.kind], code=1)
        case first_answer.DOWN | first_answer.SILENT:
            what = (
                f"{name}: {base} {said.words}"
                if said.kind == first_answer.DOWN
                else f"{name}: {said.words} from {base}"
            )
            hint = "check the network, a proxy, and base_url; the key itself was not judged"
            raise CcError(what, hint, code=UNREACHABLE)
        case first_answer.FAULT:
            what = f"{name}: the provider has a problem of its own ({status})"
            raise CcError(what, "try again later", code=UNREACHABLE)
        case first_answer.MOVED:
            raise CcError(f"{name}: the provider {said.words}", first_answer.HINTS[said.kind], code=UNREACHABLE)
        case first_answer.LIMITED:
            return "the key is accepted; its rate limit is used up right now (429)"
        case first_answer.MODEL:
            return f"the key was not refused, but {model} is not served under this address ({status})"
        case first_answer.ODD:
            return f"the key was not refused; {said.words}"
        case _:
            return f"the provider accepts the key ({model} answered)"


def _posted(url: str, headers: dict[str, str], body: object, patience: float, *, by_proxy: bool) -> Answer:
    ends = time.monotonic() + patience
    try:
        # A redirect is not followed: the key would go along.
        with httpx2.stream(
            "POST", url, json=body, headers=headers, timeout=patience, follow_redirects=False, trust_env=by_proxy
        ) as answer:
            content = b""
            for chunk in answer.iter_bytes():
                content += chunk
                if len(content) > _MAX_BYTES or time.monotonic() > ends:
                    break
    except httpx2.TimeoutException:
        return Answer(fault=first_answer.SILENT, detail=f"{patience:g} seconds")
    except UnicodeEncodeError:
        return Answer(fault=first_answer.UNSENDABLE)
    except (httpx2.HTTPError, httpx2.InvalidURL, ImportError, OSError, ValueError) as bad:
        # The last three: what the environment says of proxies and certificates cannot be used.
        return Answer(fault=first_answer.DOWN, detail=type(bad).__name__)
    text = content[:_MAX_BYTES].decode("utf-8", "replace")
    return Answer(answer.status_code, text, answer.headers.get("retry-after", ""))
