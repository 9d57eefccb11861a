"""Use cases without a screen: each of them is what several commands, or none, have to decide."""
