"""
Which genes regulate, and how
=============================

**Six of fifteen transcription factors regulate a simulated gene.  Does the network know which, and by what
formula?**  The simulation is a competitive Hill function: ``CRP`` and ``AraC`` activate as a pair, ``Fis``
activates alone, and ``LacI``, ``FNR`` and ``PurR`` inhibit.
"""

# %%
# The search is given all fifteen.  Which of them does the rule name, and which does the simulation use?

from skinterpret import SymbolicSurrogate, make_readable_network
from skinterpret.datasets import make_gene_regulation
from skinterpret.displays import BoundaryDisplay, FrontDisplay
from skinterpret.search import EvolutionEngine

cells = make_gene_regulation(n_samples=2000, random_state=0, as_frame=True)
X, y = cells.data, cells.target
engine = EvolutionEngine(max_evals=200_000)
surrogate = SymbolicSurrogate(make_readable_network((30,)), engine=engine, random_state=0)
surrogate.fit(X[:1500], y[:1500])
print("in the rule:      ", *sorted(str(symbol) for symbol in surrogate.decision_rule_.free_symbols))
print("in the simulation:", *sorted(cells.relevant))

# %%
# The rule and the formula of the simulation.  They are not the same function, and can hardly be: the network
# saw 1500 cells near whose boundary several formulas of these six inputs decide alike.

print("found:    ", surrogate.decision_rule_)
print("simulated:", cells.rule)
print(f"accuracy of the network {surrogate.estimator_.score(X[1500:], y[1500:]):.3f}")
print(f"fidelity of the rule    {surrogate.score(X[1500:]):.3f}")
print("verdict: ", surrogate.trust_.verdict)

# %%
# The front shows what each bit of length is worth.

FrontDisplay.from_estimator(surrogate)

# %%
# Two inputs at a time, the others at their medians: more of an activator switches the gene on, more of an
# inhibitor off.  A short arrow points out of the picture, along inputs that it does not show.

display = BoundaryDisplay.from_estimator(surrogate, X, features=("Fis", "LacI"), y=y, n_points=0)
display.figure_.suptitle("An activator against an inhibitor")
