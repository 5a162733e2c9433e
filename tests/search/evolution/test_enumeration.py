"""Every small program is tried, once."""

import os
import signal
import time

import numpy as np
import pytest

from skinterpret.expressions import Expression
from skinterpret.expressions.kernels.matching import make_rows
from skinterpret.metrics import alignment_score
from skinterpret.search import EvolutionEngine
from skinterpret.search.evolution import enumeration
from skinterpret.search.evolution.enumeration import enumerate_programs, united
from skinterpret.search.evolution.islands import expression_at
from skinterpret.search.watch import Watch

from .compiled import make_grammar

X = np.random.default_rng(0).uniform(0.3, 2, (150, 3))


def enumerated(formula, operators=("+", "-", "*", "/", "square", "exp", "sin"), most=60_000, **options):
    gradient = Expression.parse(formula).gradient(X)
    rows = make_rows(X, gradient / np.linalg.norm(gradient, axis=1, keepdims=True))
    return enumerate_programs(rows, make_grammar(operators), most, **options)


@pytest.mark.parametrize(
    "formula",
    [
        "x0*x1 + x2",
        "x0/(x1 + x2)",
        "sin(x0*x1) + x2",
        "exp(x0 - x1)*x2",
        "exp(x0 - x1) - 3.14*x2",
        "x0**2 + 1.7*x1*x2",
        "sin(0.8*x0) + x1*x2",
    ],
)
def test_a_short_formula_with_one_constant_at_most_is_always_found(formula):
    members, _ = enumerated(formula)
    assert members.losses[0] < 1e-9


def test_losses_and_complexities_are_those_of_the_programs():
    members, evaluations = enumerated("x0**2 + x1*x2", most=20_000)
    assert evaluations >= len(members.losses)
    assert (np.diff(members.losses) >= 0).all()
    truth = Expression.parse("x0**2 + x1*x2").gradient(X)
    for index in range(0, len(members.losses), 97):
        expression = expression_at(members, index)
        assert members.complexities[index] == expression.complexity
        loss = 1 - alignment_score(truth, expression.gradient(X))
        assert members.losses[index] == pytest.approx(loss, abs=1e-9)


def test_no_two_programs_without_constants_have_the_same_values():
    members, _ = enumerated("x0**2 + x1*x2", most=2_000)
    plain = [
        index for index in range(len(members.losses)) if not expression_at(members, index).constant_values
    ]
    values = np.array([expression_at(members, index)(X[:5]) for index in plain])
    values *= np.sign(values[:, :1])
    assert len(np.unique(np.round(values, 7), axis=0)) == len(plain)


def test_the_budget_limits_how_far_it_goes():
    sizes = [len(enumerated("x0*x1 + x2", most=most)[0].losses) for most in (10, 500, 20_000)]
    assert 0 < sizes[0] < sizes[1] < sizes[2]


def test_only_allowed_operators_and_leaves_occur():
    members, _ = enumerated("x0*x1 + x2", operators=("+", "sin"), most=5_000)
    text = " ".join(str(expression_at(members, index)) for index in range(len(members.losses)))
    assert "*" not in text
    assert "sin" in text


def test_short_formulas_of_the_inputs_are_tried_beside_many_parts():
    X = np.random.default_rng(0).uniform(0.5, 2, (256, 4))
    truth = Expression.parse("x0*x1 + x2*x3")
    gradient = truth.gradient(X)
    misleading = ["x0 + x2", "x0 + x3", "x1 + x2", "x2 - x3", "x1 + x3", "x0 - x1"]
    engine = EvolutionEngine(max_evals=200_000, epoch_evals=50, n_islands=1, callback=lambda state: True)
    front = engine.search(
        X,
        gradient / np.linalg.norm(gradient, axis=1, keepdims=True),
        np.ones(len(X)),
        seed=0,
        parts=[Expression.parse(text) for text in misleading],
    )
    assert next(one.complexity for one in front if one.loss < 1e-12) == truth.complexity


def test_programs_of_both_are_there_once_and_the_best_first():
    few, many = (enumerated("x0*x1 + x2", most=most)[0] for most in (200, 2000))
    both = united(few, many)
    assert len(both.losses) == len(many.losses)
    assert (np.diff(both.losses) >= 0).all()


def test_any_number_of_threads_finds_the_same(monkeypatch):
    monkeypatch.setattr(enumeration, "AT_ONCE", 100)
    one, two = (enumerated("sin(0.8*x0) + x1*x2", most=5_000, n_jobs=n_jobs) for n_jobs in (1, 2))
    assert one[1] == two[1]
    for first, second in zip(one[0], two[0], strict=True):
        np.testing.assert_array_equal(first, second)


@pytest.mark.parametrize("n_jobs", [1, 2])
@pytest.mark.parametrize("work", ["program_losses", "fit_programs"])
def test_what_was_tried_before_ctrl_c_is_kept(monkeypatch, work, n_jobs):
    """The work is done piece by piece; Ctrl-C comes in the fifth."""
    monkeypatch.setattr(enumeration, "AT_ONCE", 100)
    monkeypatch.setattr(enumeration, "FITTED_AT_ONCE", 20)
    whole, _ = enumerated("x0*x1 + x2", most=5_000)
    do, pieces = getattr(enumeration, work), []

    def interrupted(*arguments):
        pieces.append(arguments)
        if len(pieces) == 5:
            os.kill(os.getpid(), signal.SIGINT)
        if len(pieces) >= 5:  # until it has been heard
            time.sleep(0.3)
        return do(*arguments)

    monkeypatch.setattr(enumeration, work, interrupted)
    watch = Watch()
    members, evaluations = enumerated("x0*x1 + x2", most=5_000, watch=watch, n_jobs=n_jobs)
    assert watch.interrupted
    assert 0 < len(members.losses) < len(whole.losses)
    assert evaluations >= len(members.losses)
    fitted = (members.constants != 0).any(axis=1).sum()
    assert (fitted > 0) == (work == "fit_programs")


def test_a_watch_that_is_over_lets_the_inputs_be_tried():
    watch = Watch()
    watch.interrupt()
    members, evaluations = enumerated("x0*x1 + x2", most=5_000, watch=watch)
    assert evaluations == len(members.losses) == 3
