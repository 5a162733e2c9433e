"""Formulas without their network: estimators that only decide or calculate."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn.base import (
    BaseEstimator,
    ClassifierMixin,
    RegressorMixin,
)
from sklearn.utils.validation import validate_data

from skinterpret.expressions import Expression
from skinterpret.surrogates.judging.calibration import LogisticLink
from skinterpret.surrogates.reading.latents import Answer
from skinterpret.surrogates.reading.values import ValueAnswer
from skinterpret.surrogates.rules import stored
from skinterpret.surrogates.rules.deciding import DecidingMixin
from skinterpret.surrogates.rules.rule_inputs import has_raw_columns, rule_inputs
from skinterpret.surrogates.rules.showing import ShowingMixin
from skinterpret.surrogates.rules.stored_categories import Categories
from skinterpret.surrogates.rules.stored_trust import Region
from skinterpret.surrogates.rules.valuing import ValuingMixin, only


class _Rule(ShowingMixin, BaseEstimator):  # type: ignore[misc]
    """An estimator whose parameters are all that it knows, so that it is fitted from the start."""

    n_features: int
    feature_names: Any
    _answers: list[Any]

    @property
    def n_features_in_(self) -> int:
        """Number of inputs."""
        return self.n_features

    @property
    def feature_names_in_(self) -> Any:
        """Names of the inputs, if they have any."""
        if self.feature_names is None:
            raise AttributeError("The inputs of this rule have no names.")
        return np.asarray(self.feature_names, dtype=object)

    @property
    def _n_features_out(self) -> int:
        return len(self._answers)

    def fit(self, X: Any, y: Any = None) -> Any:
        """Do nothing but check the rows: a rule is what was once found.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows.
        y : array-like of shape (n_samples,), default=None
            Ignored.

        Returns
        -------
        object
            The rule itself.
        """
        self._rows(X)
        return self

    def to_json(self, path: Any = None) -> str | None:
        """Write the rule as JSON.

        Parameters
        ----------
        path : path-like, default=None
            Where to write it; `None` gives the text.

        Returns
        -------
        str or None
            The text, if there is no path.

        Examples
        --------
        >>> from skinterpret.expressions import Expression
        >>> from skinterpret.surrogates import ClassificationRule
        >>> ellipse = Expression.parse("x0**2 + 2*x1**2")
        >>> rule = ClassificationRule([ellipse], [1.0], [8.0], ["in", "out"], n_features=2)
        >>> print(rule.to_json())
        {
          "format": "skinterpret rule",
          "version": ...,
          ...
        }
        """
        text = stored.write(self._content())
        if path is None:
            return text
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return None

    def _content(self) -> dict[str, Any]:
        raise NotImplementedError

    def __sklearn_is_fitted__(self) -> bool:
        return True

    def _rows(self, X: Any) -> Any:
        if has_raw_columns(X, self):
            X = rule_inputs(X, self, "X")
        return validate_data(self, X, dtype=np.float64, reset=False)

    def _input_names(self) -> list[str]:
        if self.feature_names is None:
            return [f"x{j}" for j in range(self.n_features)]
        return [str(name) for name in self.feature_names]

    def _input_categories(self) -> Categories:
        return self.categories or {}

    def _raw_columns(self) -> Any:
        return self.columns


class ClassificationRule(DecidingMixin, ClassifierMixin, _Rule):  # type: ignore[misc]
    """A decision rule that needs no network: what `SymbolicSurrogate.to_rule` gives.

    It is fitted from the start, and `fit` changes nothing.  A rule that knows `categories` takes rows as a
    table of its inputs, or as the raw table with the columns of categories, in which it finds its inputs
    by name; a category that it does not know is refused.

    Parameters
    ----------
    formulas : sequence of Expression
        Left-hand sides, in raw units: one for two classes, else one a class.
    thresholds : sequence of float
        Right-hand side of each.
    slopes : sequence of float
        Slope of each logistic link: `log-odds = slope · (T - threshold)`.
    classes : array-like of shape (n_classes,)
        Class labels.
    n_features : int
        Number of inputs.
    feature_names : sequence of str, default=None
        Names of the inputs; `None` means `x0`, `x1`, ….
    categories : dict of dict, default=None
        What the inputs say of categories: by the name of each raw column of categories, each category
        with the position of the input that is 1 for it and otherwise 0; None for a category that has no
        such input.  `None` means that nothing is known of it.
    columns : sequence of str, default=None
        Names of the columns of the raw table, in their order, in which source text and plain functions take
        them where there are categories; `None` means that of the inputs.
    verdicts : sequence of str, default=None
        What was said of each formula where it was found, as `trust_.verdict` has it; `None` means that
        nothing is known of it.
    region : dict of tuple, default=None
        Between which values formulas were checked: by the position of an input, its smallest and its largest
        value; `None` means that nothing is known of it.
    stop_reasons : sequence of str, default=None
        Why the search for each formula ended, as `front_.stop_reason` has it: `"interrupted"` by Ctrl-C and
        `"max_time reached"` mean that a longer search may find another; `None` means that nothing is known
        of it.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        Class labels.
    formula_ : Expression or dict
        Left-hand side of the rule; like the next three, a dict by class label when there are more
        than two classes.
    expression_ : sympy.Expr or dict
        The same in sympy, with the names of the inputs.
    threshold_ : float or dict
        Right-hand side of the rule.
    decision_rule_ : sympy relational or dict
        The rule.
    n_features_in_ : int
        Number of inputs.
    feature_names_in_ : ndarray of shape (n_features,)
        Names of the inputs, if they have any.

    Examples
    --------
    >>> from skinterpret.expressions import Expression
    >>> from skinterpret.surrogates import ClassificationRule
    >>> ellipse = Expression.parse("x0**2 + 2*x1**2")
    >>> rule = ClassificationRule([ellipse], [1.0], [8.0], ["in", "out"], n_features=2)
    >>> rule.decision_rule_
    x0**2 + 2*x1**2 > 1
    >>> rule.predict([[0.1, 0.2], [1.0, 1.0]])
    array(['in', 'out'], dtype='<U3')
    """

    def __init__(
        self,
        formulas: Sequence[Expression],
        thresholds: Sequence[float],
        slopes: Sequence[float],
        classes: Any,
        *,
        n_features: int,
        feature_names: Sequence[str] | None = None,
        categories: Categories | None = None,
        columns: Sequence[str] | None = None,
        verdicts: Sequence[str] | None = None,
        region: Region | None = None,
        stop_reasons: Sequence[str] | None = None,
    ) -> None:
        self.formulas = formulas
        self.thresholds = thresholds
        self.slopes = slopes
        self.classes = classes
        self.n_features = n_features
        self.feature_names = feature_names
        self.categories = categories
        self.columns = columns
        self.verdicts = verdicts
        self.region = region
        self.stop_reasons = stop_reasons

    @classmethod
    def from_json(cls, text: str) -> ClassificationRule:
        """Read a rule from its JSON text, which may come from strangers.

        Nothing in the text is executed: formulas are read by a grammar of their own, and all else
        must be numbers, labels and names.

        Parameters
        ----------
        text : str
            What `to_json` gave.

        Returns
        -------
        ClassificationRule
            The rule.

        Raises
        ------
        ValueError
            If the text is not such a rule; the message says where.

        Examples
        --------
        >>> from skinterpret.expressions import Expression
        >>> from skinterpret.surrogates import ClassificationRule
        >>> ellipse = Expression.parse("x0**2 + 2*x1**2")
        >>> rule = ClassificationRule([ellipse], [1.0], [8.0], ["in", "out"], n_features=2)
        >>> ClassificationRule.from_json(rule.to_json()).decision_rule_
        x0**2 + 2*x1**2 > 1
        """
        return cls(**stored.classification(stored.read(text)))

    @property
    def classes_(self) -> Any:
        """Class labels."""
        return np.asarray(self.classes)

    @property
    def formula_(self) -> Any:
        """Left-hand side of the rule."""
        return self._by_class(list(self.formulas))

    @property
    def expression_(self) -> Any:
        """Left-hand side of the rule in sympy."""
        return self._by_class([formula.to_sympy(self._input_names()) for formula in self.formulas])

    @property
    def threshold_(self) -> Any:
        """Right-hand side of the rule."""
        return self._by_class([float(threshold) for threshold in self.thresholds])

    @property
    def decision_rule_(self) -> Any:
        """The rule in sympy."""
        return self._by_class([answer.rule(self._input_names()) for answer in self._answers])

    @property
    def _answers(self) -> list[Answer]:  # type: ignore[override]
        return [
            Answer(0, formula, LogisticLink(threshold, slope))
            for formula, threshold, slope in zip(self.formulas, self.thresholds, self.slopes, strict=True)
        ]

    def _content(self) -> dict[str, Any]:
        return stored.classification_content(**self.get_params(deep=False))


class RegressionRule(ValuingMixin, RegressorMixin, _Rule):  # type: ignore[misc]
    """Formulas of values that need no network: what `SymbolicSurrogateRegressor.to_rule` gives.

    It is fitted from the start, and `fit` changes nothing.  A rule that knows `categories` takes rows as a
    table of its inputs, or as the raw table with the columns of categories, in which it finds its inputs
    by name; a category that it does not know is refused.

    Parameters
    ----------
    formulas : sequence of Expression
        One an output, in raw units; `predict` gives their values.
    concepts : sequence of Expression
        One an output; `transform` gives their values.
    fallbacks : sequence of float
        What `predict` gives where a formula is not defined, one an output.
    n_features : int
        Number of inputs.
    feature_names : sequence of str, default=None
        Names of the inputs; `None` means `x0`, `x1`, ….
    categories : dict of dict, default=None
        What the inputs say of categories: by the name of each raw column of categories, each category
        with the position of the input that is 1 for it and otherwise 0; None for a category that has no
        such input.  `None` means that nothing is known of it.
    columns : sequence of str, default=None
        Names of the columns of the raw table, in their order, in which source text and plain functions take
        them where there are categories; `None` means that of the inputs.
    verdicts : sequence of str, default=None
        What was said of each formula where it was found, as `trust_.verdict` has it; `None` means that
        nothing is known of it.
    region : dict of tuple, default=None
        Between which values formulas were checked: by the position of an input, its smallest and its largest
        value; `None` means that nothing is known of it.
    stop_reasons : sequence of str, default=None
        Why the search for each formula ended, as `front_.stop_reason` has it: `"interrupted"` by Ctrl-C and
        `"max_time reached"` mean that a longer search may find another; `None` means that nothing is known
        of it.

    Attributes
    ----------
    formula_ : Expression or list of Expression
        The formula; a list, here and below, when there is more than one output.
    expression_ : sympy.Expr or list of sympy.Expr
        The same in sympy, with the names of the inputs.
    concept_ : Expression or list of Expression
        The concept.
    n_outputs_ : int
        Number of formulas.
    n_features_in_ : int
        Number of inputs.
    feature_names_in_ : ndarray of shape (n_features,)
        Names of the inputs, if they have any.

    Examples
    --------
    >>> from skinterpret.expressions import Expression
    >>> from skinterpret.surrogates import RegressionRule
    >>> product = Expression.parse("x0*x1")
    >>> squared = Expression.parse("(x0*x1)**2 + 1")
    >>> rule = RegressionRule([squared], [product], [1.0], n_features=2)
    >>> rule.predict([[2.0, 3.0]]), rule.transform([[2.0, 3.0]])
    (array([37.]), array([[6.]]))
    """

    def __init__(
        self,
        formulas: Sequence[Expression],
        concepts: Sequence[Expression],
        fallbacks: Sequence[float],
        *,
        n_features: int,
        feature_names: Sequence[str] | None = None,
        categories: Categories | None = None,
        columns: Sequence[str] | None = None,
        verdicts: Sequence[str] | None = None,
        region: Region | None = None,
        stop_reasons: Sequence[str] | None = None,
    ) -> None:
        self.formulas = formulas
        self.concepts = concepts
        self.fallbacks = fallbacks
        self.n_features = n_features
        self.feature_names = feature_names
        self.categories = categories
        self.columns = columns
        self.verdicts = verdicts
        self.region = region
        self.stop_reasons = stop_reasons

    @classmethod
    def from_json(cls, text: str) -> RegressionRule:
        """Read formulas from their JSON text, which may come from strangers.

        Nothing in the text is executed: formulas are read by a grammar of their own, and all else
        must be numbers and names.

        Parameters
        ----------
        text : str
            What `to_json` gave.

        Returns
        -------
        RegressionRule
            The formulas.

        Raises
        ------
        ValueError
            If the text is not such a rule; the message says where.

        Examples
        --------
        >>> from skinterpret.expressions import Expression
        >>> from skinterpret.surrogates import RegressionRule
        >>> squared, product = Expression.parse("(x0*x1)**2 + 1"), Expression.parse("x0*x1")
        >>> rule = RegressionRule([squared], [product], [1.0], n_features=2)
        >>> RegressionRule.from_json(rule.to_json()).expression_
        x0**2*x1**2 + 1
        """
        return cls(**stored.regression(stored.read(text)))

    @property
    def formula_(self) -> Any:
        """The formula."""
        return only(list(self.formulas))

    @property
    def expression_(self) -> Any:
        """The formula in sympy."""
        return only(self._written())

    @property
    def concept_(self) -> Any:
        """The concept."""
        return only(list(self.concepts))

    @property
    def n_outputs_(self) -> int:
        """Number of formulas."""
        return len(self.formulas)

    @property
    def _answers(self) -> list[ValueAnswer]:  # type: ignore[override]
        return [
            ValueAnswer(0, concept, formula, fallback)
            for concept, formula, fallback in zip(self.concepts, self.formulas, self.fallbacks, strict=True)
        ]

    def _content(self) -> dict[str, Any]:
        return stored.regression_content(**self.get_params(deep=False))

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags


def load_rule(path: str | os.PathLike[str]) -> ClassificationRule | RegressionRule:
    """Read a rule from a file that `to_json` wrote; files from strangers are safe to load.

    Parameters
    ----------
    path : path-like
        The file.

    Returns
    -------
    ClassificationRule or RegressionRule
        A fitted estimator that needs no network.

    Raises
    ------
    ValueError
        If the file does not hold a rule; the message says where.  If it is the text of a rule.
    OSError
        If it cannot be read.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from skinterpret import load_rule
    >>> from skinterpret.expressions import Expression
    >>> from skinterpret.surrogates import ClassificationRule
    >>> rule = ClassificationRule([Expression.parse("x0 - x1")], [0.5], [3.0], [0, 1], n_features=2)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "rule.json"
    ...     rule.to_json(path)
    ...     load_rule(path).decision_rule_
    x0 - x1 > 0.5
    """
    if isinstance(path, str) and path.lstrip().startswith("{"):
        raise ValueError(
            "load_rule reads a file, but this is the text of a rule; pass it to "
            "ClassificationRule.from_json or RegressionRule.from_json."
        )
    try:
        with open(path, encoding="utf-8") as file:
            text = file.read(stored.LONGEST_TEXT + 1)
    except UnicodeDecodeError:
        raise ValueError(
            f"{path} is no text, as the JSON of a rule is; give a file that to_json wrote."
        ) from None
    content = stored.read(text)
    if content["kind"] == "classification":
        return ClassificationRule(**stored.classification(content))
    return RegressionRule(**stored.regression(content))


def rule_of_answers(
    answers: Sequence[Answer],
    classes: Any,
    *,
    n_features: int,
    feature_names: Sequence[str] | None,
    categories: Categories | None,
    columns: Sequence[str] | None = None,
    verdicts: Sequence[str] | None = None,
    region: Region | None = None,
    stop_reasons: Sequence[str] | None = None,
) -> ClassificationRule:
    """Take the rules of a fitted surrogate.

    Parameters
    ----------
    answers : sequence of Answer
        Formula and link of each rule.
    classes : array-like of shape (n_classes,)
        Class labels.
    n_features, feature_names, categories, columns, verdicts, region, stop_reasons : object
        As `ClassificationRule` takes them.

    Returns
    -------
    ClassificationRule
        The rule without its network.

    Raises
    ------
    ValueError
        If a link is not a logistic one.
    """
    for answer in answers:
        if not isinstance(answer.link, LogisticLink):
            raise ValueError(
                f"A rule on its own has a logistic link, but this one has a link of another kind "
                f"({type(answer.link).__name__}); "
                "fit with link='logistic'."
            )
    return ClassificationRule(
        [answer.expression for answer in answers],
        [answer.link.threshold for answer in answers],
        [answer.link.slope for answer in answers],
        np.asarray(classes).tolist(),
        n_features=n_features,
        feature_names=feature_names,
        categories=categories,
        columns=columns,
        verdicts=verdicts,
        region=region,
        stop_reasons=stop_reasons,
    )
