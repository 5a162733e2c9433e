"""The engine that searches with PySR."""

from skinterpret.search.pysr.engine import PySREngine

__all__ = ["PySREngine"]
