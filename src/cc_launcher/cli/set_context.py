"""`cc models PROFILE MODEL --set-context 64k`: give a local model this window, or say which one it has."""

import json
import sys

import typer

from cc_launcher.actions import asking, planning
from cc_launcher.cli import render
from cc_launcher.core.errors import IN_THE_WAY, NO_SUCH, REFUSED, UNREACHABLE, USAGE, CcError
from cc_launcher.core.models import fitness, local, search, server_answers
from cc_launcher.core.models.server_answers import Shown
from cc_launcher.core.models.variant import Variant, bases_of, memory, name_of, text_with
from cc_launcher.core.profile import local_servers, toml_edit
from cc_launcher.core.profile.model_choice import choose
from cc_launcher.core.profile.resolve import Resolved
from cc_launcher.files import guard, places, profiles, said, user_profiles
from cc_launcher.launch import waiting
from cc_launcher.launch.request import Request
from cc_launcher.net.fetch import NoAnswer
from cc_launcher.net.local_server import OF_A_COMMAND, Connection

_TO_CREATE = 600.0  # seconds that a step may take
_TO_LOAD = 600.0


def set_context(name: str, model: str, size: str, *, dry_run: bool = False) -> None:
    """Have the server make a variant of the model with this window, and the profile use it.

    What a provider serves has the window that it has: there the profile alone says it.
    """
    resolved = profiles.load(name)
    is_local = local_servers.of(resolved.profile) is not None
    tokens = local.tokens(size) if is_local else search.count_of(size)
    if tokens < fitness.MIN_CONTEXT:
        raise CcError(
            f"{size}: too small: Claude Code needs {fitness.MIN_CONTEXT} at least", "64k is a good start", code=USAGE
        )
    if not is_local:
        _of_a_provider(resolved, model, tokens, dry_run=dry_run)
        return
    if resolved.profile.server != "ollama":
        title = local.server_of(resolved.profile).title
        raise CcError(
            f"{name}: {title} sets the window when it loads a model",
            local.widen(resolved, model or "MODEL", tokens),
            code=USAGE,
        )
    asked_for = choose(resolved.profile, name, model or None).main
    server = _Ollama(resolved)
    base, about = server.base_of(asked_for)
    if about.largest is not None and tokens > about.largest:
        raise CcError(f"{base} has at most {about.largest} tokens", f"--set-context {about.largest}", code=USAGE)
    if about.remote:
        raise CcError(
            f"{base} runs at Ollama's own servers, with its whole window", "nothing has to be set", code=USAGE
        )
    variant = Variant(base, name_of(base, tokens), tokens)
    there = server.is_there(variant)
    mine = places.user_path(name)
    before = user_profiles.read(name) if mine.exists() else None
    after = text_with(before, resolved, variant)
    user_profiles.check(name, after, f"{name}.toml")
    if dry_run:
        render.talk(
            f"{variant.name}: {'is there already' if there else f'would be made of {base}'}; {mine.name} would be:"
        )
        sys.stdout.write(after)
        return
    if there:
        render.talk(f"{variant.name}: is there already, with a window of {tokens} tokens")
    else:
        server.create(variant)
    _write(name, before, after)
    server.say_memory(variant)
    render.talk(f"next: cc run {name}")


def _of_a_provider(resolved: Resolved, word: str, tokens: int, *, dry_run: bool) -> None:
    """Write down which window a model has."""
    name = resolved.name
    model = choose(resolved.profile, name, word or None).main
    if not model:
        raise CcError(f"{name}: which model?", f"cc models {name} MODEL --set-context {tokens}", code=USAGE)
    mine = places.user_path(name)
    before = user_profiles.read(name) if mine.exists() else None
    text = toml_edit.new({"extends": name}) if before is None else before
    after = toml_edit.changed(text, [f"models.{json.dumps(model)}.context={tokens}"], [])
    user_profiles.check(name, after, f"{name}.toml")
    if dry_run:
        render.talk(f"{mine.name} would be:")
        sys.stdout.write(after)
        return
    _write(name, before, after)
    said.forget(name)
    render.talk(f"{name}: from now on {model} has a window of {tokens:,} tokens")


