"""Bases of a space of combinations are sparse, whole where they can be, and the same for any rows."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skinterpret.search.structure import sparse_basis as module
from skinterpret.search.structure.sparse_basis import sparse_basis, unexplained


def gradients(rows, n_rows=300, seed=0):
    rows = np.array(rows, dtype=float)
    return np.random.default_rng(seed).normal(size=(n_rows, len(rows))) @ rows


def test_a_dense_combination_is_told_by_sparse_ones():
    assert sparse_basis(gradients([[1, 1, 0], [1, 2, 1]]), 2).basis.tolist() == [[1, 1, 0], [0, 1, 1]]


def test_what_is_as_simple_as_the_basis_is_told_beside_it():
    found = sparse_basis(gradients([[1, -1, 0], [0, 1, -1]]), 2)
    assert found.basis.tolist() == [[1, -1, 0], [0, 1, -1]]
    assert found.others.tolist() == [[1, 0, -1]]


def test_of_bases_alike_the_one_with_the_smallest_derivatives_is_taken():
    slopes = np.repeat(np.eye(2), 50, axis=0)  # each row of directions is along one combination alone
    for rows in ([[1, -1, 0], [0, 1, -1]], [[1, -1, 0], [1, 0, -1]], [[1, 0, -1], [0, 1, -1]]):
        assert sparse_basis(slopes @ rows, 2).basis.tolist() == rows


def test_fractions_are_told_where_next_to_nothing_is_left():
    rows = [[1, 0.737, 0], [0, 1, -0.3]]
    exact = gradients(rows)
    np.testing.assert_allclose(sparse_basis(exact, 2).basis, [[1.36, 1, 0], [0, 3.33, -1]])
    noisy = exact + 0.05 * np.random.default_rng(1).normal(size=exact.shape)
    assert sparse_basis(noisy, 2) is None


def test_coefficients_that_differ_a_lot_are_no_finding():
    assert sparse_basis(gradients([[1, 0.05]]), 1) is None


def test_what_is_along_no_combination_is_unexplained():
    assert unexplained(np.array([[1.0, 0.0]]), np.diag([3.0, 1.0])) == pytest.approx(0.25)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.lists(st.integers(-2, 2), min_size=5, max_size=5), min_size=1, max_size=3).filter(
        lambda rows: np.linalg.matrix_rank(rows) == len(rows)
    )
)
def test_the_basis_spans_the_space(rows):
    found = sparse_basis(gradients(rows), len(rows))
    if found is not None:
        moment = np.array(rows, dtype=float).T @ np.array(rows, dtype=float)
        assert unexplained(found.basis, moment) < 1e-3
        assert np.linalg.matrix_rank(found.basis) == len(rows)
        for other in found.others:
            assert np.linalg.matrix_rank([*rows, other]) == len(rows)


def test_rows_that_rounding_makes_alike_are_no_basis(monkeypatch):
    alike = [np.array([1.0, -1.0, 0.0]), np.array([-1.0, 1.0, 0.0])]
    monkeypatch.setattr(module, "_rounded", lambda *_: alike)
    assert sparse_basis(gradients([[1, -1, 0], [0, 1, -1]]), 2) is None
