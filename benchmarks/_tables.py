"""Print a table and keep it as CSV and Markdown, with the machine and the versions on top."""

from __future__ import annotations

import os
import platform
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pandas as pd

RESULTS = Path(__file__).parent / "results"
PACKAGES = ("skinterpret", "numpy", "scipy", "scikit-learn", "numba", "torch", "pysr")


def publish(name: str, table: pd.DataFrame, note: str, *, keep: bool = True) -> None:
    """Print a table under its header, and write it to `results/` unless it is a trial run."""
    header = f"{note}\n\n{describe_machine()}"
    print(f"\n{header}\n\n{table.to_string(index=False)}\n", flush=True)
    if not keep:
        return
    RESULTS.mkdir(exist_ok=True)
    comment = "".join(f"# {line}\n" for line in header.splitlines())
    (RESULTS / f"{name}.csv").write_text(comment + table.to_csv(index=False))
    (RESULTS / f"{name}.md").write_text(f"{header}\n\n{_markdown(table)}\n")


def describe_machine() -> str:
    """One line on processor, cores, date and versions."""
    versions = ", ".join(f"{name} {found}" for name in PACKAGES if (found := _version(name)))
    return (
        f"{date.today().isoformat()}, {_processor()}, {os.cpu_count()} cores, "
        f"Python {platform.python_version()}, {versions}."
    )


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()


def _markdown(table: pd.DataFrame) -> str:
    def row(cells: list[str]) -> str:
        return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"

    lines = [row([str(column) for column in table.columns]), row(["---"] * table.shape[1])]
    lines += [row([str(cell) for cell in cells]) for cells in table.itertuples(index=False)]
    return "\n".join(lines)
