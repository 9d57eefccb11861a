"""A model of a FAKE Ollama gets a larger window, and the profile uses it."""

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from cc_launcher.cli import set_context
from cc_launcher.core.errors import IN_THE_WAY, NO_SUCH, REFUSED, UNREACHABLE, USAGE, CcError
from cc_launcher.files import places, profiles
from tests.fakes.fake_ollama import FakeOllama

GLM, VARIANT = "glm-4.7-flash", "glm-4.7-flash-64k"


@pytest.fixture
def ollama() -> Iterator[FakeOllama]:
    with FakeOllama() as fake:
        fake.add(GLM)
        yield fake


@pytest.fixture
def mine(ollama: FakeOllama, home: Path) -> Path:
    """A profile of the user's own, with comments in it."""
    text = f'# my own\nextends = "ollama"\nbase_url = "{ollama.url}" # here\n\n[env]\nA = "b" # kept\n'
    return written(home, text)


def written(home: Path, text: str) -> Path:
    path = home / "config" / "profiles" / "mine.toml"
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.write_text(text)
    path.chmod(0o600)
    return path


def created(ollama: FakeOllama) -> list[object]:
    return [seen.body for seen in ollama.requests if seen.path == "/api/create"]


def refused(code: int, *args: str) -> CcError:
    with pytest.raises(CcError) as caught:
        set_context.set_context(*args)
    assert caught.value.code == code
    return caught.value


