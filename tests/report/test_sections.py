"""What a report says of each rule."""

from skinterpret.report.sections import rule_views


def test_each_rule_is_one_candidate_and_the_simplest_comes_first(ellipse, ellipse_surrogate):
    (view,) = rule_views(ellipse_surrogate, ellipse.data.to_numpy()[:200], list(ellipse.data.columns))
    rules = [candidate.rule for candidate in view.candidates]
    complexities = [candidate.complexity for candidate in view.candidates]
    assert len(set(rules)) == len(rules)
    assert complexities == sorted(complexities)
    assert [candidate.number for candidate in view.candidates] == list(range(1, len(rules) + 1))
    assert sum(candidate.chosen for candidate in view.candidates) == 1
    assert len(view.chart.positions) == len(rules)
