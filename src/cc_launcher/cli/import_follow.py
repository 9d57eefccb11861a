"""`cc import --follow` and `--unfollow`: a source that is kept, what it has changed, and a yes before that counts."""

import datetime as dt
from collections.abc import Collection
from typing import Any

from cc_launcher.actions import following, import_scan, import_take
from cc_launcher.actions.following import Compared, Update
from cc_launcher.actions.import_scan import Looked
from cc_launcher.actions.import_take import Choice, Done
from cc_launcher.cli import import_dialogue, import_questions, import_table, questions, render
from cc_launcher.cli.import_look import Asked
from cc_launcher.core.errors import INVALID, NO_SUCH, UNREACHABLE, USAGE, CcError
from cc_launcher.core.importing.followed import Followed
from cc_launcher.core.importing.found import Candidate
from cc_launcher.core.importing.update import harmless
from cc_launcher.files import follows
from cc_launcher.launch import report
from cc_launcher.net import fetch, import_url
from cc_launcher.net.import_url import Fetched


def follow(words: list[str], digest: str, asked: Asked, *, yes: bool, as_json: bool) -> None:
    """Follow an address from now on; or apply what a followed one has changed, after a yes, which `yes` is, too."""
    if len(words) > 1:
        raise CcError("--follow takes one address, or one profile", "cc import --follow URL", code=USAGE)
    if not words:
        _each(digest, asked, yes=yes, as_json=as_json)
        return
    url = following.wanted(words[0])
    about = follows.of(url)
    if about is not None:
        told, errors = _one(about, digest, asked, yes=yes, as_json=as_json, whole=import_url.is_url(words[0]))
        _end([told], errors, as_json=as_json)
        return
    url = url.partition("#")[0]
    import_url.refuse_secret(url)
    fetched = import_url.bundle(url, digest)

    def then(looked: Looked, choices: list[Choice], done: Done) -> dict[str, object]:
        return {"followed": _begin(url, fetched, looked, choices, done)}

    first = Asked(
        [import_url.shown(url)],
        asked.names,
        fetched.text,
        ask=asked.ask,
        with_secret=asked.with_secret,
        check=asked.check,
        dry_run=asked.dry_run,
    )
    import_dialogue.run(first, as_json=as_json, then=then)


def unfollow(words: list[str], *, as_json: bool, dry_run: bool) -> None:
    """Follow no more. The profiles stay as they are."""
    if len(words) != 1:
        hint = f"followed: {', '.join(name for about in follows.all_of() for name in about.profiles) or 'nothing'}"
        raise CcError("--unfollow takes one profile, or one address", hint, code=USAGE)
    url, names = following.ended(words[0], dry_run=dry_run)
    if as_json:
        render.envelope("import --unfollow", {"url": import_url.shown(url), "profiles": names})
        return
    would = "would not be" if dry_run else "is not"
    for name in names:
        render.talk(f"{name}: {would} followed any more ({import_url.shown(url)}); the profile stays")


def _each(digest: str, asked: Asked, *, yes: bool, as_json: bool) -> None:
    """All that are followed, in turn. One that cannot be reached leaves the others."""
    every = follows.all_of()
    if not every:
        raise CcError("nothing is followed yet", "cc import --follow URL", code=NO_SUCH)
    if digest:
        raise CcError("--digest goes with one address", "cc import --follow URL --digest sha256:…", code=USAGE)
    if fetch.offline():
        what = "CC_OFFLINE is set: nobody is asked who is not named"
        raise CcError(what, "cc import --follow PROFILE", code=UNREACHABLE)
    errors: dict[str, CcError] = {}
    data = []
    for about in every:
        try:
            told, failed = _one(about, "", asked, yes=yes, as_json=as_json)
        except CcError as error:
            errors[import_url.shown(about.url)] = error
        else:
            data.append(told)
            errors |= failed
    _end(data, errors, as_json=as_json)


def _end(data: list[dict[str, Any]], errors: dict[str, CcError], *, as_json: bool) -> None:
    if as_json:
        render.envelope("import --follow", {"sources": data} if data else None, errors)
    elif errors:
        for error in list(errors.values())[1:]:
            report.say(error)
        raise next(iter(errors.values()))


def _begin(url: str, fetched: Fetched, looked: Looked, choices: list[Choice], done: Done) -> str | None:
    """Follow what was taken, and what was there already just like that."""
    taken: dict[str, tuple[Candidate, Collection[str]]] = {}
    for offer in looked.offers:
        if offer.there:
            taken[offer.there] = (offer.candidate, following.agreed_in(offer.candidate, offer.there))
    for choice in choices:
        if choice.candidate.name in done.taken:
            taken[choice.candidate.name] = (import_take.whole(choice), choice.agreed)
    if not taken:
        render.talk("nothing of it was taken, so that nothing is followed")
        return None
    for line in following.begun(url, fetched, taken):
        render.talk(line)
    names = [*(follows.of(url) or Followed(url, 0, "")).profiles]
    if not names:
        return None
    render.talk(f"{', '.join(names)}: followed: cc doctor --check says when {fetched.host} has changed it")
    return import_url.shown(url)


