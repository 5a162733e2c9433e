"""Rules of sympy that print names as the summary does, each to be told from the formula around it."""

from __future__ import annotations

from typing import Any

import sympy

from skinterpret.expressions.plain import quoted, to_plain


def with_names_quoted(rule: sympy.Rel) -> sympy.Rel:
    """Give a rule that prints names such as `x-y` and `a b` between backticks.

    sympy prints the name of a symbol as it is, so that a rule of the column ``x-y`` reads as a difference.

    Parameters
    ----------
    rule : sympy relational
        A rule, with `>` or `<`.

    Returns
    -------
    sympy relational
        Itself where each name is a plain word.  Otherwise one that is equal to it, in whose text names are
        quoted; what sympy makes of it, and its two sides, are sympy's own again.

    Examples
    --------
    >>> import sympy
    >>> from skinterpret.surrogates.formulas.quoted_relation import with_names_quoted
    >>> a, b = sympy.symbols(["x-y", "b"])
    >>> with_names_quoted(a + b > 1)
    b + `x-y` > 1
    >>> with_names_quoted(a + b > 1) == (a + b > 1)
    True
    """
    if all(quoted(symbol.name) == symbol.name for symbol in rule.free_symbols):
        return rule
    return QUOTED[type(rule)](*rule.args, evaluate=False)


class _QuotedNames:
    """What a relational of sympy has to be told to print as the plain text does."""

    __slots__ = ()
    args: tuple[Any, ...]

    @property
    def func(self) -> Any:
        """What sympy builds from changed parts: a relational of its own."""
        return next(plain for plain, own in QUOTED.items() if own is type(self))

    def _plain(self) -> sympy.Rel:
        return self.func(*self.args, evaluate=False)

    def _sympystr(self, printer: Any) -> str:
        return to_plain(self._plain())

    def _sympyrepr(self, printer: Any) -> str:
        return str(printer.doprint(self._plain()))

    def __eq__(self, other: object) -> bool:
        return bool(self._plain() == (other._plain() if isinstance(other, _QuotedNames) else other))

    def __hash__(self) -> int:
        return hash(self._plain())

    def __reduce_ex__(self, protocol: Any) -> Any:
        return with_names_quoted, (self._plain(),)


class _QuotedGreaterThan(_QuotedNames, sympy.StrictGreaterThan):  # type: ignore[misc]
    __slots__ = ()


class _QuotedLessThan(_QuotedNames, sympy.StrictLessThan):  # type: ignore[misc]
    __slots__ = ()


QUOTED: dict[Any, Any] = {
    sympy.StrictGreaterThan: _QuotedGreaterThan,
    sympy.StrictLessThan: _QuotedLessThan,
}
