"""
A rule in the units of the table
================================

**The network sees scaled principal components.  In which units is the rule?**  In those of the table:
gradients pass back through scalers, projections and selectors by the chain rule, so formulas are written in
what was measured.
"""

# %%
# Masses in kilograms and heights in metres, labelled by a body mass index above 27.  The network stands
# behind a scaler and a PCA, which turns the axes.

import numpy as np
import pandas as pd
from sklearn.decomposition import PCA
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skinterpret import SymbolicSurrogate
from skinterpret.displays import BoundaryDisplay
from skinterpret.search import EvolutionEngine

rng = np.random.default_rng(0)
X = pd.DataFrame({"mass": rng.uniform(40, 130, 2000), "height": rng.uniform(1.3, 2.1, 2000)})
y = X["mass"] / X["height"] ** 2 > 27
mlp = MLPClassifier((20,), activation="tanh", solver="lbfgs", alpha=0.1, max_iter=2000)
network = make_pipeline(StandardScaler(), PCA(whiten=True), mlp)
engine = EvolutionEngine(max_evals=100_000)
surrogate = SymbolicSurrogate(network, engine=engine, random_state=0).fit(X, y)
surrogate.decision_rule_

# %%
# The constants that remain are parameters in the units of the data, with intervals from a bootstrap.

surrogate.coefficients_

# %%
# The picture is in these units, too.  Arrows are drawn in the picture's proportions.

BoundaryDisplay.from_estimator(surrogate, X, y=y).figure_.suptitle("The boundary in kilograms and metres")

# %%
# The rule is all that is needed from here on.  Steps whose derivative is not known are refused by name; which
# ones can be read is listed in :doc:`/how_to/pipelines`.

print(surrogate.to_code("python"))
