"""The picture of a path holds what its table holds."""

from __future__ import annotations

import sys

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgb
from sklearn.compose import make_column_transformer
from sklearn.datasets import load_iris
from sklearn.decomposition import PCA
from sklearn.frozen import FrozenEstimator
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, PolynomialFeatures, StandardScaler

from skinterpret import NeuronProbe
from skinterpret.displays import PathDisplay
from skinterpret.displays.labels import plain
from skinterpret.network import as_network
from skinterpret.probes import trace_path

NAMES = ["cost $x$", "<script>", "a_b", "width"]
SETTINGS = {"solver": "lbfgs", "alpha": 1.0, "max_iter": 5000, "random_state": 0}


@pytest.fixture(scope="module", name="X")
def make_rows():
    return load_iris(as_frame=True).data.set_axis(NAMES, axis=1)


@pytest.fixture(scope="module")
def network(X):
    answers = load_iris().target == 2
    return make_pipeline(StandardScaler(), MLPClassifier((7, 5), **SETTINGS)).fit(X, answers)


@pytest.fixture(scope="module")
def path(network, X):
    return trace_path(network, X.iloc[[110]])


@pytest.fixture(scope="module")
def three_classes(X):
    labels = np.array(["$a$", "b", "c"])[load_iris().target]
    return MLPClassifier((4,), **SETTINGS).fit(X, labels)


def drawn_edges(display):
    """Width, whether dashed, and both ends of every line."""
    for lines in display.edges_:
        for segment, width, (_, dashes) in zip(
            lines.get_segments(), lines.get_linewidths(), lines.get_linestyles(), strict=True
        ):
            yield width, dashes is not None, segment


def positions(display):
    points = [*display.nodes_.get_offsets(), *display.end_.get_offsets()]
    return dict(zip(zip(display.nodes["column"], display.nodes["node"], strict=True), points, strict=True))


def ends_at(display, segment):
    where = positions(display)
    return [next(key for key, point in where.items() if np.allclose(point, end)) for end in segment]


def test_a_line_is_as_wide_as_its_relevance_and_dashed_where_it_lowers_the_latent(path):
    display = PathDisplay.from_path(path, max_nodes=100, max_width=5.0)
    table = path[path["kind"].isin(["input", "unit"])].set_index(["layer", "source", "target"])["relevance"]
    seen = set()
    for width, dashed, segment in drawn_edges(display):
        (column, source), (_, target) = ends_at(display, segment)
        relevance = table.loc[column, source, target]
        assert width == pytest.approx(5.0 * abs(relevance) / table.abs().max())
        assert dashed == (relevance < 0)
        seen.add((column, source, target))
    assert seen == set(table[table != 0].index)


def test_signs_differ_in_colour_too_and_the_legend_says_what_they_mean(path):
    display = PathDisplay.from_path(path)
    colours = [to_rgb(lines.get_color()[0][:3]) for lines in display.edges_]
    assert colours[0] != colours[1]
    keys = display.legend_.get_lines()
    assert [to_rgb(key.get_color()) for key in keys] == colours
    assert [key.is_dashed() for key in keys] == [False, True]
    words = [text.get_text() for text in display.legend_.get_texts()]
    assert words == ["raises the latent", "lowers the latent"]


def test_columns_hold_the_strongest_nodes_the_strongest_on_top(path):
    display = PathDisplay.from_path(path, max_nodes=3)
    sizes = path.assign(size=path["relevance"].abs())
    where = positions(display)
    for layer in (0, 1, 2):
        into = sizes[(sizes["layer"] == layer) & sizes["kind"].isin(["input", "unit"])]
        strongest = into.groupby("source")["size"].sum().nlargest(3).index
        assert list(display.nodes.loc[display.nodes["column"] == layer, "node"]) == list(strongest)
        heights = [where[layer, name][1] for name in strongest]
        assert (np.diff(heights) < 0).all()
        assert {where[layer, name][0] for name in strongest} == {layer}


def test_nothing_is_lost_shown_and_left_out_add_up_to_the_latent(path, network, X):
    display = PathDisplay.from_path(path, max_nodes=2)
    latent = as_network(network).latent(X.iloc[[110]])[0]
    assert display.nodes["value"].iloc[-1] == pytest.approx(latent)
    for column, n_nodes in enumerate([4, 7, 5]):
        words = display.captions_[column].get_text().split()
        assert words[:4] == [str(n_nodes - 2), "more", "left", "out"]
        everything = path[(path["layer"] == column) & path["kind"].isin(["input", "unit"])]["relevance"].sum()
        shown = display.nodes.loc[display.nodes["column"] == column, "relevance"].sum()
        assert float(words[-1].rstrip(")")) == pytest.approx(everything - shown, rel=0.01)


def test_nothing_is_said_where_nothing_is_left_out(path):
    display = PathDisplay.from_path(path, max_nodes=7)
    assert [caption.get_text() for caption in display.captions_] == [""] * 4


