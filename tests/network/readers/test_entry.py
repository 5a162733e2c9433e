from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import TransformedTargetRegressor
from sklearn.decomposition import KernelPCA
from sklearn.ensemble import RandomForestClassifier
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import GridSearchCV
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler

from skinterpret import NeuronProbe
from skinterpret.network import as_network, check_readable

NAMES = ["a", "b", "c", "d"]


def wrap_plain(scale, shift, network):
    return make_pipeline(scale, shift, network)


def wrap_with_nothing(scale, shift, network):
    steps = [("none", None), ("scale", scale), ("pass", "passthrough")]
    return Pipeline([*steps, ("shift", shift), ("network", network)])


def wrap_nested_end(scale, shift, network):
    return make_pipeline(scale, make_pipeline(shift, make_pipeline(network)))


def wrap_nested_start(scale, shift, network):
    return make_pipeline(make_pipeline(scale, make_pipeline(shift)), network)


def wrap_frozen(scale, shift, network):
    return FrozenEstimator(make_pipeline(scale, shift, network))


def wrap_frozen_inside(scale, shift, network):
    inner = make_pipeline(FrozenEstimator(shift), FrozenEstimator(network))
    return make_pipeline(FrozenEstimator(scale), FrozenEstimator(inner))


@pytest.mark.parametrize(
    "wrap",
    [
        wrap_plain,
        wrap_with_nothing,
        wrap_nested_end,
        wrap_nested_start,
        wrap_frozen,
        wrap_frozen_inside,
    ],
)
def test_pipelines_of_any_shape_are_read(wrap, train, X, differentiate):
    raw = 100 + 5 * X
    scale = StandardScaler().fit(raw)
    shift = MinMaxScaler((-2, 2)).fit(scale.transform(raw))
    pipeline = wrap(scale, shift, train("binary"))
    network = as_network(pipeline)
    assert network.n_features_in == 4
    assert_allclose(network.predict_proba(raw), pipeline.predict_proba(raw), rtol=1e-9)
    assert_array_equal(network.predict(raw), pipeline.predict(raw))
    expected = differentiate(network.latent, raw, step=1e-5)
    assert_allclose(network.gradient(raw), expected, rtol=1e-6, atol=1e-8)


def test_a_frozen_network_is_read(train, X):
    bare = as_network(train("binary"))
    frozen = as_network(FrozenEstimator(FrozenEstimator(train("binary"))))
    assert_array_equal(frozen.gradient(X), bare.gradient(X))


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
class TestFeatureNames:
    @pytest.fixture
    def frame(self, X):
        return pd.DataFrame(X, columns=NAMES)

    @pytest.mark.parametrize("steps", [[], [StandardScaler()], ["passthrough", MinMaxScaler()]])
    def test_are_those_of_the_frame_it_was_trained_on(self, frame, steps):
        pipeline = make_pipeline(*steps, MLPClassifier((3,), max_iter=2))
        network = as_network(pipeline.fit(frame, frame["a"] > 0))
        assert network.feature_names == tuple(NAMES)
        assert_array_equal(network.predict(frame), pipeline.predict(frame))
        assert_array_equal(network.gradient(frame), network.gradient(frame.to_numpy()))
        with pytest.raises(ValueError, match="another order"):
            network.gradient(frame[NAMES[::-1]])

    def test_are_none_for_arrays(self, train):
        assert as_network(train("binary")).feature_names is None