def _write(name: str, before: str | None, after: str) -> None:
    path = guard.shown(places.user_path(name))
    if before is None:
        user_profiles.create(name, after)
        render.talk(f"{name}: written to {path}")
    elif after != before:
        user_profiles.replace(name, after)
        render.talk(f"{name}: changed ({path})")


class _Ollama:
    """The Ollama of a profile."""

    def __init__(self, resolved: Resolved) -> None:
        self.resolved = resolved
        self.credential: dict[str, str] = {}
        if resolved.profile.auth in {"bearer", "api-key"}:
            request = Request()
            request.profile = resolved.name
            planned = planning.plan(request, for_real=False)
            if planned.held is not None:
                raise planned.held
            self.credential = asking.credential_of(planned.plan)

    def base_of(self, model: str) -> tuple[str, Shown]:
        """The model that a variant is made of."""
        for base in bases_of(model):
            about = self.shown(base)
            if about is not None:
                return base, about
        raise CcError(f"{self.resolved.name}: Ollama has no model {model}", f"ollama pull {model}", code=NO_SUCH)

    def shown(self, model: str) -> Shown | None:
        """What Ollama says of a model; nothing where it has none of this name."""
        try:
            with waiting.on("Ollama"):
                return server_answers.shown(self._connected(OF_A_COMMAND).json("/api/show", {"model": model}))
        except NoAnswer as bad:
            if bad.status in {400, 404}:
                return None
            raise self._failed(bad) from None

    def is_there(self, variant: Variant) -> bool:
        """Whether the variant is there; somebody else's of that name is left alone."""
        about = self.shown(variant.name)
        if about is not None and about.num_ctx != variant.tokens:
            raise CcError(
                f"{variant.name} is there already, with another window ({about.num_ctx or 'not set'})",
                f"if you no longer need it: ollama rm {variant.name}",
                code=IN_THE_WAY,
            )
        return about is not None

    def create(self, variant: Variant) -> None:
        """Have the variant made. It shares the data of its base: this takes a moment, and next to no space."""
        done = False
        try:
            for line in self._connected(_TO_CREATE).lines("/api/create", variant.request):
                status = line if isinstance(line, dict) else {}
                if "error" in status:
                    raise CcError(
                        f"{variant.name}: Ollama: {str(status['error'])[:300]}", "nothing was changed", code=1
                    )
                done = status.get("status") == "success"
                render.talk(f"{variant.name}: {str(status.get('status', ''))[:80]}")
        except NoAnswer as bad:
            raise self._failed(bad) from None
        if not done or self.shown(variant.name) is None:
            raise CcError(
                f"{variant.name}: Ollama did not finish", "try again; no profile was changed", code=UNREACHABLE
            )

    def say_memory(self, variant: Variant) -> None:
        """How much memory the variant takes, where that is known or somebody wants to wait for it."""
        try:
            found = server_answers.loaded(self._connected(OF_A_COMMAND).json("/api/ps"), variant.name)
            if found is None and sys.stdin.isatty() and sys.stderr.isatty():
                question = "Load it now, to see how much memory it takes? (it may take a minute)"
                if typer.confirm(question, default=False, err=True):
                    connection = self._connected(_TO_LOAD)
                    with waiting.on(f"Ollama to load {variant.name}"):
                        connection.json("/api/generate", {"model": variant.name, "stream": False})
                        found = server_answers.loaded(connection.json("/api/ps"), variant.name)
        except NoAnswer as bad:
            render.talk(f"{variant.name}: how much memory it takes is not known: {bad.reason}")
            return
        if found is None:
            render.talk(f"{variant.name}: to see how much memory it takes, load it, then: ollama ps")
            return
        render.talk(f"{variant.name}: {memory(found.size, found.video)}")
        if found.window is not None and found.window < variant.tokens:
            render.talk(f"{variant.name}: it was loaded with {found.window} tokens only")

    def _connected(self, patience: float) -> Connection:
        return Connection(self.resolved, self.credential, patience)

    def _failed(self, bad: NoAnswer) -> CcError:
        locked = bad.status in {401, 403}
        return CcError(
            f"{self.resolved.name}: Ollama: {bad.reason}",
            f"cc secret set {self.resolved.name}" if locked else "start it: ollama serve",
            code=REFUSED if locked else UNREACHABLE,
        )
