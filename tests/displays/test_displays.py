"""What is drawn is what the estimators hold."""

from __future__ import annotations

import sys
import warnings
from itertools import pairwise

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skinterpret import NeuronProbe, OneHotProbe, PrunedSurrogate, SymbolicClassifier, SymbolicSurrogate
from skinterpret.displays import (
    BeeswarmDisplay,
    BoundaryDisplay,
    ComparisonDisplay,
    FrontDisplay,
    LinkDisplay,
    NeuronDisplay,
    ProbeDisplay,
    PruningPathDisplay,
    SaliencyDisplay,
)
from skinterpret.network import as_network
from skinterpret.probes import global_importance, saliency
from skinterpret.search import EvolutionEngine


@pytest.fixture(scope="module")
def iris():
    data = load_iris(as_frame=True)
    X = data.data.set_axis(["length_$", "width $_{0}$", "<b>", "petal\\width"], axis=1)
    network = make_pipeline(StandardScaler(), MLPClassifier((6,), max_iter=30, random_state=0))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        network.fit(X, data.target_names[data.target])
    return X, FrozenEstimator(network)


class TestBoundaryDisplay:
    @pytest.fixture
    def display(self, ellipse, ellipse_surrogate):
        return BoundaryDisplay.from_estimator(ellipse_surrogate, ellipse.data, grid_resolution=60)

    def test_the_field_is_the_networks_probability(self, display, ellipse_network):
        grid = pd.DataFrame({"x1": display.xx0.ravel(), "x2": display.xx1.ravel()})
        expected = ellipse_network.predict_proba(grid)[:, 1].reshape(display.xx0.shape)
        np.testing.assert_allclose(display.field_.get_array().reshape(expected.shape), expected, atol=1e-6)

    def test_the_surrogates_line_is_where_the_rule_turns(self, display, ellipse_surrogate):
        points = np.vstack([path.vertices for path in display.surrogate_lines_[0].get_paths()])
        values = ellipse_surrogate.formula_(points)
        assert np.median(np.abs(values - ellipse_surrogate.threshold_)) < 0.02

    def test_arrows_point_to_where_the_class_becomes_more_probable(self, display):
        outward = np.einsum("ij,ij->i", display.arrows, display.arrow_points)
        assert np.mean(outward > 0) > 0.95

    def test_names_stand_at_the_axes(self, display):
        assert (display.ax_.get_xlabel(), display.ax_.get_ylabel()) == ("x1", "x2")

    def test_a_probe_is_drawn_as_the_additive_surrogate_that_it_is(self, ellipse, ellipse_network):
        probe = OneHotProbe(FrozenEstimator(ellipse_network)).fit(ellipse.data)
        display = BoundaryDisplay.from_estimator(probe, ellipse.data, grid_resolution=25)
        grid = pd.DataFrame({"x1": display.xx0.ravel(), "x2": display.xx1.ravel()})
        expected = ellipse_network.predict_proba(grid)[:, 1]
        np.testing.assert_allclose(display.field_.get_array().ravel(), expected, atol=1e-6)
        turned = np.sign(display.surrogate_margin[0].ravel())
        np.testing.assert_array_equal(turned, np.sign(probe.decision_function(grid)))
        display.figure_.canvas.draw()

    @pytest.mark.parametrize("absent", ["surrogate", "network"])
    def test_a_boundary_that_the_picture_does_not_show_is_said_to_be_outside(self, display, absent):
        settings = {name: getattr(display, name) for name in ("xx0", "xx1", "probability", "classes")}
        settings |= {"network_margin": display.network_margin, "surrogate_margin": display.surrogate_margin}
        settings |= {"class_of_interest": 1, "feature_names": ["x1", "x2"], "surrogate_name": "x1 > 3"}
        settings[f"{absent}_margin"] = 1 + np.abs(settings[f"{absent}_margin"])
        legend = BoundaryDisplay(**settings).plot().legend_
        names = {"surrogate": "x1 > 3", "network": "network's boundary"}
        names[absent] += " (outside)"
        assert [text.get_text() for text in legend.get_texts()] == list(names.values())

    def test_a_network_alone_has_no_surrogate_in_the_legend(self, ellipse, ellipse_network):
        display = BoundaryDisplay.from_estimator(ellipse_network, ellipse.data, grid_resolution=20)
        names = [text.get_text() for text in display.legend_.get_texts()]
        assert [name for name in names if not name.startswith("class ")] == ["network's boundary"]

    def test_a_regressor_has_no_boundary(self, ellipse):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            model = MLPRegressor(hidden_layer_sizes=(3,), max_iter=5).fit(ellipse.data, ellipse.target)
        with pytest.raises(ValueError, match="no decision boundary"):
            BoundaryDisplay.from_estimator(model, ellipse.data)

    def test_three_classes_and_any_names(self, iris):
        display = BoundaryDisplay.from_estimator(iris[1].estimator, iris[0], (2, 3), grid_resolution=20)
        display.figure_.canvas.draw()
        assert set(np.unique(display.field_.get_array())) <= {0, 1, 2}


