"""The candidates of a front as rules: tidied, in raw units, on one scale of complexity."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from skinterpret.metrics import complexity_of_rule
from skinterpret.report.plain import to_plain


def candidate_rules(surrogate: Any) -> list[pd.DataFrame]:
    """Write each candidate as the rule that it would be as the answer.

    Parameters
    ----------
    surrogate : SymbolicSurrogate
        The fitted surrogate.

    Returns
    -------
    list of DataFrame
        A table for each formula of the surrogate, the simplest candidate first: complexity as
        `complexity_score` counts it, alignment over the shell, fidelity on the rows held back from the
        search, the rule as text, and whether it was chosen.  Candidates that come to the same side of a
        rule when tidied, or to the same with the sign turned, are one row: the chosen one, or else the best.
        Those than which another one is no longer and no worse in both figures are left out, since tidying
        changes the order, but for the chosen one.
    """
    return [
        _kept(_written_all(surrogate, reading, answers, chosen))
        for reading, answers, chosen in zip(
            surrogate._readings, candidate_answers(surrogate), surrogate._answers, strict=True
        )
    ]


def candidate_answers(surrogate: Any) -> list[list[Any]]:
    """Turn each candidate of each formula into the answer that it would be; the chosen one is itself.

    Parameters
    ----------
    surrogate : SymbolicSurrogate
        The fitted surrogate.

    Returns
    -------
    list of list of Answer
        For each formula of the surrogate its candidates in the order of `equations_`.
    """
    return [
        [
            chosen
            if position == chosen.position
            else reading.simplest_answer(position, surrogate.link, surrogate._trust_seed)
            for position in range(len(reading.table))
        ]
        for reading, chosen in zip(surrogate._readings, surrogate._answers, strict=True)
    ]


def _kept(table: pd.DataFrame) -> pd.DataFrame:
    return table.iloc[front_of(table)].drop(columns="side").reset_index(drop=True)


def _written_all(surrogate: Any, reading: Any, answers: list[Any], chosen: Any) -> pd.DataFrame:
    names = surrogate._input_names()
    return pd.DataFrame(
        [_written(reading, answer, names) | {"chosen": answer is chosen} for answer in answers]
    )


def front_of(rules: pd.DataFrame) -> list[int]:
    """Choose which rules to list: one of those that say the same, and none that another one beats.

    Parameters
    ----------
    rules : DataFrame
        Columns `side`, `complexity`, `alignment`, `fidelity` and `chosen`, a row a rule.

    Returns
    -------
    list of int
        Positions of the rows, in the order of complexity; the chosen one is among them.
    """
    table = rules.reset_index(drop=True)
    best_first = table.sort_values(
        ["chosen", "fidelity", "complexity"], ascending=[False, False, True], kind="stable"
    )
    ordered = best_first.drop_duplicates("side").sort_values(
        ["complexity", "alignment"], ascending=[True, False], kind="stable"
    )
    return list(ordered.index[has_advantage(ordered) | ordered["chosen"].to_numpy(dtype=bool)])


def has_advantage(rules: pd.DataFrame) -> NDArray[np.bool_]:
    """Tell which rules are shorter than each other one, or better in one of the figures, or the same in all.

    Parameters
    ----------
    rules : DataFrame
        Columns `complexity`, `alignment` and `fidelity`, a row a rule.

    Returns
    -------
    ndarray of bool of shape (n_rules,)
        False for those that another one beats.
    """
    costs = np.column_stack([rules["complexity"], -rules["alignment"], -rules["fidelity"]])
    no_worse = (costs[:, None] <= costs[None]).all(axis=2)
    return np.asarray(~(no_worse & ~no_worse.T).any(axis=0))


def _written(reading: Any, answer: Any, names: list[str]) -> dict[str, Any]:
    rule = answer.rule(names)
    return {
        "complexity": complexity_of_rule(answer.expression),
        "alignment": reading.judge.alignment(answer.expression),
        "fidelity": _fidelity(answer, reading.judge),
        "rule": to_plain(rule),
        "side": side_of(rule),
    }


def side_of(rule: Any) -> str:
    """Write the left-hand side of a rule, the same whichever sign it has.

    Parameters
    ----------
    rule : sympy relational
        The rule.

    Returns
    -------
    str
        Its side in plain text.
    """
    return to_plain(-rule.lhs if rule.lhs.could_extract_minus_sign() else rule.lhs)


def _fidelity(answer: Any, judge: Any) -> float:
    """Share of the held-back rows on which the rule, with its rounded threshold, agrees with the network."""
    values = answer.expression(judge.X)
    agree = (answer.link.log_odds(values) > 0) == (judge.probability > 0.5)
    return float(np.mean(agree & np.isfinite(values)))
