"""Activation functions: a new one is a class, and a row of `ACTIVATIONS` if it has a name."""

from skinterpret.network.activations.base import Activation
from skinterpret.network.activations.classic import Identity, Logistic, ReLU, Tanh
from skinterpret.network.activations.gates import GELU, SiLU, TanhGELU
from skinterpret.network.activations.rectifiers import ELU, LeakyReLU, Softplus

__all__ = [
    "ACTIVATIONS",
    "ELU",
    "GELU",
    "Activation",
    "Identity",
    "LeakyReLU",
    "Logistic",
    "ReLU",
    "SiLU",
    "Softplus",
    "Tanh",
    "TanhGELU",
    "find_activation",
]

# Names, each with the parameters that are usual; the first four are scikit-learn's.
ACTIVATIONS: dict[str, Activation] = {
    "identity": Identity(),
    "logistic": Logistic(),
    "tanh": Tanh(),
    "relu": ReLU(),
    "leaky_relu": LeakyReLU(),
    "elu": ELU(),
    "selu": ELU(alpha=1.6732632423543772, scale=1.0507009873554805),
    "softplus": Softplus(),
    "silu": SiLU(),
    "gelu": GELU(),
    "gelu_tanh": TanhGELU(),
}


def find_activation(activation: str | Activation) -> Activation:
    """Find the activation function of a name.

    Parameters
    ----------
    activation : str or Activation
        A key of `ACTIVATIONS`, or the function itself.

    Returns
    -------
    Activation
        The function.

    Raises
    ------
    ValueError
        If the name is unknown.

    Examples
    --------
    >>> from skinterpret.network.activations import find_activation
    >>> find_activation("elu")
    ELU(alpha=1.0, scale=1.0)
    """
    if isinstance(activation, Activation):
        return activation
    if activation not in ACTIVATIONS:
        raise ValueError(f"The activation {activation!r} is unknown; choose from {', '.join(ACTIVATIONS)}.")
    return ACTIVATIONS[activation]
