import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skinterpret.expressions import Expression
from skinterpret.surrogates.formulas.tidying import is_round, no_form, tidy
from skinterpret.surrogates.judging.selection import resolution
from tests.surrogates.fits import FitTo


@pytest.mark.parametrize(
    ("found", "tidied"),
    [
        ("0.5*x0**2 + 1.0*x1**2 + 7.3", "x0**2 + 2*x1**2"),
        ("(x0 + x1) * 3.7", "x0 + x1"),
        ("0.8*x0 + 0.8*x1 + 0.3*sin(x2)", "x0 + x1 + 0.375*sin(x2)"),
        ("x0*1.9999997 + sin(x1)", "2*x0 + sin(x1)"),
        ("(x0 + x1)*(x0 + 2*x1)", "(x0 + x1)*(x0 + 2*x1)"),
    ],
)
def test_scale_offset_and_stray_digits_go(found, tidied):
    result = tidy(Expression.parse(found), FitTo(found))
    assert result.to_sympy().expand() == Expression.parse(tidied).to_sympy().expand()
    assert result.complexity <= Expression.parse(found).complexity


def test_exponentials_that_are_multiplied_become_one():
    found = Expression.parse("x0*exp(-0.5*x1**2)*exp(-0.5*x2**2)")
    result = tidy(found, FitTo(str(found)))
    assert str(result).count("exp") == 1
    assert result.complexity < found.complexity


def test_whole_numbers_are_taken_when_the_network_is_no_more_exact():
    expression = Expression.parse("x0**2 + 1.97*x1**2")
    assert tidy(expression, FitTo("x0**2 + 1.97*x1**2", extra=1e-3)).to_text() == "x0**2 + 2*x1**2"


@pytest.mark.parametrize(("found", "snapped"), [(3.11, np.pi), (2.53, 2.5), (2.97, 3.0)])
def test_of_the_round_numbers_the_one_that_fits_best_is_taken(found, snapped):
    truth = f"exp(x0 - x1) + x0*x2*{snapped!r}"
    tidied = tidy(Expression.parse(truth.replace(repr(snapped), repr(found))), FitTo(truth, extra=1e-3))
    assert tidied.constant_values == (snapped,)


def test_whole_numbers_are_refused_when_the_loss_notices():
    expression = Expression.parse("x0**2 + 1.97*x1**2")
    assert tidy(expression, FitTo("x0**2 + 1.97*x1**2", extra=1e-7)).constant_values == (1.97,)


def test_a_term_that_the_network_does_not_show_goes():
    found = "(x0 + x1)*(x0 + 2*x1 - 0.004)"
    tidied = tidy(Expression.parse(found), FitTo("(x0 + x1)*(x0 + 2*x1)", extra=1e-4))
    assert tidied.to_sympy().expand() == Expression.parse("(x0 + x1)*(x0 + 2*x1)").to_sympy().expand()


@given(
    first=st.floats(0.1, 10),
    second=st.floats(0.1, 10),
    error=st.sampled_from([0.0, 1e-5, 1e-3]),
)
def test_the_loss_never_rises_by_more_than_a_term_is_worth(first, second, error):
    expression = Expression.parse(f"{first!r}*x0**2 + {second!r}*x1*x2 + 1")
    fit = FitTo(expression.to_text(), extra=error)
    level = fit.loss(expression)
    assert fit.loss(tidy(expression, fit)) <= level + 0.3 * (level + resolution(level)) + 1.01e-3


@pytest.mark.parametrize("found", ["-x0**2 - 2*x1**2", "3*x2 - exp(x0 - x1)", "-exp(x0)*x1 + x2"])
def test_the_longer_terms_have_a_plus_sign(found):
    tidied = tidy(Expression.parse(found), FitTo(found))
    assert (tidied(np.ones((1, 3))) == -Expression.parse(found)(np.ones((1, 3)))).all()


def test_a_constant_is_not_rounded_out_of_its_interval():
    """With large errors the loss would not notice, but the directions tell the constant well."""
    found = "x0**2 + 2.6*x1**2 + x2"
    values = [
        tidy(Expression.parse(found), FitTo(found, extra=0.1, width=width)).constant_values
        for width in (0.12, 0.01)
    ]
    assert values == [(2.5,), (2.6,)]


