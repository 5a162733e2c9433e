"""The experiments and the simulation hold what they promise, judged by sympy and by hand."""

import pickle

import numpy as np
import pandas as pd
import pytest
import sympy
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skinterpret.datasets import EXPERIMENTS, make_gene_regulation, make_wetzel
from skinterpret.directions import sample_directions
from skinterpret.expressions import Expression
from skinterpret.network import as_network

ALL = sorted(EXPERIMENTS)

# Written a second time, by hand: box, concept, and which class the rules give without noise.
WIDE = {
    1: [(-1, 1)] * 2,
    2: [(-2, 2)] * 2,
    3: [(-2, 2)] * 3,
    4: [(-1, 1)] * 3,
    5: [(0, 2), (-2, 2), (-2, 2)],
    6: [(0, 2)] * 6,
    7: [(0, 2)] * 4,
    8: [(0, 2)] * 3,
}
CONCEPTS = {
    1: lambda x1, x2: x1**2 + 2 * x2**2,
    2: lambda x1, x2: (x1 + x2) * (x1 + 2 * x2),
    3: lambda x1, x2, x3: x1**2 + np.sin(x2 + x3),
    4: lambda x1, x2, x3: np.exp(x1) / np.exp(x2) - np.pi * x3,
    5: lambda x1, x2, x3: x1 * np.exp(-(x2**2) / 2) * np.exp(-(x3**2) / 2),
    6: lambda x1, x2, x3, x4, x5, x6: x1 * x2 / ((x3 - x4) ** 2 + (x5 - x6) ** 2),
    7: lambda x1, x2, x3, x4: x1 * x2 + x3 * x4,
    8: lambda x1, x2, x3: x1 * x2 + x3 + np.sin(x2 * x3),
}
THRESHOLDS = {1: 1, 2: 5, 3: 1, 4: 1, 5: 0.2, 6: 1}


def seventh(x1, x2, x3, x4):
    return np.array([x1 * x2 > 1, x3 * x4 > 1])


def eighth(x1, x2, x3):
    return np.array([x1 * x2 + x3 > 2, np.sin(x2 * x3) > 0.5])


