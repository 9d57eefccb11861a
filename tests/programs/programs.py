"""The programs that start a client by themselves, installed for the tests: two SDKs, and the adapter of the editors.

Each is installed without the client that it brings, which is 400 MB: what is tried is that it starts another one.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from tests.client.harness import CACHE
from tests.gateways.installed import from_pypi, installed, run
from tests.programs import versions
from tests.support import require_tool

HERE = Path(__file__).parent
_CACHE = CACHE.parent / "programs"
_SDK, _ADAPTER = "@anthropic-ai/claude-agent-sdk", "@agentclientprotocol/claude-agent-acp"


@dataclass(frozen=True)
class Program:
    """A program: how its driver is started, and whether it needs to be told where the client is."""

    name: str
    argv: tuple[str, ...]
    adapter: str = ""
    variables: Mapping[str, str] = field(default_factory=dict)


def python_sdk(_scratch: Path) -> Program:
    """A program with the SDK for Python. Its source distribution has no client in it, as its wheels have."""
    wanted = ("--no-binary", "claude-agent-sdk", f"claude-agent-sdk=={versions.AGENT_SDK_PYTHON}")
    directory = from_pypi(f"agent-sdk-python-{versions.AGENT_SDK_PYTHON}", *wanted, cache=_CACHE)
    return Program("Agent SDK for Python", (str(directory / "bin" / "python"), str(HERE / "python_program.py")))


def typescript_sdk(scratch: Path) -> Program:
    """A program with the SDK for TypeScript."""
    modules = _npm("agent-sdk-typescript", _SDK, versions.AGENT_SDK_TYPESCRIPT)
    return Program("Agent SDK for TypeScript", _node(scratch, "typescript_program.mjs", modules))


def acp_adapter(scratch: Path) -> Program:
    """The adapter, before a FAKE editor."""
    modules = _npm("acp-adapter", _ADAPTER, versions.ACP_ADAPTER)
    adapter = modules / _ADAPTER / "dist" / "index.js"
    return Program("ACP adapter", _node(scratch, "acp_editor.mjs", modules), str(adapter))


def with_its_client(program: Program, scratch: Path, client: Path) -> Program:
    """An SDK as people install it, with a client inside that it prefers: here this one, in the place of its own."""
    python, script = program.argv
    if script.endswith(".py"):
        [package] = Path(python).parents[1].glob("lib/python*/site-packages/claude_agent_sdk")
        copied = scratch / "site" / package.name
        shutil.copytree(package, copied)
        (copied / "_bundled" / "claude").symlink_to(client)
        return replace(program, variables={"PYTHONPATH": str(copied.parent)})
    modules = Path(script).parent / "node_modules"
    there = modules.resolve()
    modules.unlink()
    for package in there.iterdir():
        place = modules / package.name
        place.parent.mkdir(exist_ok=True)
        if package.name == "@anthropic-ai":
            shutil.copytree(package, place, ignore=shutil.ignore_patterns("claude-agent-sdk-*"))
        else:
            place.symlink_to(package)
    kind = modules / "@anthropic-ai" / f"claude-agent-sdk-linux-{'arm64' if os.uname().machine == 'aarch64' else 'x64'}"
    kind.mkdir()
    (kind / "package.json").write_text(json.dumps({"name": f"@anthropic-ai/{kind.name}", "version": "0.0.0"}))
    (kind / "claude").symlink_to(client)
    return program


def _npm(name: str, package: str, version: str) -> Path:
    require_tool("npm")

    def install(directory: Path) -> None:
        directory.mkdir()
        npm = ("npm", "install", "--no-audit", "--no-fund", "--omit=optional", "--prefix", directory)
        run(*npm, f"{package}@{version}")

    return installed(f"{name}-{version}", install, _CACHE) / "node_modules"


def _node(scratch: Path, script: str, modules: Path) -> tuple[str, ...]:
    """Node looks for modules beside the file that imports them."""
    scratch.mkdir(parents=True, exist_ok=True)
    shutil.copy(HERE / script, scratch)
    (scratch / "node_modules").symlink_to(modules)
    return (require_tool("node"), str(scratch / script))


ALL = (python_sdk, typescript_sdk, acp_adapter)
