"""What is said of how far a rule may be trusted."""

from __future__ import annotations

import linecache
import pickle
import warnings
from dataclasses import replace

import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning
from sklearn.frozen import FrozenEstimator
from sklearn.neural_network import MLPClassifier

from skinterpret import SymbolicSurrogate
from skinterpret.exceptions import NoClosedFormWarning
from skinterpret.expressions import Expression
from skinterpret.expressions.plain import to_plain
from skinterpret.inner_product import mapped
from skinterpret.metrics import alignment_score
from skinterpret.network import as_network, smooth
from skinterpret.report.words import trust_figures, verdict_in_words
from skinterpret.search import Candidate, Engine, Front
from skinterpret.surrogates.answers.trust import CASES_ONLY, _objection_near


@pytest.fixture(scope="module")
def noise_surrogate(quick_engine):
    """Read out of a network that was trained on random labels."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(300, 6))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        network = MLPClassifier((40,), random_state=0).fit(X, rng.integers(0, 2, 300))
    with pytest.warns(NoClosedFormWarning, match="No closed form found for 1"):
        return SymbolicSurrogate(FrozenEstimator(network), engine=quick_engine, random_state=0).fit(X)


def test_a_rule_that_says_what_the_network_computes_is_a_concept(ellipse_surrogate):
    trust = ellipse_surrogate.trust_
    assert trust.verdict == "concept"
    assert trust.reasons == ()
    assert trust.alignment > 0.99
    assert trust.alignment_far > 0.95
    assert trust.stability > 0.8
    assert trust.smoothness > 0.95


def test_the_warning_says_what_to_do(noise_surrogate):
    with pytest.warns(NoClosedFormWarning, match=r"make_readable_network\(\), more rows, other operators"):
        noise_surrogate.select("knee")


def test_the_warning_points_at_the_line_that_selects(noise_surrogate):
    with pytest.warns(NoClosedFormWarning) as heard:
        noise_surrogate.select("knee")
    assert linecache.getline(heard[0].filename, heard[0].lineno).strip() == 'noise_surrogate.select("knee")'


def test_figures_are_what_they_are_called(ellipse, ellipse_surrogate):
    trust = ellipse_surrogate.trust_
    assert trust.fidelity_low < trust.fidelity < trust.fidelity_high
    assert trust.fidelity == pytest.approx(ellipse_surrogate.score(ellipse.data), abs=0.01)
    assert trust.fidelity_near < trust.fidelity < trust.fidelity_far
    difference = ellipse_surrogate.predict_proba(ellipse.data) - ellipse_surrogate.network_.predict_proba(
        ellipse.data
    )
    assert trust.calibration_error == pytest.approx(np.abs(difference).mean(), rel=0.3)
    assert list(trust.region.index) == ["x1", "x2"]
    assert (trust.region["low"] < -0.95).all()
    assert np.isnan(trust.rule_accuracy)  # the network came without labels


def test_labels_give_accuracies(ellipse, ellipse_network, quick_engine):
    surrogate = SymbolicSurrogate(FrozenEstimator(ellipse_network), engine=quick_engine, random_state=0)
    trust = surrogate.fit(ellipse.data, ellipse.target).trust_
    assert trust.network_accuracy == pytest.approx(
        ellipse_network.score(ellipse.data, ellipse.target), abs=0.02
    )
    assert trust.rule_accuracy == pytest.approx(
        np.mean(surrogate.predict(ellipse.data) == ellipse.target), abs=0.03
    )


def test_a_network_of_random_labels_has_no_closed_form(noise_surrogate):
    assert noise_surrogate.trust_.verdict == "no closed form found"
    assert noise_surrogate.trust_.reasons


def test_a_network_that_always_says_the_same_is_not_explained(ellipse, quick_engine):
    labels = np.random.default_rng(0).integers(0, 2, len(ellipse.data))
    network = MLPClassifier((5,), random_state=0, alpha=100.0).fit(ellipse.data, labels)
    surrogate = SymbolicSurrogate(FrozenEstimator(network), engine=quick_engine, random_state=0)
    with pytest.warns(NoClosedFormWarning, match="hardly tells the classes apart"):
        surrogate.fit(ellipse.data)
    assert surrogate.trust_.discrimination < 0.05


def test_another_choice_gets_its_own_verdict(ellipse_surrogate):
    surrogate = pickle.loads(pickle.dumps(ellipse_surrogate))
    with pytest.warns(NoClosedFormWarning):
        surrogate.select(1)
    assert surrogate.trust_.fidelity < ellipse_surrogate.trust_.fidelity


def test_the_summary_says_rule_and_verdict(ellipse_surrogate, noise_surrogate, capsys):
    ellipse_surrogate.summary()
    text = capsys.readouterr().out
    assert to_plain(ellipse_surrogate.decision_rule_) in text
    assert "Verdict: concept." in text
    assert "jump between neighbours" not in text
    noise_surrogate.summary()
    text = capsys.readouterr().out
    assert "Verdict: no closed form found." in text
    assert noise_surrogate.trust_.reasons[0] in text


def test_a_summary_on_few_rows_says_that_they_chose_the_rule(ellipse_surrogate, noise_surrogate):
    assert noise_surrogate.trust_.n_rows < 300 <= ellipse_surrogate.trust_.n_rows
    assert "chose the rule" in str(noise_surrogate.trust_)
    assert "chose the rule" not in str(ellipse_surrogate.trust_)


def test_where_no_row_is_near_the_boundary_the_summary_says_so(ellipse_surrogate):
    assert "near the boundary 0." in str(ellipse_surrogate.trust_)
    nothing = replace(ellipse_surrogate.trust_, fidelity_near=np.nan, n_near=0)
    assert "near the boundary no rows, far from it" in str(nothing)


def test_where_no_row_of_the_shell_is_far_from_the_boundary_the_summary_says_so(ellipse_surrogate):
    trust = ellipse_surrogate.trust_
    assert f"{trust.alignment_far:.4f} there on rows far from the boundary." in str(trust)
    nothing = str(replace(trust, alignment_far=np.nan))
    assert f"{trust.alignment:.4f} in the shell, where no row is far from the boundary." in nothing
    assert "nan" not in nothing


@pytest.fixture(scope="module")
def coarse_network():
    """A network of eight ReLU units, whose gradient is constant on large pieces."""
    X = np.random.default_rng(0).uniform(-1, 1, (1000, 2))
    network = MLPClassifier((8,), solver="lbfgs", alpha=0.3, max_iter=2000, random_state=0)
    return X, network.fit(X, X[:, 0] ** 2 + 2 * X[:, 1] ** 2 > 1)


def test_smoothing_makes_no_concept_of_what_the_network_itself_is_not(coarse_network, quick_engine):
    X, network = coarse_network
    settings = {"engine": quick_engine, "random_state": 0}
    rough = SymbolicSurrogate(FrozenEstimator(network), **settings).fit(X)
    fine = SymbolicSurrogate(FrozenEstimator(network), smoothing=0.3, **settings).fit(X)
    judge, formula = fine._readings[0].judge, fine.formula_
    far = (np.abs(judge.latent) >= np.log(9)) & judge.in_shell
    own = as_network(network).gradient(judge.X[far])
    scale, metric = judge.scale, judge.metric
    compared = [mapped(each * scale, metric) for each in (own, formula.gradient(judge.X[far]))]
    assert fine.trust_.alignment_far == pytest.approx(alignment_score(*compared))
    assert fine.trust_.smoothness > rough.trust_.smoothness
    # the averaged gradients would have let it pass
    smoothed = mapped(judge._network.gradient(judge.X[far]) * scale, metric)
    assert alignment_score(smoothed, compared[1]) >= 0.95 > fine.trust_.alignment_far
    assert fine.trust_.verdict == "decision only"


def test_what_is_of_averaged_directions_is_told_as_such(coarse_network, quick_engine, ellipse_surrogate):
    X, network = coarse_network
    assert "averaged" not in str(ellipse_surrogate.trust_)
    asked = SymbolicSurrogate(FrozenEstimator(network), engine=quick_engine, smoothing=0.1, random_state=0)
    told = str(asked.fit(X).trust_)
    assert "Directions are averaged over neighbourhoods of 0.1 standard deviations: alignment and" in told
    assert "is that to the network as it is." in told
    values = {figure.name: figure.value for figure in trust_figures(asked.trust_, 1e-4)}
    assert values["Smoothing"] == "0.10"
    given = SymbolicSurrogate(smooth(as_network(network), 0.05), engine=quick_engine, random_state=0)
    assert "the neighbourhoods of the smoothed network that was given" in str(given.fit(X).trust_)


def test_fidelity_near_and_far_is_told_with_the_rows_that_it_was_measured_on(ellipse, ellipse_surrogate):
    trust = ellipse_surrogate.trust_
    assert trust.n_near + trust.n_far == trust.n_rows
    right = trust.fidelity_near * trust.n_near + trust.fidelity_far * trust.n_far
    assert right == pytest.approx(trust.fidelity * trust.n_rows)
    assert f"near the boundary {trust.fidelity_near:.3f} on {trust.n_near:,} rows" in str(trust)


def test_the_fidelity_on_a_handful_of_rows_is_not_told_in_digits(ellipse_surrogate):
    few = replace(ellipse_surrogate.trust_, fidelity_near=1.0, n_near=9)
    assert "near the boundary too few rows (9), far from it" in str(few)
    enough = replace(few, n_near=10)
    assert "near the boundary 1.000 on 10 rows" in str(enough)
    values = {figure.name: figure.value for figure in trust_figures(few, 1e-4)}
    assert values["Fidelity near the boundary"] == "too few rows (9)"
    assert values["Fidelity far from it"].endswith(f" on {few.n_far:,} rows")


def test_a_few_rows_prove_nothing(quick_engine):
    rng = np.random.default_rng(3)
    X, y = rng.normal(size=(14, 2)), np.arange(14) % 2
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        network = MLPClassifier((40,), max_iter=1000, random_state=0).fit(X, y)
    surrogate = SymbolicSurrogate(FrozenEstimator(network), engine=quick_engine, random_state=0)
    with pytest.warns(NoClosedFormWarning, match="On so few rows"):
        surrogate.fit(X)
    assert surrogate.trust_.fidelity_low <= surrogate.trust_.majority


def test_without_more_searches_nothing_is_said_of_them(ellipse_surrogate, capsys):
    assert np.isnan(ellipse_surrogate.trust_.repeatability)
    ellipse_surrogate.summary()
    assert "Repeatability" not in capsys.readouterr().out


def test_searches_from_other_seeds_find_the_same_concept(ellipse, ellipse_network, quick_engine, capsys):
    surrogate = SymbolicSurrogate(
        FrozenEstimator(ellipse_network), engine=quick_engine, n_searches=3, random_state=0
    ).fit(ellipse.data)
    assert surrogate.trust_.repeatability == 1
    assert surrogate.trust_.verdict == "concept"
    surrogate.summary()
    assert "Repeatability 1.00" in capsys.readouterr().out
    # what no search would choose earns nothing by being picked
    assert surrogate.select(1).trust_.repeatability == 0


def test_more_searches_than_one_give_no_worse_front(ellipse, ellipse_network, quick_engine):
    one, three = (
        SymbolicSurrogate(
            FrozenEstimator(ellipse_network), engine=quick_engine, n_searches=number, random_state=0
        ).fit(ellipse.data)
        for number in (1, 3)
    )
    for candidate in one.front_:
        rivals = [other.loss for other in three.front_ if other.complexity <= candidate.complexity]
        assert min(rivals) <= candidate.loss
    assert three.front_.evaluations > 2 * one.front_.evaluations


class FickleEngine(Engine):
    """Finds another formula in every search."""

    n_searches_ = 0

    def validate(self):
        pass

    def search(self, X, directions, sample_weight, seed, parts=()):
        self.n_searches_ += 1
        formula = Expression.parse(["x0 + 3*x1", "x0**2 + x1", "x0**2 + 2*x1**2"][self.n_searches_ - 1])
        gradient = formula.gradient(X)
        gradient /= np.linalg.norm(gradient, axis=1, keepdims=True)
        return Front([Candidate(formula, 1 - abs(np.einsum("ij,ij->i", gradient, directions).mean()))])


def test_searches_that_each_choose_something_else_make_no_confident_rule(ellipse, ellipse_network):
    surrogate = SymbolicSurrogate(
        FrozenEstimator(ellipse_network), engine=FickleEngine(), n_searches=3, structure=False, random_state=0
    )
    with pytest.warns(NoClosedFormWarning, match="Only 0.33 of the searches choose this concept"):
        surrogate.fit(ellipse.data)
    assert surrogate.trust_.repeatability == pytest.approx(1 / 3)
    assert surrogate.trust_.fidelity > 0.98


def test_a_rule_of_inputs_with_two_values_each_is_no_concept(quick_engine):
    rng = np.random.default_rng(0)
    X = np.column_stack([rng.integers(0, 2, (600, 2)), rng.uniform(size=600)])
    pairs = {
        "decision only": X[:, 0] + X[:, 1] > 0.5,
        "concept": X[:, 0] + 2 * X[:, 2] > 1.2,
    }
    for verdict, labels in pairs.items():
        network = MLPClassifier((10,), activation="tanh", solver="lbfgs", alpha=1, random_state=0)
        surrogate = SymbolicSurrogate(network, engine=quick_engine, random_state=0).fit(X, labels)
        assert surrogate.trust_.verdict == verdict
        assert surrogate.trust_.has_cases_only == (verdict == "decision only")
        assert (CASES_ONLY in str(surrogate.trust_)) == surrogate.trust_.has_cases_only
        assert (verdict_in_words(surrogate.trust_)[1] == CASES_ONLY) == surrogate.trust_.has_cases_only


class GivenFormula(Engine):
    """Finds what it was given."""

    def __init__(self, formula="x0"):
        self.formula = formula

    def validate(self):
        pass

    def search(self, X, directions, sample_weight, seed, parts=()):
        return Front([Candidate(Expression.parse(self.formula), 0.01)])


def test_a_look_alike_that_decides_badly_near_the_boundary_is_no_closed_form(ellipse, ellipse_network):
    # aligned to 0.98 and faithful on 0.94 of all rows, most of which are far from the boundary
    engine = GivenFormula("x0**2 + x1**2 + x1**4")
    surrogate = SymbolicSurrogate(FrozenEstimator(ellipse_network), engine=engine, random_state=0)
    with pytest.warns(NoClosedFormWarning, match="Near the boundary it decides as the network does on 0"):
        trust = surrogate.fit(ellipse.data[:2500]).trust_
    assert trust.fidelity_near < 0.8 < 0.9 < trust.fidelity
    assert trust.verdict == "no closed form found"
    (told,) = trust.reasons
    assert f"on {trust.fidelity_near:.2f} of {trust.n_near} rows only" in told


def test_what_few_rows_near_the_boundary_leave_open_is_granted():
    assert _objection_near(0.72, 20) == []  # a standard error is 0.1
    assert len(_objection_near(0.72, 200)) == 1
    assert len(_objection_near(0.55, 20)) == 1
    assert _objection_near(0.0, 9) == _objection_near(np.nan, 0) == []
