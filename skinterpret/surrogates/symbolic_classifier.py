"""`SymbolicClassifier`: formulas fitted to labels, to compare with what a network encodes."""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any

import numpy as np
import pandas as pd
import sympy
from numpy.typing import NDArray
from scipy.special import expit
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils import check_random_state
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from skinterpret._sklearn import Interval, StrOptions, fit_context
from skinterpret.expressions import Expression
from skinterpret.expressions.kernels.labels import LOSSES
from skinterpret.search import Engine, EvolutionEngine, Front
from skinterpret.search.checking import check_seed
from skinterpret.search.classification import fit_label_link, label_engine, search_labels
from skinterpret.surrogates.formulas.quoted_relation import with_names_quoted
from skinterpret.surrogates.judging.calibration import LogisticLink, fit_link, with_few_digits
from skinterpret.surrogates.judging.selection import RULES, choose
from skinterpret.surrogates.reading.searching import INTERRUPTED, branches
from skinterpret.surrogates.reading.units import Units
from skinterpret.surrogates.settings import engine_to_use
from skinterpret.surrogates.whole_numbers import WholeNumbers

Array = NDArray[np.float64]

MAX_COMPLEXITY = 20
MAX_EVALS = 100_000


class SymbolicClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Symbolic classification: the closed-form rule that separates the labels best, without a network.

    It is here to be compared with `SymbolicSurrogate`.  Where several rules tell the same labels it takes
    one of them, whatever a network that was trained on them computes; so it is no interpretation of the
    network (Wetzel, arXiv:2401.04978).  In experiments 7 and 8 of that paper either of two rules tells the
    labels, and a network encodes their sum.  By default the candidate is taken at which the loss falls most
    for each node that is added: on experiment 7 that is mostly one of the two rules (in all 50 data sets
    of table labels of the documentation, of 8,000 rows each), and sometimes the sum (in one of ten by
    hinge loss, and in one of ten of 3,000 rows); `selection="accuracy"` took the sum for 2 of 10 of the
    table and another formula, mostly a longer one, for 8.  How often the sum is found in networks stands in
    table recovery.  All
    candidates stand in `equations_`.

    The search is that of the engine that reads networks out, with all of its settings; but an
    expression is judged by its values, put through the best slope and threshold of its own, and not by
    its gradients.

    Parameters
    ----------
    engine : Engine, default=None
        Search and its settings, addressable as `engine__max_evals` and the like; one that can search
        on labels.  `None` means `EvolutionEngine(max_complexity=20, max_evals=100_000)`.
    loss : {"logistic", "hinge"}, default="logistic"
        What is lost on a row.  With the hinge, slope and threshold of an expression are those of the
        least squared hinge, and the hinge itself is what they are judged by.
    max_samples : int, default=300
        Rows that the search looks at, drawn at random; slope and threshold are fitted to all.
    selection : {"knee", "best", "one_standard_error", "accuracy"}, int or callable, default="best"
        Which candidate becomes the answer, by the rules of `SymbolicSurrogate`, with the loss in the
        place of `1 - alignment` and accuracy in that of fidelity.  The default is PySR's.
    validation_fraction : float, default=0.3
        Share of the rows held back, for choosing among candidates.
    random_state : int, RandomState instance or None, default=None
        Seed of what is held back, of the rows that are looked at and of the search.

    Attributes
    ----------
    engine_ : Engine
        The engine that searched.
    formula_ : Expression or dict
        Left-hand side of the rule as a callable formula in raw units.  Like the following up to
        `decision_rule_`, a dict by class label (one class against the rest) for more than two.
    expression_ : sympy.Expr or dict
        The same in sympy, with the names of the inputs.
    threshold_ : float or dict
        Right-hand side of the rule.
    decision_rule_ : sympy relational or dict
        The rule: where it holds the second class is predicted.
    equations_ : DataFrame
        All candidates: complexity, loss on the rows looked at, accuracy on the rows held back, formula,
        expression, and whether it was chosen.  With more than two classes the first level of the
        index is the class.
    front_ : Front or dict
        The front as the engine gave it, in scaled inputs.
    classes_ : ndarray of shape (n_classes,)
        Class labels.
    n_features_in_ : int
        Number of inputs.
    feature_names_in_ : ndarray of shape (n_features,)
        Names of the inputs, when X has string column names.

    Raises
    ------
    ValueError
        If the data or a parameter cannot be used.

    See Also
    --------
    SymbolicSurrogate : What a network encodes.

    Examples
    --------
    >>> from skinterpret import SymbolicClassifier
    >>> from skinterpret.datasets import make_wetzel
    >>> X, y = make_wetzel(7, n_samples=1000, random_state=0, as_frame=True, return_X_y=True)
    >>> classifier = SymbolicClassifier(random_state=0).fit(X, y)
    >>> classifier.expression_  # one of the two rules
    x3*x4
    >>> classifier.score(X, y) > 0.98
    True
    """

    _parameter_constraints: dict[str, list[Any]] = {
        "engine": [Engine, None],
        "loss": [StrOptions(set(LOSSES))],
        "max_samples": [Interval(Integral, 2, None, closed="left")],
        "selection": [StrOptions(set(RULES)), WholeNumbers(1), callable],
        "validation_fraction": [Interval(Real, 0, 1, closed="neither")],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        *,
        engine: Engine | None = None,
        loss: str = "logistic",
        max_samples: int = 300,
        selection: Any = "best",
        validation_fraction: float = 0.3,
        random_state: Any = None,
    ) -> None:
        self.engine = engine
        self.loss = loss
        self.max_samples = max_samples
        self.selection = selection
        self.validation_fraction = validation_fraction
        self.random_state = random_state

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any, y: Any) -> SymbolicClassifier:
        """Find the rule.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows.
        y : array-like of shape (n_samples,)
            Labels.

        Returns
        -------
        SymbolicClassifier
            The fitted classifier.
        """
        default = EvolutionEngine(max_complexity=MAX_COMPLEXITY, max_evals=MAX_EVALS)
        wanted = None if self.engine is None else label_engine(self.engine)
        self.engine_ = engine_to_use(wanted, default, getattr(self, "engine_", None))
        check_seed(self.engine_, self.random_state)
        rows, labels = validate_data(self, X, y, dtype=np.float64, ensure_min_samples=2)
        check_classification_targets(labels)
        self.classes_, codes = np.unique(labels, return_inverse=True)
        if len(self.classes_) == 1:
            raise ValueError(
                f"y holds one class only ({self.classes_[0]}); a decision rule needs samples of two classes."
            )
        rng = check_random_state(self.random_state)
        order = rng.permutation(len(rows))
        positives = (
            [codes == k for k in range(len(self.classes_))] if len(self.classes_) > 2 else [codes == 1]
        )
        seed = int(rng.randint(np.iinfo(np.int32).max))
        self._rules: list[Rule] = []
        searchers = branches(self.engine_, len(positives))
        for number, engine in enumerate(searchers):
            engine.check_stored()
            engine.subject = f"class {self.classes_[number]}" if len(positives) > 1 else ""
        for positive, engine in zip(positives, searchers, strict=True):
            interrupted = any(rule.front.stop_reason == INTERRUPTED for rule in self._rules)
            self._rules.append(self._find(rows[order], positive[order], engine, seed, interrupted))
        self.front_ = self._by_class([rule.front for rule in self._rules])
        self.formula_ = self._by_class([rule.expression for rule in self._rules])
        self.threshold_ = self._by_class([rule.link.threshold for rule in self._rules])
        relations = [rule.relation(self._input_names()) for rule in self._rules]
        self.decision_rule_ = self._by_class(relations)
        self.expression_ = self._by_class([relation.lhs for relation in relations])
        tables = [rule.table for rule in self._rules]
        many = len(tables) > 1
        self.equations_ = pd.concat(tables, keys=self.classes_, names=["class", None]) if many else tables[0]
        return self

    def decision_function(self, X: Any) -> Any:
        """Log-odds of the second class, or of each against the rest when there are more than two.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples,) or (n_samples, n_classes)
            Positive where the rule holds.

        Examples
        --------
        >>> from skinterpret import SymbolicClassifier
        >>> from skinterpret.datasets import make_wetzel
        >>> from skinterpret.search import EvolutionEngine
        >>> X, y = make_wetzel(1, n_samples=500, random_state=0, return_X_y=True)
        >>> engine = EvolutionEngine(max_evals=10_000)
        >>> classifier = SymbolicClassifier(engine=engine, random_state=0).fit(X, y)
        >>> (classifier.decision_function([[0.0, 0.0], [1.0, 1.0]]) > 0).tolist()
        [False, True]
        """
        check_is_fitted(self)
        rows = validate_data(self, X, dtype=np.float64, reset=False)
        odds = [rule.link.log_odds(rule.expression(rows)) for rule in self._rules]
        return odds[0] if len(odds) == 1 else np.column_stack(odds)

    def predict_proba(self, X: Any) -> Any:
        """Probabilities of the classes; those of more than two are divided by their sum.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples, n_classes)
            Probabilities in the order of `classes_`.

        Examples
        --------
        >>> from skinterpret import SymbolicClassifier
        >>> from skinterpret.datasets import make_wetzel
        >>> from skinterpret.search import EvolutionEngine
        >>> X, y = make_wetzel(1, n_samples=500, random_state=0, return_X_y=True)
        >>> engine = EvolutionEngine(max_evals=10_000)
        >>> classifier = SymbolicClassifier(engine=engine, random_state=0).fit(X, y)
        >>> classifier.predict_proba([[0.0, 0.0], [1.0, 1.0]]).round(1).tolist()
        [[1.0, 0.0], [0.0, 1.0]]
        """
        positive = expit(self.decision_function(X))
        if positive.ndim == 1:
            return np.column_stack([1 - positive, positive])
        positive = np.maximum(positive, np.finfo(np.float64).tiny)
        return positive / positive.sum(axis=1, keepdims=True)

    def predict(self, X: Any) -> Any:
        """Classes by the rule.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples,)
            Class labels.
        """
        odds = self.decision_function(X)
        return self.classes_[(odds > 0).astype(int) if odds.ndim == 1 else odds.argmax(axis=1)]

    def _find(
        self, rows: Array, positive: NDArray[np.bool_], engine: Engine, seed: int, interrupted: bool
    ) -> Rule:
        n_held_back = min(max(1, round(self.validation_fraction * len(rows))), len(rows) - 1)
        units = Units.of(rows)
        looked_at = slice(n_held_back, n_held_back + self.max_samples)
        front = Front([])
        if len(np.unique(positive[looked_at])) == 2:
            front = search_labels(
                units.rows(rows[looked_at]),
                positive[looked_at],
                engine=engine,
                loss=self.loss,
                random_state=seed,
                interrupted=interrupted,
            )
        expressions = [units.in_raw_units(units.without_centre(candidate.expression)) for candidate in front]
        # where no input or no label varies, any formula is as good
        expressions = expressions or [Expression.variable(0)]
        links = [
            _link(expression(rows[n_held_back:]), positive[n_held_back:], self.loss)
            for expression in expressions
        ]
        pairs = list(zip(expressions, links, strict=True))
        predicted = [link.log_odds(one(rows[:n_held_back])) > 0 for one, link in pairs]
        names = self._input_names()
        table = pd.DataFrame(
            {
                "complexity": [expression.complexity for expression in expressions],
                "loss": [candidate.loss for candidate in front] or [0.0],
                "accuracy": [float(np.mean(values == positive[:n_held_back])) for values in predicted],
                "formula": [expression.to_text(names) for expression in expressions],
                "expression": expressions,
            }
        )
        judged = table.assign(alignment=1 - table["loss"], fidelity=table["accuracy"])
        position = choose(judged, self.selection, n_held_back)
        table["chosen"] = np.arange(len(table)) == position
        values = expressions[position](rows)
        link = with_few_digits(_link(values, positive, self.loss), values)
        return Rule(expressions[position], link, table, front)

    def _by_class(self, values: list[Any]) -> Any:
        return values[0] if len(values) == 1 else dict(zip(self.classes_.tolist(), values, strict=True))

    def _input_names(self) -> list[str]:
        names = getattr(self, "feature_names_in_", None)
        return [f"x{j}" for j in range(self.n_features_in_)] if names is None else list(names)


@dataclass(frozen=True)
class Rule:
    """What was found for one class.

    Attributes
    ----------
    expression : Expression
        Left-hand side.
    link : LogisticLink
        Threshold and slope.
    table : DataFrame
        The candidates.
    front : Front
        They as the engine gave them, in scaled inputs.
    """

    expression: Expression
    link: LogisticLink
    table: pd.DataFrame
    front: Front

    def relation(self, feature_names: list[str]) -> sympy.Rel:
        """Write the rule in sympy."""
        compare = sympy.Gt if self.link.slope > 0 else sympy.Lt
        threshold = Expression.constant(self.link.threshold).to_sympy()
        return with_names_quoted(compare(self.expression.to_sympy(feature_names), threshold, evaluate=False))


def _link(values: Array, positive: NDArray[np.bool_], loss: str) -> LogisticLink:
    """Fit the threshold that the fewest rows contradict, next to that of the lowest loss."""
    usable = np.isfinite(values)
    if not usable.any():
        return LogisticLink(0.0, 0.0)
    best, slope, intercept = fit_label_link(values[usable], positive[usable], loss)
    if not np.isfinite(best) or slope == 0:
        return LogisticLink(0.0, 0.0)
    return fit_link(values, positive.astype(np.float64), -intercept / slope, slope > 0)
