"""Check that the demo ended with x1**2 + 2*x2**2 > 1, and printed what the README shows of it."""

import re
import sys
from pathlib import Path

from skinterpret.expressions import Expression

README = Path(__file__).parent.parent / "README.md"
BLOCK = re.compile(r"^```text\n(.+?)^```$", flags=re.MULTILINE | re.DOTALL)
NUMBER = re.compile(r"\d+(\.\d+)?(e[-+]\d+)?")


def shown_by(readme: str) -> list[str]:
    """Take the lines of the README's block that any run prints: all but candidates that were not chosen."""
    block = BLOCK.search(readme)
    lines = [] if block is None else block[1].splitlines()
    return [line for line in lines if line.strip() and (not line.strip()[0].isdigit() or " where " in line)]


def without_digits(line: str) -> str:
    """Write a line so that other figures in it, and other widths of them, make no difference."""
    return " ".join(NUMBER.sub("#", line).split())


def missing_from(output: str, readme: str) -> list[str]:
    """List lines of the README's block that the demo did not print, whatever figures are in them."""
    printed = {without_digits(line) for line in output.splitlines()}
    shown = shown_by(readme)
    if len(shown) < FEWEST_LINES:
        return ["a block with the demo's heading, chosen candidate, verdict, figures and rule"]
    return [line for line in shown if without_digits(line) not in printed]


def main(path: str) -> str | int:
    """Check the demo's output in a file; 0, or what is wrong."""
    output = Path(path).read_text(encoding="utf-8")
    last_line = output.strip().splitlines()[-1]
    match = re.fullmatch(r"1 where  (.+) ([<>]) (.+)", last_line)
    if match is None:
        return f"The demo ended with {last_line!r} instead of a rule."
    formula = Expression.parse(match[1], ["x1", "x2"])
    gradient = formula.gradient([[1.0, 0.0], [0.0, 1.0]])
    ratio = gradient[1, 1] / gradient[0, 0]
    print(f"ratio of the two coefficients: {ratio:.4f}")
    if abs(ratio - 2) > 0.1:
        return "The ratio of the coefficients is off by over 5 %."
    missing = missing_from(output, README.read_text(encoding="utf-8"))
    return (
        f"README.md shows {missing[0]!r}, which the demo does not print; show what it does." if missing else 0
    )


FEWEST_LINES = 7

if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
