"""The command line: `skinterpret demo | explain | probe | compare | predict`."""

from skinterpret.cli.parser import main

__all__ = ["main"]