def test_pi_is_seen_only_in_a_constant_that_is_well_known():
    found = "x0**2 + 3.13*x1**2 + x2"
    values = [
        tidy(Expression.parse(found), FitTo(found, extra=1e-4, width=width)).constant_values
        for width in (0.1, 0.5)
    ]
    assert values[0] == (np.pi,)
    assert values[1] != (np.pi,)


def test_what_is_left_fits_best_beside_the_rounded_constants():
    fit = FitTo("exp(1.43*x0)*(x1 + 3*x2 + 2.5)", extra=1e-7)
    tidied = tidy(Expression.parse("exp(1.42*x0)*(x1 + 3.002*x2 + 2.498)"), fit)
    rounded = [(2 * value).is_integer() or value == np.pi for value in tidied.constant_values]
    assert 0 < sum(rounded) < len(rounded)
    assert fit.loss(tidied) < 1.01 * fit.loss(fit.refit(tidied, rounded))


def test_a_term_beside_which_others_weigh_nothing_stands_alone():
    found = "20817.9*x0 + x1**2"
    assert tidy(Expression.parse(found), FitTo(found, extra=1e-3)).to_text() == "x0"


@pytest.mark.parametrize(
    ("found", "tidied"),
    [
        ("sin(x0 + 2*x1 - 22) - x2", "x2 + sin(x0 + 2*x1)"),  # 22 is nearly 7 pi
        ("x2 + sin(x0 - 6.283)", "x2 + sin(x0)"),
        ("x2 + sin(x0 + 0.4)", "x2 + sin(x0 + 0.4)"),
    ],
)
def test_waves_have_phases_of_less_than_half_a_period(found, tidied):
    assert str(tidy(Expression.parse(found), FitTo(found, extra=1e-3))) == str(Expression.parse(tidied))


def test_only_the_ratio_of_two_coefficients_of_a_factor_is_a_constant():
    found = Expression.parse("(2*x0 + 2.74*x1)*(4*x2 + 2.92*x0)")
    tidied = tidy(found, FitTo("(x0 + 1.37*x1)*(x2 + 0.73*x0)", width=0.01))
    assert tidied.constant_values == pytest.approx([1.37, 1 / 0.73], rel=1e-3)


@pytest.mark.parametrize(
    ("found", "tidied"), [(0.588, "x0 + 1.7*x1"), (0.9, "0.9*x0 + x1"), (0.7, "0.7*x0 + x1")]
)
def test_the_coefficient_that_becomes_one_is_that_which_leaves_fewest_digits(found, tidied):
    found = f"{found}*x0 + x1"
    result = tidy(Expression.parse(found), FitTo(found, extra=1e-6))
    assert result.to_sympy() == Expression.parse(tidied).to_sympy()


class ByShares(FitTo):
    """Constants are open within a tenth of themselves, as those of inputs in other units are."""

    def intervals(self, expression):
        values = np.array(expression.constant_values)
        return values - 0.1 * np.abs(values), values + 0.1 * np.abs(values)


@pytest.mark.parametrize(
    ("formula", "found", "tidied"),
    [
        ("0.0203*sin(50*x0) + exp(x1) + 3*x2 + sin(x1*x2)", 0.0203, 0.02),
        ("412*x0 + exp(5*x1)", 412.0, 400.0),
    ],
)
def test_constants_of_inputs_in_other_units_have_one_digit(formula, found, tidied):
    expression = Expression.parse(formula)
    assert tidied in tidy(expression, ByShares(formula, extra=1e-2)).constant_values
    assert is_round(tidied)
    # where the loss notices, they stay
    assert found in tidy(expression, ByShares(formula)).constant_values


