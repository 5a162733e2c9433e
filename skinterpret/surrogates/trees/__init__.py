"""Decision trees in the place of a network."""
