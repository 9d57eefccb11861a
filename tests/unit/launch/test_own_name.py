"""What we are called in what we say, where `cc` is the compiler."""

import sys
from pathlib import Path

import pytest

from cc_launcher.cli import help_text, render
from cc_launcher.core.errors import CcError
from cc_launcher.launch import own_name, report

OURS = "#!/venv/bin/python\nfrom cc_launcher.main import main\n"


@pytest.fixture
def first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The first `cc` on PATH, which is to be written; we were called as `cc-launcher`."""
    monkeypatch.setenv("PATH", f"{tmp_path}:/nonexistent")
    monkeypatch.setattr(sys, "argv", ["/home/somebody/.local/bin/cc-launcher", "secret", "set"])
    monkeypatch.setattr(own_name, "_known", [])
    return tmp_path / "cc"


def write(path: Path, text: str) -> None:
    path.write_text(text)
    path.chmod(0o755)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("next: cc run zai", "next: cc-launcher run zai"),
        ("cc run: which profile?", "cc-launcher run: which profile?"),
        ("next: cc secret set zai, then: cc run zai", "next: cc-launcher secret set zai, then: cc-launcher run zai"),
        ("`cc use zai`, (cc help)", "`cc-launcher use zai`, (cc-launcher help)"),
        ("install cc first, gcc run, x-cc run, cc -O2", "install cc first, gcc run, x-cc run, cc -O2"),
        ("cc runs, cc ", "cc runs, cc "),
        ("nothing", "nothing"),
    ],
)
def test_where_cc_is_the_compiler_a_command_is_named_as_it_is_to_be_typed(first: Path, text: str, shown: str) -> None:
    write(first, "\x7fELF")
    assert own_name.in_words(text) == shown


@pytest.mark.parametrize("argv", ["/usr/bin/cc", "cc-launcher"], ids=["by our short name", "by ourselves"])
def test_otherwise_it_is_cc(first: Path, argv: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", [argv])
    write(first, "\x7fELF")
    assert own_name.in_words("cc run zai") == "cc run zai"


def test_where_we_are_the_first_cc_it_is_cc(first: Path) -> None:
    write(first, OURS)
    assert own_name.in_words("cc run zai") == "cc run zai"


def test_without_any_cc_it_is_cc_launcher(first: Path) -> None:
    assert not first.exists()
    assert own_name.name() == "cc-launcher"


@pytest.mark.usefixtures("first")
def test_errors_talk_and_help_name_it(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    report.say(CcError("no key", "cc secret set zai"))
    render.talk("next: cc run zai")
    assert capsys.readouterr().err == "cc: no key\nhint: cc-launcher secret set zai\ncc: next: cc-launcher run zai\n"
    help_text.overview()
    said = capsys.readouterr().out
    assert "usage: cc-launcher COMMAND" in said
    assert "On your PATH, cc is the C compiler." in " ".join(said.split())
    help_text.of("use")
    said = capsys.readouterr().out
    assert "usage: cc-launcher use [PROFILE] [OPTIONS]" in said
    assert "\n  cc-launcher use --off\n" in said
    assert max(map(len, said.splitlines()[:-1])) <= 80
