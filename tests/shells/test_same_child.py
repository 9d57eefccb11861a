"""A wrapper and `cc run` start the same child, byte for byte, in every shell."""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, assume, event, given, note, settings
from hypothesis import strategies as st

from cc_launcher.core.errors import CcError
from cc_launcher.core.plan import changes_pins, resumes
from cc_launcher.core.wrapper.mark import Wrapper
from tests.property.profiles import Case, cases, parents, raw, texts, toml
from tests.shells.scene import DESCRIPTOR_NAME, OF_SHELLS, SHELLS, WITH_PIPES, Child, WrapperScene, has_pipe
from tests.support import Sandbox, require_tool, run

EXAMPLES = int(os.environ.get("CC_TEST_WRAPPERS", "80"))
_HEALTH = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]
_PHASES = [Phase.explicit, Phase.reuse, Phase.generate]  # to shrink takes minutes; what failed is printed
QUICK = settings(max_examples=EXAMPLES, deadline=None, phases=_PHASES, suppress_health_check=_HEALTH)
REAL = settings(max_examples=max(6, EXAMPLES // 100), deadline=None, phases=_PHASES, suppress_health_check=_HEALTH)
# What a mode may select beside the profile itself
OTHERS = (
    Case(
        'auth = "none"\nbase_url = "http://localhost:8080"\ntiers.main = "m"\n', "none", (), None, sealed=False, kept=()
    ),
    Case(
        'auth = "bearer"\nbase_url = "https://other.example"\ntiers.main = "m"\nsecret = "file:~/secrets/other"\n',
        "bearer",
        ("file:~/secrets/other",),
        None,
        sealed=False,
        kept=(),
    ),
    Case(
        'auth = "api-key"\nbase_url = "https://other.example"\ntiers.main = "m"\nsecret = "cmd:fetch"\n'
        'secret_headers = { X-Second = "env:OTHER_KEY" }\n',
        "api-key",
        ("env:OTHER_KEY", "cmd:fetch"),
        None,
        sealed=False,
        kept=(),
    ),
)
FLAGS = ("esac", "far", "x.y", "4")  # of modes
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_PLAIN = re.compile(r"[A-Za-z0-9._~+/=:-]+")  # what a wrapper takes out of a variable by itself

# What some shell, or our own templates, could take for something else.
NASTY = (
    "'", "''", '"', "\\", "\\'", "$HOME", "${HOME}", "`id`", "$(id)", "!!", "#", "a b ", " a", "*", "[a]", "~", "-n",
    "@cat@", "@own@", "a@tr@b", "%s", "\\n", "&", ";", "|", "=ls", "é€😀", "\\u0041", "a'\\''b",
)  # fmt: skip
nasty = st.sampled_from(NASTY) | texts | st.lists(st.sampled_from(NASTY), max_size=4).map("".join)
printable_secrets = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=30) | st.lists(
    st.sampled_from([*(word for word in NASTY if word.isascii() and word.strip() == word), "sk-1"]), min_size=1
).map("".join)
any_secrets = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cf", "Zl", "Zp", "Zs"]), min_size=1, max_size=20)
whole_parents = st.builds(
    lambda known, more: {name: value for name, value in known.items() if _IDENTIFIER.fullmatch(name)} | more,
    parents,
    st.dictionaries(
        st.from_regex(r"[Vv]_[A-Za-z0-9_]{0,6}", fullmatch=True) | st.sampled_from(["IFS_", "PAGER", "cc", "_"]), raw
    ),
)
PROJECTS = (
    None,
    "",
    "{}",
    '{"env": {"FOO": "1", "HTTPS_PROXY": "http://stranger"}}',
    '{"permissions": {"defaultMode": "plan"}}',
    '{"availableModels": []}',
    '{"\\u0061vailableModels": ["stranger"]}',
    "no JSON: \0 availableModel",
)


@dataclass(frozen=True)
class Whole:
    """A wrapper with all that it is made of, and one start of it."""

    case: Case
    other: Case  # what a mode may select
    env: str
    modes: dict[str, tuple[str, str]]  # of the profile: what it extends, and the model
    given: dict[str, str]  # with --mode
    sealed: bool
    version: tuple[int, ...] | None
    project: str | None
    user_settings: str | None
    arguments: tuple[str, ...]
    secret: str
    parent: tuple[tuple[str, str], ...]

    @property
    def text(self) -> str:
        """The profile of the wrapper, which extends the case's."""
        tables = "".join(
            f"[modes.{toml(flag)}]\n" + (f"extends = {toml(base)}\n" if base else "") + f"model = {toml(model)}\n"
            for flag, (base, model) in self.modes.items()
        )
        return f'extends = "mine"\n[env]\nFOO = {toml(self.env)}\n{tables}'

    @property
    def wrapper(self) -> Wrapper:
        return Wrapper("claude-top", "top", self.case.word or "", self.sealed, self.given)


@st.composite
def wholes(draw: st.DrawFn, secrets: st.SearchStrategy[str] = printable_secrets) -> Whole:
    """Any wrapper on any machine, started in any way."""
    case, other = draw(cases(("env", "file", "cmd"))), draw(st.sampled_from(OTHERS))
    flags = draw(st.lists(st.sampled_from(FLAGS), max_size=3, unique=True))
    in_profile = flags[:1]
    argument = (
        nasty
        | raw
        | st.sampled_from(
            [
                "-p",
                "--print",
                "--settings",
                "{}",
                "--",
                "mcp",
                "--permission-mode",
                "--permission-mode=plan",
                "--model=x",
                "stream-json",
                "--output-format=stream-json",
            ]
            + [f"--{flag}" for flag in FLAGS] * 2
        )
    )
    return Whole(
        case=case,
        other=other,
        env=draw(nasty),
        modes={flag: (draw(st.sampled_from(["", "other"])), "opus") for flag in in_profile},
        given={flag: draw(st.sampled_from(["other", "other:opus", "mine"])) for flag in flags[1:]},
        sealed=case.sealed,
        version=draw(st.sampled_from([None, (2, 1, 72), (2, 1, 329), (2, 1, 329)])),
        project=draw(st.none() | st.sampled_from(PROJECTS)),
        user_settings=draw(
            st.none() | st.sampled_from(['{"model": "opus"}', '{"permissions": {"defaultMode": "plan"}}'])
        ),
        arguments=tuple(draw(st.lists(argument, max_size=6))),
        secret=draw(secrets),
        parent=tuple(draw(whole_parents).items()),
    )


def flags_taken(whole: Whole, flags: list[str]) -> tuple[str, list[str]]:
    """The mode that the arguments select, and the others: the rule of the documentation in other words."""
    end = whole.arguments.index("--") if "--" in whole.arguments else len(whole.arguments)
    before, after = whole.arguments[:end], whole.arguments[end:]
    chosen = [word[2:] for word in before if word.startswith("--") and word[2:] in flags]
    return (chosen or [""])[-1], [word for word in before if word[2:] not in chosen or not word.startswith("--")] + [
        *after
    ]


def prepare(sandbox: Sandbox, whole: Whole) -> dict[str, str]:
    """Write all that the wrapper is made of; returns the environment of its start."""
    sandbox.profile("mine", whole.case.text)
    sandbox.profile("other", whole.other.text)
    sandbox.profile("top", whole.text)
    secret = whole.secret
    for name in ("mine", "other", "top"):
        data = sandbox.home / ".local" / "share" / "cc-launcher"
        shutil.rmtree(data / "isolated" / name, ignore_errors=True)
        (data / "said").mkdir(parents=True, exist_ok=True, mode=0o700)
        (data / "said" / f"window-{name}").touch()  # what `cc run` says once a profile, a wrapper never does
        sandbox.was_told(name)
    shutil.rmtree(sandbox.home / ".cache", ignore_errors=True)
    fetch = sandbox.bin / "fetch"
    fetch.write_text(f"#!/bin/sh\nexec /bin/cat '{sandbox.outside}/fetched'\n")
    fetch.chmod(0o755)
    (sandbox.outside / "fetched").write_text(secret)
    references = (*whole.case.secrets, *whole.other.secrets)
    for reference in references:
        store, _, name = reference.partition(":")
        if store == "file":
            path = Path(name.replace("~", str(sandbox.home), 1))
            path.parent.mkdir(exist_ok=True)
            if not path.is_dir():  # `.`
                path.write_text(f"{secret}\n")
                path.chmod(0o600)
    for path, content in (
        (sandbox.home / ".claude" / "settings.json", whole.user_settings),
        (sandbox.work / ".claude" / "settings.json", whole.project),
    ):
        path.parent.mkdir(exist_ok=True)
        path.unlink(missing_ok=True)
        if content is not None:
            path.write_text(content)
    kept = {reference.removeprefix("env:") for reference in references if reference.startswith("env:")}
    ours = sandbox.environment(CC_SECRET_TIMEOUT="60")
    return dict(whole.parent) | ours | dict.fromkeys(kept, secret)


def words_of(whole: Whole, mode: str, rest: list[str]) -> list[str]:
    """What `cc run` is asked for the same."""
    if not mode:
        profile, model = "top", whole.case.word or ""
    elif mode in whole.given:
        profile, _, model = whole.given[mode].partition(":")
    else:
        profile, model = whole.modes[mode][0] or "top", whole.modes[mode][1]
    sealed = ["--sealed"] if whole.sealed and not mode else []
    return [profile, *([model] if model else []), *sealed, "--", *rest]


def encoded(environment: dict[str, str]) -> dict[bytes, bytes]:
    return {os.fsencode(name): os.fsencode(value) for name, value in environment.items()}


# Without one of them, the others are compared all the same; the first test says that it is missing.
THERE = [shell for shell, (program, *_) in SHELLS.items() if shutil.which(program)]


@pytest.mark.parametrize("shell", SHELLS)
def test_this_shell_is_one_of_those_below(shell: str) -> None:
    require_tool(SHELLS[shell][0])
    assert shell in THERE


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> WrapperScene:
    return WrapperScene(tmp_path_factory.mktemp("wrappers"))


@QUICK
@given(wholes())
def test_every_shell_starts_the_child_of_cc_run_or_leaves_it_to_cc_run(scene: WrapperScene, whole: Whole) -> None:
    """With the same arguments, environment and words on standard error, and the same key in the pipe.

    80 wrappers, each in six shells; CC_TEST_WRAPPERS=10000 for as many as you like (a quarter of an hour). What
    `cc run` does is what its code does in this process up to the exec; `test_the_real_cc_run` holds that against
    the program itself.
    """
    note(whole.case.text)
    environment = prepare(scene.sandbox, whole)
    scene.version = whole.version
    try:
        text = scene.install(whole.wrapper)
    except CcError as refused:
        event(f"refused: {refused.code}")
        assume(condition=False)
    if len(whole.secret) > 20:  # a shorter one may be a word of the profile
        assert whole.secret not in text
    mode, rest = flags_taken(whole, [way.flag for way in scene.ways])
    way = next(way for way in scene.ways if way.flag == mode)
    words_for_cc = words_of(whole, mode, rest)
    may_hand_over = (
        changes_pins(rest)
        or resumes(rest)
        or whole.project is not None
        or "CLAUDE_CONFIG_DIR" in environment
        or len(way.plan.slots) > 3
        or any(slot.reference.endswith(("/.", "/..")) for slot in way.plan.slots)  # a directory
        or (any(slot.read[0] == "env" for slot in way.plan.slots) and not _PLAIN.fullmatch(whole.secret))
    )
    expected = None
    given_environment = encoded(environment)
    outcomes = set()
    for shell in THERE:
        child, handed = scene.run(shell, [os.fsencode(word) for word in whole.arguments], given_environment)
        if handed is not None:
            outcomes.add("handed over")
            assert may_hand_over or (shell not in WITH_PIPES and has_pipe(way.plan)), shell
            assert handed.arguments == [b"run", *(os.fsencode(word) for word in words_for_cc)], shell
            own = Child([], given_environment).without_shells().environment
            left = handed.without_shells().environment
            assert left == own, shell
            continue
        outcomes.add("started")
        if expected is None:
            expected = scene.cc_run(words_for_cc, environment)
        assert child is not None
        assert child.without_shells() == expected.without_shells(), shell
    event(" and ".join(sorted(outcomes)))


@REAL
@given(wholes(any_secrets | printable_secrets), st.sampled_from(sorted(THERE)))
def test_the_real_cc_run(launcher: Sandbox, whole: Whole, shell: str) -> None:
    """The wrapper as `cc install-wrapper` writes it, next to the program `cc run`."""
    note(whole.case.text)
    environment = prepare(launcher, whole)
    modes = [word for flag, what in whole.given.items() for word in ("--mode", f"{flag}={what}")]
    model = ["--model", whole.case.word] if whole.case.word else []
    made = launcher.run("install-wrapper", "top", *modes, *model, *(["--sealed"] if whole.sealed else []))
    assume(made.code == 0)
    mode, rest = flags_taken(whole, ["", *whole.modes, *whole.given])
    script = launcher.home / ".local" / "bin" / "claude-top"
    arguments = [os.fsencode(word) for word in whole.arguments]
    by_script = run([*SHELLS[shell], script, *arguments], encoded(environment), launcher.work)
    dump = launcher.fake.take() if launcher.fake.started else None
    command = [os.fsencode(word) for word in words_of(whole, mode, rest)]
    by_cc = launcher.run("run", *command, environment=encoded(environment))
    assert (by_script.code, by_script.out, by_script.err) == (by_cc.code, by_cc.out, by_cc.err)
    event(f"exit code {by_cc.code}")
    assert (dump is not None) == launcher.fake.started
    if dump is not None:
        other = launcher.fake.take()
        assert dump.arguments == other.arguments
        own = (*OF_SHELLS, DESCRIPTOR_NAME)
        environments = [
            {name: value for name, value in found.environment.items() if name not in own} for found in (dump, other)
        ]
        assert environments[0] == environments[1]
        assert (dump.ignored, dump.blocked) == (other.ignored, other.blocked)
        assert (dump.key or b"").removesuffix(b"\n") == (other.key or b"")


@pytest.fixture(scope="module")
def launcher(tmp_path_factory: pytest.TempPathFactory) -> Sandbox:
    return Sandbox(tmp_path_factory.mktemp("launcher"))
