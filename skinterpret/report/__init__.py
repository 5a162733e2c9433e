"""One self-contained HTML page for one explained network."""

from skinterpret.report.company import compared
from skinterpret.report.page import write_report

__all__ = ["compared", "write_report"]
