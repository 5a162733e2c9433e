"""What was found for each of several classes, to be printed."""

from __future__ import annotations

from typing import Any


class ByClass(dict[Any, Any]):
    """A dict by class label whose text has a paragraph for each class.

    Examples
    --------
    >>> from skinterpret.surrogates.answers.by_class import ByClass
    >>> print(ByClass(up="x does not matter.", down="No structure found."))
    up:
    x does not matter.
    <BLANKLINE>
    down:
    No structure found.
    """

    def __str__(self) -> str:
        return "\n\n".join(f"{label}:\n{value}" for label, value in self.items())
