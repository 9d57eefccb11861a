"""Wrapper scripts: their text, and how one of ours is told from others."""
