"""`OneHotProbe` as its users meet it."""

from __future__ import annotations

import pickle
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csc_array, csr_matrix
from sklearn.base import clone
from sklearn.compose import make_column_transformer
from sklearn.datasets import load_breast_cancer
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MultiLabelBinarizer, OneHotEncoder, OrdinalEncoder, StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from skinterpret import OneHotProbe
from skinterpret.base import default_network
from skinterpret.exceptions import UnfaithfulProbeWarning
from skinterpret.metrics import fidelity_scorer
from tests.probes.conftest import CLASS_OF


def small_probe(**parameters):
    network = MLPClassifier((8,), max_iter=30, learning_rate_init=0.02, random_state=0)
    return OneHotProbe(make_pipeline(StandardScaler(), network), random_state=0, **parameters)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.SkipTestWarning")
@pytest.mark.filterwarnings("ignore::skinterpret.exceptions.UnfaithfulProbeWarning")  # of rows of noise
@parametrize_with_checks([small_probe(), small_probe(baseline="mean", interactions="pairs")])
def test_scikit_learn_finds_nothing_to_object_to(estimator, check):
    check(estimator)


@pytest.fixture(scope="module")
def shop_probe(shop):
    return OneHotProbe(FrozenEstimator(shop.network), interactions="pairs").fit(shop.X)


