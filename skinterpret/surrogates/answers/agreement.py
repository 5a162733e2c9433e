"""How rules, network and labels agree on the same rows, all classes together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Agreement:
    """What was counted on some rows.

    Attributes
    ----------
    fidelity : float
        Share of rows to which the rules give the network's class.
    rule_accuracy, network_accuracy : float
        Share of rows to which rules and network give the class of the label; NaN without labels.
    n_rows : int
        Number of rows.
    """

    fidelity: float
    rule_accuracy: float
    network_accuracy: float
    n_rows: int


def agreement(ruled: Any, network: Any, labels: Any = None) -> Agreement:
    """Count how often rules, network and labels give the same class.

    Parameters
    ----------
    ruled, network : array-like of shape (n_rows,)
        Classes by the rules and by the network.
    labels : array-like of shape (n_rows,), default=None
        Labels of the rows, where they are known.

    Returns
    -------
    Agreement
        Fidelity and accuracies.

    Examples
    --------
    >>> from skinterpret.surrogates.answers.agreement import agreement
    >>> agreement(["a", "b", "c", "c"], ["a", "b", "b", "c"], ["a", "b", "c", "c"])
    Agreement(fidelity=0.75, rule_accuracy=1.0, network_accuracy=0.75, n_rows=4)
    """
    by_rule, by_network = np.asarray(ruled), np.asarray(network)
    return Agreement(
        fidelity=float(np.mean(by_rule == by_network)),
        rule_accuracy=np.nan if labels is None else float(np.mean(by_rule == np.asarray(labels))),
        network_accuracy=np.nan if labels is None else float(np.mean(by_network == np.asarray(labels))),
        n_rows=len(by_rule),
    )
