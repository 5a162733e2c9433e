"""
Which surrogate, and at what length
===================================

**A rule, a tree, a pruned network or a linear model: which stands in for the network best?**
``compare_surrogates`` trains the network once in each fold and judges all surrogates on the same rows, which
neither they nor the network have seen.
"""

# %%
# The ellipse.  The second tree is the most faithful one at most as complex as the rule of the same fold.

from sklearn.linear_model import LogisticRegression

from skinterpret import (
    PrunedSurrogate,
    SymbolicSurrogate,
    TreeSurrogate,
    compare_surrogates,
    make_readable_network,
)
from skinterpret.comparison import EqualComplexity
from skinterpret.datasets import make_wetzel
from skinterpret.displays import ComparisonDisplay
from skinterpret.search import EvolutionEngine

X, y = make_wetzel(1, n_samples=3000, random_state=0, as_frame=True, return_X_y=True)
surrogates = {
    "rule": SymbolicSurrogate(engine=EvolutionEngine(max_evals=50_000)),
    "tree": TreeSurrogate(),
    "tree of at most that length": EqualComplexity(TreeSurrogate(selection="best"), to="rule"),
    "pruned network": PrunedSurrogate(n_steps=20),
    "linear model": LogisticRegression(),
}
comparison = compare_surrogates(make_readable_network((12,)), X, y, surrogates, cv=3, random_state=0)
ComparisonDisplay.from_comparison(comparison).figure_.suptitle("Fidelity against length")

# %%
# Up and to the left is better: more often the network's answer, by a shorter text.  The bars are standard
# errors over three folds, so small differences mean nothing.  A tree has no gradients, and so no alignment
# with the network's.

comparison.summary[["fidelity", "complexity", "alignment"]].xs("mean", axis=1, level=1).round(3)

# %%
# Labels were made by a short formula here, which is the case that a rule is for.  Where no short formula
# exists, the tree or the additive probe may come out ahead: run this on your own rows before you choose.
