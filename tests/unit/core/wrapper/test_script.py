"""The text of a wrapper: a mark that can be read back, everything of the plan, nothing of a secret."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cc_launcher.core.plan import Plan, session_mark
from cc_launcher.core.stores.store import Tools
from cc_launcher.core.wrapper import parts, written_pins
from cc_launcher.core.wrapper.mark import MARK, Wrapper, read
from cc_launcher.core.wrapper.script import _arguments, render
from cc_launcher.core.wrapper.way import PROGRAMS, Surroundings, Way
from tests.unit.conftest import BEFORE_HOST_FLAG, in_shell, plan_of

MACHINE = Surroundings(
    own=("/opt/cc's python", "-P", "-m", "cc_launcher"),
    programs={name: f"/usr/bin/{name}" for name in PROGRAMS},
    home="/home/me",
    timeout=("/usr/bin/timeout", "-k", "1"),
    timeout_asking=("/usr/bin/timeout", "--foreground"),
    user=1000,
)
BEARER = 'auth = "bearer"\nbase_url = "https://host.example"\ntiers.main = "glm-5.3"\nsecret = "file:/secret"\n'


def plan(text: str = BEARER, **of_machine: Any) -> Plan:
    return plan_of(text, **{"target": "/bin/claude"} | of_machine)


def way(text: str = BEARER, flag: str = "", words: tuple[str, ...] = ("mine",), **of_machine: Any) -> Way:
    return Way(plan(text, **of_machine), words, flag)


def rendered(*ways: Way, wrapper: Wrapper | None = None, machine: Surroundings = MACHINE) -> str:
    return render(wrapper or Wrapper("claude-mine", "mine"), list(ways) or [way()], machine)


WRAPPERS = st.builds(
    Wrapper,
    name=st.text(),
    profile=st.text(),
    model=st.text(),
    sealed=st.booleans(),
    modes=st.dictionaries(st.text(), st.text(), max_size=3),
)


@settings(max_examples=50, deadline=None)
@given(WRAPPERS.filter(lambda made: "\n" not in made.profile + made.name))
def test_a_script_tells_what_it_was_made_from(made: Wrapper) -> None:
    text = render(made, [way()], MACHINE)
    assert read(text) == (made, True)


def test_what_is_asked_of_the_provider_first_is_left_to_cc() -> None:
    text = rendered(Way(plan(), ("mine",), checked=True))
    assert '_cc_hand_over "its fallback, for which the provider is asked first" "$@"' in text
    assert "/secret" not in text  # which is for another profile to have, perhaps


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_any_change_of_a_script_is_seen(data: st.DataObject) -> None:
    text = rendered()
    at = data.draw(st.integers(0, len(text) - 1))
    end = at + data.draw(st.integers(0, 3))
    changed = text[:at] + data.draw(st.text(max_size=3)) + text[end:]
    found = read(changed)
    assert changed == text or found is None or found[1] is False


@pytest.mark.parametrize(
    "text",
    [
        "",
        "#!/bin/sh\n",
        "#!/bin/sh\n# another comment\n",
        f"#!/bin/bash\n{MARK} 1 {{}} x\n",
        f"#!/bin/sh\n{MARK} 1\n",
        f"#!/bin/sh\n{MARK} 1 [] x\n",
        f"#!/bin/sh\n{MARK} 1 5 x\n",
        f"#!/bin/sh\n{MARK} 1 {{}} x\n",
        f'#!/bin/sh\n{MARK} 1 {{"name":"a","profile":"b","more":1}} x\n',
        f"#!/bin/sh\n{MARK} 1 {'[' * 100_000} x\n",
    ],
)
def test_what_has_no_mark_is_not_ours(text: str) -> None:
    assert read(text) is None


@pytest.mark.parametrize(
    "described",
    [
        '{"name":5,"profile":"b"}',
        '{"name":"a","profile":[]}',
        '{"name":"a","profile":"b","modes":[]}',
        '{"name":"a","profile":"b","modes":{"x":1}}',
        '{"name":"a","profile":"b","sealed":"yes"}',
    ],
)
def test_a_mark_with_values_of_another_kind_is_not_ours(described: str) -> None:
    assert read(f"#!/bin/sh\n{MARK} 1 {described} x\n") is None


def test_a_script_is_the_same_each_time() -> None:
    assert rendered() == rendered()


def test_the_head_is_what_process_leads_back_looks_for() -> None:
    assert rendered().startswith("#!/bin/sh\n# cc-launcher wrapper ")


def test_every_variable_of_ours_is_unset_before_it_is_used() -> None:
    text = rendered(
        way(
            'auth = "api-key"\nsecret = "pass:zai"\ntiers.main = "m"\n'
            'secret_headers = { X-A = "env:A", X-B = "cmd:b" }\n'
        )
    )
    code = re.sub(r"'[^']*'", "", text)
    used = set(re.findall(r"\b(_cc_[a-z_]+)=", code)) | set(re.findall(r"\bfor (_cc_[a-z_]+)", code))
    unset = set(re.findall(r"_cc_[a-z_]+", " ".join(re.findall(r"^unset (.*)$", parts.HEAD, re.MULTILINE))))
    assert used
    assert used <= unset


def test_no_place_of_a_program_is_left_open() -> None:
    text = rendered(way('auth = "api-key"\nsecret = "pass:zai"\ntiers.main = "m"\n'), way(flag="local"))
    assert re.findall(r"@[a-z]+@", text) == []


@pytest.mark.parametrize("value", ["@cat@", "@own@", "@x@", "a@tr@b"])
def test_what_looks_like_such_a_place_in_a_profile_stays(value: str) -> None:
    text = rendered(way(BEARER + f'env = {{ FOO = "{value}" }}\n'))
    assert f"export FOO={value}\n" in text


@pytest.mark.parametrize("word", ["esac", "if", "done", "in", "4", "x.y", "a-b_c"])
def test_a_mode_may_be_called_like_a_word_of_the_shell(word: str) -> None:
    text = rendered(way(), way(flag=word, words=("other",)))
    assert f"--{word}) _cc_mode='{word}' && continue ;;" in text
    assert text.count(f"'{word}')") == 2


def test_the_words_for_cc_are_quoted() -> None:
    text = rendered(way(words=("mine", "a b")))
    assert """'') _cc_run mine 'a b' -- "$@" ;;""" in text
    assert """set -- "$_cc_verb" "$@"\n""" in text
    assert """exec '/opt/cc'\\''s python' -P -m cc_launcher "$@";""" in text


