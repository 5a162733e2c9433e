import copy
import pickle
import tracemalloc
from dataclasses import FrozenInstanceError

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.special import expit
from sklearn.neural_network import MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skinterpret.network import as_network

ACTIVATIONS = ["identity", "logistic", "tanh", "relu"]
CLASSIFIERS = ["binary", "softmax", "multilabel"]
REGRESSORS = ["regression", "multioutput"]
DEPTHS = [(), (7,), (6, 5), (5, 6, 4)]
TARGETS = {
    "binary": [None, "yes", "no"],
    "softmax": [0, 10, 20],
    "multilabel": [0, 1, 2],
    "regression": [None, 0],
    "multioutput": [0, 1],
}


def truncated(estimator, layer):
    """A scikit-learn regressor whose prediction is what the units of a layer get."""
    probe = MLPRegressor(activation=estimator.activation)
    vars(probe).update(vars(estimator))
    probe.coefs_ = estimator.coefs_[: layer + 1]
    probe.intercepts_ = estimator.intercepts_[: layer + 1]
    probe.n_layers_ = layer + 2
    probe.n_outputs_ = probe.coefs_[-1].shape[1]
    probe.out_activation_ = "identity"
    return probe


@pytest.mark.parametrize("hidden", DEPTHS, ids=len)
@pytest.mark.parametrize("activation", ACTIVATIONS)
class TestAgainstScikitLearnAndFiniteDifferences:
    @pytest.mark.parametrize("kind", CLASSIFIERS)
    def test_classifiers_predict_as_their_estimator(self, train, X, kind, activation, hidden):
        estimator = train(kind, activation, hidden)
        network = as_network(estimator)
        assert_allclose(network.predict_proba(X), estimator.predict_proba(X), rtol=1e-12)
        assert_array_equal(network.predict(X), estimator.predict(X))
        assert_array_equal(network.classes, estimator.classes_)

    @pytest.mark.parametrize("kind", REGRESSORS)
    def test_regressors_predict_as_their_estimator(self, train, X, kind, activation, hidden):
        estimator = train(kind, activation, hidden)
        network = as_network(estimator)
        predicted = estimator.predict(X)
        assert network.predict(X).shape == predicted.shape
        assert_allclose(network.predict(X), predicted, rtol=1e-12, atol=1e-14)
        assert network.classes is None

    @pytest.mark.parametrize("kind", CLASSIFIERS)
    def test_latents_are_the_log_odds(self, train, X, kind, activation, hidden):
        estimator = train(kind, activation, hidden)
        network = as_network(estimator)
        columns = dict(zip(estimator.classes_, estimator.predict_proba(X).T, strict=True))
        for label, probability in columns.items():
            assert_allclose(expit(network.latent(X, label)), probability, rtol=1e-10)

    @pytest.mark.parametrize("kind", REGRESSORS)
    def test_latents_are_the_outputs(self, train, X, kind, activation, hidden):
        estimator = train(kind, activation, hidden)
        network = as_network(estimator)
        outputs = estimator.predict(X).reshape(len(X), -1)
        for position in range(outputs.shape[1]):
            values = network.latent(X, position)
            assert_allclose(values, outputs[:, position], rtol=1e-12, atol=1e-14)

    @pytest.mark.parametrize("kind", CLASSIFIERS + REGRESSORS)
    def test_gradients_are_finite_differences(self, train, X, differentiate, kind, activation, hidden):
        network = as_network(train(kind, activation, hidden))
        for target in TARGETS[kind]:
            expected = differentiate(lambda rows, t=target: network.latent(rows, t), X)
            assert_allclose(network.gradient(X, target), expected, rtol=1e-6, atol=1e-8)

    def test_hidden_units_have_latents_and_gradients(self, train, X, differentiate, activation, hidden):
        estimator = train("softmax", activation, hidden)
        network = as_network(estimator)
        for layer, size in enumerate(hidden):
            expected = truncated(estimator, layer).predict(X)
            for unit in range(size):
                target = ("hidden", layer, unit)
                assert_allclose(network.latent(X, target), expected[:, unit], rtol=1e-12)
                slopes = differentiate(lambda rows, t=target: network.latent(rows, t), X)
                assert_allclose(network.gradient(X, target), slopes, rtol=1e-6, atol=1e-8)

    def test_activations_lead_from_one_layer_to_the_next(self, train, X, activation, hidden):
        estimator = train("regression", activation, hidden)
        network = as_network(estimator)
        layers = network.activations(X)
        assert [values.shape for values in layers] == [(len(X), size) for size in hidden]
        for k, values in enumerate([X, *layers]):
            entering = values @ estimator.coefs_[k] + estimator.intercepts_[k]
            expected = truncated(estimator, k).predict(X).reshape(len(X), -1)
            assert_allclose(entering, expected, rtol=1e-10, atol=1e-12)

    @pytest.mark.parametrize("kind", CLASSIFIERS + REGRESSORS)
    def test_single_precision_is_kept_and_close(self, train, X, kind, activation, hidden):
        network = as_network(train(kind, activation, hidden, np.float32))
        target = TARGETS[kind][-1]
        single, double = X.astype(np.float32), X.astype(np.float32).astype(np.float64)
        assert network.weights[0].dtype == np.float32
        for ask in (network.latent, network.gradient):
            assert ask(single, target).dtype == np.float32
            assert ask(double, target).dtype == np.float64
            assert_allclose(ask(single, target), ask(double, target), rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("n_samples", [1, 255, 256, 257, 1000])
def test_rows_do_not_depend_on_the_rows_next_to_them(train, n_samples):
    X = np.random.default_rng(2).normal(size=(n_samples, 4))
    network = as_network(train("softmax"))
    one_by_one = np.vstack([network.gradient(row[None], 10) for row in X])
    assert_allclose(network.gradient(X, 10), one_by_one, rtol=1e-9, atol=1e-12)
    one_by_one = np.concatenate([network.latent(row[None], 10) for row in X])
    assert_allclose(network.latent(X, 10), one_by_one, rtol=1e-9, atol=1e-12)
    assert_allclose(network.activations(X)[1][-1:], network.activations(X[-1:])[1], rtol=1e-9)


def test_column_order_in_memory_does_not_matter(train, X):
    network = as_network(train("binary"))
    assert_allclose(network.gradient(np.asfortranarray(X)), network.gradient(X), rtol=1e-12)


def test_the_negative_class_has_minus_the_logit(train, X):
    network = as_network(train("binary"))
    assert_array_equal(network.latent(X, "no"), -network.latent(X))
    assert_array_equal(network.gradient(X, "no"), -network.gradient(X))


def test_log_odds_stay_finite_where_probabilities_do_not(train, X):
    network = as_network(train("softmax", "identity"))
    far = 1e5 * X
    assert (network.predict_proba(far) == 0).any()
    assert np.isfinite(network.latent(far, 10)).all()
    assert np.isfinite(network.gradient(far, 10)).all()


def test_saturated_units_do_not_overflow(train, X):
    network = as_network(train("binary", "logistic"))
    far = 1e6 * X
    assert np.isfinite(network.latent(far)).all()
    assert_array_equal(network.gradient(far), 0)


def test_extra_memory_is_bounded_by_the_result_and_one_block(train):
    X = np.random.default_rng(0).normal(size=(100_000, 4))
    network = as_network(train("binary", hidden=(60, 60)))
    tracemalloc.start()
    gradient = network.gradient(X)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak - gradient.nbytes < 4e6


class TestUnknownTargetsAreRefused:
    @pytest.mark.parametrize(
        ("kind", "target", "message"),
        [
            ("softmax", None, r"must be named; choose from 0, 10, 20 or \('hidden', layer, unit\)"),
            ("multilabel", None, "must be named; choose from 0, 1, 2 or"),
            ("multioutput", None, "must be named; choose from 0, 1 or"),
            ("softmax", 5, "target=5 is unknown; choose from 0, 10, 20 or"),
            ("binary", "maybe", "target='maybe' is unknown; choose from 'no', 'yes' or"),
            ("regression", 1, "target=1 is unknown; choose from 0 or"),
            ("softmax", [0, 10], r"target=\[0, 10\] is unknown; choose from"),
            ("softmax", ("hidden", 0), r"target=\('hidden', 0\) is unknown; choose from"),
            ("binary", ("hidden", 2, 0), r"unknown; .* hidden layers of \(6, 5\) units"),
            ("binary", ("hidden", 0, 6), r"unknown; .* hidden layers of \(6, 5\) units"),
            ("binary", ("hidden", -1, 0), r"unknown; .* hidden layers of \(6, 5\) units"),
            ("binary", ("hidden", 0, 1.0), r"unknown; .* hidden layers of \(6, 5\) units"),
        ],
    )
    def test_naming_the_targets_there_are(self, train, X, kind, target, message):
        network = as_network(train(kind))
        for ask in (network.latent, network.gradient):
            with pytest.raises(ValueError, match=message):
                ask(X, target)


def test_regressors_have_no_probabilities(train, X):
    with pytest.raises(AttributeError, match="use predict"):
        as_network(train("regression")).predict_proba(X)


class TestNothingCanBeChanged:
    @pytest.fixture
    def network(self, train, X):
        classifier = train("softmax")
        return as_network(make_pipeline(StandardScaler().fit(X), classifier))

    @pytest.fixture(params=[lambda n: n, copy.deepcopy, lambda n: pickle.loads(pickle.dumps(n))])
    def same(self, request, network):
        return request.param(network)

    def test_attributes(self, same):
        with pytest.raises(FrozenInstanceError):
            same.weights = ()

    def test_arrays(self, same):
        arrays = [*same.weights, *same.biases, same.classes, same.input_map.factor]
        for array in arrays:
            with pytest.raises(ValueError, match="read-only"):
                array[0] = 0

    def test_copies_answer_alike(self, same, network, X):
        assert_array_equal(same.gradient(X, 10), network.gradient(X, 10))

    def test_further_training_of_the_estimator_leaves_the_network(self, train, X):
        estimator = copy.deepcopy(train("regression"))
        network = as_network(estimator)
        before = network.predict(X)
        estimator.partial_fit(X, np.full(len(X), 100.0))
        assert_array_equal(network.predict(X), before)
        assert np.abs(estimator.predict(X) - before).max() > 0

    def test_the_estimator_stays_writeable(self, train):
        estimator = train("binary")
        as_network(estimator)
        assert all(weight.flags.writeable for weight in estimator.coefs_)

    def test_rows_are_left_as_they_are(self, network, X):
        before = X.copy()
        network.gradient(X, 10)
        network.predict(pd.DataFrame(X))
        assert_array_equal(X, before)


def test_sizes_are_told(train):
    network = as_network(train("binary", hidden=(5, 6, 4)))
    assert network.hidden_layer_sizes == (5, 6, 4)
    assert network.n_features_in == 4
    assert as_network(train("binary", hidden=())).hidden_layer_sizes == ()
