"""`search_directions`: arrays in, a front out."""

import warnings

import numpy as np
import pytest

from skinterpret.expressions import Expression
from skinterpret.metrics import alignment_score
from skinterpret.search import EvolutionEngine, Structure, search_directions
from skinterpret.search.structure import Finding

ELLIPSE = Expression.parse("x0**2 + 2*x1**2")


@pytest.fixture(scope="module")
def rows():
    return np.random.default_rng(0).uniform(-1, 1, (200, 2))


@pytest.fixture(scope="module")
def front(rows):
    return search_directions(rows, ELLIPSE.gradient(rows), random_state=0)


def test_the_concept_is_found(front, rows):
    fresh = np.random.default_rng(1).uniform(-1, 1, (1000, 2))
    found = front[-1].expression
    assert alignment_score(ELLIPSE.gradient(fresh), found.gradient(fresh)) > 1 - 1e-8


def test_losses_are_those_of_the_expressions(front, rows):
    for candidate in front:
        loss = 1 - alignment_score(ELLIPSE.gradient(rows), candidate.expression.gradient(rows))
        assert candidate.loss == pytest.approx(loss, abs=1e-9)


def test_rows_without_weight_are_as_good_as_none(rows):
    weight = np.r_[np.zeros(300), np.ones(200)]
    others = np.random.default_rng(1).normal(size=(300, 2))
    X, directions = np.vstack([others, rows]), np.vstack([others, ELLIPSE.gradient(rows)])
    engine = EvolutionEngine(max_evals=5_000)
    with_them, without = (
        search_directions(*data, sample_weight=each, engine=engine, structure=False, random_state=0)
        for data, each in [((X, directions), weight), ((rows, ELLIPSE.gradient(rows)), None)]
    )
    assert [(one.expression, one.loss) for one in with_them] == [
        (one.expression, one.loss) for one in without
    ]


def test_the_front_is_ordered_with_strictly_falling_loss(front):
    assert (np.diff([candidate.complexity for candidate in front]) > 0).all()
    assert (np.diff([candidate.loss for candidate in front]) < 0).all()


def test_neither_length_nor_sign_of_the_gradients_matters(rows):
    engine = EvolutionEngine(max_evals=20_000, n_islands=2)
    gradients = ELLIPSE.gradient(rows)
    fronts = [
        search_directions(rows, scale * gradients, engine=engine, random_state=0) for scale in (1.0, -4.0)
    ]
    assert [c.loss for c in fronts[0]] == pytest.approx([c.loss for c in fronts[1]], abs=1e-9)


def test_complexity_stays_within_its_limit(rows):
    engine = EvolutionEngine(max_complexity=5, max_evals=5_000, n_islands=1)
    front = search_directions(rows, ELLIPSE.gradient(rows), engine=engine, random_state=0)
    assert max(candidate.complexity for candidate in front) <= 5


@pytest.mark.parametrize(
    ("directions", "message"),
    [(np.zeros((200, 2)), "Directions are zero in 200 of 200 rows"), (np.ones((3, 2)), "has shape")],
)
def test_unusable_directions_are_refused(rows, directions, message):
    with pytest.raises(ValueError, match=message):
        search_directions(rows, directions)


def test_a_callback_may_end_the_search(rows):
    engine = EvolutionEngine(callback=lambda state: state.epoch == 2, target_loss=0.0)
    long = Expression.parse("exp(0.3*x0 - x1**2) + sin(1.3*x1 + x0*0.7)/(x0 + 2.2)")
    front = search_directions(rows, long.gradient(rows), engine=engine, random_state=0)
    assert front.stop_reason == "callback"


@pytest.fixture(scope="module")
def many_inputs():
    return np.random.default_rng(0).uniform(0.2, 2, (400, 6))


def test_a_formula_over_some_of_many_inputs_is_found_through_its_structure(many_inputs):
    truth = Expression.parse("x5*x1/(x2 - x4 + 3)")
    front = search_directions(many_inputs, truth.gradient(many_inputs), random_state=0)
    best = front[-1].expression
    assert alignment_score(truth.gradient(many_inputs), best.gradient(many_inputs)) > 1 - 1e-7
    assert set(best.variables) == {1, 2, 4, 5}


def test_an_input_that_hardly_matters_is_not_lost(many_inputs):
    truth = Expression.parse("x0**2 + x1*x2 + 0.02*x3")
    wrong = Structure(6, (Finding("irrelevant_inputs", (3, 4, 5), None, 0.01),))
    front = search_directions(many_inputs, truth.gradient(many_inputs), structure=wrong, random_state=0)
    assert 3 in front[-1].expression.variables


def test_what_is_known_beforehand_can_be_told(rows):
    part = Expression.parse("x0**2 + 2*x1**2")
    known = Structure(2, (Finding("separability", (0, 1), part, 0.0),))
    engine = EvolutionEngine(max_evals=500, n_islands=2, population_size=20, epoch_evals=250)
    gradients = Expression.parse("sin(3*x0**2 + 6*x1**2)*exp(x0**2 + 2*x1**2)").gradient(rows)
    front = search_directions(rows, np.abs(gradients) * np.sign(rows), structure=known, engine=engine)
    assert front[-1].loss < 1e-9