@pytest.mark.parametrize(
    ("secret", "part"),
    [
        ("env:KEY", '_cc_take "${KEY-}"'),
        ("file:/a b", "_cc_fetch /usr/bin/cat '/a b'"),
        ("file:~/a b", """_cc_fetch /usr/bin/cat "$HOME"'/a b'"""),
        ("cmd:fetch 'a b'", """/usr/bin/timeout ${_cc_terminal:+--foreground} "$_cc_wait" fetch 'a b'"""),
        ("vault:a/b#c", """_cc_fetch /usr/bin/timeout -k 1 "$_cc_wait" /bin/vault kv get '-field=c' a/b"""),
        ("pass:zai", """_cc_fetch_line /usr/bin/timeout ${_cc_terminal:+--foreground} "$_cc_wait" /bin/pass show"""),
    ],
)
def test_each_store_is_asked_with_its_own_command(secret: str, part: str) -> None:
    tools = Tools("python3", {"vault": "/bin/vault", "pass": "/bin/pass"})
    assert part in rendered(way(BEARER.replace("file:/secret", secret), tools=tools))


@pytest.mark.parametrize("secret", ["keyring:x", "aws-sm:x#key", "bw:x#custom", "pass:x#user"])
def test_what_only_cc_can_read_is_left_to_it(secret: str) -> None:
    text = rendered(way(BEARER.replace("file:/secret", secret)))
    assert f"_cc_hand_over 'the secret in {secret}' \"$@\"" in text


