"""Completion as a user sees it: real interactive shells on a terminal, a line, TAB, and what is on the screen."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.client.harness import Terminal
from tests.support import LIMIT, Sandbox, require_tool, run

SHELLS = ("bash", "zsh", "fish")
PROMPT = "READY> "
TAB, END_OF_LINE, KILL_LINE = "\t", "\x05", "\x15"
PATIENCE = LIMIT
STARTED = "this-shell-has-started"

# What the start of each shell has, apart from our line: a prompt to recognise, and nothing that draws by itself.
_RC = {
    "bash": (".bashrc", f"PS1='{PROMPT}'\nbind 'set enable-bracketed-paste off' 'set bell-style none'\n"),
    "zsh": (".zshrc", f"PS1='{PROMPT}'\nunsetopt beep prompt_cr prompt_sp\nunset zle_bracketed_paste\n"),
    "fish": (
        ".config/fish/config.fish",
        f"set -g fish_greeting\nset -g fish_autosuggestion_enabled 0\nfunction fish_prompt; echo -n '{PROMPT}'; end\n",
    ),
}
_INIT = {
    "bash": 'eval "$(cc init bash)"\n',
    "zsh": 'autoload -Uz compinit && compinit -u\neval "$(cc init zsh)"\n',
    "fish": "cc init fish | source\n",
}
_ARGV = {"bash": ["bash", "--noprofile", "-i"], "zsh": ["zsh", "-d", "-i"], "fish": ["fish", "-i"]}


# With nothing but what a shell that completes has by itself, before our line is installed
INSTALLED = {"bash": "", "zsh": "autoload -Uz compinit && compinit -u\n", "fish": ""}


class Line:
    """An interactive shell, and the line that is being typed in it."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal

    def complete(self, typed: str, expected: str) -> None:
        """Type this and TAB: the line becomes that."""
        self.type(typed)
        self._terminal.send(TAB)
        self._wait(lambda: self.now() == expected.rstrip(), f"{expected!r} after {typed!r}")

    def list(self, typed: str, *expected: str, tabs: int = 2) -> str:
        """Type this and TAB, twice: these are on the screen. Returns all of it."""
        self.type(typed)
        for _ in range(tabs):
            self._terminal.send(TAB)
            self._terminal.wait_for_quiet()
        self._wait(lambda: all(word in self._below() for word in expected), f"{expected} after {typed!r}")
        return self._below()

    def type(self, text: str) -> None:
        """Type something at the empty prompt."""
        self._terminal.send(f"{END_OF_LINE}{KILL_LINE}")
        self._wait(lambda: self.now() == "", "an empty line")
        self._terminal.send(text)
        self._wait(lambda: self.now() == text.rstrip(), f"the echo of {text!r}")

    def enter(self, command: str, expected: str) -> None:
        """Run a command: this is on the screen afterwards."""
        self.type(command)
        self._terminal.send("\r")
        self._wait(lambda: expected in self.screen(), expected)

    def clear(self) -> None:
        """Have nothing on the screen but the prompt."""
        self._terminal.send(f"{END_OF_LINE}{KILL_LINE}\x0c")
        self._wait(lambda: self.screen().strip() == PROMPT.strip(), "a clear screen")

    def now(self) -> str:
        """What stands behind the last prompt, without what is listed below it."""
        found = self.screen().rpartition(PROMPT.rstrip())[2].lstrip(" ")
        return found.partition("\n")[0].rstrip()

    def screen(self) -> str:
        """All that is on the screen."""
        return self._terminal.screen()

    def rest(self) -> None:
        """Wait until nothing more comes."""
        self._terminal.wait_for_quiet()

    def _below(self) -> str:
        return self.screen()

    def _wait(self, true: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while not true():
            if time.monotonic() > deadline:
                pytest.fail(f"{what} did not come; on the screen is:\n{self.screen()}")
            time.sleep(0.02)


@pytest.fixture
def opened(sandbox: Sandbox) -> Iterator[Callable[..., Line]]:
    """Opens an interactive shell with our completion in it."""
    with ExitStack() as until_the_end:

        def shell(name: str, before: str = "", after: str = "", init: str | None = None) -> Line:
            require_tool(name)
            file, text = _RC[name]
            path = sandbox.home / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"{before}{text}{_INIT[name] if init is None else init}{after}")
            # Without it fish reads all pages of the manual, in the background, for half a minute of a processor.
            (sandbox.home / ".local" / "share" / "fish" / "generated_completions").mkdir(parents=True, exist_ok=True)
            if init == INSTALLED[name]:
                done = run([sandbox.cc, "init", name, "--install"], sandbox.environment(), sandbox.work)
                assert done.code == 0, done
            environment = sandbox.environment(TERM="xterm-256color", SHELL=f"/bin/{name}")
            terminal = until_the_end.enter_context(Terminal(_ARGV[name], environment, sandbox.work))
            terminal.wait_for(PROMPT.rstrip(), timeout=PATIENCE)
            line = Line(terminal)
            line.enter(f"echo {STARTED}", f"\n{STARTED}")
            line.clear()
            return line

        yield shell


