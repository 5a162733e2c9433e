"""Canonical forms: what belongs to the link goes, what belongs to the concept stays."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skinterpret.expressions import Expression
from skinterpret.metrics import alignment_score
from skinterpret.search import Candidate, Front
from skinterpret.surrogates.formulas.canonical import canonical, canonical_front

ROWS = np.random.default_rng(0).uniform(-1, 1, (300, 2))
CONCEPT = "x0**2 + 2*x1**2"
WRAPPERS = [
    "exp({})",
    "-3*({}) + 1",
    "1/({})",
    "log({})",
    "sqrt({} + 0.5)",
    "({})**2",
    "({} + 1)**(-1.5)",
    "sin(0.4*({}))",
    "tanh({})",
    "2 - ({})",
    "({})/4",
    "abs({})",
]


@given(st.lists(st.sampled_from(WRAPPERS), max_size=3))
def test_outer_monotone_functions_factors_and_terms_are_stripped(wrappers):
    text = CONCEPT
    for wrapper in wrappers:
        text = wrapper.format(text)
    wrapped = Expression.parse(text)
    with np.errstate(all="ignore"):
        values = wrapped(ROWS)
    form = canonical(wrapped, ROWS)
    assert form.complexity <= wrapped.complexity
    if np.isfinite(values).all():
        known = np.linalg.norm(np.nan_to_num(wrapped.gradient(ROWS)), axis=1) > 0
        assert alignment_score(wrapped.gradient(ROWS)[known], form.gradient(ROWS)[known]) > 1 - 1e-8


@pytest.mark.parametrize("wrapper", WRAPPERS)
def test_each_wrapper_goes(wrapper):
    assert str(canonical(Expression.parse(wrapper.format(CONCEPT)), ROWS)) == CONCEPT


@pytest.mark.parametrize("text", ["(x0 + x1)**2", "sin(4*x0 + x1)", "abs(x0 - x1)", "inv(x0 + x1)"])
def test_a_function_that_turns_or_jumps_within_the_data_stays(text):
    expression = Expression.parse(text)
    assert canonical(expression, ROWS) is expression


@pytest.mark.parametrize("text", ["(x0 + x1)**2", "abs(x0 - x1 + 2)", "1/(x0 + x1)"])
def test_it_goes_where_the_data_see_one_branch_of_it(text):
    one_branch = canonical(Expression.parse(text), np.abs(ROWS) * [1.0, 0.5] + [1.0, 0.0])
    assert str(one_branch) in ("x0 + x1", "x0 - x1")


def test_a_logarithm_that_is_undefined_on_some_rows_stays():
    expression = Expression.parse("log(x0 + x1)")
    assert canonical(expression, ROWS) is expression


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("exp(x0)*exp(x1)", "x0 + x1"),
        ("3*exp(x0)*exp(2*x1) + 1", "x0 + 2*x1"),
        ("exp(x0)/exp(x1)", "x0 - x1"),
        ("log(x0 + 2) + log(x1 + 3)", "(x0 + 2)*(x1 + 3)"),
        ("sqrt(x0 + 2)*sqrt(x1 + 3)", "(x0 + 2)*(x1 + 3)"),
    ],
)
def test_products_of_exponentials_and_sums_of_logarithms_are_one(text, expected):
    assert str(canonical(Expression.parse(text), ROWS)) == expected


def test_a_logarithm_that_is_undefined_on_some_rows_is_joined_with_no_other():
    expression = Expression.parse("log(x0) + log(x1)")
    assert canonical(expression, ROWS) is expression


def test_a_front_keeps_falling_losses_and_rising_complexities_without_repetition():
    texts = [
        "x0",
        "x0**2 + x1**2",
        "exp(x0**2 + x1**2)",
        "(x0**2 + 2*x1**2)**2",
        "5 - 2*(x0**2 + 2*x1**2)**2",
    ]
    losses = [0.5, 0.3, 0.2999, 0.1, 0.0999]
    front = Front([Candidate(Expression.parse(t), loss) for t, loss in zip(texts, losses, strict=True)])
    cleaned = canonical_front(front, ROWS)
    assert [str(candidate.expression) for candidate in cleaned] == ["x0", "x0**2 + x1**2", "x0**2 + 2*x1**2"]
    assert [candidate.loss for candidate in cleaned] == [0.5, 0.2999, 0.0999]
    assert [candidate.complexity for candidate in cleaned] == [1, 5, 8]


def test_what_has_values_by_rounding_alone_is_no_candidate():
    sound, noise = Candidate(Expression.parse("x0"), 0.2), Candidate(Expression.parse("x0/(x1 - x1)"), 0.1)
    assert [found.loss for found in canonical_front(Front([sound, noise]), ROWS)] == [0.2]
    assert len(canonical_front(Front([noise]), ROWS)) == 1


def test_what_is_no_real_number_is_no_candidate():
    texts = ("x1 + x0*log(log(0.5))", "x0*x1")
    front = Front(
        [Candidate(Expression.parse(text), loss) for text, loss in zip(texts, (0.1, 0.2), strict=True)]
    )
    assert [str(found.expression) for found in canonical_front(front, ROWS)] == ["x0*x1"]


def test_a_common_power_of_all_factors_goes_where_it_is_monotone():
    ratio = Expression.parse("3*x0**2/x1**2")
    assert str(canonical(ratio, ROWS**2 + 0.1)) == "x0/x1"
    assert str(canonical(ratio, ROWS)) == "x0**2/x1**2"
