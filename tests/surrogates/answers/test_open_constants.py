"""A trusted formula may have constants that rows do not tell, and the summary says which."""

import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.frozen import FrozenEstimator
from sklearn.neural_network import MLPClassifier

from skinterpret import SymbolicSurrogate
from skinterpret.exceptions import NoClosedFormWarning
from skinterpret.expressions import Expression
from skinterpret.search import Candidate, Engine, Front
from skinterpret.surrogates.answers.open_constants import open_constants_in_words


def table(low, high, name="c1"):
    return pd.DataFrame({"value": [1.5], "low": [low], "high": [high]}, index=[name])


@pytest.mark.parametrize(("low", "high"), [(-0.4, 2.0), (0.1, 900.0), (-9.0, -0.5), (np.nan, np.nan)])
def test_a_constant_with_zero_or_far_ends_in_its_interval_is_open(low, high):
    (sentence,) = open_constants_in_words(table(low, high))
    assert sentence.startswith("Rows leave open: 1.5 (")
    assert f"{low:.3g} to {high:.3g}" in sentence


@pytest.mark.parametrize(("low", "high"), [(0.8, 2.0), (-9.0, -1.0), (1.5, 1.5)])
def test_one_with_a_sign_and_a_size_is_told(low, high):
    assert open_constants_in_words(table(low, high)) == []


def test_a_threshold_that_may_as_well_be_zero_is_open():
    told = open_constants_in_words(table(-43669, 108383, "threshold").assign(value=30000.0))
    assert told[0].startswith("Rows leave open: 3e+04 (-4.37e+04 to 1.08e+05).")


@pytest.mark.parametrize(("value", "low", "high"), [(0.0, -0.4, 2.0), (1.5, 0.1, 900.0)])
def test_a_threshold_of_zero_and_one_with_a_sign_are_told(value, low, high):
    assert open_constants_in_words(table(low, high, "threshold").assign(value=value)) == []


class GivenFormula(Engine):
    """Finds a sum in which x1 hardly counts."""

    def validate(self):
        pass

    def search(self, X, directions, sample_weight, seed, parts=()):
        return Front([Candidate(Expression.parse("x0 + 0.3*x1"), 1e-3)])


def summary_on(n_rows, capsys):
    X = np.random.default_rng(0).uniform(-1, 1, (n_rows, 2))
    network = MLPClassifier((), solver="lbfgs", alpha=0.01, random_state=0)
    network.fit(X, X[:, 0] + 0.3 * X[:, 1] > 0)
    surrogate = SymbolicSurrogate(FrozenEstimator(network), engine=GivenFormula(), random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NoClosedFormWarning)
        surrogate.fit(X).select(5)  # with all of its terms
    surrogate.summary()
    return surrogate, capsys.readouterr().out


def test_the_summary_tells_what_few_rows_leave_open_and_many_do_not(capsys):
    few, told = summary_on(30, capsys)
    assert few.trust_.verdict == "concept"
    assert few.coefficients_.loc["c1", "low"] < 0
    assert f"Rows leave open: {few.coefficients_.loc['c1', 'value']:.4g} (" in told
    assert "Rows leave open" not in summary_on(3000, capsys)[1]
