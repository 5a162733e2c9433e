"""What the page shows of each rule: the chosen candidate, its rivals, and their pictures."""

from __future__ import annotations

import copy
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import sympy
from numpy.typing import NDArray

from skinterpret.digits import to_digits
from skinterpret.exceptions import NoClosedFormWarning
from skinterpret.expressions import OPERATORS, Expression
from skinterpret.expressions.plain import on_one_line
from skinterpret.metrics import complexity_of_rule
from skinterpret.report.candidates import candidate_answers, front_of, side_of
from skinterpret.report.cells import cells_of
from skinterpret.report.front import FrontChart, front_chart
from skinterpret.report.mathematics import to_mathml
from skinterpret.report.plain import to_plain
from skinterpret.report.plane import Outline, Plane, rank_inputs
from skinterpret.report.words import (
    Figure,
    checked_region,
    findings,
    left_out,
    number,
    trust_figures,
    verdict_in_words,
)
from skinterpret.surrogates.answers.trust import Trust
from skinterpret.surrogates.judging.figures import NO_CLOSED_FORM

Array = NDArray[np.float64]

COMPLEXITY = (
    "nodes of the rule as it is written: an input counts 1, a constant 2, an operator, a square or a cube 1, "
    "a function 2, the threshold with its comparison 3"
)
SHOWN = ("Fidelity", "Accuracy", "Alignment")  # figures of each candidate
LANGUAGES = {"Python": "python", "C": "c", "SQL": "sql", "Excel": "excel"}


@dataclass(frozen=True)
class CandidateView:
    """One candidate of a front, as a rule.

    Attributes
    ----------
    identifier : str
        What the page's address ends with when it is shown.
    number : int
        Its place on the front, from 1.
    chosen : bool
        Whether it is the surrogate's answer.
    rule, side : str
        The rule in plain text, and its side without regard to its sign.
    mathematics : str
        The rule in MathML.
    complexity : int
        Of the rule as it is written, as `complexity_score` counts it.
    alignment : float
        Mean |cosine| between its gradients and the network's over the shell.
    agreement : float
        Fidelity on the rows held back from the search.
    loss, fidelity : str
        1 - alignment, and the fidelity.
    figures : list of Figure
        What was measured on it.
    outline : Outline
        Where it holds in the plane.
    code : list of (str, str)
        Languages and source texts.
    cells : str
        Which cells the source text for a spreadsheet reads.
    """

    identifier: str
    number: int
    chosen: bool
    rule: str
    side: str
    mathematics: str
    complexity: int
    alignment: float
    agreement: float
    loss: str
    fidelity: str
    figures: list[Figure]
    outline: Outline
    code: list[tuple[str, str]]
    cells: str


@dataclass(frozen=True)
class CoefficientView:
    """One constant of a rule.

    Attributes
    ----------
    name, value, low, high, best : str
        The constant, the bounds of its interval, and what fits best.
    inside : bool
        Whether the value does not lie outside of the bounds.
    """

    name: str
    value: str
    low: str
    high: str
    best: str
    inside: bool


@dataclass(frozen=True)
class RuleView:
    """All about one latent: a yes or no, or one class against the others.

    Attributes
    ----------
    identifier : str
        Name of its section in the page's address.
    name : str
        What the rule speaks for.
    candidates : list of CandidateView
        The front.
    chart : FrontChart
        The picture of the front.
    plane : Plane
        The plane of the boundaries.
    trust : Trust
        What was measured on the chosen one.
    verdict : tuple of str
        The verdict in a few words and in a sentence.
    figures : list of Figure
        What was measured, in words.
    region : list of (str, str, str)
        For which values it was checked.
    coefficients : list of CoefficientView
        Its constants.
    named : str
        The left-hand side of the rule with the names of its constants in their place.
    left_out : str
        Which inputs it does without, in a sentence.
    findings : list of (str, list of str)
        What the directions tell.
    """

    identifier: str
    name: str
    candidates: list[CandidateView]
    chart: FrontChart
    plane: Plane
    trust: Trust
    verdict: tuple[str, str]
    figures: list[Figure]
    region: list[tuple[str, str, str]]
    coefficients: list[CoefficientView]
    named: str
    left_out: str
    findings: list[tuple[str, list[str]]]

    @property
    def is_distrusted(self) -> bool:
        """Whether no closed form was found, so that the rule is not to be relied on."""
        return bool(self.trust.verdict == NO_CLOSED_FORM)

    @property
    def chosen(self) -> CandidateView:
        """The surrogate's answer."""
        return next(candidate for candidate in self.candidates if candidate.chosen)


