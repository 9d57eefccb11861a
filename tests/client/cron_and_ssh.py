"""A job of the real cron and a command over the real sshd start the client, with its key in each kind of place.

    python tests/client/cron_and_ssh.py

By hand, as root, on a machine that may have a file in /etc/cron.d for two minutes: it needs Debian's cron,
openssh-server, age, pass and gpg. A loopback provider stands for a real one, and the home is a new one.
"""

from __future__ import annotations

import os
import shlex
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.client import harness
from tests.client.stage import KINDS, PATIENCE, PROMPT, Stage, said
from tests.fakes.fake_provider import FakeProvider

CC = f"{sys.executable} -m cc_launcher"
TOOLS = ("cron", "sshd", "ssh", "ssh-keygen", "age", "age-keygen", "pass", "gpg")
USUAL = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
NO_KEYRING = 77


def main() -> None:
    """Print a row for each place of the key and each way to start."""
    os.environ["PATH"] += f":{USUAL}"
    if os.geteuid() != 0 or (gone := [tool for tool in TOOLS if not shutil.which(tool)]):
        sys.exit(f"as root, with {', '.join(TOOLS)}" + (f": {', '.join(gone)} is missing" if os.geteuid() == 0 else ""))
    with ExitStack() as opened:
        root = Path(opened.enter_context(tempfile.TemporaryDirectory(prefix="cc-")))
        root.chmod(0o755)
        stage = Stage(root, harness.CURRENT, [opened.enter_context(FakeProvider()) for _ in range(3)])
        places = kept(stage)
        opened.callback(tool, stage, "gpgconf", "--kill", "gpg-agent")
        commands = {
            f"{name}, {way}": words for name in places for way, words in ways(stage, name, places[name]).items()
        }
        failed = 0
        for start in (by_cron, by_ssh):
            for what, (code, told) in start(stage, commands).items():
                wanted = NO_KEYRING if what.startswith("keyring") else 0
                fine = code == wanted and ("pong" in told or wanted) and stage.secret not in told
                failed += not fine
                print(
                    f"| {start.__name__[3:]} | {what} | {code} | {'' if fine else 'WRONG '}{told.strip()[:100]!r} |",
                    flush=True,
                )
        requests = list(stage.everything())
        strays = [
            request for request in requests if request not in stage.ours.requests and stage.secret in said(request)
        ]
        print(f"{len(stage.ours.messages)} requests to the provider; to others with the secret: {len(strays)}")
        failed += bool(strays) + (not stage.ours.messages)
        print("as it should be" if not failed else f"{failed} are wrong")
        sys.exit(1 if failed else 0)


def kept(stage: Stage) -> dict[str, str]:
    """The key in each place, and its reference."""
    home = stage.home
    environment = stage.environment
    environment["PATH"] = f"{environment['PATH']}:{USUAL}"
    identity, encrypted = home / "age.txt", home / "own.age"
    tool(stage, "age-keygen", "-o", str(identity))
    recipient = tool(stage, "age-keygen", "-y", str(identity)).strip()
    tool(stage, "age", "--encrypt", "--recipient", recipient, "--output", str(encrypted), given=stage.secret)
    (home / ".gnupg").mkdir(mode=0o700)
    quick = ("--batch", "--pinentry-mode", "loopback", "--passphrase", "", "--quick-gen-key", "t@example")
    tool(stage, "gpg", "--quiet", *quick)
    tool(stage, "pass", "init", "t@example")
    tool(stage, "pass", "insert", "--multiline", "ai/own", given=stage.secret)
    return {
        "keyring": "keyring:own",
        "age": f"age:{encrypted}#{identity}",
        "pass": "pass:ai/own",
        "file": f"file:{stage.secret_file}",
        "cmd": f"cmd:cat {stage.secret_file}",
    }


def ways(stage: Stage, name: str, reference: str) -> dict[str, str]:
    """How the profile with this reference is started."""
    text = KINDS["token"].profile.replace('secret = "cmd:cat {secret_file}"', f'secret = "{reference}"')
    directory = stage.home / ".config" / "cc-launcher" / "profiles"
    directory.mkdir(parents=True, exist_ok=True)
    (directory / f"{name}.toml").write_text(text.replace("{url}", stage.ours.url))
    done = stage.cc("install-wrapper", name)
    assert done.returncode == 0, done
    wrapper = stage.home / ".local" / "bin" / f"claude-{name}"
    return {"cc run": f"{CC} run {name} -p {PROMPT}", "a wrapper": f"{wrapper} -p {PROMPT}"}


