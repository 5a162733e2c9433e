"""
The idea in one picture
=======================

**What can be read out of a network?**  One that has learned a concept g computes some function f = φ(g) of
it, and φ is an accident of its training.  The directions of its gradients do not depend on that accident:
∇f = φ′(g) ∇g lies along ∇g for every φ.  So we search for the formula whose gradients run parallel to the
network's.
"""

# %%
# Rows inside and outside an ellipse, a small network that tells them apart, and the rule that is read out of
# it:

import matplotlib.pyplot as plt
import numpy as np
from sklearn.frozen import FrozenEstimator

from skinterpret import SymbolicSurrogate, make_readable_network
from skinterpret.datasets import make_wetzel
from skinterpret.directions import boundary_rows
from skinterpret.search import EvolutionEngine

X, y = make_wetzel(1, n_samples=2000, random_state=0, as_frame=True, return_X_y=True)
network = make_readable_network((20,), random_state=0).fit(X, y)
engine = EvolutionEngine(max_evals=100_000)  # plenty for two inputs
surrogate = SymbolicSurrogate(FrozenEstimator(network), engine=engine, random_state=0).fit(X)
surrogate.decision_rule_

# %%
# The three steps as pictures.  In the middle every wide arrow is a direction of the network at its boundary,
# and the narrow arrow on it that of the formula.  Arrows say where a gradient points, not how long it is.


def unit(gradients):
    """Directions: gradients of length 1."""
    return gradients / np.linalg.norm(gradients, axis=1, keepdims=True)


blue, orange = "#0072b2", "#d55e00"
axis = np.linspace(-1, 1, 200)
grid = np.stack([values.ravel() for values in np.meshgrid(axis, axis)], axis=1)
latent = surrogate.network_.latent(grid).reshape(200, 200)
rule = surrogate.formula_(grid).reshape(200, 200) - surrogate.threshold_
border = boundary_rows(surrogate.network_, X.to_numpy()[:400])
border = border[np.argsort(np.arctan2(*border.T))][::12]

figure, axes = plt.subplots(1, 3, figsize=(12, 4.4), layout="constrained", sharey=True)
for label, colour, marker in ((0, blue, "o"), (1, orange, "s")):
    axes[0].scatter(*X[y == label][:250].T.to_numpy(), s=12, color=colour, marker=marker, alpha=0.7)
axes[0].contour(axis, axis, latent, levels=[0], colors="black", linewidths=2)
axes[0].set_title("1. Data, and a network's boundary")

axes[1].contour(axis, axis, latent, levels=[0], colors="0.7", linewidths=1)
for gradient, width, colour, name in (
    (surrogate.network_.gradient, 0.017, "#56b4e9", "network"),
    (surrogate.formula_.gradient, 0.005, "black", "formula"),
):
    look = {"width": width, "color": colour, "scale": 6, "label": f"gradients of the {name}"}
    axes[1].quiver(*border.T, *unit(gradient(border)).T, **look)
axes[1].legend(loc="center")
axes[1].set_title("2. A formula with parallel gradients")

axes[2].contourf(axis, axis, rule, levels=[-9, 0, 9], colors=[blue, orange], alpha=0.35)
axes[2].contour(axis, axis, rule, levels=[0], colors="black", linewidths=2)
text = str(surrogate.decision_rule_)
axes[2].text(0, 0, text, ha="center", va="center", fontsize=15, family="monospace", weight="bold")
axes[2].set_title("3. The rule, without the network")
for ax in axes:
    ax.set(xlabel="x1", xlim=(-1, 1), ylim=(-1, 1), xticks=(-1, 0, 1), yticks=(-1, 0, 1), aspect="equal")
axes[0].set_ylabel("x2")

# %%
# The threshold and the constants are as the network has them, rounded where that makes no difference.  When a
# network has learned no closed form there is no such formula, and ``surrogate.summary()`` says so.
