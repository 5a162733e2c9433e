"""Readers of scikit-learn's linear projections and feature selectors."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.sparse import issparse
from sklearn.decomposition import PCA, FactorAnalysis, FastICA, IncrementalPCA, TruncatedSVD
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.feature_selection import SelectorMixin
from sklearn.neighbors import NeighborhoodComponentsAnalysis
from sklearn.random_projection import GaussianRandomProjection, SparseRandomProjection

from skinterpret.network.input_maps import ColumnsMap, IdentityMap, LinearMap
from skinterpret.network.readers.registry import check_step, read_input_map, refuse_step


@read_input_map.register(PCA)
@read_input_map.register(IncrementalPCA)
def _read_pca(step: Any) -> LinearMap:
    matrix = step.components_.T
    if step.whiten:
        deviation = np.sqrt(step.explained_variance_)
        matrix = matrix / np.maximum(deviation, np.finfo(deviation.dtype).eps)
    return _linear(matrix, step.mean_)


@read_input_map.register(TruncatedSVD)
@read_input_map.register(GaussianRandomProjection)
@read_input_map.register(SparseRandomProjection)
@read_input_map.register(NeighborhoodComponentsAnalysis)
def _read_components(step: Any) -> LinearMap:
    components = step.components_
    return _linear(components.toarray().T if issparse(components) else components.T)


@read_input_map.register(FastICA)
def _read_ica(step: Any) -> LinearMap:
    return _linear(step.components_.T, step.mean_ if step.whiten else 0.0)


@read_input_map.register(FactorAnalysis)
def _read_factors(step: Any) -> LinearMap:
    # the expected factors of a row: Barber, Bayesian Reasoning and Machine Learning, 21.2.33
    weighted = step.components_ / step.noise_variance_
    inverse = np.linalg.inv(np.eye(len(weighted)) + weighted @ step.components_.T)
    return _linear(weighted.T @ inverse, step.mean_)


@read_input_map.register(LinearDiscriminantAnalysis)
def _read_discriminants(step: Any) -> LinearMap:
    n_components = step.n_components
    if n_components is None:
        n_components = min(len(step.classes_) - 1, step.n_features_in_)
    return _linear(step.scalings_[:, :n_components], step.xbar_ if step.solver == "svd" else 0.0)


@check_step.register(LinearDiscriminantAnalysis)
def _check_discriminants(step: Any, name: str) -> None:
    if step.solver == "lsqr":
        refuse_step(step, name, "solver='lsqr' does not project")


@read_input_map.register(SelectorMixin)
def _read_selector(step: Any) -> ColumnsMap:
    return ColumnsMap((step.get_support(indices=True),), (IdentityMap(),))


def _linear(matrix: Any, center: Any = 0.0) -> LinearMap:
    n_in, n_out = matrix.shape
    return LinearMap(center * np.ones(n_in), matrix, np.zeros(n_out))
