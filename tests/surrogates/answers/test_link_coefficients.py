"""The constants of a regressor's formula that its concept does not hold."""

from types import SimpleNamespace

import numpy as np
import pytest

from skinterpret.expressions import Expression
from skinterpret.surrogates.answers.link_coefficients import value_coefficients
from skinterpret.surrogates.formulas.composition import compose
from skinterpret.surrogates.reading.links import ValueLink
from skinterpret.surrogates.reading.values import ValueAnswer, ValueJudge

ROWS = np.random.default_rng(0).uniform(0.5, 2, (900, 2))


def judge_of(truth, error=0.0):
    """Everything of a network that is a formula, with an error as smooth as a network's."""
    formula = Expression.parse(truth)
    shell = ROWS[:300]
    gradient = formula.gradient(shell)
    sample = SimpleNamespace(X=shell, directions=gradient / np.linalg.norm(gradient, axis=1, keepdims=True))
    values = formula(ROWS) + error * np.sin(7 * ROWS.sum(axis=1))
    return ValueJudge(sample, np.ones(300), np.ones(2), ROWS, values)


def coefficients(truth, concept, link, error=0.01, seed=0):
    concept, phi = Expression.parse(concept), Expression.parse(link)
    answer = ValueAnswer(0, concept, compose(phi, concept, ROWS), 0.0)
    return value_coefficients(judge_of(truth, error), answer, ValueLink("", phi, 0.0), seed)


def test_a_constant_of_the_link_has_a_row_where_the_concept_has_none():
    table = coefficients("0.4987*x0*x1**2", "x0*x1**2", "0.5*x0")
    assert list(table.index) == ["phi1"]
    assert table.loc["phi1", "value"] == 0.5
    assert table.loc["phi1", "low"] < 0.4987 < table.loc["phi1", "high"]
    assert table.loc["phi1", "snapped_from"] == pytest.approx(0.4987, abs=0.002)


def test_each_number_of_the_printed_formula_has_a_row():
    """`3*(x0 + 2*x1) + 1.2` is printed with a 6, which neither the concept nor the link holds."""
    table = coefficients("3*(x0 + 2*x1**2) + 1.2", "x0 + 2*x1**2", "3*x0 + 1.2")
    assert set(table.index[:3]) == {"c1", "phi1", "phi2"}
    assert sorted(table.loc[table.index.str.startswith("formula"), "value"]) == pytest.approx([1.2, 3, 6])
    assert (table["low"] < table["value"]).all()
    assert (table["value"] < table["high"]).all()


def test_a_formula_that_shows_the_constants_as_they_are_repeats_none():
    table = coefficients("3*exp(x0 + 1.7*x1)", "x0 + 1.7*x1", "3*exp(x0)")
    assert list(table.index) == ["c1", "phi1"]


def test_intervals_grow_with_what_the_formula_leaves_open():
    near, far = (coefficients("3*x0*x1 + 1", "x0*x1", "3*x0 + 1", error) for error in (0.01, 0.1))
    ratio = (far["high"] - far["low"]) / (near["high"] - near["low"])
    np.testing.assert_allclose(ratio, 10, rtol=0.05)


def test_constants_inside_of_a_link_have_intervals():
    table = coefficients("exp(-1.3*x0*x1) + 0.2", "x0*x1", "exp(-1.3*x0) + 0.2")
    values = table["value"].abs()
    assert sorted(values) == pytest.approx([0.2, 1.3])
    assert (table["high"] - table["low"] < 0.5 * values).all()
    assert table["snapped_from"].isna().all()


def test_the_doubt_about_the_concept_is_in_the_interval_of_the_link():
    """A wave of the concept that directions see, and no value: the link pays for it."""
    judge = judge_of("3*(x0 + 2*x1)")
    turned = judge.directions + 0.1 * np.sin(9 * ROWS[:300]) * [1, -1]
    judge._sample.directions = turned / np.linalg.norm(turned, axis=1, keepdims=True)
    concept, phi = Expression.parse("x0 + 2*x1"), Expression.parse("3*x0")
    answer = ValueAnswer(0, concept, compose(phi, concept, ROWS), 0.0)
    doubtful = value_coefficients(judge, answer, ValueLink("", phi, 0.0), 0)
    sure = coefficients("3*(x0 + 2*x1)", "x0 + 2*x1", "3*x0", error=0.0)
    width = [table.loc["phi1", "high"] - table.loc["phi1", "low"] for table in (doubtful, sure)]
    assert width[0] > 10 * width[1]


def test_where_the_concept_is_not_defined_nothing_is_fitted():
    table = coefficients("2*log(x0)", "log(x0 - 1)", "2*x0")
    assert np.isfinite(table.to_numpy()[:, :3]).all()


def test_a_formula_without_constants_has_an_empty_table():
    table = coefficients("x0*x1", "x0*x1", "x0")
    assert table.empty
    assert list(table.columns) == ["value", "low", "high", "snapped_from"]


def test_the_same_seed_gives_the_same_intervals():
    first, second = (coefficients("3*x0*x1 + 1", "x0*x1", "3*x0 + 1") for _ in range(2))
    assert first.equals(second)


def test_an_interval_holds_the_value_that_was_rounded():
    """Where the formula is the network, intervals are narrower than the digits that are kept."""
    table = coefficients("0.50859638*(x0 + 2.34*x1**2) + 0.25", "x0 + 2.34*x1**2", "0.50859668*x0 + 0.25", 0)
    assert table.loc["phi1", "value"] == 0.50859668
    assert (table["low"] <= table["value"]).all()
    assert (table["value"] <= table["high"]).all()
