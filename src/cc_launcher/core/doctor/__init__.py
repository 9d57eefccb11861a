"""What cc doctor finds: what was looked at, the checks, and how each fault is repaired."""
