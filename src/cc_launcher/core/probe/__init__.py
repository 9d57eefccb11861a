"""What `cc probe` asks of a provider, and what its answers mean. Pure, as all of `core/` is."""
