"""Constants of a formula fitted to the network's directions over the whole shell."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from skinterpret.expressions import Expression
from skinterpret.expressions.kernels.constants import fit_programs
from skinterpret.expressions.kernels.dispatch import TILE
from skinterpret.expressions.kernels.gradients import CONSTANT, Rows, make_workspace
from skinterpret.expressions.kernels.matching import make_rows
from skinterpret.surrogates.figures import Shell
from skinterpret.surrogates.information import ERRORS, TAILS
from skinterpret.surrogates.selection import resolution

Array = NDArray[np.float64]

FIT_STEPS = 8
N_RESAMPLES = 200
# A network's errors are smooth and shared by neighbours, so thousands of rows are worth as many
# independent ones as there are patches of like error: `benchmarks/coverage.py` has the figures.
N_INDEPENDENT = 9
EXACT = 1e-12  # loss of a formula that is the network, up to rounding errors


class ConstantFit:
    """Fits the constants of formulas in raw units, and tells how well the directions determine them.

    Parameters
    ----------
    shell : Shell
        The network's directions.
    seed : int
        Seed of the resamples.
    """

    def __init__(self, shell: Shell, seed: int) -> None:
        self._shell = shell
        self._seed = seed

    def loss(self, expression: Expression) -> float:
        """`1 - alignment` over the shell."""
        return 1.0 - self._shell.alignment(expression)

    def refit(self, expression: Expression, fixed: Sequence[bool] | None = None) -> Expression:
        """Fit all constants that are not fixed, from where they stand.

        Parameters
        ----------
        expression : Expression
            A formula in raw units.
        fixed : sequence of bool of length n_constants, default=None
            Which constants stay as they are; `None` fits all.

        Returns
        -------
        Expression
            The same formula, with constants that fit at least as well; as it was where a power has a
            negative base, for the derivative by an exponent does not exist there.
        """
        values = np.array(expression.constant_values)
        free = np.ones(len(values), dtype=bool) if fixed is None else ~np.asarray(fixed, dtype=bool)
        if not free.any():
            return expression
        values[free] = _fit(*self._over_raw_inputs(expression, free))
        return expression.with_constants(values.tolist())

    def resamples(self, expression: Expression) -> Array:
        """Constants fitted to small resamples of the shell.

        A resample has as many rows as there are independent ones (m out of n bootstrap: Bickel, Götze
        and van Zwet, Statistica Sinica 7, 1997).

        Parameters
        ----------
        expression : Expression
            A formula in raw units, with the constants that fit best.

        Returns
        -------
        ndarray of shape (n_resamples, n_constants)
            The constants of each, in the order of the formula.
        """
        values = expression.constant_values
        if not values:
            return np.empty((N_RESAMPLES, 0))
        rows, tokens, constants = self._over_raw_inputs(expression, np.ones(len(values), dtype=bool))
        weight = rows.W.ravel() / rows.W.sum()
        rng = np.random.default_rng(self._seed)
        drawn = [rng.choice(len(weight), size=N_INDEPENDENT, p=weight) for _ in range(N_RESAMPLES)]
        return np.array([_fit(_only(rows, each), tokens, constants) for each in drawn])

    def intervals(self, expression: Expression) -> tuple[Array, Array]:
        """Give an interval for each constant: by its scatter over the shell, and by the number of rows.

        Parameters
        ----------
        expression : Expression
            A formula in raw units, with the constants that fit best.

        Returns
        -------
        low, high : ndarray of shape (n_constants,)
            The bounds; NaN where no resample has a finite constant.
        """
        errors = self._shell.sampling_errors(expression)[: len(expression.constant_values)]
        return interval_of(self.resamples(expression), errors)

    def noise(self, expression: Expression) -> float:
        """Give the loss that a network's errors and few rows account for.

        Parameters
        ----------
        expression : Expression
            A formula in raw units, with the constants that fit best.

        Returns
        -------
        float
            Its loss, what of that cannot be told apart, and what the least telling of its constants adds
            when it moves by the standard error that the number of rows leaves it.  The latter is nothing
            where the formula is the network, whatever rows that was trained on: its constants are known.
        """
        level = self.loss(expression)
        if level <= EXACT:
            return level + resolution(level)
        values = np.array(expression.constant_values)
        errors = self._shell.sampling_errors(expression)[: len(values)]
        moved = [
            self.loss(expression.with_constants((values + errors * (np.arange(len(values)) == k)).tolist()))
            for k in np.flatnonzero(errors > 0)
        ]
        return level + resolution(level) + max(min(moved, default=level) - level, 0.0)

    def _over_raw_inputs(self, expression: Expression, free: NDArray[np.bool_]) -> tuple[Rows, Array, Array]:
        """Rows of the shell in scaled inputs; the program has raw inputs and fixed constants as leaves."""
        scale = self._shell.scale
        d = len(scale)
        raw = [
            Expression.apply("mul", Expression.variable(j), Expression.constant(float(scale[j])))
            for j in range(d)
        ]
        values = expression.constant_values
        held = [Expression.constant(values[k]) for k in np.flatnonzero(~free)]
        shell = self._shell
        rows = make_rows(shell.scaled_shell, shell.directions, shell.weight, [*raw, *held], shell.metric)
        tokens = np.array(expression.tokens)
        tokens[tokens < 0] -= d
        held_at = np.flatnonzero(tokens == CONSTANT)[~free]
        tokens[held_at] = -1 - 2 * d - np.arange(len(held_at))
        return rows, tokens, np.where(tokens == CONSTANT, expression.constants, 0.0)


def fitted_to(rows: Rows, expression: Expression) -> Expression:
    """Fit all constants by Levenberg–Marquardt, from where they stand.

    Parameters
    ----------
    rows : Rows
        Rows with their directions and weights.
    expression : Expression
        A formula over the leaves of the rows.

    Returns
    -------
    Expression
        The same formula, with constants that fit at least as well.
    """
    constants = _fit(rows, np.array(expression.tokens), np.array(expression.constants))
    return expression.with_constants(constants.tolist())


def interval_of(trials: Array, errors: Array) -> tuple[Array, Array]:
    """Give 95 % intervals for two independent errors, column by column.

    Resamples tell how far the network's own errors, which differ from place to place, move a constant.  An
    error that all of a boundary shares, as a straight one has it, they do not tell; the number of rows does.

    Parameters
    ----------
    trials : ndarray of shape (n_resamples, n_constants)
        Constants of each resample; NaN where there is none.
    errors : ndarray of shape (n_constants,)
        Standard errors that the number of rows leaves.

    Returns
    -------
    low, high : ndarray of shape (n_constants,)
        The bounds.
    """
    with np.errstate(invalid="ignore"):
        # by column, for there may be none
        middle = np.array([_quantiles(trial, [0.5])[0] for trial in trials.T])
        low, high = np.reshape([_quantiles(trial, TAILS) for trial in trials.T], (-1, 2)).T
    return middle - np.hypot(middle - low, ERRORS * errors), middle + np.hypot(high - middle, ERRORS * errors)


def _quantiles(values: Array, shares: Sequence[float]) -> Array:
    """Give quantiles of the values that are there; NaN without a warning where there are none."""
    there = values[~np.isnan(values)]
    return np.asarray(np.quantile(there, shares)) if len(there) else np.full(len(shares), np.nan)


def _fit(rows: Rows, tokens: Array, constants: Array) -> Array:
    """Constants by Levenberg–Marquardt, in the order of the program."""
    program, fitted = tokens[None].astype(np.int16), constants[None].astype(np.float64)
    work = make_workspace(rows.X.shape[1], len(tokens))
    fit_programs(program, fitted, np.array([len(tokens)]), rows, FIT_STEPS, work, np.empty(1))
    return np.asarray(fitted[0, tokens == CONSTANT])


def _only(rows: Rows, drawn: NDArray[np.int64]) -> Rows:
    """Put the rows that were drawn into one tile, weighted by how often."""
    chosen, counts = np.unique(drawn, return_counts=True)
    tile, lane = np.divmod(np.resize(chosen, TILE), TILE)
    weight = np.zeros(TILE)
    weight[: len(chosen)] = counts / len(drawn)
    return rows._replace(
        X=np.ascontiguousarray(rows.X[tile, :, lane].T[None]),
        D=np.ascontiguousarray(rows.D[tile, :, lane].T[None]),
        W=weight[None],
        J=np.ascontiguousarray(np.moveaxis(rows.J[tile, :, :, lane], 0, -1)[None]),
    )
