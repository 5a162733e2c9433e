"""Whether a formula is the concept or the decision of an experiment (the two notions of success)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import minimize_scalar
from scipy.special import logit

from skinterpret.expressions import Expression
from skinterpret.metrics import alignment_score

PARALLEL = 1e-6
EXACT = 1e-12
AGREEMENT = 0.999
NOISE_BAND = 0.01
LEAST_WEIGHT = 0.1  # of the lesser part of a sum, for gradients of the same length
SAME_WAY = 0.95
MOST_COMPLEX = 1.5


def judge(surrogate: Any, data: Any, rows: Any) -> dict[str, bool]:
    """Tell as what a surrogate's rule recovers an experiment (`make_wetzel`), by those rows of the shell."""
    formula = surrogate.formula_
    truth = Expression.parse(data.formula, data.feature_names)
    parts = [Expression.parse(text, data.feature_names) for text, _ in data.rules]
    short = formula.complexity <= MOST_COMPLEX * truth.complexity

    def positive(X: Any) -> Any:
        frame = pd.DataFrame(X, columns=data.feature_names)
        return surrogate.predict(frame) == surrogate.classes_[1]

    has_decision = data.threshold is not None
    return {
        "concept": is_concept(formula, truth, rows),
        "exact": is_exact(formula, truth, rows),
        "sum": len(parts) == 2 and short and is_sum(formula, parts, rows),
        "both": len(parts) == 2 and short and is_function_of_both(formula, parts, rows),
        "decision": has_decision and is_decision(positive, formula, truth, data.threshold, data.box),
    }


def draw(box: Any, n_rows: int, seed: int) -> Any:
    return np.random.default_rng(seed).uniform(box[:, 0], box[:, 1], size=(n_rows, len(box)))


def shell_rows(network: Any, box: Any, n_rows: int = 10_000, delta: float = 1e-4) -> Any:
    """Fresh rows of the box that lie in the network's shell."""
    rows = draw(box, 40 * n_rows, seed=1)
    return rows[np.abs(network.latent(rows)) < -logit(delta)][:n_rows]


def is_concept(formula: Expression, truth: Expression, rows: Any, parallel: float = PARALLEL) -> bool:
    """Parallel to the truth on those rows, and not much longer."""
    short = formula.complexity <= MOST_COMPLEX * truth.complexity
    return short and alignment_loss(formula, truth, rows) <= parallel


def is_exact(formula: Expression, truth: Expression, rows: Any) -> bool:
    """Parallel to the truth up to rounding: the constants are the truth's own."""
    return is_concept(formula, truth, rows) and alignment_loss(formula, truth, rows) <= EXACT


def is_sum(formula: Expression, parts: list[Expression], rows: Any) -> bool:
    """Parallel to a sum of two parts on those rows, with any weights that let both count."""
    gradient = formula.gradient(rows)
    first, second = (part.gradient(rows) for part in parts)
    first, second = first / np.linalg.norm(first), second / np.linalg.norm(second)

    def loss(angle: float) -> float:
        return 1 - alignment_score(np.cos(angle) * first + np.sin(angle) * second, gradient)

    angles = np.linspace(-np.pi / 2, np.pi / 2, 181)
    start = angles[int(np.argmin([loss(angle) for angle in angles]))]
    width = angles[1] - angles[0]
    best = minimize_scalar(loss, bounds=(start - width, start + width), options={"xatol": 1e-6})
    lesser = min(abs(np.sin(best.x)), abs(np.cos(best.x)))
    return bool(best.fun <= PARALLEL and lesser >= LEAST_WEIGHT)


def is_function_of_both(formula: Expression, parts: list[Expression], rows: Any) -> bool:
    """Depend on the rows through two parts alone, and rise with both or fall with both.

    The gradient is then a combination of the gradients of the parts at every row, and its two
    coefficients have one sign.
    """
    gradient = formula.gradient(rows)
    gradient = gradient / np.linalg.norm(gradient, axis=1, keepdims=True)
    basis = np.stack([part.gradient(rows) for part in parts], axis=-1)
    shares = np.einsum("rkj,rj->rk", np.linalg.pinv(basis), gradient)
    left = gradient - np.einsum("rjk,rk->rj", basis, shares)
    within = float(np.mean(np.sum(left**2, axis=1))) <= PARALLEL
    sizes = shares * np.linalg.norm(basis, axis=1)
    both = np.abs(sizes).mean(axis=0)
    same_way = np.mean(sizes[:, 0] * sizes[:, 1] > 0) > SAME_WAY
    return within and bool(both.min() >= LEAST_WEIGHT * both.max()) and bool(same_way)


def alignment_loss(formula: Expression, truth: Expression, rows: Any) -> float:
    return 1 - alignment_score(truth.gradient(rows), formula.gradient(rows))


def is_decision(positive: Any, formula: Expression, truth: Expression, threshold: float, box: Any) -> bool:
    """Give the same class as the truth on a million fresh rows outside the noise band."""
    rows = draw(box, 1_000_000, seed=2)
    g = truth(rows)
    outside = np.abs(g - threshold) > NOISE_BAND * np.abs(threshold)
    agree = np.mean((g > threshold)[outside] == positive(rows[outside]))
    return bool(agree >= AGREEMENT) and formula.complexity <= MOST_COMPLEX * truth.complexity
