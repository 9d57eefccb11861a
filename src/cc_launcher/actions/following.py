"""Sources that are followed: what they have changed, and that it is applied where somebody says so."""

import contextlib
import shlex
import time
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from cc_launcher.actions import import_scan, import_take
from cc_launcher.actions.secret_places import all_of
from cc_launcher.core.errors import INVALID, NO_SUCH, CcError
from cc_launcher.core.importing import arguments, history, inside, sources, update, written
from cc_launcher.core.importing.followed import Followed, Part
from cc_launcher.core.importing.found import Candidate, Consent, Home, Seen, Skipped
from cc_launcher.core.importing.history import Import, Taken
from cc_launcher.core.importing.hosts import Catalog
from cc_launcher.core.importing.offers import Offer
from cc_launcher.core.importing.update import Change
from cc_launcher.core.profile import toml_edit
from cc_launcher.core.text import urls
from cc_launcher.files import follows, hosts, import_history, places, plan_cache, profiles, providers, user_profiles
from cc_launcher.net import fetch, import_url
from cc_launcher.net.import_url import Fetched

_QUICK = 8.0  # seconds, where nobody waits for this source alone


@dataclass(frozen=True)
class Update:
    """What a source changes in one profile."""

    name: str
    candidate: Candidate
    changes: tuple[Change, ...] = ()
    consents: tuple[Consent, ...] = ()  # lines that were not in it before
    refused: str = ""  # why none of it can be applied

    @property
    def is_pending(self) -> bool:
        """Whether there is anything to say yes to."""
        return any(not change.stays for change in self.changes) or bool(self.consents or self.refused)

    @property
    def lines(self) -> list[str]:
        """All of it, in words."""
        asks = [f"only with your yes: {one.part}: {update.harmless(one.line)}: {one.why}" for one in self.consents]
        cannot = [f"cannot be applied: it {self.refused}"] if self.refused else []
        return [*cannot, *(change.line for change in self.changes), *asks]


@dataclass
class Compared:
    """A source as it is now, against what was taken of it."""

    about: Followed
    text: str
    digest: str
    updates: list[Update] = field(default_factory=list)
    new: list[Offer] = field(default_factory=list)  # that are not followed
    skipped: list[Skipped] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)  # profiles that the source has no more
    missing: list[str] = field(default_factory=list)  # that are not here any more
    fault: str = ""  # why what it has cannot be used

    @property
    def pending(self) -> list[Update]:
        """What there is to say yes to."""
        return [one for one in self.updates if one.is_pending]

    @property
    def is_news(self) -> bool:
        """Whether there is anything to say."""
        return bool(self.fault or self.gone or self.unheard or any(one.lines for one in self.updates))

    @property
    def unheard(self) -> list[str]:
        """The profiles that it did not have when it was taken."""
        return [offer.candidate.name for offer in self.new if offer.candidate.origin not in self.about.known]


def wanted(word: str) -> str:
    """The address of what is followed by this name, or the address itself."""
    if import_url.is_url(word):
        return word
    about = follows.of_profile(word)
    if about is None:
        raise _not_followed(word)
    return about.url


def begun(url: str, fetched: Fetched, taken: Mapping[str, tuple[Candidate, Collection[str]]]) -> list[str]:
    """Follow this source from now on, with these profiles: each with the lines that got a yes. Returns what to say."""
    before = follows.of(url) or Followed(url, time.time(), fetched.digest)
    parts = dict(before.profiles)
    said = []
    for name, (candidate, agreed) in taken.items():
        other = follows.of_profile(name)
        if other is not None and other.url != url:
            said.append(f"{name}: follows {import_url.shown(other.url)} already: cc import --unfollow {name}")
            continue
        parts[name] = Part(candidate.origin, _text(candidate, agreed))
    reading = sources.of_file(_home(url, fetched.text), import_url.shown(url))
    known = tuple(candidate.origin for candidate in reading.candidates)
    now = time.time()
    follows.write(Followed(url, now, fetched.digest, parts, known, now))
    return said


