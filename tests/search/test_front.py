from hypothesis import given
from hypothesis import strategies as st

from skinterpret.expressions import Expression
from skinterpret.search import Candidate, Front

TEXTS = ("x0", "x0 + x1", "x0*x1 + x0", "sin(x0)*x1 + exp(x0)")


@given(st.lists(st.tuples(st.sampled_from(TEXTS), st.floats(0, 1)), max_size=12))
def test_front_is_pareto_optimal(pairs):
    candidates = [Candidate(Expression.parse(text), loss) for text, loss in pairs]
    front = Front(candidates)
    complexities = [candidate.complexity for candidate in front]
    losses = [candidate.loss for candidate in front]
    assert complexities == sorted(set(complexities))
    assert losses == sorted(set(losses), reverse=True)
    for candidate in candidates:
        limit = 1.000000002 * candidate.loss + 2e-15
        assert any(kept.loss <= limit and kept.complexity <= candidate.complexity for kept in front)


def test_a_longer_formula_must_be_better_by_more_than_rounding_errors():
    pairs = [("x0", 0.15855263957188126), ("exp(x0)", 0.15855263957188104), ("x0*x0*x1", 0.158552)]
    front = Front([Candidate(Expression.parse(text), loss) for text, loss in pairs])
    assert [str(candidate.expression) for candidate in front] == ["x0", "x0*x0*x1"]


def test_losses_of_nothing_are_the_same():
    pairs = [("x0", 3e-16), ("x0 + x1", 0.0)]
    assert len(Front([Candidate(Expression.parse(text), loss) for text, loss in pairs])) == 1
