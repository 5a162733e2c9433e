"""`skinterpret compare`: what all folds share."""

import copy
from types import SimpleNamespace

import joblib
import numpy as np
import pandas as pd
import pytest

from skinterpret import make_readable_network
from skinterpret.cli import comparing, main
from skinterpret.cli.comparing import compare_folds
from skinterpret.comparison import Comparison

REMARKS = {
    "no closed form was found, so that the rule is not to be relied on",
    "the time was over before the search had ended by itself",
}
SECONDS = [5.0, 1.0, 20.0, 3.0]  # that the rule of each fold takes


@pytest.fixture
def limits(monkeypatch):
    """The limits that the searches of all folds get, which take the seconds above."""
    given = []

    def compare(network, X, y, surrogates, *, cv, random_state):
        given.append(surrogates["rule"].engine.callback)
        figures = {"fidelity": 0.9, "accuracy": 0.8, "fit_seconds": SECONDS[len(given) - 1]}
        folds = pd.DataFrame([{"fold": 0, "surrogate": "rule", **figures}])
        verdict = "no closed form found" if len(given) == 2 else "concept"
        rule = SimpleNamespace(
            engine_=SimpleNamespace(
                callback=given[-1] and SimpleNamespace(has_ended_a_search=len(given) > 2)
            ),
            trust_={"a": SimpleNamespace(verdict="concept"), "b": SimpleNamespace(verdict=verdict)},
        )
        return Comparison(folds, pd.DataFrame([{"fold": 0, "accuracy": 0.8}]), [{"rule": rule}])

    monkeypatch.setattr(comparing, "compare_surrogates", compare)
    return given


def run(max_time, quiet=True):
    X, y = pd.DataFrame({"a": np.arange(40.0)}), pd.Series(np.arange(40) % 2)
    options = SimpleNamespace(folds=4, max_time=max_time, n_jobs=1, seed=0, quiet=quiet)
    return compare_folds(X, y, None, options)


def test_the_searches_of_all_folds_share_one_limit(limits):
    run(12.0)
    # a quarter of 12, a third of the 7 that are left, half of 6, and nothing after the 20
    assert [limit.seconds for limit in limits] == pytest.approx([3, 7 / 3, 3, 0])


def test_without_a_limit_no_search_has_one(limits):
    run(None)
    assert limits == [None] * 4


def test_each_fold_has_a_line_of_progress_and_its_number(limits, capsys):
    found = run(None, quiet=False)
    lines = capsys.readouterr().err.splitlines()
    assert [line.partition(":")[0] for line in lines[:4]] == [f"fold {k} of 4" for k in (1, 2, 3, 4)]
    assert lines[0].endswith("0.900")
    assert "no closed form" in lines[1]
    assert found.folds["fold"].tolist() == found.network["fold"].tolist() == [0, 1, 2, 3]


def test_what_is_to_be_known_of_the_folds_is_said_without_progress_too(limits, capsys):
    run(12.0)
    assert capsys.readouterr().err.splitlines() == [
        "skinterpret: in 1 of 4 folds no closed form was found, so that the rule is not to be relied on",
        "skinterpret: in 2 of 4 folds the time was over before the search had ended by itself",
    ]


def test_the_clock_of_a_limit_runs_from_the_copy_that_searches(monkeypatch):
    now = SimpleNamespace(seconds=0.0)
    clock = SimpleNamespace(monotonic=lambda: now.seconds)
    monkeypatch.setattr("skinterpret.cli.time_limit.time", clock)
    limit = comparing.TimeLimit(10, 1)
    now.seconds = 100.0  # in which the network is trained
    begun = copy.deepcopy(limit)
    now.seconds = 105.0
    assert not begun(SimpleNamespace(epoch=1))
    now.seconds = 110.0
    assert begun(SimpleNamespace(epoch=2))


def test_a_trained_network_is_compared_as_it_is(table, frame, tmp_path, capsys):
    path = tmp_path / "model.joblib"
    network = make_readable_network((10,), random_state=0).fit(frame[["a", "b"]], frame["sick"])
    joblib.dump(network, path)
    words = ["compare", str(table), "--target", "sick", "--folds", "2", "--max-time", "1", "--quiet"]
    assert main([*words, "--estimator", str(path), "--trust-pickle"]) == 0
    output = capsys.readouterr()
    accuracy = network.score(frame[["a", "b"]], frame["sick"])
    assert f"Accuracy of the network, which may know the rows, {accuracy:.3f}" in output.out
    assert {line.partition(" folds ")[2] for line in output.err.splitlines()} <= REMARKS
