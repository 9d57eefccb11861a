"""cc runs Claude Code on any model."""

__version__ = "0.1.0"
