"""`SymbolicSurrogate`: the closed-form expression that a network encodes."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Integral, Real
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import (
    BaseEstimator,
    ClassifierMixin,
)
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from skinterpret._sklearn import (
    Hidden,
    Interval,
    StrOptions,
    fit_context,
)
from skinterpret.base import ESTIMATOR, NetworkClassifierMixin
from skinterpret.expressions.plain import to_plain
from skinterpret.network.latents import is_of_hidden_unit
from skinterpret.search import Engine
from skinterpret.surrogates.answers.agreement import agreement
from skinterpret.surrogates.answers.by_class import ByClass
from skinterpret.surrogates.answers.coefficients import coefficient_table
from skinterpret.surrogates.answers.telling import TellingMixin
from skinterpret.surrogates.answers.trust import Labelled, assess
from skinterpret.surrogates.judging.judgement import MOST_ROWS
from skinterpret.surrogates.judging.selection import RULES
from skinterpret.surrogates.reading.finishing import finished
from skinterpret.surrogates.reading.latents import LINKS, Answer, read_latent
from skinterpret.surrogates.reading.searching import read_each, warn_of_each
from skinterpret.surrogates.rules.deciding import DecidingMixin
from skinterpret.surrogates.rules.rule import ClassificationRule, rule_of_answers
from skinterpret.surrogates.rules.showing import ShowingMixin
from skinterpret.surrogates.settings import SearchSettingsMixin
from skinterpret.surrogates.whole_numbers import WholeNumbers


class SymbolicSurrogate(  # type: ignore[misc]
    ShowingMixin,
    TellingMixin,
    DecidingMixin,
    SearchSettingsMixin,
    NetworkClassifierMixin,
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
        The network: an `MLPClassifier`, alone or at the end of a pipeline, or a `NetworkClassifier`
        around a network from elsewhere (`skinterpret.network`).  It is cloned and fitted;
        one that is wrapped in `FrozenEstimator`, or a trained network that `as_network` reads and that is
        no estimator, such as one of torch, is used as it is.  `None` means
        `MLPClassifier((60, 60), activation="tanh")` behind a `StandardScaler`.
    target : object, default=None
        What is to be explained.  `None`: the network's decision, by one formula for two classes and
        one a class for more.  A class label: whether the network gives that class, against the
        rest.  `("hidden", layer, unit)`: whether the pre-activation of a hidden unit is positive,
        both numbers counted from 0.  With a target the surrogate's classes are False and True.
    engine : Engine, default=None
        What searches; `None` means `EvolutionEngine()`.
    delta : float, default=1e-4
        Rows to which the network gives a probability between `delta` and `1 - delta` show
        directions; the rest is too far from the boundary for the gradient to mean something.
    n_directions : int, default=512
        Directions handed to the engine, spread well over the shell.
    smoothing : float, default=None
        Standard deviation of the Gaussian neighbourhood over which the network's gradients are
        averaged before they are matched; its unit is the standard deviation of each input over the
        rows given to `fit`.  `None` means that gradients are taken as they are.  Gradients that
        jump, as those of ReLU networks do, become smoother with 0.1 to 0.4; 0.2 and more may bend them, too.
        Try 0.1 for ReLU networks of few units and few rows; large ones with many rows need none.
    n_searches : int, default=1
        Searches from different seeds, whose candidates form one front; each has the engine's whole
        budget.  With two or more `trust_.repeatability` says how many found the same concept.
    structure : bool or list of str, default=True
        Which hypotheses about how the inputs enter are tested before the search: all of
        `"irrelevant_inputs"`, `"linear_invariances"`, `"separability"` and `"scale_invariances"`, none,
        or those listed.
        What holds is offered to the search, except that irrelevant inputs are left out of it.
    selection : {"knee", "best", "one_standard_error", "accuracy"}, int or callable, default="knee"
        Which candidate becomes the answer.

        - `"knee"`: the lowest product of `1 - alignment` and the root of `1 - fidelity` (with three
          standard errors added), which each unit of complexity must lower by about a sixth, among
          candidates with nearly the best fidelity; with one input, where a direction is but a sign, values of
          `1 - alignment` below 0.1 count as about equal;
        - `"best"`: the largest drop of the logarithm of `1 - alignment` per unit of complexity, from
          the next simpler candidate, among the same;
        - `"one_standard_error"`: the simplest whose fidelity is within one standard error of the
          best, as Agresti and Coull reckon it (The American Statistician 52, 1998): a perfect best
          concedes one row (of 13 or more);
        - `"accuracy"`: the highest fidelity;
        - an int: the candidate with the nearest complexity;
        - a callable: gets `equations_` and answers with a position in it.

        Named selections drop terms that may as well be zero when the answer is tidied, an int or a callable
        keeps them.  The rule may therefore have other terms, and another fidelity, than its row in
        `equations_`: fidelity and complexity of the rule itself are in `trust_` and `complexity_score`.
    link : {"logistic", "isotonic"}, default="logistic"
        Monotone function φ from the value of the formula to the probability: a logistic function, or
        any that never falls (never rises), which follows the network's probabilities more closely
        but cannot be written as source text.
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
    formula_ : Expression or dict
        Left-hand side of the rule as a callable formula in raw units.  Like all that follows up to
        `front_`, a dict by class label when there are more than two classes.
    expression_ : sympy.Expr or dict
        The same in sympy, with the names of the inputs.
    threshold_ : float or dict
        Right-hand side of the rule.
    decision_rule_ : sympy relational or dict
        The rule: where it holds the second class is predicted; with more than two classes, where it
        holds the network gives its class more than half of the probability.  Names that could be taken for
        formulas, such as `x-y`, are printed between backticks.
    structure_ : Structure or dict
        What held of the hypotheses about the inputs; `print(surrogate.structure_)` says it in a
        sentence each, class by class where there are more than two.
    readability_ : Readability or dict
        How well the network can be read, measured before the search, which starts with an
        `UnreadableNetworkWarning` where directions jump or answers hardly vary.
    front_ : Front or dict
        The front as the engine gave it.
    equations_ : DataFrame
        The whole front, each candidate in the canonical form of its concept (without outer monotone
        functions, factors and constant terms): complexity, loss (`1 - |mean cos|` in the search),
        alignment over the shell, fidelity on held-back rows, threshold, formula (text, constants to four
        digits), expression (with all digits) and whether it was chosen.  With more than two classes the
        first level of the index is the class.
    coefficients_ : DataFrame or dict
        Constants of the rule in the order in which `formula_` has them (`c1`, `c2`, …) and its
        threshold: value, bounds of the 95 % bootstrap interval (`low`, `high`), and what it was rounded from
        (`snapped_from`): the value that fits best beside the other numbers of the rule, on their scale; NaN
        where the fitted value itself stands there and merely lost digits.
        Computed when it is asked for.
    trust_ : Trust or dict
        How far the rule may be trusted: figures and verdict; `summary()` prints them.  With more than two
        classes they are those of each class against the rest, and `summary()` ends with fidelity and
        accuracy of all classes together.
    classes_ : ndarray of shape (n_classes,)
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

    _parameter_constraints: dict[str, list[Any]] = {
        "estimator": ESTIMATOR,
        "target": [object],
        "engine": [Engine, None],
        "delta": [Interval(Real, 0, 0.5, closed="neither")],
        "n_directions": [Interval(Integral, 8, None, closed="left")],
        "smoothing": [Interval(Real, 0, None, closed="neither"), None],
        "n_searches": [Interval(Integral, 1, None, closed="left")],
        "structure": ["boolean", list, tuple, Hidden(str)],  # a string is refused with a list in its place
        "selection": [StrOptions(set(RULES)), WholeNumbers(1), callable],
        "link": [StrOptions(set(LINKS))],
        "validation_fraction": [Interval(Real, 0, 1, closed="neither")],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        estimator: Any = None,
        *,
        target: Any = None,
        engine: Engine | None = None,
        delta: float = 1e-4,
        n_directions: int = 512,
        smoothing: float | None = None,
        n_searches: int = 1,
        structure: bool | Sequence[str] = True,
        selection: Any = "knee",
        link: str = "logistic",
        validation_fraction: float = 0.3,
        random_state: Any = None,
    ) -> None:
        self.estimator = estimator
        self.target = target
        self.engine = engine
        self.delta = delta
        self.n_directions = n_directions
        self.smoothing = smoothing
        self.n_searches = n_searches
        self.structure = structure
        self.selection = selection
        self.link = link
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
        self._hypotheses()  # refuses an unknown one before the network is trained
        rng = check_random_state(self.random_state)
        rows = self._fit_network(X, y)
        self._trust_seed = int(rng.randint(np.iinfo(np.int32).max))
        order = rng.permutation(len(rows))
        n_held_back = min(max(1, round(self.validation_fraction * len(rows))), len(rows) - 1)
        network = self._network_to_read(rows)
        searched, held_back = rows[order[n_held_back:]], rows[order[:n_held_back]]
        plans = self._plans(self._latent_targets(), self.delta, "class")
        warn_of_each(network, searched, plans, "class", rng)
        self._readings = read_each(plans, lambda plan: read_latent(network, searched, held_back, plan, rng))
        self._labelled = self._labelled_rows(rows, y, order[:MOST_ROWS])
        judged = order[:n_held_back][:MOST_ROWS]
        self._labels_judged = None if y is None else np.asarray(y).ravel()[judged]
        structures = self._by_class([reading.structure for reading in self._readings])
        self.structure_ = ByClass(structures) if isinstance(structures, dict) else structures
        self.readability_ = self._by_class([reading.readability for reading in self._readings])
        self.front_ = self._by_class([reading.front for reading in self._readings])
        self._n_features_out = len(self._readings)
        return finished(self.select, self.selection, self.selection)

    def select(self, selection: Any) -> SymbolicSurrogate:
        """Let another candidate of the front be the answer, without a new search.

        Parameters
        ----------
        selection : {"knee", "best", "one_standard_error", "accuracy"}, int, callable or dict
            Which one, as for the parameter of that name; an int is a complexity as `equations_` has it,
            the one of the search and not the `complexity_score` of the rule; the nearest counts.
            A dict by class label says it for each class that is to change.  A name drops terms that may as
            well be zero, an int or a callable keeps them: fidelity and complexity of the rule itself are
            in `trust_` and `complexity_score`, and may differ from its row in `equations_`.

        Returns
        -------
        SymbolicSurrogate
            The surrogate itself, with another formula.

        Raises
        ------
        ValueError
            If it is none of these, or a dict names a class that has no formula.

        Examples
        --------
        >>> import numpy as np
        >>> from skinterpret import SymbolicSurrogate, make_readable_network
        >>> from skinterpret.search import EvolutionEngine
        >>> X = np.random.default_rng(2).uniform(-1, 1, (500, 2))
        >>> engine = EvolutionEngine(max_evals=2_000)
        >>> surrogate = SymbolicSurrogate(make_readable_network((5,)), engine=engine, random_state=0)
        >>> surrogate = surrogate.fit(X, X[:, 0] + 2 * X[:, 1] > 0.5)
        >>> surrogate.equations_["complexity"].tolist()
        [1, 3, ...]
        >>> surrogate.select(3).decision_rule_  # a shorter formula, which is less faithful
        x0 + x1 > ...
        """
        check_is_fitted(self, "structure_")
        selections = self._selection_of_each(self._latent_names(), selection)
        answers = [
            reading.answer(each, self.link, self._trust_seed)
            for reading, each in zip(self._readings, selections, strict=True)
        ]
        self._selections = selections
        return self._with_answers(answers)

    @property
    def coefficients_(self) -> Any:
        """Constants and threshold of the rule, with intervals; see the class.

        Examples
        --------
        >>> import numpy as np
        >>> from skinterpret import SymbolicSurrogate, make_readable_network
        >>> from skinterpret.search import EvolutionEngine
        >>> X = np.random.default_rng(2).uniform(-1, 1, (500, 2))
        >>> engine = EvolutionEngine(max_evals=2_000)
        >>> surrogate = SymbolicSurrogate(make_readable_network((5,)), engine=engine, random_state=0)
        >>> surrogate = surrogate.fit(X, X[:, 0] + 2 * X[:, 1] > 0.5)
        >>> surrogate.coefficients_[["value", "low", "high"]].round(1)
                   value  low  high
        name
        c1           2...  1...  2...
        threshold    0...  0...  0...
        """
        check_is_fitted(self)
        return self._by_class([self._coefficients_of(position) for position in range(len(self._answers))])

    def to_code(self, language: str = "python") -> Any:
        """Write `decision_function` as source text that needs neither this package nor the network.

        The value is the log-odds of the second class, so the rule holds where it is positive.  Where
        the formula is not defined the text gives NaN (SQL NULL, a spreadsheet an error in the cell),
        `decision_function` gives 0.

        Parameters
        ----------
        language : {"python", "numpy", "c", "sql", "excel"}, default="python"
            A function in Python (of numbers, or of arrays with numpy) or C99, an expression over
            columns in SQL, or a formula over the cells of the second row of a spreadsheet.  Behind a
            `OneHotEncoder` all ask the raw columns, in the order of the table, except that C takes its
            indicators.

        Returns
        -------
        str or dict of str
            The source text; one a class when there are more than two.

        Raises
        ------
        ValueError
            If the language is none of these, or the link is not logistic.

        Examples
        --------
        >>> import numpy as np
        >>> from skinterpret import SymbolicSurrogate, make_readable_network
        >>> from skinterpret.search import EvolutionEngine
        >>> X = np.random.default_rng(2).uniform(-1, 1, (500, 2))
        >>> engine = EvolutionEngine(max_evals=2_000)
        >>> surrogate = SymbolicSurrogate(make_readable_network((5,)), engine=engine, random_state=0)
        >>> surrogate = surrogate.fit(X, X[:, 0] + 2 * X[:, 1] > 0.5)
        >>> surrogate.to_code("excel")
        '=...A2 + ...B2 - ...'
        """
        return super().to_code(language)

    def to_rule(self) -> ClassificationRule:
        """Take the rule without the network.

        Returns
        -------
        ClassificationRule
            A fitted estimator that decides as this one does.

        Examples
        --------
        >>> import numpy as np
        >>> from skinterpret import SymbolicSurrogate, make_readable_network
        >>> from skinterpret.search import EvolutionEngine
        >>> X = np.random.default_rng(2).uniform(-1, 1, (500, 2))
        >>> engine = EvolutionEngine(max_evals=2_000)
        >>> surrogate = SymbolicSurrogate(make_readable_network((5,)), engine=engine, random_state=0)
        >>> surrogate = surrogate.fit(X, X[:, 0] + 2 * X[:, 1] > 0.5)
        >>> rule = surrogate.to_rule()
        >>> rule.decision_rule_
        x0 + ...*x1 > ...
        >>> bool((rule.predict(X) == surrogate.predict(X)).all())
        True
        """
        check_is_fitted(self)
        return rule_of_answers(self._answers, self.classes_, **self._rule_inputs())

    def to_json(self, path: Any = None) -> str | None:
        """Write the rule as JSON, which is safe to load from strangers.

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
        >>> from skinterpret import SymbolicSurrogate, make_readable_network
        >>> from skinterpret.search import EvolutionEngine
        >>> X = np.random.default_rng(2).uniform(-1, 1, (500, 2))
        >>> engine = EvolutionEngine(max_evals=2_000)
        >>> surrogate = SymbolicSurrogate(make_readable_network((5,)), engine=engine, random_state=0)
        >>> surrogate = surrogate.fit(X, X[:, 0] + 2 * X[:, 1] > 0.5)
        >>> SymbolicSurrogate.from_json(surrogate.to_json()).decision_rule_
        x0 + ...*x1 > ...
        """
        return self.to_rule().to_json(path)

    @staticmethod
    def from_json(text: str) -> ClassificationRule:
        """Read the rule from the text that `to_json` gave; it may come from strangers.

        The text holds no network and no candidates, so what comes back is the rule alone: an estimator that
        decides as this one did.  `load_rule` reads the same from a file.

        Parameters
        ----------
        text : str
            What `to_json` gave.

        Returns
        -------
        ClassificationRule
            A fitted estimator that needs no network.

        Raises
        ------
        ValueError
            If the text is not such a rule; the message says where.

        Examples
        --------
        >>> import numpy as np
        >>> from skinterpret import SymbolicSurrogate, make_readable_network
        >>> from skinterpret.search import EvolutionEngine
        >>> X = np.random.default_rng(2).uniform(-1, 1, (500, 2))
        >>> engine = EvolutionEngine(max_evals=2_000)
        >>> surrogate = SymbolicSurrogate(make_readable_network((5,)), engine=engine, random_state=0)
        >>> surrogate = surrogate.fit(X, X[:, 0] + 2 * X[:, 1] > 0.5)
        >>> rule = SymbolicSurrogate.from_json(surrogate.to_json())
        >>> bool((rule.predict(X) == surrogate.predict(X)).all())
        True
        """
        return ClassificationRule.from_json(text)

    def network_labels(self, X: Any) -> Any:
        """Classes that the network gives; with a target, whether it holds.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples,)
            What `predict` is to agree with.

        Examples
        --------
        >>> import numpy as np
        >>> from skinterpret import SymbolicSurrogate, make_readable_network
        >>> from skinterpret.search import EvolutionEngine
        >>> X = np.random.default_rng(2).uniform(-1, 1, (500, 2))
        >>> engine = EvolutionEngine(max_evals=2_000)
        >>> surrogate = SymbolicSurrogate(make_readable_network((5,)), engine=engine, random_state=0)
        >>> surrogate = surrogate.fit(X, X[:, 0] + 2 * X[:, 1] > 0.5)
        >>> surrogate.network_labels([[0.0, 0.0], [1.0, 1.0]]).tolist()
        [False, True]
        """
        if self.target is None:
            return super().network_labels(X)
        rows = self._rows(X)
        return self.network_.latent(rows, self.target) > 0

    def _with_answers(self, answers: list[Answer]) -> SymbolicSurrogate:
        """Let these be the answers, and say how far each may be trusted."""
        self._answers = answers
        rules = self._rules()
        self.formula_ = self._by_class([answer.expression for answer in self._answers])
        self.threshold_ = self._by_class([answer.link.threshold for answer in self._answers])
        self.decision_rule_ = self._by_class(rules)
        self.expression_ = self._by_class([rule.lhs for rule in rules])
        tables = [
            reading.table.assign(chosen=np.arange(len(reading.table)) == answer.position)
            for reading, answer in zip(self._readings, self._answers, strict=True)
        ]
        if len(tables) == 1:
            self.equations_ = tables[0]
        else:
            self.equations_ = pd.concat(tables, keys=self.classes_, names=["class", None])
        self._trust = [
            assess(
                reading, answer, each, labelled, self._input_names(), self._trust_seed, self._averaged_over
            )
            for reading, answer, each, labelled in zip(
                self._readings, self._answers, self._selections, self._labelled, strict=True
            )
        ]
        self.trust_ = self._by_class(self._trust)
        self._warn_of_distrust()
        return self

    def _take_outputs(self) -> None:
        super()._take_outputs()
        if self.target is not None:
            # one row is enough for an unknown target to be refused
            self.network_.latent(np.zeros((1, self.network_.n_features_in)), self.target)
            self.classes_ = np.array([False, True])

    def _labelled_rows(self, rows: Any, y: Any, order: Any) -> list[Labelled | None]:
        """Rows in an order, and whether each has the label that a latent speaks for; None if unknown."""
        if y is None or is_of_hidden_unit(self.target):
            return [None] * len(self._latent_targets())
        labels = np.asarray(y).ravel()[order]
        positive = [self.classes_[1]] if self.target is None else [self.target]
        names = positive if len(self.classes_) == 2 else self.classes_
        return [Labelled(rows[order], labels == name) for name in names]

    def _of_all_together(self) -> list[str]:
        """Tell how often the class of the surest rule is the network's, where there are several rules."""
        if len(self._answers) == 1:
            return []
        rows = self._readings[0].judge.X  # those held back, the same for each class
        found = agreement(self._decided(self._odds(rows)), self.network_.predict(rows), self._labels_judged)
        words = f"All classes together: fidelity {found.fidelity:.3f}"
        if self._labels_judged is not None:
            words += (
                f", accuracy of the rules {found.rule_accuracy:.3f}, of the network "
                f"{found.network_accuracy:.3f}"
            )
        return [f"{words}, on {found.n_rows:,} rows held back from the search."]

    def _coefficients_of(self, position: int) -> pd.DataFrame:
        return coefficient_table(self._readings[position].judge, self._answers[position], self._trust_seed)

    def _statements(self) -> list[str]:
        names = self._input_names()
        return [
            f"{name} where  {to_plain(answer.rule(names))}"
            for name, answer in zip(self._latent_names(), self._answers, strict=True)
        ]

    def _latent_names(self) -> list[Any]:
        """Name what each rule speaks for."""
        if len(self.classes_) > 2:
            return list(self.classes_.tolist())
        return [self.classes_[1].item() if self.target is None else self.target]

    def _latent_targets(self) -> list[Any]:
        """Latents to read: one for a yes or no, else one a class."""
        return [self.target] if len(self.classes_) == 2 else self.classes_.tolist()
