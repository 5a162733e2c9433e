"""The link φ as a formula: families, rounding, and values where it is not defined."""

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from skinterpret.expressions import Expression
from skinterpret.surrogates.formulas.composition import compose
from skinterpret.surrogates.reading.families import FAMILIES, Family
from skinterpret.surrogates.reading.links import fit_value_link, judged_rows, quick_link
from skinterpret.surrogates.reading.rounding import round_constants

ROWS = np.random.default_rng(0)
POSITIVE = ROWS.uniform(0, 3, 900)
SIGNED = ROWS.normal(size=900)
T = sympy.Symbol("T")


@pytest.mark.parametrize("error", [0.0, 0.01])
@pytest.mark.parametrize(
    ("truth", "values"),
    [
        ("3*x0 + 1", POSITIVE),
        ("x0**2 + 1", POSITIVE),
        ("x0**3 - x0", SIGNED),
        ("exp(-x0)", POSITIVE),
        ("sqrt(x0 + 1)", POSITIVE),
        ("inv(x0 + 1)", POSITIVE),
        ("2*log(x0 + 0.5) - 1", POSITIVE),
        ("(x0 + 1)**1.5", POSITIVE),
        ("sin(2*x0 + 1)", SIGNED),
        ("tanh(2*x0)", SIGNED),
        ("3*exp(-((x0 - 0.5)**2))", SIGNED),
    ],
)
def test_each_form_is_found_with_its_constants(truth, values, error):
    formula = Expression.parse(truth)
    wanted = formula(values[:, None])
    wanted = wanted + error * wanted.std() * np.sin(7 * values)  # as smooth as a network's errors
    link = fit_value_link(values, wanted)
    assert sympy.simplify(link.to_sympy() - formula.to_sympy(["T"])) == 0


def test_a_constant_is_no_multiple_of_pi_but_pi_itself_or_its_double():
    """81.7 is nearly 26 pi, and as good."""
    formula = Expression.parse("81.7*x0 + 3.14")
    wanted = formula(POSITIVE[:, None])
    wanted = wanted + 0.01 * wanted.std() * np.sin(7 * POSITIVE)
    start = Expression.parse("81.66*x0 + 3.1")
    factor, offset = round_constants(start, POSITIVE, wanted).constant_values
    assert not (factor / np.pi).is_integer()
    assert offset in (np.pi, 3.0, 3.5)


def test_constants_that_matter_are_not_rounded():
    link = fit_value_link(POSITIVE, 2.83 * POSITIVE + 0.71)
    np.testing.assert_allclose(link(np.array([0.0, 1.0])), [0.71, 3.54], rtol=1e-6)


def test_fidelity_is_that_of_rows_that_were_not_fitted():
    noise = np.random.default_rng(1).normal(size=200)
    _, fidelity = quick_link(np.random.default_rng(2).normal(size=200), noise)
    assert fidelity < 0.1
    _, fidelity = quick_link(POSITIVE, np.exp(POSITIVE))
    assert fidelity == pytest.approx(1)


def test_undefined_values_get_the_mean():
    values = np.where(np.arange(900) % 10 == 0, np.nan, POSITIVE)
    link = fit_value_link(values, 2 * POSITIVE)
    answer = link(np.array([np.nan, 1.0, np.inf]))
    np.testing.assert_allclose(answer, [2 * POSITIVE.mean(), 2, 2 * POSITIVE.mean()], rtol=1e-6)


@pytest.mark.parametrize(
    "values", [np.full(50, np.nan), np.full(50, 2.0), np.arange(3.0), np.array([1e300, -1e300] * 20)]
)
def test_a_concept_that_says_nothing_gets_a_constant(values):
    wanted = np.sin(np.arange(len(values)))
    link = fit_value_link(values, wanted)
    assert link.family == "constant"
    np.testing.assert_allclose(link(values), wanted.mean())


@settings(max_examples=8, deadline=None)
@given(
    location=st.floats(-1e3, 1e3),
    spread=st.floats(1e-3, 1e3),
    factor=st.floats(-1e3, 1e3).filter(lambda value: abs(value) > 1e-3),
)
def test_a_straight_line_is_found_in_any_units(location, spread, factor):
    values = location + spread * SIGNED[:60]
    wanted = factor * values + 1
    link = fit_value_link(values, wanted)
    assert np.mean((link(values) - wanted) ** 2) < 1e-3 * wanted.var()


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_what_a_family_builds_is_what_it_fits(family):
    """The formula and the columns of the fit must be the same function."""
    values = np.linspace(0.2, 2, 7)
    for parameters in family.starts(values):
        columns = family.basis(values, parameters)
        coefficients = [0.7, -1.3, 0.4][: len(columns)]
        expected = sum(c * column for c, column in zip(coefficients, columns, strict=True))
        built = family.build(coefficients, parameters.tolist())
        np.testing.assert_allclose(built(values[:, None]), expected, rtol=1e-9, atol=1e-12)


