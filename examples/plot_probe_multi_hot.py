"""
Which values stand for which class
==================================

**A row lists three of six values, in any order, and belongs to one of three classes.  Which value speaks for
which class?**  ``OneHotProbe`` feeds the network one value at a time and notes what it answers.
"""

# %%
# Two values vote for each class; the class with the most votes wins, and blue wins the ties.
# ``MultiLabelBinarizer`` turns each row into six columns of zeros and ones.

import numpy as np
import pandas as pd
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import MultiLabelBinarizer

from skinterpret import OneHotProbe
from skinterpret.displays import ProbeDisplay

votes_for = {"a": "red", "b": "red", "c": "green", "d": "green", "e": "blue", "f": "blue"}


def winner(row):
    """Class with the most votes."""
    votes = {"red": 0, "green": 0, "blue": 0.5}
    for value in row:
        votes[votes_for[value]] += 1
    return max(votes, key=votes.get)


rng = np.random.default_rng(0)
rows = [rng.choice(list("abcdef"), 3, replace=False).tolist() for _ in range(300)]
binarizer = MultiLabelBinarizer()
X = pd.DataFrame(binarizer.fit_transform(rows), columns=list(binarizer.classes_))
network = MLPClassifier((16,), activation="tanh", learning_rate_init=0.02, max_iter=1000)
probe = OneHotProbe(network, random_state=0).fit(X, [winner(row) for row in rows])

# %%
# The first row of the picture is the baseline alone, no value at all, and shows the network's bias: it
# prefers blue, as the rule does in a tie.  ``a = 1`` is the value ``a`` alone, and speaks for red.

ProbeDisplay.from_estimator(probe).figure_.suptitle("What each value alone says")

# %%
# The same as a list, from the strongest to the weakest, without the rows for values that are absent:

drivers = probe.class_drivers_
print(drivers[drivers["value"] == 1].to_string(index=False))

# %%
# Is one value at a time the whole story?  The sum of the single contributions decides as the network does in
# this share of the rows.  It need not be so: rows with one value alone never occurred in training.

print(f"fidelity of the sum: {probe.score(X):.3f}")