class TestRowsOfThreeValues:
    """Which values stand for which class, checked against the rule that made the data."""

    @pytest.fixture
    def probe(self, votes):
        return OneHotProbe(FrozenEstimator(votes.network)).fit(votes.X)

    def test_the_first_row_is_the_baseline_and_shows_the_bias(self, probe, votes):
        table = probe.probe_table_
        assert table.index[0] == ("baseline", "")
        assert table["predicted"].iloc[0] == "blue"  # what the rule gives when no class leads
        nothing = votes.X.iloc[:1] * 0
        np.testing.assert_allclose(table["probability"].iloc[[0]], votes.network.predict_proba(nothing))

    @pytest.mark.parametrize(
        "sparsely", [csr_matrix, csc_array, lambda X: X.astype(pd.SparseDtype("int64", 0))]
    )
    def test_sparse_rows_give_what_dense_ones_give(self, votes, sparsely):
        dense, sparse = votes.X.to_numpy(), sparsely(votes.X)
        network = FrozenEstimator(clone(votes.network).fit(dense, votes.y))
        expected, probe = OneHotProbe(network).fit(dense), OneHotProbe(network).fit(sparse)
        np.testing.assert_array_equal(probe.probe_table_, expected.probe_table_)
        np.testing.assert_array_equal(probe.transform(sparse), expected.transform(dense))
        assert probe.score(sparse) == expected.score(dense)

    def test_a_binarizer_in_the_pipeline_is_refused_with_what_to_do(self, votes):
        pipeline = make_pipeline(MultiLabelBinarizer(), MLPClassifier())
        with pytest.raises(TypeError, match="apply it to the rows first"):
            OneHotProbe(pipeline).fit(votes.rows.to_numpy(), votes.y)

    def test_values_stand_for_the_classes_of_the_rule(self, probe):
        drivers = probe.class_drivers_
        assert dict(zip(drivers["feature"], drivers["class"], strict=True)) == CLASS_OF
        assert (drivers["value"] == 1).all()
        assert (drivers["predicted"] == drivers["class"]).all()

    def test_drivers_say_what_becomes_of_the_probability_of_their_class(self, probe, votes):
        start = probe.probe_table_["probability"].iloc[0]
        for _, row in probe.class_drivers_.iterrows():
            alone = (votes.X.iloc[[0]] * 0).assign(**{row["feature"]: row["value"]})
            there = dict(zip(probe.classes_, votes.network.predict_proba(alone)[0], strict=True))
            assert row["probability"] == pytest.approx(there[row["class"]])
            assert row["change"] == pytest.approx(there[row["class"]] - start[row["class"]])

    def test_a_value_that_only_rules_out_another_class_changes_little(self):
        network = MLPClassifier((), max_iter=1).set_params(random_state=0)
        X = pd.DataFrame({"clue": [0, 1, 0], "veto": [0, 0, 1]})
        with pytest.warns(ConvergenceWarning):
            network.fit(X, ["a", "b", "c"])
        # margins of a, b and c: the clue speaks for a, the veto against c, which is unlikely anyway
        network.coefs_ = [np.array([[6.0, 0.0, 0.0], [0.1, 0.0, -9.0]])]
        network.intercepts_ = [np.array([0.0, 0.0, -4.0])]
        drivers = OneHotProbe(FrozenEstimator(network)).fit(X).class_drivers_.set_index("feature")
        assert (drivers["class"] == "a").all()
        assert drivers["contribution"].min() > 3
        assert drivers.loc["clue", "change"] > 0.4
        assert abs(drivers.loc["veto", "change"]) < 0.05

    def test_what_hardly_moves_a_class_that_is_not_predicted_is_left_out(self):
        network = MLPClassifier((), max_iter=1).set_params(random_state=0)
        X = pd.DataFrame({"sure": [0, 1, 0, 0], "faint": [0, 0, 1, 0], "veto": [0, 0, 0, 1]})
        X["weak"] = [1, 0, 0, 0]
        with pytest.warns(ConvergenceWarning):
            network.fit(X, ["a", "b", "c", "a"])
        # margins of a, b and c: a is certain, what is faint leaves c as unlikely as it was, and what is
        # weak a as certain
        network.coefs_ = [np.array([[5.0, 0.0, 0.0], [0.0, 0.0, 0.5], [-9.0, 0.0, -9.0], [0.2, 0.0, 0.0]])]
        network.intercepts_ = [np.array([6.0, 0.0, -4.0])]
        probe = OneHotProbe(FrozenEstimator(network)).fit(X)
        drivers = probe.class_drivers_.set_index("feature")
        assert drivers["class"].to_dict() == {"sure": "a", "veto": "b"}
        assert drivers.loc["sure", "change"] < 0.005  # for there is no room for more
        assert ("faint", 1) in probe.probe_table_.index
        faint = OneHotProbe(FrozenEstimator(network)).fit(X.assign(sure=0, veto=0, weak=0)).class_drivers_
        assert faint["feature"].tolist() == ["faint"]  # no other is left

    def test_every_row_is_the_network_at_that_value_alone(self, probe, votes):
        table = probe.probe_table_
        assert list(table.index[1:3]) == [("a", 0), ("a", 1)]
        rows = pd.DataFrame(np.eye(6, dtype=int), columns=votes.X.columns)
        at_one = table.xs(1, level="value")
        np.testing.assert_allclose(at_one["probability"], votes.network.predict_proba(rows))
        assert list(at_one["predicted"]) == list(votes.network.predict(rows))

    def test_the_additive_surrogate_decides_as_the_network_does(self, probe, votes):
        assert votes.network.score(votes.X, votes.y) == 1
        assert probe.score(votes.X) > 0.95

    def test_categories_in_three_columns_show_the_same(self, votes):
        network = make_pipeline(OneHotEncoder(), clone(votes.network))
        probe = OneHotProbe(network).fit(votes.rows, votes.y)
        table = probe.probe_table_
        assert len(table) == 1 + 3 * 6
        assert table["predicted"].iloc[0] == "blue"
        for column in ("first", "second", "third"):
            assert table.loc[column, ("predicted", "")].to_dict() == CLASS_OF
        drivers = probe.class_drivers_
        assert all(CLASS_OF[row.value] == row["class"] for _, row in drivers.iterrows())
        assert probe.score(votes.rows) > 0.95


