"""What is left of a network without most of its parameters."""
