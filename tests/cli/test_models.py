"""Files that are to hold a trained network."""

import pickle

import joblib
import pytest
from sklearn.compose import make_column_transformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler

from skinterpret.cli import main
from skinterpret.cli.models import check_answers


def refused(capsys, table, path, *, command="explain"):
    """What a command says of a model, before it does anything."""
    words = [command, str(table), "--target", "sick", "--estimator", str(path), "--trust-pickle"]
    assert main(words) == 2
    output = capsys.readouterr()
    assert not output.out
    assert output.err.count("\n") == 1
    return output.err


@pytest.fixture
def network(frame):
    return MLPClassifier((2,), solver="lbfgs", random_state=0).fit(frame[["a", "b"]], frame["sick"])


@pytest.mark.parametrize("command", ["explain", "probe"])
@pytest.mark.parametrize(
    ("model", "message"),
    [
        (make_pipeline(StandardScaler(), MLPClassifier()), "is not trained; save it after"),
        (MLPClassifier(), "The MLPClassifier in"),
        (MLPRegressor(), "is no classifier; save one that is trained"),
        ({"model": MLPClassifier()}, "an object of type dict; save the trained pipeline"),
        (MLPClassifier, "no model"),
    ],
    ids=["pipeline", "network", "regressor", "dict", "class"],
)
def test_what_is_no_trained_classifier_is_refused(table, tmp_path, capsys, command, model, message):
    joblib.dump(model, tmp_path / "model.joblib")
    assert message in refused(capsys, table, tmp_path / "model.joblib", command=command)


@pytest.mark.parametrize("command", ["explain", "probe"])
def test_a_model_that_is_no_network_is_refused_before_the_search(table, frame, tmp_path, capsys, command):
    forest = RandomForestClassifier(2, random_state=0).fit(frame[["a", "b"]], frame["sick"])
    joblib.dump(forest, tmp_path / "forest.joblib")
    assert "RandomForestClassifier" in refused(capsys, table, tmp_path / "forest.joblib", command=command)


@pytest.mark.parametrize(
    ("ending", "content"),
    [
        ("joblib", lambda whole: whole[: len(whole) // 2]),
        ("joblib", lambda whole: b"no model\n" * 20),
        ("pkl", lambda whole: b""),
        ("pkl", lambda whole: b"c__main__\nNoSuchClass\n."),
        ("pickle", lambda whole: b"\x80\x04}K\x01s."),
        ("skops", lambda whole: b"no model\n" * 20),
        ("skops", lambda whole: whole),
    ],
    ids=["cut", "text", "empty", "class that is not there", "broken", "skops of text", "skops of a pickle"],
)
def test_a_file_that_is_broken_is_named(table, network, tmp_path, capsys, ending, content):
    if ending == "skops":
        pytest.importorskip("skops.io")
    path = tmp_path / f"model.{ending}"
    path.write_bytes(content(pickle.dumps(network)))
    error = refused(capsys, table, path)
    assert f"{path} cannot be loaded as a model" in error
    assert "; save the trained model again" in error


@pytest.mark.parametrize("command", ["explain", "probe"])
@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (["benign", "malignant"], "tells the classes 0, 1, but column 'sick' holds '"),
        (["0", "one"], "holds '"),
        ([0, 2], "holds 0, 2; write them"),
    ],
)
def test_labels_that_the_network_does_not_know_are_refused(
    frame, network, tmp_path, capsys, command, labels, message
):
    joblib.dump(network, tmp_path / "model.joblib")
    frame.assign(sick=frame["sick"].map(lambda k: labels[k])).sort_values("sick").to_csv(
        tmp_path / "t.csv", index=False
    )
    assert message in refused(capsys, tmp_path / "t.csv", tmp_path / "model.joblib", command=command)


def test_a_category_that_the_network_does_not_know_is_refused_before_the_search(frame, tmp_path, capsys):
    frame["site"] = ["north", "south"] * 150
    first = make_column_transformer((OneHotEncoder(), ["site"]), ("passthrough", ["a", "b"]))
    network = make_pipeline(first, MLPClassifier((2,), solver="lbfgs", max_iter=2000, random_state=0))
    joblib.dump(network.fit(frame.drop(columns="sick"), frame["sick"]), tmp_path / "model.joblib")
    frame.loc[299, "site"] = "rare"
    frame.to_csv(tmp_path / "t.csv", index=False)
    error = refused(capsys, tmp_path / "t.csv", tmp_path / "model.joblib")
    assert "cannot answer every row of the table" in error
    assert "'rare'" in error


def test_inputs_of_the_same_name_are_refused_before_the_search(frame, tmp_path, capsys):
    frame = frame.assign(site=["A", "a_C", "a_D"] * 100, site_a=["B", "B", "B", "C"] * 75)
    first = make_column_transformer((OneHotEncoder(), ["site", "site_a"]), ("passthrough", ["a", "b"]))
    network = make_pipeline(first, MLPClassifier((2,), solver="lbfgs", max_iter=2000, random_state=0))
    joblib.dump(network.fit(frame.drop(columns="sick"), frame["sick"]), tmp_path / "model.joblib")
    frame.to_csv(tmp_path / "t.csv", index=False)
    error = refused(capsys, tmp_path / "t.csv", tmp_path / "model.joblib")
    assert "two inputs of the name 'site_a_C'" in error


def test_a_network_that_was_trained_on_arrays_is_asked_without_a_warning(frame):
    X, y = frame[["a", "b"]], frame["sick"]
    network = MLPClassifier((2,), solver="lbfgs", random_state=0).fit(X.to_numpy(), y)
    check_answers(network, X, y, "model.joblib")  # a warning would be an error here
    with pytest.raises(ValueError, match="cannot answer every row of the table: .* 1 feature"):
        check_answers(network, X[["a"]], y, "model.joblib")


def doubled(X):
    return 2 * X


def test_types_that_skops_does_not_know_are_named_with_what_to_do(table, frame, tmp_path, capsys):
    skops = pytest.importorskip("skops.io")
    model = make_pipeline(FunctionTransformer(doubled), MLPClassifier((2,), solver="lbfgs", random_state=0))
    skops.dump(model.fit(frame[["a", "b"]], frame["sick"]), tmp_path / "model.skops")
    error = refused(capsys, table, tmp_path / "model.skops")
    assert "does not know to be safe: " in error
    assert ".doubled; train a pipeline of scikit-learn's own steps and save that, or, if you trust" in error
    assert error.endswith("save the model with joblib and give --trust-pickle.\n")


@pytest.mark.parametrize("ending", ["joblib", "skops"])
def test_that_there_is_no_file_is_said_before_anything_is_asked_for(table, tmp_path, capsys, ending):
    path = tmp_path / f"nope.{ending}"
    assert main(["explain", str(table), "--target", "sick", "--estimator", str(path)]) == 2
    assert "there is no file" in capsys.readouterr().err