@pytest.fixture
def furnished(sandbox: Sandbox) -> Sandbox:
    """Profiles and models of the user's, and files to compile."""
    key = sandbox.secret_file(b"sk-of-nobody")
    sandbox.profile("mine-alone", f'extends = "zai"\nsecret = "file:{key}"\n')
    sandbox.profile("mine-other", 'extends = "zai"\nsecret = "env:NOT_SET"\n')
    tiers = "".join(f'{slot} = "qwen3:8b"\n' for slot in ("main", "opus", "sonnet", "haiku", "fable"))
    more = "".join(f'[models."{model}"]\n' for model in ("qwen3:8b", "qwen3:30b", "at@one", "wide[1m]"))
    sandbox.profile("odd", f'auth = "none"\nbase_url = "https://host.example"\n[tiers]\n{tiers}{more}')
    for name in ("file.c", "wide1", "sub/deep.c"):
        (sandbox.work / name).parent.mkdir(exist_ok=True)
        (sandbox.work / name).write_text("")
    return sandbox


@pytest.mark.parametrize("shell", SHELLS)
def test_what_init_installs_completes_in_a_new_shell(
    opened: Callable[..., Line], furnished: Sandbox, shell: str
) -> None:
    line = opened(shell, init=INSTALLED[shell])
    line.complete("cc run mine-a", "cc run mine-alone ")
    furnished.cc.unlink()  # the program is gone, and its line does nothing
    line = opened(shell, init=(furnished.home / _RC[shell][0]).read_text())
    assert "not found" not in line.screen()


@pytest.mark.parametrize("shell", SHELLS)
def test_words_of_ours(opened: Callable[..., Line], furnished: Sandbox, shell: str) -> None:
    assert furnished
    line = opened(shell)
    for typed, expected in (
        ("cc ru", "cc run"),
        ("cc list-p", "cc list-profiles"),
        ("cc openro", "cc openrouter"),
        ("cc openrouter --dr", "cc openrouter --dry-run"),
        ("cc secret st", "cc secret status"),
        ("cc config p", "cc config path"),
        ("cc help uninstall-", "cc help uninstall-wrapper"),
        ("cc init z", "cc init zsh"),
        ("cc run --dr", "cc run --dry-run"),
        ("cc secret set --st", "cc secret set --stdin"),
        ("cc add --provider openro", "cc add --provider openrouter"),
        ("cc add --provider=openro", "cc add --provider=openrouter"),
        ("cc add -p openro", "cc add -p openrouter"),
        ("cc env --format do", "cc env --format dotenv"),
    ):
        line.complete(typed, expected)


@pytest.mark.parametrize("shell", SHELLS)
def test_profiles(opened: Callable[..., Line], furnished: Sandbox, shell: str) -> None:
    assert furnished
    line = opened(shell)
    for command in (
        "run",
        "show",
        "env",
        "install-wrapper",
        "edit",
        "remove",
        "secret set",
        "run --sealed",
        "alias odd",
    ):
        line.complete(f"cc {command} mine-a", f"cc {command} mine-alone")
    line.complete("cc run openro", "cc run openrouter")
    line.complete("cc run mi", "cc run mi")  # there are several
    line.complete("cc edit m", "cc edit mine-")  # of these, only the user's own


@pytest.mark.parametrize("shell", SHELLS)
def test_two_tabs_list_what_fits(opened: Callable[..., Line], furnished: Sandbox, shell: str) -> None:
    assert furnished
    line = opened(shell)
    listed = line.list("cc run mine-", "mine-alone", "mine-other")
    assert "openrouter" not in listed
    assert "--" not in listed, "an empty description"
    line.clear()
    listed = line.list("cc ", "install-wrapper", "list-profiles", "uninstall-wrapper", "version", "--help")
    assert re.search(r"\bls\b", listed)
    line.clear()
    listed = line.list("cc secret ", "get", "remove", "set", "status")
    assert "file.c" not in listed


