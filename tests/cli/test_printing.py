"""What `explain` prints of a fitted surrogate."""

import copy
import re
from dataclasses import replace

import pytest
import sympy

from skinterpret.cli.printing import print_candidates, print_rules, spoken_for
from skinterpret.report.candidates import candidate_rules
from skinterpret.report.plain import to_plain


@pytest.mark.parametrize("columns", ["60", "400"])
def test_candidates_are_printed_in_full_whatever_the_width(ellipse_surrogate, capsys, monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", columns)
    print_candidates(ellipse_surrogate)
    output = " ".join(capsys.readouterr().out.split())
    for rule in candidate_rules(ellipse_surrogate)[0]["rule"]:
        assert " ".join(rule.split()) in output
    assert "…" not in output


def test_the_chosen_candidate_is_the_rule_in_raw_units(ellipse_surrogate, capsys):
    print_candidates(ellipse_surrogate)
    marked = [line for line in capsys.readouterr().out.splitlines() if line.startswith("→")]
    assert len(marked) == 1
    assert to_plain(ellipse_surrogate.decision_rule_) in " ".join(marked[0].split())


def test_the_last_line_is_the_rule(ellipse_surrogate, capsys):
    print_rules(ellipse_surrogate)
    last = capsys.readouterr().out.splitlines()[-1]
    (name,) = spoken_for(ellipse_surrogate)
    assert re.fullmatch(rf"{name} where  .+", last)
    assert last.endswith(to_plain(ellipse_surrogate.decision_rule_))


def test_a_rule_that_is_no_closed_form_ends_with_that(ellipse_surrogate, capsys):
    distrusted = copy.copy(ellipse_surrogate)
    distrusted.trust_ = replace(ellipse_surrogate.trust_, verdict="no closed form found")
    print_rules(distrusted)
    rule, caution = capsys.readouterr().out.splitlines()[-2:]
    assert rule.endswith(to_plain(ellipse_surrogate.decision_rule_))
    assert caution.strip() == "(no closed form found: do not rely on it)"


def test_eulers_number_in_a_rule_is_explained(ellipse_surrogate, capsys):
    odd = copy.copy(ellipse_surrogate)
    x1, x2 = sympy.symbols("x1 x2")
    odd.decision_rule_ = x1**2 + sympy.E * x2**2 > 1.1
    print_rules(odd)
    shown = capsys.readouterr().out.splitlines()
    assert shown[-1].endswith("x1**2 + e*x2**2 > 1.1")
    assert "e is Euler's number, 2.718…" in shown
    print_rules(ellipse_surrogate)
    assert "Euler" not in capsys.readouterr().out
