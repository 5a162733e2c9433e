"""What every regressor by formulas does with them: calculate, and hand them on."""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy
from sklearn.base import ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from skinterpret.expressions.code import numpy_function, write_code
from skinterpret.expressions.latex import to_latex


class ValuingMixin(ClassNamePrefixFeaturesOutMixin, TransformerMixin):  # type: ignore[misc]
    """Values and text forms of formulas, one an output.

    Needs `_answers` (concept and formula of each output, and `predict`), `_input_names()`,
    `_input_categories()`, `_raw_columns()` and `_rows(X)`.
    """

    _answers: list[Any]
    _input_names: Any
    _input_categories: Any
    _raw_columns: Any
    _rows: Any

    def predict(self, X: Any) -> Any:
        """Values by the formula, without the network.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples,) or (n_samples, n_outputs)
            Values; where the formula is not defined, the mean of the network's.
        """
        check_is_fitted(self)
        rows = self._rows(X)
        values = [answer.predict(rows) for answer in self._answers]
        return values[0] if len(values) == 1 else np.column_stack(values)

    def transform(self, X: Any) -> Any:
        """Values of the concept.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples, n_outputs)
            `T` for each row, one column an output.

        Examples
        --------
        >>> from skinterpret.expressions import Expression
        >>> from skinterpret.surrogates import RegressionRule
        >>> squared, product = Expression.parse("(x0*x1)**2 + 1"), Expression.parse("x0*x1")
        >>> rule = RegressionRule([squared], [product], [1.0], n_features=2)
        >>> rule.transform([[2.0, 3.0], [1.0, 1.0]]).tolist()
        [[6.0], [1.0]]
        """
        check_is_fitted(self)
        rows = self._rows(X)
        return np.column_stack([answer.concept(rows) for answer in self._answers])

    def to_sympy(self) -> Any:
        """Write the formula in sympy.

        Returns
        -------
        sympy.Expr or list of sympy.Expr
            The formula; one an output when there are more.

        Examples
        --------
        >>> from skinterpret.expressions import Expression
        >>> from skinterpret.surrogates import RegressionRule
        >>> squared, product = Expression.parse("(x0*x1)**2 + 1"), Expression.parse("x0*x1")
        >>> rule = RegressionRule([squared], [product], [1.0], n_features=2)
        >>> rule.to_sympy()
        x0**2*x1**2 + 1
        >>> rule.to_sympy().diff("x0")
        2*x0*x1**2
        """
        return only(self._written())

    def to_latex(self) -> Any:
        """Write the formula in LaTeX.

        Returns
        -------
        str or list of str
            The formula, without dollar signs; one an output when there are more.

        Examples
        --------
        >>> from skinterpret.expressions import Expression
        >>> from skinterpret.surrogates import RegressionRule
        >>> squared, product = Expression.parse("(x0*x1)**2 + 1"), Expression.parse("x0*x1")
        >>> rule = RegressionRule([squared], [product], [1.0], n_features=2)
        >>> print(rule.to_latex())
        x_{0}^{2} x_{1}^{2} + 1
        """
        return only([to_latex(formula) for formula in self._written()])

    def to_code(self, language: str = "python") -> Any:
        """Write `predict` as source text that needs neither this package nor the network.

        Where the formula is not defined the text gives NaN (SQL NULL, a spreadsheet an error in the cell),
        `predict` gives the mean of the network's values.

        Parameters
        ----------
        language : {"python", "numpy", "c", "sql", "excel"}, default="python"
            A function in Python (of numbers, or of arrays with numpy) or C99, an expression over
            columns in SQL, or a formula over the cells of the second row of a spreadsheet.  Behind a
            `OneHotEncoder` all ask the raw columns, in the order of the table, except that C takes its
            indicators.

        Returns
        -------
        str or list of str
            The source text; one an output when there are more.

        Raises
        ------
        ValueError
            If the language is none of these.

        Examples
        --------
        >>> from skinterpret.expressions import Expression
        >>> from skinterpret.surrogates import RegressionRule
        >>> squared, product = Expression.parse("(x0*x1)**2 + 1"), Expression.parse("x0*x1")
        >>> rule = RegressionRule([squared], [product], [1.0], n_features=2)
        >>> rule.to_code("excel")
        '=POWER(A2, 2.0)*POWER(B2, 2.0) + 1.0'
        """
        names, categories, columns = self._input_names(), self._input_categories(), self._raw_columns()
        return only(
            [write_code(formula, names, language, categories, columns) for formula in self._written()]
        )

    def to_numpy(self) -> Any:
        """Make `predict` a plain function of columns, which needs numpy only.

        Returns
        -------
        function or list of function
            Takes the columns of the table as arrays, in their order, and gives the values; one an output
            when there are more.  Its code was written by `sympy.lambdify`, so it does not pickle:
            keep the text of `to_code("numpy")` for that, or `to_json`.

        Examples
        --------
        >>> import numpy as np
        >>> from skinterpret.expressions import Expression
        >>> from skinterpret.surrogates import RegressionRule
        >>> squared, product = Expression.parse("(x0*x1)**2 + 1"), Expression.parse("x0*x1")
        >>> rule = RegressionRule([squared], [product], [1.0], n_features=2)
        >>> values = rule.to_numpy()
        >>> values(np.array([2.0, 1.0]), np.array([3.0, 1.0])).tolist()
        [37.0, 2.0]
        """
        names, categories, columns = self._input_names(), self._input_categories(), self._raw_columns()
        return only([numpy_function(formula, names, categories, columns) for formula in self._written()])

    def _written(self) -> list[sympy.Expr]:
        check_is_fitted(self)
        return [answer.formula.to_sympy(self._input_names()) for answer in self._answers]


def only(values: list[Any]) -> Any:
    """Give the only value, or all of them.

    Parameters
    ----------
    values : list
        One value an output.

    Returns
    -------
    object
        The value of the only output, or the list.
    """
    return values[0] if len(values) == 1 else values