def test_nodes_are_filled_by_their_activation(path):
    display = PathDisplay.from_path(path, max_nodes=100)
    activations = path[path["kind"] != "bias"].groupby(["layer", "source"])["activation"].first()
    largest = activations.abs().groupby("layer").max()
    fills = display.nodes_.get_array()
    for (column, name), fill in zip(list(positions(display))[:-1], fills, strict=True):
        assert fill == pytest.approx(activations[column, name] / largest[column])


def test_inputs_carry_names_and_raw_values_units_their_activations(path, X, drawn_texts):
    row = X.iloc[[110]]
    texts = drawn_texts(PathDisplay.from_path(path, x=row).figure_)
    for name in NAMES:
        assert f"{name} = {row[name].item():.4g}" in texts
    unit = path[path["source"] == "h0.3"].iloc[0]
    assert f"h0.3 = {unit['activation']:.4g}" in texts
    assert "inputs" in texts


@pytest.mark.parametrize("form", [pd.DataFrame.squeeze, pd.DataFrame.to_numpy, lambda row: row[NAMES[::-1]]])
def test_the_row_comes_in_any_form(path, X, form):
    expected = PathDisplay.from_path(path, x=X.iloc[[110]]).nodes["label"]
    assert PathDisplay.from_path(path, x=form(X.iloc[[110]])).nodes["label"].equals(expected)


def test_without_the_row_the_values_are_those_that_the_network_gets(path, drawn_texts):
    display = PathDisplay.from_path(path)
    value = path.loc[path["source"] == "width", "activation"].iloc[0]
    texts = drawn_texts(display.figure_)
    assert f"width = {value:.4g}" in texts
    assert "(as the network gets them)" in texts


def test_names_are_drawn_as_they_are(path, three_classes, X, drawn_texts):
    texts = drawn_texts(PathDisplay.from_path(path).figure_)
    for name in NAMES:
        assert [text for text in texts if text.startswith(f"{name} = ")]
    classes = drawn_texts(PathDisplay.from_path(trace_path(three_classes, X.iloc[[0]])).figure_)
    assert [text for text in classes if text.startswith("output $a$ = ")]


def test_several_outputs_lead_to_one_latent(three_classes, X):
    row = X.iloc[[60]]
    path = trace_path(three_classes, row, "b")
    display = PathDisplay.from_path(path)
    assert [text.get_text() for text in display.headings_][1:] == ["hidden layer 0", "outputs", "latent"]
    outputs = display.nodes[display.nodes["column"] == 2].set_index("node")
    expected = as_network(three_classes).latent(row, "b")[0]
    rivals = path.loc[path["kind"] == "rivals", "relevance"].sum()
    assert outputs["relevance"].sum() + rivals == pytest.approx(expected)
    logits = [display.nodes.set_index("node").loc[f"output {name}", "value"] for name in ["$a$", "b", "c"]]
    exponentials = np.exp(logits)
    probability = three_classes.predict_proba(row)[0]
    np.testing.assert_allclose(exponentials / exponentials.sum(), probability, rtol=1e-6)
    assert f"of which rivals {rivals:+.3g}" in display.labels_[-1].get_text()


def test_a_hidden_unit_and_a_network_without_hidden_layers_are_ends_too(network, X):
    path = trace_path(network, X.iloc[[3]], ("hidden", 1, 2))
    display = PathDisplay.from_path(path)
    assert display.headings_[-1].get_text() == "hidden layer 1"
    assert display.labels_[-1].get_text().startswith("h1.2\nlatent = ")
    linear = MLPRegressor(hidden_layer_sizes=(), **SETTINGS).fit(X, X["width"])
    display = PathDisplay.from_path(trace_path(linear, X.iloc[[3]]))
    assert [text.get_text() for text in display.headings_][1:] == ["output"]


def test_a_probes_path_is_drawn_on_the_axes_that_are_given(network, X):
    probe = NeuronProbe(FrozenEstimator(network), random_state=0).fit(X, load_iris().target == 2)
    _, ax = plt.subplots()
    display = PathDisplay.from_path(probe.path(X.iloc[[0]]), ax=ax, colorbar=False, nodes_kw={"marker": "D"})
    assert display.ax_ is ax
    assert display.colorbar_ is None
    assert len(display.figure_.axes) == 1


def test_a_row_without_any_relevance_is_drawn(path):
    nothing = path.assign(relevance=0.0, activation=0.0, contribution=0.0)
    display = PathDisplay.from_path(nothing)
    assert list(drawn_edges(display)) == []
    display.figure_.canvas.draw()


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        (lambda path: {"path": path.to_numpy()}, TypeError, "takes a DataFrame"),
        (lambda path: {"path": path.drop(columns="relevance")}, ValueError, "lacks"),
        (lambda path: {"path": path[:0]}, ValueError, "at least one row"),
        (lambda path: {"path": path[path["layer"] != 1]}, ValueError, "a whole path"),
        (lambda path: {"path": path.assign(relevance=np.nan)}, ValueError, "finite"),
        (lambda path: {"path": path.replace("width", "a_b")}, ValueError, "two inputs named 'a_b'"),
        (lambda path: {"max_nodes": 0}, ValueError, "max_nodes"),
        (lambda path: {"max_nodes": 2.0}, TypeError, "max_nodes"),
        (lambda path: {"x": [1.0, 2.0]}, ValueError, "2 values, but the path has 4 inputs"),
        (lambda path: {"x": pd.Series({"width": 1.0})}, ValueError, "x lacks the inputs"),
        (lambda path: {"x": np.zeros((2, 4))}, ValueError, "one row"),
    ],
)
def test_what_is_no_path_is_refused_before_drawing(path, change, error, message):
    with pytest.raises(error, match=message):
        PathDisplay.from_path(**{"path": path, **change(path)})
    assert plt.get_fignums() == []


