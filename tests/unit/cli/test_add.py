"""`cc add` by flags: a new profile that is whole and valid, or none at all."""

from __future__ import annotations

import os
import tomllib
from typing import Any

import pytest

from tests.fakes.fake_provider import ErrorReply, FakeProvider
from tests.unit.cli.scene import (
    ENTER,
    FAILED,
    IN_THE_WAY,
    INVALID,
    NO_SUCH,
    OK,
    REFUSED,
    UNREACHABLE,
    USAGE,
    CommandScene,
)

EVERYTHING = [
    "work",
    "--provider=litellm",
    "--base-url=https://llm.example.com/v1",
    "--auth=api-key",
    "--secret=op://dev/llm/key",
    "--model=big",
    "--tier=haiku=small",
    "--tier=subagent=other",
    "--title=The work's",
    "--label=Work",
    "--sealed",
]
WRITTEN = """\
extends = "litellm"
title = "The work's"
label = "Work"
base_url = "https://llm.example.com/v1"
auth = "api-key"
secret = "op://dev/llm/key"
sealed = true

[tiers]
main = "big"
haiku = "small"
subagent = "other"
"""


def of(scene: CommandScene, name: str) -> dict[str, Any]:
    """The profile that was written."""
    return tomllib.loads((scene.profiles / f"{name}.toml").read_text())


def nothing_is_written(scene: CommandScene) -> bool:
    return not scene.profiles.exists() or list(scene.profiles.iterdir()) == []


def test_every_flag_is_a_key_of_the_file(scene: CommandScene) -> None:
    said = scene.told(OK, "add", *EVERYTHING)
    path = scene.profiles / "work.toml"
    assert path.read_text() == WRITTEN
    assert said.startswith("cc: work: written to ~/.config/cc-launcher/profiles/work.toml\n")
    assert scene.run("show", "work").code == OK


def test_a_dry_run_prints_the_file_and_writes_nothing(scene: CommandScene) -> None:
    assert scene.shown("add", *EVERYTHING, "--dry-run") == WRITTEN
    assert nothing_is_written(scene)


def test_what_a_dry_run_prints_is_what_is_written(scene: CommandScene) -> None:
    printed = scene.shown("add", "zai", "--dry-run")
    scene.told(OK, "add", "zai")
    assert (scene.profiles / "zai.toml").read_text() == printed == 'extends = "zai"\n'


def test_the_file_and_its_directory_are_the_users_alone(scene: CommandScene) -> None:
    before = os.umask(0)
    try:
        scene.told(OK, "add", "zai")
    finally:
        os.umask(before)
    assert (scene.profiles / "zai.toml").stat().st_mode & 0o777 == 0o600
    assert scene.profiles.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("args", [["zai"], ["--provider", "zai"], ["-p", "zai"], ["zai", "-p", "zai"]])
def test_a_provider_by_its_name_alone(scene: CommandScene, args: list[str]) -> None:
    scene.told(OK, "add", *args)
    assert of(scene, "zai") == {"extends": "zai"}
    assert scene.told(REFUSED, "run", "zai").startswith("cc: zai: ")  # no key yet


def test_a_second_profile_of_a_provider_gets_a_name_of_its_own(scene: CommandScene) -> None:
    for name in ("zai", "zai-2", "zai-3"):
        scene.told(OK, "add", "--provider", "zai")
        # The catalog's, and not the user's own of this name: that is what `extends` means in a file of the same name.
        assert of(scene, name) == {"extends": "zai"}


def test_an_endpoint_by_its_url(scene: CommandScene) -> None:
    scene.told(OK, "add", "mine", "--base-url", "https://llm.example.com", "--model", "big")
    assert of(scene, "mine") == {
        "base_url": "https://llm.example.com",
        "auth": "bearer",
        "tiers": {"main": "big"},
    }


