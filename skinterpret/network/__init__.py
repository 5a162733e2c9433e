"""Networks as differentiable functions."""

from skinterpret.network.dense import DenseNetwork
from skinterpret.network.readers import as_network, check_readable

__all__ = ["DenseNetwork", "as_network", "check_readable"]
