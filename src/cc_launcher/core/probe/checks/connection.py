"""Whether there is somebody, whether it is the right one, and whether the key and the model are taken."""

from cc_launcher.core.probe import message
from cc_launcher.core.probe.check import (
    CONNECTION,
    FATAL,
    LOSS,
    Check,
    Scene,
    Script,
    degraded,
    failed,
    is_unpaid,
    message_of,
    passed,
    refusal,
    trouble,
)
from cc_launcher.core.probe.exchange import BOTH, NO_TLS, NONE, OTHER, OWN, Answer, Ask
from cc_launcher.core.probe.outcome import Advice
from cc_launcher.core.probe.prompts import PONG, REPLY

_REFUSED = (401, 403)
_HEADERS = {"bearer": "Authorization: Bearer", "api-key": "x-api-key"}
_OTHER = {"bearer": "api-key", "api-key": "bearer"}


def _reachable(scene: Scene) -> Script:
    answer: Answer = yield Ask(None, "/", "HEAD", credential=NONE, patience=min(scene.patience, 15.0))
    if answer.fault == NO_TLS:
        return passed("the server accepts connections")
    if answer.fault:
        return failed(answer.why)
    return passed(f"answers in {answer.ended:.2f} s")


def _tls(scene: Scene) -> Script:
    if not scene.secure:
        return passed("not used: the address begins with http://")
    answer: Answer = yield Ask(None, "/", "HEAD", credential=NONE, patience=min(scene.patience, 15.0))
    if answer.fault:
        return failed(answer.why)
    return passed(f"{answer.tls or 'TLS'}, and the certificate is trusted")


def _credential(scene: Scene) -> Script:
    answer: Answer = yield _shortest(scene)
    if is_unpaid(answer):
        return failed(f"the key is known, and there is no credit left ({answer.status}): {message_of(answer)}")
    if 300 <= answer.status < 400:  # which the client follows, and the key would go along
        return failed(f"requests are sent on to another address ({answer.status}): base_url is probably not it")
    if answer.status in _REFUSED:
        return (yield from _in_the_other_header(scene, answer))
    if answer.fault or answer.status >= 500:
        return trouble(answer) or failed(answer.why)
    if answer.ok and (faults := message.whole(answer).faults):
        return failed(f"something else answers: {faults[0]}")
    return (yield from _in_both_headers(scene))


def _in_both_headers(scene: Scene) -> Script:
    if scene.auth not in _HEADERS:
        return passed("the server needs no key")
    both: Answer = yield _shortest(scene, BOTH)
    how = f"accepted as {_HEADERS[scene.auth]}"
    if both.status in _REFUSED:
        return degraded(f"{how}; in both headers at once, as --sealed sends it, {refusal(both)}")
    return passed(how)


def _in_the_other_header(scene: Scene, refused: Answer) -> Script:
    if scene.auth not in _OTHER:
        return failed(f"without a key, {refusal(refused)}")
    other: Answer = yield _shortest(scene, OTHER)
    said = f"the key is {refusal(refused)}"
    if not other.ok:
        return failed(said)
    there = _HEADERS[_OTHER[scene.auth]]
    advice = Advice(f"auth={_OTHER[scene.auth]}", tried=True, why=f"it is accepted as {there}")
    return failed(f"{said}; as {there} it is accepted", advice)


def _shortest(scene: Scene, credential: str = OWN) -> Ask:
    return scene.ask("hi", stream=False, output=16, credential=credential)


def _model(scene: Scene) -> Script:
    answer: Answer = yield _shortest(scene)
    if (bad := trouble(answer)) is not None:
        return bad
    served = message.whole(answer).model
    return passed("known" if served in {"", scene.model} else f"known; answers as {served}")


def _answer(scene: Scene) -> Script:
    answer: Answer = yield scene.ask(REPLY.format(PONG), stream=False, output=600)
    if (bad := trouble(answer)) is not None:
        return bad
    found = message.whole(answer)
    if found.faults:
        return failed(found.faults[0])
    if not found.blocks:
        return failed("the message is empty")
    if PONG not in found.text:
        return degraded("the model does not repeat a word that it is asked to repeat")
    return passed(f"in {answer.ended:.1f} s")


CHECKS = (
    Check("reachable", "the address", CONNECTION, FATAL, _reachable, "no session can begin", apart=True),
    Check(
        "tls",
        "the certificate",
        CONNECTION,
        FATAL,
        _tls,
        "the client refuses to connect, or something else is listening",
        needs=("reachable",),
        apart=True,
    ),
    Check(
        "credential",
        "the key",
        CONNECTION,
        FATAL,
        _credential,
        "each request is refused; with --sealed, if only that is refused",
        needs=("tls",),
        apart=True,
    ),
    Check(
        "model",
        "the model",
        CONNECTION,
        FATAL,
        _model,
        'the client says "There\'s an issue with the selected model", and stops',
        needs=("credential",),
        apart=True,
    ),
    Check(
        "answer",
        "plain answers",
        CONNECTION,
        LOSS,
        _answer,
        "the client falls back on whole answers when a stream fails: then that fails as well",
        without="whole answers",
        needs=("model",),
        apart=True,
    ),
)