def test_a_profile_of_the_users_can_be_started_from(scene: CommandScene) -> None:
    scene.profile(name="base")
    scene.told(OK, "add", "mine", "--provider", "base", "--model", "glm-5.3")
    assert of(scene, "mine") == {"extends": "base", "tiers": {"main": "glm-5.3"}}


def test_a_provider_that_needs_no_key_is_ready_at_once(scene: CommandScene) -> None:
    said = scene.told(OK, "add", "ollama")
    assert said.endswith("\ncc: next: cc run ollama\n")


def test_what_is_missing_is_said_with_what_to_type_next(scene: CommandScene) -> None:
    said = scene.told(OK, "add", "mine", "--provider", "zai", "--secret", f"file:{scene.file}")
    assert said.endswith("cc: next: cc secret set mine, then: cc run mine\n")
    said = scene.told(OK, "add", "other", "--provider", "zai", "--secret", "env:MY_KEY")
    assert said.endswith("cc: next: export MY_KEY=…, then: cc run other\n")


def test_from_a_key_on_standard_input_to_a_launch(scene: CommandScene) -> None:
    with scene.watched():
        options = ["--provider", "zai", "--secret", f"file:{scene.file}", "--stdin"]
        said = scene.told(OK, "add", "mine", *options, stdin=f"{scene.key}\n".encode())
    assert f"cc: mine: the secret is kept in a file (file:{scene.file})\n" in said
    assert said.endswith("cc: next: cc run mine\n")
    assert scene.run("run", "mine").code == OK
    assert scene.launched_with() == scene.key


@pytest.mark.parametrize("how", ["a file", "a link to nothing", "a link to a file", "a directory", "an invalid one"])
@pytest.mark.parametrize("stdin", [False, True])
def test_a_name_that_is_taken_is_never_written_over(scene: CommandScene, how: str, *, stdin: bool) -> None:
    scene.profile(name="other")
    path = scene.profiles / "mine.toml"
    if how == "a link to nothing":
        path.symlink_to(scene.profiles / "nothing.toml")
    elif how == "a link to a file":
        path.symlink_to("other.toml")
    elif how == "a directory":
        path.mkdir()
    else:
        path.write_text("garbage" if how == "an invalid one" else 'extends = "zai"\n')
    before = {entry: entry.lstat() for entry in scene.profiles.iterdir()}
    options = ["--secret", f"file:{scene.file}", *(["--stdin"] if stdin else [])]
    said = scene.told(IN_THE_WAY, "add", "mine", "--provider", "zai", *options, stdin=scene.key.encode())
    assert "cc: ~/.config/cc-launcher/profiles/mine.toml exists already\n" in said
    assert "cc edit mine changes it; or choose another name" in said
    after = {entry: entry.lstat() for entry in scene.profiles.iterdir()}
    assert [(entry, stat.st_ino, stat.st_mtime_ns) for entry, stat in after.items()] == [
        (entry, stat.st_ino, stat.st_mtime_ns) for entry, stat in before.items()
    ]
    assert not scene.file.exists()


@pytest.mark.parametrize(
    "name", ["../escape", "Mine", "a/b", ".hidden", "", "-x", "x" * 65, "a..b", "mine\x1b[2J", "ü"]
)
@pytest.mark.parametrize("source", [["--provider=zai"], ["--base-url=https://one.example", "--model=m"]])
def test_a_name_that_could_be_no_profile_is_refused(scene: CommandScene, name: str, source: list[str]) -> None:
    """It becomes a part of a path: `../escape` must not write beside the profiles."""
    if not name:
        name = " "
    for option in ([], ["--dry-run"]):
        said = scene.told(USAGE, "add", *source, *option, "--", name)
        assert "no profile can be named" in said
        assert "\x1b" not in said
    assert nothing_is_written(scene)
    assert not list(scene.sandbox.home.rglob("*.toml"))