def rule_views(surrogate: Any, rows: Array, names: list[str]) -> list[RuleView]:
    """Collect what the page shows of each rule.

    Parameters
    ----------
    surrogate : SymbolicSurrogate
        The fitted surrogate.
    rows : ndarray of shape (n_rows, n_features)
        Rows that are drawn.
    names : list of str
        Names of the inputs.

    Returns
    -------
    list of RuleView
        One for two classes, else one a class.
    """
    labels = surrogate.classes_.tolist()
    keys = [None] if len(labels) == 2 else labels
    alternatives = list(_every_candidate(surrogate))
    return [
        _rule_view(surrogate, alternatives, key, position, rows, names)
        for position, key in enumerate(keys, 1)
    ]


def spoken_for(surrogate: Any, key: Any = None) -> str:
    """Name what a rule speaks for.

    Parameters
    ----------
    surrogate : SymbolicSurrogate
        The fitted surrogate.
    key : object, default=None
        A class, when there are more than two.

    Returns
    -------
    str
        A class, or a hidden unit.
    """
    if key is not None:
        return str(key)
    target = surrogate.target
    if target is None:
        return str(surrogate.classes_[1])
    if isinstance(target, tuple):
        return f"unit {target[2]} of hidden layer {target[1]} is active"
    return str(target)