@pytest.mark.parametrize(
    ("found", "tidied"),
    [
        ("3*x0*x1 + 6*x0*x2", "x0*(x1 + 2*x2)"),
        ("x0/x1 + x2/x1", "(x0 + x2)/x1"),
        ("exp(x0)*x1 - exp(x0)*x2", "exp(x0)*(x1 - x2)"),
        ("exp(x0)*x1 - exp(x1)*x2", "x1*exp(x0) - x2*exp(x1)"),
        ("x0*x1 + x2", "x0*x1 + x2"),
    ],
)
def test_what_all_terms_share_is_written_once(found, tidied):
    result = tidy(Expression.parse(found), FitTo(found))
    assert result.to_sympy() == Expression.parse(tidied).to_sympy()
    assert result.complexity <= Expression.parse(tidied).complexity


def test_a_term_that_may_as_well_be_zero_goes_and_is_no_unit():
    found = "650*x0 + 330*x1 + x2"
    result = tidy(Expression.parse(found), FitTo("2*x0 + x1", extra=1e-3, width=1.5))
    assert result.variables == (0, 1)


def test_of_scales_that_leave_a_constant_open_another_is_taken():
    found = Expression.parse("650*x0 + 330*x1 + x2*1.1")

    class Open(FitTo):
        def intervals(self, expression):
            values = np.array(expression.constant_values)
            width = np.where(values < 0.1, 2 * values, 0.05 * values) if values.min() < 0.1 else 2 * values
            return values - width, values + width

    result = tidy(found, Open("650*x0 + 330*x1 + x2*1.1", extra=1e-9))
    assert result.constant_values != found.constant_values
    assert (np.array(result.constant_values) < 3).all()


def test_a_constant_that_may_as_well_be_zero_is():
    """Of the numbers next to it a half would fit better."""
    found = "x0*(x1 + 0.4)"
    assert tidy(Expression.parse(found), FitTo(found, extra=0.05, width=1.0)).to_text() == "x0*x1"


def test_terms_that_may_as_well_be_zero_stay_where_they_are_to_be_kept():
    found, fit = Expression.parse("x0 + 0.01*x1"), FitTo("x0 + 0.01*x1", extra=1e-3)
    assert tidy(found, fit).variables == (0,)
    assert tidy(found, fit, no_form).variables == (0, 1)


def test_of_terms_that_may_as_well_be_zero_those_go_without_which_the_formula_does():
    found = "x0 + 0.01*x1 + 0.012*x2"
    fit = FitTo(found, extra=1e-3)
    assert tidy(Expression.parse(found), fit).variables == (0,)
    assert tidy(Expression.parse(found), fit, lambda form: bool(form(np.eye(3))[2])).variables == (0, 2)


def test_a_round_number_that_decisions_contradict_is_not_taken():
    found, fit = Expression.parse("x0**2 + 1.97*x1**2"), FitTo("x0**2 + 1.97*x1**2", extra=1e-3)
    near = tidy(found, fit, may_round=lambda form: abs(form([[0.0, 1.0]])[0] - 1.97) < 0.02)
    assert tidy(found, fit).constant_values == (2.0,)
    assert near.constant_values == (1.97,)


def test_digits_that_decisions_need_stay():
    found, fit = Expression.parse("x0**2 + 1.9742*x1**2"), FitTo("x0**2 + 1.9742*x1**2", extra=1e-3)
    for closest, digits in [(0.02, 1.97), (0.002, 1.974)]:
        near = tidy(found, fit, may_round=lambda form: abs(form([[0.0, 1.0]])[0] - 1.9742) < closest)  # noqa: B023
        assert near.constant_values == (digits,)


@pytest.mark.parametrize(
    ("found", "truth", "tidied"),
    [
        # the factor of a term is that of the whole formula once the other term is gone
        ("8000000*x0**2/x1**2 + 0.3*x2", "x0**2/x1**2", "x0**2/x1**2"),
        # a product that matters in none of its terms but one
        ("-2*x0 - x1 + 3*10**(-9)*x2*(x0 - 2400000)", "-2*x0 - x1 - 0.0072*x2", "2*x0 + x1"),
    ],
)
def test_what_is_left_when_terms_go_is_tidied_again(found, truth, tidied):
    assert str(tidy(Expression.parse(found), FitTo(truth, extra=0.01))) == tidied
