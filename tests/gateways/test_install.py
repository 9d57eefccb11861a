"""The gateway's engine is installed from an index of the user's, whole or not at all.

The packages here are made up and empty, of the names and versions that the list has; pip is real. The whole list is
installed for real by `tests/gateways/engine.py`.
"""

from __future__ import annotations

import base64
import hashlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from cc_launcher.actions import gateway_install
from cc_launcher.core.errors import IN_THE_WAY, INVALID, UNREACHABLE, CcError
from cc_launcher.files import engine_list, gateway_engine, gateway_places
from tests.support import console_script, run, wait_until


def wheel(directory: Path, name: str, version: str) -> str:
    """An empty package; its line in the list."""
    made = name.replace("-", "_")
    path = directory / f"{made}-{version}-py3-none-any.whl"
    info = f"{made}-{version}.dist-info"
    files = {
        f"{made}.py": "",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(
        f"{file},sha256={base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b'=').decode()},{len(text)}\n"
        for file, text in files.items()
    )
    with zipfile.ZipFile(path, "w") as archive:
        for file, text in files.items():
            archive.writestr(file, text)
        archive.writestr(f"{info}/RECORD", f"{record}{info}/RECORD,,\n")
    return f"{name}=={version} --hash=sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}\n"


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory of packages that pip's own settings name, a list of them, and a data directory of our own."""
    directory = tmp_path / "index"
    directory.mkdir()
    lines = [wheel(directory, "litellm", "1.110.2"), wheel(directory, "cel-python", "0.5.0")]
    monkeypatch.setattr(engine_list, "PATH", tmp_path / "packages.txt")
    engine_list.PATH.write_text("".join(lines))
    for name in [name for name in os.environ if name.startswith(("PIP_", "UV_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("CC_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(directory))
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    return directory


def left() -> list[str]:
    try:
        return sorted(path.name for path in gateway_places.engines().iterdir())
    except OSError:
        return []


def refused(code: int) -> CcError:
    with pytest.raises(CcError) as caught:
        gateway_install.install(lambda _: None)
    assert caught.value.code == code, caught.value.what
    assert left() == []
    assert gateway_engine.installed() is None
    return caught.value


def test_it_is_installed_once_and_taken_out(index: Path) -> None:
    begun: list[Path] = []
    found = gateway_install.install(begun.append)
    assert (found.version, found.is_ours, found.is_newest) == ("1.110.2", True, True)
    assert left() == [gateway_engine.own_place().name]
    assert subprocess.run([found.python, "-c", "import litellm, cel_python"], check=False).returncode == 0
    assert gateway_places.engines().stat().st_mode & 0o077 == 0
    shutil.rmtree(index)
    assert gateway_install.install(begun.append) == found  # nothing is loaded again
    assert len(begun) == 1
    gateway_engine.forget()
    assert (gateway_engine.installed(), left()) == (None, [])


def test_an_upgrade_has_a_place_of_its_own_and_the_one_before_goes_later(index: Path) -> None:
    before = gateway_install.install(lambda _: None)
    engine_list.PATH.write_text(wheel(index, "litellm", "1.111.0"))
    old = gateway_engine.installed()
    assert old is not None
    assert not old.is_newest
    after = gateway_install.install(lambda _: None)
    assert (after.version, after.python != before.python) == ("1.111.0", True)
    assert Path(before.python).exists()  # an engine may still run on it
    gateway_install.install(lambda _: None)
    assert left() == [gateway_engine.own_place().name]


def test_another_package_than_the_one_that_was_tested_is_refused(index: Path) -> None:
    assert index.exists()
    engine_list.PATH.write_text(f"litellm==1.110.2 --hash=sha256:{'0' * 64}\n")
    assert "not the one that was tested" in refused(INVALID).what


def test_without_a_network_it_says_so(index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert index.exists()
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.delenv("PIP_FIND_LINKS")
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_RETRIES", "0")
    error = refused(UNREACHABLE)
    assert "cannot be reached" in error.what
    assert "cc gateway install --yes" in error.hint


def test_where_there_is_no_room_nothing_is_begun(index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert index.exists()
    usage = shutil.disk_usage("/")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=10_000_000))
    assert "10 MB are free" in refused(IN_THE_WAY).what


@pytest.mark.parametrize("version", ["1.82.7", "1.82.8", "1.107.0"])
def test_a_malicious_version_is_refused_by_name(index: Path, tmp_path: Path, version: str) -> None:
    engine_list.PATH.write_text(wheel(index, "litellm", version))
    assert version in refused(INVALID).what
    own = tmp_path / "own-python"  # a FAKE Python that has it
    own.write_text(f"#!/bin/sh\nprintf 'litellm {version}\\ncel-python 0.5.0\\nfastapi 0.165.0\\n'\n")
    own.chmod(0o755)
    with pytest.raises(CcError, match=version):
        gateway_install.use(str(own))
    assert gateway_engine.installed() is None


def test_a_python_without_the_engine_is_not_taken(index: Path) -> None:
    assert index.exists()
    with pytest.raises(CcError, match="it has no litellm"):
        gateway_install.use(sys.executable)
    with pytest.raises(CcError, match="no such program"):
        gateway_install.use("/no/such/python")


def test_uv_is_used_where_there_is_one(index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A FAKE uv, which has pip do it."""
    assert index.exists()
    (tmp_path / "bin").mkdir()
    uv = tmp_path / "bin" / "uv"
    uv.write_text(
        f'#!/bin/sh\necho "$@" >{tmp_path}/asked\n'
        f'exec {sys.executable} -m pip --python "$4" install --quiet --no-deps --require-hashes -r "${{14}}"\n'
        .replace("${14}", "$(eval echo \\${$#})")
    )  # fmt: skip
    uv.chmod(0o755)
    monkeypatch.setenv("PATH", f"{uv.parent}:/usr/bin:/bin")
    assert gateway_install.install(lambda _: None).version == "1.110.2"
    asked = (tmp_path / "asked").read_text()
    assert asked.startswith("pip install --python ")
    assert "--require-hashes --only-binary :all:" in asked


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=lambda number: number.name)
def test_one_that_is_interrupted_leaves_nothing(tmp_path: Path, number: signal.Signals) -> None:
    """With the real list, from an index that never answers."""
    program = console_script(tmp_path)
    data = tmp_path / "data"
    with socket.create_server(("127.0.0.1", 0)) as silent:
        environment = {
            "HOME": str(tmp_path),
            "PATH": "/usr/bin:/bin",
            "CC_DATA_DIR": str(data),
            "PIP_INDEX_URL": f"http://127.0.0.1:{silent.getsockname()[1]}/simple",
        }
        process = subprocess.Popen(
            [program, "gateway", "install", "--yes"], env=environment, stderr=subprocess.PIPE, start_new_session=True
        )
        asking, _ = silent.accept()  # pip asks
        engines = data / "gateway" / "engine"
        assert len(list(engines.iterdir())) == 1
        process.send_signal(number)
        asking.close()
        _, said = process.communicate(timeout=60)
    assert b"104 packages" in said
    if number == signal.SIGKILL:
        wait_until(lambda: not _of(engines), "the end of pip")  # its index is gone
        environment["PIP_INDEX_URL"] = "http://127.0.0.1:9/simple"
        environment["PIP_RETRIES"] = "0"
        assert run([program, "gateway", "install", "--yes"], environment, tmp_path).code == UNREACHABLE
    else:
        assert process.returncode in {-number, 128 + number}
    assert list(engines.iterdir()) == []
    assert _of(engines) == []


def _of(directory: Path) -> list[int]:
    """The processes that work there."""
    time.sleep(0.2)
    found = []
    for process in Path("/proc").iterdir():
        try:
            if str(directory) in (process / "cmdline").read_text():
                found.append(int(process.name))
        except (OSError, ValueError):
            continue
    return found


def test_without_a_terminal_it_is_installed_only_when_that_is_said(index: Path, tmp_path: Path) -> None:
    assert index.exists()
    done = run([console_script(tmp_path), "gateway", "install"], dict(os.environ), tmp_path)
    assert done.code == UNREACHABLE, done
    assert b"hint: cc gateway install --yes\n" in done.err
    assert b"104 packages" in done.err
    assert (left(), gateway_engine.installed()) == ([], None)
    # The same where there is an older one.
    gateway_places.directory().mkdir(parents=True, exist_ok=True)
    gateway_engine.note(sys.executable, "1.110.1", is_ours=True)
    gateway_places.record().write_text(gateway_places.record().read_text().replace('"list": "', '"list": "older'))
    done = run([console_script(tmp_path), "gateway", "install", "--upgrade"], dict(os.environ), tmp_path)
    assert done.code == UNREACHABLE, done
    assert b"hint: cc gateway install --upgrade --yes\n" in done.err


def test_first_use_without_a_terminal_says_what_to_type(index: Path, tmp_path: Path) -> None:
    assert index.exists()
    profiles = tmp_path / ".config" / "cc-launcher" / "profiles"
    profiles.mkdir(parents=True, mode=0o700)
    (profiles / "mine.toml").write_text(
        'base_url = "http://127.0.0.1:9/v1"\napi = "openai"\nauth = "none"\ntiers.main = "m"\n'
    )
    (profiles / "mine.toml").chmod(0o600)
    done = run([console_script(tmp_path), "gateway", "up", "mine"], dict(os.environ), tmp_path)
    assert done.code == UNREACHABLE, done
    assert b"cc gateway install --yes" in done.err
