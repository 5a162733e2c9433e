"""What an input gradient costs, as a ratio to the network's own `predict_proba`.

python -m benchmarks.gradients [--quick]
"""

from __future__ import annotations

import argparse
import os
import time
import tracemalloc
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

from benchmarks._tables import publish
from skinterpret.network import as_network

CASES = [
    ("tanh", (60, 60), 15),
    ("relu", (60, 60), 15),
    ("logistic", (60, 60), 15),
    ("identity", (60, 60), 15),
    ("tanh", (100,), 30),
    ("tanh", (60, 60, 60), 15),
    ("tanh", (60, 60), 2),
]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small, and nothing is written")
    options = parser.parse_args()
    n_rows, repeats = (5_000, 2) if options.quick else (200_000, 7)
    table = pd.DataFrame([measure(*case, n_rows=n_rows, repeats=repeats) for case in CASES])
    n_memory = 20_000 if options.quick else 1_000_000
    note = (
        f"`DenseNetwork.gradient` on {n_rows:,} rows against `MLPClassifier.predict_proba` and "
        f"torch's autograd on the same rows and weights: medians of {repeats} alternating runs, "
        f"OMP_NUM_THREADS={os.environ.get('OMP_NUM_THREADS', '(unset)')}.  Peak of extra memory "
        f"for {n_memory:,} × 15 inputs through (60, 60), result included: "
        f"{peak_memory(n_memory) / 1e6:,.0f} MB."
    )
    publish("gradients", table, note, keep=not options.quick)


def measure(
    activation: str, layers: tuple[int, ...], n_features: int, *, n_rows: int, repeats: int
) -> dict[str, Any]:
    X = np.random.default_rng(0).normal(size=(n_rows, n_features))
    model = trained(activation, layers, X)
    network = as_network(model)
    rivals: dict[str, Callable[[], Any]] = {
        "predict_proba": lambda: model.predict_proba(X),
        "gradient": lambda: network.gradient(X),
    }
    autograd = torch_gradient(model, X)
    if autograd is not None:
        np.testing.assert_allclose(autograd(), network.gradient(X), rtol=1e-6, atol=1e-9)
        rivals["torch"] = autograd
    seconds: dict[str, list[float]] = {name: [] for name in rivals}
    for run in rivals.values():  # once unmeasured, for caches and lazy set-up
        run()
    for _ in range(repeats):
        for name, run in rivals.items():
            start = time.perf_counter()
            run()
            seconds[name].append(time.perf_counter() - start)
    median = {name: float(np.median(values)) for name, values in seconds.items()}
    return {
        "activation": activation,
        "hidden layers": str(layers),
        "inputs": n_features,
        "predict_proba (s)": round(median["predict_proba"], 4),
        "gradient (s)": round(median["gradient"], 4),
        "gradient to predict_proba": round(median["gradient"] / median["predict_proba"], 2),
        "torch to gradient": round(median["torch"] / median["gradient"], 2) if "torch" in median else "-",
    }


def trained(activation: str, layers: tuple[int, ...], X: np.ndarray) -> MLPClassifier:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model = MLPClassifier(layers, activation=activation, max_iter=2, random_state=0)
        return model.fit(X[:2000], X[:2000, 0] > 0)


def torch_gradient(model: MLPClassifier, X: np.ndarray) -> Callable[[], Any] | None:
    try:
        import torch
    except ImportError:
        return None
    functions: dict[str, Callable[[Any], Any]] = {
        "tanh": torch.tanh,
        "relu": torch.relu,
        "logistic": torch.sigmoid,
        "identity": lambda z: z,
    }
    weights = [torch.tensor(weight) for weight in model.coefs_]
    biases = [torch.tensor(bias) for bias in model.intercepts_]
    rows = torch.tensor(X, requires_grad=True)

    def run() -> Any:
        z = rows
        for weight, bias in zip(weights[:-1], biases[:-1], strict=True):
            z = functions[model.activation](z @ weight + bias)
        logit = z @ weights[-1] + biases[-1]
        return torch.autograd.grad(logit.sum(), rows)[0].numpy()

    return run


def peak_memory(n_rows: int) -> int:
    X = np.random.default_rng(0).normal(size=(n_rows, 15))
    network = as_network(trained("tanh", (60, 60), X))
    tracemalloc.start()
    network.gradient(X)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


if __name__ == "__main__":
    main()
