"""What a session is offered that may ask other profiles: who they are, what each is good for, and on which terms."""

from collections.abc import Sequence

from cc_launcher.actions import consent
from cc_launcher.actions.screen import Screen
from cc_launcher.claude.this_machine import OWN_COMMAND
from cc_launcher.core.ask import limit as limits
from cc_launcher.core.ask import offer
from cc_launcher.core.ask.amount import OF_SESSION, Limit
from cc_launcher.core.ask.offer import Service
from cc_launcher.core.errors import CcError
from cc_launcher.core.plan import BY_ITSELF, CUSTOM_HEADERS, HEADER, URL, Plan
from cc_launcher.core.plan.make_plan import reference_of
from cc_launcher.core.plan.protection import why_not_sealed
from cc_launcher.core.profile.model_choice import choose
from cc_launcher.core.profile.resolve import Resolved
from cc_launcher.core.sessions.consent import is_private
from cc_launcher.core.usage import price, words
from cc_launcher.files import profiles, user_config
from cc_launcher.files.price_book import PriceBook
from cc_launcher.launch import planfile


def loaded(names: Sequence[str], main: Resolved) -> list[Resolved]:
    """The profiles, each once. The session's own is none of them."""
    found = []
    for name in dict.fromkeys(names):
        if name == main.name:
            raise CcError(f"--with {name}: the session runs on it already", "name another profile: cc ls --ready")
        found.append(profiles.load(name))
    return found


def agreed(main: Resolved, others: Sequence[Resolved], screen: Screen) -> None:
    """Naming them is the consent; but what was private takes a typed word to go to a stranger."""
    if is_private(main):
        pairs = [pair for other in others if not is_private(other) for pair in consent.pairs(main, other)]
        consent.settle(pairs, screen, command="cc run --with")


def with_tool(plan: Plan, others: Sequence[Resolved]) -> Plan:
    """The plan of a session that may ask these."""
    return plan.but(args=(*plan.args, *offer.arguments(_service(plan, others), OWN_COMMAND)))


def usual_limit(text: str = "") -> Limit:
    """What one task may take, as the user says it, here or in config.toml."""
    config = user_config.read().ask
    return limits.limit(text or config.limit, config.tokens)


def is_sealed(resolved: Resolved) -> bool:
    """Whether its secret can be kept out of the environment of what does a task."""
    return not why_not_sealed(resolved.profile, reference_of(resolved, planfile.present()))


def notes(others: Sequence[Resolved]) -> list[str]:
    """What one has to know of them: the commands of the session see what is in its environment."""
    found = []
    for other in others:
        reference = reference_of(other, planfile.present())
        if reference is not None and reference.store == "env":
            found.append(
                f"{other.name}: its key is in {reference.name}, so the commands of this session see it, too; "
                f"cc secret set {other.name} keeps it apart"
            )
    return found


def _service(plan: Plan, others: Sequence[Resolved]) -> Service:
    config = user_config.read()
    limit = usual_limit()
    book = PriceBook()
    offers = {other.name: _about(other, book) for other in others}
    book.keep()
    return Service(
        profiles=offers,
        sealed=tuple(other.name for other in others if is_sealed(other)),
        about=(
            f"One task may take {limit}, or {words.tokens(limit.tokens)} tokens where no price is known, and all of a "
            f"session {OF_SESSION} times as much."
        ),
        limit=limit,
        rates=config.rates,
        allowed=tuple(config.ask.allow),
        taken_out=tuple(sorted({*plan.set, *_of_slots(plan)})),
    )


def _of_slots(plan: Plan) -> set[str]:
    """The variables in which the session has its secrets."""
    named = {HEADER: CUSTOM_HEADERS, URL: "ANTHROPIC_BASE_URL"}
    return {named.get(slot.delivery, slot.name) for slot in plan.slots if slot.delivery not in BY_ITSELF}


def _about(resolved: Resolved, book: PriceBook) -> str:
    """A profile in a line: whose model it is, how much that reads at once, and what it costs."""
    model = choose(resolved.profile, resolved.name, None).main
    window = book.window(resolved.name, model)
    parts = [resolved.title, model, f"reads {words.tokens(window)} tokens at once" if window else ""]
    billing = book.billing(resolved.name)
    listed = book.price(resolved.name, model, "") if billing == price.TOKENS else None
    if billing != price.TOKENS:
        parts.append("runs on this machine" if is_private(resolved) else "costs nothing by the token")
    elif listed is not None:
        each = [words.money(rate, listed.currency) for rate in (listed.rates.input, listed.rates.output)]
        parts.append(f"{each[0]} for a million tokens in, {each[1]} out")
    return ", ".join(filter(None, parts))
