"""An engine of the gateway, as its parent sees it: started on the parent's socket, and listened to until it serves."""

import _signal  # type: ignore[import-not-found]  # as in process.py
import os
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    import socket

STARTS_IN = 300.0  # seconds: 13 to 30 here, 49 once under load
# Of the environment of whoever starts the gateway, the engine gets this and no more: the rest may hold other secrets.
_PASSED = (
    "ALL_PROXY HOME HTTPS_PROXY HTTP_PROXY LANG LC_ALL LOGNAME NO_PROXY PATH REQUESTS_CA_BUNDLE SSL_CERT_DIR "
    "SSL_CERT_FILE TMPDIR TZ USER"
).split()
_ALWAYS = {
    "DISABLE_ADMIN_UI": "True",
    "LITELLM_LOCAL_ANTHROPIC_BETA_HEADERS": "True",  # else fetched from elsewhere at each start
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",
    "LITELLM_TELEMETRY": "False",
    "NO_DOCS": "True",
}
_MOST = 16 * 1024


def environment(surroundings: dict[str, str]) -> dict[str, str]:
    """What of the surroundings an engine may have."""
    return {name: value for name, value in surroundings.items() if name in _PASSED or name.upper() in _PASSED}


class Engine:
    """One engine: its process, and what it has said."""

    def __init__(self, run: str, python: str, listening: "socket.socket", variables: dict[str, str]) -> None:
        self.run = run
        self.python = python
        self.begun = time.monotonic()
        self.since = time.time()
        self.ready = False
        self.ending = 0.0  # when it is ended by force
        self.says, into = os.pipe()
        handle = os.dup(listening.fileno())
        argv = [
            python,
            "-I",
            f"{run}/hooks/serve.py",
            f"{run}/config.json",
            str(handle),
            str(into),
            f"{run}/engine.log",
        ]
        surroundings = environment(dict(os.environ)) | _ALWAYS | variables
        surroundings |= {"CC_RULES": f"{run}/rules.json", "CC_PARENT": str(os.getpid())}
        surroundings["LITELLM_MASTER_KEY"] = f"sk-{os.urandom(24).hex()}"  # nobody knows it
        nowhere = os.open(os.devnull, os.O_RDWR)
        try:
            for inherited in (handle, into):
                os.set_inheritable(inherited, True)  # noqa: FBT003 - it has no name for it
            self.pid = os.posix_spawn(
                python,
                argv,
                surroundings,
                file_actions=[(os.POSIX_SPAWN_DUP2, nowhere, stream) for stream in (0, 1, 2)],
                setpgroup=0,
                setsigmask=[],
                setsigdef=[getattr(_signal, name) for name in ("SIGPIPE", "SIGHUP", "SIGINT", "SIGTERM", "SIGCHLD")],
            )
        except BaseException:
            os.close(self.says)
            raise
        finally:
            for inherited in (handle, into, nowhere):
                os.close(inherited)
        self.said = b""

    @property
    def is_late(self) -> bool:
        """Whether it should have served long ago, or should have ended."""
        now = time.monotonic()
        return now > self.ending if self.ending else not self.ready and now - self.begun > STARTS_IN

    def heard(self) -> bool:
        """Read what it says. Whether there is more to come."""
        try:
            chunk = os.read(self.says, _MOST)
        except OSError:
            chunk = b""
        self.said += chunk
        if not self.ready and self.said.startswith(b"ready"):
            self.ready, self.since = True, time.time()
        return bool(chunk)

    def fault(self) -> str:
        """Why it does not serve, as far as it says."""
        _, _, told = self.said.decode(errors="replace").partition("fault ")
        if told:
            kind, _, text = told.strip().partition(": ")
            ours = {"BadRule", "NoSpans"}
            return text.rpartition("BadRule: ")[2] if kind in ours or "BadRule: " in text else told.strip()[:600]
        try:
            with open(f"{self.run}/engine.log", "rb") as file:
                file.seek(max(os.fstat(file.fileno()).st_size - _MOST, 0))
                lines = [line.strip() for line in file.read().decode(errors="replace").splitlines() if line.strip()]
        except OSError:
            lines = []
        return lines[-1][:300] if lines else ""

    def end(self, *, within: float) -> None:
        """Tell it to end: what it is answering it may finish, within so many seconds."""
        if not self.ending:
            self.signal(_signal.SIGTERM)
        self.ending = min(self.ending or float("inf"), time.monotonic() + within)

    def kill(self) -> None:
        """End it now, with all that it started."""
        try:
            os.killpg(self.pid, _signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            self.signal(_signal.SIGKILL)

    def signal(self, number: int) -> None:
        """Send it this signal."""
        try:
            os.kill(self.pid, number)
        except ProcessLookupError:
            return
