"""Probes: readings of a trained network, by input, by value and by neuron."""

from skinterpret.probes.attributions import global_importance, saliency
from skinterpret.probes.maximisation import maximise_activation
from skinterpret.probes.neuron import NeuronProbe
from skinterpret.probes.one_hot import OneHotProbe
from skinterpret.probes.paths import trace_path

__all__ = [
    "NeuronProbe",
    "OneHotProbe",
    "global_importance",
    "maximise_activation",
    "saliency",
    "trace_path",
]
