"""What held-back rows say of a candidate."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from skinterpret.directions import Directions, boundary_rows
from skinterpret.expressions import Expression
from skinterpret.inner_product import mapped, unit_rows
from skinterpret.metrics import alignment_score
from skinterpret.network.latents import is_of_hidden_unit
from skinterpret.network.smoothing import unsmoothed
from skinterpret.surrogates.judging.calibration import (
    IsotonicLink,
    LogisticLink,
    fit_isotonic_link,
    fit_link,
    round_threshold,
)
from skinterpret.surrogates.judging.information import (
    derivatives_by_constants,
    logistic_weights,
    standard_errors,
)
from skinterpret.surrogates.judging.levels import combined, level_among_rows, level_on_boundary

Array = NDArray[np.float64]
NEAR_BOUNDARY = 2.2  # |log-odds| up to which rows are moved onto the boundary
MOST_ROWS = 20_000  # a standard error of a tenth of a percent


@dataclass(frozen=True)
class Verdict:
    """What was measured on a candidate.

    Attributes
    ----------
    fidelity : float
        Share of the held-back rows on which it agrees with the network.
    alignment : float
        Mean |cos| between its gradient and the network's over the shell.
    link : LogisticLink
        Its link to the network's probability.
    """

    fidelity: float
    alignment: float
    link: LogisticLink


class Judge:
    """Judges expressions in raw units against one latent of a network.

    Attributes
    ----------
    X : ndarray of shape (n_held_back, n_features)
        Held-back rows, at most `MOST_ROWS`.
    weight : ndarray of shape (n_sampled,) or None
        Weight of each row of the shell where constants are fitted and concepts compared; None where all
        count alike.
    metric : ndarray of shape (n_features, n_features) or None
        By which gradients by scaled inputs are multiplied before they are compared.
    latent, probability : ndarray of shape (n_held_back,)
        The network's log-odds and probability of yes on them.

    Notes
    -----
    Thresholds are fitted to all rows, where these are given as `X_all`: what a threshold is judged by are the
    held-back ones.
    """

    def __init__(
        self,
        network: Any,
        sample: Directions,
        scale: Array,
        X_held_back: Array,
        target: Any,
        weight: Array | None = None,
        X_all: Array | None = None,
        metric: Array | None = None,
    ) -> None:
        self.weight = weight
        self.metric = metric
        self._sample = sample
        self._scale = scale
        self._network = network
        self._target = target
        self.X = X_held_back[:MOST_ROWS]
        self.latent = network.latent(self.X, target)
        self.probability = expit(self.latent)
        rows = X_held_back if X_all is None else X_all
        self._n_rows = len(rows)
        self._rows = rows[:MOST_ROWS]
        self._latent_of_rows = network.latent(self._rows, target)
        near = sample.X[np.abs(sample.latent) < NEAR_BOUNDARY]
        self._boundary = boundary_rows(network, near, target=target, scale=scale) if len(near) else near

    @property
    def n_samples(self) -> int:
        """Number of held-back rows."""
        return len(self.X)

    @property
    def by_signs(self) -> bool:
        """Whether there is one input only, so that directions are signs."""
        return bool(self.X.shape[1] == 1)

    @property
    def directions(self) -> Array:
        """The network's directions over the shell, as they are compared."""
        return self._sample.directions

    @property
    def scaled_shell(self) -> Array:
        """Rows of the shell, in scaled inputs."""
        return np.asarray(self._sample.X / self._scale)

    @property
    def in_shell(self) -> NDArray[np.bool_]:
        """Which held-back rows are as near to the boundary as the rows that show directions."""
        return np.asarray(np.abs(self.latent) <= np.abs(self._sample.latent).max())

    @property
    def scale(self) -> Array:
        """Scale of each input."""
        return self._scale

    def __call__(self, expression: Expression) -> Verdict:
        """Judge an expression in raw units."""
        values = expression(self.X)
        rising = bool(self._mean_cosine(expression) > 0)
        link = fit_link(values, self.probability, self.level(expression), rising)
        agree = (link.log_odds(values) > 0) == (self.probability > 0.5)
        fidelity = float(np.mean(agree & np.isfinite(values)))
        return Verdict(fidelity, self.alignment(expression), link)

    def round_link(self, expression: Expression) -> LogisticLink:
        """Fit the link, and round its threshold where nothing notices."""
        misfit = self._distance_of_boundaries(expression)
        error = float(self.sampling_errors(expression)[-1])
        return round_threshold(self(expression).link, expression(self.X), self.probability, misfit, error)

    def isotonic_link(self, expression: Expression) -> IsotonicLink:
        """Fit the link, round its threshold where nothing notices, and free its shape."""
        return fit_isotonic_link(self.round_link(expression), expression(self.X), self.probability)

    def level(self, expression: Expression, resample: Any = None) -> float:
        """Where the threshold lies, by the network's boundary, or a resample of it, and by its decisions."""
        on_boundary = level_on_boundary(*self._values_on_boundary(expression))
        if resample is not None:
            drawn = level_on_boundary(*self._values_on_boundary(expression, resample))
            on_boundary = on_boundary._replace(value=drawn.value)
        rising = bool(self._mean_cosine(expression) > 0)
        values = expression(self._rows)
        among_rows = level_among_rows(
            values, self._latent_of_rows, self._n_rows, on_boundary.value, rising=rising
        )
        return combined(on_boundary, among_rows)

    @property
    def n_boundary(self) -> int:
        """Number of rows on the boundary."""
        return len(self._boundary)

    def _values_on_boundary(self, expression: Expression, rows: Any = slice(None)) -> tuple[Array, Array]:
        """Values of the expression on the boundary, and weights with which their median is nearest to it.

        Distances are of first order, `|T - t| / ‖∇T‖`, so the value with the lowest mean distance
        is a weighted median.
        """
        boundary = self._boundary[rows]
        values = expression(boundary)
        with np.errstate(all="ignore"):
            steepness = np.linalg.norm(self._compared(expression.gradient(boundary)), axis=1)
        sound = np.isfinite(values) & np.isfinite(steepness) & (steepness > 0)
        return values[sound], 1 / steepness[sound]

    def _distance_of_boundaries(self, expression: Expression) -> Callable[[float], float]:
        """How far the boundary of a threshold is from the network's, on average."""
        values, weight = self._values_on_boundary(expression)
        if not len(values):
            return lambda threshold: 0.0
        return lambda threshold: float(np.mean(np.abs(values - threshold) * weight))

    def alignment(self, expression: Expression) -> float:
        """Alignment over the shell."""
        return alignment_score(self._sample.directions, self._gradient(expression))

    def alignment_on_data(self, expression: Expression, rows: NDArray[np.bool_]) -> float:
        """Alignment with the network as it is, not smoothed, over some held-back rows; NaN where none."""
        if not rows.any():
            return np.nan
        network = self._compared(unsmoothed(self._network).gradient(self.X[rows], self._target))
        return alignment_score(network, self._compared(expression.gradient(self.X[rows])))

    def agreement(self, expression: Expression, threshold: float) -> NDArray[np.bool_]:
        """On which held-back rows a candidate with this threshold agrees with the network."""
        values = expression(self.X)
        sign = 1.0 if self._mean_cosine(expression) > 0 else -1.0
        with np.errstate(invalid="ignore"):
            above = sign * (values - threshold) > 0
        return np.asarray((above == (self.probability > 0.5)) & np.isfinite(values))

    def unit_gradients(self, expression: Expression) -> Array:
        """Compute unit gradients over the shell as they are compared; zero where there is none."""
        return unit_rows(self._gradient(expression))

    def sampling_errors(self, expression: Expression) -> Array:
        """Give standard errors of the constants, and of the threshold, that few rows leave.

        They speak of other networks that as many labels would have trained; a hidden unit has no labels.
        """
        if is_of_hidden_unit(self._target):
            return np.zeros(len(expression.constant_values) + 1)
        link = self(expression).link
        weight, share = logistic_weights(self.latent, self._n_rows)
        slope = share * link.slope
        values = np.nan_to_num(expression(self.X), posinf=0.0, neginf=0.0)
        with np.errstate(over="ignore"):  # such rows are left out
            by_constants = slope * derivatives_by_constants(expression, self.X)
        by_link = np.column_stack([np.full(len(values), -slope), values - link.threshold])
        return standard_errors(np.column_stack([by_constants, by_link]), weight)[:-1]

    def _mean_cosine(self, expression: Expression) -> float:
        gradient = self._gradient(expression)
        with np.errstate(all="ignore"):
            along = np.einsum("ij,ij->i", gradient, self._sample.directions)
            return float(np.nan_to_num(along / np.linalg.norm(gradient, axis=1)).mean())

    def _gradient(self, expression: Expression) -> Array:
        return self._compared(expression.gradient(self._sample.X))

    def _compared(self, gradient: Array) -> Array:
        """Gradients as they are compared, of those by raw inputs."""
        with np.errstate(over="ignore", invalid="ignore"):
            return mapped(gradient * self._scale, self.metric)
