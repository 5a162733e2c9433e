"""
Which inputs drive the answer
=============================

**Which measurements move the network, and what would its ideal case look like?**  ``saliency`` attributes the
latent to the inputs of each row; ``maximise_activation`` climbs the gradient to rows that are most typical of
a class, to the network.
"""

# %%
# Breast cancer: 30 measurements of cell nuclei, benign or malignant.

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_breast_cancer

from skinterpret import make_readable_network
from skinterpret.displays import SaliencyDisplay
from skinterpret.network import as_network
from skinterpret.probes import maximise_activation, saliency

X, y = load_breast_cancer(return_X_y=True, as_frame=True)
network = as_network(make_readable_network((20,), random_state=0).fit(X, y))
parts = saliency(network, X, "integrated", baseline=X.mean())
SaliencyDisplay.from_attributions(parts, n_features=12).figure_.suptitle(
    "Which measurements move the network"
)

# %%
# Integrated gradients are complete: those of a row add up to what the latent changes from the baseline, the
# average row.

change = network.latent(X) - network.latent(X.mean().to_frame().T)
print("largest gap:", f"{np.abs(parts.sum(axis=1) - change).max():.1e}")

# %%
# Now the other way round: rows that drive the network to *benign* as far as the range of the data allows.

ideal = maximise_activation(network, 1, X, n_samples=5, random_state=0)
figure, ax = plt.subplots(figsize=(6.4, 3.6), layout="constrained")
ax.hist(network.latent(X), bins=40, color="#0072b2", label="rows of the data")
for k, latent in enumerate(network.latent(ideal)):
    ax.axvline(latent, color="#d55e00", linestyle="--", label=None if k else "synthetic rows")
ax.set(title="How typical of benign", xlabel="latent: log-odds of benign", ylabel="rows")
ax.legend()

# %%
# Such rows are questions to the network and no patients: the inputs are moved one by one, and strongly
# related ones, such as radius and area, need not fit together any more.

summary = {"mean of the data": X.mean(), "synthetic row": ideal.iloc[0]}
for name, row in summary.items():
    print(f"{name:17} radius {row['mean radius']:6.1f}   area {row['mean area']:7.1f}")
