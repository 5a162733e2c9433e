"""What the package takes from private modules of scikit-learn, in this one place.

scikit-learn validates the parameters of its own estimators with these and names no public
counterpart, and `IterativeImputer` is public only after an import that changes scikit-learn for the
whole process; should they move, this is the only file to mend.
"""

from __future__ import annotations

from copy import copy
from typing import Any

from sklearn.base import _fit_context as fit_context
from sklearn.impute._iterative import IterativeImputer
from sklearn.utils import _safe_indexing as take_rows
from sklearn.utils._param_validation import (
    HasMethods,
    Hidden,
    Interval,
    InvalidParameterError,
    Options,
    validate_parameter_constraints,
)
from sklearn.utils._param_validation import StrOptions as UnsortedStrOptions
from sklearn.utils.validation import _check_feature_names_in as check_input_names

__all__ = [
    "HasMethods",
    "Hidden",
    "Interval",
    "InvalidParameterError",
    "IterativeImputer",
    "Options",
    "StrOptions",
    "check_input_names",
    "fit_context",
    "pruned",
    "take_rows",
    "validate_parameter_constraints",
]


class StrOptions(UnsortedStrOptions):  # type: ignore[misc]
    """Constraint on a parameter: one of some strings, which messages list in the same order in each run.

    Examples
    --------
    >>> from skinterpret._sklearn import StrOptions
    >>> str(StrOptions({"knee", "best", "accuracy"}))
    "a str among {'accuracy', 'best', 'knee'}"
    """

    def __str__(self) -> str:
        return f"a str among {{{', '.join(map(repr, sorted(self.options)))}}}"


def pruned(tree: Any, ccp_alpha: float) -> Any:
    """Prune a fitted decision tree, which scikit-learn does at the end of each fit and nowhere else.

    Parameters
    ----------
    tree : DecisionTreeClassifier or DecisionTreeRegressor
        A tree that was fitted without pruning; it stays as it is.
    ccp_alpha : float
        The price of a leaf.

    Returns
    -------
    DecisionTreeClassifier or DecisionTreeRegressor
        The tree that a fit with this price would have given.
    """
    shorter = copy(tree).set_params(ccp_alpha=ccp_alpha)
    shorter._prune_tree()
    return shorter
