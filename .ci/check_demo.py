"""Check that the demo ended with a rule equivalent to x1**2 + 2*x2**2 > 1."""

import re
import sys
from pathlib import Path

from skinterpret.expressions import Expression

last_line = Path(sys.argv[1]).read_text().strip().splitlines()[-1]
match = re.fullmatch(r"1 where  (.+) ([<>]) (.+)", last_line)
if match is None:
    sys.exit(f"The demo ended with {last_line!r} instead of a rule.")
formula = Expression.parse(match[1], ["x1", "x2"])
gradient = formula.gradient([[1.0, 0.0], [0.0, 1.0]])
ratio = gradient[1, 1] / gradient[0, 0]
print(f"ratio of the two coefficients: {ratio:.4f}")
sys.exit(0 if abs(ratio - 2) <= 0.1 else "The ratio of the coefficients is off by over 5 %.")
