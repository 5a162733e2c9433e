"""What a saved rule is not to be relied on for."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from skinterpret.surrogates.judging.figures import NO_CLOSED_FORM


def cautions(rule: Any, X: pd.DataFrame) -> list[str]:
    """Say whether a rule is one to rely on, and for how many rows it was never checked.

    Parameters
    ----------
    rule : ClassificationRule or RegressionRule
        The rule.
    X : DataFrame of shape (n_samples, n_features)
        Its inputs.

    Returns
    -------
    list of str
        A sentence for each caution; empty where there is none, or where the file does not tell.

    Examples
    --------
    >>> import pandas as pd
    >>> from skinterpret.cli.rule_cautions import cautions
    >>> from skinterpret.expressions import Expression
    >>> from skinterpret.surrogates import ClassificationRule
    >>> half = Expression.parse("x0")
    >>> rule = ClassificationRule([half], [0.5], [1.0], [0, 1], n_features=1, region={0: (0.0, 1.0)})
    >>> cautions(rule, pd.DataFrame({"x0": [0.2, 7.0]}))
    ['1 of 2 rows lies outside of the values for which the rule was checked; nothing is known of it there.']
    """
    said = []
    if NO_CLOSED_FORM in (rule.verdicts or ()):
        which = "the rule" if len(rule.verdicts) == 1 else _distrusted(rule)
        said.append(f"{NO_CLOSED_FORM} when {which} was made: do not rely on it.")
    outside = np.zeros(len(X), dtype=bool)
    for position, (low, high) in (rule.region or {}).items():
        values = X.iloc[:, position].to_numpy(dtype=np.float64)
        outside |= (values < low) | (values > high)
    if outside.any():
        lie = "lies" if outside.sum() == 1 else "lie"
        said.append(
            f"{outside.sum():,} of {len(X):,} rows {lie} outside of the values for which the rule was "
            "checked; nothing is known of it there."
        )
    return said


def _distrusted(rule: Any) -> str:
    pairs = zip(getattr(rule, "classes", range(len(rule.verdicts))), rule.verdicts, strict=True)
    return f"the rule of {', '.join(str(name) for name, verdict in pairs if verdict == NO_CLOSED_FORM)}"
