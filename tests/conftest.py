"""What holds for every test: this machine's own settings, keys and home stay out of it."""

from __future__ import annotations

import os
import signal
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.support import Sandbox, is_foreign

# How long an example takes says something about the machine, and nothing about the code.
settings.register_profile("without a clock", deadline=None)
settings.load_profile("without a clock")

# Of a large matrix one case in so many is run, chosen by its name; with CC_TESTS_ALL=1, all of them.
THINNED = {
    "tests/client/test_add.py": 3,
    "tests/client/test_bash_environment.py": 2,
    "tests/client/test_client_request.py": 2,
    "tests/client/test_clouds.py": 2,
    "tests/client/test_demo.py": 2,
    "tests/client/test_hijack.py": 8,
    "tests/client/test_launch_kinds.py": 4,
    "tests/client/test_models.py": 2,
    "tests/client/test_settings.py": 2,
    "tests/client/test_use.py": 2,
    "tests/client/test_wordings.py": 24,
    "tests/client/test_wrappers.py": 6,
    "tests/doctor/test_fix.py": 2,
    "tests/doctor/test_odd.py": 3,
    "tests/faults/test_before_launch.py": 4,
    "tests/faults/test_cached_plan.py": 2,
    "tests/faults/test_exec.py": 2,
    "tests/faults/test_local.py": 2,
    "tests/faults/test_probe.py": 5,
    "tests/faults/test_probe_stopped.py": 2,
    "tests/faults/test_secrets.py": 2,
    "tests/faults/test_statusline.py": 3,
    "tests/faults/test_stores.py": 12,
    "tests/faults/test_wrappers.py": 4,
    "tests/probe/test_agrees.py": 5,
    "tests/probe/test_faults.py": 2,
    "tests/shells/test_completion.py": 5,
    "tests/shells/test_hand_over.py": 2,
    "tests/unit/cli/test_add.py": 4,
    "tests/unit/cli/test_edit.py": 4,
    "tests/unit/cli/test_models.py": 2,
    "tests/unit/cli/test_moved.py": 4,
    "tests/unit/cli/test_remove.py": 4,
    "tests/unit/cli/test_secret.py": 4,
    "tests/unit/cli/test_wrappers.py": 3,
}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave cases of the large matrices out, unless somebody asks for one by its name."""
    if os.environ.get("CC_TESTS_ALL") or any("::" in argument for argument in config.args) or config.option.keyword:
        return
    kept = [item for item in items if _is_run(item)]
    config.hook.pytest_deselected(items=[item for item in items if not _is_run(item)])
    items[:] = kept


def _is_run(item: pytest.Item) -> bool:
    share = THINNED.get(item.nodeid.partition("::")[0], 1)
    return "[" not in item.name or zlib.crc32(item.nodeid.encode("utf-8", "replace")) % share == 0


@pytest.fixture(autouse=True)
def _no_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give each test an empty home, and take out what could route, authenticate or configure."""
    home = tmp_path / "own-home"
    home.mkdir(mode=0o700)
    monkeypatch.setenv("HOME", str(home))
    for name in filter(is_foreign, list(os.environ)):
        monkeypatch.delenv(name)
    monkeypatch.setenv("CC_OFFLINE", "1")  # no launch of a test asks the real provider for its models


@pytest.fixture
def sandbox(tmp_path: Path) -> Sandbox:
    """A home, a fake `claude`, a `cc`."""
    return Sandbox(tmp_path)


@pytest.fixture(autouse=True)
def _default_signals() -> Iterator[None]:
    """What is started gets default signals, also where the tests run with some of them ignored (nohup, a `&`)."""
    names = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)
    ignored = [name for name in names if signal.getsignal(name) == signal.SIG_IGN]
    for name in ignored:
        signal.signal(name, signal.default_int_handler)
    yield
    for name in ignored:
        signal.signal(name, signal.SIG_IGN)
