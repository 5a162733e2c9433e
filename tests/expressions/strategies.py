"""Random expressions for hypothesis."""

from hypothesis import strategies as st

from skinterpret.expressions import OPERATORS, Expression

constants = st.floats(allow_nan=False, allow_infinity=False)
leaves = st.one_of(
    st.integers(0, 3).map(Expression.variable),
    constants.map(Expression.constant),
)


def _grow(children):
    choices = []
    for operator in OPERATORS:
        second = constants.map(Expression.constant) if operator.constant_exponent else children
        operands = (children, second)[: operator.arity]
        choices.append(
            st.tuples(*operands).map(lambda found, name=operator.name: Expression.apply(name, *found))
        )
    return st.one_of(choices)


expressions = st.recursive(leaves, _grow, max_leaves=8)
