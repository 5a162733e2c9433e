import warnings

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.compose import ColumnTransformer, make_column_selector
from sklearn.decomposition import PCA, KernelPCA
from sklearn.exceptions import ConvergenceWarning
from sklearn.frozen import FrozenEstimator
from sklearn.impute import KNNImputer, SimpleImputer
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import FeatureUnion, make_pipeline
from sklearn.preprocessing import MinMaxScaler, OneHotEncoder, PolynomialFeatures, StandardScaler

from skinterpret._sklearn import IterativeImputer
from skinterpret.network import as_network, check_readable

NAMES = ["age", "height", "dose", "site"]


@pytest.fixture(scope="module")
def frame():
    rng = np.random.default_rng(6)
    columns = [
        rng.uniform(20, 80, 60),
        rng.normal(1.7, 0.1, 60),
        rng.gamma(2, 1, 60),
        rng.integers(1, 4, 60) * 10.0,
    ]
    return pd.DataFrame(dict(zip(NAMES, columns, strict=True)))


COLUMNS = {
    "a name": (["dose"], ["age", "height"]),
    "numbers": ([2], [1, 0]),
    "negative numbers": ([-2], [-3]),
    "slices": (slice(2, 3), slice(0, 2)),
    "slices of names": (slice("dose", "dose"), slice("age", "height")),
    "masks": (np.array([False, False, True, False]), [True, True, False, False]),
    "callables": (make_column_selector("dose"), make_column_selector("age|height")),
    "overlaps": ([2, 1], [1, 0]),
    "nothing": ([], [0]),
}


@pytest.mark.parametrize("remainder", ["drop", "passthrough", MinMaxScaler()], ids=str)
@pytest.mark.parametrize("columns", COLUMNS.values(), ids=COLUMNS)
def test_columns_are_found_as_scikit_learn_finds_them(columns, remainder, frame, judge):
    first, second = columns
    step = ColumnTransformer(
        [("scale", StandardScaler(), first), ("expand", PolynomialFeatures(), second), ("left", "drop", [3])],
        remainder=remainder,
    )
    judge(step.fit(frame), frame)


def test_steps_within_columns(frame, judge):
    inner = make_pipeline(
        SimpleImputer(), FrozenEstimator(StandardScaler().fit(frame[["age", "height"]].to_numpy()))
    )
    step = ColumnTransformer(
        [("both", inner, ["age", "height"]), ("same", "passthrough", ["dose"])],
        transformer_weights={"both": 2.0, "same": 0.5},
    )
    judge(step.fit(frame), frame)


def test_columns_without_names(frame, judge):
    step = ColumnTransformer([("pca", PCA(1), [0, 2])], remainder="passthrough")
    judge(step.fit(frame.to_numpy()), frame.to_numpy())


def test_columns_may_repeat(frame, judge):
    step = ColumnTransformer([("expand", PolynomialFeatures(), [1, 0, 1])])
    judge(step.fit(frame.to_numpy()), frame.to_numpy())


def test_unions_stand_side_by_side(frame, judge):
    step = FeatureUnion(
        [("pca", PCA(2)), ("same", "passthrough"), ("left", "drop"), ("scale", StandardScaler())],
        transformer_weights={"pca": 0.1},
    )
    judge(step.fit(frame), frame)


@pytest.mark.filterwarnings(
    "ignore:Skipping features without", "ignore::sklearn.exceptions.ConvergenceWarning"
)
@pytest.mark.parametrize("imputer", [SimpleImputer, KNNImputer, IterativeImputer])
@pytest.mark.parametrize("settings", [{}, {"add_indicator": True}, {"keep_empty_features": True}], ids=str)
def test_imputers_pass_rows_without_gaps(imputer, settings, frame, judge):
    gaps = frame.copy()
    gaps.loc[3:8, "age"] = np.nan
    gaps["height"] = np.nan
    step = make_pipeline(imputer(**settings), MinMaxScaler())
    step.fit(gaps[["age", "height", "dose"]].to_numpy())
    # scikit-learn drops the column without values, or replaces it, whatever stands in it later
    judge(step, frame[["age", "height", "dose"]].to_numpy(copy=True))


@pytest.mark.parametrize(
    "settings",
    [{}, {"drop": "first"}, {"drop": "if_binary"}, {"sparse_output": False}, {"handle_unknown": "ignore"}],
    ids=str,
)
def test_one_hot_encoded_numbers_have_values_and_no_gradient(settings, frame, judge):
    codes = frame.assign(sex=(frame["age"] > 50).astype(int))
    step = ColumnTransformer(
        [("codes", OneHotEncoder(**settings), ["site", "sex"])], remainder=StandardScaler()
    )
    step.fit(codes)
    judge(step, codes)
    network = as_network(make_pipeline(step, _trained(step.transform(codes))))
    assert_array_equal(network.gradient(codes)[:, 3:], 0)
    assert (network.gradient(codes)[:, :3] != 0).any()


def test_values_between_categories_count_as_the_nearest_unless_they_may_be_unknown(frame):
    between = frame.assign(site=frame["site"] + 3.0)
    for handle_unknown in ("error", "ignore"):
        step = ColumnTransformer(
            [("site", OneHotEncoder(handle_unknown=handle_unknown), ["site"])], remainder="drop"
        )
        network = as_network(make_pipeline(step.fit(frame), _trained(step.transform(frame))))
        if handle_unknown == "error":
            assert_array_equal(network.predict_proba(between), network.predict_proba(frame))
        else:
            mapped = step.transform(between)
            assert_array_equal(mapped.toarray() if hasattr(mapped, "toarray") else mapped, 0)
            assert_allclose(network.input_map.transform(between.to_numpy()), 0)


class TestWhatCannotBeReadIsRefusedByName:
    @pytest.mark.parametrize(
        ("inner", "message"),
        [
            (KernelPCA(), "'columns__it' of the pipeline is a KernelPCA"),
            (make_pipeline(StandardScaler(), KernelPCA()), "'columns__it__kernelpca' of the"),
            (FrozenEstimator(KernelPCA()), "'columns__it' of the pipeline is a KernelPCA"),
            (FeatureUnion([("k", KernelPCA())]), "'columns__it__k' of the pipeline is a KernelPCA"),
            (OneHotEncoder(min_frequency=2), "'columns__it' .* infrequent"),
            (SimpleImputer(missing_values=-1), "'columns__it' .* takes -1 for a gap"),
        ],
        ids=lambda value: type(value).__name__,
    )
    def test_before_training(self, inner, message):
        step = ColumnTransformer([("it", inner, [0])])
        with pytest.raises(TypeError, match=message):
            check_readable(_named(step))
        remainder = ColumnTransformer([("same", "passthrough", [0])], remainder=inner)
        with pytest.raises(TypeError, match=message.replace("__it", "__remainder")):
            check_readable(_named(remainder))

    @pytest.mark.parametrize("values", [["a", "b"], [1.0, np.nan]], ids=str)
    def test_categories_that_are_not_numbers(self, values, frame):
        codes = frame.assign(site=pd.Series(np.resize(np.array(values, dtype=object), 60)))
        step = ColumnTransformer([("site", OneHotEncoder(), ["site"])]).fit(codes)
        with pytest.raises(TypeError, match="'columns__site' .* categor"):
            check_readable(_named(step))


def _named(step):
    return make_pipeline(step, MLPClassifier()).set_params(
        steps=[("columns", step), ("network", MLPClassifier())]
    )


def _trained(mapped):
    labels = np.arange(mapped.shape[0]) % 2
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return MLPClassifier((4,), max_iter=3, random_state=0).fit(mapped, labels)
