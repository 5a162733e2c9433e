"""
Probing a table of measurements
===============================

**What does each measurement say on its own?**  ``OneHotProbe`` sets one input at a time to five quantiles of
the data, from the smallest to the largest value, while all others stay at a baseline.
"""

# %%
# Wines of three growers.  For measurements the mean is a better baseline than zero: a wine with no alcohol,
# no ash and no colour lies far from all data, and nobody trained the network there.

from sklearn.datasets import load_wine
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skinterpret import OneHotProbe
from skinterpret.displays import ProbeDisplay

wine = load_wine(as_frame=True)
X = wine.data[["alcohol", "flavanoids", "color_intensity", "hue", "proline"]]
y = wine.target.map({0: "grower 1", 1: "grower 2", 2: "grower 3"})
network = make_pipeline(StandardScaler(), MLPClassifier((10,), activation="tanh", max_iter=3000))
probe = OneHotProbe(network, baseline="mean", random_state=0).fit(X, y)
ProbeDisplay.from_estimator(probe).figure_.suptitle("What each measurement adds for each grower")

# %%
# Read the picture by blocks: from the top to the bottom of each, the value of one input rises.  The strongest
# values:

print(probe.class_drivers_.head(6).round(2).to_string(index=False))

# %%
# The sum of these contributions as a stand-in for the network, on the rows that it was trained on.  Where it
# disagrees with the network, inputs act together, and no picture of single inputs can show that.  With zeros
# it is no better than one class for all wines, and the probe warns of it.

for baseline in ("mean", "median", "zero"):
    fidelity = OneHotProbe(network, baseline=baseline, random_state=0).fit(X, y).score(X)
    print(f"baseline {baseline:7} fidelity {fidelity:.3f}")
