"""Probes: readings of a trained network, by input, by value and by neuron."""

from skinterpret.probes.maximisation import maximise_activation
from skinterpret.probes.one_hot import OneHotProbe
from skinterpret.probes.saliency import global_importance, saliency

__all__ = ["OneHotProbe", "global_importance", "maximise_activation", "saliency"]
