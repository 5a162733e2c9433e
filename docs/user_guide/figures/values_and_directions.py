"""A network's latent against its concept: other values, the same directions."""

import warnings

import matplotlib.pyplot as plt
import numpy as np
from scipy.special import logit
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

from skinterpret.datasets import make_wetzel
from skinterpret.metrics import alignment_score
from skinterpret.network import as_network

data = make_wetzel(1, n_samples=8000, random_state=0)
model = MLPClassifier((30, 30), activation="tanh", max_iter=1000, random_state=0, alpha=0.1)
with warnings.catch_warnings():
    warnings.simplefilter("ignore", ConvergenceWarning)
    network = as_network(model.fit(data.data, data.target))
rows = data.data
values, latent = data.function(rows), network.latent(rows)
truth, gradient = data.gradient(rows), network.gradient(rows)
inside = np.abs(latent) < -logit(1e-4)  # the shell
line = np.polynomial.Polynomial.fit(values[inside], latent[inside], 1)
unexplained = np.var(latent[inside] - line(values[inside])) / np.var(latent[inside])
misaligned = 1 - alignment_score(truth[inside], gradient[inside])
outside = 1 - alignment_score(truth[~inside], gradient[~inside])
assert unexplained > 0.04
assert misaligned < 0.005 < outside

angles = [np.degrees(np.arctan2(d[:, 1], d[:, 0])) for d in (truth, gradient)]
figure, (left, right) = plt.subplots(1, 2, figsize=(8, 4), layout="constrained")
for chosen, colour, name in ((~inside, "#aaaaaa", "outside the shell"), (inside, "#0072b2", "in the shell")):
    left.plot(values[chosen], latent[chosen], ".", ms=2, color=colour, label=name)
    right.plot(angles[0][chosen], angles[1][chosen], ".", ms=2, color=colour)
left.set(xlabel="concept  $g = x_1^2 + 2x_2^2$", ylabel="latent $f$ of the network", title="values")
right.set(
    xlabel="angle of $\\nabla g$ (degrees)",
    ylabel="angle of $\\nabla f$ (degrees)",
    title="directions",
    aspect="equal",
    xticks=range(-180, 181, 90),
    yticks=range(-180, 181, 90),
)
figure.legend(
    *left.get_legend_handles_labels(), loc="outside upper center", ncols=2, frameon=False, markerscale=5
)