class TestWetzel:
    @pytest.mark.parametrize("experiment", ALL)
    def test_rows_fill_the_box_uniformly(self, experiment):
        data = make_wetzel(experiment, n_samples=4000, random_state=0)
        low, high = np.array(WIDE[experiment]).T
        np.testing.assert_array_equal(data.box, WIDE[experiment])
        assert (data.data >= low).all()
        assert (data.data <= high).all()
        if experiment < 7:  # rows are selected in the others
            position = (data.data - low) / (high - low)
            np.testing.assert_allclose(position.mean(axis=0), 1 / 2, atol=0.02)
            np.testing.assert_allclose(position.var(axis=0), 1 / 12, atol=0.005)

    @pytest.mark.parametrize(("experiment", "dimensions"), [(2, 2), (3, 3)])
    def test_published_box_is_the_negative_corner(self, experiment, dimensions):
        data = make_wetzel(experiment, n_samples=50, box="published", random_state=0)
        np.testing.assert_array_equal(data.box, [(-2, 0)] * dimensions)
        assert (data.data <= 0).all()

    @pytest.mark.parametrize("experiment", [1, 4, 5, 6, 7, 8])
    def test_published_box_is_the_wide_one_elsewhere(self, experiment):
        published = make_wetzel(experiment, n_samples=50, box="published", random_state=0)
        np.testing.assert_array_equal(published.box, WIDE[experiment])

    @pytest.mark.parametrize("experiment", ALL)
    def test_function_is_the_concept(self, experiment):
        data = make_wetzel(experiment, n_samples=200, random_state=0)
        np.testing.assert_allclose(
            data.function(data.data), CONCEPTS[experiment](*data.data.T), rtol=1e-10, atol=1e-10
        )

    @pytest.mark.parametrize("experiment", ALL)
    def test_formula_parses_to_the_same_function(self, experiment):
        data = make_wetzel(experiment, n_samples=200, random_state=0)
        parsed = Expression.parse(data.formula, data.feature_names)
        np.testing.assert_allclose(parsed(data.data), data.function(data.data), rtol=1e-10)

    @pytest.mark.parametrize("experiment", ALL)
    def test_gradient_agrees_with_central_differences(self, experiment):
        data = make_wetzel(experiment, n_samples=50, random_state=0)
        gradient = data.gradient(data.data)
        for j in range(data.data.shape[1]):
            step = np.zeros(data.data.shape[1])
            step[j] = 1e-6
            slope = (data.function(data.data + step) - data.function(data.data - step)) / 2e-6
            np.testing.assert_allclose(gradient[:, j], slope, rtol=1e-5, atol=1e-5)

    @pytest.mark.parametrize("experiment", [1, 2, 3, 4, 5, 6])
    def test_without_noise_the_label_is_the_rule(self, experiment):
        data = make_wetzel(experiment, noise=0, random_state=0)
        g = CONCEPTS[experiment](*data.data.T)
        assert data.threshold == THRESHOLDS[experiment]
        np.testing.assert_array_equal(data.target, g > THRESHOLDS[experiment])
        assert 0.25 < data.target.mean() < 0.75

    @pytest.mark.parametrize(("experiment", "rules"), [(7, seventh), (8, eighth)])
    def test_without_noise_two_rules_agree_on_every_row_and_make_the_label(self, experiment, rules):
        data = make_wetzel(experiment, noise=0, random_state=0)
        first, second = rules(*data.data.T)
        np.testing.assert_array_equal(data.target, first)
        np.testing.assert_array_equal(data.target, second)
        assert data.threshold is None
        assert 0.25 < data.target.mean() < 0.75

    @pytest.mark.parametrize(("experiment", "rules"), [(7, seventh), (8, eighth)])
    def test_only_rows_on_which_rules_disagree_are_left_out(self, experiment, rules):
        low, high = np.array(WIDE[experiment]).T
        fresh = np.random.default_rng(0).uniform(low, high, (100_000, len(low)))
        first, second = rules(*fresh.T)
        expected = (first & second).sum() / (first == second).sum()
        data = make_wetzel(experiment, n_samples=20_000, noise=0, random_state=1)
        assert abs(data.target.mean() - expected) < 0.015

    def test_noise_flips_labels_near_the_threshold_only(self):
        data = make_wetzel(1, n_samples=50_000, noise=0.01, random_state=0)
        g = data.function(data.data)
        flipped = data.target != (g > 1)
        assert flipped.any()
        assert np.abs(g[flipped] - 1).max() < 0.06
        nearby = np.abs(g - 0.99) < 0.001  # 1 % below: one standard deviation
        assert abs(data.target[nearby].mean() - 0.16) < 0.1

    @pytest.mark.parametrize("experiment", ALL)
    def test_texts_say_what_the_functions_do(self, experiment):
        data = make_wetzel(experiment, n_samples=100, noise=0, random_state=0)
        names = [f"x{j + 1}" for j in range(len(WIDE[experiment]))]
        assert data.feature_names == names
        formula = sympy.lambdify(names, sympy.sympify(data.formula))
        np.testing.assert_allclose(formula(*data.data.T), data.function(data.data), rtol=1e-10)
        for part in data.rule.split(" and "):
            rule = sympy.lambdify(names, sympy.sympify(part))
            np.testing.assert_array_equal(rule(*data.data.T), data.target == 1)
        assert data.rule in data.DESCR
        assert data.formula in data.DESCR

    def test_gradient_is_broadcast_where_it_is_constant(self):
        data = make_wetzel(4, n_samples=3, random_state=0)
        np.testing.assert_allclose(data.gradient(data.data)[:, 2], [-np.pi] * 3)


