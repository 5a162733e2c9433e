"""
Which hidden units stand for which class
========================================

**What do the units between input and answer do?**  ``NeuronProbe`` describes every hidden unit: how active it
is in each class, which classes it carries, which inputs drive it, and whether it does anything at all.
"""

# %%
# A network with two small hidden layers on the iris data.

from sklearn.datasets import load_iris
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skinterpret import NeuronProbe
from skinterpret.displays import NeuronDisplay

iris = load_iris(as_frame=True)
X, y = iris.data, iris.target_names[iris.target]
mlp = MLPClassifier((6, 5), activation="tanh", solver="lbfgs", alpha=0.1, max_iter=2000)
probe = NeuronProbe(make_pipeline(StandardScaler(), mlp), random_state=0).fit(X, y)

# %%
# Mean activation of each unit in each class, the most selective units first.  Units of a ``tanh`` network
# reach from -1 to 1; the colours are centred at 0.

display = NeuronDisplay.from_estimator(probe, cmap="PuOr", im_kw={"vmin": -1, "vmax": 1})
display.figure_.suptitle("Mean activation of each unit in each class")

# %%
# Being active in a class is one thing, to carry it is another: the strongest unit of the last layer for each
# class, by what it adds to the class's latent.

carriers = probe.carriers_.query("layer == 1").groupby("class").head(1)
print(carriers.round(2).to_string(index=False))

# %%
# What drives the units: change of the pre-activation with one standard deviation of the input.

probe.inputs_.round(2)

# %%
# Units are found anew in every training, and other seeds give others.  Two that do the same are marked as
# redundant:

probe.units_
