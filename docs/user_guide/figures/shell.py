"""Rows of the data in the shell, and the artificial ones that fill it up."""

import matplotlib.pyplot as plt
import numpy as np

from skinterpret import make_readable_network
from skinterpret.datasets import make_wetzel
from skinterpret.directions import sample_directions
from skinterpret.network import as_network

data = make_wetzel(1, n_samples=150, random_state=0)
network = as_network(make_readable_network(random_state=0).fit(data.data, data.target))
sample = sample_directions(network, data.data, delta=0.01, n_rows=250, random_state=0)

axis = np.linspace(-1, 1, 150)
x1, x2 = np.meshgrid(axis, axis)
latent = network.latent(np.column_stack([x1.ravel(), x2.ravel()])).reshape(x1.shape)
limit = np.log(0.99 / 0.01)
assert np.abs(sample.latent).max() <= limit
assert sample.artificial.any()
assert not sample.artificial.all()

figure, ax = plt.subplots(figsize=(6.2, 5.2), layout="constrained")
ax.contourf(x1, x2, np.abs(latent) <= limit, levels=[0.5, 1.5], colors=["#dce9f2"])
ax.contour(x1, x2, latent, levels=[0], colors="black", linewidths=1.5)
outside = np.abs(network.latent(data.data)) > limit
ax.plot(*data.data[outside].T, "o", mfc="none", color="#777777", ms=4, label="data outside the shell")
for artificial, look in (
    (False, {"color": "#0072b2", "label": "data in the shell"}),
    (True, {"color": "#d55e00", "label": "artificial rows"}),
):
    rows, arrows = (
        sample.X[sample.artificial == artificial],
        sample.directions[sample.artificial == artificial],
    )
    ax.quiver(*rows.T, *arrows.T, angles="xy", scale=22, width=0.004, **look)
ax.set(xlabel="$x_1$", ylabel="$x_2$", aspect="equal")
figure.legend(loc="outside upper center", ncols=3, frameon=False)
