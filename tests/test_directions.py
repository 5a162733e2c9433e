"""Directions of analytic networks `φ(g)`, whose gradients are known."""

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit
from sklearn.frozen import FrozenEstimator
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skinterpret.directions import Directions, sample_directions, split_sample, spread_sample
from skinterpret.network import as_network


@dataclass(frozen=True)
class Analytic:
    """The network `φ(g(x))`."""

    g: Any
    gradient_of_g: Any
    phi: Any
    slope: Any

    def latent(self, X, target=None):
        return self.phi(self.g(X))

    def gradient(self, X, target=None):
        return self.slope(self.g(X))[:, None] * self.gradient_of_g(X)


CONCEPTS = {
    "ellipse": (
        lambda X: X[:, 0] ** 2 + 2 * X[:, 1] ** 2 - 1,
        lambda X: np.column_stack([2 * X[:, 0], 4 * X[:, 1]]),
    ),
    "plane": (
        lambda X: X[:, 0] - 3 * X[:, 1],
        lambda X: np.column_stack([np.ones(len(X)), -3 * np.ones(len(X))]),
    ),
    "wave": (
        lambda X: X[:, 0] + np.sin(3 * X[:, 1]),
        lambda X: np.column_stack([np.ones(len(X)), 3 * np.cos(3 * X[:, 1])]),
    ),
}
LINKS = {
    "identity": (lambda t: t, np.ones_like),
    "falling": (lambda t: -5 * t, lambda t: np.full_like(t, -5)),
    "cubic": (lambda t: t + 4 * t**3, lambda t: 1 + 12 * t**2),
    "sinh": (lambda t: np.sinh(2 * t), lambda t: 2 * np.cosh(2 * t)),
    "steep": (lambda t: 1000 * t, lambda t: np.full_like(t, 1000)),
}


def square(n_rows=500, seed=0, n_features=2):
    return np.random.default_rng(seed).uniform(-1, 1, (n_rows, n_features))


def network(concept="ellipse", link="identity"):
    return Analytic(*CONCEPTS[concept], *LINKS[link])


def plain(latent, gradient):
    """A network given by its latent and gradient alone."""
    return Analytic(latent, gradient, *LINKS["identity"])


def saturated(offset):
    """A boundary that lies outside the box: the latent is `offset` and a bit."""
    return plain(lambda X: X[:, 0] + X[:, 1] + offset, np.ones_like)


def cliff():
    """Flat but for a narrow ramp at `x0 = 0.5`."""
    return plain(
        lambda X: 100 * np.clip(20 * (X[:, 0] - 0.5), -1, 1),
        lambda X: 2000.0 * (np.abs(X[:, :1] - 0.5) < 0.05) * [1.0, 0.0],
    )


def cosine(a, b):
    norms = np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1)
    return np.einsum("ij,ij->i", a, b) / norms


def equal(a, b):
    return all(
        np.array_equal(getattr(a, name), getattr(b, name))
        for name in ("X", "directions", "latent", "artificial")
    )


