"""The constants of a rule as parameters."""

import warnings
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from sklearn.exceptions import ConvergenceWarning
from sklearn.frozen import FrozenEstimator
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skinterpret import SymbolicSurrogate, SymbolicSurrogateRegressor
from skinterpret.expressions import Expression
from skinterpret.search import EvolutionEngine
from skinterpret.surrogates.answers.coefficients import coefficient_table, concept_coefficients
from skinterpret.surrogates.reading.latents import Answer


def test_each_constant_and_the_threshold_have_an_interval(ellipse_surrogate):
    table = ellipse_surrogate.coefficients_
    assert list(table.index) == ["c1", "threshold"]
    np.testing.assert_allclose(table["value"][:-1], ellipse_surrogate.formula_.constant_values)
    assert table.loc["threshold", "value"] == ellipse_surrogate.threshold_
    assert (table["low"] < table["value"]).all()
    assert (table["value"] < table["high"]).all()
    assert (table["low"] < table["snapped_from"]).all()
    assert (table["snapped_from"] < table["high"]).all()


def test_snapped_from_is_what_fits_best(ellipse_surrogate):
    table, judge = ellipse_surrogate.coefficients_, ellipse_surrogate._readings[0].judge

    def loss(value):
        return 1 - judge.alignment(ellipse_surrogate.formula_.with_constants([value]))

    best = table.loc["c1", "snapped_from"]
    assert loss(best) <= min(loss(2.0), loss(best * 1.01), loss(best / 1.01))


def test_snapped_from_is_on_the_scale_of_the_printed_numbers(ellipse_surrogate):
    """Fitted at once, two constants of which only the ratio counts go anywhere."""
    judge = ellipse_surrogate._readings[0].judge
    expression = Expression.parse("100*x0**2 + 200.5*x1**2")
    link = replace(judge.round_link(expression), threshold=100.0)
    table = coefficient_table(judge, Answer(0, expression, link), seed=0)
    ratio = ellipse_surrogate.coefficients_.loc["c1", "snapped_from"]
    assert ratio == pytest.approx(2.0, abs=0.1)
    assert table.loc["c2", "snapped_from"] == pytest.approx(100 * ratio, rel=1e-3)
    assert table.loc["c1", "snapped_from"] == pytest.approx(200.5 / ratio, rel=1e-3)
    assert table.loc["threshold", "snapped_from"] == judge.level(expression)


def test_intervals_follow_the_units_of_the_inputs(ellipse):
    """With x2 in thousandths its coefficient is a million times smaller, and so are both bounds."""
    tables = []
    for unit in (1.0, 1000.0):
        X = ellipse.data * [1.0, unit]
        network = make_pipeline(StandardScaler(), MLPClassifier((20,), activation="tanh", random_state=0))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            network.fit(X, ellipse.target)
        reading = SymbolicSurrogate(
            FrozenEstimator(network),
            engine=EvolutionEngine(operators=["+", "*", "square"], max_evals=20_000, n_islands=2),
            random_state=0,
        ).fit(X)
        formula = Expression.parse(f"x0**2 + {2 / unit**2}*x1**2")
        judge = reading._readings[0].judge
        answer = Answer(0, formula, judge.round_link(formula))
        tables.append(coefficient_table(judge, answer, seed=0))
    near, far = (table.loc["c1", ["low", "high"]].to_numpy(dtype=float) for table in tables)
    np.testing.assert_allclose(far * 1e6, near, rtol=0.02)


def test_the_same_seed_gives_the_same_intervals(ellipse_surrogate):
    pd.testing.assert_frame_equal(ellipse_surrogate.coefficients_, ellipse_surrogate.coefficients_)


def test_without_constants_only_the_threshold_is_left(ellipse_surrogate):
    judge = ellipse_surrogate._readings[0].judge
    formula = Expression.parse("x0**2 + x1**2")
    table = coefficient_table(judge, Answer(0, formula, judge.round_link(formula)), seed=0)
    assert list(table.index) == ["threshold"]
    assert table["low"].item() < table["high"].item()


@pytest.fixture(scope="module")
def two_formulas():
    X = np.random.default_rng(0).uniform(-1, 1, (1500, 2))
    y = np.exp(X[:, 0] + 1.37 * X[:, 1])
    network = MLPRegressor(
        hidden_layer_sizes=(15,), activation="tanh", solver="lbfgs", max_iter=500, random_state=0
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        network.fit(X, np.column_stack([y, X[:, 0] * X[:, 1]]))
    engine = EvolutionEngine(max_evals=10_000, n_islands=2, max_complexity=8)
    return SymbolicSurrogateRegressor(FrozenEstimator(network), engine=engine, random_state=0).fit(X)


class TestConcepts:
    """Constants of a formula for values."""

    def test_there_is_a_table_for_each_output(self, two_formulas):
        plane, product = two_formulas.coefficients_
        assert plane.index[0] == "c1"
        assert list(plane.columns) == ["value", "low", "high", "snapped_from"]
        assert plane.index.name == "name"
        assert plane["value"].tolist()[:1] == list(two_formulas.concept_[0].constant_values)
        assert plane.loc["c1", "low"] < 1.37 < plane.loc["c1", "high"]
        assert not product.index.str.startswith("c").any()
        assert list(product.columns) == list(plane.columns)

    def test_one_formula_has_one_table(self, two_formulas):
        judge, concept = two_formulas._readings[0].judge, two_formulas.concept_[0]
        table = concept_coefficients(judge, concept, two_formulas._trust_seed)
        pd.testing.assert_frame_equal(table, two_formulas.coefficients_[0].iloc[:1])

    def test_a_constant_that_is_not_round_was_snapped_from_nothing(self, two_formulas):
        judge, concept = two_formulas._readings[0].judge, two_formulas.concept_[0]
        assert np.isnan(
            concept_coefficients(judge, concept.with_constants([1.37]), 0).loc["c1", "snapped_from"]
        )

    def test_snapped_from_is_what_fits_best(self, two_formulas):
        judge, concept = two_formulas._readings[0].judge, two_formulas.concept_[0]
        best = concept_coefficients(judge, concept.with_constants([1.5]), 0).loc["c1", "snapped_from"]

        def loss(value):
            return 1 - judge.alignment(concept.with_constants([value]))

        assert loss(best) <= min(loss(best * 1.001), loss(best / 1.001), loss(1.5))

    def test_rows_without_weight_have_no_say(self, two_formulas):
        """Half of the directions are turned round, and given no weight."""
        judge, concept = two_formulas._readings[0].judge, two_formulas.concept_[0]
        half = np.arange(len(judge.weight)) % 2 == 0
        weight = np.where(half, judge.weight, 0.0)
        turned = np.where(half[:, None], judge.directions, judge.directions[:, ::-1] * [1, -1])
        shells = [
            SimpleNamespace(
                directions=d,
                scaled_shell=judge.scaled_shell,
                weight=weight,
                scale=judge.scale,
                metric=judge.metric,
                sampling_errors=judge.sampling_errors,
            )
            for d in (judge.directions, turned)
        ]
        tables = [concept_coefficients(shell, concept, seed=0) for shell in shells]
        pd.testing.assert_frame_equal(*tables)
