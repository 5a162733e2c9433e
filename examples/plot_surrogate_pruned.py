"""
What a network can do without
=============================

**How many of its parameters does the network need?**  ``PrunedSurrogate`` takes them away, those first that
move the latent least, fits what is left to the network's latents, and writes the rest out as a formula,
exactly.
"""

# %%
# A network of 20 units behind a scaler, with 81 parameters.

from sklearn.frozen import FrozenEstimator
from sympy import Float

from skinterpret import PrunedSurrogate, make_readable_network
from skinterpret.datasets import make_wetzel
from skinterpret.displays import BoundaryDisplay, PruningPathDisplay

X, y = make_wetzel(1, n_samples=2000, random_state=0, as_frame=True, return_X_y=True)
network = FrozenEstimator(make_readable_network((20,), random_state=0).fit(X, y))
surrogate = PrunedSurrogate(network, selection=0.97, random_state=0).fit(X, y)

# %%
# The whole path; the mark is the smallest network with a fidelity of 0.97 on held-back rows.

PruningPathDisplay.from_estimator(surrogate).figure_.suptitle("Fidelity, and the parameters that are left")

# %%
# What it computes, in the units of the data.  This is the network that is left, not a fit to it.

rounded = {number: number.n(3) for number in surrogate.expression_.atoms(Float)}
surrogate.expression_.xreplace(rounded)

# %%
# Its boundary is made of the few units that remain.

BoundaryDisplay.from_estimator(surrogate, X, y=y).figure_.suptitle("The boundary of the pruned network")

# %%
# Such a formula is exact and short, but it is a network's: it says how few bends the decision needs, and not
# that the law behind the data is ``x1**2 + 2*x2**2``.
