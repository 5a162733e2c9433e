import inspect

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MaxAbsScaler, MinMaxScaler, RobustScaler, StandardScaler

from skinterpret.network import as_network
from skinterpret.network.readers.registry import read_input_map

SCALERS = [
    StandardScaler(),
    StandardScaler(with_mean=False),
    StandardScaler(with_std=False),
    MinMaxScaler(),
    MinMaxScaler(feature_range=(-2, 3)),
    MinMaxScaler(feature_range=(-1, 1), clip=True),
    MaxAbsScaler(),
    RobustScaler(),
    RobustScaler(with_centering=False),
    RobustScaler(with_scaling=False, quantile_range=(10, 90)),
]
if "clip" in inspect.signature(MaxAbsScaler).parameters:
    SCALERS.append(MaxAbsScaler(clip=True))


@pytest.fixture(scope="module")
def raw():
    """Rows in units of their own: a year, a small length, a constant, a duration."""
    rng = np.random.default_rng(3)
    columns = [2000 + rng.normal(size=50), 1e-6 * rng.normal(size=50), np.full(50, 7.0)]
    return np.column_stack([*columns, rng.gamma(5, 1, 50)])


@pytest.mark.parametrize("scaler", SCALERS, ids=str)
class TestEachScaler:
    def test_maps_as_scikit_learn_does(self, scaler, raw):
        scaler.fit(raw[:30])
        mapped = read_input_map(scaler).transform(raw)
        assert_allclose(mapped, scaler.transform(raw), rtol=1e-9, atol=1e-12)

    def test_gradients_come_in_raw_units(self, scaler, raw, train):
        pipeline = make_pipeline(scaler.fit(raw[:30]), train("softmax"))
        network = as_network(pipeline)
        assert_allclose(network.predict_proba(raw), pipeline.predict_proba(raw), rtol=1e-9)
        raw = raw[30:] - [0, 0, 0.5, 0]  # off the bounds of scalers that clip
        gradient = network.gradient(raw, 10)
        unit = raw.std(axis=0) + 1e-3
        for j, step in enumerate(1e-6 * unit * np.eye(4)):
            rise = network.latent(raw + step, 10) - network.latent(raw - step, 10)
            expected = rise / (2 * step[j])
            worst = np.abs(gradient[:, j]).max() + 1e-9
            assert_allclose(gradient[:, j], expected, rtol=1e-4, atol=1e-5 * worst)


@settings(max_examples=40, deadline=None, database=None, derandomize=True)
@given(steps=st.lists(st.sampled_from(SCALERS), min_size=1, max_size=4))
def test_any_row_of_scalers_maps_as_scikit_learn_does(steps):
    raw = np.random.default_rng(4).normal(loc=5.0, scale=[1.0, 10.0, 0.1, 3.0], size=(50, 4))
    pipeline = make_pipeline(*steps).fit(raw[:30])
    mapped, *following = [read_input_map(step) for _, step in pipeline.steps]
    for step in following:
        mapped = mapped.then(step)
    assert_allclose(mapped.transform(raw), pipeline.transform(raw), rtol=1e-9, atol=1e-9)
