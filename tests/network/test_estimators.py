import pickle

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone, is_classifier, is_regressor
from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skinterpret import SymbolicSurrogate
from skinterpret.network import NetworkClassifier, NetworkRegressor, as_network, smooth

COPIES = {
    "itself": lambda estimator: estimator,
    "a clone": clone,
    "a pickle": lambda estimator: pickle.loads(pickle.dumps(estimator)),
    "fitted": lambda estimator: estimator.fit(np.zeros((1, 4)), [0]),
    "frozen": FrozenEstimator,
}


@pytest.fixture(params=COPIES.values(), ids=COPIES)
def copied(request):
    return request.param


def test_classifiers_are_the_network(train, X, copied):
    network = as_network(train("softmax"))
    classifier = copied(NetworkClassifier(network))
    assert is_classifier(classifier)
    assert_array_equal(classifier.predict(X), network.predict(X))
    assert_array_equal(classifier.predict_proba(X), network.predict_proba(X))
    assert_array_equal(classifier.classes_, network.classes)
    assert classifier.n_features_in_ == 4
    assert classifier.score(X, network.predict(X)) == 1
    assert_array_equal(as_network(classifier).gradient(X, 10), network.gradient(X, 10))


def test_regressors_are_the_network(train, X, copied):
    network = as_network(train("regression"))
    regressor = copied(NetworkRegressor(network))
    assert is_regressor(regressor)
    assert_array_equal(regressor.predict(X), network.predict(X))
    assert_array_equal(as_network(regressor).gradient(X), network.gradient(X))


def test_modules_of_torch_are_classifiers_and_regressors(X, copied):
    nn = pytest.importorskip("torch.nn")
    module = nn.Sequential(nn.Linear(4, 5), nn.ELU(), nn.Linear(5, 1))
    classifier = copied(NetworkClassifier(module, classes=["no", "yes"]))
    expected = as_network(module, classes=["no", "yes"])
    assert_array_equal(classifier.predict(X), expected.predict(X))
    assert_allclose(as_network(classifier).gradient(X), expected.gradient(X))
    regressor = copied(NetworkRegressor(module))
    assert_array_equal(regressor.predict(X), as_network(module, output="regression").predict(X))


def test_they_stand_at_the_end_of_a_pipeline(train, X):
    raw = 10 + 3 * X
    scaler = StandardScaler().fit(raw)
    ours = make_pipeline(scaler, NetworkClassifier(as_network(train("binary"))))
    theirs = make_pipeline(scaler, train("binary"))
    assert_array_equal(ours.predict(raw), theirs.predict(raw))
    assert_array_equal(as_network(ours).gradient(raw), as_network(theirs).gradient(raw))


@pytest.mark.parametrize("smoothed", [False, True])
def test_surrogates_explain_them(ellipse, ellipse_network, quick_engine, smoothed):
    network = as_network(ellipse_network)
    if smoothed:
        network = smooth(network, 0.05, n_samples=4)
    surrogate = SymbolicSurrogate(
        FrozenEstimator(NetworkClassifier(network)), engine=quick_engine, random_state=0
    )
    surrogate.fit(ellipse.data)
    assert list(surrogate.classes_) == list(ellipse_network.classes_)
    assert surrogate.score(ellipse.data) > 0.9


def test_the_wrong_kind_is_refused(train, X):
    with pytest.raises(TypeError, match="a regressor; use NetworkRegressor"):
        NetworkClassifier(train("regression")).predict(X)
    with pytest.raises(TypeError, match="a classifier; use NetworkClassifier"):
        NetworkRegressor(train("binary")).predict(X)
