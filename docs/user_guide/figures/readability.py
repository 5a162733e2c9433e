"""What noise in the directions does: error against the truth, network by network, from the table."""

from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd

# a plot directive runs this file in the documentation's source directory
table = pd.read_csv(Path("..") / "benchmarks" / "results" / "readability.csv", comment="#")
shown = {
    "tanh, early_stopping": "tanh, early stopping",
    "tanh, lbfgs": "tanh, lbfgs",
    "relu": "relu",
    "tanh (the default network)": "tanh (default)",
    "relu, smoothing=0.2": "relu, smoothing=0.2",
    "tanh, lbfgs, alpha=1": "make_readable_network()",
}
figure, ax = plt.subplots(figsize=(6.8, 3.8), layout="constrained")
for experiment, marker in ((1, "o"), (3, "s"), (6, "^")):
    rows = table[table["experiment"] == experiment].set_index("network")
    ax.plot(rows.loc[list(shown), "error"], list(shown.values()), marker, label=f"experiment {experiment}")
ax.set(xscale="log", xlabel="1 - mean |cos| to the truth's gradient")
ax.grid(axis="y", color="#dddddd")
ax.legend(frameon=False, ncols=3, loc="lower center", bbox_to_anchor=(0.4, 1.0))
