"""What an engine is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator

from skinterpret.expressions import Expression
from skinterpret.search.front import Front


class Engine(BaseEstimator, ABC):  # type: ignore[misc]
    """Base class of the engines: settings in the constructor, the search in `search`.

    An engine is a `BaseEstimator` for the sake of its parameters alone, so that `clone`,
    `set_params` and grids reach them as `engine__…`.

    Attributes
    ----------
    subject : str, default=""
        What is searched, for lines of progress; set by what searches more than once, before each search.

    Examples
    --------
    >>> from skinterpret.expressions import Expression
    >>> from skinterpret.search import Candidate, Engine, Front, search_directions
    >>> class OneInputEngine(Engine):
    ...     def validate(self):
    ...         pass
    ...
    ...     def search(self, X, directions, sample_weight, seed, parts=()):
    ...         alignments = abs(directions.mean(axis=0))
    ...         best = int(alignments.argmax())
    ...         return Front([Candidate(Expression.variable(best), 1 - alignments[best])])
    >>> search_directions([[0.0, 0.0], [1.0, 1.0]], [[0.0, 1.0], [0.0, 1.0]], engine=OneInputEngine())
    Front of 1 candidate
    complexity  loss     expression
             1  0.0e+00  x1
    """

    subject: str = ""

    @abstractmethod
    def validate(self) -> None:
        """Refuse unusable settings.

        Raises
        ------
        ValueError
            If a setting cannot be used; the message names it and what it may be.
        """

    def check_stored(self) -> None:
        """Refuse what is stored for this search to go on from, before any work, where it is no good for that.

        Raises
        ------
        OSError
            If it cannot be read.
        ValueError
            If it is damaged or belongs to a search of other settings.
        """

    def prepare(self) -> None:
        """Do what must be done once before a search, and is not to count as its time."""

    def branch(self, name: str) -> Engine:
        """Give an engine of the same settings for one of several searches.

        Parameters
        ----------
        name : str
            What tells this search from the others; may stand in a file name.

        Returns
        -------
        Engine
            The engine itself, unless it keeps something from one search for the next: then one that
            keeps it for the searches of that name.
        """
        return self

    def for_inputs(self, inputs: Sequence[int], n_features: int) -> Engine:
        """Give an engine of the same settings for a search over some of the inputs.

        Parameters
        ----------
        inputs : sequence of int
            Numbers of the inputs that the search will see; there they count from 0 anew.
        n_features : int
            Number of all inputs.

        Returns
        -------
        Engine
            The engine itself, unless its settings name inputs: then one whose settings name those of
            the search.
        """
        return self

    @abstractmethod
    def search(
        self,
        X: NDArray[np.float64],
        directions: NDArray[np.float64],
        sample_weight: NDArray[np.float64],
        seed: int,
        parts: Sequence[Expression] = (),
    ) -> Front:
        """Search for expressions whose gradients run parallel to the directions.

        Parameters
        ----------
        X : ndarray of shape (n_samples, n_features)
            Rows.
        directions : ndarray of shape (n_samples, n_features)
            Unit vectors, or shorter ones where inputs have been left out; their sign as a whole
            carries no information.
        sample_weight : ndarray of shape (n_samples,)
            Non-negative weights.
        seed : int
            Where all randomness starts.
        parts : sequence of Expression, default=()
            Functions of the inputs that are likely to occur as a whole; a later one may contain
            earlier ones.  An engine may ignore them.

        Returns
        -------
        Front
            The Pareto front of loss against complexity.
        """


class LabelEngine(Engine):
    """Base class of the engines that can search on labels as well as on directions.

    Examples
    --------
    >>> from skinterpret.search import EvolutionEngine, LabelEngine, PySREngine
    >>> isinstance(EvolutionEngine(), LabelEngine), issubclass(PySREngine, LabelEngine)
    (True, False)
    """

    @abstractmethod
    def search_labels(
        self,
        X: NDArray[np.float64],
        positive: NDArray[np.bool_],
        sample_weight: NDArray[np.float64],
        seed: int,
        loss: str = "logistic",
    ) -> Front:
        """Search for expressions whose values tell two classes apart.

        Parameters
        ----------
        X : ndarray of shape (n_samples, n_features)
            Rows.
        positive : ndarray of shape (n_samples,), dtype bool
            Whether a row belongs to the second class.
        sample_weight : ndarray of shape (n_samples,)
            Non-negative weights.
        seed : int
            Where all randomness starts.
        loss : {"logistic", "hinge"}, default="logistic"
            What is lost on a row, with the best slope and threshold of the expression.

        Returns
        -------
        Front
            The Pareto front of loss against complexity.
        """
