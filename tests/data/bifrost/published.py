"""Hold what cc writes for Bifrost to a published schema: `python tests/data/bifrost/published.py config.schema.json`.

The schema is `transports/config.schema.json` of github.com/maximhq/bifrost (Apache License 2.0). It leaves a provider
of one's own open, so each of ours is held to its definition of a provider as well.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from jsonschema import Draft201909Validator  # type: ignore[import-untyped] # it comes without types

from tests.unit.core.gateway.samples import bifrost_renderings


def main(path: str) -> int:
    """Say for each rendering what the schema has against it."""
    schema = json.loads(Path(path).read_text(encoding="utf-8"))
    of_provider = Draft201909Validator({"$defs": schema["$defs"], "$ref": "#/$defs/provider"})
    faults = 0
    for name, rendering in bifrost_renderings().items():
        found = [*Draft201909Validator(schema).iter_errors(rendering)]
        for provider in rendering["providers"].values():
            found += of_provider.iter_errors(provider)
        for fault in found:
            print(f"{name}: {'.'.join(map(str, fault.absolute_path))}: {fault.message[:200]}")
        faults += len(found)
    print(f"{len(bifrost_renderings())} renderings, {faults} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
