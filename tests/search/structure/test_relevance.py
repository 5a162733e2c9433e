"""Inputs at noise level are found; weak but real ones are kept."""

import numpy as np

from skinterpret.search.structure.relevance import are_noise, component_sizes, irrelevant_inputs


def unit_rows(sizes, n_rows=400, seed=0):
    vectors = np.random.default_rng(seed).normal(size=(n_rows, len(sizes))) * sizes
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def test_components_at_noise_level_are_irrelevant():
    sizes = [1.0, 0.005, 0.4, 0.008, 0.2]
    assert irrelevant_inputs(unit_rows(sizes), unit_rows(sizes, seed=1)) == [1, 3]


def test_a_constant_input_does_not_hide_the_others():
    sizes = [1.0, 0.02, 0.4, 0.0, 0.02]
    assert irrelevant_inputs(unit_rows(sizes), unit_rows(sizes, seed=1)) == [1, 3, 4]


def test_nothing_is_irrelevant_without_a_gap():
    sizes = [1.0, 0.3, 0.15, 0.08, 0.05, 0.03]
    assert irrelevant_inputs(unit_rows(sizes), unit_rows(sizes, seed=1)) == []


def test_an_input_that_matters_on_the_held_back_rows_stays():
    assert irrelevant_inputs(unit_rows([1.0, 0.5, 0.005]), unit_rows([1.0, 0.5, 0.3])) == []


def test_sizes_are_root_mean_squares():
    np.testing.assert_allclose(component_sizes(np.array([[1.0, 0.0], [0.6, 0.8]])), [0.68**0.5, 0.32**0.5])


def test_noise_is_told_from_small_effects():
    rng = np.random.default_rng(0)
    X = rng.uniform(-1, 1, (400, 5))
    noise = 0.01 * rng.normal(size=(400, 3))
    assert are_noise(X, noise)
    assert not are_noise(X, 0.01 * np.cos(X[:, :3]))
    assert not are_noise(X, 0.01 * np.ones((400, 1)))
    assert not are_noise(X, 0.5 * noise + 0.01 * np.sin(X[:, :3]))
