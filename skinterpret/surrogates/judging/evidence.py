"""Whether labels speak for a rule, or whether some rule of its length fits so many by chance."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.stats import entropy

from skinterpret.expressions import Expression


def label_evidence(expression: Expression, said: NDArray[np.bool_], labels: NDArray[np.bool_]) -> float:
    """Weigh what a rule tells of labels against what it takes to write the rule down.

    Two-part code lengths are compared (Rissanen, Automatica 14, 1978): labels alone, or the rule first and
    then the labels that it leaves open.  A rule costs a nat for each unit of complexity, and half the
    logarithm of the number of rows for each constant and for the threshold.

    Parameters
    ----------
    expression : Expression
        The formula of the rule.
    said : ndarray of bool of shape (n_samples,)
        What the rule says of each row.
    labels : ndarray of bool of shape (n_samples,)
        What the labels say.

    Returns
    -------
    float
        What is saved, in nats; below 0 where the labels alone are the shorter message.

    Examples
    --------
    >>> import numpy as np
    >>> from skinterpret.expressions import Expression
    >>> from skinterpret.surrogates.judging.evidence import label_evidence
    >>> labels = np.arange(100) < 50
    >>> rule = Expression.parse("x0 + 2*x1")
    >>> label_evidence(rule, labels, labels) > 0 > label_evidence(rule, np.arange(100) % 2 == 0, labels)
    True
    """
    table = np.array([[np.sum((said == a) & (labels == b)) for b in (False, True)] for a in (False, True)])
    told = entropy(table.sum(axis=0)) + entropy(table.sum(axis=1)) - entropy(table.ravel())
    n_parameters = len(expression.constant_values) + 1
    return float(len(labels) * told - expression.complexity - 0.5 * n_parameters * np.log(len(labels)))
