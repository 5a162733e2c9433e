"""What sentences say of a finding."""

from skinterpret.expressions import Expression
from skinterpret.search import Finding


def test_numbers_in_sentences_have_six_digits_and_the_part_keeps_all():
    part = Expression.parse("x0**2 + 0.5232858758945006*x1**2")
    finding = Finding("separable_pairs", (0, 1), part, 1e-4)
    assert "0.523286*" in finding.describe() or "*0.523286" in finding.describe()
    assert "0.5232858758945006" in finding.part.to_text()
