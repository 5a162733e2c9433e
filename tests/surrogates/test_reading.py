"""Reading a latent: candidates are judged on rows that the search has not seen."""

import numpy as np
import pytest
from sklearn.utils import check_random_state

from skinterpret.expressions import Expression
from skinterpret.search import Candidate, Engine, Front
from skinterpret.surrogates.reading import read_latent
from skinterpret.surrogates.searching import SearchPlan


class GivenFront(Engine):
    """An engine that has its answer ready."""

    def __init__(self, formulas=()):
        self.formulas = formulas

    def validate(self):
        pass

    def search(self, X, directions, sample_weight, seed, parts=()):
        self.seen_ = X
        candidates = [Candidate(Expression.parse(text), loss) for text, loss in self.formulas]
        return Front(candidates)


class Cubic:
    """A known latent: (x0**2 + 2*x1**2 - 1)**3 + the same, rising."""

    def latent(self, X, target=None):
        g = X[:, 0] ** 2 + 2 * X[:, 1] ** 2 - 1
        return g**3 + g

    def gradient(self, X, target=None):
        g = X[:, 0] ** 2 + 2 * X[:, 1] ** 2 - 1
        return (3 * g**2 + 1)[:, None] * np.column_stack([2 * X[:, 0], 4 * X[:, 1]])


def plan_for(engine, **settings):
    settings = {"n_directions": 100, "structure": (), "feature_names": ["a", "b"]} | settings
    return SearchPlan(target=None, delta=1e-4, engine=engine, n_searches=1, **settings)


def read(formulas, X=None, **settings):
    X = np.random.default_rng(0).uniform(-1, 1, (2000, 2)) if X is None else X
    engine = GivenFront(formulas)
    plan = plan_for(engine, **settings)
    return engine, read_latent(Cubic(), X[:1500], X[1500:], plan, check_random_state(0))


FORMULAS = [("x0", 0.5), ("x0**2 + x1**2", 0.1), ("x0**2 + 2*x1**2", 1e-9)]


def test_the_truth_is_chosen_with_its_threshold():
    reading = read(FORMULAS)[1].answer("knee", "logistic", seed=0)
    assert reading.expression.to_text(["a", "b"]) == "a**2 + 2*b**2"
    assert reading.link.threshold == pytest.approx(1, abs=0.02)
    assert reading.link.slope > 0


def test_a_falling_formula_gets_a_falling_link():
    reading = read([("-(x0**2) - 2*x1**2 + x0*0", 1e-9)])[1].answer("knee", "logistic", seed=0)
    values = reading.expression(np.array([[0.0, 0.0], [1.0, 1.0]]))
    assert (reading.link.log_odds(values) > 0).tolist() == [False, True]


def test_the_table_holds_what_was_measured_on_held_back_rows():
    X = np.random.default_rng(0).uniform(-1, 1, (2000, 2))
    _, reading = read(FORMULAS, X)
    table = reading.table
    held_back = X[1500:]
    for _, row in table.iterrows():
        values = row["expression"](held_back)
        network = Cubic().latent(held_back) > 0
        agreement = max(((values > row["threshold"]) == side).mean() for side in (network, ~network))
        assert row["fidelity"] == pytest.approx(agreement)
    assert table["alignment"].iloc[-1] == pytest.approx(1)
    assert reading.answer("knee", "logistic", seed=0).position == 2
    assert table["formula"].iloc[-1] == "a**2 + 2*b**2"


def test_the_engine_sees_like_sized_inputs_and_the_user_raw_ones():
    X = np.random.default_rng(0).uniform(-1, 1, (2000, 2)) * [1, 1000]

    class Stretched(Cubic):
        def latent(self, X, target=None):
            return super().latent(X / [1, 1000])

        def gradient(self, X, target=None):
            return super().gradient(X / [1, 1000]) / [1, 1000]

    engine = GivenFront(FORMULAS)
    reading = read_latent(Stretched(), X[:1500], X[1500:], plan_for(engine), check_random_state(0))
    assert np.abs(engine.seen_).max() < 5
    expression = reading.answer("knee", "logistic", seed=0).expression
    ratio = expression(np.array([[1.0, 0.0]])) / expression(np.array([[0.0, 1000.0]]))
    assert ratio == pytest.approx(0.5, rel=1e-3)


def test_a_formula_that_is_undefined_on_some_rows_loses_fidelity_there():
    _, reading = read([("sqrt(x0) + x1**2", 0.1), ("x0**2 + 2*x1**2", 1e-9)])
    assert reading.table["fidelity"].iloc[0] < 0.6