@pytest.mark.parametrize("left_out", [None, 2])
def test_losses_are_those_under_the_metric(left_out):
    X = np.random.default_rng(0).uniform(-1, 1, (200, 3))
    metric = np.random.default_rng(1).normal(size=(3, 3))
    gradient = Expression.parse("sin(x0) + x0*x1 + exp(x1) + 0.1*x2").gradient(X)
    structure = Structure(3, () if left_out is None else (Finding("irrelevant_inputs", (2,), None, 0.1),))
    front = search_directions(
        X,
        gradient,
        engine=EvolutionEngine(max_evals=5_000),
        structure=structure,
        metric=metric,
        random_state=0,
    )
    for candidate in front:
        loss = 1 - alignment_score(gradient @ metric.T, candidate.expression.gradient(X) @ metric.T)
        assert candidate.loss == pytest.approx(loss, abs=1e-9)


def test_a_metric_for_other_inputs_is_refused(rows):
    with pytest.raises(ValueError, match=r"metric must have shape \(2, 2\), got \(3, 3\)"):
        search_directions(rows, rows + 2, metric=np.eye(3))


@pytest.mark.parametrize("unit", [1e-50, 1e-8, 1e-7, 1e-4, 1.0, 1e4, 7e5, 1e6, 1e50])
@pytest.mark.parametrize("structure", [True, False])
def test_units_of_the_inputs_do_not_matter_to_the_trial_of_small_formulas(unit, structure):
    rows = np.random.default_rng(0).uniform(0.3, 2, (256, 3))
    gradient = np.column_stack([rows[:, 1], rows[:, 0], 2 * rows[:, 2]])  # of x0*x1 + x2**2
    front = search_directions(
        rows * unit, gradient, engine=EvolutionEngine(max_evals=50_000), structure=structure, random_state=0
    )
    assert front[-1].loss < 1e-12
    assert front[-1].complexity == Expression.parse("x0*x1 + x2**2").complexity


def test_inputs_that_do_not_vary_are_searched_over_though_no_small_formula_tells_rows_apart():
    rows = np.ones((50, 2))
    front = search_directions(rows, rows, engine=EvolutionEngine(max_evals=30_000), random_state=0)
    assert front[-1].loss < 1e-9


def masses(units):
    """Give rows and gradients of x0*x1/x2**2, in units of this size."""
    rows = np.random.default_rng(0).uniform(1, 3, (200, 3))
    gradient = Expression.parse("x0*x1/x2**2").gradient(rows)
    return rows * units, gradient / units


def test_an_input_that_swamps_the_others_is_told_of():
    engine = EvolutionEngine(max_evals=20_000)
    with pytest.warns(
        UserWarning, match="all columns but number 2 make up less than 1e-06 .*standard deviation"
    ):
        search_directions(*masses([1e24, 1e24, 1e8]), engine=engine, random_state=0)


@pytest.mark.parametrize("units", [[1.0, 1.0, 1.0], [1.0, 1.0, 100.0], [1e24, 1e24, 1e24]])
def test_inputs_that_are_seen_are_not_told_of(units):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        search_directions(*masses(units), engine=EvolutionEngine(max_evals=20_000), random_state=0)


def test_an_input_that_is_alone_swamps_nobody():
    rows = np.random.default_rng(0).uniform(1, 3, (200, 2)) * [1.0, 1e-9]
    gradient = np.column_stack([np.cos(rows[:, 0]) + 2, np.zeros(200)])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        search_directions(rows, gradient, engine=EvolutionEngine(max_evals=20_000), random_state=0)


@pytest.mark.parametrize("noise", [0.01, 0.05])
def test_noise_on_inputs_that_do_not_matter_does_not_bring_them_back(noise):
    rng = np.random.default_rng(0)
    rows = rng.uniform(-1, 1, (300, 6))
    gradient = noise * rng.normal(size=(300, 6))
    gradient[:, :2] += [2, 4] * rows[:, :2]
    engine = EvolutionEngine(max_evals=20_000)
    front = search_directions(rows, gradient, engine=engine, random_state=0)
    assert {j for found in front for j in found.expression.variables} <= {0, 1}


def test_a_small_effect_of_an_input_brings_it_back(capsys):
    rows = np.random.default_rng(0).uniform(-1, 1, (300, 3))
    gradient = Expression.parse("x0**2 + x1**2 + 0.05*x2").gradient(rows)
    engine = EvolutionEngine(max_evals=100_000, verbose=1)
    front = search_directions(rows, gradient, engine=engine, random_state=0)
    assert 2 in front[-1].expression.variables
    assert "inputs left out matter" in capsys.readouterr().err