def test_more_secrets_than_there_are_places_for_are_left_to_cc() -> None:
    headers = ", ".join(f'X-{letter} = "env:{letter}"' for letter in "ABC")
    text = rendered(way(f"{BEARER}secret_headers = {{ {headers} }}\n"))
    assert "_cc_hand_over 'the secret in file:/secret' \"$@\"" in text


def test_without_a_secret_nothing_is_fetched() -> None:
    text = rendered(way('auth = "none"\nbase_url = "http://localhost:1"\ntiers.main = "m"\n'))
    assert "_cc_fetch" not in text
    assert "_cc_pipe" not in text


def test_without_a_timeout_the_script_has_a_deadline_of_its_own() -> None:
    """macOS has none, and busybox's cannot leave the terminal to a command that asks there."""
    without = replace(MACHINE, timeout=(), timeout_asking=())
    only_one = replace(MACHINE, timeout_asking=())
    for secret, machine, limited in (
        ("cmd:fetch", without, True),
        ("vault:a/b#c", without, True),
        ("pass:zai", only_one, True),
        ("vault:a/b#c", only_one, False),
        ("cmd:fetch", MACHINE, False),
        ("file:/secret", without, False),
        ("env:KEY", without, False),
    ):
        text = rendered(way(BEARER.replace("file:/secret", secret)), machine=machine)
        called = re.search(r"_cc_fetch(_line)? _cc_limited ", text) is not None
        assert (called, "_cc_limited() {" in text) == (limited, limited), (secret, machine)


def test_the_help_names_every_mode_with_its_profile_and_model() -> None:
    text = rendered(way(), way(flag="local"))
    assert "'claude-mine: Claude Code on mine, with the protection of cc run'" in text
    assert "'(no mode)' 'mine, glm-5.3'" in text
    assert "'--local' 'mine, glm-5.3'" in text


def test_notes_of_the_plan_are_said() -> None:
    old = way(BEARER.replace("file:/secret", "env:KEY"), version=BEFORE_HOST_FLAG)
    assert old.plan.notes
    (said,) = re.findall(r"^ +printf 'cc: %s\\n' (.*) >&2$", rendered(old), re.MULTILINE)
    assert shlex.split(said) == [*old.plan.notes]


def test_one_secret_in_two_places_is_cc_s_where_a_variable_comes_before_it() -> None:
    """A script reads each place by itself: the header would have another key than the token."""
    handed = '_cc_hand_over "the key in MY_KEY" "$@"'
    taken = '_cc_gone=MY_KEY && _cc_take "${MY_KEY-}"'
    both = BEARER + 'secret_headers = { X-Key = "own" }\n'
    another = BEARER + 'secret_headers = { X-Key = "env:OTHER" }\n'
    made = {text: rendered(Way(plan(text), ("mine",), variables=("MY_KEY",))) for text in (BEARER, both, another)}
    assert len(plan(both).slots) == len(plan(another).slots) == 2
    assert [(handed in text, taken in text) for text in made.values()] == [(False, True), (True, True), (False, True)]


def test_a_launch_without_the_hosts_flag_leaves_a_variable_to_cc() -> None:
    """Which of its places a key is read from decides what is pinned."""
    pinned = Way(plan(BEARER.replace("file:/secret", "env:KEY"), version=BEFORE_HOST_FLAG), ("mine",))
    asked = [rendered(replace(pinned, variables=names)) for names in ((), ("MY_KEY",))]
    assert ['_cc_hand_over "the key in MY_KEY" "$@"' in text for text in asked] == [False, True]


def test_a_variable_that_the_session_may_see_is_not_taken_out() -> None:
    one = Way(plan(), ("mine",), variables=("MY_KEY", "KEPT"), kept=("KEPT",))
    text = rendered(one)
    assert 'if [ -n "${MY_KEY:-}" ]; then _cc_gone=MY_KEY && _cc_take "${MY_KEY-}"' in text
    assert 'elif [ -n "${KEPT:-}" ]; then _cc_take "${KEPT-}"' in text


