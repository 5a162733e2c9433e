"""The front of one search, and what the knee makes of it."""

import matplotlib.pyplot as plt
import numpy as np
from sklearn.frozen import FrozenEstimator
from sklearn.neural_network import MLPClassifier

from skinterpret import SymbolicSurrogate
from skinterpret.datasets import make_wetzel
from skinterpret.search import EvolutionEngine
from skinterpret.surrogates.judging.selection import WORTH_OF_COMPLEXITY

data = make_wetzel(1, n_samples=8000, random_state=0, as_frame=True)
network = MLPClassifier((60, 60), activation="tanh", random_state=0).fit(data.data, data.target)
engine = EvolutionEngine(max_evals=100_000)
surrogate = SymbolicSurrogate(FrozenEstimator(network), engine=engine, random_state=0).fit(data.data)

table = surrogate.equations_
complexity, misaligned = table["complexity"].to_numpy(), 1 - table["alignment"].to_numpy()
chosen = int(table["chosen"].to_numpy().argmax())
assert str(surrogate.expression_) == "x1**2 + 2*x2**2"
assert chosen < len(table) - 1  # longer formulas fit better still, and are not taken
assert misaligned[-1] < misaligned[chosen]

figure, ax = plt.subplots(figsize=(6.6, 4.2), layout="constrained")
ax.plot(complexity, misaligned, "o-", color="#0072b2", ms=4, lw=1, label="candidates")
score = np.log(misaligned[chosen]) + WORTH_OF_COMPLEXITY * complexity[chosen]
line = np.linspace(1, 16, 50)
ax.plot(
    line,
    np.exp(score - WORTH_OF_COMPLEXITY * line),
    "--",
    color="#777777",
    lw=1,
    label="as good, with the chosen one's fidelity",
)
ax.plot(
    complexity[chosen], misaligned[chosen], "o", color="#d55e00", ms=10, mfc="none", mew=2, label="chosen"
)
ax.annotate(
    str(surrogate.expression_).replace("**", "^"),
    (complexity[chosen], misaligned[chosen]),
    (14, 12),
    textcoords="offset points",
    color="#a34700",
)
ax.set(yscale="log", xlabel="complexity", ylabel="1 - alignment", ylim=(misaligned.min() / 3, 1.2))
ax.legend(frameon=False)
