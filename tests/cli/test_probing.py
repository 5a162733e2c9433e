"""What `probe` prints of a fitted probe."""

import re

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_breast_cancer, load_iris
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skinterpret import OneHotProbe
from skinterpret.cli.parser import main
from skinterpret.cli.probing import print_probe

NETWORK = make_pipeline(
    StandardScaler(), MLPClassifier((10,), solver="lbfgs", alpha=1.0, max_iter=1000, random_state=0)
)


def probed(load):
    data = load(as_frame=True)
    return OneHotProbe(NETWORK, baseline="mean").fit(data.data, data.target_names[data.target]), data.data


def drivers_printed(probe, X, most, capsys):
    print_probe(probe, X, most)
    return capsys.readouterr().out.partition("Which values stand for which class")[2]


def test_the_strongest_values_of_each_class_are_printed_and_the_others_counted(capsys):
    probe, X = probed(load_breast_cancer)
    counts = probe.class_drivers_["class"].value_counts()
    output = drivers_printed(probe, X, 3, capsys)
    strongest = probe.class_drivers_.groupby("class").head(3)
    lines = [line for line in output.splitlines() if re.match(r" *(benign|malignant) ", line)]
    assert [feature in line for feature, line in zip(strongest["feature"], lines, strict=True)] == [True] * 6
    left = [f"{count - 3} more for {label}" for label, count in counts.sort_index().items()]
    assert f"… and {', '.join(left)}; --top 0 shows all" in output


def test_all_are_printed_when_asked_for(capsys):
    probe, X = probed(load_breast_cancer)
    output = drivers_printed(probe, X, 0, capsys)
    assert len(re.findall(r"^ *(?:benign|malignant) ", output, re.MULTILINE)) == len(probe.class_drivers_)
    assert "more for" not in output


def test_a_class_for_which_no_value_stands_is_named_with_the_reason(capsys):
    X = pd.DataFrame({"height": np.linspace(-1, 1, 201)})
    y = np.array(["low", "middle", "high"])[np.digitize(X["height"], [-0.3, 0.3])]
    probe = OneHotProbe(NETWORK, baseline="mean").fit(X, y)
    output = drivers_printed(probe, X, 10, capsys)
    assert "No value stands for middle: the network says so already where all inputs are at" in output
    assert "stands for low" not in output


@pytest.mark.parametrize(
    ("load", "margin"), [(load_iris, "log-probability"), (load_breast_cancer, "log-odds")]
)
def test_the_columns_are_explained(load, margin, capsys):
    output = drivers_printed(*probed(load), 10, capsys)
    assert f"contribution: what the value adds to the class's {margin}" in output
    assert "change: what it adds to the probability" in output


def test_help_explains_the_columns(capsys):
    with pytest.raises(SystemExit):
        main(["probe", "--help"])
    output = " ".join(capsys.readouterr().out.split())
    assert "`contribution` is what a value adds" in output
    assert "--top N" in output


def test_values_of_an_input_are_written_alike(capsys):
    probe, X = probed(load_breast_cancer)
    output = drivers_printed(probe, X, 0, capsys)
    values = re.findall(r" worst perimeter +(\S+)", output)
    assert len(values) > 2
    assert all("." in value for value in values)