class TestGeneRegulation:
    def test_fifteen_named_inputs_of_which_six_are_in_the_formula(self):
        cells = make_gene_regulation(n_samples=10, random_state=0)
        assert cells.data.shape == (10, 15)
        assert len(set(cells.feature_names)) == 15
        in_formula = {str(symbol) for symbol in sympy.sympify(cells.formula).free_symbols}
        assert in_formula == set(cells.relevant) < set(cells.feature_names)
        assert len(cells.relevant) == 6

    def test_inputs_that_are_not_relevant_change_nothing(self):
        cells = make_gene_regulation(n_samples=100, random_state=0)
        others = [name not in cells.relevant for name in cells.feature_names]
        changed = cells.data.copy()
        changed[:, others] = 1.0
        np.testing.assert_array_equal(cells.function(cells.data), cells.function(changed))
        gradient = cells.gradient(cells.data)
        assert (gradient[:, others] == 0).all()
        assert (gradient[:, np.logical_not(others)] != 0).all()

    def test_activators_raise_and_inhibitors_lower_the_odds(self):
        cells = make_gene_regulation(n_samples=100, random_state=0)
        gradient = pd.DataFrame(cells.gradient(cells.data), columns=cells.feature_names)
        assert (gradient[["CRP", "AraC", "Fis"]] > 0).all(axis=None)
        assert (gradient[["LacI", "FNR", "PurR"]] < 0).all(axis=None)

    def test_odds_are_those_of_the_competitive_hill_function(self):
        cells = make_gene_regulation(n_samples=100, noise=0, random_state=0)
        u = pd.DataFrame(cells.data, columns=cells.feature_names)
        active = (u["CRP"] * u["AraC"]) ** 2 + u["Fis"] ** 2
        occupied = active + u["LacI"] ** 2 + u["FNR"] ** 2 + u["PurR"] ** 2
        share = active / (1 + occupied)
        np.testing.assert_allclose(cells.function(cells.data), share / (1 - share))
        np.testing.assert_array_equal(cells.target, share > 1 / 3)

    @pytest.mark.parametrize("seed", [0, 1, 2])
    def test_classes_are_balanced(self, seed):
        assert 0.45 < make_gene_regulation(random_state=seed).target.mean() < 0.55

    def test_a_small_network_learns_it(self):
        cells = make_gene_regulation(random_state=0)
        network = make_pipeline(
            StandardScaler(),
            MLPClassifier((60, 60), activation="tanh", early_stopping=True, random_state=0),
        )
        network.fit(cells.data[:8000], cells.target[:8000])
        assert network.score(cells.data[8000:], cells.target[8000:]) >= 0.95

        sample = sample_directions(
            as_network(network), cells.data, scale=cells.data.std(axis=0), random_state=0
        )
        size = np.sqrt((sample.directions**2).mean(axis=0))
        relevant = np.isin(cells.feature_names, cells.relevant)
        assert size[relevant].min() > 0.1
        assert size[~relevant].max() < 0.5 * size[relevant].min()


@pytest.mark.parametrize("make", [lambda **options: make_wetzel(7, **options), make_gene_regulation])
class TestLikeTheLoadersOfScikitLearn:
    def test_as_many_rows_as_asked_for(self, make):
        data = make(n_samples=321, random_state=0)
        assert len(data.data) == len(data.target) == 321
        assert set(np.unique(data.target)) == {0, 1}

    def test_same_seed_same_data_and_other_seed_other_data(self, make):
        first, again, other = (make(n_samples=20, random_state=seed) for seed in (0, 0, 1))
        np.testing.assert_array_equal(first.data, again.data)
        np.testing.assert_array_equal(first.target, again.target)
        assert (first.data != other.data).all()

    def test_return_x_y(self, make):
        X, y = make(n_samples=20, return_X_y=True, random_state=0)
        data = make(n_samples=20, random_state=0)
        np.testing.assert_array_equal(X, data.data)
        np.testing.assert_array_equal(y, data.target)

    def test_as_frame_carries_the_names(self, make):
        data = make(n_samples=20, as_frame=True, random_state=0)
        assert list(data.data.columns) == data.feature_names
        assert isinstance(data.target, pd.Series)
        assert list(data.frame.columns) == [*data.feature_names, "target"]
        plain = make(n_samples=20, random_state=0)
        assert plain.frame is None
        np.testing.assert_array_equal(data.data.to_numpy(), plain.data)
        np.testing.assert_array_equal(data.function(data.data), plain.function(plain.data))

    def test_a_pickle_still_computes(self, make):
        data = make(n_samples=20, random_state=0)
        loaded = pickle.loads(pickle.dumps(data))
        np.testing.assert_array_equal(loaded.gradient(loaded.data), data.gradient(data.data))

    @pytest.mark.parametrize("setting", [{"n_samples": 0}, {"noise": -0.1}])
    def test_numbers_out_of_range_are_refused(self, make, setting):
        with pytest.raises(ValueError, match=next(iter(setting))):
            make(**setting)


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"experiment": 9}, "experiment=9 is unknown; choose from 1 to 8"),
        ({"experiment": 1, "box": "narrow"}, "box='narrow' is unknown; choose 'wide'"),
    ],
)
def test_unknown_experiments_and_boxes_are_refused(setting, message):
    with pytest.raises(ValueError, match=message):
        make_wetzel(**setting)
