import numpy as np
import pandas as pd
import pytest

from skinterpret.surrogates.judging.selection import choose

FRONT = pd.DataFrame(
    {
        "complexity": [1, 5, 9, 20],
        "alignment": [0.7, 0.9, 0.9999, 0.99991],
        "fidelity": [0.7, 0.85, 0.99, 0.992],
    }
)


def test_the_knee_is_where_more_complexity_stops_paying():
    assert choose(FRONT, "knee", 1000) == 2


def test_the_knee_never_gives_away_fidelity():
    table = FRONT.assign(fidelity=[0.7, 0.85, 0.9, 0.992])
    assert choose(table, "knee", 1000) == 3


def test_with_one_input_small_losses_tell_nothing_and_the_shortest_is_taken():
    """A direction is a sign there: longer formulas follow the turns of a network's flat parts."""
    table = pd.DataFrame(
        {"complexity": [1, 2, 7], "alignment": [0.4, 0.97, 1.0], "fidelity": [0.8, 1.0, 1.0]}
    )
    assert choose(table, "knee", 150) == 2
    assert choose(table, "knee", 150, by_signs=True) == 1
    assert choose(table.assign(fidelity=[0.8, 0.9, 1.0]), "knee", 150, by_signs=True) == 2
    assert choose(table, "best", 150, by_signs=True) == 1


def test_the_knee_listens_to_directions_and_decisions():
    table = pd.DataFrame({"complexity": [8, 10], "alignment": [0.996, 0.9975], "fidelity": [0.995, 0.989]})
    assert choose(table, "knee", 2400) == 0  # nearer to the directions, and farther from the decisions
    assert choose(table.assign(fidelity=[0.995, 0.998]), "knee", 2400) == 1


def test_the_knee_takes_what_can_be_relied_upon_where_there_is_such_a_candidate():
    table = pd.DataFrame({"complexity": [5, 25], "alignment": [0.8, 0.93], "fidelity": [0.95, 0.95]})
    assert choose(table, "knee", 1000) == 1
    assert choose(table.assign(alignment=[0.8, 0.89]), "knee", 1000) == 0


def test_what_any_network_errs_is_not_worth_a_longer_formula():
    """Unless the formula is the network itself."""
    table = pd.DataFrame({"complexity": [2, 7], "alignment": [1 - 5e-6, 1 - 1e-7], "fidelity": [1.0, 1.0]})
    assert choose(table, "knee", 1000) == 0
    assert choose(table.assign(alignment=[1 - 5e-6, 1.0]), "knee", 1000) == 1
    assert choose(table.assign(alignment=[1 - 1e-3, 1 - 1e-7]), "knee", 1000) == 1


def test_on_few_rows_decisions_count_for_less():
    table = pd.DataFrame({"complexity": [8, 10], "alignment": [0.996, 0.9975], "fidelity": [0.995, 0.989]})
    assert choose(table, "knee", 2400) == 0
    assert choose(table, "knee", 100) == 1


def test_best_is_the_largest_drop_per_unit_of_complexity():
    assert choose(FRONT, "best", 1000) == 2
    assert choose(FRONT.assign(fidelity=0.9), "best", 1000) == 2
    assert choose(FRONT.iloc[:1], "best", 1000) == 0


@pytest.mark.parametrize(("n_samples", "chosen"), [(200, 2), (1_000_000, 3)])
def test_one_standard_error_shrinks_with_the_rows(n_samples, chosen):
    assert choose(FRONT, "one_standard_error", n_samples) == chosen


@pytest.mark.parametrize("n_samples", [13, 100, 10_000])
def test_one_standard_error_concedes_one_row_to_a_perfect_candidate_and_not_two(n_samples):
    table = FRONT.assign(fidelity=1 - np.array([3, 2, 1, 0]) / n_samples)
    assert choose(table, "one_standard_error", n_samples) == 2


def test_accuracy_takes_the_highest_fidelity():
    assert choose(FRONT, "accuracy", 200) == 3


@pytest.mark.parametrize(("complexity", "chosen"), [(1, 0), (6, 1), (100, 3)])
def test_a_number_takes_the_nearest_complexity(complexity, chosen):
    assert choose(FRONT, complexity, 200) == chosen


def test_a_callable_sees_the_table():
    assert choose(FRONT, lambda table: table["alignment"].argmax(), 200) == 3


@pytest.mark.parametrize("answer", [4, -1, "x"])
def test_a_position_outside_the_table_is_refused(answer):
    with pytest.raises(ValueError, match="position"):
        choose(FRONT, lambda table: answer, 200)
