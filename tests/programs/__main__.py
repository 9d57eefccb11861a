"""What holds when another program starts the client: SDKs and the adapter of the editors, on wrappers of ours, by hand.

    python -m tests.programs [PROGRAM …] [KIND …] [VERSION …]

PROGRAM is python_sdk, typescript_sdk or acp_adapter, KIND a kind of profile, VERSION one of the client. Each cell is a
session of its own with the real client, before a FAKE provider, with hostile settings in all files and variables.
"""

from __future__ import annotations

import sys
import time
import traceback

from tests.client import harness
from tests.client.stage import KINDS
from tests.client.sweep import staged
from tests.programs import programs, scenarios, versions
from tests.programs.scenarios import SCENARIOS

KIND_NAMES = ("token", "sealed", "key", "none", "login")
CLIENTS = (harness.CURRENT, "2.1.332")
VERSIONS = {
    "python_sdk": versions.AGENT_SDK_PYTHON,
    "typescript_sdk": versions.AGENT_SDK_TYPESCRIPT,
    "acp_adapter": versions.ACP_ADAPTER,
}


def main(words: list[str]) -> int:
    """Print a row for each program, client and kind of profile; what does not hold is told below."""
    makes = [make for make in programs.ALL if make.__name__ in words] or list(programs.ALL)
    names = [name for name in KIND_NAMES if name in words] or list(KIND_NAMES)
    clients = [word for word in words if word[:1].isdigit()] or list(CLIENTS)
    unknown = {*words} - {*VERSIONS, *KIND_NAMES, *clients}
    if unknown:
        print(f"no program, kind or version: {', '.join(sorted(unknown))}")
        return 2
    wrong: list[str] = []
    print(f"| program | version | client | profile | {' | '.join(SCENARIOS)} | seconds |")
    print(f"|{' --- |' * (5 + len(SCENARIOS))}")
    for make in makes:
        for client in clients:
            for name in names:
                begun = time.monotonic()
                cells = []
                for scenario, play in SCENARIOS.items():
                    try:
                        with staged(client) as stage:
                            play(scenarios.on_a_wrapper(stage, make, name), KINDS[name])
                        cells.append("holds")
                    except Exception:  # noqa: BLE001 - the others are still to be played
                        cells.append("DOES NOT HOLD")
                        wrong.append(f"{make.__name__}, {client}, {name}, {scenario}\n{traceback.format_exc()}")
                row = [make.__name__, VERSIONS[make.__name__], client, name, *cells, f"{time.monotonic() - begun:.0f}"]
                print(f"| {' | '.join(row)} |", flush=True)
    print("", *wrong, sep="\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
