"""The launch path. Builtin modules only: what is imported here, every launch pays for."""
