"""The sums that are kept: of a session, a quarter of an hour, a model, a profile and a length, as one."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from cc_launcher.core.usage.attribution import Marks
from cc_launcher.core.usage.figures import Figures
from cc_launcher.core.usage.hidden import Hidden

QUARTER = 900_000  # milliseconds: days begin at a quarter of an hour in every time zone there is


class Part(NamedTuple):
    """What tells sums apart."""

    session: str
    quarter: int
    model: str
    profile: str  # of the marker; none without one
    host: str
    project: str
    bucket: int | None  # None: nobody knows how long these requests were
    hidden: bool
    served: str = ""  # who answered behind our gateway, by its log
    currency: str = ""  # of what the log says that it cost


class Amount(NamedTuple):
    """A sum."""

    requests: int
    figures: Figures
    longest: int  # of the requests
    cut: int  # requests whose answer did not come to its end
    old: int  # requests of which a client told too little output
    cost: float = 0.0  # by the gateway's log; it counts where there is a currency


class Paid(NamedTuple):
    """What the log of our gateway says of a request."""

    profile: str
    served: str  # UPSTREAM/MODEL
    currency: str  # none where the log has no cost
    beside: bool  # it is in no transcript: a title, a summary, what an agent's client threw away


class Group(NamedTuple):
    """Requests that are alike: of one session and quarter of an hour, with no marker between them."""

    session: str
    process: str
    time: int  # of the first
    model: str
    project: str
    bucket: int
    amount: Amount
    paid: Paid | None = None  # by the gateway's log


def sums(groups: Iterable[Group], hidden: Mapping[str, Iterable[Hidden]], marks: Marks) -> dict[Part, Amount]:
    """The sums of some sessions, with what is hidden in them."""
    result: dict[Part, Amount] = {}
    projects: dict[str, tuple[int, str]] = {}
    processes: dict[str, str] = {}
    groups = list(groups)
    for group in groups:
        if group.amount.requests and not _is_beside(group):
            projects[group.session] = max(projects.get(group.session, (0, "")), (group.time, group.project))
    for group in groups:
        session, process, time, model, project, bucket, amount, paid = group
        if not amount.requests or _is_beside(group):  # without a line that tells where
            project = projects.get(session, (0, project))[1]
        mark = marks.of(session, process, time)
        profile, host = (mark.profile, mark.host) if mark else ("", "")
        part = Part(session, time // QUARTER, model, profile, host, project, bucket, hidden=False)
        if paid is not None:
            part = part._replace(
                profile=paid.profile,
                host=host if profile == paid.profile else "",
                hidden=paid.beside,
                served=paid.served,
                currency=paid.currency,
            )
        _add(result, part, amount)
        if not _is_beside(group):
            processes.setdefault(session, process)
    for session, parts in hidden.items():
        for one in parts:
            mark = marks.of(session, processes.get(session, session), one.time)
            profile, host = (mark.profile, mark.host) if mark else ("", "")
            project = projects.get(session, (0, ""))[1]
            part = Part(session, one.time // QUARTER, one.model, profile, host, project, None, hidden=True)
            _add(result, part, Amount(0, one.figures, 0, 0, 0))
    return result


def _is_beside(group: Group) -> bool:
    return group.paid is not None and group.paid.beside


def _add(result: dict[Part, Amount], part: Part, amount: Amount) -> None:
    before = result.get(part)
    if before is not None:
        amount = Amount(
            before.requests + amount.requests,
            before.figures.plus(amount.figures),
            max(before.longest, amount.longest),
            before.cut + amount.cut,
            before.old + amount.old,
            before.cost + amount.cost,
        )
    result[part] = amount
