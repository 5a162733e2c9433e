"""Fitting or taking the network."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.compose import make_column_transformer
from sklearn.frozen import FrozenEstimator
from sklearn.impute import KNNImputer, SimpleImputer
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline, make_union
from sklearn.preprocessing import StandardScaler

from skinterpret import SymbolicSurrogate
from skinterpret.base import NetworkClassifierMixin, default_network, make_readable_network
from skinterpret.datasets import make_wetzel


class Echo(NetworkClassifierMixin, ClassifierMixin, BaseEstimator):
    """The least surrogate: it says what the network says."""

    def __init__(self, estimator=None, random_state=None):
        self.estimator = estimator
        self.random_state = random_state

    def fit(self, X, y=None):
        self._fit_network(X, y)
        return self

    def predict(self, X):
        return self.network_labels(X)


@pytest.fixture(scope="module")
def data():
    X = np.random.default_rng(0).normal(size=(300, 2))
    return X, np.where(X.sum(axis=1) > 0, "yes", "no")


def small_network(**settings):
    return make_pipeline(StandardScaler(), MLPClassifier((5,), max_iter=2000, **settings))


def test_without_an_estimator_the_default_network_is_trained():
    assert default_network()[-1].activation == "tanh"


def test_an_estimator_is_cloned_and_trained(data):
    network = small_network(random_state=3)
    surrogate = Echo(network).fit(*data)
    assert not hasattr(network[-1], "coefs_")
    np.testing.assert_array_equal(
        surrogate.estimator_[-1].coefs_[0], small_network(random_state=3).fit(*data)[-1].coefs_[0]
    )


def test_a_seed_left_open_comes_from_the_surrogate(data):
    first, second, third = (Echo(small_network(), random_state=s).fit(*data) for s in (0, 0, 1))
    weights = [echo.estimator_[-1].coefs_[0] for echo in (first, second, third)]
    np.testing.assert_array_equal(weights[0], weights[1])
    assert not np.array_equal(weights[0], weights[2])


def test_a_frozen_network_is_taken_without_labels(data):
    network = small_network(random_state=0).fit(*data)
    surrogate = Echo(FrozenEstimator(network)).fit(data[0])
    np.testing.assert_array_equal(surrogate.predict(data[0]), network.predict(data[0]))
    assert surrogate.score(data[0]) == 1.0


def test_score_weighs_rows(data):
    class Stubborn(Echo):
        def predict(self, X):
            return np.full(len(X), "yes")

    surrogate = Stubborn(small_network(random_state=0)).fit(*data)
    yes = surrogate.network_labels(data[0]) == "yes"
    assert surrogate.score(data[0]) == pytest.approx(yes.mean())
    assert surrogate.score(data[0], sample_weight=yes.astype(float)) == 1.0


@pytest.mark.parametrize(
    "step",
    [
        SimpleImputer(),
        make_pipeline(KNNImputer()),
        make_column_transformer((FrozenEstimator(SimpleImputer().fit([[0.0, 1.0]])), [0, 1])),
        make_union(SimpleImputer()),
    ],
    ids=["alone", "nested", "frozen in columns", "in a union"],
)
def test_gaps_before_an_imputer_are_refused_without_the_advice_to_take_one(data, step):
    X, y = data[0].copy(), data[1]
    network = make_pipeline(step, MLPClassifier((3,), max_iter=2000, random_state=0))
    echo = Echo(network, random_state=0).fit(X, y)
    X[3, 1] = np.nan
    for refuse in (
        lambda: Echo(network).fit(X, y),
        lambda: Echo(FrozenEstimator(echo.estimator_)).fit(X),
        lambda: echo.predict(X),
    ):
        with pytest.raises(ValueError, match="NaN in the column 'x1'.*leave rows with gaps out") as error:
            refuse()
        assert "imputer transformer in a pipeline" not in str(error.value)


def test_gaps_without_an_imputer_lead_to_scikit_learns_advice(data):
    X = np.where(np.arange(2) == 1, np.nan, data[0])
    with pytest.raises(ValueError, match="using an imputer transformer in a pipeline"):
        Echo(small_network()).fit(X, data[1])


def test_readable_networks_are_trained_until_they_converge():
    # warnings are errors; these rows take more iterations than scikit-learn's default or 500
    X, y = make_wetzel(1, n_samples=1000, random_state=0, return_X_y=True)
    network = make_readable_network((10, 10), random_state=0).fit(X, y)[-1]
    assert 500 < network.n_iter_ < network.max_iter


def test_a_readable_network_of_one_layer_takes_a_number():
    assert make_readable_network(5)[-1].hidden_layer_sizes == (5,)
    assert make_readable_network(np.int64(5))[-1].hidden_layer_sizes == (5,)


def test_words_are_refused_with_the_advice_to_encode_them():
    X = pd.DataFrame({"age": [30.0, np.nan, 50.0, 60.0], "site": ["A", "B", "A", "B"]})
    with pytest.raises(ValueError, match="'A' in the column 'site'.*OneHotEncoder"):
        SymbolicSurrogate().fit(X, [0, 1, 0, 1])
    with pytest.raises(ValueError, match="'A' in the column 1.*OneHotEncoder"):
        SymbolicSurrogate().fit(X.fillna(40.0).to_numpy(), [0, 1, 0, 1])


@pytest.mark.parametrize("of_table", [lambda X: X, lambda X: X[["when"]], lambda X: X.to_numpy()])
def test_dates_are_refused_by_the_name_of_their_column(of_table):
    X = of_table(pd.DataFrame({"size": np.arange(9.0), "when": pd.date_range("2020-01-01", periods=9)}))
    column = "'when'" if hasattr(X, "columns") else "1"
    with pytest.raises(
        ValueError, match=f"dates or times, such as '2020-01-01 .* in the column {column}, and"
    ):
        Echo(MLPClassifier()).fit(X, np.arange(9) % 2)
