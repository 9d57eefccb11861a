"""What the gateway serves: the part of each profile, put together and written down for an engine."""

import json
import os
import shutil
from collections.abc import Callable
from typing import Any

_OURS = (
    "serve.py",
    "cc_hooks.py",
    "cc_log.py",
    "cc_orphan.py",
    "cc_rules.py",
    "cc_spans.py",
    "cc_warm.py",
    "cc_log.sql",
)
HOOKS = "hooks"
_MOST = "max_fallbacks"
_LISTS = (
    "fallbacks",
    "context_window_fallbacks",
    "content_policy_fallbacks",
)  # of router_settings, one of each profile


class Parts:
    """The parts, as they are served now, and as they were before the last change."""

    def __init__(self, directory: str, write: Callable[[str, bytes], object]) -> None:
        self.directory = directory
        self.write = write
        self.about: dict[str, Any] = {}
        self.of: dict[str, dict[str, Any]] = {}
        self._before: tuple[dict[str, Any], dict[str, dict[str, Any]]] = ({}, {})

    @property
    def python(self) -> str:
        """The engine's Python."""
        return str(self.about.get("python") or "")

    @property
    def version(self) -> str:
        """The engine's version."""
        return str(self.about.get("litellm") or "")

    @property
    def database(self) -> str:
        """The log, which has the keys."""
        return str(self.about.get("database") or f"{self.directory}/log.sqlite3")

    @property
    def idle(self) -> float:
        """The seconds without a session after which nobody needs us."""
        return float(self.about.get("idle") or 600)

    def names(self) -> list[str]:
        """The profiles that are served."""
        return sorted(self.of)

    def secrets(self) -> dict[str, str]:
        """The variables of all of them that are secret."""
        return {name: value for part in self.of.values() for name, value in part["secrets"].items()}

    def is_same(self, asked: dict[str, Any]) -> bool:
        """Whether what is asked for is served already."""
        about, part = taken_apart(asked)
        return about == self.about and self.of.get(asked["profile"]) == part

    def is_beside(self, asked: dict[str, Any]) -> bool:
        """Whether what is asked for differs from what is served in its own part alone."""
        return taken_apart(asked)[0] == self.about

    def mark(self) -> None:
        """What is served now is what `undo` goes back to."""
        self._before = (self.about, dict(self.of))

    def take(self, asked: dict[str, Any]) -> None:
        """Serve this from now on."""
        self.about, self.of[asked["profile"]] = taken_apart(asked)

    def undo(self) -> None:
        """Serve what was served before."""
        self.about, self.of = self._before

    def written(self) -> str:
        """Write it down in a directory of its own, and say which."""
        number = 1 + max((int(name) for name in _listed("run") if name.isdigit()), default=0)
        run = f"{self.directory}/run/{number}"
        os.makedirs(f"{run}/{HOOKS}", 0o700)  # not beside config.json: LiteLLM would load them once for each hook
        for name in _OURS:  # so that another version of ours, or none, changes nothing for who is served
            with open(f"{self.about['ours']}/{name}", "rb") as file:
                self.write(f"{run}/{HOOKS}/{name}", file.read())
        self.write(f"{run}/config.json", json.dumps(self.config()).encode())
        self.write(f"{run}/rules.json", json.dumps(self.rules()).encode())
        return run

    def config(self) -> dict[str, Any]:
        """LiteLLM's configuration: the same for all but for what each profile has of its own."""
        whole = json.loads(json.dumps(self.about["config"]))
        whole["model_list"] = []
        router = whole.setdefault("router_settings", {})
        for name in self.names():
            config = self.of[name]["config"]
            whole["model_list"] += config["model_list"]
            own = config.get("router_settings") or {}
            for key in _LISTS:
                if key in own:
                    router.setdefault(key, []).extend(own[key])
            if _MOST in own:
                router[_MOST] = max(own[_MOST], router.get(_MOST, 0))
        return dict(whole)

    def rules(self) -> dict[str, Any]:
        """What our hooks are told."""
        whole: dict[str, Any] = {
            "version": 1,
            "database": self.database,
            "idle": self.idle,
            "rates": self.about.get("rates") or {},
        }
        whole |= {"profiles": {}, "secrets": {}}
        for name in self.names():
            told = self.of[name]["rules"]
            whole["profiles"] |= told["profiles"]
            whole["secrets"] |= told.get("secrets") or {}
        return whole

    def sweep(self, in_use: list[str]) -> None:
        """Take away what engines were told that are gone; the newest stays, with its log."""
        numbers = [int(name) for name in _listed("run") if name.isdigit()]
        kept = {*in_use, f"{self.directory}/run/{max(numbers, default=0)}"}
        for run in (f"{self.directory}/run/{number}" for number in numbers):
            if run not in kept:
                shutil.rmtree(run, ignore_errors=True)


def taken_apart(asked: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What is for all profiles, and what is for this one."""
    config = asked["config"]
    shared = {key: value for key, value in config.items() if key != "model_list"}
    shared["router_settings"] = {
        key: value for key, value in (config.get("router_settings") or {}).items() if key not in {*_LISTS, _MOST}
    }
    if not isinstance(asked["profile"], str):
        raise TypeError
    about = {key: asked.get(key) for key in ("python", "litellm", "database", "idle", "rates", "ours")}
    return about | {"config": shared}, {key: asked[key] for key in ("config", "rules", "secrets")}


def _listed(directory: str) -> list[str]:
    try:
        return os.listdir(directory)
    except OSError:
        return []
