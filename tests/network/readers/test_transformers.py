import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    Normalizer,
    PolynomialFeatures,
    PowerTransformer,
    QuantileTransformer,
    SplineTransformer,
)

from skinterpret.network import as_network, check_readable
from skinterpret.network.input_maps import DERIVATIVES, FunctionMap
from skinterpret.network.readers.registry import read_input_map

STEPS = [
    PolynomialFeatures(),
    PolynomialFeatures(4, include_bias=False),
    PolynomialFeatures((2, 3), interaction_only=True, include_bias=False),
    PowerTransformer(),
    PowerTransformer(standardize=False),
    QuantileTransformer(n_quantiles=20),
    QuantileTransformer(n_quantiles=40, output_distribution="normal"),
    Normalizer(),
    Normalizer("l1"),
    Normalizer("max"),
    FunctionTransformer(),
    FunctionTransformer(np.arcsinh, validate=True),
    SplineTransformer(),
    SplineTransformer(n_knots=4, degree=2, include_bias=False, knots="quantile"),
    *(
        SplineTransformer(degree=degree, extrapolation=extrapolation)
        for degree in (1, 3)
        for extrapolation in ("constant", "linear", "continue", "periodic")
        if (degree, extrapolation) != (1, "linear")
    ),
]


@pytest.fixture(scope="module")
def raw():
    """Signed values, skewed ones, many equal ones and small ones; the last rows reach beyond the others."""
    rng = np.random.default_rng(3)
    columns = [
        rng.normal(size=80),
        rng.gamma(2, 3, size=80),
        np.round(rng.normal(size=80)),
        0.1 * rng.normal(size=80),
    ]
    X = np.column_stack(columns)
    X[60:] = 1.5 * X[60:] + 1e-3
    return X


@pytest.mark.parametrize("step", STEPS, ids=str)
def test_networks_behind_a_transformer_are_those_of_scikit_learn(step, raw, judge):
    step.fit(raw[:60])
    # off the kinks, which stand at values of the training
    judge(step, raw[60:], step_size=1e-7 if isinstance(step, QuantileTransformer) else 1e-6, rtol=1e-4)


def test_quantiles_that_several_rows_share_are_those_of_scikit_learn(raw):
    for distribution in ("uniform", "normal"):
        step = QuantileTransformer(n_quantiles=60, output_distribution=distribution).fit(raw[:60])
        mapped = read_input_map(step).transform(raw)
        assert_allclose(mapped, step.transform(raw), rtol=1e-7, atol=1e-9)


def test_box_cox_for_positive_values(raw, judge):
    positive = np.abs(raw) + 0.1
    judge(PowerTransformer("box-cox").fit(positive[:60]), positive)


def test_nothing_is_extrapolated_where_that_is_an_error(raw, judge):
    step = SplineTransformer(extrapolation="error").fit(raw)
    inside = raw[(raw > raw.min(axis=0) + 1e-3).all(axis=1) & (raw < raw.max(axis=0) - 1e-3).all(axis=1)]
    judge(step, inside)


@pytest.mark.parametrize("function", DERIVATIVES, ids=lambda function: function.__name__)
def test_derivatives_of_functions_are_finite_differences(function, differentiate):
    X = np.linspace(0.05, 0.95, 20)[:, None]
    mapping = FunctionMap(function)
    assert_allclose(mapping.transform(X), function(X))
    expected = differentiate(lambda rows: mapping.transform(rows)[:, 0], X)
    assert_allclose(mapping.pull_back(X, np.ones_like(X)), expected, rtol=1e-7)


def test_a_function_transformer_that_was_never_fitted_is_read(train, X):
    pipeline = make_pipeline(FunctionTransformer(np.tanh), train("binary"))
    assert_allclose(as_network(pipeline).predict_proba(X), pipeline.predict_proba(X), rtol=1e-9)


def test_lines_that_go_on_straight_are_refused():
    # scikit-learn gives the second and later inputs other splines than it was fitted with
    X = np.linspace(0, 1, 11)[:, None]
    step = SplineTransformer(degree=1, extrapolation="linear").fit(np.hstack([X, X]))
    first, second = np.hsplit(step.transform(np.hstack([X, X])), 2)
    assert (first != second).any()
    with pytest.raises(TypeError, match="'splinetransformer' .* degree below 2"):
        check_readable(make_pipeline(step, MLPClassifier()))


class TestFunctionsWithoutKnownDerivativeAreRefused:
    def test_by_name_of_the_step(self):
        pipeline = make_pipeline(FunctionTransformer(np.cumsum), MLPClassifier())
        with pytest.raises(TypeError, match="'functiontransformer' .* derivative of <function cumsum"):
            check_readable(pipeline)

    def test_with_arguments(self):
        step = FunctionTransformer(np.log, kw_args={"where": True})
        with pytest.raises(TypeError, match="'functiontransformer' .* takes the arguments"):
            check_readable(make_pipeline(step, MLPClassifier()))
