"""A cached plan is trusted only when it is whole, ours, of this request, and nothing has changed since."""

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import cc_launcher
from cc_launcher.core.plan import Plan, Slot
from cc_launcher.files import atomic
from cc_launcher.launch import planfile, process
from cc_launcher.launch.request import parse
from tests.unit.conftest import CANARY

KEY = ("version", "mine", "", "")
TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])) | st.sampled_from(
    ["", "\udcff", "\n", planfile.END, planfile.MAGIC, "0", "-1"]
)
TUPLE = st.lists(TEXT, max_size=3).map(tuple)
SLOT = st.builds(Slot, reference=TEXT, delivery=TEXT, name=TEXT, hint=TEXT, read=TUPLE)
PLAN = st.builds(
    Plan,
    **dict.fromkeys(
        (
            "profile",
            "label",
            "model",
            "protection",
            "target",
            "pins",
            "mark",
            "mark_apart",
            "memory",
            "managed",
            "direct",
        ),
        TEXT,
    ),
    **dict.fromkeys(("unset", "args", "mode_args", "network", "notes", "server", "subcommands", "unpinned"), TUPLE),
    judged=st.just(""),  # of a file that is not there
    set=st.dictionaries(TEXT, TEXT, max_size=3),
    slots=st.lists(SLOT, max_size=2).map(tuple),
    sources=st.lists(TEXT.map("/nonexistent/{}".format), max_size=2).map(tuple),
)


def plan(**changed: object) -> Plan:
    texts = (
        "profile",
        "label",
        "model",
        "protection",
        "target",
        "pins",
        "mark",
        "mark_apart",
        "memory",
        "managed",
        "direct",
    )
    values: dict[str, object] = dict.fromkeys(Plan.__slots__, ()) | dict.fromkeys(texts, "x")
    return Plan(**values | {"judged": "", "set": {"A": "1"}} | changed)


def store(
    made: Plan, key: tuple[str, ...] = KEY, asked: dict[str, bool] | None = None, *, from_path: bool = False
) -> Path:
    path = Path(planfile.path_of(key))
    atomic.directory(path.parent)
    atomic.write(path, planfile.encode(made, key, asked or {}, from_path=from_path))
    return path


@settings(max_examples=30, deadline=None)
@given(PLAN, TUPLE)
def test_a_plan_comes_out_of_the_cache_as_it_went_in(made: Plan, key: tuple[str, ...]) -> None:
    store(made, key)
    assert planfile.load(key) == made


def test_a_plan_that_is_cut_off_anywhere_is_none() -> None:
    slot = Slot(reference="env:S", delivery="variable", name="T", read=("env", "S"), hint="h")
    path = store(plan(slots=(slot,), sources=("/nonexistent",)), asked={"NOT_SET": False})
    content = path.read_bytes()
    assert planfile.load(KEY) is not None
    for length in range(len(content)):
        path.write_bytes(content[:length])
        assert planfile.load(KEY) is None, length


def test_a_plan_with_more_behind_it_is_none() -> None:
    path = store(plan())
    content = path.read_bytes()
    for more in (b"x", b"\0", b"\0" + planfile.END.encode()):
        path.write_bytes(content + more)
        assert planfile.load(KEY) is None


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200) | st.lists(st.sampled_from([*"0123", "-1", "99999", "x", planfile.MAGIC, planfile.END])))
@example([planfile.MAGIC, "0", "9" * 5000])
@example([planfile.MAGIC, "0", *[""] * 6, *["0"] * 7, "9" * 30, planfile.END])
def test_garbage_is_none_and_never_an_exception(garbage: bytes | list[str]) -> None:
    path = store(plan(), ())
    path.write_bytes(garbage if isinstance(garbage, bytes) else "\0".join(garbage).encode())
    assert planfile.load(()) is None


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_plan_with_one_byte_changed_is_another_plan_or_none_and_never_an_exception(data: st.DataObject) -> None:
    path = store(plan(sources=("/nonexistent",)))
    content = bytearray(path.read_bytes())
    content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(content)
    assert isinstance(planfile.load(KEY), Plan | None)


