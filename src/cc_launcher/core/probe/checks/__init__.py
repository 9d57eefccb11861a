"""The checks of a probe, one module a group."""
