"""Powers of ten that bring inputs of different units to like sizes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from skinterpret.expressions import Expression


def decimal_scale(X: NDArray[np.float64]) -> NDArray[np.float64]:
    """Power of ten nearest to each input's standard deviation.

    The angle between two gradients depends on the units of the inputs: one measured in thousandths
    would outweigh all others.  Divided by these scales, inputs count alike.  Powers of ten shift
    the decimal point of a formula's constants and change nothing else, and inputs with deviations
    of about 1 keep their units.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
        Rows in raw units.

    Returns
    -------
    ndarray of shape (n_features,)
        Scales; 1 for constant inputs.

    Examples
    --------
    >>> import numpy as np
    >>> from skinterpret.surrogates.units import decimal_scale
    >>> decimal_scale(np.array([[0.0, 100.0, 7.0], [1.0, 2500.0, 7.0]]))
    array([   1., 1000.,    1.])
    """
    deviation = X.std(axis=0)
    known = deviation > 0
    exponent = np.zeros(X.shape[1])
    exponent[known] = np.round(np.log10(deviation[known]))
    return np.asarray(10.0**exponent)


def in_raw_units(expression: Expression, scale: NDArray[np.float64]) -> Expression:
    """Rewrite an expression in `X / scale` as one in `X`.

    Parameters
    ----------
    expression : Expression
        Formula in scaled inputs.
    scale : ndarray of shape (n_features,)
        Scales, as `decimal_scale` gives them.

    Returns
    -------
    Expression
        The same function of the raw inputs.
    """
    return expression.substitute(
        {
            j: Expression.apply("mul", Expression.variable(j), Expression.constant(1 / scale[j]))
            for j in expression.variables
            if scale[j] != 1.0
        }
    )
