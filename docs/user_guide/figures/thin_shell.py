"""How far two rivals differ within a shell, against how exactly networks know their directions."""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from skinterpret.expressions import Expression

quotient = Expression.parse("x0*x1/((x2 - x3)**2 + (x4 - x5)**2)")
difference = Expression.parse("x0*x1 - (x2 - x3)**2 - (x4 - x5)**2")
rows = np.random.default_rng(0).uniform(0, 2, (400_000, 6))
distance = np.abs(np.log(quotient(rows)))
rows = rows[distance < np.log(5)]
distance = distance[distance < np.log(5)]
first, second = quotient.gradient(rows), difference.gradient(rows)
cosine = np.abs(np.einsum("ij,ij->i", first, second))
cosine /= np.linalg.norm(first, axis=1) * np.linalg.norm(second, axis=1)
factors = np.geomspace(1.02, 5, 40)
loss = [1 - cosine[distance < np.log(factor)].mean() for factor in factors]

# a plot directive runs this file in the documentation's source directory
table = pd.read_csv(Path("..") / "benchmarks" / "results" / "readability.csv", comment="#")
errors = table[table["experiment"] == 6].set_index("network")["error"]
best, default = errors.min(), errors["tanh (the default network)"]
assert loss[0] < best < default < loss[-1]

figure, ax = plt.subplots(figsize=(6.6, 3.9), layout="constrained")
ax.plot(factors, loss, color="#0072b2", lw=2, label="quotient against difference, within the shell")
ax.axhline(
    default, color="#d55e00", linestyle="--", label="directions of the default network against the truth"
)
ax.axhline(best, color="#d55e00", linestyle=":", label="directions of the best network of the table")
ax.set(
    xscale="log",
    yscale="log",
    xlabel="the shell reaches from $g = 1/k$ to $g = k$;  $k$",
    ylabel="1 - mean |cos|",
    xticks=[1.1, 1.5, 2, 3, 5],
)
ax.xaxis.set_major_formatter("{x:g}")
ax.xaxis.set_minor_formatter("")
ax.legend(frameon=False, fontsize=9)
