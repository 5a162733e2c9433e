"""Three functions of one class: other heights, the same level lines and directions."""

import matplotlib.pyplot as plt
import numpy as np

axis = np.linspace(-1.3, 1.3, 200)
x1, x2 = np.meshgrid(axis, axis)
g = x1**2 + 2 * x2**2
members = {"$g = x_1^2 + 2x_2^2$": g, "$\\tanh(g)$": np.tanh(g), "$1/(1+g)$": 1 / (1 + g)}

rows = np.random.default_rng(0).uniform(-1.2, 1.2, (45, 2))
rows = rows[np.linalg.norm(rows, axis=1) > 0.25]
gradient = rows * [2, 4]
directions = gradient / np.linalg.norm(gradient, axis=1, keepdims=True)

look = {"scale": 13, "width": 0.011, "pivot": "mid", "color": "white", "edgecolor": "black", "lw": 0.5}
figure, axes = plt.subplots(1, 3, figsize=(9, 3.3), sharey=True, layout="constrained")
for ax, (name, values) in zip(axes, members.items(), strict=True):
    field = ax.pcolormesh(x1, x2, values, cmap="viridis", rasterized=True)
    ax.contour(x1, x2, g, levels=[0.25, 1, 2, 3], colors="white", linewidths=0.8)
    sign = -1 if values[100, 100] > values[0, 0] else 1
    ax.quiver(*rows.T, *(sign * directions.T), **look)
    ax.set(title=name, xlabel="$x_1$", aspect="equal")
    figure.colorbar(field, ax=ax, shrink=0.8)
axes[0].set_ylabel("$x_2$")
