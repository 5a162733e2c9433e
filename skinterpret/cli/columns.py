"""Which columns of a table are inputs: those that `--columns` names, or all but those of `--drop`."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

import pandas as pd

from skinterpret._spelling import columns_named, did_you_mean

MOST_NAMES = 40  # of columns in a message


def chosen_columns(
    table: pd.DataFrame,
    target: str,
    path: str,
    columns: Sequence[str] | None = None,
    drop: Sequence[str] | None = None,
) -> pd.DataFrame:
    """Leave out the columns that are no inputs, in the order of the table whatever that of the words.

    Parameters
    ----------
    table : DataFrame
        Inputs and labels.
    target : str
        Name of the column with the labels, which is kept.
    path : str
        Name of the file, for messages.
    columns : sequence of str or None, default=None
        The only inputs; `None` means all columns.
    drop : sequence of str or None, default=None
        Columns that are no inputs.

    Returns
    -------
    DataFrame
        The inputs that are left, and the labels.

    Raises
    ------
    ValueError
        If a name is none of the table, or is that of the target, or if no input is left.

    Examples
    --------
    >>> import pandas as pd
    >>> from skinterpret.cli.columns import chosen_columns
    >>> table = pd.DataFrame({"age": [40], "dose": [2], "name": ["Ann"], "sick": [1]})
    >>> list(chosen_columns(table, "sick", "t.csv", drop=["name"]))
    ['age', 'dose', 'sick']
    >>> list(chosen_columns(table, "sick", "t.csv", columns=["dose"]))
    ['dose', 'sick']
    """
    inputs = [name for name in table.columns if name != target]
    for option, named in (("--columns", columns), ("--drop", drop)):
        _refuse_names(option, named or (), inputs, target, path)
    left = [name for name in inputs if columns is None or name in columns]
    left = [name for name in left if name not in (drop or ())]
    if inputs and not left:
        raise ValueError(f"--drop leaves no column of {path} beside {target!r}; drop fewer.")
    return table[[name for name in table.columns if name in left or name == target]]


def or_leave_out(name: str, may_drop: bool = True) -> str:
    """Say how to leave a column out, as the last of several mends.

    Parameters
    ----------
    name : str
        The column.
    may_drop : bool, default=True
        Whether that helps: a trained network needs its columns.

    Returns
    -------
    str
        What comes at the end of a sentence, before its full stop.

    Examples
    --------
    >>> from skinterpret.cli.columns import or_leave_out
    >>> or_leave_out("blood pressure"), or_leave_out("-x")
    (", or leave the column out by --drop 'blood pressure'", ', or leave the column out by --drop=-x')
    """
    between = "=" if name.startswith("-") else " "  # or it would be taken for an option
    return f", or leave the column out by --drop{between}{shlex.quote(name)}" if may_drop else ""


def _refuse_names(option: str, named: Sequence[str], inputs: list[str], target: str, path: str) -> None:
    if target in named:
        raise ValueError(
            f"{option} names {target!r}, which is the --target and no input; leave it out there."
        )
    unknown = [name for name in named if name not in inputs]
    if unknown:
        choice = f"choose from: {', '.join(inputs[:MOST_NAMES])}{', …' * (len(inputs) > MOST_NAMES)}."
        raise ValueError(
            f"{path} has no {columns_named(unknown)}, which {option} names; "
            f"{did_you_mean(unknown[0], inputs) or choice}"
        )
