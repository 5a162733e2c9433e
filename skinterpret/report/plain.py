"""Decision rules as plain text, and what is to be said of the names in them."""

from __future__ import annotations

from skinterpret.expressions.plain import explained, quoted, to_plain

__all__ = ["explained", "quoted", "to_plain"]
