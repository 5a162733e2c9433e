"""Programs are joined with every small one."""

import numpy as np
import pytest

from skinterpret.expressions import Expression
from skinterpret.expressions.kernels.matching import make_rows
from skinterpret.metrics import alignment_score
from skinterpret.search import EvolutionEngine, search_directions
from skinterpret.search.evolution.growth import SEEDS, best_of, grow, small_programs
from skinterpret.search.evolution.islands import expression_at
from skinterpret.search.evolution.population import Members, make_members

from .compiled import MAX_NODES, make_grammar

X = np.random.default_rng(0).uniform(0.3, 2, (150, 3))
OPERATORS = ("+", "-", "*", "/", "square", "exp", "sin")


def rows_of(formula):
    gradient = Expression.parse(formula).gradient(X)
    return make_rows(X, gradient / np.linalg.norm(gradient, axis=1, keepdims=True))


def only(formula, loss=0.5):
    """Members that hold one formula."""
    expression = Expression.parse(formula)
    members = make_members(1, MAX_NODES)
    members.tokens[0, : len(expression.tokens)] = expression.tokens
    members.constants[0, : len(expression.tokens)] = expression.constants
    members.lengths[0] = len(expression.tokens)
    members.complexities[0] = expression.complexity
    members.losses[0] = loss
    return members


def grown(start, truth, operators=OPERATORS):
    rows, grammar = rows_of(truth), make_grammar(operators)
    return grow(rows, grammar, only(start), small_programs(rows, grammar))


@pytest.mark.parametrize(
    ("start", "truth"),
    [
        ("x0*x1", "x0*x1 + sin(x1*x2)"),
        ("exp(x0 - 0.7*x1)", "exp(x0 - 0.7*x1) - x0*x2"),
        ("x0 + x1/x2", "(x0 + x1/x2)*exp(x2 - x0)"),
        ("x0**2*x1", "x0**2*x1/(x1 + x2)"),
        ("exp(x0*x1)", "exp(x0*x1) + 3.7*sin(x1*x2)"),
        ("exp(x0*x1)", "exp(x0*x1) - 3.7*x2*x0"),
    ],
)
def test_the_missing_term_or_factor_is_found(start, truth):
    best, evaluations = grown(start, truth)
    assert best.losses.min() < 1e-9
    assert evaluations > 1000


def test_losses_and_complexities_are_those_of_the_programs():
    truth = "exp(x0*x1) + 3.7*sin(x1*x2) + x2"
    best, _ = grown("exp(x0*x1)", truth)
    found = np.flatnonzero(np.isfinite(best.losses))
    assert len(found) > 3
    for complexity in found:
        expression = expression_at(best, int(complexity))
        assert expression.complexity == best.complexities[complexity] == complexity
        loss = 1 - alignment_score(Expression.parse(truth).gradient(X), expression.gradient(X))
        assert best.losses[complexity] == pytest.approx(loss, abs=1e-9)


def test_only_allowed_operators_join():
    best, _ = grown("x0", "x0 + x1*x2", operators=("+", "sin"))
    text = " ".join(str(expression_at(best, int(k))) for k in np.flatnonzero(np.isfinite(best.losses)))
    assert "+" in text
    assert not set("*/-") & set(text)


def test_nothing_grows_beyond_the_largest_complexity():
    rows, grammar = rows_of("x0*x1 + sin(x1*x2)"), make_grammar(OPERATORS)
    tight = grammar._replace(max_complexity=9, max_nodes=9)
    best, _ = grow(rows, tight, _cut(only("exp(x0)*x1"), 9), small_programs(rows, tight))
    assert len(best.losses) == 10
    assert (best.complexities[np.isfinite(best.losses)] <= 9).all()


def test_the_seeds_are_the_best_small_programs():
    rows, grammar = rows_of("x0*x1 + sin(x1*x2)"), make_grammar(OPERATORS)
    small = small_programs(rows, grammar)
    seeds = best_of(small)
    assert len(seeds.losses) == SEEDS
    assert seeds.losses.max() <= np.sort(small.losses)[SEEDS]


def test_a_search_that_has_come_to_a_halt_grows_and_does_not_depend_on_n_jobs():
    gradient = Expression.parse("x0*x1 + x2 + 0.5*sin(3*x1*x2) + exp(x0/x2)").gradient(X)

    def search(n_jobs):
        evaluations = []
        engine = EvolutionEngine(
            n_jobs=n_jobs,
            patience=4,
            n_islands=2,
            population_size=30,
            epoch_evals=500,
            max_evals=200_000,
            callback=lambda state: evaluations.append(state.evaluations),
        )
        front = search_directions(X, gradient, engine=engine, random_state=0, structure=False)
        return [(str(c.expression), c.loss) for c in front], np.diff(evaluations)

    (one, spent), (two, _) = search(1), search(2)
    assert one == two
    assert spent.max() > 10 * np.median(spent)  # an epoch in which programs were joined


def _cut(members, width):
    return Members(members.tokens[:, :width], members.constants[:, :width], *members[2:])