def joined(about: Followed, taken: Mapping[str, tuple[Candidate, Collection[str]]]) -> Followed:
    """The source, with these profiles followed, too."""
    new = {name: Part(candidate.origin, _text(candidate, agreed)) for name, (candidate, agreed) in taken.items()}
    about = replace(about, profiles={**about.profiles, **new})
    follows.write(about)
    return about


def agreed_in(candidate: Candidate, name: str) -> set[str]:
    """The lines of it that a profile of the user's has already."""
    return _agreed_before(candidate, Part(candidate.origin, user_profiles.read(name)))


def ended(word: str, *, dry_run: bool) -> tuple[str, list[str]]:
    """Follow no more: the profile of this name, or all that an address has. The profiles stay."""
    about = follows.of(word) if import_url.is_url(word) else follows.of_profile(word)
    if about is None:
        raise _not_followed(word)
    names = [*about.profiles] if about.url == word else [word]
    for name in names:
        about = about.without(name)
    if not dry_run:
        follows.write(about)
    return about.url, names


def compared(about: Followed, text: str, digest: str) -> Compared:
    """What the source has now, against what was taken, and against what is here."""
    found = Compared(about, text, digest)
    path = import_url.shown(about.url)
    home = _home(about.url, text)
    reading = sources.of_file(home, path)
    if reading.faults:
        found.fault = reading.faults[0].removeprefix(f"{path}: ")
        return found
    scan = sources.concluded(reading, home, Catalog(providers.catalog()))
    here = {part.origin: name for name, part in about.profiles.items()}
    called = {(path, one.name): here[one.origin] for one in scan.candidates if one.origin in here}
    found.new = import_scan.against([one for one in scan.candidates if one.origin not in here], found.skipped, called)
    new = {offer.candidate.origin: offer.there or offer.candidate.name for offer in found.new}
    called |= {(path, one.name): new[one.origin] for one in scan.candidates if one.origin in new}
    there = {one.origin: one for one in scan.candidates if one.origin in here}
    own = {*places.user_names()}
    for origin, one in there.items():
        if (name := here[origin]) in own:
            candidate = replace(inside.renamed(one, called), name=name)
            found.updates.append(_update(name, about.profiles[name], candidate, called))
    found.gone = [name for name, part in about.profiles.items() if part.origin not in there and name in own]
    found.missing = [name for name in about.profiles if name not in own]
    return found


def applied(found: Compared, agreed: Mapping[str, Collection[str]]) -> tuple[list[str], dict[str, CcError]]:
    """Change these profiles, each with the new lines that got a yes. One that fails leaves the others."""
    done: list[str] = []
    failed: dict[str, CcError] = {}
    about = found.about
    parts = {name: part for name, part in about.profiles.items() if name not in found.missing}
    record = import_history.begin() if agreed else None
    for one in found.updates:
        if one.name not in agreed and one.is_pending:
            continue
        yes = {*_agreed_before(one.candidate, parts[one.name]), *agreed.get(one.name, ())}
        try:
            if one.name in agreed and record is not None:
                record, changed = _apply(one, parts[one.name], yes, record, import_url.shown(about.url))
                done += [one.name] if changed else []
            parts[one.name] = Part(one.candidate.origin, _text(one.candidate, yes))
        except CcError as error:
            failed[one.name] = error
    if record is not None and record.taken:
        import_history.write(replace(record, state=history.DONE))
    elif record is not None:
        import_history.remove(record)
    all_of_it = not failed and {one.name for one in found.pending} <= {*agreed}
    _settled(found, parts, all_of_it=all_of_it)
    return done, failed


def _apply(one: Update, part: Part, yes: Collection[str], record: Import, source: str) -> tuple[Import, bool]:
    """Change one profile; how it was is written down first, so that it can be put back."""
    before = user_profiles.read(one.name)
    text = _changed(one, part, before, yes)
    if text == before:
        return record, False
    _bind(one.name)
    record = record.with_taken(Taken(one.name, import_take.digest(text), (), (source,), before))
    import_history.write(record)
    user_profiles.replace(one.name, text)
    plan_cache.forget(one.name)
    return record, True