class TestFrontDisplay:
    def test_curves_and_mark_are_those_of_the_table(self, ellipse_surrogate):
        display = FrontDisplay.from_estimator(ellipse_surrogate)
        table = ellipse_surrogate.equations_
        np.testing.assert_array_equal(display.loss_line_.get_xdata(), table["complexity"])
        np.testing.assert_allclose(display.loss_line_.get_ydata(), 1 - table["alignment"])
        np.testing.assert_allclose(display.fidelity_line_.get_ydata(), table["fidelity"])
        chosen = table[table["chosen"]]
        assert display.chosen_[0].get_offsets()[0][0] == chosen["complexity"].item()
        assert display.ax_ is display.axes_[0]

    @pytest.mark.filterwarnings("error")
    def test_lines_look_as_they_are_asked_to(self, ellipse_surrogate):
        look = {"color": "green", "linestyle": ":", "marker": "x"}
        display = FrontDisplay.from_estimator(ellipse_surrogate, line_kw=look)
        for line in (display.loss_line_, display.fidelity_line_):
            assert [line.get_color(), line.get_linestyle(), line.get_marker()] == ["green", ":", "x"]

    def test_axes_that_are_given_are_used(self, ellipse_surrogate):
        _, axes = plt.subplots(2)
        assert FrontDisplay.from_estimator(ellipse_surrogate, ax=axes).axes_[1] is axes[1]
        _, axes = plt.subplots(3)
        with pytest.raises(ValueError, match="draws on 2 axes"):
            FrontDisplay.from_estimator(ellipse_surrogate, ax=axes)

    @pytest.mark.parametrize("by_hand", [False, True])
    def test_one_axes_gives_its_place_to_both(self, ellipse_surrogate, by_hand):
        figure = plt.figure()
        given = figure.add_axes((0.1, 0.2, 0.3, 0.6)) if by_hand else figure.subplots(1, 2)[0]
        place = given.get_position()
        display = FrontDisplay.from_estimator(ellipse_surrogate, ax=given)
        assert not given.axison
        assert display.figure_ is given.figure
        upper, lower = (axes.get_position() for axes in display.axes_)
        np.testing.assert_allclose([upper.x0, upper.x1, upper.y1], [place.x0, place.x1, place.y1])
        np.testing.assert_allclose([lower.x0, lower.x1, lower.y0], [place.x0, place.x1, place.y0])
        assert upper.y0 > lower.y1
        assert upper.x0 == lower.x0

    def test_one_of_several_classes_is_named(self, iris, quick_engine):
        surrogate = SymbolicSurrogate(iris[1], engine=quick_engine, random_state=0).fit(iris[0])
        display = FrontDisplay.from_estimator(surrogate, target="virginica")
        assert "virginica" in display.axes_[0].get_title(loc="left")
        display.figure_.canvas.draw()
        each = "has a rule for each of 'setosa', 'versicolor', 'virginica'; name one of them as target"
        with pytest.raises(ValueError, match=each):
            FrontDisplay.from_estimator(surrogate)
        with pytest.raises(ValueError, match=each):
            LinkDisplay.from_estimator(surrogate, iris[0])
        with pytest.raises(ValueError, match="target='rose' has no rule; choose from 'setosa'"):
            FrontDisplay.from_estimator(surrogate, target="rose")
        assert LinkDisplay.from_estimator(surrogate, iris[0], target="setosa").formula

    def test_a_search_on_labels_shows_its_loss_and_accuracy(self, ellipse):
        engine = EvolutionEngine(max_complexity=7, max_evals=2_000)
        classifier = SymbolicClassifier(engine=engine, random_state=0)
        classifier.fit(ellipse.data[:500], ellipse.target[:500])
        display = FrontDisplay.from_estimator(classifier)
        table = classifier.equations_
        np.testing.assert_allclose(display.loss_line_.get_ydata(), table["loss"])
        np.testing.assert_allclose(display.fidelity_line_.get_ydata(), table["accuracy"])
        assert [axes.get_ylabel() for axes in display.axes_] == ["loss on the labels", "accuracy"]
        with pytest.raises(
            TypeError, match="fitted to labels and holds no network; pass a fitted network, or"
        ):
            BoundaryDisplay.from_estimator(classifier, ellipse.data)
        with pytest.raises(ValueError, match="lacks"):
            FrontDisplay(table=table.drop(columns="accuracy"))

    def test_an_unfitted_surrogate_is_refused(self):
        with pytest.raises(NotFittedError):
            FrontDisplay.from_estimator(SymbolicSurrogate())


