"""Searches for one latent: what they share, and what tells them apart."""

import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils import check_random_state

from skinterpret.expressions import Expression
from skinterpret.search import Candidate, EvolutionEngine, Front
from skinterpret.surrogates.reading.searching import Found, SearchPlan, branches, in_words, search_concept


class Product:
    """A known latent, steep in raw units."""

    def latent(self, X, target=None):
        return X[:, 0] * X[:, 1] / 1000 - 1

    def gradient(self, X, target=None):
        return np.column_stack([X[:, 1], X[:, 0]]) / 1000


def found(weigh=None, **settings):
    X = np.random.default_rng(0).uniform([0.5, 500], [2, 2000], (300, 2))
    engine = EvolutionEngine(max_evals=2_000, n_islands=2, population_size=20, epoch_evals=500)
    settings = {"engine": engine, "n_searches": 2, "structure": ("separability",)} | settings
    plan = SearchPlan(target=None, delta=None, n_directions=100, feature_names=["a", "b"], **settings)
    return search_concept(Product(), X, plan, check_random_state(0), weigh)


def test_all_searches_see_the_same_rows_and_find_what_there_is():
    both = found()
    assert len(both.fronts) == 2
    for front in both.fronts:
        assert str(front[-1].expression) == "x0*x1"
        assert front[-1].loss < 1e-12
    assert both.front.evaluations == sum(front.evaluations for front in both.fronts)


def test_units_are_taken_out_of_the_search():
    scaled = found().units.rows(found().sample.X)
    assert np.abs(scaled).max() < 10
    np.testing.assert_allclose(np.linalg.norm(found().sample.directions, axis=1), 1)


def test_weights_come_from_gradients_by_the_scaled_inputs():
    seen = []

    def weigh(gradient):
        seen.append(gradient)
        return np.linalg.norm(gradient, axis=1)

    both = found(weigh)
    expected = Product().gradient(both.sample.X) * both.units.scale
    np.testing.assert_allclose(seen[0], expected)
    np.testing.assert_allclose(both.weight, np.linalg.norm(expected, axis=1))


@pytest.mark.parametrize(
    ("subject", "n_searches", "starts"),
    [
        ("", 1, ["epoch 1,"]),
        ("class 2", 1, ["class 2: epoch 1,"]),
        ("", 2, ["search 1 of 2: epoch 1,", "search 2 of 2: epoch 1,"]),
        ("output 0", 2, ["output 0, search 1 of 2: epoch 1,", "output 0, search 2 of 2: epoch 1,"]),
    ],
)
def test_lines_of_progress_begin_with_what_is_searched(capsys, subject, n_searches, starts):
    engine = EvolutionEngine(
        max_evals=600, n_islands=2, population_size=20, epoch_evals=300, operators=["+"], verbose=1
    )
    found(engine=engine, n_searches=n_searches, subject=subject, structure=())
    lines = [line for line in capsys.readouterr().err.splitlines() if "epoch 1," in line]
    assert len(lines) == n_searches
    for line, start in zip(lines, starts, strict=True):
        assert line.startswith(start)


@pytest.mark.parametrize(
    ("subject", "start"), [("", "The search was stopped"), ("class up", "class up: the search was stopped")]
)
def test_the_warning_of_a_search_that_was_stopped_names_what_was_searched(subject, start):
    engine = EvolutionEngine(max_time=1e-6, n_islands=2, population_size=20)
    with pytest.warns(ConvergenceWarning) as heard:
        found(engine=engine, n_searches=1, subject=subject, structure=())
    assert [str(one.message).startswith(f"{start} (max_time reached) after") for one in heard] == [True]


def test_the_only_search_has_the_engine_itself():
    engine = EvolutionEngine(checkpoint="search.npz")
    assert branches(engine, 1) == [engine]
    assert [each.checkpoint.name for each in branches(engine, 2)] == ["search-1.npz", "search-2.npz"]


def test_each_search_is_judged_and_all_of_them_together():
    worse, better = (Front([Candidate(Expression.parse("x0"), loss)]) for loss in (0.3, 0.2))
    table, searches = Found(None, None, None, None, None, None, [worse, better]).tables(
        lambda front: [candidate.loss for candidate in front]
    )
    assert (table, searches) == ([0.2], [[0.3], [0.2]])


def test_formulas_are_written_with_four_digits_and_the_users_names():
    assert in_words([Expression.parse("1.2345678912*x0 + x1")], ["dose", "age"]) == ["1.235*dose + age"]


def test_round_numbers_from_which_inputs_count_are_written_in_full():
    assert in_words([Expression.parse("(x0 - 1700500000)**2")], ["seconds"]) == ["(seconds - 1700500000)**2"]


@pytest.mark.parametrize("n_searches", [1, 2])
def test_the_first_search_is_the_one_that_would_have_been_alone(n_searches):
    front = found(n_searches=n_searches).fronts[0]
    assert [str(candidate.expression) for candidate in front] == [
        str(candidate.expression) for candidate in found(n_searches=1).fronts[0]
    ]


class Hidden(Product):
    """A latent whose second input matters little, though a search needs it."""

    def latent(self, X, target=None):
        return X[:, 0] + 0.07 * X[:, 1] / 1000 - 1

    def gradient(self, X, target=None):
        return np.tile([1.0, 7e-5], (len(X), 1))


def test_what_a_search_refuted_is_not_told():
    X = np.random.default_rng(0).uniform([0.5, 500], [2, 2000], (300, 2))
    engine = EvolutionEngine(max_evals=2_000, n_islands=2, population_size=20, epoch_evals=500)
    plan = SearchPlan(None, None, 100, engine, 1, ("irrelevant_inputs",), ["a", "b"])
    refuted = search_concept(Hidden(), X, plan, check_random_state(0))
    assert 1 in refuted.front[-1].expression.variables
    assert refuted.structure.findings == ()


class Differences:
    """A latent of two differences, in hundreds."""

    def latent(self, X, target=None):
        return ((X[:, 0] - X[:, 1]) / 100) ** 2 + np.exp((X[:, 1] - X[:, 2]) / 100) - 1

    def gradient(self, X, target=None):
        first, second = (X[:, 0] - X[:, 1]) / 50, np.exp((X[:, 1] - X[:, 2]) / 100)
        return np.column_stack([first, second - first, -second]) / 100


@pytest.mark.parametrize("origin", [0, 3000])
def test_combinations_of_inputs_are_told_in_raw_units(origin):
    engine = EvolutionEngine(max_evals=2_000, n_islands=2, population_size=20, epoch_evals=500)
    plan = SearchPlan(None, None, 100, engine, 1, ("linear_invariances",), ["a", "b", "c"])
    X = np.random.default_rng(0).uniform(origin - 170, origin + 170, (300, 3))
    (sentence,) = search_concept(Differences(), X, plan, check_random_state(0)).structure.sentences
    assert sentence.startswith("a, b and c enter through a - b and b - c (all but")
