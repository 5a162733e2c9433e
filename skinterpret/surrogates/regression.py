"""`SymbolicSurrogateRegressor`: the closed-form formula of a network's values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from numbers import Integral, Real
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import (
    BaseEstimator,
    RegressorMixin,
    is_classifier,
)
from sklearn.utils import check_random_state
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted

from skinterpret._sklearn import (
    Hidden,
    Interval,
    StrOptions,
    fit_context,
)
from skinterpret.base import ESTIMATOR, NetworkRegressorMixin
from skinterpret.expressions.plain import to_plain
from skinterpret.search import Engine
from skinterpret.surrogates.answers.link_coefficients import value_coefficients
from skinterpret.surrogates.answers.telling import TellingMixin
from skinterpret.surrogates.answers.value_trust import assess_values
from skinterpret.surrogates.judging.selection import RULES
from skinterpret.surrogates.reading.finishing import finished
from skinterpret.surrogates.reading.searching import read_each, warn_of_each
from skinterpret.surrogates.reading.values import MOST_ROWS, read_values, reliability
from skinterpret.surrogates.rules.rule import RegressionRule
from skinterpret.surrogates.rules.showing import ShowingMixin
from skinterpret.surrogates.rules.valuing import ValuingMixin, only
from skinterpret.surrogates.settings import SearchSettingsMixin
from skinterpret.surrogates.whole_numbers import WholeNumbers


class SymbolicSurrogateRegressor(  # type: ignore[misc]
    ShowingMixin,
    TellingMixin,
    ValuingMixin,
    SearchSettingsMixin,
    NetworkRegressorMixin,
    RegressorMixin,
    BaseEstimator,
):
    """Closed-form formula for the values of a network, in two steps.

    The network's output is some function `φ(T)` of a concept `T`.  Its input gradients point the same
    way as those of `T`, whatever `φ` is (Wetzel, arXiv:2401.04978, section 3), so a first search finds
    `T` from directions alone.  What is left is a function of one number, and a second, one-dimensional
    fit on held-back rows finds `φ`.

    Parameters
    ----------
    estimator : estimator, default=None
        The network: an `MLPRegressor`, alone or at the end of a pipeline.  It is cloned and fitted;
        one that is wrapped in `FrozenEstimator`, or a trained network that `as_network` reads and that is
        no estimator, such as one of torch, is used as it is.  `None` means
        `MLPRegressor(hidden_layer_sizes=(60, 60), activation="tanh")` behind a `StandardScaler`.
    target : object, default=None
        What is to be explained.  `None`: all outputs, by one formula each.  A number: that output,
        counted from 0.  `("hidden", layer, unit)`: the pre-activation of a hidden unit, both numbers
        counted from 0; here the network may be a classifier, too.
    engine : Engine, default=None
        What searches for the concept; `None` means `EvolutionEngine()`.
    n_directions : int, default=512
        Directions handed to the engine, spread well over the data.
    smoothing : float, default=None
        Standard deviation of the Gaussian neighbourhood over which the network's gradients are
        averaged before they are matched; its unit is the standard deviation of each input over the
        rows given to `fit`.  `None` means that gradients are taken as they are.  The values to which the
        link is fitted are the network's own.  Gradients that jump, as those of ReLU networks do, become
        smoother with 0.1 to 0.4; 0.2 and more may bend them, too.
    n_searches : int, default=1
        Searches from different seeds, whose candidates form one front; each has the engine's whole
        budget.  With two or more `trust_.repeatability` says how many found the same concept.
    structure : bool or list of str, default=True
        Which hypotheses about how the inputs enter are tested before the search: all of
        `"irrelevant_inputs"`, `"linear_invariances"`, `"separability"` and `"scale_invariances"`, none,
        or those listed.
    selection : {"knee", "best", "one_standard_error", "accuracy"}, int or callable, default="knee"
        Which candidate becomes the concept; fidelity is R² to the network's values here.

        - `"knee"`: the lowest log loss, where each unit of complexity must lower the loss by a
          fifth or more, among those whose fidelity is about that of the best;
        - `"best"`: the largest drop in log loss per unit of complexity, among the same;
        - `"one_standard_error"`: the simplest whose fidelity is within one standard error of the
          best;
        - `"accuracy"`: the highest fidelity;
        - an int: the candidate whose complexity is nearest;
        - a callable: gets `equations_` and answers with a position in it.

        Named selections drop terms that may as well be zero when the answer is tidied, an int or a callable
        keeps them.  The formula may therefore have other terms, and another fidelity, than its row in
        `equations_`: fidelity and complexity of the formula itself are in `trust_` and `complexity_score`.
    validation_fraction : float, default=0.3
        Share of the rows on which candidates are judged and φ is fitted; the search does not see
        them.
    random_state : int, RandomState instance or None, default=None
        Seed of the network (where it leaves its own open), the split, the artificial rows and the
        search.

    Attributes
    ----------
    estimator_ : estimator
        The trained network.
    network_ : DenseNetwork
        The same as a differentiable function of the raw inputs.
    engine_ : Engine
        The engine that searched.
    formula_ : Expression or list of Expression
        The whole formula `φ(T(x))` in raw units; a list, here and below, when there is more than one
        output.
    expression_ : sympy.Expr or list of sympy.Expr
        The same in sympy, with the user's names.
    concept_ : Expression or list of Expression
        `T`, which `transform` calculates.
    concept_expression_ : sympy.Expr or list of sympy.Expr
        The same in sympy, with the user's names.
    link_ : ValueLink or list of ValueLink
        `φ`: its family, its formula of one input, and the value where the formula is not defined
        (the mean of the network's values).
    structure_ : Structure or list of Structure
        What held of the hypotheses about the inputs.
    readability_ : Readability or list of Readability
        How well the network can be read, measured before the search, which starts with an
        `UnreadableNetworkWarning` where directions jump.
    front_ : Front or list of Front
        The front as the engine gave it.
    equations_ : DataFrame
        The whole front, each candidate in the canonical form of its concept (without outer monotone
        functions, factors and constant terms, as far as the link makes up for them): complexity, loss
        (`1 - |mean cos|` in the search), alignment, fidelity (R² on held-back rows to which the link was
        not fitted), family of the link, formula of the concept (text, constants to four digits),
        expression (with all digits) and whether it was chosen.  With more than one output the first
        level of the index is the output.
    coefficients_ : DataFrame or list of DataFrame
        Constants of the concept in the order in which `concept_` has them (`c1`, `c2`, …), and of the link in
        the order of `link_.expression` (`phi1`, …): value, bounds of the 95 % bootstrap interval, and what
        it was rounded from.  Directions tell the concept's; those of the link are fitted to the network's
        values, anew for each resample of the directions and of the held-back rows.  Where
        `expression_` has other numbers than these, because it is multiplied out or simplified, its
        constants follow (`formula1`, …).  Computed when it is asked for.
    trust_ : ValueTrust or list of ValueTrust
        How far the formula may be trusted: figures and verdict; `summary()` prints them.
    n_outputs_ : int
        Number of formulas.
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
    >>> import numpy as np
    >>> from sklearn.neural_network import MLPRegressor
    >>> from skinterpret import SymbolicSurrogateRegressor
    >>> X = np.random.default_rng(0).uniform(-1, 1, (1000, 2))
    >>> y = 3 * X[:, 0] - 2 * X[:, 1] + 1
    >>> network = MLPRegressor(
    ...     hidden_layer_sizes=(10,), activation="tanh", solver="lbfgs", max_iter=300, random_state=0
    ... )
    >>> surrogate = SymbolicSurrogateRegressor(network, random_state=0).fit(X, y)
    >>> surrogate.score(X) > 0.99
    True
    """

    _parameter_constraints: dict[str, list[Any]] = {
        "estimator": ESTIMATOR,
        "target": [object],
        "engine": [Engine, None],
        "n_directions": [Interval(Integral, 8, None, closed="left")],
        "smoothing": [Interval(Real, 0, None, closed="neither"), None],
        "n_searches": [Interval(Integral, 1, None, closed="left")],
        "structure": ["boolean", list, tuple, Hidden(str)],  # a string is refused with a list in its place
        "selection": [StrOptions(set(RULES)), WholeNumbers(1), callable],
        "validation_fraction": [Interval(Real, 0, 1, closed="neither")],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        estimator: Any = None,
        *,
        target: Any = None,
        engine: Engine | None = None,
        n_directions: int = 512,
        smoothing: float | None = None,
        n_searches: int = 1,
        structure: bool | Sequence[str] = True,
        selection: Any = "knee",
        validation_fraction: float = 0.3,
        random_state: Any = None,
    ) -> None:
        self.estimator = estimator
        self.target = target
        self.engine = engine
        self.n_directions = n_directions
        self.smoothing = smoothing
        self.n_searches = n_searches
        self.structure = structure
        self.selection = selection
        self.validation_fraction = validation_fraction
        self.random_state = random_state

    @fit_context(prefer_skip_nested_validation=False)
    def fit(self, X: Any, y: Any = None) -> SymbolicSurrogateRegressor:
        """Fit or take the network, and find the formula that it encodes.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs), default=None
            Values; not needed when the network is trained and frozen, but without them `trust_` cannot say
            whether it has learned anything.

        Returns
        -------
        SymbolicSurrogateRegressor
            The fitted surrogate.
        """
        self._set_engine()
        self._hypotheses()  # refuses an unknown one before the network is trained
        rng = check_random_state(self.random_state)
        rows = self._fit_network(X, y)
        order = rng.permutation(len(rows))
        n_held_back = min(max(1, round(self.validation_fraction * len(rows))), len(rows) - 1)
        self._wanted = self._held_back_targets(y, order[:n_held_back])
        network = self._network_to_read(rows)
        searched, held_back = rows[order[n_held_back:]], rows[order[:n_held_back]]
        targets, values = zip(*self._latents(), strict=True)
        value_of = dict(zip(targets, values, strict=True))
        plans = self._plans(targets, None, "output")
        warn_of_each(network, searched, plans, "output", rng, weigh=reliability)
        self._readings = read_each(
            plans, lambda plan: read_values(network, searched, held_back, plan, value_of[plan.target], rng)
        )
        self.structure_ = only([reading.structure for reading in self._readings])
        self.readability_ = only([reading.readability for reading in self._readings])
        self.front_ = only([reading.front for reading in self._readings])
        self._n_features_out = len(self._readings)
        self._trust_seed = int(rng.randint(np.iinfo(np.int32).max))
        return finished(self.select, self.selection, self.selection)

    def select(self, selection: Any) -> SymbolicSurrogateRegressor:
        """Let another candidate of the front be the concept, without a new search.

        Parameters
        ----------
        selection : {"knee", "best", "one_standard_error", "accuracy"}, int, callable or dict
            Which one, as for the parameter of that name; an int is a complexity as `equations_` has it.
            A dict by output, counted from 0, says it for each output that is to change.  A name drops
            terms that may as well be zero, an int or a callable keeps them: fidelity and complexity of the
            formula itself are in `trust_` and `complexity_score`, and may differ from its row in
            `equations_`.

        Returns
        -------
        SymbolicSurrogateRegressor
            The surrogate itself, with another formula.

        Raises
        ------
        ValueError
            If it is none of these, or a dict names an output that has no formula.

        Examples
        --------
        >>> import numpy as np
        >>> from sklearn.neural_network import MLPRegressor
        >>> from skinterpret import SymbolicSurrogateRegressor
        >>> from skinterpret.search import EvolutionEngine
        >>> X = np.random.default_rng(0).uniform(-1, 1, (300, 2))
        >>> network = MLPRegressor(hidden_layer_sizes=(), solver="lbfgs", random_state=0)
        >>> engine = EvolutionEngine(max_evals=2_000)
        >>> surrogate = SymbolicSurrogateRegressor(network, engine=engine, random_state=0)
        >>> surrogate = surrogate.fit(X, X[:, 0] + 2 * X[:, 1])
        >>> surrogate.equations_["complexity"].tolist()
        [1, 3, ...]
        >>> surrogate.select(3).concept_expression_  # a shorter formula, which is less faithful
        x0 + x1
        """
        check_is_fitted(self, "structure_")
        selections = self._selection_of_each([target for target, _ in self._latents()], selection)
        answers = [
            reading.answer(each, self._trust_seed)
            for reading, each in zip(self._readings, selections, strict=True)
        ]
        self._selections = selections
        self._answers = [answer for answer, _ in answers]
        names = self._input_names()
        self.formula_ = only([answer.formula for answer in self._answers])
        self.expression_ = only([answer.formula.to_sympy(names) for answer in self._answers])
        self.concept_ = only([answer.concept for answer in self._answers])
        self.concept_expression_ = only([answer.concept.to_sympy(names) for answer in self._answers])
        self._links = [link for _, link in answers]
        self.link_ = only(self._links)
        tables = [
            reading.table.assign(chosen=np.arange(len(reading.table)) == answer.position)
            for reading, answer in zip(self._readings, self._answers, strict=True)
        ]
        if len(tables) == 1:
            self.equations_ = tables[0]
        else:
            self.equations_ = pd.concat(tables, keys=range(len(tables)), names=["output", None])
        self._trust = [
            assess_values(reading, answer, each, wanted, names, self._trust_seed, self._averaged_over)
            for reading, answer, each, wanted in zip(
                self._readings, self._answers, selections, self._wanted, strict=True
            )
        ]
        self.trust_ = only(self._trust)
        self._warn_of_distrust()
        return self

    @property
    def coefficients_(self) -> Any:
        """Constants of the concept and of the link, with intervals; see the class.

        Examples
        --------
        >>> import numpy as np
        >>> from sklearn.neural_network import MLPRegressor
        >>> from skinterpret import SymbolicSurrogateRegressor
        >>> from skinterpret.search import EvolutionEngine
        >>> X = np.random.default_rng(0).uniform(-1, 1, (300, 2))
        >>> network = MLPRegressor(hidden_layer_sizes=(), solver="lbfgs", random_state=0)
        >>> engine = EvolutionEngine(max_evals=2_000)
        >>> surrogate = SymbolicSurrogateRegressor(network, engine=engine, random_state=0)
        >>> surrogate = surrogate.fit(X, X[:, 0] + 2 * X[:, 1])
        >>> surrogate.coefficients_[["value", "low", "high"]].round(2)
              value  low  high
        name
        c1      2.0  2.0   2.0
        """
        check_is_fitted(self)
        return only([self._coefficients_of(position) for position in range(len(self._answers))])

    def network_values(self, X: Any) -> Any:
        """Values that the network gives, of what is to be explained.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples,) or (n_samples, n_outputs)
            What `predict` is to agree with.

        Examples
        --------
        >>> import numpy as np
        >>> from sklearn.neural_network import MLPRegressor
        >>> from skinterpret import SymbolicSurrogateRegressor
        >>> from skinterpret.search import EvolutionEngine
        >>> X = np.random.default_rng(0).uniform(-1, 1, (300, 2))
        >>> network = MLPRegressor(hidden_layer_sizes=(), solver="lbfgs", random_state=0)
        >>> engine = EvolutionEngine(max_evals=2_000)
        >>> surrogate = SymbolicSurrogateRegressor(network, engine=engine, random_state=0)
        >>> surrogate = surrogate.fit(X, X[:, 0] + 2 * X[:, 1])
        >>> surrogate.network_values([[0.0, 0.0], [1.0, 1.0]]).round(1).tolist()
        [0.0, 3.0]
        """
        rows = self._rows(X)
        values = [value(rows) for _, value in self._latents()]
        return values[0] if len(values) == 1 else np.column_stack(values)

    def to_rule(self) -> RegressionRule:
        """Take the formulas without the network.

        Returns
        -------
        RegressionRule
            A fitted estimator that calculates as this one does.

        Examples
        --------
        >>> import numpy as np
        >>> from sklearn.neural_network import MLPRegressor
        >>> from skinterpret import SymbolicSurrogateRegressor
        >>> from skinterpret.search import EvolutionEngine
        >>> X = np.random.default_rng(0).uniform(-1, 1, (300, 2))
        >>> network = MLPRegressor(hidden_layer_sizes=(), solver="lbfgs", random_state=0)
        >>> engine = EvolutionEngine(max_evals=2_000)
        >>> surrogate = SymbolicSurrogateRegressor(network, engine=engine, random_state=0)
        >>> surrogate = surrogate.fit(X, X[:, 0] + 2 * X[:, 1])
        >>> rule = surrogate.to_rule()
        >>> rule.expression_
        x0 + 2...*x1
        >>> bool((rule.predict(X) == surrogate.predict(X)).all())
        True
        """
        check_is_fitted(self)
        return RegressionRule(
            [answer.formula for answer in self._answers],
            [answer.concept for answer in self._answers],
            [answer.fallback for answer in self._answers],
            **self._rule_inputs(),
        )

    def to_json(self, path: Any = None) -> str | None:
        """Write the formulas as JSON, which is safe to load from strangers.

        `load_rule` reads the file, and `from_json` the text.

        Parameters
        ----------
        path : path-like, default=None
            Where to write it; `None` gives the text.

        Returns
        -------
        str or None
            The text, if there is no path.

        Examples
        --------
        >>> import numpy as np
        >>> from sklearn.neural_network import MLPRegressor
        >>> from skinterpret import SymbolicSurrogateRegressor
        >>> from skinterpret.search import EvolutionEngine
        >>> X = np.random.default_rng(0).uniform(-1, 1, (300, 2))
        >>> network = MLPRegressor(hidden_layer_sizes=(), solver="lbfgs", random_state=0)
        >>> engine = EvolutionEngine(max_evals=2_000)
        >>> surrogate = SymbolicSurrogateRegressor(network, engine=engine, random_state=0)
        >>> surrogate = surrogate.fit(X, X[:, 0] + 2 * X[:, 1])
        >>> SymbolicSurrogateRegressor.from_json(surrogate.to_json()).expression_
        x0 + 2...*x1
        """
        return self.to_rule().to_json(path)

    @staticmethod
    def from_json(text: str) -> RegressionRule:
        """Read the formulas from the text that `to_json` gave; it may come from strangers.

        The text holds no network and no candidates, so what comes back are the formulas alone: an estimator
        that calculates as this one did.  `load_rule` reads the same from a file.

        Parameters
        ----------
        text : str
            What `to_json` gave.

        Returns
        -------
        RegressionRule
            A fitted estimator that needs no network.

        Raises
        ------
        ValueError
            If the text is not such a rule; the message says where.

        Examples
        --------
        >>> import numpy as np
        >>> from sklearn.neural_network import MLPRegressor
        >>> from skinterpret import SymbolicSurrogateRegressor
        >>> from skinterpret.search import EvolutionEngine
        >>> X = np.random.default_rng(0).uniform(-1, 1, (300, 2))
        >>> network = MLPRegressor(hidden_layer_sizes=(), solver="lbfgs", random_state=0)
        >>> engine = EvolutionEngine(max_evals=2_000)
        >>> surrogate = SymbolicSurrogateRegressor(network, engine=engine, random_state=0)
        >>> surrogate = surrogate.fit(X, X[:, 0] + 2 * X[:, 1])
        >>> rule = SymbolicSurrogateRegressor.from_json(surrogate.to_json())
        >>> bool((rule.predict(X) == surrogate.predict(X)).all())
        True
        """
        return RegressionRule.from_json(text)

    def _coefficients_of(self, position: int) -> pd.DataFrame:
        judge = self._readings[position].judge
        return value_coefficients(judge, self._answers[position], self._links[position], self._trust_seed)

    def _refuse_estimator(self) -> None:
        if not self._explains_hidden_unit():
            super()._refuse_estimator()

    def _target_validation(self) -> dict[str, Any]:
        return {} if self._reads_a_classifier() else super()._target_validation()

    def _refuse_target(self, y: Any) -> None:
        if self._reads_a_classifier():
            check_classification_targets(y)
        else:
            super()._refuse_target(y)

    def _reads_a_classifier(self) -> bool:
        """Whether hidden units of a classifier are read."""
        return self._given is not None and is_classifier(self._given)

    def _take_outputs(self) -> None:
        super()._take_outputs()
        if self.target is not None:
            # one row is enough for an unknown target to be refused
            self.network_.latent(np.zeros((1, self.network_.n_features_in)), self.target)
            self.n_outputs_ = 1

    def _explains_hidden_unit(self) -> bool:
        return isinstance(self.target, tuple)

    def _held_back_targets(self, y: Any, rows: Any) -> list[Any]:
        """Give the targets of each latent on the held-back rows; None if unknown."""
        latents = self._latents()
        if y is None or self._explains_hidden_unit():
            return [None] * len(latents)
        values = np.asarray(y, dtype=np.float64)
        table = values.reshape(len(values), -1)
        n_outputs = self.network_.predict(np.zeros((1, self.network_.n_features_in))).size
        if table.shape[1] != n_outputs:
            raise ValueError(
                f"y has {table.shape[1]} column(s), but the trained network has {n_outputs} output(s); "
                "pass the targets it was trained on, or leave y out."
            )
        return [table[rows[:MOST_ROWS], output] for output, _ in latents]

    def _latent_names(self) -> list[Any]:
        """Name what each formula stands for."""
        if self._explains_hidden_unit():
            return [self.target]
        if self.target is None and self.n_outputs_ == 1:
            return ["output"]
        return [f"output {output}" for output, _ in self._latents()]

    def _statements(self) -> list[str]:
        names = self._input_names()
        return [
            f"{name} =  {to_plain(answer.formula.to_sympy(names))}\n"
            f"  = φ(T) with  φ(T) = {to_plain(link.to_sympy())}  and  "
            f"T = {to_plain(answer.concept.to_sympy(names))}"
            for name, answer, link in zip(self._latent_names(), self._answers, self._links, strict=True)
        ]

    def _latents(self) -> list[tuple[Any, Callable[[Any], Any]]]:
        """Latents to read, each with the value that it stands for."""
        if self._explains_hidden_unit():
            return [(self.target, partial(self.network_.latent, target=self.target))]
        outputs = range(self.n_outputs_) if self.target is None else [int(self.target)]
        return [(output, partial(_output, self.network_, output)) for output in outputs]

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags


def _output(network: Any, output: int, rows: Any) -> Any:
    values = network.predict(rows)
    return values if values.ndim == 1 else values[:, output]
