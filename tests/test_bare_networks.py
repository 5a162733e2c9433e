"""Trained networks that are no estimators, passed to surrogates and probes as they are."""

import pickle

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.neural_network import MLPClassifier, MLPRegressor

from skinterpret import (
    NeuronProbe,
    OneHotProbe,
    PrunedSurrogate,
    PrunedSurrogateRegressor,
    SymbolicSurrogate,
    SymbolicSurrogateRegressor,
    TreeSurrogate,
    TreeSurrogateRegressor,
)
from skinterpret.network import as_network, smooth

X = np.random.default_rng(0).uniform(-1, 1, (300, 2))


def network(kind, target):
    model = kind(hidden_layer_sizes=(5,), activation="tanh", solver="lbfgs", max_iter=500, random_state=0)
    return as_network(model.fit(X, target))


@pytest.fixture(scope="module")
def classifier():
    return network(MLPClassifier, np.where(X[:, 0] + 2 * X[:, 1] > 0, "yes", "no"))


@pytest.fixture(scope="module")
def regressor():
    return network(MLPRegressor, X[:, 0] + 2 * X[:, 1])


def classifiers(model, engine):
    return [
        SymbolicSurrogate(model, engine=engine, random_state=0),
        TreeSurrogate(model, n_synthetic=200, cv=2, n_resamples=2, random_state=0),
        PrunedSurrogate(model, n_steps=5, random_state=0),
        OneHotProbe(model, random_state=0),
    ]


def regressors(model, engine):
    return [
        SymbolicSurrogateRegressor(model, engine=engine, random_state=0),
        TreeSurrogateRegressor(model, n_synthetic=200, cv=2, n_resamples=2, random_state=0),
        PrunedSurrogateRegressor(model, n_steps=5, random_state=0),
    ]


@pytest.mark.parametrize("which", range(4))
def test_classifying_networks_need_no_wrapping(classifier, quick_engine, which):
    surrogate = classifiers(classifier, quick_engine)[which]
    for copied in (surrogate, clone(surrogate), pickle.loads(pickle.dumps(surrogate))):
        copied.fit(X)
        np.testing.assert_array_equal(copied.network_labels(X), classifier.predict(X))
        assert copied.score(X) > 0.8
    assert surrogate.get_params()["estimator"] is classifier


@pytest.mark.parametrize("which", range(3))
def test_networks_of_values_need_no_wrapping(regressor, quick_engine, which):
    surrogate = regressors(regressor, quick_engine)[which]
    for copied in (clone(surrogate), pickle.loads(pickle.dumps(surrogate))):
        copied.fit(X)
        np.testing.assert_allclose(copied.network_values(X), regressor.predict(X))


def test_neurons_of_a_bare_network_are_probed(classifier):
    probe = NeuronProbe(classifier, random_state=0).fit(X)
    np.testing.assert_array_equal(probe.transform(X), classifier.activations(X)[0])


def test_smoothed_networks_are_networks(classifier):
    tree = TreeSurrogate(smooth(classifier, 0.1), n_synthetic=200, cv=2, n_resamples=2, random_state=0)
    np.testing.assert_array_equal(tree.fit(X).network_labels(X), classifier.predict(X))


def test_a_network_of_the_other_kind_is_refused(classifier, regressor):
    with pytest.raises(ValueError, match="explains a classifier, but estimator is a regressor"):
        TreeSurrogate(regressor).fit(X)
    with pytest.raises(ValueError, match="explains a regressor, but estimator is a classifier"):
        TreeSurrogateRegressor(classifier).fit(X)


@pytest.mark.parametrize("surrogate", [SymbolicSurrogate, TreeSurrogateRegressor, OneHotProbe, NeuronProbe])
def test_what_is_no_network_is_refused_with_what_is_taken(surrogate):
    with pytest.raises(ValueError, match="'fit' and 'predict'.*as_network reads.*Got 'a network'"):
        surrogate("a network").fit(X)


def test_modules_of_torch_need_no_wrapping(quick_engine):
    nn = pytest.importorskip("torch.nn")
    # without biases the boundary goes through the middle of the rows, whatever the weights
    module = nn.Sequential(nn.Linear(2, 5, bias=False), nn.Tanh(), nn.Linear(5, 1, bias=False))
    read = as_network(module)
    tree, probe = classifiers(module, quick_engine)[1::2]
    for surrogate in (tree, probe, clone(tree)):
        surrogate.fit(X)
        np.testing.assert_array_equal(surrogate.network_labels(X), read.predict(X))
        np.testing.assert_array_equal(surrogate.classes_, [0, 1])
    values = regressors(module, quick_engine)[1].fit(X).network_values(X)
    np.testing.assert_allclose(values, as_network(module, output="regression").predict(X))
