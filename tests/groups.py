"""What each test module needs: the marks by which a part of the tests can be run.

`pytest -m quick` is for after each change: such a module starts hardly any program, and waits for nothing.
"""

from __future__ import annotations

QUICK = "quick"
CLIENT = "client"
STORES = "stores"
SHELLS = "shells"
BROWSER = "browser"
LONG = "long"
GROUPS = (QUICK, CLIENT, STORES, SHELLS, BROWSER, LONG)  # pyproject.toml says what each one is

# The longest beginning of a module's name decides; where none fits, it is quick.
NEEDS = {
    "tests/client/": CLIENT,
    "tests/gateways/": CLIENT,
    "tests/llama/": CLIENT,
    "tests/probe/": CLIENT,
    "tests/programs/": CLIENT,
    "tests/docs/test_contributing.py": LONG,
    "tests/docs/test_readme.py": CLIENT,
    "tests/docs/test_samples.py": LONG,
    "tests/docs/test_wheel.py": LONG,
    "tests/stores/": STORES,
    "tests/shells/": SHELLS,
    "tests/report/test_chromium.py": BROWSER,
    "tests/compiler/": LONG,
    "tests/doctor/": LONG,
    "tests/faults/": LONG,
    "tests/importers/": LONG,
    "tests/importers/test_launches.py": CLIENT,
    "tests/importers/test_real_stores.py": STORES,
    "tests/property/": LONG,
    "tests/report/test_terminal.py": LONG,
    "tests/unit/actions/test_which_port.py": LONG,
    "tests/unit/cli/": LONG,
    "tests/unit/core/probe/test_checks.py": LONG,
    "tests/unit/files/test_usage_index.py": LONG,
    "tests/unit/files/test_worktrees.py": LONG,
    "tests/unit/launch/test_child.py": LONG,
    "tests/unit/net/": LONG,
    "tests/unit/test_fake_flawed.py": LONG,
}


def group_of(module: str) -> str:
    """The group of a test module, as pytest names it."""
    fitting = [start for start in NEEDS if module.startswith(start)]
    return NEEDS[max(fitting, key=len)] if fitting else QUICK


def is_left_out(module: str, asked: str) -> bool:
    """Whether nothing of this module can be in the group that is asked for: then it need not even be read."""
    return asked in GROUPS and group_of(module) != asked
