"""
Which values of the inputs raise the answer
===========================================

Bars of mean attributions tell how much an input matters, but not which of its values raise the
network's answer and which lower it.  A swarm tells both: a point is a row, at the attribution of
the input in that row, coloured by the row's value of the input.
"""

# %%
# A network on measurements of tumours, with "malignant" as the second class, which its latent is for.
from sklearn.datasets import load_breast_cancer

from skinterpret import make_readable_network
from skinterpret.displays import BeeswarmDisplay
from skinterpret.probes import global_importance, saliency

data = load_breast_cancer(as_frame=True)
X, y = data.data, data.target.map({0: "malignant", 1: "benign"})
network = make_readable_network((20,), random_state=0).fit(X, y)

# %%
# Integrated gradients from the mean row: those of a row add up to the difference that it makes to the
# latent, the log-odds of "malignant".
start = X.mean(axis=0).to_numpy()
attributions = saliency(network, X, "integrated", baseline=start)
importance = global_importance(network, X)

# %%
# Light points lie to the right where large values raise the latent.
BeeswarmDisplay.from_attributions(attributions, X, importance=importance, max_features=8)