class TestDirections:
    @settings(deadline=None)
    @given(st.sampled_from(sorted(CONCEPTS)), st.sampled_from(sorted(LINKS)), st.integers(0, 99))
    def test_are_unit_and_parallel_to_the_concept_whatever_the_link(self, concept, link, seed):
        sample = sample_directions(network(concept, link), square(200), n_rows=300, random_state=seed)
        np.testing.assert_allclose(np.linalg.norm(sample.directions, axis=1), 1, rtol=1e-12)
        truth = CONCEPTS[concept][1](sample.X)
        np.testing.assert_allclose(np.abs(cosine(sample.directions, truth)), 1, rtol=1e-12)

    @pytest.mark.parametrize("concept", sorted(CONCEPTS))
    def test_of_a_falling_and_a_rising_link_differ_in_sign_only(self, concept):
        rising = sample_directions(network(concept), square(), n_rows=100, random_state=0)
        falling = network(concept, "falling").gradient(rising.X)
        np.testing.assert_allclose(cosine(rising.directions, falling), -1, rtol=1e-12)

    def test_are_by_scaled_inputs_when_a_scale_is_given(self):
        scale = np.array([10.0, 0.1])
        sample = sample_directions(network("plane"), square(), scale=scale, random_state=0)
        expected = np.array([1.0, -3.0]) * scale
        np.testing.assert_allclose(
            sample.directions, np.tile(expected / np.linalg.norm(expected), (len(sample), 1))
        )

    def test_latent_values_belong_to_the_rows(self):
        wave = network("wave", "steep")
        sample = sample_directions(wave, square(), random_state=0)
        np.testing.assert_array_equal(sample.latent, wave.latent(sample.X))

    def test_rows_at_which_the_gradient_vanishes_are_dropped(self):
        flat = plain(
            lambda X: np.maximum(X[:, 0], 0.0),
            lambda X: np.column_stack([X[:, 0] > 0, 1e-9 * (X[:, 0] <= 0)]).astype(float),
        )
        sample = sample_directions(flat, square(), n_rows=400, random_state=0)
        assert (sample.X[:, 0] > 0).all()
        assert len(sample) > 100

    @pytest.mark.parametrize("value", [np.nan, np.inf])
    @pytest.mark.parametrize("delta", [None, 1e-4])
    def test_rows_at_which_the_network_is_not_finite_are_dropped(self, value, delta):
        def holes(values):
            return np.where(np.isclose(values, 0.5), value, values)

        X = square()
        X[:7, 0] = 0.5
        pole = plain(lambda X: holes(X[:, 0]), lambda X: np.ones_like(X))
        jump = plain(lambda X: X[:, 0], lambda X: holes(X[:, :1]) * np.ones_like(X))
        for broken in (pole, jump):
            sample = sample_directions(broken, X, delta=delta, n_rows=500, random_state=0)
            assert np.isfinite(sample.directions).all()
            assert np.isfinite(sample.latent).all()
            assert not np.isclose(sample.X[:, 0], 0.5).any()

    def test_a_constant_latent_has_none_and_the_error_says_so(self):
        constant = plain(lambda X: np.zeros(len(X)), np.zeros_like)
        with pytest.raises(ValueError, match=r"target=.* vanishes .* nearly all"):
            sample_directions(constant, square(), random_state=0)
        with pytest.raises(ValueError, match="vanishes"):
            sample_directions(constant, square(), delta=None, random_state=0)