@pytest.mark.parametrize("shell", SHELLS)
def test_descriptions_where_a_shell_shows_some(opened: Callable[..., Line], furnished: Sandbox, shell: str) -> None:
    assert furnished
    listed = opened(shell).list("cc list-", "list-profiles", "list-wrappers")
    assert ("install-wrapper wrote" in listed) == (shell != "bash")


@pytest.mark.parametrize("shell", SHELLS)
def test_models_with_any_signs_in_them(opened: Callable[..., Line], furnished: Sandbox, shell: str) -> None:
    assert furnished
    line = opened(shell)  # where `cc init` runs, which remembers the models
    for command in ("run", "show", "env"):
        line.complete(f"cc {command} odd qwen3:8", f"cc {command} odd qwen3:8b")
    line.complete("cc run odd q", "cc run odd qwen3:")
    line.list("cc run odd qwen3:", "30b", "8b")
    line.complete("cc run odd at@", "cc run odd at@one")
    # For bash the brackets are a pattern that fits a file: it gives the word all the same, as it stands.
    line.complete("cc run odd wi", "cc run odd wide[1m]" if shell == "bash" else r"cc run odd wide\[1m\]")


@pytest.mark.parametrize("shell", SHELLS)
def test_what_is_not_ours_completes_files(opened: Callable[..., Line], furnished: Sandbox, shell: str) -> None:
    assert furnished
    line = opened(shell)
    for typed in (
        "cc fi",
        "cc -o x fi",
        "cc -Wall -c fi",
        "cc -O2 -I. fi",
        "cc run mine-alone -p hi fi",
        "cc run odd fi",
    ):
        line.complete(typed, f"{typed}le.c")
    line.complete("cc sub/de", "cc sub/deep.c")
    line.complete("cc -o x sub/de", "cc -o x sub/deep.c")


@pytest.mark.parametrize("shell", SHELLS)
def test_what_fits_nothing_changes_nothing(opened: Callable[..., Line], furnished: Sandbox, shell: str) -> None:
    assert furnished
    line = opened(shell)
    for typed in ("cc zzz", "cc run zzz", "cc run odd zzz", "cc no-such-command zzz", "cc run -zzz", "cc secret zzz"):
        line.complete(typed, typed)
        line.rest()
        assert line.screen().strip() == f"{PROMPT}{typed}"


def install(sandbox: Sandbox) -> str:
    """A wrapper with modes; returns the line that puts its directory on PATH."""
    environment = sandbox.environment()
    modes = ("--mode", "local=ollama", "--mode", "large=zai")
    done = sandbox.run("install-wrapper", "mine-alone", *modes, environment=environment)
    assert done.code == 0, done.err
    return str(sandbox.home / ".local" / "bin")


@pytest.mark.parametrize("shell", SHELLS)
def test_wrappers_and_their_modes(opened: Callable[..., Line], furnished: Sandbox, shell: str) -> None:
    place = install(furnished)
    on_path = f"set -gx PATH $PATH {place}\n" if shell == "fish" else f"PATH=$PATH:{place}\n"
    line = opened(shell, before=on_path)
    line.complete("claude-mine-alone --lo", "claude-mine-alone --local")
    line.list("claude-mine-alone --l", "--local", "--large")
    line.complete("claude-mine-alone --cc", "claude-mine-alone --cc-help")
    line.complete("claude-mine-alone -p fi", "claude-mine-alone -p file.c")
    line.complete("cc uninstall-wrapper cl", "cc uninstall-wrapper claude-mine-alone")


@pytest.mark.parametrize("shell", SHELLS)
def test_a_wrapper_called_by_its_path_has_modes_too(
    opened: Callable[..., Line], furnished: Sandbox, shell: str
) -> None:
    install(furnished)
    line = opened(shell)
    line.complete("~/.local/bin/claude-mine-alone --lo", "~/.local/bin/claude-mine-alone --local")


ODD_NAMES = (
    "has space",
    "dollar$(touch pwned)",
    "semi;touch pwned",
    "tick`touch pwned`",
    "Upper",
    "quote'",
    "new\nline",
)


@pytest.mark.parametrize("shell", SHELLS)
def test_a_name_that_needs_quoting_is_no_profile(opened: Callable[..., Line], furnished: Sandbox, shell: str) -> None:
    for name in ODD_NAMES:
        furnished.profile(name, 'extends = "zai"\n')
        assert furnished.run("show", name).code != 0
    line = opened(shell)
    for beginning in ("has", "dol", "sem", "tic", "Up", "quo", "new"):
        line.complete(f"cc run {beginning}", f"cc run {beginning}")
    assert list(furnished.work.glob("pwned")) == []


