"""Activation functions as formulas; a new activation is a function here."""

from __future__ import annotations

from functools import singledispatch

import sympy

from skinterpret.network.activations import (
    ELU,
    GELU,
    Activation,
    Identity,
    LeakyReLU,
    Logistic,
    ReLU,
    SiLU,
    Softplus,
    Tanh,
    TanhGELU,
)
from skinterpret.network.activations.gates import CUBIC


def to_number(value: float) -> sympy.Expr:
    """Write a number so that nothing is rounded.

    Parameters
    ----------
    value : float
        The number.

    Returns
    -------
    sympy.Expr
        An integer, or a float of 17 digits.

    Examples
    --------
    >>> from skinterpret.network.activation_formulas import to_number
    >>> to_number(2.0), to_number(0.5)
    (2, 0.50000000000000000)
    """
    return sympy.Integer(int(value)) if float(value).is_integer() else sympy.Float(float(value), 17)


@singledispatch
def activated(activation: Activation, z: sympy.Expr) -> sympy.Expr:
    """Apply an activation function to a formula.

    Parameters
    ----------
    activation : Activation
        The function.
    z : sympy.Expr
        What comes in.

    Returns
    -------
    sympy.Expr
        What comes out.

    Raises
    ------
    TypeError
        If the function is not one of this package.

    Examples
    --------
    >>> import sympy
    >>> from skinterpret.network.activation_formulas import activated
    >>> from skinterpret.network.activations import SiLU
    >>> activated(SiLU(), sympy.Symbol("z"))
    z/(1 + exp(-z))
    """
    raise TypeError(f"A network with activation {activation!r} is not written as a formula.")


@activated.register
def _(activation: Identity, z: sympy.Expr) -> sympy.Expr:
    return z


@activated.register
def _(activation: Logistic, z: sympy.Expr) -> sympy.Expr:
    return 1 / (1 + sympy.exp(-z))


@activated.register
def _(activation: Tanh, z: sympy.Expr) -> sympy.Expr:
    return sympy.tanh(z)


@activated.register
def _(activation: ReLU, z: sympy.Expr) -> sympy.Expr:
    return sympy.Max(z, 0)


@activated.register
def _(activation: LeakyReLU, z: sympy.Expr) -> sympy.Expr:
    return sympy.Piecewise((z, z > 0), (to_number(activation.negative_slope) * z, True))


@activated.register
def _(activation: ELU, z: sympy.Expr) -> sympy.Expr:
    below = to_number(activation.alpha) * (sympy.exp(z) - 1)
    return to_number(activation.scale) * sympy.Piecewise((z, z > 0), (below, True))


@activated.register
def _(activation: Softplus, z: sympy.Expr) -> sympy.Expr:
    beta = to_number(activation.beta)
    return sympy.log(1 + sympy.exp(beta * z)) / beta


@activated.register
def _(activation: SiLU, z: sympy.Expr) -> sympy.Expr:
    return z / (1 + sympy.exp(-to_number(activation.beta) * z))


@activated.register
def _(activation: GELU, z: sympy.Expr) -> sympy.Expr:
    return z * (1 + sympy.erf(z / sympy.sqrt(2))) / 2


@activated.register
def _(activation: TanhGELU, z: sympy.Expr) -> sympy.Expr:
    inner = sympy.sqrt(2 / sympy.pi) * (z + to_number(CUBIC) * z**3)
    return z * (1 + sympy.tanh(inner)) / 2
