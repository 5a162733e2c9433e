"""`SymbolicSurrogate` with what PySR has found: the same attributes as with the embedded engine."""

import pickle
import pickletools
import subprocess
import sys

import numpy as np
import pytest
import sympy
from sklearn.base import clone
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import GridSearchCV

from skinterpret import SymbolicSurrogate
from skinterpret.search import PySREngine
from skinterpret.search.pysr import engine as engine_module
from skinterpret.search.pysr.julia import HallOfFame

FOUND = [
    "x0",
    "x0 + x1",
    "square(x0) + square(x1)",
    "exp(exp((x0 * x0) + ((x1 * x1) * 2.0))) + 1.2",
    "((x0 * x0) + (square(x1) * 2.0)) + (x0 ^ 3.0 * 1.0e-9)",
]


@pytest.fixture
def found(install, monkeypatch):
    install()
    monkeypatch.setattr(engine_module, "search_in_julia", lambda *arguments: HallOfFame(FOUND, False))


@pytest.fixture
def surrogate(found, ellipse, ellipse_network):
    return SymbolicSurrogate(
        FrozenEstimator(ellipse_network), engine=PySREngine(niterations=5), random_state=0
    ).fit(ellipse.data)


def test_it_has_all_attributes_of_one_from_the_embedded_engine(surrogate, ellipse_surrogate):
    ours, theirs = vars(ellipse_surrogate), vars(surrogate)
    assert set(ours) == set(theirs)
    assert list(surrogate.equations_.columns) == list(ellipse_surrogate.equations_.columns)
    assert all(type(ours[name]) is type(theirs[name]) for name in ours if name not in ("engine", "engine_"))


def test_bloat_is_gone_and_the_rule_is_the_one_that_labelled_the_data(surrogate):
    x1, x2 = sympy.symbols("x1 x2")
    assert sympy.expand(surrogate.expression_ - (x1**2 + 2 * x2**2)) == 0
    assert surrogate.threshold_ == pytest.approx(1, abs=0.05)


def test_it_predicts_transforms_and_scores(surrogate, ellipse, ellipse_network):
    data = ellipse.data
    assert surrogate.score(data) > 0.98
    assert surrogate.score(data) == np.mean(surrogate.predict(data) == ellipse_network.predict(data))
    np.testing.assert_allclose(surrogate.predict_proba(data).sum(axis=1), 1)
    values = data["x1"] ** 2 + 2 * data["x2"] ** 2
    np.testing.assert_allclose(surrogate.transform(data)[:, 0], values)


def test_another_candidate_can_be_chosen(surrogate):
    assert surrogate.select(1).formula_.complexity == 1


def test_a_pickle_holds_nothing_of_pysrs_and_works_without_it(surrogate, ellipse, tmp_path):
    pickled = pickle.dumps(surrogate)
    names = {str(argument) for _, argument, _ in pickletools.genops(pickled) if isinstance(argument, str)}
    assert not any(name.split(".")[0] in ("pysr", "juliacall") for name in names)
    rows = ellipse.data[:20]
    (tmp_path / "surrogate").write_bytes(pickled)
    rows.to_csv(tmp_path / "rows", index=False)
    code = (
        "import pickle, sys, pandas\n"
        "surrogate = pickle.load(open(sys.argv[1] + '/surrogate', 'rb'))\n"
        "print(*surrogate.predict(pandas.read_csv(sys.argv[1] + '/rows')))\n"
        "print('pysr' in sys.modules)"
    )
    run = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True
    )
    predicted, imported = run.stdout.splitlines()
    assert predicted.split() == [str(label) for label in surrogate.predict(rows)]
    assert imported == "False"


def test_clone_keeps_pysrs_options_and_forgets_the_rest(surrogate):
    copy = clone(surrogate)
    assert copy.get_params()["engine__niterations"] == 5
    assert not hasattr(copy, "expression_")


def test_options_of_pysrs_can_be_searched_in_a_grid(found, ellipse, ellipse_network):
    surrogate = SymbolicSurrogate(
        FrozenEstimator(ellipse_network), engine=PySREngine(), structure=False, random_state=0
    )
    grid = {"engine__niterations": [2, 3], "engine__max_complexity": [4, 20]}
    search = GridSearchCV(surrogate, grid, cv=2).fit(ellipse.data[:600], ellipse.target[:600])
    assert search.best_params_["engine__max_complexity"] == 20
    assert search.best_estimator_.get_params()["engine__niterations"] in (2, 3)


def test_bad_settings_are_refused_before_the_network_is_trained(install, ellipse):
    install()
    surrogate = SymbolicSurrogate(engine=PySREngine(niteration=5))
    with pytest.raises(ValueError, match="Did you mean 'niterations'"):
        surrogate.fit(ellipse.data, ellipse.target)
    assert not hasattr(surrogate, "estimator_")


def test_without_pysr_nothing_is_trained_either(no_pysr, ellipse):
    surrogate = SymbolicSurrogate(engine=PySREngine())
    with pytest.raises(ImportError, match="pip install"):
        surrogate.fit(ellipse.data, ellipse.target)
    assert not hasattr(surrogate, "estimator_")


def test_pysr_is_not_imported_before_it_is_used():
    code = """
import sys
import skinterpret
from skinterpret.search import PySREngine
engine = PySREngine(niterations=3)
try:
    engine.validate()
except ImportError:
    pass
print("pysr" in sys.modules, "juliacall" in sys.modules, "juliapkg" in sys.modules)
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["False"] * 3