class TestCategories:
    def test_the_probe_sets_the_category_and_not_its_columns(self, shop, shop_probe):
        encoder, network = shop.network[0], shop.network[-1]
        zero_price = encoder.transform(shop.X.iloc[:1].assign(price=0.0))[0, -1]
        names = list(encoder.get_feature_names_out())
        row = np.where(np.array(names) == "remainder__price", zero_price, 0.0)
        expected = {"baseline": network.predict_proba([row])[0, 1]}
        for colour in ("blue", "green", "red"):
            there = np.where(np.array(names) == f"onehotencoder__colour_{colour}", 1.0, row)
            expected[colour] = network.predict_proba([there])[0, 1]
        table = shop_probe.probe_table_["probability"][True]
        assert table.iloc[0] == pytest.approx(expected["baseline"])
        for colour in ("blue", "green", "red"):
            assert table["colour", colour] == pytest.approx(expected[colour])

    def test_values_are_the_categories_and_quantiles_of_the_numbers(self, shop, shop_probe):
        index = shop_probe.probe_table_.index
        assert [value for name, value in index if name == "size"] == ["L", "M", "S"]
        prices = [value for name, value in index if name == "price"]
        assert len(prices) == 5
        assert set(prices) <= set(shop.X["price"])
        assert (prices[0], prices[-1]) == (shop.X["price"].min(), shop.X["price"].max())

    def test_red_stands_for_a_sale_where_prices_are_usual(self, shop):
        probe = OneHotProbe(FrozenEstimator(shop.network), baseline=["blue", 35.0, "M"]).fit(shop.X)
        assert not probe.probe_table_["predicted"].iloc[0]
        drivers = probe.class_drivers_.set_index(["feature", "value"])
        assert drivers.loc[("colour", "red"), "class"]
        assert probe.probe_table_.loc[("colour", "red"), ("predicted", "")]
        assert ("colour", "blue") not in drivers.index  # it is the baseline

    def test_whole_numbers_behind_an_encoder_are_categories(self, votes):
        codes = votes.rows.map(ord).to_numpy() - ord("a")
        network = make_pipeline(OneHotEncoder(), clone(votes.network))
        by_code = OneHotProbe(network).fit(codes, votes.y)
        by_letter = OneHotProbe(network).fit(votes.rows, votes.y)
        np.testing.assert_allclose(by_code.transform(codes), by_letter.transform(votes.rows))

    def test_arrays_of_text_are_taken(self, votes):
        network = make_pipeline(OneHotEncoder(), clone(votes.network))
        by_array = OneHotProbe(network).fit(votes.rows.to_numpy(dtype=str), votes.y)
        by_frame = OneHotProbe(network).fit(votes.rows, votes.y)
        np.testing.assert_allclose(
            by_array.transform(votes.rows.to_numpy(dtype=str)), by_frame.transform(votes.rows)
        )

    def test_a_category_that_the_encoder_does_not_know_is_refused_as_it_does(self, shop, shop_probe):
        strange = shop.X.head(2).assign(colour=["red", "mauve"])
        with pytest.raises(ValueError, match="unknown categories"):
            shop_probe.transform(strange)

    def test_a_missing_category_is_a_category(self, votes):
        rows = votes.rows.mask(votes.rows == "f")
        probe = OneHotProbe(make_pipeline(OneHotEncoder(), clone(votes.network))).fit(rows, votes.y)
        assert probe.probe_table_.loc["first"].index.isna().sum() == 1
        assert probe.score(rows) > 0.95

    def test_the_most_frequent_category_is_the_mean(self, shop):
        probe = OneHotProbe(FrozenEstimator(shop.network), baseline="mean").fit(shop.X)
        assert probe.baseline_["colour"] == shop.X["colour"].mode()[0]
        assert probe.baseline_["price"] == pytest.approx(shop.X["price"].mean())

    def test_the_baseline_may_be_a_row_of_the_data(self, shop):
        probe = OneHotProbe(FrozenEstimator(shop.network), baseline=shop.X.iloc[3].tolist()).fit(shop.X)
        start = probe.probe_table_["probability"].iloc[0]
        np.testing.assert_allclose(start, shop.network.predict_proba(shop.X.iloc[[3]])[0])
        np.testing.assert_allclose(probe.transform(shop.X.iloc[[3]]), 0, atol=1e-12)


