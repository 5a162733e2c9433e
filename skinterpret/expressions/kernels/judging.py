"""How programs are judged, by what their rows hold: directions or labels.

numba knows the type of the rows when it compiles a search, and takes in the kernels of that type
alone: the machine code of a search on directions does not know of labels.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, TypeVar

from numba.extending import overload

from skinterpret.expressions.compilation import COUNTED, KERNEL_OPTIONS
from skinterpret.expressions.kernels import constants as of_directions
from skinterpret.expressions.kernels import label_constants as of_labels
from skinterpret.expressions.kernels.gradients import Rows
from skinterpret.expressions.kernels.labels import LabelledRows, label_loss, label_losses
from skinterpret.expressions.kernels.matching import direction_loss, direction_losses

F = TypeVar("F", bound=Callable[..., Any])

AnyRows = Rows | LabelledRows


def program_losses(tokens: Any, constants: Any, lengths: Any, rows: AnyRows, work: Any, losses: Any) -> None:
    """Loss of each of many programs, one a row of `tokens` and `constants`."""
    judge: Any = label_losses if isinstance(rows, LabelledRows) else direction_losses
    judge(tokens, constants, lengths, rows, work, losses)


def first_tile(rows: AnyRows) -> AnyRows:
    """Rows of the first tile alone, on which hopeless programs are told."""
    tile, weight = rows.X[:1], rows.W[:1] / rows.W[:1].sum()
    if isinstance(rows, LabelledRows):
        return rows._replace(X=tile, Y=rows.Y[:1], W=weight)
    return rows._replace(X=tile, D=rows.D[:1], W=weight, J=rows.J[:1])


def fit_programs(
    tokens: Any, constants: Any, lengths: Any, rows: AnyRows, max_steps: Any, work: Any, losses: Any
) -> Any:
    """Fit the constants of many programs, one a row, in place; return what it cost in evaluations."""
    fit: Any = of_labels.fit_label_programs if isinstance(rows, LabelledRows) else of_directions.fit_programs
    return fit(tokens, constants, lengths, rows, max_steps, work, losses)


def by_rows(on_directions: Any, on_labels: Any) -> Callable[[F], F]:
    """Make a function stand, in compiled code, for one of two kernels with the same arguments.

    The function itself is never run.  `rows` is one of its arguments, whose type decides.
    """

    def decorate(function: F) -> F:
        position = list(inspect.signature(function).parameters).index("rows")

        def choose(*arguments: Any) -> Any:
            labelled = arguments[position].instance_class is LabelledRows
            return (on_labels if labelled else on_directions).py_func

        # some of them make arrays, and would otherwise be compiled as their callers are
        overload(function, jit_options={**KERNEL_OPTIONS, **COUNTED}, strict=False)(choose)
        return function

    return decorate


@by_rows(direction_loss, label_loss)
def program_loss(tokens: Any, constants: Any, length: Any, rows: Any, hopeless: Any, work: Any) -> Any:
    """Loss of a program; that of the first tile alone where it exceeds `hopeless`."""


@by_rows(of_directions.fit_constants, of_labels.fit_label_constants)
def fit_constants(tokens: Any, constants: Any, length: Any, rows: Any, max_steps: Any, work: Any) -> Any:
    """Improve `constants` in place; return the loss and what it cost in evaluations."""
