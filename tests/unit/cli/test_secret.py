"""`cc secret`: a key goes into its store, is looked at, handed out and forgotten, and is seen nowhere else."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.fakes.fake_provider import ErrorReply, FakeProvider
from tests.support import require_tool, run
from tests.unit.cli.scene import (
    CTRL_C,
    CTRL_D,
    ENTER,
    FAILED,
    INTERRUPTED,
    NO_SUCH,
    OK,
    REFUSED,
    UNREACHABLE,
    USAGE,
    CommandScene,
)

OLD = "sk-the-old-one"
UNFIT = {
    "empty": (b"", "is empty"),
    "a line end": (b"\n", "is empty"),
    "a line end of Windows": (b"\r\n", "is empty"),
    "NUL": (b"%s\0\n", "holds control characters, or more than one line"),
    "an escape": (b"%s\x1b[0m\n", "holds control characters, or more than one line"),
    "two lines": (b"%s\nsecond\n", "holds control characters, or more than one line"),
    "an empty line after it": (b"%s\n\n", "holds control characters, or more than one line"),
    "64 KiB and 1": (b"%s" + b"x" * 64 * 1024, "is larger than 64 KiB"),
    "not UTF-8": (b"%s\xff\n", "is not text"),
}


# --- set -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("store", ["file", "pass"])
@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_what_is_piped_is_kept_where_the_profile_says_and_a_launch_finds_it(
    scene: CommandScene, store: str, end: str
) -> None:
    scene.install_pass()
    reference, place = scene.stores[store]
    scene.profile(secret=reference)
    with scene.watched():
        said = scene.told(OK, "secret", "set", "mine", "--stdin", stdin=f"{scene.key}{end}".encode())
    assert said.startswith("cc: mine: the secret is kept in ")
    assert said.endswith(f"({reference})\n")
    assert place.read_text().rstrip("\n") == scene.key
    assert scene.run("run", "mine").code == OK
    assert scene.launched_with() == scene.key


def test_a_file_that_is_made_for_it_is_its_owners_alone(scene: CommandScene) -> None:
    place = scene.sandbox.outside / "new" / "place"
    scene.profile(secret=f"file:{place}")
    scene.told(OK, "secret", "set", "mine", "--stdin", stdin=scene.key.encode())
    assert (place.stat().st_mode & 0o777, place.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def test_what_is_typed_is_not_shown(scene: CommandScene) -> None:
    scene.profile()
    with scene.watched(), scene.on_a_terminal("secret", "set", "mine") as session:
        session.answer("paste the key (it is not shown)", scene.key, ENTER)
        assert session.ends() == OK
    assert "the secret is kept in a file" in session.text
    assert scene.key not in session.text
    assert scene.file.read_text() == f"{scene.key}\n"


@pytest.mark.parametrize(
    "shell", ['"$@" </dev/null', '"$@" >/dev/null', '"$@" --stdin'], ids=["no input", "no output", "--stdin"]
)
def test_it_is_typed_on_the_terminal_whatever_is_redirected_and_never_shown(scene: CommandScene, shell: str) -> None:
    """`--stdin` on a terminal, too: the line that somebody types there would be on the screen."""
    scene.profile()
    with scene.on_a_terminal("secret", "set", "mine", shell=shell) as session:
        session.answer("paste the key (it is not shown)", scene.key, ENTER)
        assert session.ends() == OK
    assert scene.key not in session.text
    assert scene.file.read_text() == f"{scene.key}\n"


@pytest.mark.parametrize("name", UNFIT)
def test_what_no_launch_could_use_is_refused_and_the_old_secret_stays(scene: CommandScene, name: str) -> None:
    scene.profile()
    scene.keep(OLD)
    content, why = UNFIT[name]
    said = scene.told(USAGE, "secret", "set", "mine", "--stdin", stdin=content.replace(b"%s", scene.key.encode()))
    assert said == f"cc: mine: what you gave {why}\nhint: nothing was changed; try again\n"
    assert scene.file.read_text() == f"{OLD}\n"
    assert scene.holders() == set()


@pytest.mark.parametrize(
    ("keys", "code", "told"),
    [
        ([ENTER], USAGE, "what you gave is empty"),
        (["   ", ENTER], USAGE, "what you gave is empty"),
        ([CTRL_D], USAGE, "nothing was typed"),
        (["sk-half", CTRL_C], INTERRUPTED, ""),
    ],
    ids=["empty", "blanks", "end of input", "Ctrl-C"],
)
def test_what_is_not_typed_to_its_end_leaves_the_old_secret(
    scene: CommandScene, keys: list[str], code: int, told: str
) -> None:
    scene.profile()
    scene.keep(OLD)
    with scene.on_a_terminal("secret", "set", "mine") as session:
        session.answer("paste the key", *keys)
        assert session.ends() == code
    assert told in session.text
    assert "sk-half" not in session.text
    assert scene.file.read_text() == f"{OLD}\n"


@pytest.mark.parametrize("line", ['printf %s "$KEY" | "$@"', '"$@" <"$FILE"'], ids=["a pipe", "a file"])
@pytest.mark.parametrize("sits", [True, False], ids=["on a terminal", "without one"])
def test_what_is_piped_is_read_without_an_option(scene: CommandScene, line: str, *, sits: bool) -> None:
    scene.profile()
    file = scene.sandbox.outside / "given"
    file.write_text(scene.key)
    given = {"KEY": scene.key, "FILE": str(file)}
    if sits:
        with scene.on_a_terminal("secret", "set", "mine", shell=line, **given) as session:
            assert session.ends() == OK
        assert scene.key not in session.text
    else:
        argv = ["/bin/sh", "-c", line, "sh", str(scene.sandbox.cc), "secret", "set", "mine"]
        assert run(argv, scene.environment(**given), scene.sandbox.work).code == OK
    assert scene.file.read_text().strip() == scene.key


@pytest.mark.parametrize("program", ["'{cc}' secret set mine </dev/null", "'{cc}' secret set mine <&-"])
def test_without_a_terminal_one_is_told_to_pipe_it(scene: CommandScene, program: str) -> None:
    scene.profile()
    line = program.format(cc=scene.sandbox.cc)
    result = run(["/bin/sh", "-c", line], scene.environment(), scene.sandbox.work, scene.key.encode())
    assert (result.code, result.out) == (USAGE, b"")
    assert result.err == (
        b"cc: there is no terminal to type the key on\nhint: pipe it: cc secret set PROFILE --stdin < FILE\n"
    )
    assert not scene.file.exists()


def test_a_standard_input_that_is_closed_is_an_empty_one(scene: CommandScene) -> None:
    scene.profile()
    line = f"'{scene.sandbox.cc}' secret set mine --stdin <&-"
    result = run(["/bin/sh", "-c", line], scene.environment(), scene.sandbox.work)
    assert (result.code, b"is empty" in result.err) == (USAGE, True), result


@pytest.mark.parametrize("before", [OLD, None])
def test_a_store_that_hands_back_something_else_keeps_the_old_secret(scene: CommandScene, before: str | None) -> None:
    scene.install_pass()
    scene.profile(secret="pass:entry")
    entry = scene.store / "entry"
    if before:
        entry.write_text(before)
    (scene.store / ".lies").touch()
    with scene.watched():
        said = scene.told(REFUSED, "secret", "set", "mine", "--stdin", stdin=scene.key.encode())
    assert said == (
        "cc: mine: pass returned a different key than it was given; the new secret was not kept\nhint: try again\n"
    )
    if before:
        assert entry.read_text() == before


def test_a_store_that_fails_is_told_in_its_own_words_and_keeps_the_old_secret(scene: CommandScene) -> None:
    scene.install_pass()
    scene.profile(secret="pass:entry")
    (scene.store / "entry").write_text(OLD)
    (scene.store / ".fails").touch()
    said = scene.told(REFUSED, "secret", "set", "mine", "--stdin", stdin=scene.key.encode())
    assert "the disk is on fire" in said
    assert (scene.store / "entry").read_text() == OLD


def test_a_link_in_the_files_place_is_not_written_through(scene: CommandScene) -> None:
    scene.profile()
    scene.file.symlink_to(scene.sandbox.work / "elsewhere")
    assert "is a link" in scene.told(73, "secret", "set", "mine", "--stdin", stdin=scene.key.encode())
    assert scene.holders() == set()


def test_a_variable_that_comes_before_the_keyring_is_mentioned(scene: CommandScene) -> None:
    """With the real keyring of GNOME, on a bus of its own: only where the profile names no place is one looked for."""
    bus = require_tool("dbus-run-session")
    require_tool("gnome-keyring-daemon")
    scene.sandbox.profile("mine", 'extends = "zai"\n')
    script = (
        "printf 'open\\n' | gnome-keyring-daemon --unlock --components=secrets >/dev/null && "
        f"printf {scene.key} | '{scene.sandbox.cc}' secret set mine --stdin && '{scene.sandbox.cc}' secret get mine"
    )
    told = "cc: note: ZAI_API_KEY is set in this shell and is used instead; to use the stored key: unset ZAI_API_KEY\n"
    for more, found, note in (({}, scene.key, ""), ({"ZAI_API_KEY": "sk-of-the-shell"}, "sk-of-the-shell", told)):
        runtime = {"XDG_RUNTIME_DIR": str(scene.sandbox.outside), "CC_SECRET_TIMEOUT": "100"}
        result = run([bus, "--", "sh", "-c", script], scene.environment(**runtime, **more), scene.sandbox.work)
        assert (result.code, result.out) == (OK, f"{found}\n".encode()), result
        kept = "cc: mine: the secret is kept in the keyring (keyring:mine)\n"
        assert result.err.decode().endswith(f"{kept}{note}"), result


def test_a_variable_is_not_mentioned_where_the_profile_names_the_place(scene: CommandScene) -> None:
    scene.profile()
    said = scene.told(OK, "secret", "set", "mine", "--stdin", stdin=b"sk-x", ZAI_API_KEY="sk-y")
    assert "ZAI_API_KEY" not in said


@pytest.mark.parametrize(("key", "told"), [("sk-right-1", False), ("sk-wrong-1", True)])
def test_a_key_with_another_beginning_than_the_providers_is_kept_with_a_word(
    scene: CommandScene, key: str, *, told: bool
) -> None:
    scene.profile('key_prefix = "sk-right-"\n')
    said = scene.told(OK, "secret", "set", "mine", "--stdin", stdin=key.encode())
    assert ("a key of this provider begins with sk-right-; this one does not" in said) == told
    assert key not in said
    assert scene.file.read_text() == f"{key}\n"


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("sk-or-v1-{}", "this looks like a key of openrouter (sk-or-v1-…)"),
        ("sk-sp-{}", "this looks like a key of alibaba-coding-plan or alibaba-token-plan (sk-sp-…)"),
        ("sk-{}", ""),
    ],
)
@pytest.mark.parametrize("command", [("secret", "set", "mine"), ("add", "other", "--provider", "mine")])
def test_a_key_that_looks_like_another_providers_is_kept_with_a_word(
    scene: CommandScene, key: str, said: str, command: tuple[str, ...]
) -> None:
    scene.profile()
    given = key.format("0123456789abcdef")
    told = scene.told(OK, *command, "--stdin", stdin=given.encode())
    assert (f"{said}. Keeping it anyway" in told) if said else ("Keeping it anyway" not in told)
    assert given not in told
    assert scene.file.read_text() == f"{given}\n"


def test_the_secret_of_a_header_is_no_key_of_the_providers(scene: CommandScene) -> None:
    place = scene.sandbox.outside / "two"
    scene.profile(f'key_prefix = "sk-right-"\n[secret_headers]\nx-two = "file:{place}"\n')
    assert "begins with" not in scene.told(OK, "secret", "set", "mine", "--header", "x-two", "--stdin", stdin=b"two")


def test_a_dry_run_says_where_it_would_go_and_asks_for_nothing(scene: CommandScene) -> None:
    scene.profile()
    scene.keep(OLD)
    for _ in ("piped", "not piped"):
        said = scene.told(OK, "secret", "set", "mine", "--dry-run")
        assert said == f"cc: mine: the secret would be kept in a file (file:{scene.file})\n"
    assert scene.file.read_text() == f"{OLD}\n"
    assert not scene.hosts.exists()


@pytest.mark.parametrize(
    ("reference", "title", "advice"),
    [
        ("op://dev/llm/key", "1Password", "op item get"),
        ("env:MY_KEY", "the environment", "export MY_KEY=…"),
        ("cmd:echo x", "a command", "run the command by hand"),
        ("bw:item", "Bitwarden", "bw sync"),
        ("pass:entry#field", "pass", "pass edit entry (a line `field: …`)"),
        ("gpg:/x", "gpg", "gpg --encrypt"),
    ],
)
@pytest.mark.parametrize("action", ["set", "remove"])
def test_a_store_that_only_its_own_program_writes_is_refused_before_anybody_is_asked(
    scene: CommandScene, reference: str, title: str, advice: str, action: str
) -> None:
    scene.install_pass()
    scene.profile(secret=reference)
    for option in ("--dry-run", "--stdin" if action == "set" else "--yes"):
        said = scene.told(REFUSED, "secret", action, "mine", option, stdin=scene.key.encode())
        assert f"cc: mine: cc does not write to {title} ({reference})\n" in said
        assert (advice if action == "set" else "remove it there") in said


@pytest.mark.parametrize("action", ["set", "remove", "get"])
@pytest.mark.parametrize("name", ["ollama", "claude"])
def test_a_profile_without_a_secret_has_none_to_keep(scene: CommandScene, action: str, name: str) -> None:
    said = scene.told(USAGE, "secret", action, name)
    assert f"cc: {name} needs no secret" in said
    assert f"hint: cc run {name}" in said


@pytest.mark.parametrize("action", ["set", "remove", "get", "status"])
def test_the_nearest_profile_is_suggested(scene: CommandScene, action: str) -> None:
    scene.profile(name="work-one")
    said = scene.told(NO_SUCH, "secret", action, "work-on")
    assert said == "cc: no profile named work-on\nhint: did you mean work-one?\n"


TWO_HEADERS = '[secret_headers]\nX-One = "file:{one}"\nX-Two = "file:{two}"\n'


def test_the_secret_of_a_header_is_kept_by_its_name(scene: CommandScene) -> None:
    one, two = scene.sandbox.outside / "one", scene.sandbox.outside / "two"
    scene.sandbox.profile("mine", 'extends = "ollama"\n' + TWO_HEADERS.format(one=one, two=two))
    said = scene.told(USAGE, "secret", "set", "mine", "--stdin", stdin=b"x")
    assert said == "cc: minehas several secrets: which one?\nhint: --header X-One or X-Two\n"
    assert "did you mean X-Two?" in scene.told(USAGE, "secret", "set", "mine", "--header", "X-Tow", stdin=b"x")
    said = scene.told(USAGE, "secret", "set", "mine", "--header", "Foo-Bar", stdin=b"x")
    assert "headers with a secret: X-One, X-Two" in said
    scene.told(OK, "secret", "set", "mine", "--stdin", "--header", "X-Two", stdin=scene.key.encode())
    assert two.read_text() == f"{scene.key}\n"
    assert not one.exists()
    rows = json.loads(scene.shown("secret", "status", "mine", "--json"))["data"]
    assert [(row["reference"], row["there"]) for row in rows] == [
        (f"file:{one} (X-One)", False),
        (f"file:{two} (X-Two)", True),
    ]


def test_the_only_header_needs_no_name_and_its_secret_is_not_sent_as_a_key(scene: CommandScene) -> None:
    with FakeProvider() as provider:
        where = f'base_url = "{provider.url}"\n[secret_headers]\nX-One = "file:{scene.file}"\n'
        scene.sandbox.profile("mine", f'extends = "ollama"\n{where}')
        said = scene.told(USAGE, "secret", "set", "mine", "--stdin", "--check", stdin=scene.key.encode())
        assert "only the key can be checked" in said
        scene.told(OK, "secret", "set", "mine", "--stdin", stdin=scene.key.encode())
    assert provider.requests == []
    assert scene.file.read_text() == f"{scene.key}\n"


# --- set --check -----------------------------------------------------------------------------------------------------

ANSWERS = {
    401: (FAILED, "the provider does not accept this key (401)"),
    402: (FAILED, "but there is no credit (402)"),
    403: (FAILED, "does not allow this key here (403)"),
    404: (OK, "is not served under this address (404)"),
    429: (OK, "its rate limit is used up right now (429)"),
    500: (UNREACHABLE, "has a problem of its own (500)"),
    529: (UNREACHABLE, "has a problem of its own (529)"),
    400: (OK, "the key was not refused; the provider answers 400"),
}


def test_the_provider_is_asked_with_the_shortest_message(scene: CommandScene) -> None:
    with FakeProvider() as provider:
        scene.profile(f'base_url = "{provider.url}/anthropic"\n[tiers]\nmain = "large"\nhaiku = "small"\n')
        with scene.watched():
            said = scene.told(OK, "secret", "set", "mine", "--stdin", "--check", stdin=scene.key.encode())
    assert "cc: mine: the provider accepts the key (small answered)\n" in said
    (request,) = provider.requests
    assert (request.path, request.headers["authorization"]) == ("/anthropic/v1/messages", f"Bearer {scene.key}")
    assert request.body == {"model": "small", "max_tokens": 1, "messages": [{"role": "user", "content": "hi"}]}


@pytest.mark.parametrize("status", ANSWERS)
def test_what_the_provider_answers_is_said_and_only_a_key_that_it_takes_is_kept(
    scene: CommandScene, status: int
) -> None:
    code, told = ANSWERS[status]
    with FakeProvider(lambda _: ErrorReply(status, f"no: {scene.key}")) as provider:
        scene.profile(f'base_url = "{provider.url}"\n')
        with scene.watched():
            said = scene.told(code, "secret", "set", "mine", "--stdin", "--check", stdin=scene.key.encode())
    assert told in said
    assert scene.key not in said
    assert scene.file.exists() is (code == OK)


def test_that_nobody_answers_is_no_judgment_of_the_key(scene: CommandScene) -> None:
    with FakeProvider() as provider:
        url = provider.url
    scene.profile(f'base_url = "{url}"\n')
    said = scene.told(UNREACHABLE, "secret", "set", "mine", "--stdin", "--check", stdin=scene.key.encode())
    assert f"{url} cannot be reached" in said
    assert "the key itself was not judged" in said
    assert not scene.file.exists()


# --- status ----------------------------------------------------------------------------------------------------------


def test_status_without_any_secret_says_how_to_begin(scene: CommandScene) -> None:
    assert scene.told(OK, "secret", "status") == (
        "cc: no profile of yours needs a secret, and none is kept: cc add makes a profile\n"
    )


def test_status_shows_the_users_profiles_and_those_of_the_catalog_whose_secret_is_there(scene: CommandScene) -> None:
    scene.keep(scene.key)
    scene.profile(name="there")
    scene.profile(name="missing", secret="env:NOT_SET")
    scene.profile("label = 3\n", name="broken")
    scene.sandbox.profile("none", 'extends = "ollama"\n')
    lines = scene.shown("secret", "status", DEEPSEEK_API_KEY="x").splitlines()
    rows = {line.split("\t")[0]: line.split("\t")[1:] for line in lines}
    assert set(rows) == {"there", "missing", "broken", "deepseek"}
    assert rows["there"][:2] == [f"file:{scene.file}", "there"]
    assert rows["missing"][:2] == ["env:NOT_SET", "NOT_SET is not set"]
    assert rows["broken"][1].startswith("invalid: ")
    assert rows["deepseek"][:2] == ["env:DEEPSEEK_API_KEY", "there"]
    assert re.fullmatch(r"\d+ ms", rows["there"][2])


def test_status_of_named_profiles_shows_these_alone(scene: CommandScene) -> None:
    scene.keep(scene.key)
    scene.profile(name="one")
    scene.profile(name="two")
    scene.profile(name="three")
    lines = scene.shown("secret", "status", "two", "one", "zai").splitlines()
    assert [line.split("\t")[0] for line in lines] == ["two", "one", "zai"]


def test_status_of_one_that_is_not_known_still_tells_of_the_others(scene: CommandScene) -> None:
    scene.keep(scene.key)
    scene.profile()
    told = scene.run("secret", "status", "nosuch", "mine", "--json")
    answer = json.loads(told.out)
    assert (told.code, answer["status"], [row["profile"] for row in answer["data"]]) == (NO_SUCH, "partial", ["mine"])
    assert [(error["profile"], error["code"]) for error in answer["errors"]] == [("nosuch", "no-such")]
    told = scene.run("secret", "status", "nosuch", "mine")
    assert (told.code, told.out.split(b"\t")[0]) == (NO_SUCH, b"mine")
    assert b"nosuch" in told.err


def test_status_for_programs(scene: CommandScene) -> None:
    scene.keep(scene.key)
    scene.profile()
    answer = json.loads(scene.shown("secret", "status", "mine", "--json"))
    (row,) = answer["data"]
    assert isinstance(row.pop("ms"), int)
    assert row == {"profile": "mine", "reference": f"file:{scene.file}", "state": "there", "there": True}
    assert (answer["command"], answer["status"], answer["errors"]) == ("secret status", "success", [])


def test_status_tells_nothing_of_the_secret_not_even_its_length(scene: CommandScene) -> None:
    scene.install_pass()
    scene.profile(name="one")
    scene.profile(name="two", secret="pass:entry")
    seen = set()
    for value in (scene.key, f"{scene.key}-longer"):
        scene.keep(value)
        (scene.store / "entry").write_text(value)
        for option in ([], ["--json"]):
            printed = scene.shown("secret", "status", "one", "two", *option)
            assert scene.key[:12] not in printed
            seen.add(re.sub(r"(\d+)( ms|(?=\n *\}))", "N", printed))
    assert len(seen) == 2  # one for people, one for programs


def test_status_says_for_which_host_a_secret_is_held_back(scene: CommandScene) -> None:
    scene.keep(scene.key)
    scene.profile('base_url = "https://one.example"\n')
    assert scene.run("run", "mine").code == OK
    scene.profile('base_url = "https://two.example"\n')
    assert "there, for one.example only" in scene.shown("secret", "status", "mine")


def test_status_on_a_terminal_has_titles_and_asks_nothing(scene: CommandScene) -> None:
    scene.keep(scene.key)
    scene.profile()
    with scene.on_a_terminal("secret", "status") as session:
        assert session.ends() == OK
    assert re.search(r"profile +secret +state +took", session.screen())
    assert scene.key not in session.text


# --- remove ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("store", ["file", "pass"])
def test_remove_forgets_the_secret(scene: CommandScene, store: str) -> None:
    scene.install_pass()
    reference, place = scene.stores[store]
    place.write_text(OLD)
    scene.profile(secret=reference)
    assert scene.told(OK, "secret", "remove", "mine", "--yes") == f"cc: mine: the secret is removed ({reference})\n"
    assert not place.exists()
    scene.told(REFUSED, "secret", "remove", "mine", "--yes")  # there is none any more


@pytest.mark.parametrize(
    ("keys", "code", "stays"),
    [(["y", ENTER], OK, False), (["n", ENTER], USAGE, True), ([ENTER], USAGE, True), ([CTRL_C], INTERRUPTED, True)],
    ids=["yes", "no", "Enter", "Ctrl-C"],
)
def test_remove_asks_on_a_terminal(scene: CommandScene, keys: list[str], code: int, *, stays: bool) -> None:
    scene.profile()
    scene.keep(OLD)
    with scene.on_a_terminal("secret", "remove", "mine") as session:
        session.answer("Remove file:", *keys)
        assert session.ends() == code
    assert scene.file.exists() == stays
    assert ("nothing was changed" in session.text) == (code == USAGE)


def test_remove_without_a_terminal_wants_to_be_told_yes(scene: CommandScene) -> None:
    scene.profile()
    scene.keep(OLD)
    said = scene.told(USAGE, "secret", "remove", "mine", stdin=b"y\n")
    assert said.endswith("hint: add --yes\n")
    assert scene.file.exists()


def test_remove_as_a_dry_run_says_what_it_would_do(scene: CommandScene) -> None:
    scene.profile()
    scene.keep(OLD)
    said = scene.told(OK, "secret", "remove", "mine", "--dry-run")
    assert said == f"cc: mine: the secret would be removed from a file (file:{scene.file})\n"
    assert scene.file.exists()


def test_remove_says_which_other_profiles_have_the_secret(scene: CommandScene) -> None:
    scene.profile()
    scene.profile(name="other")
    scene.profile(name="third", secret="env:X")
    scene.keep(OLD)
    said = scene.told(USAGE, "secret", "remove", "mine")
    assert f"cc: file:{scene.file} is the secret of other, too\n" in said


def test_remove_of_what_the_store_does_not_let_go_says_why(scene: CommandScene) -> None:
    scene.install_pass()
    scene.profile(secret="pass:entry")
    (scene.store / "entry").write_text(OLD)
    (scene.store / ".fails").touch()
    assert "the disk is on fire" in scene.told(REFUSED, "secret", "remove", "mine", "--yes")
    assert (scene.store / "entry").exists()


# --- get -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["by profile", "by reference"])
def test_get_prints_the_secret_to_a_pipe_and_nothing_else(scene: CommandScene, how: str) -> None:
    scene.profile()
    scene.keep(scene.key)
    asked = ["mine"] if how == "by profile" else ["--reference", f"file:{scene.file}"]
    result = scene.run("secret", "get", *asked)
    assert (result.code, result.out, result.err) == (OK, f"{scene.key}\n".encode(), b"")


@pytest.mark.parametrize("how", ["by profile", "by reference"])
def test_get_shows_the_secret_on_a_terminal_only_when_asked_to(scene: CommandScene, how: str) -> None:
    scene.profile()
    scene.keep(scene.key)
    asked = ["mine"] if how == "by profile" else ["--reference", f"file:{scene.file}"]
    with scene.on_a_terminal("secret", "get", *asked) as session:
        assert session.ends() == REFUSED
    assert session.text == "cc: not shown on a terminal\r\nhint: add --reveal, or pipe it\r\n"
    with scene.on_a_terminal("secret", "get", *asked, "--reveal") as session:
        assert session.ends() == OK
    assert session.text == f"{scene.key}\r\n"


def test_get_reads_the_variable_that_a_launch_would_read(scene: CommandScene) -> None:
    assert scene.shown("secret", "get", "zai", ZAI_API_KEY="sk-of-the-shell") == "sk-of-the-shell\n"


def test_get_without_anything_to_get_says_how_it_is_used(scene: CommandScene) -> None:
    assert "usage: cc secret get PROFILE" in scene.told(USAGE, "secret", "get")


@pytest.mark.parametrize("reference", ["sk-canary-in-the-wrong-place", "file:relative", "nope:x"])
def test_a_reference_that_is_none_is_not_repeated(scene: CommandScene, reference: str) -> None:
    said = scene.told(USAGE, "secret", "get", "--reference", reference)
    assert reference not in said


def test_a_secret_that_is_missing_is_told_with_how_to_keep_one(scene: CommandScene) -> None:
    scene.profile()
    said = scene.told(REFUSED, "secret", "get", "mine")
    assert said.startswith(f"cc: mine: {scene.file}: No such file or directory\nhint: ")
    assert "cc secret set mine" in said


def test_the_help_of_the_group_lists_what_it_can_do(scene: CommandScene) -> None:
    for args in (["secret", "--help"], ["help", "secret"]):
        shown = scene.shown(*args)
        assert all(word in shown for word in ("set", "status", "remove", "get"))


def test_nothing_is_left_of_a_profile_that_was_never_there(scene: CommandScene) -> None:
    scene.told(NO_SUCH, "secret", "set", "../../etc/passwd", "--stdin", stdin=b"x")
    assert not Path(scene.sandbox.home, ".local").exists()
