"""What stands for a new interpreter in most tests ends, speaks and hands over as one."""

import os
import signal
import sys
from pathlib import Path

import pytest

from tests import warm
from tests.support import LIMIT, Result, Text, kill_session, start
from tests.unit.conftest import REPOSITORY

WAYS = {
    "returns": "",
    "a code": "sys.exit(7)",
    "words": "sys.exit('words')",
    "nothing": "sys.exit(None)",
    "a fault": "raise ValueError('words')",
    "at exit": "import atexit; atexit.register(print, 'last')",
    "a thread": "import threading, time; threading.Thread(target=lambda: [time.sleep(0.1), print('late')]).start()",
    "a signal": "import os; os.kill(os.getpid(), 9)",
    "interrupted": "import os, signal; os.kill(os.getpid(), signal.SIGINT); import time; time.sleep(5)",
    "what is piped": "print(sys.stdin.read()[:3], sys.stdin.isatty())",
    "its arguments": "print(sys.argv[1:], __name__, __file__)",
    "where it is": "import os; print(os.getcwd(), sorted(os.environ.items()), sys.path[0])",
    "streams": "print(sys.stdout.encoding, sys.stdout.line_buffering, sys.stderr.encoding, sys.stderr.errors)",
    "descriptors": "import os; print(sorted(os.listdir('/proc/self/fd')))",
    "its session": "import os; print(os.getsid(0) == os.getpid() == os.getpgid(0))",
    "signals": "import signal; print([str(signal.getsignal(number)) for number in (1, 2, 3, 13, 15, 17)])",
    "another program": "import os; os.execve('/bin/sh', ['sh', '-c', 'echo $0 $HOME; exit 3'], os.environ)",
    "a module of another place": "import other; print(other.__file__, sys.dont_write_bytecode)",
    "its mask": "import os; print(oct(os.umask(0)))",
    "nobody reads": "print('x' * 10)",
}


@pytest.fixture
def script(tmp_path: Path) -> Path:
    return tmp_path / "script"


def both(script: Path, stdin: bytes) -> tuple[Result, Result]:
    """What it leaves, and what it leaves in a new interpreter."""
    argv: list[Text] = [script, "one", "two\udcff"]
    environment = {b"PATH": b"/usr/bin:/bin", b"HOME": b"/a/home", b"LANG": b"C.UTF-8"}
    (script.parent / "place").mkdir()
    (script.parent / "place" / "other.py").touch()
    environment |= {b"PYTHONPATH": os.fsencode(script.parent / "place"), b"PYTHONDONTWRITEBYTECODE": b"1"}
    process = start([sys.executable, *argv], environment, script.parent)
    out, err = process.communicate(stdin)
    words = [os.fsencode(word) for word in argv]
    code, said, why, late = warm.run(words, environment, os.fsencode(script.parent), stdin, LIMIT, kill_session)
    assert not late
    return Result(code, said, why), Result(process.returncode, out, err)


@pytest.mark.parametrize("way", WAYS)
def test_it_does_what_a_new_interpreter_does(script: Path, way: str) -> None:
    script.write_text(f"import sys\n{WAYS[way]}\n")
    warm_one, new_one = both(script, b"piped" * 100_000)
    assert (warm_one.code, warm_one.out) == (new_one.code, new_one.out)
    assert warm_one.err.splitlines()[-1:] == new_one.err.splitlines()[-1:]


def test_one_that_hangs_is_ended(script: Path) -> None:
    script.write_text("import time\nprint('begun', flush=True)\ntime.sleep(600)\n")
    environment = {b"PATH": b"/bin"}
    code, out, _, late = warm.run([os.fsencode(script)], environment, b"/", b"", 0.5, kill_session)
    assert (code, out, late) == (-signal.SIGKILL, b"begun\n", True)


@pytest.mark.parametrize(
    ("argv", "changed", "can"),
    [
        ([b"/x/cc", b"ls"], {}, True),
        ([os.fsencode(sys.executable), b"-m", b"cc_launcher", b"ls"], {}, True),
        ([os.fsencode(sys.executable), b"-m", b"http.server"], {}, False),
        ([b"/bin/sh", b"-c", b"/x/cc"], {}, False),
        ([b"/x/cc"], {b"PYTHONPATH": b"/y"}, True),
        ([b"/x/cc"], {b"PYTHONPATH": b"/y:" + os.fsencode(REPOSITORY / "src")}, False),
        ([b"/x/cc"], {b"PYTHONUTF8": b"0"}, False),
        ([b"/x/cc"], {b"LC_ALL": b"C"}, False),
        ([b"/x/cc"], {b"LANG": b"de_DE"}, False),
        ([b"/x/cc"], {b"": b"1"}, False),
        ([b"/x/cc"], {b"FORCE_COLOR": b"1"}, False),
    ],
)
def test_only_cc_as_it_is_is_spared_a_new_interpreter(
    monkeypatch: pytest.MonkeyPatch, argv: list[bytes], changed: dict[bytes, bytes], *, can: bool
) -> None:
    monkeypatch.delenv(warm.FRESH, raising=False)
    monkeypatch.setattr(warm, "scripts", {b"/x/cc"})
    assert warm.can_run(argv, {b"LANG": b"C.UTF-8"} | changed) is can
    monkeypatch.setenv(warm.FRESH, "1")
    assert not warm.can_run(argv, {b"LANG": b"C.UTF-8"} | changed)