def test_rounding_keeps_the_loss():
    formula = Expression.parse("1.003*exp(-0.998*x0) + 0.0004")
    wanted = np.exp(-POSITIVE) + 0.01 * np.sin(5 * POSITIVE)
    rounded = round_constants(formula, POSITIVE, wanted)
    assert rounded.to_sympy() == Expression.parse("exp(-x0)").to_sympy()
    exact = Expression.parse("1.37*exp(-0.83*x0) + 0.21")
    assert round_constants(exact, POSITIVE, exact(POSITIVE[:, None])) == exact


@pytest.mark.parametrize("offset", [258.67307912, -1784203.9182])
def test_a_constant_needs_no_digits_for_the_offset_beside_it(offset):
    wanted = offset + 0.00749855 / (POSITIVE + 0.5) + 1e-4 * np.sin(20 * POSITIVE)
    start = Expression.parse(f"{offset} + 0.0074985534/(x0 + 0.5)")
    rounded = round_constants(start, POSITIVE, wanted)
    found, factor, shift = rounded.constant_values
    assert found == pytest.approx(offset, abs=1e-3)
    assert shift == 0.5
    assert factor == float(f"{factor:.4g}")  # eleven for the larger offset
    assert np.mean((rounded(POSITIVE[:, None]) - wanted) ** 2) < 0.01 * wanted.var()


@pytest.mark.parametrize(
    ("link", "concept", "shortest"),
    [
        ("3*exp(x0)", "2*log(x0) + log(x1)", "3*x0**2*x1"),
        ("sqrt(x0)", "x0**2*x1**2", "x0*x1"),
        ("2*x0 + 1", "x0 - x1", "2*x0 - 2*x1 + 1"),
    ],
)
def test_compositions_are_simplified_where_the_data_allow(link, concept, shortest):
    rows = np.random.default_rng(0).uniform(1, 2, (20, 2))
    whole = compose(Expression.parse(link), Expression.parse(concept), rows)
    assert (whole.to_sympy() - Expression.parse(shortest).to_sympy()).expand() == 0


def test_what_holds_for_positive_inputs_only_is_left_alone():
    rows = np.random.default_rng(0).uniform(-2, 2, (20, 2))
    whole = compose(Expression.parse("sqrt(x0)"), Expression.parse("x0**2*x1**2"), rows)
    np.testing.assert_allclose(whole(rows), np.abs(rows[:, 0] * rows[:, 1]))


def test_a_family_whose_constants_overflow_is_left_out(monkeypatch):
    """A power of a distant pole comes near to an exponential with a coefficient of 1e308."""
    steep = Family(
        "steep",
        lambda t: np.empty((1, 0)),
        lambda t, p: [2.5e-308 * t],
        lambda a, p: Expression.parse("c*(2.5e-308*x0)".replace("c", repr(a[0]))),
    )
    monkeypatch.setattr("skinterpret.surrogates.reading.links.FAMILIES", (steep,))
    assert fit_value_link(POSITIVE, 3 * POSITIVE).family == "constant"


def test_links_are_judged_on_the_rows_that_they_are_not_fitted_to():
    np.testing.assert_array_equal(judged_rows(np.arange(8.0)), [1, 3, 5, 7])
    assert len(judged_rows(np.arange(5000.0))) == 5000 - 313  # half of every eighth
    np.testing.assert_array_equal(judged_rows(np.array([np.nan, 1, 2, 3, 4])), [0, 2, 4])
    np.testing.assert_array_equal(judged_rows(np.full(3, np.nan)), [0, 1, 2])


def test_products_of_constants_are_written_as_by_hand():
    rows = np.random.default_rng(0).uniform(1, 2, (20, 2))
    whole = compose(Expression.parse("1.3*log(x0)"), Expression.parse("x0**0.7*x1**1.1"), rows)
    assert whole.to_text() == "0.91*log(x0) + 1.43*log(x1)"
