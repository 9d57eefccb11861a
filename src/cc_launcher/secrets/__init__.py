"""The stores in which secrets are kept, one module each, and the reading of one for a launch."""
