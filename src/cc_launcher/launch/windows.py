"""Windows: what is other there. Written from documentation, and untested."""

import subprocess

from cc_launcher.core.errors import TIMED_OUT, CcError


def become(program: str, argv: list[str], environment: dict[str, str]) -> int:
    """Run the program and wait for it: exec on Windows returns to the shell at once and loses the exit code.

    Ctrl-C reaches both; the child decides what to do about it.
    """
    with subprocess.Popen([program, *argv[1:]], env=environment) as child:
        while True:
            try:
                return child.wait()
            except KeyboardInterrupt:
                continue


def read(
    argv: list[str], what: str, deadline: float, environment: dict[str, str] | None, given: bytes
) -> tuple[bytes, int]:
    """What a helper prints within a deadline, and its exit code."""
    try:
        done = subprocess.run(argv, env=environment, input=given, stdout=subprocess.PIPE, timeout=deadline, check=False)
    except subprocess.TimeoutExpired:
        hint = "unlock the store or check the command, then try again"
        raise CcError(f"{what}: no answer within {deadline:g} seconds", hint, code=TIMED_OUT) from None
    return done.stdout, done.returncode