def test_a_file_is_only_read_if_it_is_ones_own_and_nobody_elses_to_read() -> None:
    (line,) = [line for line in rendered().splitlines() if "/usr/bin/find" in line]
    words = shlex.split(line.strip().lstrip("{ ").replace('"$(', "").replace(')"', ""))
    forbidden = [words[at + 2] for at, word in enumerate(words) if word == "!"]
    assert sorted(forbidden) == sorted(["-001", "-002", "-004", "-010", "-020", "-040"])
    owners = [words[at + 1] for at, word in enumerate(words) if word == "-user"]
    assert owners == ["1000", "0"]
    assert words[words.index("-type") + 1] == "f"


@pytest.mark.parametrize("shell", ["dash", "bash", "busybox"])
@pytest.mark.parametrize(
    ("arguments", "mode", "pins", "asks", "left"),
    [
        ("", "", "", "", []),
        ("-c 'a b'", "", "", "", ["-c", "a b"]),
        ("--local -p x", "local", "", "1", ["-p", "x"]),
        ("x --local", "local", "", "", ["x"]),
        ("--model m", "", "1", "", ["--model", "m"]),
        ("--settings={}", "", "1", "", ["--settings={}"]),
        ("--modelled", "", "", "", ["--modelled"]),
        ("--permission-mode=plan", "", "", "1", ["--permission-mode=plan"]),
        ("-- --local --model m -p", "", "", "", ["--", "--local", "--model", "m", "-p"]),
        ("--local -- --local", "local", "", "", ["--", "--local"]),
        ("'' '*' 'it'\\''s'", "", "", "", ["", "*", "it's"]),
    ],
)
def test_only_our_own_flags_are_taken_out_of_the_arguments(
    shell: str, arguments: str, mode: str, pins: str, asks: str, left: list[str]
) -> None:
    """Up to `--`: what is behind it is text, whatever it looks like."""
    ours = "\n".join(_arguments([way(), way(flag="local")]))
    script = f"_cc_rest= _cc_mode= _cc_pins= _cc_asks=\nset -- {arguments}\n{ours}\n"
    said = in_shell(shell, f'{script}printf \'%s\\0\' "$_cc_mode" "$_cc_pins" "$_cc_asks" ${{1+"$@"}}', {})
    assert said.decode().split("\0")[:-1] == [mode, pins, asks, *left]


@pytest.mark.parametrize("shell", ["dash", "bash", "busybox"])
@pytest.mark.parametrize(
    ("arguments", "is_marked"),
    [
        ("-p x", True),
        ("-p --output-format stream-json", False),
        ("--output-format=stream-json", False),
        ("-- stream-json", True),
    ],
)
def test_a_session_whose_every_event_is_printed_is_marked_apart(shell: str, arguments: str, is_marked: bool) -> None:  # noqa: FBT001
    made = way(marks="/data/it's/marks.jsonl")
    lines = "\n".join([*_arguments([made]), *written_pins.settings(made.plan)])
    names = "_cc_rest= _cc_mode= _cc_pins= _cc_asks= _cc_streams="
    text = in_shell(
        shell, f'{names} _cc_network=\'"A":"1"\'\nset -- {arguments}\n{lines}\nprintf %s "$_cc_settings"', {}
    )
    pins = json.loads(made.plan.pins)
    if not is_marked:
        pins["hooks"] = session_mark.in_pins(made.plan.mark_apart)
        assert list(pins["hooks"]) == ["UserPromptSubmit"]
    pins["env"]["A"] = "1"
    assert json.loads(text) == pins


def test_a_profile_that_always_prints_every_event_is_always_marked_apart() -> None:
    made = way(BEARER.replace("auth", 'args = ["--output-format", "stream-json"]\nauth', 1))
    (line,) = written_pins.settings(made.plan)
    assert made.plan.mark not in line
    assert made.plan.mark_apart in line
