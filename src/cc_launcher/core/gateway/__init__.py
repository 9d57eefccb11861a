"""A gateway, described: what its engine is told, and what of it a session sees."""
