"""Models as a provider lists them now, and what a launch makes of that."""
