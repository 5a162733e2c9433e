"""Figures that every formula gets."""

from __future__ import annotations

import numpy as np
import pytest

from skinterpret.expressions import Expression
from skinterpret.inner_product import unit_rows
from skinterpret.surrogates.judging.figures import (
    agreement_of_neighbours,
    box_in_words,
    checked_box,
    objections,
    same_concept,
    share_of_same_choices,
)


def test_parallel_gradients_are_the_same_concept_whatever_their_sign():
    rows = np.random.default_rng(0).uniform(1, 2, (50, 2))
    texts = ["x0*x1", "0 - log(x0*x1)", "x0 + x1"]
    units = np.array([unit_rows(Expression.parse(text).gradient(rows)) for text in texts])
    np.testing.assert_array_equal(same_concept(units, 0), [True, True, False])
    np.testing.assert_array_equal(same_concept(units, 2), [False, False, True])


def test_rows_without_weight_do_not_tell_concepts_apart():
    units = np.array([[[1.0, 0.0], [1.0, 0.0]], [[1.0, 0.0], [0.0, 1.0]]])
    np.testing.assert_array_equal(same_concept(units, 0), [True, False])
    np.testing.assert_array_equal(same_concept(units, 0, np.array([1.0, 0.0])), [True, True])


def test_the_chosen_candidate_is_itself_even_where_it_has_no_gradient():
    np.testing.assert_array_equal(same_concept(np.zeros((2, 3, 2)), 1), [False, True])


def test_a_choice_that_follows_one_row_is_as_stable_as_that_row_is_frequent():
    """A bootstrap resample holds a given row with probability 1 - (1 - 1/n)**n."""

    def share(seed):
        return share_of_same_choices(
            lambda rows, shell: int(0 in rows), np.array([False, True]), n_rows=20, n_shell=5, seed=seed
        )

    shares = [share(seed) for seed in range(30)]
    assert np.mean(shares) == pytest.approx(1 - 0.95**20, abs=0.03)
    assert share(3) == shares[3]


def test_directions_of_a_smooth_field_agree_and_random_ones_do_not():
    rng = np.random.default_rng(0)
    rows = rng.uniform(-1, 1, (1000, 2))
    noisy = unit_rows(rng.normal(size=(1000, 2)))
    assert agreement_of_neighbours(rows, unit_rows(rows - 2)).mean() > 0.999
    assert abs(agreement_of_neighbours(rows, noisy).mean()) < 0.1
    noisy[rows[:, 0] > 0] = [1.0, 0.0]
    np.testing.assert_allclose(agreement_of_neighbours(rows, noisy)[rows[:, 0] > 0.3], 1)


def test_the_box_is_that_of_the_inputs_in_the_formula():
    rows = np.array([[0.0, 5.0, 1.0], [2.0, 6.0, -1.0]])
    box = checked_box(rows, Expression.parse("x0*x2"), ["a", "b", "c"])
    assert box.loc["a"].tolist() == [0, 2]
    assert box.loc["c"].tolist() == [-1, 1]
    assert box_in_words(box) == "Checked for a in [0, 2], c in [-1, 1]."
    assert box_in_words(checked_box(rows, Expression.constant(1.0), ["a", "b", "c"])) == ""


def test_objections_are_those_that_hold():
    checks = {"The rows are few.": True, "The sky is green.": False}
    fine = {"alignment": 1.0, "stability": 1.0, "repeatability": 1.0}
    assert objections(checks, **fine) == ("The rows are few.",)
    assert objections({}, alignment=0.9, stability=0.5, repeatability=0.5) == ()
    assert objections({}, **(fine | {"repeatability": np.nan})) == ()  # one search only
    assert len(objections(checks, alignment=0.89, stability=0.49, repeatability=0.49)) == 4
