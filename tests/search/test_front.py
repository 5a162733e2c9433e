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
        assert any(kept.loss <= candidate.loss and kept.complexity <= candidate.complexity for kept in front)
