"""`NeuronProbe` as its users meet it."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from skinterpret import NeuronProbe


def small_probe(**parameters):
    network = MLPClassifier((8,), max_iter=30, learning_rate_init=0.02, random_state=0)
    return NeuronProbe(make_pipeline(StandardScaler(), network), random_state=0, **parameters)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.SkipTestWarning")
@parametrize_with_checks([small_probe(), small_probe(layer=0)])
def test_scikit_learn_finds_nothing_to_object_to(estimator, check):
    check(estimator)


@pytest.fixture(scope="module")
def probe(iris):
    return NeuronProbe(FrozenEstimator(iris.network)).fit(iris.X)


def by_hand(network, X):
    """Activations, from nothing but the estimator's arrays."""
    a = network[0].transform(X)
    layers = []
    for weight, bias in zip(network[-1].coefs_[:-1], network[-1].intercepts_[:-1], strict=True):
        a = np.tanh(a @ weight + bias)
        layers.append(a)
    return layers


class TestActivity:
    def test_rates_and_means_are_those_of_the_classes_that_the_network_gives(self, iris, probe):
        labels = iris.network.predict(iris.X)
        for layer, values in enumerate(by_hand(iris.network, iris.X)):
            for label in range(3):
                there = values[labels == label]
                rates = probe.activity_["rate"][label].loc[layer]
                means = probe.activity_["mean"][label].loc[layer]
                np.testing.assert_allclose(rates, (there > 0).mean(axis=0))
                np.testing.assert_allclose(means, there.mean(axis=0))

    def test_selectivity_is_the_area_under_the_roc_curve(self, iris, probe):
        labels = iris.network.predict(iris.X)
        values = by_hand(iris.network, iris.X)[1]
        for unit in range(values.shape[1]):
            area = roc_auc_score(labels == 1, values[:, unit])
            assert probe.activity_["selectivity"][1][1, unit] == pytest.approx(2 * area - 1)

    def test_units_name_the_class_they_are_most_selective_for(self, probe):
        selectivity = probe.activity_["selectivity"]
        assert (probe.units_["class"] == selectivity.idxmax(axis=1)).all()
        assert (probe.units_["selectivity"] == selectivity.max(axis=1)).all()


class TestUnits:
    @pytest.fixture
    def doctored(self, iris):
        """A network with a copied, an inverted and a dead unit."""
        network = MLPClassifier((6,), activation="tanh", solver="lbfgs", max_iter=100, random_state=0)
        network.fit(iris.X - iris.X.mean(), iris.y)
        weights, biases = network.coefs_[0], network.intercepts_[0]
        weights[:, 3], biases[3] = weights[:, 1], biases[1]
        weights[:, 4], biases[4] = -weights[:, 1], -biases[1]
        weights[:, 5], biases[5] = 0, -3
        return network

    @pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
    def test_dead_and_redundant_ones_are_found(self, iris, doctored):
        units = NeuronProbe(FrozenEstimator(doctored)).fit(iris.X - iris.X.mean()).units_
        assert list(units["dead"]) == [False] * 5 + [True]
        assert units["redundant_with"].iloc[3] == 1
        assert units["redundant_with"].iloc[4] == 1
        assert units["redundant_with"].iloc[5] == -1
        assert units["class"].tolist()[-1] is None
        assert np.isnan(units["selectivity"].iloc[-1])
        assert set(units["class"].iloc[:5]) <= {0, 1, 2}

    @pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
    @pytest.mark.parametrize("labels", [[10, 20, 30], ["one", "two", "three"], [False, True]])
    def test_the_class_of_a_dead_one_is_none_whatever_the_labels(self, iris, labels):
        y = np.array(labels)[iris.y % len(labels)]
        network = MLPClassifier((3,), solver="lbfgs", max_iter=50, random_state=0).fit(iris.X, y)
        network.coefs_[0][:, 1] = 0
        units = NeuronProbe(FrozenEstimator(network)).fit(iris.X).units_
        assert units["class"].dtype == object
        assert units["class"].iloc[1] is None
        assert set(units["class"].drop((0, 1))) <= {*labels, None}

    @pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
    def test_the_threshold_of_redundancy_is_a_parameter(self, iris, doctored):
        X = iris.X - iris.X.mean()
        found = [
            (NeuronProbe(FrozenEstimator(doctored), redundancy=r).fit(X).units_["redundant_with"] >= 0).sum()
            for r in (1e-6, 0.99)
        ]
        assert found[0] == 4  # each but the first that is alive
        assert found[1] < found[0]


class TestInputs:
    def test_in_the_first_layer_they_are_the_weights_behind_a_scaler(self, iris, probe):
        weights = iris.network[-1].coefs_[0].T
        np.testing.assert_allclose(probe.inputs_.loc[0], weights, rtol=1e-10)
        assert list(probe.inputs_.columns) == list(iris.X.columns)

    def test_deeper_they_are_mean_absolute_slopes(self, iris, probe):
        step = 1e-5 * iris.X.std(ddof=0)
        shifted = iris.X.copy()
        shifted["petal width (cm)"] += step["petal width (cm)"]
        slopes = np.abs(
            np.arctanh(by_hand(iris.network, shifted)[1]) - np.arctanh(by_hand(iris.network, iris.X)[1])
        )
        expected = slopes.mean(axis=0) / 1e-5
        np.testing.assert_allclose(probe.inputs_.loc[1, "petal width (cm)"], expected, rtol=1e-3)


