"""What we know of the client: its version, and the settings files that it obeys."""
