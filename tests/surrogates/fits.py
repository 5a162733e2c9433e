"""What directions tell of a formula, where the formula that they came from is known."""

from types import SimpleNamespace

import numpy as np

from skinterpret.expressions import Expression
from skinterpret.metrics import alignment_score
from skinterpret.surrogates.judging.selection import resolution
from skinterpret.surrogates.reading.constants import ConstantFit

ROWS = np.random.default_rng(0).uniform(0.5, 2, (300, 3))


class FitTo:
    """Loss against the gradients of a formula; `extra` stands for the network's own errors.

    Constants are open within `width` of where they stand, as a share of those above 1.
    """

    def __init__(self, truth, extra=0.0, width=0.12):
        gradient = Expression.parse(truth).gradient(ROWS)
        directions = gradient / np.linalg.norm(gradient, axis=1, keepdims=True)
        shell = SimpleNamespace(
            scaled_shell=ROWS, directions=directions, weight=None, scale=np.ones(3), metric=None
        )
        shell.alignment = lambda e: alignment_score(directions, e.gradient(ROWS)) - extra
        self._fit = ConstantFit(shell, seed=0)
        self._width = width
        self.loss = self._fit.loss
        self.refit = self._fit.refit

    def noise(self, expression):
        level = self.loss(expression)
        return level + resolution(level)

    def intervals(self, expression):
        values = np.array(expression.constant_values)
        width = self._width * np.maximum(np.abs(values), 1.0)
        return values - width, values + width
