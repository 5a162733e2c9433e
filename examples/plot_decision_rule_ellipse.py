"""
A decision rule, and how far to trust it
========================================

**Which formula does this network decide by?**  ``SymbolicSurrogate`` reads a rule out of a trained network.
Three pictures help to judge it: the boundary over two inputs, the front of candidates, and the link from the
formula's value to the network's probability.
"""

# %%
# The labels say whether ``x1**2 + 2*x2**2 > 1``, with a little noise.  The surrogate sees the network, not
# the labels.

from sklearn.frozen import FrozenEstimator

from skinterpret import SymbolicSurrogate, make_readable_network
from skinterpret.datasets import make_wetzel
from skinterpret.displays import BoundaryDisplay, FrontDisplay, LinkDisplay
from skinterpret.search import EvolutionEngine

X, y = make_wetzel(1, n_samples=2000, random_state=0, as_frame=True, return_X_y=True)
train, test = slice(0, 1500), slice(1500, None)
network = make_readable_network((20,), random_state=0).fit(X[train], y[train])
engine = EvolutionEngine(max_evals=100_000)
surrogate = SymbolicSurrogate(FrozenEstimator(network), engine=engine, random_state=0).fit(X[train])
print(surrogate.decision_rule_)
print(f"accuracy of the network {network.score(X[test], y[test]):.3f}")
print(f"fidelity of the rule    {surrogate.score(X[test]):.3f}")

# %%
# Where the two boundaries agree, the network's white dashes lie on the black line of the rule.  The arrows
# are the network's directions, which are all that the search gets to see.

display = BoundaryDisplay.from_estimator(surrogate, X[test], y=y[test])
display.figure_.suptitle("The network's boundary, and the rule's")

# %%
# Longer formulas always fit a network's directions better, because they fit its errors, too.  The chosen
# candidate stands at the knee, where more length no longer pays.

FrontDisplay.from_estimator(surrogate)

# %%
# If the network computes a function of the formula, its probability is a function of the formula's value, and
# the rows lie on a thin curve.  A cloud here would mean that the formula is not what the network computes.

LinkDisplay.from_estimator(surrogate, X[test]).figure_.suptitle("Probability against the formula's value")

# %%
# In words, with the measured figures.  This is an easy network; on yours, read the verdict before the rule.

surrogate.summary()