def _every_candidate(surrogate: Any) -> Iterator[Any]:
    """Yield copies of the surrogate with each candidate as the answer."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NoClosedFormWarning)
        answers = candidate_answers(surrogate)
        for position in range(max(map(len, answers))):
            nearest = [each[min(position, len(each) - 1)] for each in answers]
            yield copy.copy(surrogate)._with_answers(nearest)


def _rule_view(
    surrogate: Any, alternatives: list[Any], key: Any, position: int, rows: Array, names: list[str]
) -> RuleView:
    table = surrogate.equations_ if key is None else surrogate.equations_.loc[key]
    latent = partial(surrogate.network_.latent, target=surrogate.target if key is None else key)
    gradient = surrogate.network_.gradient(rows, surrogate.target if key is None else key)
    used = _of(surrogate.formula_, key).variables
    plane = Plane(latent, rows, rank_inputs(gradient, rows, used), names)
    identifier = "" if key is None else f"class-{position}-"
    candidates = _simplest_first(
        [
            _candidate_view(
                surrogate if table["chosen"].iloc[k] else alternatives[k], key, plane, k, table, identifier
            )
            for k in range(len(table))
        ],
        identifier,
    )
    trust = _of(surrogate.trust_, key)
    return RuleView(
        identifier=f"{identifier}rule",
        name=spoken_for(surrogate, key),
        candidates=candidates,
        chart=front_chart(
            pd.DataFrame(
                {
                    "complexity": [candidate.complexity for candidate in candidates],
                    "loss": [1 - candidate.alignment for candidate in candidates],
                }
            )
        ),
        plane=plane,
        trust=trust,
        verdict=verdict_in_words(trust),
        figures=trust_figures(trust, surrogate.delta),
        region=checked_region(trust),
        coefficients=_coefficients(_of(surrogate.coefficients_, key)),
        named=_named(_of(surrogate.formula_, key), names),
        left_out=left_out([on_one_line(name) for name in names], used, surrogate._inputs_called()),
        findings=findings(_of(surrogate.structure_, key)),
    )


def _simplest_first(candidates: list[CandidateView], identifier: str) -> list[CandidateView]:
    """Keep those that `candidate_rules` lists, the simplest first."""
    table = pd.DataFrame(
        [(each.side, each.complexity, each.alignment, each.agreement, each.chosen) for each in candidates],
        columns=["side", "complexity", "alignment", "fidelity", "chosen"],
    )
    return [
        replace(candidates[position], identifier=f"{identifier}candidate-{number}", number=number)
        for number, position in enumerate(front_of(table), start=1)
    ]


def _candidate_view(
    surrogate: Any, key: Any, plane: Plane, position: int, table: Any, identifier: str
) -> CandidateView:
    rule = _of(surrogate.decision_rule_, key)
    trust = _of(surrogate.trust_, key)
    code = [(name, _of(surrogate.to_code(language), key)) for name, language in LANGUAGES.items()]
    code.insert(1, ("LaTeX", _of(surrogate.to_latex(), key)))
    complexity = complexity_of_rule(_of(surrogate.formula_, key))
    loss = f"{1 - trust.alignment:.2g}"
    figures = [
        Figure("Complexity", str(complexity), COMPLEXITY),
        Figure("Loss", loss, "1 − alignment"),
        *(figure for figure in trust_figures(trust, surrogate.delta) if figure.name.startswith(SHOWN)),
    ]
    return CandidateView(
        identifier=f"{identifier}candidate-{position + 1}",
        number=position + 1,
        chosen=bool(table["chosen"].iloc[position]),
        rule=to_plain(rule),
        side=side_of(rule),
        mathematics=to_mathml(rule),
        complexity=complexity,
        alignment=trust.alignment,
        agreement=trust.fidelity,
        loss=loss,
        fidelity=number(trust.fidelity),
        figures=figures,
        outline=plane.outline(_log_odds(surrogate, rule, key)),
        code=code,
        cells=cells_of(surrogate, _of(surrogate.formula_, key)),
    )


def _log_odds(surrogate: Any, rule: Any, key: Any) -> Callable[[Array], Array]:
    """Make a function from rows to numbers that are positive where the rule holds."""
    formula, threshold = _of(surrogate.formula_, key), _of(surrogate.threshold_, key)
    sign = 1.0 if isinstance(rule, sympy.StrictGreaterThan) else -1.0
    return lambda rows: sign * (formula(rows) - threshold)


def _named(formula: Expression, names: list[str]) -> str:
    """Write a formula with the names of its constants in their place, as `coefficients_` has them.

    Exponents stay numbers, as a program has no others.
    """
    tokens, numbered = [], 0
    following = (*formula.tokens[1:], 0)
    for token, value, after in zip(formula.tokens, formula.constants, following, strict=True):
        numbered += token == 0
        is_exponent = after > 0 and OPERATORS[after - 1].constant_exponent
        has_name = token == 0 and value != 0 and not is_exponent
        tokens.append(-len(names) - numbered if has_name else token)
    labels = [f"c{number}" for number in range(1, numbered + 1)]
    return to_plain(Expression(tokens, formula.constants).to_sympy([*names, *labels]))


def _coefficients(table: Any) -> list[CoefficientView]:
    return [
        CoefficientView(
            name=str(name),
            value=_digits(value, high - low),
            low=_digits(low, high - low),
            high=_digits(high, high - low),
            best=_digits(best, high - low),
            inside=not (value < low or value > high),
        )
        for name, value, low, high, best in table[["value", "low", "high", "snapped_from"]].itertuples()
    ]


def _digits(value: float, width: float) -> str:
    return to_digits(value, width) if np.isfinite(value) else "–"


def _of(values: Any, key: Any) -> Any:
    return values if key is None else values[key]
