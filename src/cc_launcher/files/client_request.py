"""The client's request that is shipped with us: what `python -m tests.client.capture` wrote."""

import json
from importlib import resources
from typing import Any


def read() -> dict[str, Any]:
    """The captured request, for `core/probe/client_request.py`."""
    file = resources.files("cc_launcher.core.probe").joinpath("client_request.json")
    captured: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return captured
