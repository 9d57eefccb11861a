"""What talks to a provider itself. Nothing here is part of a launch."""