class TestCarriers:
    def test_without_the_best_one_the_class_loses_most(self, iris, probe):
        """Silence each unit of the last layer: whose loss lowers the class's latent most?"""
        weights = iris.network[-1].coefs_[1 + 1]
        values = by_hand(iris.network, iris.X)[1]
        labels = iris.network.predict(iris.X)
        z = values @ weights + iris.network[-1].intercepts_[2]
        log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
        rivals = np.exp(log_p)
        rivals[:, 0] = 0
        rivals /= rivals.sum(axis=1, keepdims=True)
        worth = weights[:, 0] - rivals @ weights.T
        relevance = values * worth
        gain = relevance[labels == 0].mean(axis=0) - relevance[labels != 0].mean(axis=0)
        table = probe.carriers_.query("`class` == 0 and layer == 1")
        assert list(table["unit"]) == list(np.argsort(-gain))
        np.testing.assert_allclose(table["relevance"], np.sort(gain)[::-1])

    @pytest.mark.parametrize("activation", ["relu", "logistic"])
    def test_it_is_told_whether_by_firing_or_by_silence(self, iris, activation):
        network = MLPClassifier((8,), activation, solver="lbfgs", max_iter=2000, random_state=0)
        probe = NeuronProbe(FrozenEstimator(network.fit(iris.X, iris.y))).fit(iris.X)
        means = probe.activity_["mean"]
        labels = network.predict(iris.X)
        values = probe.transform(iris.X)
        assert set(probe.carriers_["by"]) == {"firing", "silence"}
        for _, row in probe.carriers_.iterrows():
            others = values[labels != row["class"], row["unit"]].mean()
            higher = means.loc[(0, row["unit"]), row["class"]] > others
            assert row["by"] == ("firing" if higher else "silence")
        never = probe.activity_["rate"].stack().loc[0]
        by = probe.carriers_.set_index(["unit", "class"])["by"]
        if activation == "relu":
            assert (by[never[never == 0].index.intersection(by.index)] == "silence").all()

    @pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
    def test_dead_units_carry_nothing(self, iris):
        network = MLPClassifier((6,), activation="tanh", solver="lbfgs", max_iter=100, random_state=0)
        network.fit(iris.X, iris.y)
        network.coefs_[0][:, 5] = 0
        probe = NeuronProbe(FrozenEstimator(network)).fit(iris.X)
        assert probe.units_["dead"].tolist()[5]
        alive = set(np.flatnonzero(~probe.units_["dead"]))
        assert set(probe.carriers_["unit"]) == alive


class TestTransform:
    @pytest.mark.parametrize(("layer", "found"), [(None, 1), (0, 0), (1, 1), (-2, 0)])
    def test_gives_the_activations_of_a_layer(self, iris, layer, found):
        probe = NeuronProbe(FrozenEstimator(iris.network), layer=layer).fit(iris.X)
        assert probe.layer_ == found
        np.testing.assert_allclose(probe.transform(iris.X), by_hand(iris.network, iris.X)[found])

    def test_makes_features_for_the_next_step(self, iris):
        probe = NeuronProbe(FrozenEstimator(iris.network))
        model = make_pipeline(probe, LogisticRegression(max_iter=1000)).fit(iris.X, iris.y)
        assert model.score(iris.X, iris.y) > 0.9

    def test_pandas_output_carries_the_units(self, iris):
        probe = NeuronProbe(FrozenEstimator(iris.network)).set_output(transform="pandas").fit(iris.X)
        assert list(probe.transform(iris.X).columns) == [f"h1.{unit}" for unit in range(6)]


class TestRefuses:
    def test_a_layer_that_is_not_there_before_training(self, iris):
        with pytest.raises(ValueError, match="layer=2 is not one of the network's 2 hidden layers"):
            NeuronProbe(MLPClassifier((3, 3)), layer=2).fit(iris.X, iris.y)

    def test_a_network_without_hidden_layers(self, iris):
        with pytest.raises(ValueError, match="no hidden layers"):
            NeuronProbe(MLPClassifier(())).fit(iris.X, iris.y)

    def test_a_regressor(self, iris):
        with pytest.raises(ValueError, match="estimator is a regressor"):
            NeuronProbe(MLPRegressor()).fit(iris.X, iris.y)

    def test_a_path_of_two_rows(self, iris, probe):
        with pytest.raises(ValueError, match="pass one row"):
            probe.path(iris.X.iloc[:2])

    def test_to_answer_before_it_is_fitted(self, iris):
        with pytest.raises(NotFittedError):
            NeuronProbe().path(iris.X.iloc[0])