def test_the_link_runs_through_one_half_at_the_threshold(ellipse, ellipse_surrogate):
    display = LinkDisplay.from_estimator(ellipse_surrogate, ellipse.data)
    x, y = display.line_.get_data()
    assert np.interp(ellipse_surrogate.threshold_, x, y) == pytest.approx(0.5, abs=0.05)
    np.testing.assert_allclose(
        np.sort(display.points_.get_offsets()[:, 0]), np.sort(ellipse_surrogate.transform(ellipse.data)[:, 0])
    )


@pytest.mark.filterwarnings("ignore::skinterpret.exceptions.UnfaithfulProbeWarning")  # of noise
def test_a_probes_map_holds_its_probabilities_and_names_the_most_influential_input_first(iris):
    probe = OneHotProbe(iris[1], baseline="mean", random_state=0).fit(iris[0])
    display = ProbeDisplay.from_estimator(probe)
    table = probe.probe_table_["probability"]
    np.testing.assert_allclose(display.image_.get_array(), table.loc[display.table.index])
    assert sorted(display.table.index) == sorted(table.index)
    reach = (display.table - table.iloc[0]).abs().max(axis=1).iloc[1:].groupby(level=0, sort=False).max()
    assert reach.is_monotonic_decreasing
    labels = [label.get_text() for label in display.ax_.get_yticklabels()]
    assert labels[0] == "baseline alone"
    assert any("\\$" in label for label in labels)
    assert (display.ax_.get_xlabel(), display.ax_.get_ylabel()) == ("class", "value, fed alone")
    display.figure_.canvas.draw()


