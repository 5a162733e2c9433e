"""What the nodes of a tree answer: as the training rows in them, wherever there are enough."""

from __future__ import annotations

from typing import Any

import numpy as np

from skinterpret.surrogates.trees.synthetic_rows import Sample

ENOUGH = 5  # training rows


def answer_as_training_rows(tree: Any, sample: Sample) -> None:
    """Let the nodes of a tree answer what the network says of the training rows in them, on average.

    Synthetic rows say where to split, and what nodes answer that hold fewer than five training rows;
    elsewhere they could only add the error with which they follow the training rows' distribution.

    Parameters
    ----------
    tree : DecisionTreeClassifier or DecisionTreeRegressor
        A tree that was fitted to the sample; its nodes' answers are changed in place.
    sample : Sample
        Training rows and synthetic ones.
    """
    path = tree.decision_path(sample.X[: sample.n_training])
    counts = np.asarray(path.sum(axis=0)).ravel()
    enough = counts >= ENOUGH
    answers = sample.answers[: sample.n_training]
    classes = getattr(tree, "classes_", None)
    told = answers.reshape(len(answers), -1) if classes is None else answers[:, None] == classes
    means = (path.T @ told.astype(np.float64))[enough] / counts[enough, None]
    values = tree.tree_.value  # (n_nodes, n_outputs, 1) of values, (n_nodes, 1, n_classes) of classes
    values[enough] = means.reshape(-1, *values.shape[1:])
