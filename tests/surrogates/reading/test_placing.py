"""Where directions leave a constant open, decisions place it."""

import numpy as np
import pytest
from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skinterpret import SymbolicSurrogate, make_readable_network
from skinterpret.directions import sample_directions
from skinterpret.expressions import Expression
from skinterpret.network import as_network
from skinterpret.search import Candidate, EvolutionEngine, Front
from skinterpret.surrogates.judging.judgement import Judge
from skinterpret.surrogates.reading.constants import ConstantFit
from skinterpret.surrogates.reading.placing import FaithfulFit, decides_as_well, placed_by_decisions

X = np.random.default_rng(0).uniform(-1, 1, (2000, 2))
BAND = (X[:, 0] > -0.3) & (X[:, 0] < 0.6)


@pytest.fixture(scope="module")
def band():
    return as_network(make_readable_network((20,), random_state=0).fit(X, BAND))


@pytest.fixture(scope="module")
def judge(band):
    sample = sample_directions(band, X[:1500], random_state=0)
    return Judge(band, sample, np.ones(2), X[1500:], None)


def placed(candidates, judge, band):
    front = Front([Candidate(Expression.parse(text), loss) for text, loss in candidates])
    probability = 1 / (1 + np.exp(-band.latent(X[:1500])))
    return placed_by_decisions(front, judge, X[:1500], probability, judge.n_samples)


@pytest.mark.parametrize("form", ["x0**2", "x0 - x0**2", "(x0 - 0.59)**2"])
def test_the_middle_of_a_band_is_found(form, judge, band):
    (candidate,) = placed([(form, 1e-6)], judge, band)
    line = np.linspace(-1, 1, 2001)
    slopes = candidate.expression.gradient(np.column_stack([line, line]))[:, 0]
    assert abs(line[np.abs(slopes).argmin()] - 0.15) < 0.03
    assert judge(candidate.expression).fidelity > 0.99


def test_others_stay_as_they_are(judge, band):
    """One has wrong gradients, and the other decides right."""
    candidates = [("x1", 0.5), ("(x0 - 0.15)**2", 1e-6)]
    assert [str(one.expression) for one in placed(candidates, judge, band)] == ["x1", "(x0 - 0.15)**2"]


def test_only_the_simplest_is_placed(judge, band):
    simple, longer = placed([("x0**2", 1e-6), ("x0**2 + x0**4/1000", 1e-7)], judge, band)
    assert judge(simple.expression).fidelity > 0.99
    assert str(longer.expression) == str(Expression.parse("x0**2 + x0**4/1000"))


def test_a_fit_to_directions_does_not_undo_it(judge):
    """A fit to the network's errors would move the middle to 0.09."""
    placed = Expression.parse("(x0 - 0.15)**2 + 0.0011*x1")
    assert not decides_as_well(judge, ConstantFit(judge, 0).refit(placed), placed)
    assert decides_as_well(judge, FaithfulFit(judge, 0).refit(placed), placed)


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize(("low", "high"), [(-0.3, 0.6), (0.1, 0.8)])
def test_a_band_of_one_input_is_read_as_such(low, high, seed):
    inside = (X[:, 1] > low) & (X[:, 1] < high)
    network = make_readable_network((20,), random_state=seed).fit(X, inside)
    surrogate = SymbolicSurrogate(
        FrozenEstimator(network), engine=EvolutionEngine(max_evals=150_000), random_state=seed
    )
    surrogate.fit(X, inside)
    assert surrogate.formula_.variables == (1,)
    assert surrogate.formula_.complexity <= 8
    assert surrogate.score(X) > 0.98
    assert np.isfinite(surrogate.coefficients_[["low", "high"]].to_numpy()).all()
    assert (surrogate.coefficients_["high"] - surrogate.coefficients_["low"] < 1).all()


def test_a_band_of_the_only_input_is_a_square_around_its_middle():
    rng = np.random.default_rng(0)
    kelvin = rng.uniform(270, 370, (1000, 1))
    inside = (kelvin[:, 0] > 290) & (kelvin[:, 0] < 330)
    network = make_pipeline(StandardScaler(), make_readable_network((20,), random_state=0)).fit(
        kelvin, inside
    )
    engine = EvolutionEngine(max_evals=30_000)
    surrogate = SymbolicSurrogate(network, engine=engine, random_state=0).fit(kelvin, inside)
    centre = surrogate.formula_.constant_values[0]
    assert str(surrogate.formula_).startswith("(x0 - ")
    assert centre == pytest.approx(310, abs=1.5)
    assert surrogate.trust_.fidelity > 0.98
