"""
More than two classes
=====================

**What does a network say about each of three species?**  With more than two classes there is one formula a
class: of the class's log-odds against the rest.
"""

# %%
# Four measurements of 150 flowers.  Formulas may use arithmetic and squares only.

from sklearn.datasets import load_iris

from skinterpret import SymbolicSurrogate, make_readable_network
from skinterpret.displays import BoundaryDisplay, FrontDisplay
from skinterpret.search import EvolutionEngine

iris = load_iris(as_frame=True)
X = iris.data.rename(columns=lambda name: name.removesuffix(" (cm)").replace(" ", "_"))
y = iris.target_names[iris.target]
network = make_readable_network((6,), random_state=0)
engine = EvolutionEngine(operators=["+", "-", "*", "/", "square"], max_evals=20_000)
surrogate = SymbolicSurrogate(network, engine=engine, random_state=0).fit(X, y)
for species, rule in surrogate.decision_rule_.items():
    print(f"{species:11} {rule}    ({surrogate.trust_[species].verdict})")
print(f"fidelity on the training rows: {surrogate.score(X):.3f}")

# %%
# *Versicolor* lies between the two others, and its formula is long.  The verdict says how far each formula
# goes.  *Decision only*: it tells where the network decides, and is not what the network computes elsewhere.
# With 150 rows and classes that lie apart many formulas decide alike, and another seed may well choose
# another; ``stability`` says how often resamples of the rows agreed.

for species, trust in surrogate.trust_.items():
    print(f"{species:11} alignment {trust.alignment:.2f}, stability {trust.stability:.2f}")

# %%
# Classes over two of the inputs, the others at their medians.

display = BoundaryDisplay.from_estimator(surrogate, X, ("petal_length", "petal_width"), y=y, n_arrows=0)
display.figure_.suptitle("Three species over two measurements")

# %%
# Each class has a front of its own.

FrontDisplay.from_estimator(surrogate, target="versicolor")
