"""Figures of trust on random labels and on the experiments, from the tables."""

from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd

from skinterpret.surrogates.answers.trust import FEWEST_RIGHT
from skinterpret.surrogates.judging.figures import LEAST_ALIGNMENT, LEAST_STABILITY
from skinterpret.surrogates.judging.readability import LEAST_DISCRIMINATION

# a plot directive runs this file in the documentation's source directory
table = pd.read_csv(Path("..") / "benchmarks" / "results" / "trust.csv", comment="#")
assert (table["verdict"] == "no closed form found").all()
table = table[table["network"] == "default"]
limits = {
    "right": FEWEST_RIGHT,
    "alignment": LEAST_ALIGNMENT,
    "discrimination": LEAST_DISCRIMINATION,
    "stability": LEAST_STABILITY,
}
assert (table[list(limits)] < pd.Series(limits)).any(axis=1).all()

figure, ax = plt.subplots(figsize=(6.8, 3.4), layout="constrained")
for position, (name, limit) in enumerate(limits.items()):
    values = table[name].clip(lower=0)
    colours = ["#d55e00" if value < limit else "#0072b2" for value in values]
    spread = position + (table["seed"] - 9.5) / 40
    ax.scatter(values, spread, s=18, c=colours)
    ax.plot([limit, limit], [position - 0.35, position + 0.35], color="black", lw=1.5)
ax.set_yticks(range(len(limits)), labels=list(limits))
ax.invert_yaxis()
ax.set_xlabel("20 networks trained on random labels; orange: below the limit (black)")
