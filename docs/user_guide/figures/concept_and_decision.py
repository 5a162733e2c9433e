"""Two formulas with one boundary: parallel on it, not away from it."""

from itertools import pairwise

import matplotlib.pyplot as plt
import numpy as np

from skinterpret.expressions import Expression

quotient = Expression.parse("x0*x1/((x2 - x3)**2 + (x4 - x5)**2)")
difference = Expression.parse("x0*x1 - (x2 - x3)**2 - (x4 - x5)**2")

rows = np.random.default_rng(0).uniform(0, 2, (200_000, 6))
g = quotient(rows)
agree = (g > 1) == (difference(rows) > 0)
assert agree.all()

first, second = quotient.gradient(rows), difference.gradient(rows)
cosine = np.abs(np.einsum("ij,ij->i", first, second))
cosine /= np.linalg.norm(first, axis=1) * np.linalg.norm(second, axis=1)
edges = np.geomspace(0.1, 10, 41)
centre = np.sqrt(edges[1:] * edges[:-1])
loss = [1 - cosine[(g > low) & (g <= high)].mean() for low, high in pairwise(edges)]
assert min(loss) < 1e-3 < 0.03 < max(loss)

figure, ax = plt.subplots(figsize=(6.2, 3.8), layout="constrained")
ax.plot(centre, loss, color="#0072b2")
ax.axvline(1, color="#777777", linestyle="--")
ax.text(1.04, max(loss), "the boundary", va="top")
ax.set(
    xscale="log",
    yscale="log",
    xlabel="$g = x_1x_2\\,/\\,((x_3-x_4)^2 + (x_5-x_6)^2)$",
    ylabel="1 - mean |cos| of the two gradients",
)
