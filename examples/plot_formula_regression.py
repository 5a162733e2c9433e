"""
The formula of a regressor
==========================

**A network predicts how long planets take round their stars.  Which law did it learn?**  For values,
``SymbolicSurrogateRegressor`` works in two steps: the directions of the gradients show the concept, and a fit
of one number to another shows the link from the concept to the values.
"""

# %%
# Kepler's third law, in years, astronomical units and solar masses: the period is ``sqrt(distance**3/mass)``.

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.neural_network import MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skinterpret import SymbolicSurrogateRegressor
from skinterpret.search import EvolutionEngine

rng = np.random.default_rng(0)
X = pd.DataFrame({"distance": rng.uniform(0.5, 3, 1500), "mass": rng.uniform(0.5, 3, 1500)})
period = np.sqrt(X["distance"] ** 3 / X["mass"])
mlp = MLPRegressor(hidden_layer_sizes=(30,), activation="tanh", solver="lbfgs", max_iter=3000)
engine = EvolutionEngine(max_evals=100_000)
surrogate = SymbolicSurrogateRegressor(make_pipeline(StandardScaler(), mlp), engine=engine, random_state=0)
surrogate.fit(X, period)
print("concept:", surrogate.concept_expression_)
print("formula:", surrogate.expression_)
print(f"fidelity (R² to the network's values): {surrogate.score(X):.5f}")

# %%
# Left: against one input alone the values scatter.  Right: against the concept they lie on one curve, the
# link.

concept = surrogate.transform(X)[:, 0]
values = surrogate.estimator_.predict(X)
order = np.argsort(concept)
figure, (left, right) = plt.subplots(1, 2, figsize=(9, 4), layout="constrained", sharey=True)
left.scatter(X["distance"], values, s=6, color="#0072b2", alpha=0.5)
left.set(title="Against one input", xlabel="distance", ylabel="period, by the network")
right.scatter(concept, values, s=6, color="#0072b2", alpha=0.5, label="rows")
link = surrogate.link_(concept[order])
right.plot(concept[order], link, color="#d55e00", label=f"link: {surrogate.link_.family}")
right.set(title="Against the concept", xlabel=str(surrogate.concept_expression_))
right.legend()

# %%
# The network was trained on exact values here, and to the end.  One that fits its data less well is described
# less well by the law behind them: the formula is that of the network, not of the planets.
