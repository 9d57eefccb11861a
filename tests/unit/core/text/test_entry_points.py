"""Names of our own modules that stand in what we write and start: each leads somewhere."""

import subprocess
import sys
from importlib import import_module, resources, util
from pathlib import Path

from cc_launcher.claude import this_machine
from cc_launcher.core.text import entry_points
from tests.house import PACKAGE


def test_each_name_is_a_module_of_ours() -> None:
    for name in (entry_points.PACKAGE, entry_points.MAIN, entry_points.FORMERLY, entry_points.KEYRING_PROGRAM):
        assert util.find_spec(name) is not None, name
    for name in (entry_points.MAIN, entry_points.FORMERLY):
        assert callable(import_module(name).main)
    package, file = entry_points.CAPTURED
    assert resources.files(package).joinpath(file).is_file()
    for room in entry_points.WHAT_MAKES_PLANS:
        assert util.find_spec(f"{entry_points.PACKAGE}.{room}") is not None, room


def test_the_code_starts_the_program() -> None:
    done = subprocess.run([sys.executable, "-P", "-c", entry_points.CODE, "help"], capture_output=True, check=False)
    assert (done.returncode, b"list-profiles" in done.stdout) == (0, True), done.stderr


def test_they_stand_nowhere_else() -> None:
    """A name that is written a second time is one that nobody sees when the module moves."""
    names = [
        value for value in vars(entry_points).values() if isinstance(value, str) and value.startswith("cc_launcher.")
    ]
    assert len(names) >= 3
    wrong = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        if path.name != "entry_points.py" and any(f'"{name}"' in path.read_text(encoding="utf-8") for name in names)
    }
    assert wrong == {"launch/entry.py"}  # the old door, which leads to the new one by its name


def test_what_shapes_a_plan_is_watched() -> None:
    """A plan that is kept is made again when one of these changes: whatever decides on it is among them."""
    import_module("cc_launcher.actions.planning")
    watched = {Path(path).relative_to(PACKAGE).as_posix() for path in this_machine._own_code()}
    deciding = {"actions/planning.py", "actions/making.py", "actions/model_list.py", "files/mcp_files.py"}
    assert deciding | {"core/plan/make_plan.py", "claude/settings_files.py"} <= watched
