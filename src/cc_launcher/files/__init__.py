"""Our files and the user's: read with care, written atomically."""
