"""Problems with a known answer: formulas turned into decisions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from skinterpret.datasets import make_wetzel
from skinterpret.expressions import Expression

Array = NDArray[np.float64]

# Formulas of the Feynman Lectures on Physics, by volume and equation, in the notation and with the
# ranges of the inputs of AI Feynman (Udrescu and Tegmark, Science Advances 6, eaay2631, 2020, table
# 4).  The decision is whether the formula exceeds its median, or its upper quartile where the median
# is 0 and the decision therefore easier than the formula; two inputs that do not matter are added to
# each.
FEYNMAN = {
    "I.9.18": (
        "G*m1*m2/((x2 - x1)**2 + (y2 - y1)**2 + (z2 - z1)**2)",
        {"G": (1, 2), "m1": (1, 2), "m2": (1, 2)}
        | {"x1": (3, 4), "x2": (1, 2), "y1": (3, 4), "y2": (1, 2), "z1": (3, 4), "z2": (1, 2)},
    ),
    "I.12.2": ("q1*q2/(eps*r**2)", {"q1": (1, 5), "q2": (1, 5), "eps": (1, 5), "r": (1, 5)}),
    "I.13.4": ("m*(v**2 + u**2 + w**2)", {"m": (1, 5), "v": (1, 5), "u": (1, 5), "w": (1, 5)}),
    "I.13.12": (
        "G*m1*m2*(1/r2 - 1/r1)",
        {"G": (1, 5), "m1": (1, 5), "m2": (1, 5), "r1": (1, 5), "r2": (1, 5)},
    ),
    "I.16.6": ("(u + v)/(1 + u*v/c**2)", {"u": (1, 5), "v": (1, 5), "c": (1, 5)}),
    "I.18.4": (
        "(m1*r1 + m2*r2)/(m1 + m2)",
        {"m1": (1, 5), "r1": (1, 5), "m2": (1, 5), "r2": (1, 5)},
    ),
    "I.24.6": (
        "m*(omega**2 + omega0**2)*x**2",
        {"m": (1, 3), "omega": (1, 3), "omega0": (1, 3), "x": (1, 3)},
    ),
    "I.27.6": ("1/(1/d1 + n/d2)", {"d1": (1, 5), "d2": (1, 5), "n": (1, 5)}),
    "I.39.22": ("n*k*T/V", {"n": (1, 5), "k": (1, 5), "T": (1, 5), "V": (1, 5)}),
    "II.11.27": (
        "n*alpha/(1 - n*alpha/3)*eps*E",
        {"n": (0, 1), "alpha": (0, 1), "eps": (1, 2), "E": (1, 2)},
    ),
}
# formulas through products of powers, by their number of inputs
RATIOS = {
    "(x1/x2)**2 + sin(x3/x2)*x4": 4,
    "sin(x1/x2)*exp(x3/x2) + x4": 4,
    "(x1**2 + x2*x3)/(x3**2 + x1*x2)": 3,
    "sin(x1/x2) + exp(x3/x2)": 3,
    "exp(x1*x2/x3) + sin(x4)*x5": 5,
}


@dataclass(frozen=True)
class Problem:
    """A formula over a box.

    Parameters
    ----------
    name : str
        What it is called in tables.
    truth : Expression
        The formula.
    feature_names : list of str
        Names of the inputs.
    box : ndarray of shape (n_features, 2)
        Smallest and largest value of each input.
    threshold : float or None
        Where the decision is; `None` where the data follow another rule.
    """

    name: str
    truth: Expression
    feature_names: list[str]
    box: Array
    threshold: float | None

    def rows(self, n_rows: int, seed: int) -> tuple[Array, Array]:
        """Rows near the boundary, and the unit gradients of the truth there."""
        rng = np.random.default_rng(seed)
        X = rng.uniform(*self.box.T, (50 * n_rows, len(self.box)))
        values = self.truth(X)
        level = np.median(values) if self.threshold is None else self.threshold
        near = np.argsort(np.abs(values - level))[: 5 * n_rows]
        chosen = X[rng.choice(near, n_rows, replace=False)]
        gradient = self.truth.gradient(chosen)
        return chosen, gradient / np.linalg.norm(gradient, axis=1, keepdims=True)


def wetzel(experiment: int, box: str = "wide") -> Problem:
    """One of the eight experiments."""
    data = make_wetzel(experiment, n_samples=100, random_state=0, box=box)
    name = str(experiment) if box == "wide" else f"{experiment} ({box} box)"
    truth = Expression.parse(data.formula, data.feature_names)
    return Problem(name, truth, list(data.feature_names), np.asarray(data.box, dtype=float), data.threshold)


def feynman(equation: str) -> Problem:
    """One of the formulas of the lectures, with two inputs that do not matter."""
    formula, ranges = FEYNMAN[equation]
    names = [*ranges, "noise1", "noise2"]
    box = np.array([*ranges.values(), (1, 5), (1, 5)], dtype=float)
    truth = Expression.parse(formula, names)
    values = truth(np.random.default_rng(0).uniform(*box.T, (100_000, len(box))))
    threshold = float(np.quantile(values, 0.75 if equation == "I.13.12" else 0.5))
    return Problem(f"Feynman {equation}", truth, names, box, threshold)


def ratio(formula: str) -> Problem:
    """One of the formulas through ratios."""
    names = [f"x{j}" for j in range(1, RATIOS[formula] + 1)]
    box = np.array([(0.5, 2.0)] * len(names))
    return Problem(formula, Expression.parse(formula, names), names, box, None)
