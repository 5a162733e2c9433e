"""What attributions are called on pictures, with their unit."""

from __future__ import annotations

from typing import Any

from skinterpret.probes.attributions import PARTS, read
from skinterpret.probes.categories import read_encoder

NAMES = {
    "gradient": "gradient",
    "gradient_x_input": "gradient times input",
    "integrated": "integrated gradient",
    "smooth": "smoothed gradient",
}


def name_quantity(network: Any, method: str, target: Any = None) -> str:
    """Name what `saliency` gives, and its unit.

    Parameters
    ----------
    network : DenseNetwork or estimator
        What `saliency` was asked about.
    method : {"gradient", "gradient_x_input", "integrated", "smooth"}
        What was computed.
    target : object, default=None
        Of which latent.

    Returns
    -------
    str
        Such as `"integrated gradient (log-odds)"`.

    Examples
    --------
    >>> from sklearn.neural_network import MLPClassifier
    >>> from skinterpret.probes.quantities import name_quantity
    >>> network = MLPClassifier((3,), solver="lbfgs").fit([[0], [1]], [0, 1])
    >>> name_quantity(network, "gradient")
    'gradient (log-odds per unit of the input)'
    """
    behind = read_encoder(network)
    dense = read(network) if behind is None else behind[1]
    unit = "pre-activation" if isinstance(target, tuple) else "value" if dense.classes is None else "log-odds"
    return f"{NAMES[method]} ({unit}{'' if method in PARTS else ' per unit of the input'})"
