"""The loss of one constant around its best value, and the round number next to it."""

import matplotlib.pyplot as plt
import numpy as np
from sklearn.neural_network import MLPClassifier

from skinterpret.datasets import make_wetzel
from skinterpret.directions import sample_directions
from skinterpret.expressions import Expression
from skinterpret.metrics import alignment_score
from skinterpret.network import as_network
from skinterpret.surrogates.formulas.tidying import WORTH_OF_ROUND_NUMBERS

data = make_wetzel(1, n_samples=3000, random_state=0)
model = MLPClassifier((30,), activation="tanh", max_iter=2000, random_state=0).fit(data.data, data.target)
sample = sample_directions(as_network(model), data.data, random_state=0)
constants = np.linspace(1.7, 2.3, 121)
losses = np.array(
    [
        1 - alignment_score(sample.directions, Expression.parse(f"x0**2 + {c}*x1**2").gradient(sample.X))
        for c in constants
    ]
)
best = losses.argmin()
at_two = np.interp(2.0, constants, losses)
allowed = losses[best] * (1 + WORTH_OF_ROUND_NUMBERS)
assert 2 < constants[best] < 2.2
assert losses[best] < at_two < allowed

figure, ax = plt.subplots(figsize=(6.2, 3.6), layout="constrained")
ax.plot(constants, losses, color="#0072b2")
ax.axhline(allowed, color="#777777", linestyle="--")
ax.text(2.3, allowed, "what a whole number may cost", ha="right", va="bottom", color="#555555")
ax.plot(constants[best], losses[best], "o", color="#0072b2", label=f"best: {constants[best]:.3g}")
ax.plot(2.0, at_two, "s", color="#d55e00", label="rounded: 2")
ax.set(xlabel="$c$ in $x_1^2 + c\\,x_2^2$", ylabel="1 - alignment", ylim=(0, 2.5 * allowed))
ax.legend(frameon=False)