WRONG: dict[str, tuple[list[str], int, str]] = {
    "no provider": (["mine"], USAGE, "cc add: which provider?"),
    "nothing": ([], USAGE, "cc add: which provider?"),
    "a provider that is none": (["mine", "-p", "zay"], NO_SUCH, "did you mean zai?"),
    "nothing like a provider": (["mine", "-p", "qqqqqq"], NO_SUCH, "cc list-profiles shows them"),
    "no URL": (["mine", "-m", "m", "--base-url", "llm.example.com"], INVALID, "base_url does not begin with https://"),
    "plain http": (
        ["mine", "-m", "m", "--base-url", "http://llm.example.com"],
        INVALID,
        "sends the secret in clear text",
    ),
    "a password in the URL": (
        ["mine", "-m", "m", "--base-url", "https://u:p@x.example"],
        INVALID,
        "contains a user name or a password",
    ),
    "a model with blanks": (["mine", "-p", "zai", "-m", "a b"], INVALID, "tiers.main cannot be a model id"),
    "a tier that is none": (["mine", "-p", "zai", "--tier", "haikou=m"], USAGE, "did you mean haiku?"),
    "a tier without a model": (["mine", "-p", "zai", "--tier", "haiku"], USAGE, "--tier takes TIER=MODEL, not haiku"),
    "a tier with an empty one": (["mine", "-p", "zai", "--tier", "haiku="], USAGE, "--tier takes TIER=MODEL"),
    "no way of auth": (["mine", "-p", "zai", "--auth", "magic"], INVALID, "auth must be one of 'bearer', 'api-key'"),
    "a store that is none": (["mine", "-p", "zai", "--secret", "pas:x"], INVALID, "did you mean pass?"),
    "a relative file": (["mine", "-p", "zai", "--secret", "file:key"], INVALID, "is a relative path"),
    "a long label": (["mine", "-p", "zai", "--label", "x" * 25], INVALID, "label must have at most 24 characters"),
    "an escape in a title": (["mine", "-p", "zai", "--title", "\x1b[2J"], INVALID, "title: holds control characters"),
    "an option that is none": (["mine", "--frobnicate"], USAGE, "No such option: --frobnicate"),
    "too many names": (["mine", "yours", "-p", "zai"], USAGE, "yours"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_named_and_nothing_is_written(scene: CommandScene, name: str) -> None:
    args, code, what = WRONG[name]
    said = scene.told(code, "add", *args)
    assert what in said
    assert "\x1b" not in said
    assert nothing_is_written(scene)


def test_a_key_in_the_place_of_a_reference_is_not_repeated(scene: CommandScene) -> None:
    said = scene.told(INVALID, "add", "mine", "-p", "zai", "--secret", scene.key)
    assert "a profile never holds the key itself" in said
    assert scene.key not in said


def test_several_faults_are_all_named(scene: CommandScene) -> None:
    said = scene.told(INVALID, "add", "mine", "--base-url", "foo", "--auth", "magic", "--model", "a b")
    assert [word in said for word in ("base_url", "auth", "tiers.main")] == [True] * 3


@pytest.mark.parametrize("how", ["fails", "lies", "is not there", "does not accept this"])
def test_a_store_that_does_not_keep_the_key_leaves_no_half_profile(scene: CommandScene, how: str) -> None:
    reference = "pass:entry"
    if how in {"fails", "lies"}:
        scene.install_pass()
        (scene.store / f".{how}").touch()
    elif how == "does not accept this":
        reference = "op://vault/item/key"
    options = ["--provider", "zai", "--secret", reference, "--stdin"]
    with scene.watched():
        scene.told(REFUSED, "add", "mine", *options, stdin=scene.key.encode())
    assert nothing_is_written(scene)
    assert scene.run("run", "mine").code == NO_SUCH


@pytest.mark.parametrize("content", [b"", b"\n", b"a\nb\n", b"a\0b", b"x" * 64 * 1024 + b"y"])
def test_a_key_that_is_none_leaves_no_profile(scene: CommandScene, content: bytes) -> None:
    options = ["--provider", "zai", "--secret", f"file:{scene.file}", "--stdin"]
    said = scene.told(USAGE, "add", "mine", *options, stdin=content)
    assert "what you gave" in said
    assert nothing_is_written(scene)
    assert not scene.file.exists()


def test_a_key_for_a_profile_that_needs_none_leaves_no_profile(scene: CommandScene) -> None:
    assert "needs no secret" in scene.told(USAGE, "add", "ollama", "--stdin", stdin=b"sk-x")
    assert nothing_is_written(scene)


def test_a_directory_that_others_can_write_is_refused(scene: CommandScene) -> None:
    scene.profiles.mkdir(parents=True)
    scene.profiles.chmod(0o777)
    assert "other users can write it" in scene.told(INVALID, "add", "zai")
    assert nothing_is_written(scene)


def test_a_file_where_the_directory_should_be(scene: CommandScene) -> None:
    scene.profiles.parent.mkdir(parents=True)
    scene.profiles.write_text("")
    assert "cannot be made" in scene.told(IN_THE_WAY, "add", "zai")


@pytest.mark.parametrize(("auth", "header"), [("bearer", "authorization"), ("api-key", "x-api-key")])
def test_the_provider_can_be_asked_at_once(scene: CommandScene, auth: str, header: str) -> None:
    with FakeProvider() as provider:
        options = ["--base-url", provider.url, "--auth", auth, "--model", "big", "--secret", f"file:{scene.file}"]
        with scene.watched():
            said = scene.told(OK, "add", "mine", *options, "--stdin", "--check", stdin=scene.key.encode())
    assert "cc: mine: the provider accepts the key (big answered)\n" in said
    assert provider.requests[0].headers[header].removeprefix("Bearer ") == scene.key
    assert provider.models() == {"big"}


def test_a_key_that_the_provider_does_not_know_is_said_and_the_profile_is_there(scene: CommandScene) -> None:
    with FakeProvider(lambda _: ErrorReply(401)) as provider:
        options = ["--base-url", provider.url, "--model", "big", "--secret", f"file:{scene.file}"]
        said = scene.told(FAILED, "add", "mine", *options, "--stdin", "--check", stdin=scene.key.encode())
    assert "the provider does not accept this key (401)" in said
    assert of(scene, "mine")["base_url"] == provider.url
    said = scene.told(UNREACHABLE, "add", "other", *options, "--check")  # it listens no more
    assert "cannot be reached" in said


def test_there_is_nothing_to_ask_about_where_no_key_is_needed(scene: CommandScene) -> None:
    assert "needs no key, so there is nothing to check" in scene.told(OK, "add", "ollama", "--check")


def test_without_flags_and_without_a_terminal_nobody_is_asked(scene: CommandScene) -> None:
    scene.told(OK, "add", "zai", stdin=b"\n\n\n")
    assert of(scene, "zai") == {"extends": "zai"}


def test_a_terminal_that_cannot_show_a_list_is_told_to_use_flags(scene: CommandScene) -> None:
    with scene.on_a_terminal("add", TERM="dumb") as session:
        assert session.ends() == USAGE
    assert session.text == "cc add: this terminal cannot show a menu\r\nhint: use flags: cc help add\r\n"
    assert nothing_is_written(scene)


def test_with_flags_nothing_is_asked_on_a_terminal_but_the_key(scene: CommandScene) -> None:
    with scene.on_a_terminal("add", "mine", "-p", "zai", "--secret", f"file:{scene.file}", "--stdin") as session:
        session.answer("paste the key (it is not shown)", scene.key, ENTER)
        assert session.ends() == OK
    assert scene.key not in session.text
    assert scene.file.read_text() == f"{scene.key}\n"


def test_the_old_name_of_check_works_and_says_what_it_is_called_now(scene: CommandScene) -> None:
    said = scene.told(OK, "add", "ollama", "--test")
    assert said.splitlines()[0] == "cc: --test is called --check now"
    assert "needs no key, so there is nothing to check" in said
