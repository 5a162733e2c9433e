"""Probes: readings of a trained network, by input, by value and by neuron."""

from skinterpret.probes.one_hot import OneHotProbe

__all__ = ["OneHotProbe"]