def _one(
    about: Followed, digest: str, asked: Asked, *, yes: bool, as_json: bool, whole: bool = False
) -> tuple[dict[str, Any], dict[str, CcError]]:
    """One source: what it has changed, whether that is to be applied, and what came of it."""
    fetched = import_url.bundle(about.url, digest)
    found = following.compared(about, fetched.text, fetched.digest)
    if found.fault:
        raise CcError(f"{fetched.host}: {found.fault}", "nothing was changed", code=INVALID)
    new = Looked(offers=[offer for offer in found.new if not offer.there], skipped=found.skipped)
    import_scan.renamed(new, asked.names)
    if not as_json:
        _show(found, new, fetched)
    done: list[str] = []
    failed: dict[str, CcError] = {}
    taken, left = Done(), []
    if not asked.dry_run:
        conversation = asked.ask and questions.is_conversation()
        taken = _new(found, new, asked, conversation=conversation, yes=yes)
        if whole:
            _rejoin(found)
        agreed = {one.name: [] for one in _easy(found)} if yes else _agreed(found, conversation=conversation)
        done, failed = following.applied(found, agreed)
        left = [one.name for one in found.pending if one.name not in {*done, *failed, *agreed}]
        if not as_json:
            _farewell(done, left, found, conversation=conversation)
    told = {
        "url": import_url.shown(about.url),
        "digest": f"sha256:{fetched.digest}",
        "taken_on": _day(about.taken),
        "changes": [_as_data(one) for one in found.updates if one.lines],
        "new": [offer.candidate.name for offer in new.offers],
        "gone": found.gone,
        "missing": found.missing,
        "applied": done,
        "taken": taken.taken,
        "left": [{"name": name, "why": "needs a yes", "command": _command(found)} for name in left],
    }
    return told, failed | taken.failed


def _as_data(one: Update) -> dict[str, Any]:
    return {
        "name": one.name,
        "keys": [change.data for change in one.changes],
        "asks_for_a_yes": [{"part": each.part, "line": harmless(each.line), "why": each.why} for each in one.consents],
        "refused": one.refused or None,
    }


def _show(found: Compared, new: Looked, fetched: Fetched) -> None:
    """What it has changed since it was taken, key by key."""
    shown = import_url.shown(found.about.url)
    render.talk(f"from {shown}: sha256:{fetched.digest}, taken on {_day(found.about.taken)}")
    for one in found.updates:
        if one.lines:
            render.heading(one.name)
            for line in (*one.lines, *following.warnings(one, found.about)):
                render.out(f"  {line}")
    for name in found.gone:
        render.talk(f"{name}: the source has it no more; it stays here: cc remove {name}")
    for name in found.missing:
        render.talk(f"{name}: is not here any more, and is no longer followed")
    if new.offers or new.skipped:
        render.talk("it has profiles that you have not taken:")
        import_table.show(new, "")
    if not (found.is_news or new.offers or found.missing):
        render.talk(f"{', '.join(found.about.profiles)}: nothing has changed")


def _easy(found: Compared) -> list[Update]:
    return [one for one in found.pending if not one.refused]


def _agreed(found: Compared, *, conversation: bool) -> dict[str, list[str]]:
    """What somebody says yes to: the changes of each profile, and each line that needs a yes of its own."""
    agreed: dict[str, list[str]] = {}
    for one in _easy(found) if conversation else []:
        if not questions.agree(f"{one.name}: apply this?", usual=False):
            continue
        agreed[one.name] = []
        for consent in one.consents:
            line = f"{one.name}: {consent.part}: {consent.line}"
            if questions.agree(f"{line}: take this line? ({consent.why})", usual=False):
                agreed[one.name].append(consent.line)
    return agreed


def _new(found: Compared, new: Looked, asked: Asked, *, conversation: bool, yes: bool) -> Done:
    """Take profiles that it did not have before, or that were not wanted then."""
    if conversation:
        choices = import_questions.chosen(new.offers, with_secret=False)
    else:  # what was there before, and was not taken, was not wanted
        unheard = [offer for offer in new.offers if offer.candidate.origin not in found.about.known]
        choices = [] if not yes else import_dialogue.easy(Looked(offers=unheard), asked, "")
    done = import_take.all_of(choices, "", render.talk)
    taken: dict[str, tuple[Candidate, Collection[str]]] = {
        choice.candidate.name: (import_take.whole(choice), choice.agreed)
        for choice in choices
        if choice.candidate.name in done.taken
    }
    if taken:
        found.about = following.joined(found.about, taken)
    return done


def _rejoin(found: Compared) -> None:
    """Who names the address follows what is there of it just like that, also what was followed before."""
    same = {offer.there: offer.candidate for offer in found.new if offer.there}
    free = {name: one for name, one in same.items() if follows.of_profile(name) is None}
    if free:
        joined = {name: (one, following.agreed_in(one, name)) for name, one in free.items()}
        found.about = following.joined(found.about, joined)


def _farewell(done: list[str], left: list[str], found: Compared, *, conversation: bool) -> None:
    for name in done:
        render.talk(f"{name}: changed as its source has it; to take it back: cc import --undo")
    for name in left:
        render.talk(f"{name}: not changed" + ("" if conversation else f": needs a yes: {_command(found)}"))


def _command(found: Compared) -> str:
    """What applies just this, without a question."""
    name = next(iter(found.about.profiles), "") or import_url.shown(found.about.url)
    return f"cc import --follow {name} --all --digest sha256:{found.digest}"


def _day(seconds: float) -> str:
    return dt.datetime.fromtimestamp(seconds, dt.UTC).astimezone().strftime("%Y-%m-%d")
