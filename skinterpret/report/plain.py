"""Decision rules as plain text, and what is to be said of the names in them."""

from __future__ import annotations

from skinterpret.expressions.plain import quoted, to_plain

__all__ = ["QUOTING", "quoted", "to_plain"]

QUOTING = "Names that could be taken for something else stand between `backticks`; a ` in them is doubled."
