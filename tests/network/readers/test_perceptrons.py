import inspect

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.neural_network import MLPClassifier, MLPRegressor

from skinterpret.network import as_network


@pytest.mark.parametrize(
    "labels",
    [np.array([3, 7], np.int32), np.array([False, True]), np.array(["b", "a"], object)],
    ids=lambda labels: labels.dtype.name,
)
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_labels_keep_their_type(X, labels):
    estimator = MLPClassifier((3,), max_iter=5, random_state=0)
    estimator.fit(X, labels[(X[:, 0] > 0).astype(int)])
    network = as_network(estimator)
    assert network.predict(X).dtype == estimator.predict(X).dtype
    assert_array_equal(network.predict(X), estimator.predict(X))
    for label, sign in zip(estimator.classes_, (-1, 1), strict=True):
        assert_array_equal(network.latent(X, label), sign * network.latent(X))


@pytest.mark.skipif("loss" not in inspect.signature(MLPRegressor).parameters, reason="needs scikit-learn 1.7")
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_the_latent_of_a_poisson_regressor_is_the_logarithm_of_its_mean(X, differentiate):
    estimator = MLPRegressor(hidden_layer_sizes=(5,), loss="poisson", max_iter=30, random_state=0)
    network = as_network(estimator.fit(X, np.exp(X[:, 0])))
    assert_allclose(network.predict(X), estimator.predict(X), rtol=1e-12)
    assert_allclose(network.latent(X), np.log(estimator.predict(X)), rtol=1e-9, atol=1e-12)
    expected = differentiate(lambda rows: np.log(estimator.predict(rows)), X)
    assert_allclose(network.gradient(X), expected, rtol=1e-6, atol=1e-8)
