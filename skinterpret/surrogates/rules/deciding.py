"""What every classifier by formulas does with them: decide, and hand them on."""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy
from scipy.special import expit
from sklearn.base import ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from skinterpret.expressions.code import numpy_function, write_code
from skinterpret.expressions.latex import to_latex


class DecidingMixin(ClassNamePrefixFeaturesOutMixin, TransformerMixin):  # type: ignore[misc]
    """Decisions, probabilities and text forms of rules, one for two classes or one a class.

    Needs `classes_`, `_answers` (formula and link of each rule), `_input_names()`, `_input_categories()`,
    `_raw_columns()` and `_rows(X)`.
    """

    classes_: Any
    _answers: list[Any]
    _input_names: Any
    _input_categories: Any
    _raw_columns: Any
    _rows: Any

    def transform(self, X: Any) -> Any:
        """Values of the expression.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples, n_formulas)
            The left-hand side of each rule for each row: one column for two classes, else one a
            class.

        Examples
        --------
        >>> from skinterpret.expressions import Expression
        >>> from skinterpret.surrogates import ClassificationRule
        >>> ellipse = Expression.parse("x0**2 + 2*x1**2")
        >>> rule = ClassificationRule([ellipse], [1.0], [8.0], ["in", "out"], n_features=2)
        >>> rule.transform([[0.5, 0.5], [1.0, 1.0]]).tolist()
        [[0.75], [3.0]]
        """
        check_is_fitted(self)
        rows = self._rows(X)
        return np.column_stack([answer.expression(rows) for answer in self._answers])

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
        >>> from skinterpret.expressions import Expression
        >>> from skinterpret.surrogates import ClassificationRule
        >>> ellipse = Expression.parse("x0**2 + 2*x1**2")
        >>> rule = ClassificationRule([ellipse], [1.0], [8.0], ["in", "out"], n_features=2)
        >>> rule.decision_function([[0.5, 0.5], [1.0, 1.0]]).tolist()  # 8 times what is above the threshold
        [-2.0, 16.0]
        """
        check_is_fitted(self)
        return self._odds(self._rows(X))

    def predict_proba(self, X: Any) -> Any:
        """Probabilities of the classes: the link φ applied to the expression.

        With more than two classes each has its own, and they are divided by their sum.

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
        >>> from skinterpret.expressions import Expression
        >>> from skinterpret.surrogates import ClassificationRule
        >>> ellipse = Expression.parse("x0**2 + 2*x1**2")
        >>> rule = ClassificationRule([ellipse], [1.0], [8.0], ["in", "out"], n_features=2)
        >>> rule.predict_proba([[0.5, 0.5], [1.0, 0.0]]).round(2).tolist()  # the second lies on the boundary
        [[0.88, 0.12], [0.5, 0.5]]
        """
        positive = expit(self.decision_function(X))
        if positive.ndim == 1:
            return np.column_stack([1 - positive, positive])
        positive = np.maximum(positive, np.finfo(np.float64).tiny)
        return positive / positive.sum(axis=1, keepdims=True)

    def predict(self, X: Any) -> Any:
        """Classes by the rule, without the network.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples,)
            Class labels.
        """
        return self._decided(self.decision_function(X))

    def to_sympy(self) -> Any:
        """Write the decision rule in sympy.

        Returns
        -------
        sympy relational or dict of sympy relational
            The rule; one a class when there are more than two.

        Examples
        --------
        >>> from skinterpret.expressions import Expression
        >>> from skinterpret.surrogates import ClassificationRule
        >>> ellipse = Expression.parse("x0**2 + 2*x1**2")
        >>> rule = ClassificationRule([ellipse], [1.0], [8.0], ["in", "out"], n_features=2)
        >>> rule.to_sympy()
        x0**2 + 2*x1**2 > 1
        >>> rule.to_sympy().lhs.diff("x1")
        4*x1
        """
        check_is_fitted(self)
        return self._by_class(self._rules())

    def to_latex(self) -> Any:
        """Write the decision rule in LaTeX.

        Returns
        -------
        str or dict of str
            The rule, without dollar signs; one a class when there are more than two.

        Examples
        --------
        >>> from skinterpret.expressions import Expression
        >>> from skinterpret.surrogates import ClassificationRule
        >>> ellipse = Expression.parse("x0**2 + 2*x1**2")
        >>> rule = ClassificationRule([ellipse], [1.0], [8.0], ["in", "out"], n_features=2)
        >>> print(rule.to_latex())
        x_{0}^{2} + 2 x_{1}^{2} > 1
        """
        check_is_fitted(self)
        return self._by_class([to_latex(rule) for rule in self._rules()])

    def to_code(self, language: str = "python") -> Any:
        """Write `decision_function` as source text that needs neither this package nor the network.

        The value is the log-odds of the second class, so the rule holds where it is positive.  Where
        the formula is not defined the text gives NaN (SQL NULL, a spreadsheet an error in the cell),
        `decision_function` gives 0.

        Parameters
        ----------
        language : {"python", "numpy", "c", "sql", "excel"}, default="python"
            A function in Python (of numbers, or of arrays with numpy) or C99, an expression over
            columns in SQL, or a formula over the cells of the second row of a spreadsheet.  Behind a
            `OneHotEncoder` all ask the raw columns, in the order of the table, except that C takes its
            indicators.

        Returns
        -------
        str or dict of str
            The source text; one a class when there are more than two.

        Raises
        ------
        ValueError
            If the language is none of these.

        Examples
        --------
        >>> from skinterpret.expressions import Expression
        >>> from skinterpret.surrogates import ClassificationRule
        >>> ellipse = Expression.parse("x0**2 + 2*x1**2")
        >>> rule = ClassificationRule([ellipse], [1.0], [8.0], ["in", "out"], n_features=2)
        >>> rule.to_code("sql")
        '8.0*POWER("x0", 2.0) + 16.0*POWER("x1", 2.0) - 8.0'
        >>> print(rule.to_code("c"))
        #include <math.h>
        <BLANKLINE>
        double formula(double x0, double x1)
        {
            return 8.0*pow(x0, 2) + 16.0*pow(x1, 2) - 8.0;
        }
        <BLANKLINE>
        """
        check_is_fitted(self)
        names, categories, columns = self._input_names(), self._input_categories(), self._raw_columns()
        return self._by_class(
            [
                write_code(answer.log_odds(names), names, language, categories, columns)
                for answer in self._answers
            ]
        )

    def to_numpy(self) -> Any:
        """Make `decision_function` a plain function of columns, which needs numpy only.

        Returns
        -------
        function or dict of function
            Takes the columns of the table as arrays, in their order, and gives the log-odds; one a class
            when there are more than two.  Its code was written by `sympy.lambdify`, so it does not
            pickle: keep the text of `to_code("numpy")` for that, or `to_json`.

        Examples
        --------
        >>> import numpy as np
        >>> from skinterpret.expressions import Expression
        >>> from skinterpret.surrogates import ClassificationRule
        >>> ellipse = Expression.parse("x0**2 + 2*x1**2")
        >>> rule = ClassificationRule([ellipse], [1.0], [8.0], ["in", "out"], n_features=2)
        >>> log_odds = rule.to_numpy()
        >>> (log_odds(np.array([0.5, 1.0]), np.array([0.5, 1.0])) > 0).tolist()
        [False, True]
        """
        check_is_fitted(self)
        names, categories, columns = self._input_names(), self._input_categories(), self._raw_columns()
        return self._by_class(
            [numpy_function(answer.log_odds(names), names, categories, columns) for answer in self._answers]
        )

    def _odds(self, rows: Any) -> Any:
        """Log-odds on rows of numbers, as formulas take them."""
        odds = [answer.link.log_odds(answer.expression(rows)) for answer in self._answers]
        return odds[0] if len(odds) == 1 else np.column_stack(odds)

    def _decided(self, odds: Any) -> Any:
        """Classes that log-odds speak for."""
        return self.classes_[(odds > 0).astype(int) if odds.ndim == 1 else odds.argmax(axis=1)]

    def _rules(self) -> list[sympy.Rel]:
        return [answer.rule(self._input_names()) for answer in self._answers]

    def _by_class(self, values: list[Any]) -> Any:
        """Give the only value, or all of them by class."""
        return values[0] if len(values) == 1 else dict(zip(self.classes_.tolist(), values, strict=True))