def test_the_variant_is_made_and_the_profile_uses_it(
    ollama: FakeOllama, mine: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = mine.read_text()
    set_context.set_context("mine", GLM, "64k")
    assert created(ollama) == [{"model": VARIANT, "from": GLM, "parameters": {"num_ctx": 65_536}}]
    text = mine.read_text()
    assert text.startswith(before)
    assert tomllib.loads(text)["tiers"] == {"main": VARIANT}
    assert tomllib.loads(text)["models"] == {VARIANT: {"context": 65_536}}
    out, said = capsys.readouterr()
    assert out == ""
    assert said.splitlines() == [
        f"cc: {VARIANT}: using already created layer sha256:22f7f8ef5f4c791c1b03d7eb4143",
        f"cc: {VARIANT}: writing manifest",
        f"cc: {VARIANT}: success",
        "cc: mine: changed (~/config/profiles/mine.toml)",
        f"cc: {VARIANT}: to see how much memory it takes, load it, then: ollama ps",
        "cc: next: cc run mine",
    ]


def test_a_second_time_changes_nothing(ollama: FakeOllama, mine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    set_context.set_context("mine", GLM, "64k")
    text, changed = mine.read_text(), mine.stat().st_mtime_ns
    capsys.readouterr()
    for model in (GLM, "", VARIANT):  # the variant is the profile's main model now
        set_context.set_context("mine", model, "65536")
        assert f"{VARIANT}: is there already, with a window of 65536 tokens" in capsys.readouterr().err
    assert len(created(ollama)) == 1
    assert (mine.read_text(), mine.stat().st_mtime_ns) == (text, changed)


def test_another_size_is_made_of_the_model_itself_and_takes_every_tier_along(ollama: FakeOllama, mine: Path) -> None:
    mine.write_text(mine.read_text() + f'[tiers]\nmain = "{GLM}"\nhaiku = "{GLM}" # small\nsonnet = "other"\n')
    set_context.set_context("mine", "", "64k")
    assert tomllib.loads(mine.read_text())["tiers"] == {"main": VARIANT, "haiku": VARIANT, "sonnet": "other"}
    assert "# small" in mine.read_text()
    set_context.set_context("mine", "", "128k")
    assert created(ollama)[1] == {"model": f"{GLM}-128k", "from": GLM, "parameters": {"num_ctx": 131_072}}
    assert tomllib.loads(mine.read_text())["tiers"]["haiku"] == f"{GLM}-128k"


def test_a_provider_of_the_catalog_becomes_a_profile_of_ones_own(
    ollama: FakeOllama, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalog = home / "catalog"
    catalog.mkdir()
    shipped = (places.catalog_directory() / "ollama.toml").read_text()
    (catalog / "ollama.toml").write_text(shipped.replace("http://localhost:11434", ollama.url))
    monkeypatch.setattr(places, "catalog_directory", lambda: catalog)
    profiles._shipped.cache_clear()
    try:
        set_context.set_context("ollama", "", "64k")
    finally:
        profiles._shipped.cache_clear()
    made = tomllib.loads((home / "config" / "profiles" / "ollama.toml").read_text())
    assert made == {"extends": "ollama", "tiers": {"main": VARIANT}, "models": {VARIANT: {"context": 65_536}}}


def test_a_dry_run_shows_the_profile_and_makes_nothing(
    ollama: FakeOllama, mine: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = mine.read_text()
    set_context.set_context("mine", GLM, "64k", dry_run=True)
    out, said = capsys.readouterr()
    assert tomllib.loads(out)["tiers"] == {"main": VARIANT}
    assert said == f"cc: {VARIANT}: would be made of {GLM}; mine.toml would be:\n"
    assert created(ollama) == []
    assert mine.read_text() == before


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        (("mine", GLM, "8k"), USAGE, "too small"),
        (("mine", GLM, "many"), USAGE, "not a number of tokens"),
        (("mine", GLM, "-64k"), USAGE, "not a number of tokens"),
        (("mine", GLM, ""), USAGE, "not a number of tokens"),
        (("mine", GLM, "٣k"), USAGE, "not a number of tokens"),
        (("mine", GLM, "1m"), USAGE, f"{GLM} has at most 202752 tokens"),
        (("mine", "absent", "64k"), NO_SUCH, "has no model absent"),
        (("mine", "far", "64k"), USAGE, "runs at Ollama's own servers"),
        (("mine", "taken", "64k"), IN_THE_WAY, "taken-64k is there already, with another window (8192)"),
        (("zai", "no-such-model", "64k"), NO_SUCH, "no model no-such-model"),
        (("lmstudio", GLM, "64k"), USAGE, "LM Studio sets the window when it loads a model"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_made(
    ollama: FakeOllama, mine: Path, args: tuple[str, ...], code: int, words: str
) -> None:
    before = mine.read_text()
    ollama.add("far", remote=True)
    ollama.add("taken")
    ollama.add("taken-64k", num_ctx=8192)
    assert words in refused(code, *args).what
    assert created(ollama) == []
    assert mine.read_text() == before


@pytest.mark.parametrize(
    ("kind", "hint"),
    [
        ("lmstudio", f"load it with a larger window: lms load {GLM} --context-length 100000"),
        ("llamacpp", "start it with a larger window: llama-server -m MODEL.gguf -c 100000"),
        ("vllm", "start it with a larger window: vllm serve … --max-model-len 100000"),
        ("sglang", "start it with a larger window: python3 -m sglang.launch_server … --context-length 100000"),
    ],
)
def test_for_the_others_it_says_how(kind: str, hint: str) -> None:
    assert refused(USAGE, kind, GLM, "100000").hint == hint


def test_a_failure_of_ollamas_changes_nothing(ollama: FakeOllama, mine: Path) -> None:
    before = mine.read_text()
    ollama.fails = "no space \x1b]0;left"
    assert "no space" in refused(1, "mine", GLM, "64k").what
    ollama.trouble = "a fault"
    refused(UNREACHABLE, "mine", GLM, "64k")
    ollama.trouble = "locked"
    refused(REFUSED, "mine", GLM, "64k")
    ollama.trouble = "malformed"
    refused(UNREACHABLE, "mine", GLM, "64k")
    ollama.stop()
    assert refused(UNREACHABLE, "mine", GLM, "64k").hint == "start it: ollama serve"
    assert mine.read_text() == before


@pytest.mark.parametrize(
    ("window", "words"),
    [
        (65_536, ["it takes 23.0 GB, 18.0 GB video memory (the part outside video memory is slow)"]),
        (8_192, ["it takes 23.0 GB", "it was loaded with 8192 tokens only"]),
    ],
)
def test_of_one_that_is_loaded_it_says_how_much_memory_it_takes(
    ollama: FakeOllama, mine: Path, capsys: pytest.CaptureFixture[str], window: int, words: list[str]
) -> None:
    assert mine.exists()
    ollama.loaded = {f"{VARIANT}:latest": window}
    set_context.set_context("mine", GLM, "64k")
    said = capsys.readouterr().err
    assert all(word in said for word in words)


@pytest.mark.parametrize("answer", [True, False])
def test_on_a_terminal_it_asks_before_it_loads_anything(
    ollama: FakeOllama,
    mine: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    answer: bool,  # noqa: FBT001
) -> None:
    assert mine.exists()
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    monkeypatch.setattr("typer.confirm", lambda *_args, **_more: answer)
    set_context.set_context("mine", GLM, "64k")
    assert ("it takes 23.0 GB" in capsys.readouterr().err) == answer
    assert (f"{VARIANT}:latest" in ollama.loaded) == answer


def test_a_key_is_sent_where_the_profile_has_one(
    ollama: FakeOllama, mine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ollama.key = "sk-x"
    monkeypatch.setenv("LOCAL_KEY", "sk-x")
    mine.write_text(f'auth = "bearer"\nsecret = "env:LOCAL_KEY"\n{mine.read_text()}')
    set_context.set_context("mine", GLM, "64k")
    assert tomllib.loads(mine.read_text())["tiers"] == {"main": VARIANT}
