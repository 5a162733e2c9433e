"""
How one row goes through a network
==================================

A network's answer to one row is a sum of what flows along its connections.  The picture shows the
strongest inputs and hidden units of each layer, and what of the answer each connection carries.
"""

# %%
# A small network on measurements of tumours.  Its latent is the log-odds of the second class, "malignant".
from sklearn.datasets import load_breast_cancer
from sklearn.frozen import FrozenEstimator

from skinterpret import NeuronProbe, make_readable_network
from skinterpret.displays import PathDisplay

data = load_breast_cancer(as_frame=True)
X, y = data.data, data.target.map({0: "malignant", 1: "benign"})
network = make_readable_network((12, 6), random_state=0).fit(X, y)
probe = NeuronProbe(FrozenEstimator(network), random_state=0).fit(X, y)

# %%
# The path of one row is a table: all of its relevance but that from unit to unit adds up to the latent.
row = X.iloc[[20]]
path = probe.path(row)
total = path.loc[path["kind"] != "unit", "relevance"].sum()
print(f"the network says {network.predict(row)[0]}; the latent is {total:.2f}")

# %%
# Solid lines raise the latent and dashed ones lower it.  Given the row, raw values are written at the inputs.
PathDisplay.from_path(path, x=row, max_nodes=6)
