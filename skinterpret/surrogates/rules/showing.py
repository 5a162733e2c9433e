"""What notebooks show of a fitted surrogate: its formulas, then scikit-learn's diagram."""

from __future__ import annotations

import html
from typing import Any

from sklearn.exceptions import NotFittedError
from sklearn.utils.validation import check_is_fitted
from sympy import Symbol

from skinterpret.expressions.latex import to_latex


class ShowingMixin:
    """Add formulas to the HTML that scikit-learn gives an estimator; needs `to_latex()`.

    Only what a notebook shows for the estimator itself changes.  Diagrams of pipelines that hold it,
    and `display="text"` of `sklearn.set_config`, stay what they are.
    """

    to_latex: Any

    def _repr_latex_(self) -> str:
        return "\n\n".join(f"${formula}$" for formula in self._formulas())

    def _repr_html_inner(self) -> str:
        return self._formulas_in_html() + str(super()._repr_html_inner())  # type: ignore[misc]

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, str]:
        bundle: dict[str, str] = super()._repr_mimebundle_(**kwargs)  # type: ignore[misc]
        if "text/html" in bundle:
            bundle["text/html"] = self._formulas_in_html() + bundle["text/html"]
        return bundle

    def _formulas_in_html(self) -> str:
        # names of inputs are the user's, or a stranger's: no markup must come out of them
        return "".join(f"<p>${html.escape(formula)}$</p>" for formula in self._formulas())

    def _formulas(self) -> list[str]:
        try:
            check_is_fitted(self)
        except NotFittedError:
            return []
        formulas = self.to_latex()
        if isinstance(formulas, dict):
            return [f"{to_latex(Symbol(str(label)))}:\\quad {formula}" for label, formula in formulas.items()]
        return formulas if isinstance(formulas, list) else [formulas]
