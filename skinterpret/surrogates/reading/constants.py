"""Constants of a formula fitted to the network's directions over the whole shell."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from skinterpret.expressions import Expression
from skinterpret.expressions.kernels.constants import fit_programs
from skinterpret.expressions.kernels.dispatch import TILE
from skinterpret.expressions.kernels.gradients import CONSTANT, Rows, Workspace, aligned_copy, make_workspace
from skinterpret.expressions.kernels.matching import cut_into_tiles, make_rows
from skinterpret.surrogates.judging.figures import Shell
from skinterpret.surrogates.judging.information import ERRORS, TAILS
from skinterpret.surrogates.judging.selection import EXACT, RESOLUTION, resolution

Array = NDArray[np.float64]

FIT_STEPS = 8
N_RESAMPLES = 200
# A network's errors are smooth and shared by neighbours, so thousands of rows are worth as many
# independent ones as there are patches of like error: `benchmarks/coverage.py` has the figures.
N_INDEPENDENT = 9


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
        # the same formula comes up on several ways to round another one
        self._losses: dict[Expression, float] = {}
        self._errors: dict[Expression, Array] = {}
        self._rows: dict[tuple[int, ...], Rows] = {}
        self._resampled: dict[tuple[int, ...], list[Rows]] = {}

    def loss(self, expression: Expression) -> float:
        """`1 - alignment` over the shell."""
        if expression not in self._losses:
            self._losses[expression] = 1.0 - self._shell.alignment(expression)
        return self._losses[expression]

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
        work = make_workspace(rows.X.shape[1], len(tokens))
        resamples = self._resamples_of(expression.variables, rows)
        return np.array([_fit(resample, tokens, constants, work) for resample in resamples])

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
        return interval_of(self.resamples(expression), self._errors_of(expression))

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
        errors = self._errors_of(expression)
        moved = [
            self.loss(expression.with_constants((values + errors * (np.arange(len(values)) == k)).tolist()))
            for k in np.flatnonzero(errors > 0)
        ]
        # but no more than the loss itself, or than what losses of networks tell: it is this one that is read
        open_to_rows = min(min(moved, default=level) - level, max(level, RESOLUTION))
        return level + resolution(level) + max(open_to_rows, 0.0)

    def _errors_of(self, expression: Expression) -> Array:
        """Give the standard errors of the constants that the number of rows leaves."""
        if expression not in self._errors:
            self._errors[expression] = self._shell.sampling_errors(expression)
        return self._errors[expression][: len(expression.constant_values)]

    @cached_property
    def _drawn(self) -> list[NDArray[np.int64]]:
        """Numbers of the rows of each resample, by tile and lane."""
        weight = cut_into_tiles([self._shell.directions], self._shell.weight)[1].ravel()
        rng = np.random.default_rng(self._seed)
        return [
            rng.choice(len(weight), size=N_INDEPENDENT, p=weight / weight.sum()) for _ in range(N_RESAMPLES)
        ]

    def _resamples_of(self, inputs: tuple[int, ...], rows: Rows) -> list[Rows]:
        if inputs not in self._resampled:
            self._resampled[inputs] = [_only(rows, drawn) for drawn in self._drawn]
        return self._resampled[inputs]

    def _over_raw_inputs(self, expression: Expression, free: NDArray[np.bool_]) -> tuple[Rows, Array, Array]:
        """Rows over the inputs of the formula; raw ones and fixed constants are leaves of the program."""
        inputs = expression.variables or (0,)
        if inputs not in self._rows:
            self._rows[inputs] = _rows_over(self._shell, list(inputs))
        held = np.array(expression.constant_values)[~free]
        tokens = np.array(expression.tokens)
        for k, j in enumerate(inputs):
            tokens[np.array(expression.tokens) == -1 - j] = -1 - len(inputs) - k
        held_at = np.flatnonzero(tokens == CONSTANT)[~free]
        tokens[held_at] = -1 - 2 * len(inputs) - np.arange(len(held))
        return (
            _with_leaves(self._rows[inputs], held),
            tokens,
            np.where(tokens == CONSTANT, expression.constants, 0.0),
        )


def _rows_over(shell: Shell, inputs: list[int]) -> Rows:
    """Rows over some of the inputs, with the raw ones as parts.

    A metric maps the gradients of a formula into a space of as many dimensions as it has inputs, so that
    directions are compared there: cosines are those in the space of all inputs.
    """
    scale = shell.scale[inputs]
    raw = [
        Expression.apply("mul", Expression.variable(k), Expression.constant(float(scale[k])))
        for k in range(len(inputs))
    ]
    if shell.metric is None:
        directions, metric = shell.directions[:, inputs], None
    else:
        basis, metric = np.linalg.qr(shell.metric[:, inputs])
        directions = shell.directions @ basis
    return make_rows(shell.scaled_shell[:, inputs], directions, shell.weight, raw, metric)


def _with_leaves(rows: Rows, constants: Array) -> Rows:
    """Add leaves that have the same value in each row."""
    n_tiles, _, lanes = rows.X.shape
    n_parts, n_inputs = len(constants), rows.inputs.shape[1]
    if n_parts == 0:
        return rows
    leaves = np.broadcast_to(constants[:, None], (n_tiles, n_parts, lanes))
    return rows._replace(
        X=aligned_copy(np.concatenate([rows.X, leaves], axis=1)),
        inputs=np.concatenate([rows.inputs, np.full((n_parts, n_inputs), -1)]),
        J=aligned_copy(np.concatenate([rows.J, np.zeros((n_tiles, n_parts, n_inputs, lanes))], axis=1)),
    )


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


def _fit(rows: Rows, tokens: Array, constants: Array, work: Workspace | None = None) -> Array:
    """Constants by Levenberg–Marquardt, in the order of the program."""
    program, fitted = tokens[None].astype(np.int16), constants[None].astype(np.float64)
    work = make_workspace(rows.X.shape[1], len(tokens)) if work is None else work
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
