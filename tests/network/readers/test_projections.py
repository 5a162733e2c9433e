import numpy as np
import pytest
from sklearn.decomposition import PCA, FactorAnalysis, FastICA, IncrementalPCA, TruncatedSVD
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.feature_selection import (
    RFE,
    SelectFromModel,
    SelectKBest,
    SelectPercentile,
    SequentialFeatureSelector,
    VarianceThreshold,
)
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.neighbors import NeighborhoodComponentsAnalysis
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.random_projection import GaussianRandomProjection, SparseRandomProjection

from skinterpret.network import check_readable

STEPS = [
    PCA(),
    PCA(2, random_state=0),
    PCA(3, whiten=True),
    IncrementalPCA(3, whiten=True),
    TruncatedSVD(3, random_state=0),
    GaussianRandomProjection(4, random_state=0),
    SparseRandomProjection(4, random_state=0),
    SparseRandomProjection(4, dense_output=True, random_state=1),
    FactorAnalysis(2, random_state=0),
    FastICA(3, random_state=0, whiten="unit-variance", max_iter=1000, tol=0.1),
    FastICA(random_state=0, whiten=False, max_iter=1000, tol=0.5),
    NeighborhoodComponentsAnalysis(2, random_state=0, max_iter=5),
    LinearDiscriminantAnalysis(),
    LinearDiscriminantAnalysis(n_components=1),
    LinearDiscriminantAnalysis(solver="eigen", shrinkage=0.1),
    VarianceThreshold(0.01),
    SelectKBest(k=2),
    SelectPercentile(percentile=60),
    RFE(Ridge(), n_features_to_select=3),
    SelectFromModel(LogisticRegression()),
    SequentialFeatureSelector(Ridge(), n_features_to_select=2, cv=2),
]


@pytest.fixture(scope="module")
def data():
    """Correlated columns in units of their own, the third of which hardly varies."""
    rng = np.random.default_rng(5)
    X = rng.normal(size=(80, 5)) @ (np.eye(5) + 0.3 * rng.normal(size=(5, 5)))
    X = X * [1, 3, 0.01, 2, 1] + [0, 10, 0, -5, 1]
    return X, np.digitize(X[:, 0] + 0.3 * X[:, 1], [2.5, 3.5])


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("step", STEPS, ids=str)
def test_networks_behind_a_projection_are_those_of_scikit_learn(step, data, judge):
    X, y = data
    judge(step.fit(X[:60], y[:60]), X)


def test_a_solver_that_does_not_project_is_refused():
    pipeline = make_pipeline(LinearDiscriminantAnalysis(solver="lsqr"), MLPClassifier())
    with pytest.raises(TypeError, match="'lineardiscriminantanalysis' .* solver='lsqr' does not project"):
        check_readable(pipeline)