def asked(about: Followed) -> Followed:
    """The source, asked now if it may be; what came of it is written down."""
    now = time.time()
    if fetch.offline() or not about.is_due(now):
        return about
    try:
        fetched = import_url.read(about.url, patience=_QUICK)
        about = about.answered(fetched.text, fetched.digest, now)
    except CcError as error:
        about = about.failed(error.what, now)
    with contextlib.suppress(CcError):
        follows.write(about)
    return about


def _settled(found: Compared, parts: dict[str, Part], *, all_of_it: bool) -> None:
    """Write down what was taken; with all of it, there is nothing left to say."""
    about, now = replace(found.about, profiles=parts), time.time()
    if all_of_it:
        known = dict.fromkeys([*about.known, *(offer.candidate.origin for offer in found.new)])
        about = replace(about, taken=now, digest=found.digest, known=tuple(known))
    follows.write(about.answered(found.text, found.digest, now))


def _update(name: str, part: Part, candidate: Candidate, called: Mapping[tuple[str, str], str]) -> Update:
    try:
        mine = tomllib.loads(user_profiles.read(name))
    except CcError as error:
        return Update(name, candidate, refused=error.what)
    except (ValueError, RecursionError):
        return Update(name, candidate, refused="your file is not valid TOML: cc edit")
    before = _agreed_before(candidate, part)
    consents = tuple(each for each in candidate.consents if each.line not in before)
    found = update.changes(part.data, mine, written.data(candidate, {}, before))
    why = import_scan.refused(candidate, name, called)
    return Update(name, candidate, tuple(found), consents, why[0] if why else "")


def _agreed_before(candidate: Candidate, part: Part) -> set[str]:
    """The lines that got a yes when this was taken, and are in it now."""
    data = part.data
    had = {
        *map(shlex.join, arguments.lines(map(str, data.get("args", ())))),
        str(data.get("secret", "")).removeprefix("cmd:"),
    }
    had |= {str(data.get("base_url"))} if data.get("plain_http") else set()
    return {consent.line for consent in candidate.consents if {*(consent.words or (consent.line,))} <= had}


def _changed(one: Update, part: Part, before: str, agreed: Collection[str]) -> str:
    if one.refused:
        raise CcError(f"{one.name}: {one.refused}", "nothing of it was changed", code=INVALID)
    theirs = written.data(one.candidate, {}, agreed)
    found = update.changes(part.data, tomllib.loads(before), theirs)
    text = update.applied(before, found) if any(not change.stays for change in found) else before
    user_profiles.check(one.name, text, f"{one.name}.toml")
    return text


def _bind(name: str) -> None:
    """A key that is kept belongs to the host that it was for until now, and goes to no other one by itself."""
    for each in (name, *user_profiles.extending(name)):
        with contextlib.suppress(CcError):
            resolved = profiles.load(each)
            for _, reference in all_of(resolved, frozenset()):
                if not hosts.stranger(resolved, reference):
                    hosts.confirm(resolved, reference)


def warnings(one: Update, about: Followed) -> list[str]:
    """What is to be known before a yes: another host, and a file that cannot be changed like that."""
    part = about.profiles[one.name]
    if one.refused:
        return []
    try:
        text = _changed(one, part, user_profiles.read(one.name), _agreed_before(one.candidate, part))
        host, before = user_profiles.check(one.name, text, one.name).host, profiles.load(one.name).host
    except CcError as error:
        return [f"cannot be applied as it is: {error.what}"]
    if host == before:
        return []
    return [f"goes to {host} from then on, not to {before}: a key that you keep does not go along by itself"]


def _text(candidate: Candidate, agreed: Collection[str]) -> str:
    return toml_edit.new(written.data(candidate, {}, agreed))


def _home(url: str, text: str) -> Home:
    path = import_url.shown(url)
    return Home(import_scan.home(), {path: Seen(path, text)})


def host_of(about: Followed) -> str:
    """Whose source it is."""
    return urls.host_of(about.url)


def _not_followed(word: str) -> CcError:
    names = [name for about in follows.all_of() for name in about.profiles]
    hint = f"followed: {', '.join(names)}" if names else "nothing is followed yet: cc import --follow URL"
    return CcError(f"{import_url.shown(word)[:80]} is not followed", hint, code=NO_SUCH)
