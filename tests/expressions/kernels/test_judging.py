"""Programs are judged by what their rows hold."""

import numpy as np
import pytest

from skinterpret.expressions import Expression
from skinterpret.expressions.compilation import entry_kernel
from skinterpret.expressions.kernels import constants as of_directions
from skinterpret.expressions.kernels import judging, label_constants
from skinterpret.expressions.kernels.labels import label_losses, make_labelled_rows
from skinterpret.expressions.kernels.matching import direction_losses, make_rows

from .programs import as_arrays, workspace

X = np.random.default_rng(0).uniform(0.2, 2, (150, 3))
TRUTH = Expression.parse("sin(1.3*x0) + x1*x2")
GRADIENT = TRUTH.gradient(X)
ROWS = {
    "directions": make_rows(X, GRADIENT / np.linalg.norm(GRADIENT, axis=1, keepdims=True)),
    "labels": make_labelled_rows(X, TRUTH(X) > np.median(TRUTH(X))),
}
LOSSES = {"directions": direction_losses, "labels": label_losses}
FITS = {"directions": of_directions.fit_programs, "labels": label_constants.fit_label_programs}
FORMULAS = [Expression.parse(text) for text in ("x0*x1", "sin(1.8*x0) + x1*x2", "3*x0 - x2/x1")]


@entry_kernel
def compiled_loss(tokens, constants, length, rows, work):
    return judging.program_loss(tokens, constants, length, rows, np.inf, work)


@entry_kernel
def compiled_fit(tokens, constants, length, rows, work):
    return judging.fit_constants(tokens, constants, length, rows, 20, work)


def judged(rows):
    losses = np.empty(len(FORMULAS))
    judging.program_losses(*as_arrays(FORMULAS), rows, workspace(3), losses)
    return losses


@pytest.mark.parametrize("kind", ROWS)
def test_rows_choose_the_loss(kind):
    expected = np.empty(len(FORMULAS))
    LOSSES[kind](*as_arrays(FORMULAS), ROWS[kind], workspace(3), expected)
    np.testing.assert_array_equal(judged(ROWS[kind]), expected)
    tokens, constants, lengths = as_arrays(FORMULAS)
    compiled = [compiled_loss(t, c, n, ROWS[kind], workspace(3)) for t, c, n in
                zip(tokens, constants, lengths, strict=True)]  # fmt: skip
    np.testing.assert_allclose(compiled, expected, rtol=1e-12)


@pytest.mark.parametrize("kind", ROWS)
def test_rows_choose_the_fit(kind):
    expected, found = np.empty((2, len(FORMULAS)))
    arrays, others = as_arrays(FORMULAS), as_arrays(FORMULAS)
    costs = FITS[kind](*arrays, ROWS[kind], 20, workspace(3), expected)
    assert judging.fit_programs(*others, ROWS[kind], 20, workspace(3), found) == costs
    np.testing.assert_array_equal(found, expected)
    np.testing.assert_array_equal(others[1], arrays[1])
    tokens, constants, lengths = as_arrays(FORMULAS)
    loss, _ = compiled_fit(tokens[1], constants[1], lengths[1], ROWS[kind], workspace(3))
    assert loss == pytest.approx(expected[1], rel=1e-9)
    assert expected[1] < judged(ROWS[kind])[1]


def test_directions_and_labels_are_judged_apart():
    wrapped = [Expression.parse("x0*x1"), Expression.parse("exp(x0*x1)")]
    losses = {kind: np.empty(2) for kind in ROWS}
    for kind, rows in ROWS.items():
        judging.program_losses(*as_arrays(wrapped), rows, workspace(3), losses[kind])
    assert losses["directions"][0] == pytest.approx(losses["directions"][1], abs=1e-12)
    assert losses["labels"][0] != pytest.approx(losses["labels"][1], abs=1e-4)
