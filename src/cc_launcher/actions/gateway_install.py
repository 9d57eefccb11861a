"""Install the gateway's engine: a list of packages, each with its version and its sums, in a place of ours."""

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from cc_launcher.core.errors import IN_THE_WAY, INVALID, NOT_FOUND, UNREACHABLE, CcError
from cc_launcher.core.text import printable
from cc_launcher.files import atomic, engine_list, gateway_engine, gateway_places, guard, lock
from cc_launcher.files.gateway_engine import Engine
from cc_launcher.launch import helper, process

COMMAND = "cc gateway install --yes"
_DEADLINE = 1800.0  # seconds: some lines are slow
ROOM = 800  # megabytes, with what pip unpacks
_ASKED = (
    "import importlib.metadata as m\n"
    "for name in ('litellm', 'cel-python', 'fastapi'):\n"
    "    try: print(name, m.version(name))\n"
    "    except m.PackageNotFoundError: print(name, '-')\n"
)
Progress = Callable[[Path], object]


def what_it_takes() -> str:
    """What is going to be loaded, for people."""
    number, version = len(engine_list.versions()), engine_list.versions()[engine_list.ENGINE]
    return (
        f"the gateway's engine, LiteLLM {version}: {number} packages, about {gateway_engine.LOADED} MB to load and "
        f"{gateway_engine.MEGABYTES} MB on disk, a minute or two, into {guard.shown(gateway_places.engines())}"
    )


def missing() -> CcError:
    """What is said where there is no engine, and nobody to ask."""
    what = "this needs the gateway's engine (LiteLLM), which is not installed"
    return CcError(what, COMMAND, code=UNREACHABLE)


def install(begin: Progress) -> Engine:
    """Install the engine of our list, unless it is there. Half of one never has the final name."""
    version = refused_by_name(engine_list.versions()[engine_list.ENGINE])
    atomic.directory(gateway_places.engines())
    with lock.alone(gateway_places.engines()):
        place = gateway_engine.own_place()
        before = gateway_engine.installed()
        gateway_engine.sweep((str(gateway_engine.python_of(place)), before.python if before else "", *in_use()))
        python = gateway_engine.python_of(place)
        if not python.exists():
            unfinished = gateway_engine.unfinished()
            try:
                _check_room()
                begin(unfinished)
                _fill(unfinished)
                shutil.rmtree(place, ignore_errors=True)
                unfinished.rename(place)
            except OSError as bad:
                raise CcError(f"{guard.shown(unfinished)}: {bad.strerror}", "make room", code=IN_THE_WAY) from None
            finally:
                shutil.rmtree(unfinished, ignore_errors=True)
        gateway_engine.note(str(python), version, is_ours=True)
    found = gateway_engine.installed()
    if found is None:
        raise CcError("the engine was installed, but its Python does not start", COMMAND, code=NOT_FOUND)
    return found


def use(python: str) -> Engine:
    """Use a Python of the user's own, which has LiteLLM."""
    path = os.path.abspath(os.path.expanduser(python))
    if not os.access(path, os.X_OK) or not os.path.isfile(path):
        raise CcError(f"--engine-python {printable(python)}: no such program", "name a Python that has LiteLLM")
    try:
        said = helper.read(
            (path, "-I", "-c", _ASKED), "the engine's Python", 60.0, helper.Manner(listen=True, alone=True)
        )
    except helper.HelperFailed as bad:
        raise CcError(f"--engine-python {printable(python)}: {bad.what}", bad.hint, code=INVALID) from None
    versions = dict(line.split() for line in said.decode(errors="replace").splitlines() if len(line.split()) == 2)
    lacking = [name for name in ("litellm", "cel-python", "fastapi") if versions.get(name, "-") == "-"]
    if lacking:
        what = f"--engine-python {printable(python)}: it has no {' and no '.join(lacking)}"
        raise CcError(what, f"{path} -m pip install 'litellm[proxy]' cel-python", code=INVALID)
    version = refused_by_name(versions["litellm"])
    atomic.directory(gateway_places.directory())
    gateway_engine.note(path, version, is_ours=False)
    return Engine(path, version, is_ours=False, is_newest=True)