class TestWholeNumbers:
    @pytest.fixture
    def people(self):
        rng = np.random.default_rng(0)
        X = pd.DataFrame({"age": rng.permutation(np.arange(18, 81).repeat(8))})
        X["member"] = rng.random(504) > 0.5
        X["steps"] = rng.permutation(504)
        network = MLPClassifier((4,), solver="lbfgs", alpha=1.0, max_iter=3000, random_state=0)
        network = make_pipeline(StandardScaler(), network)
        return X, network.fit(X, X["member"] & (X["age"] > 40))

    def values_of(self, table):
        return {name: list(table.loc[[name]].index.get_level_values("value")) for name, _ in table.index[1:]}

    @pytest.mark.parametrize("dtype", [np.int64, np.float64])
    def test_up_to_a_hundred_are_all_probed_and_more_at_quantiles(self, people, dtype):
        X, network = people
        probe = OneHotProbe(FrozenEstimator(network)).fit(X.astype({"age": dtype, "steps": dtype}))
        values = self.values_of(probe.probe_table_)
        assert values["age"] == list(range(18, 81))
        assert len(values["steps"]) == 5

    def test_more_quantiles_than_that_are_as_many_as_asked_for(self, people):
        X, network = people
        probe = OneHotProbe(FrozenEstimator(network), n_quantiles=600).fit(X)
        assert self.values_of(probe.probe_table_)["steps"] == list(range(504))

    def test_truth_values_are_shown_as_such_and_fed_as_numbers(self, people):
        X, network = people
        settings = {"baseline": [50, 0, 250], "interactions": "pairs"}
        probe = OneHotProbe(FrozenEstimator(network), **settings).fit(X)
        assert self.values_of(probe.probe_table_)["member"] == ["False", "True"]
        assert set(probe.class_drivers_.query("feature == 'member'")["value"]) == {"True"}
        assert set(probe.interactions_.query("feature_2 == 'member'")["value_2"]) == {"True"}
        as_numbers = OneHotProbe(FrozenEstimator(network), **settings).fit(X.astype(float)).probe_table_
        np.testing.assert_array_equal(probe.probe_table_["latent"], as_numbers["latent"])

    @pytest.mark.parametrize("kind", [int, float])
    def test_zeros_and_ones_beside_truth_values_stay_numbers(self, kind):
        member = np.arange(40) % 2 == 1
        X = pd.DataFrame({"member": member, "children": np.arange(40) // 2 % 2, "old": member[::-1]})
        X = X.astype({"children": kind})
        network = MLPClassifier((4,), solver="lbfgs", max_iter=500, random_state=0)
        probe = OneHotProbe(network, interactions="pairs").fit(X, member | (X["children"] > 0))
        values = self.values_of(probe.probe_table_)
        assert list(map(str, values["children"])) == ["0", "1"]
        assert values["member"] == values["old"] == ["False", "True"]
        drivers = probe.class_drivers_.groupby("feature")["value"].first()
        assert str(drivers["children"]) == "1"
        assert drivers["member"] == "True"
        pairs = probe.interactions_.set_index(["feature_1", "feature_2"])
        assert list(map(str, pairs.loc[("member", "children"), ["value_1", "value_2"]])) == ["True", "1"]

    @pytest.mark.parametrize("beside", [{}, {"colour": "red"}])
    def test_truth_values_behind_an_encoder_are_shown_as_such(self, people, beside):
        X = people[0][["member"]].assign(old=people[0]["age"] > 40, **beside)
        network = make_pipeline(OneHotEncoder(), MLPClassifier((4,), solver="lbfgs", max_iter=3000))
        network = network.fit(X, X["member"] ^ X["old"])
        table = OneHotProbe(FrozenEstimator(network), baseline="median").fit(X).probe_table_
        assert [value for _, value in table.loc[["member", "old"]].index] == ["False", "True"] * 2
        usual = X.mode().iloc[[0]]
        expected = [network.predict_proba(usual.assign(member=value))[0, 1] for value in (False, True)]
        np.testing.assert_allclose(table.loc["member", ("probability", True)], expected)


class TestContributions:
    def test_they_add_up_to_the_surrogate(self, iris):
        probe = OneHotProbe(FrozenEstimator(iris.network), baseline="mean").fit(iris.X)
        parts = probe.transform(iris.X).reshape(len(iris.X), 3, 4)
        margins = probe.bias_ + parts.sum(axis=2)
        np.testing.assert_allclose(margins, probe.decision_function(iris.X))
        np.testing.assert_array_equal(probe.predict(iris.X), probe.classes_[margins.argmax(axis=1)])
        np.testing.assert_allclose(probe.predict_proba(iris.X).sum(axis=1), 1)
        assert probe.score(iris.X) == np.mean(probe.predict(iris.X) == iris.network.predict(iris.X))

    def test_they_are_the_networks_own_at_values_that_were_not_probed(self, iris):
        probe = OneHotProbe(FrozenEstimator(iris.network), baseline="median").fit(iris.X)
        row = iris.X.iloc[[0]] + 0.0123
        alone = iris.X.median().to_frame().T.assign(**{iris.X.columns[2]: row.iloc[0, 2]})
        log_p = np.log(iris.network.predict_proba(alone))[0] - np.log(
            probe.probe_table_["probability"].iloc[0]
        )
        expected = log_p - log_p.mean()
        np.testing.assert_allclose(probe.transform(row).reshape(3, 4)[:, 2], expected, atol=1e-9)

    def test_two_classes_have_those_of_the_second(self, shop, shop_probe):
        table = shop_probe.probe_table_
        assert list(table["latent"].columns) == [True]
        rows = shop.X[shop.X["colour"] == "red"]
        parts = shop_probe.transform(rows)
        assert parts.shape == (len(rows), 3)
        rise = table["latent"][True]["colour", "red"] - table["latent"][True].iloc[0]
        np.testing.assert_allclose(parts[:, 0], rise)

    @pytest.mark.parametrize("kind", ["binary", "softmax"])
    def test_a_network_without_interactions_is_met_exactly(self, train, kind):
        X, network = train(kind, activation="identity", max_iter=20)
        probe = OneHotProbe(FrozenEstimator(network), interactions="pairs").fit(X)
        np.testing.assert_allclose(probe.predict_proba(X), network.predict_proba(X), atol=1e-9)
        assert probe.score(X) == 1
        assert probe.interactions_["departure"].abs().max() < 1e-8

    def test_pandas_output_carries_features_and_classes(self, iris, shop, shop_probe):
        probe = OneHotProbe(FrozenEstimator(iris.network)).set_output(transform="pandas").fit(iris.X)
        columns = probe.transform(iris.X).columns
        assert columns[0] == "sepal length (cm)_0"
        assert columns[-1] == "petal width (cm)_2"
        assert list(shop_probe.get_feature_names_out()) == list(shop.X.columns)
        with pytest.raises(ValueError, match="input_features"):
            shop_probe.get_feature_names_out(["other", "names", "here"])


class TestInteractions:
    def test_the_pair_that_interacts_comes_first(self):
        rng = np.random.default_rng(0)
        X = rng.uniform(-1, 1, (600, 4))
        network = MLPClassifier((20,), activation="tanh", solver="lbfgs", max_iter=500, random_state=0)
        network.fit(X, X[:, 1] * X[:, 3] + 0.3 * X[:, 0] > 0)
        probe = OneHotProbe(FrozenEstimator(network), interactions="pairs").fit(X)
        first = probe.interactions_.iloc[0]
        assert {first["feature_1"], first["feature_2"]} == {"x1", "x3"}
        assert probe.interactions_["departure"].abs().is_monotonic_decreasing
        row = np.zeros((1, 4))
        row[0, [1, 3]] = first["value_1"], first["value_2"]
        odds = np.log(np.divide(*network.predict_proba(row)[0, ::-1]))
        assert first["joint"] == pytest.approx(odds - probe.bias_[0])
        assert first["departure"] == pytest.approx(first["joint"] - first["additive"])

    def test_colour_and_price_interact_and_size_does_not(self, shop_probe):
        pairs = shop_probe.interactions_.groupby(["feature_1", "feature_2"])["departure"]
        assert pairs.apply(lambda column: column.abs().max()).idxmax() == ("colour", "price")

    def test_they_are_left_out_unless_asked_for(self, iris):
        assert not hasattr(OneHotProbe(FrozenEstimator(iris.network)).fit(iris.X), "interactions_")


class TestWorksAsAnEstimator:
    def test_pickles(self, shop, shop_probe):
        again = pickle.loads(pickle.dumps(shop_probe))
        np.testing.assert_array_equal(again.transform(shop.X), shop_probe.transform(shop.X))

    @pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
    def test_in_a_grid_search_by_fidelity(self, shop):
        probe = OneHotProbe(clone(shop.network).set_params(mlpclassifier__max_iter=30))
        grid = GridSearchCV(probe, {"baseline": ["zero", "mean"]}, cv=2, scoring=fidelity_scorer)
        assert 0.5 < grid.fit(shop.X, shop.y).best_score_ <= 1

    @pytest.mark.filterwarnings("ignore::skinterpret.exceptions.UnfaithfulProbeWarning")
    def test_a_network_of_arrays_takes_frames_and_the_other_way_round(self, iris):
        X = iris.X.to_numpy()
        by_frame = OneHotProbe(FrozenEstimator(iris.network)).fit(X)
        bare = clone(iris.network).set_params(mlpclassifier__solver="lbfgs").fit(X, iris.y)
        by_array = OneHotProbe(FrozenEstimator(bare)).fit(iris.X)
        assert by_frame.transform(X).shape == by_array.transform(iris.X).shape


class TestRefuses:
    def test_what_is_no_network(self, iris):
        with pytest.raises(TypeError, match="LogisticRegression cannot be read"):
            OneHotProbe(make_pipeline(OneHotEncoder(), LogisticRegression())).fit(iris.X, iris.y)

    def test_a_regressor(self, iris):
        with pytest.raises(ValueError, match="estimator is a regressor"):
            OneHotProbe(MLPRegressor()).fit(iris.X, iris.y)

    def test_a_baseline_of_another_width(self, iris):
        with pytest.raises(ValueError, match=r"baseline has the shape \(2,\), but X has 4"):
            OneHotProbe(baseline=[0, 1]).fit(iris.X, iris.y)

    def test_a_baseline_that_is_not_finite(self, iris):
        with pytest.raises(ValueError, match="finite"):
            OneHotProbe(baseline=[0, 1, np.nan, 2]).fit(iris.X, iris.y)

    def test_a_baseline_of_an_unknown_category(self, shop):
        with pytest.raises(ValueError, match="'mauve' for column 'colour'"):
            OneHotProbe(FrozenEstimator(shop.network), baseline=["mauve", 1, "S"]).fit(shop.X)

    def test_a_zero_for_categories_that_no_one_hot_encoder_takes(self, votes):
        network = make_pipeline(OrdinalEncoder(), MLPClassifier((4,)))
        with pytest.raises(ValueError, match="'first', which no OneHotEncoder"):
            OneHotProbe(network).fit(votes.rows, votes.y)

    @pytest.mark.parametrize(
        "change", [lambda days: days, lambda days: days - days[0], lambda days: days.date]
    )
    def test_dates_with_what_to_make_of_them(self, change):
        days = pd.date_range("2024-01-01", periods=40)
        X = pd.DataFrame({"size": np.arange(40.0), "day": change(days)})
        network = make_pipeline(StandardScaler(), MLPClassifier((4,)))
        with pytest.raises(
            ValueError, match="holds dates or times, such as '.*' in the column 'day'.*days since"
        ):
            OneHotProbe(network).fit(X, X["size"] > 20)

    def test_a_number_that_is_missing_beside_categories(self, shop):
        with pytest.raises(ValueError, match="NaN"):
            OneHotProbe(FrozenEstimator(shop.network)).fit(shop.X.assign(price=np.nan))

    @pytest.mark.parametrize("beside", [{}, {"kind": 1.0}, {"kind": "one"}])
    def test_gaps_before_an_imputer_naming_the_columns_and_the_way_out(self, beside):
        X = pd.DataFrame(np.random.default_rng(0).normal(size=(60, 3)), columns=["age", "dose", "size"])
        y, X = X["age"] > 0, X.assign(**beside)
        filled = make_pipeline(SimpleImputer(), StandardScaler())
        numbers = (filled, ["age", "dose", "size"])
        first = make_column_transformer((OneHotEncoder(), ["kind"]), numbers) if beside else filled
        network = make_pipeline(first, MLPClassifier((3,), solver="lbfgs", max_iter=3000, random_state=0))
        gaps = X.assign(dose=X["dose"].where(X.index > 3), size=X["size"].where(X.index < 50))
        said = "'dose', 'size', which the network's SimpleImputer fills.*leave rows with gaps out of X"
        with pytest.raises(ValueError, match=said):
            OneHotProbe(network).fit(gaps, y)
        probe = OneHotProbe(network, baseline="median").fit(X, y)
        with pytest.raises(ValueError, match=said):
            probe.predict(gaps)

    @pytest.mark.parametrize("kind", ["one", 1.0])
    def test_an_infinite_number_beside_categories(self, kind):
        X = pd.DataFrame({"dose": [1.0, np.inf] * 10, "kind": [kind, kind] * 10})
        network = make_pipeline(make_column_transformer((OneHotEncoder(), ["kind"])), MLPClassifier((3,)))
        with pytest.raises(ValueError, match="infinity in the column 'dose'"):
            OneHotProbe(network).fit(X, [0, 1] * 10)

    def test_one_row_of_categories_is_refused_with_its_shape(self, shop):
        with pytest.raises(ValueError, match=rf"shape=\(1, {shop.X.shape[1]}\)"):
            OneHotProbe(clone(shop.network)).fit(shop.X.iloc[:1], shop.y[:1])

    def test_another_number_of_features(self, shop, shop_probe):
        with pytest.raises(ValueError, match="feature"):
            shop_probe.predict(shop.X.iloc[:, :2])

    def test_to_answer_before_it_is_fitted(self, shop):
        with pytest.raises(NotFittedError):
            OneHotProbe().transform(shop.X)

    @pytest.mark.parametrize("settings", [{"baseline": "max"}, {"n_quantiles": 1}, {"interactions": "all"}])
    def test_unknown_settings(self, iris, settings):
        with pytest.raises(ValueError, match=next(iter(settings))):
            OneHotProbe(**settings).fit(iris.X, iris.y)


@pytest.mark.parametrize("baseline", ["mean", "median", "zero"])
def test_what_stands_at_the_baseline_contributes_exactly_nothing(iris, baseline):
    probe = OneHotProbe(FrozenEstimator(iris.network), baseline=baseline).fit(iris.X)
    rows = iris.X.copy()
    rows.iloc[::3] = probe.baseline_.to_numpy(dtype=float)
    contributions = probe.transform(rows)
    assert (contributions[::3] == 0).all()
    assert np.abs(contributions[1::3]).max() > 0.1


def test_categories_at_the_baseline_contribute_exactly_nothing(shop):
    probe = OneHotProbe(FrozenEstimator(shop.network), baseline="median").fit(shop.X)
    assert (probe.transform(shop.X.assign(**probe.baseline_.to_dict())) == 0).all()


@pytest.fixture(scope="module")
def cells():
    X, y = load_breast_cancer(return_X_y=True, as_frame=True)
    network = default_network().set_params(mlpclassifier__random_state=0)
    return SimpleNamespace(X=X, network=FrozenEstimator(network.fit(X, y)))


class TestAWorthlessSumIsSaidToBeSo:
    def test_once_with_cause_and_mend(self, cells):
        with pytest.warns(UnfaithfulProbeWarning) as heard:
            probe = OneHotProbe(cells.network).fit(cells.X)
        (warning,) = heard
        shares = np.unique(cells.network.predict(cells.X), return_counts=True)[1] / len(cells.X)
        assert f"({probe.score(cells.X):.2f} and {shares.max():.2f} of the rows)" in str(warning.message)
        assert 'the baseline lies far from the rows; pass baseline="mean" or "median"' in str(warning.message)
        assert warning.filename == __file__

    @pytest.mark.parametrize("baseline", ["mean", "median"])
    def test_its_mend_mends(self, cells, baseline):
        assert OneHotProbe(cells.network, baseline=baseline).fit(cells.X).score(cells.X) > 0.9  # no warning

    def test_where_inputs_only_act_together(self):
        X = np.random.default_rng(0).uniform(-1, 1, (400, 2))
        network = MLPClassifier((10,), solver="lbfgs", max_iter=2000, random_state=0)
        network.fit(X, X[:, 0] * X[:, 1] > 0)
        with pytest.warns(UnfaithfulProbeWarning, match=r'inputs act together.*; pass baseline="median", or'):
            OneHotProbe(FrozenEstimator(network), baseline="mean").fit(X)

    def test_but_not_where_the_network_says_one_thing_only_and_so_does_the_sum(self, cells):
        answers = cells.network.predict(cells.X)
        one = cells.X[answers == answers[0]]
        probe = OneHotProbe(cells.network, baseline=one.iloc[0].tolist()).fit(one.iloc[:3])
        assert probe.score(one.iloc[:3]) == 1

    def test_a_long_table_is_judged_on_rows_from_all_of_it(self, cells, monkeypatch):
        monkeypatch.setattr("skinterpret.probes.one_hot.MOST_JUDGED", 50)
        by_answer = cells.X.iloc[np.argsort(cells.network.predict(cells.X), kind="stable")]
        with pytest.warns(UnfaithfulProbeWarning, match=r"and 0\.6\d of the rows"):
            OneHotProbe(cells.network).fit(by_answer)