def test_a_probes_map_fits_on_a_screen_and_says_what_it_leaves_out():
    X = np.random.default_rng(0).normal(size=(100, 30))
    network = MLPClassifier((3,), max_iter=2, random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        probe = OneHotProbe(network, random_state=0).fit(X, X[:, 4] > 0)
    table = probe.probe_table_["probability"]
    reach = (table - table.iloc[0]).abs().max(axis=1).iloc[1:].groupby(level=0).max()
    display = ProbeDisplay.from_estimator(probe)
    assert display.table.index[1:].get_level_values(0).unique().tolist() == list(reach.nlargest(6).index)
    assert "6 of 30 inputs" in display.ax_.get_ylabel()  # of five values each
    assert display.figure_.get_size_inches()[1] <= 10
    assert "2 of 30 inputs" in ProbeDisplay.from_estimator(probe, max_features=2).ax_.get_ylabel()
    few = ProbeDisplay.from_estimator(probe, max_rows=3)
    assert few.ax_.get_ylabel().endswith("\n3 of 5 values")
    values = (table - table.iloc[0]).abs().max(axis=1).loc[[reach.idxmax()]]
    assert set(few.table.index[1:]) == set(values.nlargest(3).index)
    with pytest.raises(ValueError, match="max_features"):
        ProbeDisplay.from_estimator(probe, max_features=0)


def test_a_neuron_map_shows_the_most_selective_units(iris):
    probe = NeuronProbe(iris[1], random_state=0).fit(iris[0])
    display = NeuronDisplay.from_estimator(probe, n_units=3)
    means = np.asarray(display.image_.get_array())  # of a class that the network never gives, NaN
    spread = np.nanmax(means, axis=1) - np.nanmin(means, axis=1)
    assert len(spread) == 3
    assert (np.diff(spread) <= 0).all()
    assert display.ax_.get_xlabel() == "class"
    assert display.ax_.get_ylabel() == "hidden unit\n3 of 6 units, the most selective first"
    assert NeuronDisplay.from_estimator(probe).ax_.get_ylabel() == "hidden unit"


def test_maps_of_many_rows_and_classes_fit_on_a_screen_and_keep_their_names_apart():
    table = pd.DataFrame(np.zeros((80, 26)), columns=[f"class number {k}" for k in range(26)])
    display = NeuronDisplay(table=table, row_labels=[str(k) for k in table.index], quantity="").plot()
    assert (display.figure_.get_size_inches() <= (14, 10)).all()
    display.figure_.canvas.draw()
    for axis in (display.ax_.xaxis, display.ax_.yaxis):
        places = [label.get_window_extent() for label in axis.get_ticklabels()]
        if axis is display.ax_.yaxis:
            assert not any(one.overlaps(other) for one, other in pairwise(places))
    assert {label.get_rotation() for label in display.ax_.get_xticklabels()} == {35}


def test_a_pruning_path_marks_the_choice(iris):
    surrogate = PrunedSurrogate(iris[1], refit=False, random_state=0).fit(iris[0])
    display = PruningPathDisplay.from_estimator(surrogate)
    assert display.chosen_.get_offsets()[0][0] == surrogate.n_parameters_


def test_bars_are_mean_sizes_largest_first():
    table = pd.DataFrame({"a": [1.0, -1.0], "b_$": [3.0, -5.0]})
    display = SaliencyDisplay.from_attributions(table)
    assert [bar.get_width() for bar in display.bars_] == [4.0, 1.0]
    display.figure_.canvas.draw()


@pytest.mark.parametrize("display", [SaliencyDisplay, BeeswarmDisplay], ids=lambda kind: kind.__name__)
def test_from_an_estimator_attributions_are_those_of_saliency(display, iris):
    X, frozen = iris
    network, settings = frozen.estimator, {"target": "virginica", "baseline": X.mean()}
    rows = (X,) if display is BeeswarmDisplay else ()
    expected = display.from_attributions(saliency(network, X, "integrated", **settings), *rows)
    held = "attributions" if display is BeeswarmDisplay else "importance"
    probe = NeuronProbe(frozen, random_state=0).fit(X)
    for estimator in (network, frozen, as_network(network), probe):
        drawn = display.from_estimator(estimator, X, method="integrated", **settings)
        assert getattr(drawn, held).equals(getattr(expected, held))
    noisy = {"target": "virginica", "saliency_kw": {"random_state": 0, "n_steps": 2}}
    drawn = display.from_estimator(network, X, method="smooth", **noisy)
    values = saliency(network, X, "smooth", target="virginica", random_state=0, n_steps=2)
    assert getattr(drawn, held).equals(getattr(display.from_attributions(values, *rows), held))
    with pytest.raises(NotFittedError):
        display.from_estimator(NeuronProbe(), X)


@pytest.mark.parametrize("display", [SaliencyDisplay, BeeswarmDisplay], ids=lambda kind: kind.__name__)
def test_the_order_of_the_inputs_is_that_of_global_importance_in_any_unit(display, iris):
    X, frozen = iris
    network, target = clone(frozen.estimator), "virginica"
    units = pd.Series([1e-3, 1.0, 1e3, 1e-2], index=X.columns)
    orders = []
    for rows in (X, X * units):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            network.fit(rows, frozen.estimator.predict(X))
        drawn = display.from_estimator(network, rows, target=target)
        table = drawn.attributions.T if display is BeeswarmDisplay else drawn.importance
        orders.append(list(table.index))
        wanted = global_importance(network, rows, target=target).sort_values(ascending=False)
        assert orders[-1] == list(wanted.index)
    assert orders[0] == orders[1]


@pytest.mark.parametrize("display", [SaliencyDisplay, BeeswarmDisplay], ids=lambda kind: kind.__name__)
@pytest.mark.parametrize(
    ("settings", "label"),
    [
        ({"target": "virginica"}, "integrated gradient (log-odds)"),
        ({"target": "virginica", "method": "gradient"}, "gradient (log-odds per unit of the input)"),
        ({"target": ("hidden", 0, 1)}, "integrated gradient (pre-activation)"),
    ],
)
def test_the_axis_says_what_is_shown_and_in_which_unit(display, settings, label, iris):
    X, frozen = iris
    assert label in display.from_estimator(frozen, X, **settings).ax_.get_xlabel()


@pytest.mark.parametrize("method", ["integrated", "gradient"])
def test_without_a_target_the_bars_are_means_over_the_classes_and_the_axis_says_so(iris, method):
    X, frozen = iris
    display = SaliencyDisplay.from_estimator(frozen, X, method=method)
    classes = frozen.estimator.classes_
    tables = [saliency(frozen, X, method, target=label, baseline="mean") for label in classes]
    expected = sum(table.abs().mean() for table in tables) / 3
    pd.testing.assert_series_equal(display.importance.sort_index(), expected.sort_index())
    assert display.ax_.get_xlabel().endswith("mean over 3 classes")
    if method == "integrated":
        everywhere = global_importance(frozen, X)
        pd.testing.assert_series_equal(display.importance.sort_index(), everywhere.sort_index())
    with pytest.raises(ValueError, match="choose from 'setosa', 'versicolor', 'virginica' or"):
        BeeswarmDisplay.from_estimator(frozen, X)


def test_a_surrogate_without_complexity_is_a_line():
    folds = pd.DataFrame(
        {
            "fold": [0, 1, 0, 1],
            "surrogate": ["rule", "rule", "probe", "probe"],
            "fidelity": [0.99, 0.97, 0.9, 0.8],
            "complexity": [8.0, 10.0, np.nan, np.nan],
        }
    )
    display = ComparisonDisplay(folds=folds).plot()
    assert len(display.points_) == 1
    assert display.ax_.get_lines()[-1].get_ydata()[0] == pytest.approx(0.85)
    with pytest.raises(ValueError, match="lacks"):
        ComparisonDisplay(folds=folds.drop(columns="fidelity"))
    with pytest.raises(TypeError, match="whole result of compare_surrogates.*ComparisonDisplay.folds=table"):
        ComparisonDisplay.from_comparison(folds)


def test_a_missing_matplotlib_is_said_in_a_sentence(monkeypatch, ellipse_surrogate):
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    with pytest.raises(ImportError, match=r"skinterpret\[plot\]"):
        FrontDisplay.from_estimator(ellipse_surrogate)
