"""One self-contained HTML page for one explained network."""

from skinterpret.report.page import write_report

__all__ = ["write_report"]
