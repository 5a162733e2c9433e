"""Reading values: concepts are canonical as far as their links make up for what was stripped."""

import numpy as np
import pytest
from sklearn.utils import check_random_state

from skinterpret.expressions import Expression
from skinterpret.search import Candidate, Engine, Front
from skinterpret.surrogates.reading.searching import SearchPlan
from skinterpret.surrogates.reading.values import read_values

X = np.random.default_rng(0).uniform(-1, 1, (1200, 2))
ELLIPSE = Expression.parse("x0**2 + 2*x1**2")


class GivenFront(Engine):
    """An engine that has its answer ready."""

    def __init__(self, formulas=()):
        self.formulas = formulas

    def validate(self):
        pass

    def search(self, X, directions, sample_weight, seed, parts=()):
        return Front([Candidate(Expression.parse(text), loss) for text, loss in self.formulas])


class Known:
    """A network whose only output is a formula."""

    def __init__(self, formula):
        self.formula = formula

    def latent(self, X, target=None):
        return self.formula(X)

    def gradient(self, X, target=None):
        return self.formula.gradient(X)


def read(values, *formulas, rows=X):
    network = Known(Expression.parse(values))
    plan = SearchPlan(None, None, 100, GivenFront(formulas), 1, (), ["a", "b"])
    return read_values(network, rows[:800], rows[800:], plan, network.latent, check_random_state(0))


@pytest.mark.parametrize(
    "wrapped", ["exp({})", "-3*({}) + 1", "1/({} + 1)", "log({} + 0.5)", "({} + 1)**2", "2 - exp(-({}))"]
)
def test_what_the_link_can_do_is_stripped(wrapped):
    reading = read(f"exp(-({ELLIPSE}))", ("x0", 0.5), (wrapped.format(ELLIPSE), 1e-9))
    table = reading.table
    assert table["expression"].tolist() == [Expression.variable(0), ELLIPSE]
    assert table["complexity"].tolist() == [1, ELLIPSE.complexity]
    assert table["formula"].iloc[-1] == "a**2 + 2*b**2"
    assert table["fidelity"].iloc[-1] > 0.9999
    assert len(reading.front) == 2
    assert reading.front[-1].complexity > ELLIPSE.complexity  # what the engine gave
    answer, link = reading.answer("knee", seed=0)
    np.testing.assert_allclose(answer.predict(X), np.exp(-ELLIPSE(X)), atol=1e-3)
    np.testing.assert_allclose(link(answer.concept(X)), answer.predict(X), atol=1e-9)


def test_what_no_link_can_do_stays():
    """Three bends in a row, which rise all the time."""
    bent = "x0 + x1 + 0.24*sin(4*(x0 + x1))"
    steep = f"exp(5*({bent}))*({bent} + 3)"
    reading = read(f"1 + 2*tanh({steep})", ("x0", 0.5), (steep, 1e-9))
    plane = Expression.parse("x0 + x1")
    assert reading.table["complexity"].iloc[-1] > plane.complexity
    assert reading.table["fidelity"].iloc[-1] > reading.judge.link(plane)[1]


def test_a_function_that_is_not_monotone_stays():
    reading = read("(x0 + x1)**2", ("(x0 + x1)**2", 1e-9))
    assert reading.table["formula"].tolist() == ["(a + b)**2"]
    far = read("(x0 + x1)**2", ("(x0 + x1)**2", 1e-9), rows=X + 2)
    assert far.table["formula"].tolist() == ["a + b"]


def test_candidates_that_become_one_concept_become_one_row():
    reading = read("exp(x0 + x1)", ("x0 + x1", 2e-9), ("exp(x0 + x1)", 1e-9))
    assert reading.table["formula"].tolist() == ["a + b"]


class Rough(Known):
    """A network whose gradients have errors that its values do not have."""

    def gradient(self, X, target=None):
        return super().gradient(X) + 0.1 * np.column_stack([np.sin(60 * X[:, 1]), np.cos(55 * X[:, 0])])


@pytest.mark.parametrize(("constant", "rounded"), [(1.99, 2.0), (1.85, 1.85)])
def test_constants_of_a_concept_become_round_where_values_do_not_contradict_it(constant, rounded):
    network = Rough(Expression.parse(f"3*(x0**2 + {constant}*x1**2) + 0.05*sin(50*x0)"))
    engine = GivenFront([(f"x0**2 + {constant}*x1**2", 1e-3)])
    plan = SearchPlan(None, None, 100, engine, 1, (), ["a", "b"])
    reading = read_values(network, X[:800], X[800:], plan, network.latent, check_random_state(0))
    answer, _ = reading.answer("knee", seed=0)
    assert answer.concept.constant_values == pytest.approx((rounded,), abs=0.0 if rounded == 2 else 0.1)
