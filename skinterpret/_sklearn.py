"""What the package takes from private modules of scikit-learn, in this one place.

scikit-learn validates the parameters of its own estimators with these and names no public
counterpart; should they move, this is the only file to mend.
"""

from sklearn.base import _fit_context as fit_context
from sklearn.utils import _safe_indexing as take_rows
from sklearn.utils._param_validation import (
    HasMethods,
    Interval,
    Options,
    StrOptions,
    validate_parameter_constraints,
)

__all__ = [
    "HasMethods",
    "Interval",
    "Options",
    "StrOptions",
    "fit_context",
    "take_rows",
    "validate_parameter_constraints",
]
