"""
A tree in the place of a network
================================

A decision tree that answers as a network does can be read from the root to a leaf, in the units in
which the inputs were measured.
"""

# %%
# A network that tells three kinds of iris apart.
from sklearn.datasets import load_iris
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import train_test_split

from skinterpret import TreeSurrogate, make_readable_network
from skinterpret.displays import TreeDisplay

data = load_iris(as_frame=True)
names = data.target_names[data.target]
X_train, X_test, y_train, y_test = train_test_split(data.data, names, random_state=0)
network = make_readable_network((10,), random_state=0).fit(X_train, y_train)

# %%
# The tree is grown on the network's answers, to the training rows and to synthetic ones, and pruned by its
# fidelity: the share of rows it has not seen that it answers as the network does.
surrogate = TreeSurrogate(FrozenEstimator(network), n_synthetic=2000, random_state=0).fit(X_train)
print(f"fidelity on rows that neither has seen: {surrogate.score(X_test):.2f}")

# %%
# A node tells the condition that its left branch fulfils, the share of the training rows that come to it, the
# shares of the network's answers among them, and the most frequent one.
TreeDisplay.from_estimator(surrogate)
