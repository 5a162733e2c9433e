"""Networks as differentiable functions."""

from skinterpret.network.dense import DenseNetwork
from skinterpret.network.estimators import NetworkClassifier, NetworkRegressor
from skinterpret.network.readers import as_network, check_readable, split_encoder
from skinterpret.network.smoothing import SmoothedNetwork, smooth

__all__ = [
    "DenseNetwork",
    "NetworkClassifier",
    "NetworkRegressor",
    "SmoothedNetwork",
    "as_network",
    "check_readable",
    "smooth",
    "split_encoder",
]
