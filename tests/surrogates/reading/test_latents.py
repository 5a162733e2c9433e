"""Reading a latent: candidates are judged on rows that the search has not seen."""

import numpy as np
import pytest
from sklearn.utils import check_random_state

from skinterpret.expressions import Expression
from skinterpret.search import Candidate, Engine, Front
from skinterpret.surrogates.judging.levels import level_among_rows
from skinterpret.surrogates.reading.latents import read_latent
from skinterpret.surrogates.reading.searching import SearchPlan


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


class Overshooting:
    """A latent of one input, x0**2 - 1 next to its boundary, that falls again where the data end."""

    def latent(self, X, target=None):
        x = np.abs(X[:, 0])
        return 8 * np.where(x < 1.5, np.tanh(4 * (x**2 - 1)), 1 - 0.02 * (x - 1.5))

    def gradient(self, X, target=None):
        x, side = np.abs(X), np.sign(X)
        return 8 * side * np.where(x < 1.5, 8 * x / np.cosh(4 * (x**2 - 1)) ** 2, -0.02)


def test_on_a_line_rows_that_stop_where_the_data_end_count_once():
    """Hundreds of artificial rows end at the outermost two points, where this latent has turned round."""
    X = np.random.default_rng(0).normal(size=(500, 1)).clip(-2.5, 2.5)
    engine = GivenFront([("x0**2", 0.05), ("x0*sin(x0)", 0.04), ("sin(0.25*x0**2)", 0.0)])
    plan = plan_for(engine, feature_names=["a"])
    reading = read_latent(Overshooting(), X[:350], X[350:], plan, check_random_state(0))
    rows = reading.judge.scaled_shell[:, 0]
    assert np.unique(rows, return_counts=True)[1].max() < 0.02 * len(rows)
    answer = reading.answer("knee", "logistic", seed=0)
    assert answer.expression.to_text(["a"]) == "a**2"
    assert reading.table["alignment"][0] > 0.9


FORMULAS = [("x0", 0.5), ("x0**2 + x1**2", 0.1), ("x0**2 + 2*x1**2", 1e-9)]


def test_a_function_around_a_term_goes_where_the_term_alone_fits_as_well():
    front = [("exp(0.2*x0**2) + 0.4*x1**2", 1e-3)]
    assert read(front)[1].answer("knee", "logistic", seed=0).expression.to_text(["a", "b"]) == "a**2 + 2*b**2"


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


class Shifted(Cubic):
    """The same, of inputs in other units: kelvins and years."""

    scale, centre = np.array([9.81, 10.0]), np.array([293.15, 2000.0])

    def latent(self, X, target=None):
        return super().latent((X - self.centre) / self.scale)

    def gradient(self, X, target=None):
        return super().gradient((X - self.centre) / self.scale) / self.scale


def test_inputs_with_an_offset_give_the_same_rule_about_their_centre():
    X = np.random.default_rng(0).uniform(-1, 1, (2000, 2)) * Shifted.scale + Shifted.centre
    engine = GivenFront([("x0", 0.5), ("x0**2 + x1**2", 0.1), ("x0**2 + 1.9*x1**2", 1e-3)])
    plan = plan_for(engine)
    reading = read_latent(Shifted(), X[:1500], X[1500:], plan, check_random_state(0))
    assert np.abs(engine.seen_).max() < 5
    answer = reading.answer("knee", "logistic", seed=0)
    np.testing.assert_allclose(answer.expression.gradient([Shifted.centre]), 0, atol=0.05)
    moved = answer.expression(X) / answer.link.threshold
    g = ((X - Shifted.centre) / Shifted.scale) ** 2 @ [1, 2]
    np.testing.assert_allclose(moved, g, atol=0.05)


def test_candidates_with_an_offset_count_its_constants():
    X = np.random.default_rng(0).uniform(-1, 1, (2000, 2)) * Shifted.scale + Shifted.centre
    engine = GivenFront([("x0**2 + 1.9*x1**2", 1e-3)])
    reading = read_latent(Shifted(), X[:1500], X[1500:], plan_for(engine), check_random_state(0))
    assert [candidate.complexity for candidate in reading.candidates] == sorted(reading.table["complexity"])
    last = reading.candidates[-1]
    assert len(last.expression.constant_values) == 3
    assert last.loss < 1e-6 < 1e-3


def test_the_table_has_canonical_forms_and_addresses_them_by_their_complexity():
    _, reading = read([("x0", 0.5), ("exp(x0**2 + x1**2)", 0.1), ("1 - 3*(x0**2 + 2*x1**2)**2", 1e-9)])
    assert reading.table["formula"].tolist() == ["a", "a**2 + b**2", "a**2 + 2*b**2"]
    assert reading.table["complexity"].tolist() == [e.complexity for e in reading.table["expression"]]
    assert str(reading.front[-1].expression) == "1 - 3*(x0**2 + 2*x1**2)**2"
    assert reading.answer(5, "logistic", seed=0).position == 1


class Growing:
    """exp((x0 - 300)/10 - x1) - x1, whose offset must not end in a factor of exp(30)."""

    def latent(self, X, target=None):
        return np.exp((X[:, 0] - 300) / 10 - X[:, 1]) - X[:, 1]

    def gradient(self, X, target=None):
        growth = np.exp((X[:, 0] - 300) / 10 - X[:, 1])
        return np.column_stack([growth / 10, -growth - 1])


