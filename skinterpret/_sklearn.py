"""What the package takes from private modules of scikit-learn, in this one place.

scikit-learn validates the parameters of its own estimators with these and names no public
counterpart, and `IterativeImputer` is public only after an import that changes scikit-learn for the
whole process; should they move, this is the only file to mend.
"""

from sklearn.base import _fit_context as fit_context
from sklearn.impute._iterative import IterativeImputer
from sklearn.utils import _safe_indexing as take_rows
from sklearn.utils._param_validation import (
    HasMethods,
    Interval,
    InvalidParameterError,
    Options,
    StrOptions,
    validate_parameter_constraints,
)
from sklearn.utils.validation import _check_feature_names_in as check_input_names

__all__ = [
    "HasMethods",
    "Interval",
    "InvalidParameterError",
    "IterativeImputer",
    "Options",
    "StrOptions",
    "check_input_names",
    "fit_context",
    "take_rows",
    "validate_parameter_constraints",
]