class TestShell:
    @settings(deadline=None)
    @given(st.sampled_from(sorted(CONCEPTS)), st.sampled_from(sorted(LINKS)))
    def test_holds_every_row(self, concept, link):
        for delta in (1e-4, 0.01, 0.3):
            sample = sample_directions(
                network(concept, link), square(200), delta=delta, n_rows=300, random_state=0
            )
            probability = expit(sample.latent)
            assert (probability >= delta * (1 - 1e-9)).all()
            assert (probability <= (1 - delta) * (1 + 1e-9)).all()

    def test_of_the_data_is_used_alone_when_it_is_large_enough(self):
        X = square(5000)
        sample = sample_directions(network(), X, n_rows=1000, random_state=0)
        assert len(sample) == 1000
        assert not sample.artificial.any()
        assert {tuple(row) for row in sample.X} <= {tuple(row) for row in X}
        assert len({tuple(row) for row in sample.X}) == 1000

    def test_of_the_data_comes_first_and_whole_when_it_is_too_small(self):
        X, steep = square(), network("wave", "steep")
        inside = np.abs(steep.latent(X)) <= -np.log(1e-4 / (1 - 1e-4))
        sample = sample_directions(steep, X, n_rows=300, random_state=0)
        assert 0 < inside.sum() < 300
        np.testing.assert_array_equal(sample.X[~sample.artificial], X[inside])
        assert not sample.artificial[: inside.sum()].any()
        assert sample.artificial[inside.sum() :].all()

    @pytest.mark.parametrize("concept", sorted(CONCEPTS))
    def test_that_is_thin_is_filled(self, concept):
        X, steep = square(), network(concept, "steep")
        assert (np.abs(steep.latent(X)) < 9.2).sum() < 20
        sample = sample_directions(steep, X, n_rows=1000, random_state=0)
        assert len(sample) == 1000

    def test_that_holds_no_row_of_the_data_is_filled(self):
        X = square()
        X = X[np.abs(network().g(X)) > 0.2]
        sample = sample_directions(network("ellipse", "steep"), X, n_rows=200, random_state=0)
        assert len(sample) == 200
        assert sample.artificial.all()

    def test_that_only_near_rows_can_reach_is_filled_from_them(self):
        X = square(5000)
        assert (np.abs(cliff().latent(X)) < 9.2).sum() < 50
        assert len(sample_directions(cliff(), X, n_rows=500, random_state=0)) == 500

    def test_that_is_far_from_all_data_is_found_although_few_rows_are_asked_for(self):
        X = square(200)
        X = X[np.abs(X[:, 0] - 0.5) > 0.2]
        sample = sample_directions(cliff(), X, n_rows=10, random_state=0)
        assert sample.artificial.sum() == 10

    def test_is_filled_where_no_data_are_too(self):
        rng = np.random.default_rng(0)
        clusters = rng.choice([-1.0, 1.0], (300, 1)) + 0.05 * rng.normal(size=(300, 2))
        diagonal = plain(lambda X: 100 * (X[:, 0] + X[:, 1]), lambda X: np.full_like(X, 100))
        sample = sample_directions(diagonal, clusters, n_rows=500, random_state=0)
        along = sample.X[:, 0] - sample.X[:, 1]
        assert along.min() < -1.5
        assert along.max() > 1.5

    def test_artificial_rows_spread_along_the_boundary(self):
        sample = sample_directions(network("ellipse", "steep"), square(), random_state=0)
        angle = np.arctan2(sample.X[:, 1], sample.X[:, 0])
        counts, _ = np.histogram(angle, bins=12, range=(-np.pi, np.pi))
        assert counts.min() > len(sample) / 50

    @settings(deadline=None)
    @given(st.sampled_from(sorted(CONCEPTS)), st.sampled_from(sorted(LINKS)), st.integers(0, 99))
    def test_artificial_rows_stay_in_the_box_of_the_data(self, concept, link, seed):
        X = square(60, seed) * [1.0, 0.4]
        sample = sample_directions(network(concept, link), X, n_rows=200, random_state=seed)
        assert sample.artificial.any()
        low, high = X.min(axis=0), X.max(axis=0)
        np.testing.assert_array_equal(np.clip(sample.X, low, high), sample.X)

    def test_artificial_rows_keep_a_constant_input_constant(self):
        X = np.column_stack([square(60), np.full(60, 7.0)])
        bent = plain(lambda X: 50 * (X[:, 0] + X[:, 1] * X[:, 2]), lambda X: np.ones_like(X))
        sample = sample_directions(bent, X, n_rows=100, random_state=0)
        assert (sample.X[:, 2] == 7).all()

    def test_does_not_exist_without_delta(self):
        far = saturated(1e6)
        sample = sample_directions(far, square(), delta=None, n_rows=700, random_state=0)
        assert len(sample) == 700
        assert sample.artificial.sum() == 200

    def test_without_delta_rows_are_not_moved(self):
        X = square(100)
        sample = sample_directions(network("plane", "steep"), X, delta=None, n_rows=2000, random_state=0)
        assert np.median(np.abs(sample.latent)) > 500


class TestEmptyShell:
    @pytest.mark.parametrize("n_samples", [3, 31, 500])
    @pytest.mark.parametrize("offset", [-30.0, 14.0, 600.0])
    def test_error_names_a_delta_that_works(self, n_samples, offset):
        X = square(n_samples)
        with pytest.raises(ValueError, match="Hardly any row") as caught:
            sample_directions(saturated(offset), X, random_state=0)
        delta = float(re.search(r"delta=(\S+) would give enough", str(caught.value))[1])
        assert 0 < delta < 1e-4
        sample = sample_directions(saturated(offset), X, delta=delta, random_state=1)
        assert len(sample) >= 32
        assert (~sample.artificial).sum() >= min(32, n_samples)

    def test_error_offers_no_delta_where_none_is_small_enough(self):
        with pytest.raises(ValueError, match=r"no delta would .* delta=None lets every row count"):
            sample_directions(saturated(1e4), square(), random_state=0)
        assert len(sample_directions(saturated(1e4), square(), delta=None, random_state=0)) >= 500

    def test_few_rows_are_enough_when_few_are_asked_for(self):
        assert len(sample_directions(network(), square(5), n_rows=4, random_state=0)) == 4