def test_an_offset_within_an_exponential_stays_there():
    X = np.random.default_rng(0).uniform(-1, 1, (2000, 2)) * [10, 1] + [300, 0]
    engine = GivenFront([("exp(x0 - x1) - 1.1*x1", 1e-3)])
    reading = read_latent(Growing(), X[:1500], X[1500:], plan_for(engine), check_random_state(0))
    answer = reading.answer("knee", "logistic", seed=0)
    assert max(abs(value) for value in answer.expression.constant_values) < 100
    assert reading.judge.alignment(answer.expression) > 1 - 1e-4


class Rough:
    """A latent that decides by a formula, and whose directions are those of it with errors."""

    def __init__(self, formula, threshold):
        self.formula, self.threshold = Expression.parse(formula), threshold

    def latent(self, X, target=None):
        return 20 * (self.formula(X) - self.threshold)

    def gradient(self, X, target=None):
        errors = 0.4 * np.column_stack([np.sin(60 * X[:, 1]), np.cos(55 * X[:, 0])])
        return 20 * (self.formula.gradient(X) + errors)


def rule_of(network, formula, n_rows):
    X = np.random.default_rng(1).uniform(-1, 1, (n_rows, 2))
    plan = plan_for(GivenFront([(formula, 0.05)]))
    return read_latent(network, X[:1000], X[1000:], plan, check_random_state(0)).answer("knee", "logistic", 0)


@pytest.mark.parametrize(("n_rows", "stays"), [(1040, False), (9000, True)])
def test_a_term_that_directions_do_not_tell_stays_where_decisions_do(n_rows, stays):
    rule = rule_of(Rough("x0 + 0.12*x1", 0.3), "x0 + 0.12*x1", n_rows)
    assert (1 in rule.expression.variables) == stays


@pytest.mark.parametrize(("n_rows", "is_rounded"), [(1040, True), (9000, False)])
def test_a_constant_that_directions_leave_open_is_not_rounded_where_decisions_tell_it(n_rows, is_rounded):
    rule = rule_of(Rough("x0 + 1.44*x1**2", 0.5), "x0 + 1.44*x1**2", n_rows)
    along, across = rule.expression.gradient([[0.0, 0.5]])[0]
    assert (abs(across / along - 1.44) > 0.05) == is_rounded


def test_all_rows_have_a_say_in_the_threshold():
    """Of x0 the boundary of x0 + x1**2 has all values from 0.5 down, and rows of small x1 tell of 0.5."""
    rng = np.random.default_rng(0)
    X = np.column_stack([rng.uniform(-1, 1, 3000), rng.choice([0.05, 0.9], p=[0.9, 0.1], size=3000)])
    few = X[X[:, 1] > 0.5][:100]
    plan = plan_for(GivenFront([("x0", 0.05)]))
    network, formula = Rough("x0 + x1**2", 0.5), Expression.parse("x0")
    alone = read_latent(network, few, few, plan, check_random_state(0)).judge.level(formula)
    among_all = read_latent(network, X, few, plan, check_random_state(0)).judge.level(formula)
    assert alone == pytest.approx(-0.3, abs=0.1)
    assert among_all > 0.4


def test_boundary_and_rows_are_weighed():
    rng = np.random.default_rng(0)
    X = rng.uniform(-1, 1, (3000, 2))
    network, formula = Rough("x0 + x1 + x1**2", 0.5), Expression.parse("x0")
    judge = read_latent(network, X, X, plan_for(GivenFront([("x0", 0.05)])), check_random_state(0)).judge
    rows = level_among_rows(X[:, 0], network.latent(X), 6000, 0.0, rising=True)
    assert judge.level(formula) == pytest.approx(rows.value, abs=rows.error)
    drawn = {judge.level(formula, rng.integers(judge.n_boundary, size=9)) for _ in range(5)}
    assert len(drawn) > 1


class Mass:
    """log(x0) - 2*log(x1) above a threshold: the concept of a body-mass index."""

    def latent(self, X, target=None):
        return 20 * (np.log(X[:, 0]) - 2 * np.log(X[:, 1]))

    def gradient(self, X, target=None):
        return 20 * np.column_stack([1 / X[:, 0], -2 / X[:, 1]])


@pytest.mark.parametrize("selection", ["knee", 4])
def test_products_that_are_one_concept_come_back_as_one_formula(selection):
    X = np.random.default_rng(0).uniform(0.5, 2, (2000, 2))
    said = Mass().latent(X) > 0
    for text in ("x0/x1**2", "x1**2/x0", "sqrt(x0)/x1", "x1/sqrt(x0)"):
        engine = GivenFront([("x0", 0.3), (text, 1e-9)])
        reading = read_latent(Mass(), X[:1500], X[1500:], plan_for(engine), check_random_state(0))
        answer = reading.answer(selection, "logistic", seed=0)
        assert answer.expression.to_text(["a", "b"]) == "a/b**2"
        assert reading.candidates[-1].loss == 1e-9
        assert ((answer.link.log_odds(answer.expression(X)) > 0) == said).mean() > 0.995
