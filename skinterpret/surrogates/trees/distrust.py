"""What speaks against a tree: that it is no more faithful than a constant."""

from __future__ import annotations

import pandas as pd

ELSE = "read the network with SymbolicSurrogate or a probe instead"


def reason_for_distrust(table: pd.DataFrame, constant: float, limit: str) -> str | None:
    """Say in which way a tree tells no more of the network than a constant answer would.

    Parameters
    ----------
    table : DataFrame
        The pruned trees, the one without splits first, with columns n_leaves, fidelity and chosen.
    constant : float
        Fidelity of the best constant answer; 1 if the network gives no other.
    limit : str
        The setting that allows no split; empty if there is none.

    Returns
    -------
    str or None
        One sentence with the cause and the mend; `None` where the tree is more faithful.
    """
    chosen = table[table["chosen"]].iloc[0]
    if chosen["n_leaves"] == 1:
        start = "The tree has no split, so it answers all rows alike"
        if constant == 1:
            return f"{start}, as the network itself does on the training rows; train the network anew."
        if limit:
            return f"{start}, for {limit} allows none; set another."
        return (
            f"{start}, for no split made it clearly more faithful on held-out rows; pass more rows, "
            f"select another of pruned_trees_, or {ELSE}."
        )
    if chosen["fidelity"] > constant:
        return None
    return (
        "The tree is no more faithful to the network than a constant answer, for its fidelity on "
        f"held-out rows is {chosen['fidelity']:.2f}, that of a constant {constant:.2f}; pass more "
        f"rows, select another of pruned_trees_, or {ELSE}."
    )