class TestWhatCannotBeReadIsRefused:
    def test_an_estimator_that_is_no_network(self, X):
        forest = RandomForestClassifier(3).fit(X, X[:, 0] > 0)
        with pytest.raises(TypeError, match=r"RandomForestClassifier .* MLPClassifier, MLPRegr"):
            as_network(forest)

    @pytest.mark.parametrize("thing", [None, "passthrough", 3])
    def test_a_thing_that_is_no_estimator(self, thing):
        with pytest.raises(TypeError, match=f"{type(thing).__name__} cannot be read"):
            as_network(thing)

    @pytest.mark.parametrize(
        ("thing", "mend"),
        [
            (GridSearchCV(MLPClassifier(), {}), r"fit it first and pass its \.best_estimator_"),
            (TransformedTargetRegressor(MLPRegressor()), r"fit it first and pass its \.regressor_"),
            (
                CalibratedClassifierCV(MLPClassifier()),
                r"pass the classifier that it calibrates, .* \.estimator",
            ),
            ("model.onnx", r"load the file first with onnx\.load\('model\.onnx'\)"),
            (Path("model.KERAS"), r"load the file first with keras\.models\.load_model\('model\.KERAS'\)"),
        ],
    )
    def test_what_holds_a_network_with_where_that_is(self, thing, mend):
        with pytest.raises(TypeError, match=f"{type(thing).__name__} cannot be read as a network; {mend}"):
            as_network(thing)

    @pytest.mark.parametrize(
        "wrap", [lambda c: c, FrozenEstimator, lambda c: make_pipeline(StandardScaler(), c)]
    )
    def test_a_class_with_what_is_made_of_it(self, wrap):
        message = r"^MLPClassifier is a class, which cannot be read .*; pass MLPClassifier\(\)\.$"
        for asked in (as_network, check_readable, lambda c: NeuronProbe(c).fit([[0.0], [1.0]], [0, 1])):
            with pytest.raises(TypeError, match=message):
                asked(wrap(MLPClassifier))

    def test_a_step_that_is_a_class(self, train):
        with pytest.raises(TypeError, match=r"^StandardScaler is a class.*; pass StandardScaler\(\)\.$"):
            check_readable(make_pipeline(StandardScaler, train("binary")))

    def test_a_step_by_its_name_and_class(self, train):
        inner = make_pipeline(StandardScaler(), KernelPCA())
        pipeline = Pipeline([("prepare", inner), ("network", train("binary"))])
        with pytest.raises(TypeError, match=r"'prepare__kernelpca' .* KernelPCA.* StandardScaler"):
            as_network(pipeline)

    def test_a_network_in_the_middle(self, train):
        pipeline = Pipeline([("first", train("binary")), ("second", train("binary"))])
        with pytest.raises(TypeError, match="'first' of the pipeline is a MLPClassifier"):
            check_readable(pipeline)

    def test_a_pipeline_without_network(self, X):
        with pytest.raises(TypeError, match="StandardScaler cannot be read as a network"):
            as_network(make_pipeline(StandardScaler()).fit(X))

    @pytest.mark.parametrize("wrap", [lambda e: e, FrozenEstimator, make_pipeline])
    def test_a_network_that_is_not_fitted(self, wrap):
        with pytest.raises(NotFittedError, match="MLPClassifier"):
            as_network(wrap(MLPClassifier()))

    def test_a_step_that_is_not_fitted(self, train):
        with pytest.raises(NotFittedError, match="StandardScaler"):
            as_network(make_pipeline(StandardScaler(), train("binary")))

    def test_before_training(self, train):
        unfitted = clone(train("binary"))
        check_readable(make_pipeline(StandardScaler(), unfitted))
        with pytest.raises(TypeError, match="'kernelpca'"):
            check_readable(make_pipeline(KernelPCA(), unfitted))


def test_a_kind_that_registers_is_read(train, X):
    from skinterpret.network.readers.registry import read_network

    class Holder:
        def __init__(self, inner):
            self.inner = inner

    read_network.register(Holder, lambda holder: as_network(holder.inner))
    network = as_network(Holder(train("regression")))
    assert_allclose(network.predict(X), np.asarray(train("regression").predict(X)))


@pytest.mark.parametrize("value", [np.nan, np.inf])
@pytest.mark.parametrize("parameters", ["coefs_", "intercepts_"])
def test_weights_that_training_has_lost_are_refused(value, parameters):
    rows = np.random.default_rng(0).normal(size=(40, 3))
    network = MLPClassifier((4,), solver="lbfgs", random_state=0).fit(rows, rows[:, 0] > 0)
    getattr(network, parameters)[1].flat[0] = value
    with pytest.raises(ValueError, match="Layer 1 of the network, counted from 0, has .* NaN or infinite"):
        as_network(network)
    with pytest.raises(ValueError, match="Layer 1"):
        as_network(make_pipeline(StandardScaler().fit(rows), network))
