"""Trained models from files, refused in one sentence where they cannot be used."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from sklearn.base import BaseEstimator, is_classifier
from sklearn.exceptions import NotFittedError
from sklearn.utils.validation import check_is_fitted

from skinterpret.network import check_readable
from skinterpret.network.readers import has_encoder, split_encoder


def load_model(path: str, *, trust_pickle: bool) -> Any:
    """Load a trained model.

    Parameters
    ----------
    path : str
        A `.skops` file, or a `.joblib` or `.pkl` file.
    trust_pickle : bool
        Whether code that a joblib or pickle file holds may run.

    Returns
    -------
    estimator
        The model.

    Raises
    ------
    ValueError
        If the file may not, or cannot, be loaded.
    OSError
        If it cannot be read.
    """
    with open(path, "rb"):  # before anything is asked for that would be of no use without the file
        pass
    ending = Path(path).suffix.lower()
    if ending == ".skops":
        return _load_skops(path)
    if ending not in (".joblib", ".pkl", ".pickle"):
        raise ValueError(f"{path} is no model that can be loaded; use a .skops or a .joblib file.")
    if not trust_pickle:
        raise ValueError(
            f"Loading {path} can run any code that it holds; give --trust-pickle if you know where it comes "
            "from, or save the model with skops."
        )
    import joblib

    with _one_error(path):
        return joblib.load(path)


def check_model(model: Any, path: str) -> None:
    """Refuse what is no trained classifier.

    Parameters
    ----------
    model : object
        What `load_model` gave.
    path : str
        Name of the file, for messages.

    Raises
    ------
    ValueError
        If it is something else.
    """
    name = type(model).__name__
    if not isinstance(model, BaseEstimator):
        raise ValueError(
            f"{path} holds no model, but an object of type {name}; save the trained pipeline itself."
        )
    if not is_classifier(model):
        raise ValueError(
            f"The {name} in {path} is no classifier; save one that is trained, and explain a regressor by "
            "SymbolicSurrogateRegressor in Python."
        )
    try:
        check_is_fitted(model)
    except NotFittedError:
        raise ValueError(f"The {name} in {path} is not trained; save it after its fit.") from None


def check_network(model: Any, path: str) -> None:
    """Refuse a trained classifier that is no network whose directions can be read.

    Parameters
    ----------
    model : estimator
        Any that `check_model` lets through.
    path : str
        Name of the file, for messages.

    Raises
    ------
    TypeError
        If a step of it cannot be read; the message names it.
    ValueError
        If two of its indicators have the same name.
    """
    if not has_encoder(model):
        check_readable(model)
        return
    names = split_encoder(model)[0].names
    twice = [name for k, name in enumerate(names) if name in names[:k]]
    if twice:
        raise ValueError(
            f"The network in {path} has two inputs of the name {twice[0]!r}, which a rule could not tell "
            "apart; rename one of the columns and train it again."
        )


def check_answers(model: Any, X: Any, y: Any, path: str) -> None:
    """Refuse a table that a trained network does not go with.

    Parameters
    ----------
    model : estimator
        The network.
    X : DataFrame of shape (n_samples, n_features)
        Inputs.
    y : Series of shape (n_samples,)
        Classes.
    path : str
        Name of the model's file, for messages.

    Raises
    ------
    ValueError
        If it knows none of a class of the table, or cannot answer a row.
    """
    known, asked = model.classes_.tolist(), y.unique().tolist()
    if not set(asked) <= set(known):
        raise ValueError(
            f"The network in {path} tells the classes {_listed(known)}, but column {y.name!r} holds "
            f"{_listed(asked)}; write them into the table as the network was trained on them."
        )
    try:
        model.predict(X if hasattr(model, "feature_names_in_") else X.to_numpy())
    except ValueError as error:
        raise ValueError(f"The network in {path} cannot answer every row of the table: {error}") from None


def _load_skops(path: str) -> Any:
    if find_spec("skops") is None:
        raise ValueError(f'Loading {path} takes skops: pip install "skinterpret[models]".')
    from skops.io import get_untrusted_types, load

    # skops itself does not know the optimisers of scikit-learn's networks
    with _one_error(path):
        types = get_untrusted_types(file=path)
    unknown = [name for name in types if not name.startswith("sklearn.")]
    if unknown:
        raise ValueError(
            f"{path} holds types that skops does not know to be safe: {', '.join(unknown)}; train a pipeline "
            "of scikit-learn's own steps and save that, or, if you trust them, save the model with joblib "
            "and give --trust-pickle."
        )
    with _one_error(path):
        return load(path, trusted=types)


@contextmanager
def _one_error(path: str) -> Iterator[None]:
    """Say in one sentence what is wrong with a file; a pickle that is broken may raise anything."""
    try:
        yield
    except OSError:
        raise
    except Exception as error:
        reason = (str(error).splitlines() or [""])[0].rstrip(".")
        raise ValueError(
            f"{path} cannot be loaded as a model ({type(error).__name__}{reason and ': '}{reason}); save the "
            "trained model again, under the versions that are installed here."
        ) from None


def _listed(labels: list[Any]) -> str:
    return ", ".join(map(repr, labels[:MOST_LABELS])) + ", …" * (len(labels) > MOST_LABELS)


MOST_LABELS = 8  # in a message