@pytest.mark.parametrize("shell", SHELLS)
def test_aliases_launch(opened: Callable[..., Line], furnished: Sandbox, shell: str) -> None:
    line = opened(shell, init=_INIT[shell].replace(f"init {shell}", f"init {shell} --aliases"))
    line.enter(
        "claude-mine-alone -p 'a  b'; echo ended=$status"
        if shell == "fish"
        else "claude-mine-alone -p 'a  b'; echo ended=$?",
        "ended=0",
    )
    assert furnished.fake.take().arguments[-2:] == [b"-p", b"a  b"]
    # Its secret is not there: no alias.
    line.enter(
        "claude-mine-other; echo ended=$status" if shell == "fish" else "claude-mine-other; echo ended=$?", "ended=127"
    )


def test_zsh_without_its_completion_system_gets_it(opened: Callable[..., Line], furnished: Sandbox) -> None:
    assert furnished
    line = opened("zsh", init='eval "$(cc init zsh)"\n')
    line.complete("cc ru", "cc run")
    line.complete("cc run mine-a", "cc run mine-alone")
    line.complete("cc fi", "cc file.c")


STRICT = {
    "nothing unset": ("set -u\n", "setopt nounset\n"),
    "no pattern without a file": ("shopt -s failglob\n", "setopt nomatch\n"),
    "patterns vanish": ("shopt -s nullglob\n", "setopt nullglob\n"),
    "as in ksh": ("set -o posix\n", "setopt ksharrays shwordsplit\n"),
    "words end at spaces": ("COMP_WORDBREAKS=' '\n", "setopt complete_in_word\n"),
    "nothing is overwritten": ("set -o noclobber\n", "setopt noclobber\n"),
    "another separator": ("IFS=:\n", "IFS=:\n"),
}


@pytest.mark.parametrize("shell", ["bash", "zsh"])
@pytest.mark.parametrize("settings", STRICT)
def test_settings_of_a_users_shell(opened: Callable[..., Line], furnished: Sandbox, shell: str, settings: str) -> None:
    assert furnished
    line = opened(shell, after=STRICT[settings][SHELLS.index(shell)])
    line.complete("cc ru", "cc run")
    line.complete("cc run mine-a", "cc run mine-alone")
    line.complete("cc run odd qwen3:8", "cc run odd qwen3:8b")
    line.complete("cc run odd wi", "cc run odd wide[1m]" if shell == "bash" else r"cc run odd wide\[1m\]")
    line.complete("cc -o x fi", "cc -o x file.c")


@pytest.mark.parametrize("shell", SHELLS)
def test_without_cc_files_complete_and_nothing_is_said(
    opened: Callable[..., Line], furnished: Sandbox, shell: str
) -> None:
    place = install(furnished)
    on_path = f"set -gx PATH $PATH {place}\n" if shell == "fish" else f"PATH=$PATH:{place}\n"
    line = opened(shell, before=on_path)
    furnished.cc.rename(furnished.bin / "elsewhere")
    for typed in ("cc fi", "cc run fi", "cc -o x fi", "claude-mine-alone fi"):
        line.complete(typed, f"{typed}le.c")
        assert line.screen().strip() == f"{PROMPT}{typed}le.c"


@pytest.mark.parametrize("shell", SHELLS)
def test_a_cc_that_fails_is_quiet(opened: Callable[..., Line], furnished: Sandbox, shell: str) -> None:
    line = opened(shell)
    furnished.cc.write_text(f"#!{sys.executable}\nraise SystemExit('broken')\n")
    for typed in ("cc fi", "cc run fi"):
        line.complete(typed, f"{typed}le.c")
        assert line.screen().strip() == f"{PROMPT}{typed}le.c"


@pytest.mark.parametrize("shell", SHELLS)
def test_completing_reads_no_secret_and_writes_nothing(
    opened: Callable[..., Line], furnished: Sandbox, tmp_path: Path, shell: str
) -> None:
    called = tmp_path / "called"
    furnished.profile("asks", f'extends = "zai"\nsecret = "cmd:touch {called}"\n')
    line = opened(shell)
    before = furnished.kept_files()
    line.complete("cc run ask", "cc run asks")
    line.list("cc run asks ", "glm")
    line.complete("cc secret get ask", "cc secret get asks")
    assert not called.exists()
    ours = {path for path in before if "cc-launcher" in path.parts}
    assert {path: furnished.kept_files().get(path) for path in ours} == {path: before[path] for path in ours}
