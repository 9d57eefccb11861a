"""The files of ours that run in the engine, as they are deployed beside its configuration."""

from pathlib import Path

_ROOM = Path(__file__).resolve().parent.parent / "in_engine"
_ONLY_HERE = ("cc_orphan.py",)  # what only an engine on this machine needs


def hooks() -> dict[str, str]:
    """Each of them by its name."""
    found = {path.name: path for path in sorted(_ROOM.glob("cc_*.*"))}
    return {name: path.read_text(encoding="utf-8") for name, path in found.items() if name not in _ONLY_HERE}
