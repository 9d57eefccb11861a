"""The client's request that is shipped with us: what `python -m tests.client.capture` wrote."""

import json
from importlib import resources
from typing import Any

from cc_launcher.core.text.entry_points import CAPTURED


def read() -> dict[str, Any]:
    """The captured request, for `core/probe/client_request.py`."""
    file = resources.files(CAPTURED[0]).joinpath(CAPTURED[1])
    captured: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return captured
