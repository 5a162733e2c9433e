"""What notebooks show."""

import copy
from types import SimpleNamespace

import numpy as np
import pytest
from sklearn import config_context
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skinterpret import SymbolicSurrogate, SymbolicSurrogateRegressor
from skinterpret.exceptions import NoClosedFormWarning
from skinterpret.expressions import Expression
from skinterpret.surrogates import ClassificationRule
from skinterpret.surrogates.answers.telling import TellingMixin
from skinterpret.surrogates.formulas.composition import compose
from skinterpret.surrogates.reading.links import ValueLink
from skinterpret.surrogates.reading.values import ValueAnswer


@pytest.fixture
def rule():
    names = ["<script>alert(1)</script>", "v"]
    formula = Expression.parse("x0 + 2*x1")
    return ClassificationRule([formula], [1.0], [8.0], [0, 1], n_features=2, feature_names=names)


def test_formulas_stand_above_the_diagram(rule):
    shown = rule._repr_html_()
    assert shown.index("2 v") < shown.index("sk-container-id")
    assert rule._repr_mimebundle_()["text/html"].startswith("<p>$")
    assert "ClassificationRule" in rule._repr_mimebundle_()["text/plain"]
    assert rule._repr_latex_() == f"${rule.to_latex()}$"


def test_names_bring_no_markup_along(rule):
    assert "<script>alert" not in rule._repr_html_()


def test_scikit_learns_own_display_is_kept(rule):
    with config_context(display="text"):
        assert not hasattr(rule, "_repr_html_")
        assert set(rule._repr_mimebundle_()) == {"text/plain"}
    assert "ClassificationRule" in make_pipeline(StandardScaler(), rule)._repr_html_()


@pytest.mark.parametrize("surrogate", [SymbolicSurrogate(), SymbolicSurrogateRegressor()])
def test_what_is_not_fitted_shows_its_diagram_only(surrogate):
    assert "sk-container-id" in surrogate._repr_html_()
    assert "<p>$" not in surrogate._repr_html_()
    assert surrogate._repr_latex_() == ""


def test_each_formula_of_more_classes_has_its_class():
    formulas = [Expression.parse(text) for text in ("x0", "x1", "x0 + x1")]
    labels = ["a", "b_c", "<i>"]
    rule = ClassificationRule(formulas, [0.0] * 3, [1.0] * 3, labels, n_features=2)
    shown = rule._repr_latex_().split("\n\n")
    assert [line.partition(":")[0] for line in shown] == ["$a", r"$\mathrm{b\_c}", r"$\mathrm{<i>}"]
    assert "<i>" not in rule._repr_html_().partition("sk-container-id")[0]


def test_a_summary_quotes_names_as_the_command_line_does(ellipse_surrogate, capsys):
    named = copy.copy(ellipse_surrogate)
    named.feature_names_in_ = np.array(["x**2", "two\nlines"], dtype=object)
    named.summary()
    shown = capsys.readouterr().out
    assert "2*`two\\nlines`**2 + `x**2`**2 > " in shown
    assert "stand between `backticks`" in shown.splitlines()[0]
    assert "line break" in shown.splitlines()[1]


def test_a_summary_without_such_names_explains_none(ellipse_surrogate, capsys):
    ellipse_surrogate.summary()
    assert " where " in capsys.readouterr().out.splitlines()[0]


def test_the_values_of_a_formula_are_written_in_the_same_way():
    surrogate = SymbolicSurrogateRegressor()
    surrogate.estimator, surrogate.n_outputs_, surrogate.encoder_ = None, 1, None
    surrogate.feature_names_in_ = np.array(["x**2"], dtype=object)
    concept, link = Expression.parse("x0"), Expression.parse(f"{np.e}*x0")
    surrogate._answers = [ValueAnswer(0, concept, compose(link, concept, np.ones((3, 1))), 0.0)]
    surrogate._links = [ValueLink("affine", link, 0.0)]
    assert surrogate._statements() == [
        "output =  e*`x**2`\n  = φ(T) with  φ(T) = e*T  and  T = `x**2`",
    ]


@pytest.mark.parametrize(
    ("verdicts", "message"),
    [
        (
            "ncn",
            r"^No closed form found for 'a', 'c' \(2 of 3\)\. 'a': a is odd\. It is\. 'c': c is odd\. "
            r"It is\. Do not rely on it: .* summary\(\) tells",
        ),
        ("cnc", r"^No closed form found for 'b': b is odd\. It is\. Do not rely on it"),
    ],
)
def test_one_warning_a_fit_names_all_that_have_no_closed_form_with_their_reasons(verdicts, message):
    with pytest.warns(NoClosedFormWarning, match=message) as heard:
        telling_of(verdicts)._warn_of_distrust()
    assert len(heard) == 1


@pytest.mark.parametrize(
    ("stop_reason", "more"),
    [
        ("no progress, max_time reached", r" The search was cut short \(max_time reached\): .*"),
        ("interrupted", r" The search was cut short \(interrupted\): .*"),
        ("max_evals reached", ""),
        ("no progress", ""),
    ],
)
def test_the_warning_says_where_a_larger_budget_may_help(stop_reason, more):
    with pytest.warns(NoClosedFormWarning, match=rf"It is\.{more} Do not rely on it"):
        telling_of("n", stop_reason)._warn_of_distrust()


@pytest.mark.parametrize("changes", [{"smoothness": 0.6}, {"selected": 3}])
def test_no_budget_helps_a_network_that_cannot_be_read_or_a_candidate_picked_later(changes):
    with pytest.warns(NoClosedFormWarning, match=r"It is\. Do not rely on it"):
        telling_of("n", "max_time reached", **changes)._warn_of_distrust()


def telling_of(verdicts, stop_reason="no progress", smoothness=0.95, selected="knee"):
    telling = TellingMixin()
    telling._latent_names = lambda: list("abc"[: len(verdicts)])
    telling.selection, telling._selections = "knee", [selected for _ in verdicts]
    telling._readings = [
        SimpleNamespace(
            front=SimpleNamespace(stop_reason=stop_reason), readability=SimpleNamespace(smoothness=smoothness)
        )
        for _ in verdicts
    ]
    telling._trust = [
        SimpleNamespace(
            verdict="concept" if verdict == "c" else "no closed form found",
            reasons=(f"{name} is odd.", "It is."),
        )
        for verdict, name in zip(verdicts, "abc", strict=False)
    ]
    return telling