def test_a_file_larger_than_any_plan_is_none() -> None:
    path = store(plan(label="x" * planfile.MAX_BYTES))
    assert path.stat().st_size > planfile.MAX_BYTES
    assert planfile.load(KEY) is None


def test_a_missing_plan_or_cache_is_none() -> None:
    assert planfile.load(KEY) is None
    store(plan())
    assert planfile.load((*KEY, "other")) is None


def by_link(path: Path) -> None:
    path.rename(path.with_name("elsewhere"))
    path.symlink_to(path.with_name("elsewhere"))


def by_directory_link(path: Path) -> None:
    path.parent.rename(path.parent.with_name("elsewhere"))
    path.parent.symlink_to(path.parent.with_name("elsewhere"))


def by_directory(path: Path) -> None:
    path.unlink()
    path.mkdir()


def by_fifo(path: Path) -> None:
    path.unlink()
    os.mkfifo(path, 0o600)


ODD: dict[str, Callable[[Path], None]] = {
    "readable by the group": lambda path: path.chmod(0o640),
    "writable by others": lambda path: path.chmod(0o602),
    "in a directory that others can enter": lambda path: path.parent.chmod(0o701),
    "in a directory that the group can write": lambda path: path.parent.chmod(0o720),
    "a link": by_link,
    "in a linked directory": by_directory_link,
    "a directory": by_directory,
    "a fifo": by_fifo,
}


@pytest.mark.parametrize("odd", ODD)
def test_a_plan_that_somebody_else_could_have_put_there_is_none(odd: str) -> None:
    path = store(plan())
    assert planfile.load(KEY) is not None
    ODD[odd](path)
    assert planfile.load(KEY) is None


@pytest.mark.parametrize("of", ["the file", "the directory"])
def test_a_plan_of_another_owner_is_none(of: str, monkeypatch: pytest.MonkeyPatch) -> None:
    store(plan())
    asked: list[int] = []

    def geteuid() -> int:
        asked.append(1)
        mine = (len(asked) == 1) is (of == "the file")  # the directory is asked about first
        return os.getuid() if mine else os.getuid() + 1

    monkeypatch.setattr(os, "geteuid", geteuid)
    assert planfile.load(KEY) is None
    assert len(asked) == (2 if of == "the file" else 1)


def test_a_plan_of_another_format_is_none() -> None:
    path = store(plan())
    path.write_bytes(path.read_bytes().replace(planfile.MAGIC.encode(), b"cc-plan 0", 1))
    assert planfile.load(KEY) is None


def test_a_plan_of_another_request_that_shares_the_file_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    same = str(store(plan()))
    monkeypatch.setattr(planfile, "path_of", lambda _: same)
    assert planfile.load(KEY) is not None
    for other in ((), KEY[:-1], (*KEY, ""), ("version", "mine", "", "sealed"), ("version2", *KEY[1:])):
        assert planfile.load(other) is None


# What it was made from


@pytest.fixture
def origin(tmp_path: Path) -> Path:
    path = tmp_path / "source.toml"
    path.write_text("x = 1\n")
    path.chmod(0o600)
    return path


def rewritten(path: Path) -> None:
    before = path.stat()
    path.write_text("x = 2\n")  # of the same size, and with its time put back
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def grown(path: Path) -> None:
    path.write_text("x = 11\n")


def replaced(path: Path) -> None:
    path.with_name("new").write_bytes(path.read_bytes())
    path.with_name("new").replace(path)


def emptied(path: Path) -> None:
    path.unlink()
    path.mkdir()


