"""`SymbolicSurrogate`: the closed-form expression that a network encodes."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Integral, Real
from typing import Any

import numpy as np
import sympy
from scipy.special import expit
from sklearn.base import (
    BaseEstimator,
    ClassifierMixin,
    ClassNamePrefixFeaturesOutMixin,
    TransformerMixin,
    clone,
)
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted, validate_data

from skinterpret._sklearn import (
    HasMethods,
    Interval,
    StrOptions,
    fit_context,
    validate_parameter_constraints,
)
from skinterpret.base import NetworkClassifierMixin
from skinterpret.expressions import Expression
from skinterpret.expressions.code import write_code
from skinterpret.search import Engine, EvolutionEngine
from skinterpret.search.structure import HYPOTHESES, check_hypotheses
from skinterpret.surrogates.reading import read_latent
from skinterpret.surrogates.selection import RULES


class SymbolicSurrogate(  # type: ignore[misc]
    NetworkClassifierMixin,
    ClassNamePrefixFeaturesOutMixin,
    TransformerMixin,
    ClassifierMixin,
    BaseEstimator,
):
    """Closed-form decision rule whose gradients run parallel to a network's.

    The network's latent `f` is some function `φ(g)` of a concept `g`.  Its input gradients point the
    same way as those of `g`, whatever `φ` is, so the search matches directions instead of values
    (Wetzel, arXiv:2401.04978, algorithm 2).  A monotone link fitted on held-back rows then turns
    the expression into classes and probabilities.

    Parameters
    ----------
    estimator : estimator, default=None
        The network: an `MLPClassifier`, alone or at the end of a pipeline of scalers, that tells two
        classes apart.  It is cloned and fitted; one that is wrapped in `FrozenEstimator` is used as
        it is.  `None` means `MLPClassifier((60, 60), activation="tanh")` behind a `StandardScaler`.
    engine : Engine, default=None
        What searches; `None` means `EvolutionEngine()`.
    delta : float, default=1e-4
        Rows to which the network gives a probability between `delta` and `1 - delta` show
        directions; the rest is too far from the boundary for the gradient to mean something.
    n_directions : int, default=512
        Directions handed to the engine, spread well over the shell.
    structure : bool or list of str, default=True
        Which hypotheses about how the inputs enter are tested before the search: all of
        `"irrelevant_inputs"`, `"linear_invariances"` and `"separability"`, none, or those listed.
        What holds is offered to the search, except that irrelevant inputs are left out of it.
    selection : {"knee", "best", "one_standard_error", "accuracy"}, int or callable, default="knee"
        Which candidate becomes the answer.

        - `"knee"`: the lowest log of `1 - alignment`, where each unit of complexity must lower it
          by 0.25, among candidates with nearly the best fidelity;
        - `"best"`: the largest drop of that logarithm per unit of complexity, from the next simpler
          candidate, among the same;
        - `"one_standard_error"`: the simplest whose fidelity is within one standard error of the
          best;
        - `"accuracy"`: the highest fidelity;
        - an int: the candidate with the nearest complexity;
        - a callable: gets `equations_` and answers with a position in it.
    validation_fraction : float, default=0.3
        Share of the rows held back from the search, for choosing among candidates and fitting the
        link.
    random_state : int, RandomState instance or None, default=None
        Seed of the network's training (where the network leaves it open), of the sampling and of
        the search.

    Attributes
    ----------
    estimator_ : estimator
        The fitted network.
    engine_ : Engine
        What has searched; one with `warm_start=True` goes on at the next `fit`.
    network_ : DenseNetwork
        The network as a differentiable function.
    formula_ : Expression
        Left-hand side of the rule as a callable formula in raw units.
    expression_ : sympy.Expr
        The same in sympy, with the names of the inputs.
    threshold_ : float
        Right-hand side of the rule.
    decision_rule_ : sympy relational
        The rule: where it holds the second class is predicted.
    equations_ : DataFrame
        The whole front: complexity, loss (`1 - |mean cos|` in the search), alignment over the shell,
        fidelity on held-back rows, threshold, formula (text, constants to four digits), expression (with
        all digits) and whether it was chosen.
    structure_ : Structure
        What held of these hypotheses; `print(surrogate.structure_)` says it in a sentence each.
    front_ : Front
        The front as the engine gave it.
    classes_ : ndarray of shape (2,)
        Class labels.
    n_features_in_ : int
        Number of inputs.
    feature_names_in_ : ndarray of shape (n_features,)
        Names of the inputs, when X has string column names.

    Raises
    ------
    ValueError
        If the data, a parameter or a setting of the engine cannot be used.
    TypeError
        If the estimator or a step of the pipeline cannot be read.

    Examples
    --------
    >>> from sklearn.neural_network import MLPClassifier
    >>> from skinterpret import SymbolicSurrogate
    >>> from skinterpret.datasets import make_wetzel
    >>> X, y = make_wetzel(1, n_samples=4000, random_state=0, return_X_y=True)
    >>> network = MLPClassifier((60, 60), activation="tanh", max_iter=500)
    >>> surrogate = SymbolicSurrogate(network, random_state=0).fit(X, y)
    >>> surrogate.score(X) > 0.98
    True
    """

    engine_: Any

    _parameter_constraints: dict[str, list[Any]] = {
        "estimator": [HasMethods(["fit", "predict"]), None],
        "engine": [Engine, None],
        "delta": [Interval(Real, 0, 0.5, closed="neither")],
        "n_directions": [Interval(Integral, 8, None, closed="left")],
        "structure": ["boolean", list, tuple],
        "selection": [StrOptions(set(RULES)), Interval(Integral, 1, None, closed="left"), callable],
        "validation_fraction": [Interval(Real, 0, 1, closed="neither")],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        estimator: Any = None,
        *,
        engine: Engine | None = None,
        delta: float = 1e-4,
        n_directions: int = 512,
        structure: bool | Sequence[str] = True,
        selection: Any = "knee",
        validation_fraction: float = 0.3,
        random_state: Any = None,
    ) -> None:
        self.estimator = estimator
        self.engine = engine
        self.delta = delta
        self.n_directions = n_directions
        self.structure = structure
        self.selection = selection
        self.validation_fraction = validation_fraction
        self.random_state = random_state

    @fit_context(prefer_skip_nested_validation=False)
    def fit(self, X: Any, y: Any = None) -> SymbolicSurrogate:
        """Fit or take the network, and find the rule that it encodes.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows.
        y : array-like of shape (n_samples,), default=None
            Labels; not needed when the network is trained and frozen.

        Returns
        -------
        SymbolicSurrogate
            The fitted surrogate.
        """
        self._set_engine()
        hypotheses = self._hypotheses()
        rng = check_random_state(self.random_state)
        rows = self._fit_network(X, y)
        order = rng.permutation(len(rows))
        n_held_back = min(max(1, round(self.validation_fraction * len(rows))), len(rows) - 1)
        self._reading = read_latent(
            self.network_,
            rows[order[n_held_back:]],
            rows[order[:n_held_back]],
            target=None,
            delta=self.delta,
            n_directions=self.n_directions,
            engine=self.engine_,
            structure=hypotheses,
            feature_names=self._input_names(),
            random_state=rng,
        )
        self.structure_ = self._reading.structure
        self.front_ = self._reading.front
        self._n_features_out = 1
        return self.select(self.selection)

    def select(self, selection: Any) -> SymbolicSurrogate:
        """Let another candidate of the front be the answer, without a new search.

        Parameters
        ----------
        selection : {"knee", "best", "one_standard_error", "accuracy"}, int or callable
            Which one, as for the parameter of that name.

        Returns
        -------
        SymbolicSurrogate
            The surrogate itself, with another formula.

        Raises
        ------
        ValueError
            If it is none of these.
        """
        check_is_fitted(self, "structure_")
        validate_parameter_constraints(
            {"selection": self._parameter_constraints["selection"]},
            {"selection": selection},
            caller_name=f"{type(self).__name__}.select",
        )
        answer = self._reading.answer(selection)
        self.formula_, self._link = answer.expression, answer.link
        chosen = np.arange(len(self._reading.table)) == answer.position
        self.equations_ = self._reading.table.assign(chosen=chosen)
        self.expression_ = self.formula_.to_sympy(self._input_names())
        self.threshold_ = self._link.threshold
        compare = sympy.Gt if self._link.slope > 0 else sympy.Lt
        self.decision_rule_ = compare(
            self.expression_, Expression.constant(float(f"{self.threshold_:.4g}")).to_sympy(), evaluate=False
        )
        return self

    def to_latex(self) -> str:
        """Write the decision rule in LaTeX.

        Returns
        -------
        str
            The rule, without dollar signs.
        """
        check_is_fitted(self)
        return str(sympy.latex(self.decision_rule_))

    def to_code(self, language: str = "python") -> str:
        """Write `decision_function` as source text that needs neither this package nor the network.

        The value is the log-odds of the second class, so the rule holds where it is positive.  Where
        the formula is not defined the text gives what its language gives, `decision_function` gives 0.

        Parameters
        ----------
        language : {"python", "c", "sql", "excel"}, default="python"
            A function in Python or C99, an expression over columns in SQL, or a formula over the
            cells of the second row of a spreadsheet.

        Returns
        -------
        str
            The source text.

        Raises
        ------
        ValueError
            If the language is none of these.

        Examples
        --------
        >>> from sklearn.frozen import FrozenEstimator
        >>> from sklearn.neural_network import MLPClassifier
        >>> from skinterpret import SymbolicSurrogate
        >>> from skinterpret.datasets import make_wetzel
        >>> X, y = make_wetzel(1, n_samples=2000, random_state=0, return_X_y=True)
        >>> network = MLPClassifier((20,), activation="tanh", max_iter=2000, random_state=0).fit(X, y)
        >>> surrogate = SymbolicSurrogate(FrozenEstimator(network), random_state=0).fit(X)
        >>> surrogate.to_code("excel")
        '=...POWER(A2, 2.0)...'
        """
        check_is_fitted(self)
        log_odds = self._link.slope * (self.expression_ - self.threshold_)
        return write_code(log_odds, self._input_names(), language)

    def _repr_latex_(self) -> str:
        return f"${self.to_latex()}$" if hasattr(self, "decision_rule_") else ""

    def transform(self, X: Any) -> Any:
        """Values of the expression.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples, 1)
            The left-hand side of the rule for each row.
        """
        check_is_fitted(self)
        rows = validate_data(self, X, dtype=np.float64, reset=False)
        return self.formula_(rows)[:, None]

    def decision_function(self, X: Any) -> Any:
        """Log-odds of the second class.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples,)
            Positive where the rule holds.
        """
        check_is_fitted(self)
        rows = validate_data(self, X, dtype=np.float64, reset=False)
        return self._link.log_odds(self.formula_(rows))

    def predict_proba(self, X: Any) -> Any:
        """Probabilities of the classes: the link φ applied to the expression.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples, 2)
            Probabilities in the order of `classes_`.
        """
        positive = expit(self.decision_function(X))
        return np.column_stack([1 - positive, positive])

    def predict(self, X: Any) -> Any:
        """Classes by the rule, without the network.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples,)
            Class labels.
        """
        positive = self.decision_function(X) > 0
        return self.classes_[positive.astype(int)]

    def _set_engine(self) -> None:
        engine = EvolutionEngine() if self.engine is None else clone(self.engine)
        engine.validate()
        if getattr(engine, "warm_start", False) and isinstance(getattr(self, "engine_", None), type(engine)):
            self.engine_.set_params(**engine.get_params(deep=False))
        else:
            self.engine_ = engine

    def _hypotheses(self) -> Sequence[str]:
        if isinstance(self.structure, bool):
            return HYPOTHESES if self.structure else ()
        check_hypotheses(self.structure)
        return self.structure

    def _input_names(self) -> list[str]:
        names = getattr(self, "feature_names_in_", None)
        return [f"x{j}" for j in range(self.n_features_in_)] if names is None else list(names)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        return tags