def tool(stage: Stage, *words: str, given: str = "") -> str:
    done = subprocess.run(words, env=stage.environment, input=given, capture_output=True, text=True, check=False)
    assert done.returncode == 0, (words, done.stdout, done.stderr)
    return done.stdout


def by_cron(stage: Stage, commands: dict[str, str]) -> dict[str, tuple[int, str]]:
    """Each as a job of cron's, whose only variables are cron's own, the home and the way to nowhere."""
    out = stage.elsewhere
    lines = [f"{name}={stage.environment[name]}" for name in ("HOME", "HTTPS_PROXY", "NO_PROXY", "CC_CLAUDE")]
    files = {what: out / f"cron-{number}" for number, what in enumerate(commands)}
    for what, words in commands.items():
        run = f"cd {stage.work} && {words} >{files[what]} 2>&1; echo $? >>{files[what]}.code"
        lines.append(f"* * * * * root [ -e {files[what]}.code ] || {{ {run}; }}")
    table = Path("/etc/cron.d/cc-launcher-test")
    table.write_text("\n".join(lines) + "\n")
    daemon = subprocess.Popen(["cron", "-f"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 60 + PATIENCE
        while not all(Path(f"{file}.code").exists() for file in files.values()) and time.monotonic() < deadline:
            assert daemon.poll() is None, "cron has ended: one may run already"
            time.sleep(0.5)
    finally:
        table.unlink()
        daemon.terminate()
        daemon.wait()
    return {what: (int(Path(f"{file}.code").read_text()), file.read_text()) for what, file in files.items()}


def by_ssh(stage: Stage, commands: dict[str, str]) -> dict[str, tuple[int, str]]:
    """Each as a command that ssh runs, without a terminal."""
    with sshd(stage) as ssh:
        found = {}
        for what, words in commands.items():
            line = f"cd {stage.work} && {words}"
            done = subprocess.run([*ssh, line], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
            found[what] = (done.returncode, done.stdout + done.stderr)
        # A key that goes from one machine to another, by a pipe alone.
        text = (stage.home / ".config/cc-launcher/profiles/file.toml").read_text()
        moved = stage.elsewhere / "moved"
        other = stage.home / ".config/cc-launcher/profiles/moved.toml"
        other.write_text(text.replace(str(stage.secret_file), str(moved)))
        pipe = f"{CC} secret get file | {shlex.join(ssh)} '{CC} secret set moved && {CC} run moved -p {PROMPT}'"
        done = subprocess.run(["sh", "-c", pipe], env=stage.environment, capture_output=True, text=True, check=False)
        found["a key by a pipe"] = (done.returncode, done.stdout + done.stderr)
        assert moved.read_text().strip() == stage.secret
        assert moved.stat().st_mode & 0o77 == 0
        return found


@contextmanager
def sshd(stage: Stage) -> Iterator[list[str]]:
    """A server of our own on this machine, for this user and one key, and the words that reach it."""
    own = stage.elsewhere
    for name in ("host", "user"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(own / name)], check=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    passed = " ".join(
        f'"{name}={stage.environment[name]}"' for name in ("HOME", "HTTPS_PROXY", "NO_PROXY", "CC_CLAUDE")
    )
    (own / "sshd_config").write_text(
        f"ListenAddress 127.0.0.1\nPort {port}\nHostKey {own}/host\nAuthorizedKeysFile {own}/user.pub\nPidFile none\n"
        f"StrictModes no\nPermitRootLogin prohibit-password\nPasswordAuthentication no\nSetEnv {passed}\n"
    )
    Path("/run/sshd").mkdir(exist_ok=True)
    program = shutil.which("sshd") or "sshd"
    server = subprocess.Popen([program, "-D", "-e", "-f", str(own / "sshd_config")], stderr=subprocess.DEVNULL)
    options = ["StrictHostKeyChecking=no", f"UserKnownHostsFile={own}/known", "LogLevel=ERROR", "BatchMode=yes"]
    words = ["ssh", "-p", str(port), "-i", str(own / "user"), *(word for option in options for word in ("-o", option))]
    try:
        deadline = time.monotonic() + PATIENCE
        while subprocess.run([*words, "root@127.0.0.1", "true"], check=False, stderr=subprocess.DEVNULL).returncode:
            assert time.monotonic() < deadline, "sshd does not answer"
            time.sleep(0.2)
        yield [*words, "root@127.0.0.1"]
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    main()