def test_mixed_inputs_have_no_raw_values(X):
    network = make_pipeline(PolynomialFeatures(2), PCA(4), MLPClassifier((3,), **SETTINGS))
    network.fit(X, load_iris().target == 2)
    path = trace_path(network, X.iloc[[0]])
    assert PathDisplay.from_path(path).nodes["node"].str.startswith("pca").any()
    for x in (X.iloc[0], X.to_numpy()[0]):
        heading = PathDisplay.from_estimator(network, x).headings_[0].get_text()
        assert "as the network gets them" in heading
    with pytest.raises(ValueError, match="mixed"):
        PathDisplay.from_path(path, x=X.iloc[0])


def test_indicators_are_drawn_beside_raw_values():
    X = pd.DataFrame({"colour": ["red", "green", "blue"] * 10, "dose": np.linspace(0, 1, 30)})
    encoder = make_column_transformer((OneHotEncoder(), ["colour"]), remainder="passthrough")
    network = make_pipeline(encoder, MLPClassifier((3,), **SETTINGS)).fit(X, X["colour"] == "red")
    path = trace_path(network, X.iloc[[1]])
    nodes = PathDisplay.from_path(path, x=X.iloc[1], max_nodes=9).nodes
    labels = nodes.loc[nodes["column"] == 0].set_index("node")["label"]
    assert labels["colour=red"] == "colour=red = 0"
    assert labels["colour=green"] == "colour=green = 1"
    assert labels["dose"] == f"dose = {1 / 29:.4g}"
    with pytest.raises(ValueError, match="x lacks the inputs"):
        PathDisplay.from_path(path, x=X[["dose"]].iloc[1])


def test_a_missing_matplotlib_is_said_in_a_sentence(monkeypatch, path):
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    with pytest.raises(ImportError, match=r"skinterpret\[plot\]"):
        PathDisplay.from_path(path)


def test_from_an_estimator_it_is_the_picture_of_the_traced_path(network, X):
    row = X.iloc[[110]]
    expected = PathDisplay.from_path(trace_path(network, row), x=row, max_nodes=3)
    probe = NeuronProbe(FrozenEstimator(network)).fit(X)
    for estimator, x in [(network, row), (as_network(network), row), (probe, row), (network, row.iloc[0])]:
        display = PathDisplay.from_estimator(estimator, x, max_nodes=3)
        pd.testing.assert_frame_equal(display.nodes, expected.nodes)
        pd.testing.assert_frame_equal(display.edges, expected.edges)
        assert display.headings_[0].get_text() == "inputs"


def test_from_an_estimator_the_latent_can_be_chosen(three_classes, X):
    latent = as_network(three_classes).latent(X[:1], "b")[0]
    assert PathDisplay.from_estimator(three_classes, X[:1], target="b").nodes["value"].iloc[-1] == (
        pytest.approx(latent)
    )


def test_from_an_estimator_inputs_that_steps_have_mixed_are_as_the_network_gets_them(X):
    model = make_pipeline(PolynomialFeatures(2), PCA(2), MLPClassifier((3,), **SETTINGS))
    display = PathDisplay.from_estimator(model.fit(X, load_iris().target == 2), X[:1])
    assert "as the network gets them" in display.headings_[0].get_text()


def test_behind_a_projection_raw_values_and_the_constant_are_written(X):
    model = make_pipeline(PCA(2), MLPClassifier((3,), **SETTINGS)).fit(X, load_iris().target == 2)
    display = PathDisplay.from_estimator(model, X[:1])
    labels = [label.get_text() for label in display.labels_]
    assert f"{plain(X.columns[0])} = {X.iloc[0, 0]:.4g}" in labels
    assert "of which constant " in labels[-1].replace("\n", " ")


def test_a_row_without_names_is_read_in_the_order_of_training(X):
    turned = make_column_transformer((StandardScaler(), [3, 1, 0, 2]))
    model = make_pipeline(turned, MLPClassifier((3,), **SETTINGS)).fit(X, load_iris().target == 2)
    expected = PathDisplay.from_estimator(model, X[:1])
    display = PathDisplay.from_estimator(model, X.to_numpy()[0])
    assert display.headings_[0].get_text() == "inputs"
    assert list(display.nodes["label"]) == list(expected.nodes["label"])


@pytest.mark.parametrize("max_nodes", [0, -1])
def test_from_an_estimator_a_number_of_nodes_below_one_is_refused(network, X, max_nodes):
    with pytest.raises(ValueError, match="max_nodes"):
        PathDisplay.from_estimator(network, X[:1], max_nodes=max_nodes)
