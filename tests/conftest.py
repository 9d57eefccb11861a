"""What holds for every test: this machine's own settings, keys and home stay out of it."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from hypothesis import settings

from tests.groups import QUICK, group_of, is_left_out
from tests.support import Sandbox, is_foreign
from tests.thinning import ALL, CHOSEN_BY, SEED, VALUES, Thin, seed, thin

# They check, too, and other tests than those beside them use them.
pytest.register_assert_rewrite("tests.gateways.gateway", "tests.stores.place")
# How long an example takes says something about the machine, and nothing about the code.
settings.register_profile("without a clock", deadline=None)
settings.load_profile("without a clock")

# Matrices of which a run has a part (tests/thinning.py). Those of the hijacks, the launches and the secrets run whole,
# but for random layouts of projects, which have a script of their own (tests/client/differential.py), what a wrapper
# does as `cc run` does it (tests/shells/test_same_child.py shows that both start the same child), clients between those
# that all else is tried on (tests/client/sweep.py has all of them), and what fails in the same way in each store.
THINNED = {
    "tests/client/test_add.py": Thin(3),
    "tests/client/test_after_launch.py": Thin(3, VALUES),
    "tests/client/test_ask.py": Thin(2),
    "tests/client/test_background.py": Thin(4, VALUES),
    "tests/client/test_bash_environment.py": Thin(2),
    "tests/client/test_catalog.py": Thin(20),
    "tests/client/test_client_request.py": Thin(2),
    "tests/client/test_clients.py": Thin(3, VALUES),
    "tests/client/test_clouds.py": Thin(2),
    "tests/client/test_costs.py": Thin(2),
    "tests/client/test_elsewhere.py": Thin(2),
    "tests/client/test_demo.py": Thin(2),
    "tests/client/test_exec_command.py": Thin(3, VALUES),
    "tests/client/test_gateway.py": Thin(4, VALUES),
    "tests/client/test_gateway_ways.py": Thin(4, VALUES),
    "tests/client/test_levers_limits.py": Thin(6, VALUES),
    "tests/client/test_levers_mcp.py": Thin(6, VALUES),
    "tests/client/test_levers_take_over.py": Thin(6, VALUES),
    "tests/client/test_models.py": Thin(2),
    "tests/client/test_prices.py": Thin(3, VALUES),
    "tests/client/test_project_files.py": Thin(5),
    "tests/client/test_session_mark.py": Thin(3, VALUES),
    "tests/client/test_stay_print.py": Thin(4, VALUES),
    "tests/client/test_stay_terminal.py": Thin(4, VALUES),
    "tests/client/test_take_over.py": Thin(4, VALUES),
    "tests/client/test_take_over_matrix.py": Thin(6, VALUES),
    "tests/client/test_telemetry.py": Thin(3, VALUES),
    "tests/client/test_use.py": Thin(2),
    "tests/client/test_without.py": Thin(3, VALUES),
    "tests/client/test_wordings.py": Thin(24),
    "tests/client/test_wrappers.py": Thin(3, VALUES),
    "tests/doctor/test_fix.py": Thin(2),
    "tests/doctor/test_odd.py": Thin(3),
    "tests/faults/test_local.py": Thin(2),
    "tests/faults/test_probe.py": Thin(5),
    "tests/faults/test_probe_stopped.py": Thin(2),
    "tests/faults/test_statusline.py": Thin(3),
    "tests/faults/test_stores.py": Thin(3, VALUES),
    "tests/importers/test_kills.py": Thin(2),
    "tests/importers/test_launches.py": Thin(11),
    "tests/importers/test_terminal.py": Thin(3),
    "tests/probe/test_agrees.py": Thin(5),
    "tests/probe/test_faults.py": Thin(3),
    "tests/shells/test_completion.py": Thin(5),
    "tests/shells/test_posix_alone.py": Thin(30, VALUES),
    "tests/unit/cli/test_add.py": Thin(4),
    "tests/unit/cli/test_edit.py": Thin(4),
    "tests/unit/cli/test_models.py": Thin(2),
    "tests/unit/cli/test_remove.py": Thin(4),
    "tests/unit/cli/test_wrappers.py": Thin(3),
}


def pytest_configure(config: pytest.Config) -> None:
    """Choose by one seed, which the workers that are started from here take over."""
    os.environ[SEED] = config.stash[CHOSEN_BY] = seed(config.rootpath)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Half as many again as there are processors: what starts clients and terminals waits a good part of its time."""
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return processors if config.option.markexpr == QUICK else processors + (processors + 1) // 2


def pytest_report_header(config: pytest.Config) -> str:
    return f"cases of large matrices: chosen by {SEED}={config.stash[CHOSEN_BY]}; all of them with {ALL}=1"


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """With `-m quick`, what is in another group is not read."""
    if collection_path.suffix != ".py" or not collection_path.is_relative_to(config.rootpath):
        return None
    return is_left_out(collection_path.relative_to(config.rootpath).as_posix(), config.option.markexpr) or None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        group = group_of(item.nodeid)
        item.add_marker(group)
        if group != QUICK:
            # It waits for real programs, on a machine that others use, too. What passes the second time is a defect all
            # the same, of ours or of the test: the end of the run names it, and says how it failed.
            item.add_marker(pytest.mark.flaky(reruns=1))
    thin(config, items, THINNED, config.stash[CHOSEN_BY])


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how that failed which passed the second time: nobody looks for what is not shown."""
    for report in terminalreporter.stats.get("rerun", []):
        terminalreporter.section(f"failed at first: {report.nodeid}", "-")
        terminalreporter.write_line(report.longreprtext)


@pytest.fixture(scope="session")
def _homes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """New directories: to make a `tmp_path` for a test that touches no file takes longer than the test."""
    top = tmp_path_factory.mktemp("homes")
    return (top / str(number) for number in count())


@pytest.fixture(autouse=True)
def _no_machine(_homes: Iterator[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """Give each test an empty home, and take out what could route, authenticate or configure."""
    home = next(_homes)
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
    # As Python has it: what a test has called in this very process may have given it back, as it does before an exec.
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    names = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)
    ignored = [name for name in names if signal.getsignal(name) == signal.SIG_IGN]
    for name in ignored:
        signal.signal(name, signal.default_int_handler)
    yield
    for name in ignored:
        signal.signal(name, signal.SIG_IGN)