def refused_by_name(version: str) -> str:
    """The version, if nobody has hidden anything in it."""
    if version in engine_list.MALICIOUS | engine_list.SUSPECT:
        how = "somebody had put code into it that steals keys"
        if version in engine_list.SUSPECT:
            how = "it was taken back, and said to steal keys"
        what = f"LiteLLM {version} is not used: {how}"
        hint = "remove it, and replace every key that this machine had while it was installed; then: " + COMMAND
        raise CcError(what, hint, code=INVALID)
    return version


def sweep() -> None:
    """Take away the engines that nobody uses, and what is left of installations that were killed."""
    with lock.alone(gateway_places.engines()):
        gateway_engine.remove_unused(in_use())


def in_use() -> tuple[str, ...]:
    """The Python of the engine that runs now."""
    from cc_launcher.net import gateway_control

    told = gateway_control.status(gateway_places.directory())
    return (str(told.get("python") or ""),) if told else ()


def _fill(place: Path) -> None:
    """A Python with the packages."""
    uv = process.on_path("uv")
    manner = helper.Manner(listen=True, alone=True, tidy=True, hush=True)
    flags = ("--no-deps", "--require-hashes", "--only-binary", ":all:", "-r", str(engine_list.PATH))
    try:
        with_pip = not uv and not _has_pip()
        _make(place, with_pip=with_pip, manner=manner)
        python = str(gateway_engine.python_of(place))
        if uv:
            argv: tuple[str, ...] = (uv, "pip", "install", "--python", python, "--quiet", "--no-progress")
            argv += ("--link-mode", "copy", "--compile-bytecode")
        elif with_pip:
            argv = (python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input")
        else:
            argv = (sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-input")
            argv += ("--disable-pip-version-check",)
        helper.read((*argv, *flags), "the gateway's engine", _DEADLINE, manner)
    except helper.HelperFailed as bad:
        lines = tuple(printable(line.strip())[:300] for line in bad.said.splitlines() if line.strip())[-4:]
        raise _explained(bad, lines) from None


def _make(place: Path, *, with_pip: bool, manner: helper.Manner) -> None:
    flags = () if with_pip else ("--without-pip",)
    argv = (sys.executable, "-I", "-m", "venv", *flags, str(place))
    try:
        helper.read(argv, "a place for the gateway's engine", 120.0, manner)
    except helper.HelperFailed as bad:
        if not with_pip:
            raise
        raise CcError(
            "neither uv nor pip is here to install the gateway's engine",
            "install uv (https://docs.astral.sh/uv), or Debian's python3-venv; then: " + COMMAND,
            code=NOT_FOUND,
            details=tuple(bad.said.strip().splitlines()[-2:]),
        ) from None


def _has_pip() -> bool:
    """Whether our own Python has a pip that installs for another one."""
    import importlib.metadata

    try:
        return int(importlib.metadata.version("pip").partition(".")[0]) >= 23
    except (importlib.metadata.PackageNotFoundError, ValueError):
        return False


def _explained(bad: helper.HelperFailed, lines: tuple[str, ...]) -> CcError:
    """Why it could not be installed, as far as what was said tells."""
    said = bad.said.lower()
    if "no space left" in said or "disk quota" in said or "errno 28" in said:
        return CcError("the gateway's engine: the disk is full", f"make {ROOM} MB of room", code=IN_THE_WAY)
    if "hash" in said and ("mismatch" in said or "do not match" in said):
        hint = "nothing was installed; a proxy or another index may have changed a package"
        return CcError(
            "a package of the gateway's engine is not the one that was tested", hint, code=INVALID, details=lines
        )
    signs = [
        "connection",
        "network",
        "resolve",
        "timed out",
        "temporary failure",
        "dns",
        "unreachable",
        "error sending",
    ]
    signs.append("from versions: none")  # what pip says where it is told not to try again
    if any(sign in said for sign in signs):
        hint = "check the network, or pip's own settings for an index of yours; then: " + COMMAND
        return CcError(
            "the gateway's engine: the package index cannot be reached", hint, code=UNREACHABLE, details=lines
        )
    what = f"the gateway's engine could not be installed (exit code {bad.status})"
    return CcError(what, f"nothing was left of it; once that is fixed: {COMMAND}", code=UNREACHABLE, details=lines)


def _check_room() -> None:
    free = shutil.disk_usage(gateway_places.directory()).free // 1_000_000
    if free < ROOM:
        what = f"the gateway's engine needs {ROOM} MB while it is installed, and {free} MB are free"
        raise CcError(what, f"make room where {guard.shown(gateway_places.directory())} is", code=IN_THE_WAY)
