"""
Symbolic classification is not interpretation
=============================================

**Two rules label the same rows: x1*x2 > 1, and x3*x4 > 1.  Rows on which they disagree are left out.  Which
rule did the network learn?**  A formula that predicts the *labels* need not be what the *network* computes.
This is the seventh experiment of arXiv:2401.04978.
"""

# %%
# ``SymbolicClassifier`` searches for a formula that classifies the labels, and is content with one of the
# rules:

from sklearn.frozen import FrozenEstimator

from skinterpret import SymbolicClassifier, SymbolicSurrogate, make_readable_network
from skinterpret.datasets import make_wetzel
from skinterpret.displays import FrontDisplay, SaliencyDisplay
from skinterpret.network import as_network
from skinterpret.probes import saliency
from skinterpret.search import EvolutionEngine

X, y = make_wetzel(7, n_samples=2000, random_state=0, as_frame=True, return_X_y=True)
search = EvolutionEngine(max_complexity=7, max_evals=20_000)
classifier = SymbolicClassifier(engine=search, random_state=0).fit(X, y)
chosen = classifier.equations_.query("chosen")
print(chosen[["formula", "accuracy"]].to_string(index=False))

# %%
# The network uses all four inputs, and about equally:

network = make_readable_network((20,), alpha=0.1, random_state=0).fit(X, y)
parts = saliency(as_network(network), X, "integrated", baseline=X.mean())
SaliencyDisplay.from_attributions(parts).figure_.suptitle("Which inputs move the network")

# %%
# ``SymbolicSurrogate`` follows the network's gradients, and finds the sum of both products:

engine = EvolutionEngine(max_evals=100_000)
surrogate = SymbolicSurrogate(FrozenEstimator(network), engine=engine, random_state=0).fit(X)
print(surrogate.decision_rule_)
FrontDisplay.from_estimator(surrogate)

# %%
# Candidates with one product alone are far worse at following the gradients, although they predict the
# labels:

table = surrogate.equations_
table.loc[table["complexity"] <= 7, ["complexity", "loss", "fidelity", "formula"]]

# %%
# The sum is what *this* network computes.  Trained with ``random_state=1`` or ``2``, the same network led to
# ``x1*x2 + x3 + x4 > 3.2``, which decides almost alike on these rows.  That is no failure of the search: it
# reports the network at hand.