CHANGES: dict[str, Callable[[Path], None]] = {
    "its time": lambda path: os.utime(path, ns=(0, 0)),
    "its size": grown,
    "its text": rewritten,
    "its inode": replaced,
    "its mode": lambda path: path.chmod(0o620),
    "that it is there": lambda path: path.unlink(),
    "that it is a file": emptied,
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_plan_is_none_when_a_source_has_changed(change: str, origin: Path) -> None:
    store(plan(sources=("/nonexistent", str(origin))))
    assert planfile.load(KEY) is not None
    CHANGES[change](origin)
    assert planfile.load(KEY) is None


def test_a_plan_is_none_when_a_source_has_appeared(tmp_path: Path) -> None:
    store(plan(sources=(str(tmp_path / "new"),)))
    assert planfile.load(KEY) is not None
    (tmp_path / "new").touch()
    assert planfile.load(KEY) is None


def test_of_a_directory_it_counts_who_may_write_there_and_with_a_slash_what_is_in_it(tmp_path: Path) -> None:
    directory = tmp_path / "profiles"
    directory.mkdir(mode=0o700)
    for name, survives in ((str(directory), True), (f"{directory}/", False)):
        os.utime(directory, ns=(0, 0))
        store(plan(sources=(name,)))
        (directory / f"{survives}.toml").touch()
        assert (planfile.load(KEY) is not None) is survives
    store(plan(sources=(str(directory),)))
    directory.chmod(0o720)
    assert planfile.load(KEY) is None


@pytest.mark.parametrize(
    ("then", "now", "holds"),
    [
        (True, "set", True),
        (False, None, True),
        (False, "", True),  # empty is as good as not set
        (True, None, False),
        (True, "", False),
        (False, "set", False),
    ],
)
def test_a_plan_is_none_when_a_variable_has_come_or_gone(
    then: bool,  # noqa: FBT001
    now: str | None,
    holds: bool,  # noqa: FBT001
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store(plan(), asked={"ZAI_API_KEY": then})
    monkeypatch.delenv("ZAI_API_KEY", raising=False)
    if now is not None:
        monkeypatch.setenv("ZAI_API_KEY", now)
    assert (planfile.load(KEY) is not None) is holds


def test_a_plan_is_none_when_another_claude_comes_first_on_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    (tmp_path / "two" / "claude").touch(mode=0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}/one:{tmp_path}/two")
    two = f"{tmp_path}/two/claude"
    store(plan(target=two, judged=process.identity(two)), from_path=True)
    assert planfile.load(KEY) is not None
    (tmp_path / "one" / "claude").touch(mode=0o755)
    assert planfile.load(KEY) is None
    # which is no matter to one that the user named
    store(plan(target=two, judged=process.identity(two)), from_path=False)
    assert planfile.load(KEY) is not None


# The key


def test_the_key_holds_all_that_makes_another_plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def key(line: str = "zai") -> tuple[str, ...]:
        return planfile.key_of(parse(line.split()))

    keys = [
        key(),
        key("zai glm"),
        key("zai --sealed"),
        key("zai --anyway"),
        key("zai --sealed --anyway"),
        key("zai --env A=b"),
        key("zai --env A=b --env C=d"),
        key("glm"),
    ]
    for variable in ("CC_CONFIG_DIR", "CC_DATA_DIR", "CC_CLAUDE", "CLAUDE_CONFIG_DIR"):
        with monkeypatch.context() as changed:
            changed.setenv(variable, "/elsewhere")
            keys.append(key())
    monkeypatch.setattr(planfile, "__version__", cc_launcher.__version__ + "1")
    keys.append(key())
    (tmp_path / "below").mkdir()
    monkeypatch.chdir(tmp_path / "below")
    keys.append(key())
    assert len(set(keys)) == len(keys)
    assert len({planfile.path_of(one) for one in keys}) == len(keys)


def test_the_key_does_not_hold_what_is_the_clients_own() -> None:
    assert planfile.key_of(parse(["zai", "-p", "a"])) == planfile.key_of(parse(["zai", "-c"]))
    assert planfile.key_of(parse(["zai", "glm", "--sealed"])) == planfile.key_of(parse(["--sealed", "zai", "glm"]))


def test_a_directory_that_was_deleted_makes_a_key_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert planfile.key_of(parse(["zai"]))[-1] == "/"


def test_the_file_of_a_key_is_a_name_of_its_own_in_the_cache(home: Path) -> None:
    path = Path(planfile.path_of(("a/../b", "\udcff", "\n")))
    assert path.parent == home / "cache" / "plans"
    assert len(path.name) == 16
    assert path != Path(planfile.path_of(("a/../b", "\udcff")))


# What it says


def test_a_plan_says_what_was_asked_for() -> None:
    asked = store(plan(), ("v", "mine", "m", ""))
    assert planfile.asked_for(str(asked)) == ("mine", "m")
    assert planfile.asked_for(str(store(plan(), ("v", "mine", "", "")))) == ("mine", "")
    asked.write_bytes(b"garbage")
    assert planfile.asked_for(str(asked)) == ("", "")
    assert planfile.asked_for(f"{asked}-that-is-not-there") == ("", "")


def test_a_plan_that_is_read_stays_as_old_as_it_is_until_it_is_used() -> None:
    path = store(plan())
    os.utime(path, ns=(1, 1))
    assert planfile.load(KEY) is not None  # a dry run reads one, too, and a launch whose secret is not there
    assert path.stat().st_mtime_ns == 1
    planfile.used(str(path))
    assert path.stat().st_mtime_ns > 1
    path.unlink()
    planfile.used(str(path))
    assert not path.exists()


def test_a_plan_is_for_its_owner_alone_and_holds_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("S", CANARY)
    path = store(plan(slots=(Slot(reference="env:S", delivery="variable", name="T", read=("env", "S"), hint=""),)))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert CANARY.encode() not in path.read_bytes()


def test_a_plan_is_none_when_the_client_is_another_file_or_was_written_anew(tmp_path: Path) -> None:
    client, other = tmp_path / "claude", tmp_path / "other"
    for path in (client, other):
        path.write_text("x")
    judged = process.identity(str(client))
    for change in (lambda: os.utime(client, (1, 1)), lambda: other.replace(client), client.unlink):
        store(plan(target=str(client), judged=judged))
        assert planfile.load(KEY) is not None
        change()
        assert planfile.load(KEY) is None
        client.write_text("x")
        judged = process.identity(str(client))


@pytest.mark.parametrize(
    ("before", "after", "same"),
    [
        (None, '{"projects": {}}', True),
        (None, '{"env": {"HTTPS_PROXY": "http://p"}}', False),
        ('{"numStartups": 1}', '{"numStartups": 2}', True),
        ('{"env": {"http_proxy": "x"}}', '{"env": {"http_proxy": "y"}}', False),
        ('{"a": 1}', '{"env": {"NODE_TLS_REJECT_UNAUTHORIZED": "0"}}', False),
        ('{"env": {"HTTPS_PROXY": "x"}}', "{}", False),
    ],
)
def test_of_the_clients_own_file_it_counts_whether_it_says_anything_of_the_network(
    tmp_path: Path,
    before: str | None,
    after: str,
    same: bool,  # noqa: FBT001
) -> None:
    path = tmp_path / ".claude.json"
    if before is not None:
        path.write_text(before)
    store(plan(sources=(f"{path}?",)))
    path.write_text(after)
    assert (planfile.load(KEY) is not None) is same


def test_a_pipe_in_its_place_says_nothing_and_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert planfile.fingerprint(f"{tmp_path}/pipe?") == "-"


@pytest.mark.parametrize("value", ["http://u:p@h", "u@h"])
def test_a_proxy_with_a_password_is_told_from_one_without(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("HTTPS_PROXY", value)
    monkeypatch.setenv("http_proxy", "http://h")
    monkeypatch.setenv("NO_PROXY", "a@b")
    assert {name for name in planfile.present() if name.endswith("@")} == {"HTTPS_PROXY@"}
