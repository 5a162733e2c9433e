"""Closed-form decision rules and other honest readings of trained neural networks."""

__version__ = "0.1.0.dev0"