class TestArguments:
    @pytest.mark.parametrize("link", ["identity", "steep"])
    def test_same_seed_same_sample(self, link):
        first, again, other = (
            sample_directions(network("wave", link), square(), n_rows=300, random_state=seed)
            for seed in (0, 0, 1)
        )
        assert equal(first, again)
        assert not equal(first, other)

    def test_the_data_are_left_alone(self):
        X = square()
        before = X.copy()
        sample_directions(network("ellipse", "steep"), X, random_state=0)
        np.testing.assert_array_equal(X, before)

    def test_single_precision_and_data_frames_are_read(self):
        X = square().astype(np.float32)
        array = sample_directions(network(), X, n_rows=900, random_state=0)
        frame = sample_directions(network(), pd.DataFrame(X), n_rows=900, random_state=0)
        assert array.X.dtype == array.directions.dtype == array.latent.dtype == np.float64
        assert equal(array, frame)

    def test_target_reaches_the_network(self):
        @dataclass(frozen=True)
        class TwoLatents:
            def latent(self, X, target=None):
                return X[:, target]

            def gradient(self, X, target=None):
                return np.eye(2)[[target] * len(X)]

        for target in (0, 1):
            sample = sample_directions(TwoLatents(), square(), target=target, n_rows=900, random_state=0)
            assert (sample.directions[:, target] == 1).all()

    @pytest.mark.parametrize(
        ("setting", "message"),
        [({"delta": 0}, "delta"), ({"delta": 0.5}, "delta"), ({"n_rows": 0}, "n_rows")],
    )
    def test_numbers_out_of_range_are_refused(self, setting, message):
        with pytest.raises(ValueError, match=message):
            sample_directions(network(), square(), **setting)

    @pytest.mark.parametrize("scale", [[1.0], [1.0, 0.0], [1.0, -1.0], [1.0, np.nan]])
    def test_a_scale_that_is_not_positive_for_each_input_is_refused(self, scale):
        with pytest.raises(ValueError, match="scale"):
            sample_directions(network(), square(), scale=np.array(scale))

    def test_missing_values_are_refused(self):
        with pytest.raises(ValueError, match="NaN"):
            sample_directions(network(), [[0.0, np.nan], [1.0, 1.0]])

    def test_a_trained_network_shows_the_direction_of_its_boundary(self):
        X = square(1000) * [1.0, 100.0]
        model = make_pipeline(StandardScaler(), MLPClassifier((10,), max_iter=2000, random_state=0))
        model.fit(X, X[:, 0] + X[:, 1] / 100 > 0)
        read = as_network(FrozenEstimator(model))
        sample = sample_directions(read, X, scale=np.array([1.0, 100.0]), random_state=0)
        assert sample.artificial.any()
        assert np.abs(sample.directions @ np.sqrt([0.5, 0.5])).mean() > 0.99


class TestSpread:
    def test_chooses_each_row_once_even_among_twins(self):
        X = np.repeat(square(10), 5, axis=0)
        chosen = spread_sample(X, 30, random_state=0)
        assert len(set(chosen.tolist())) == 30
        assert len({tuple(row) for row in X[chosen[:10]]}) == 10

    @pytest.mark.parametrize(("n_rows", "expected"), [(5, 5), (50, 50), (6000, 5000)])
    def test_chooses_as_many_rows_as_there_are(self, n_rows, expected):
        chosen = spread_sample(square(5000), n_rows, random_state=0)
        assert len(set(chosen.tolist())) == expected

    def test_leaves_smaller_holes_than_a_random_choice(self):
        X = np.random.default_rng(0).normal(size=(2000, 3))

        def widest_hole(rows):
            gaps = np.linalg.norm(X[:, None] - X[rows][None], axis=2)
            return gaps.min(axis=1).max()

        spread = [widest_hole(spread_sample(X, 50, random_state=seed)) for seed in range(5)]
        random = [widest_hole(np.random.default_rng(s).permutation(2000)[:50]) for s in range(5)]
        assert max(spread) < min(random)

    def test_does_not_depend_on_units(self):
        X = square(300)
        np.testing.assert_array_equal(
            spread_sample(X, 40, random_state=0),
            spread_sample(X * [1.0, 1024.0], 40, random_state=0),
        )

    def test_split_parts_the_sample(self):
        sample = sample_directions(network(), square(800), n_rows=1000, random_state=0)
        search, rest = split_sample(sample, 200, random_state=0)
        assert isinstance(search, Directions)
        assert (len(search), len(rest)) == (200, 800)
        joined = {
            (*row, *direction, latent, made)
            for part in (search, rest)
            for row, direction, latent, made in zip(
                part.X, part.directions, part.latent, part.artificial, strict=True
            )
        }
        whole = zip(sample.X, sample.directions, sample.latent, sample.artificial, strict=True)
        assert joined == {(*row, *direction, latent, made) for row, direction, latent, made in whole}

    def test_split_is_determined_by_the_seed(self):
        sample = sample_directions(network(), square(), random_state=0)
        first, again, other = (split_sample(sample, 50, random_state=seed)[0] for seed in (0, 0, 1))
        assert equal(first, again)
        assert not equal(first, other)
