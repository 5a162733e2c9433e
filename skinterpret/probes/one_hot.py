"""`OneHotProbe`: what each value of each input, fed alone, makes of a network's answer."""

from __future__ import annotations

from numbers import Integral
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import expit, softmax
from sklearn.base import BaseEstimator, ClassifierMixin, TransformerMixin
from sklearn.preprocessing import MultiLabelBinarizer
from sklearn.utils import check_array, check_consistent_length, column_or_1d
from sklearn.utils.validation import check_is_fitted, validate_data

from skinterpret._sklearn import (
    Interval,
    StrOptions,
    check_input_names,
    fit_context,
)
from skinterpret._user_line import warn_user
from skinterpret.base import ESTIMATOR, NetworkClassifierMixin
from skinterpret.exceptions import UnfaithfulProbeWarning
from skinterpret.network import check_readable
from skinterpret.network.readers import imputer_in
from skinterpret.probes.distrust import reason_for_distrust
from skinterpret.probes.encoding import EncodedNetwork, one_hot_columns, split_steps
from skinterpret.probes.tables import list_drivers, probe_pairs, probe_singly
from skinterpret.probes.values import (
    as_dense,
    as_frame,
    baseline_row,
    boolean_columns,
    check_frame,
    check_numbers,
    is_category,
    probed_values,
    set_values,
)

MOST_JUDGED = 1_000  # rows; the network is asked about each value of each input in them


class OneHotProbe(  # type: ignore[misc]
    NetworkClassifierMixin, TransformerMixin, ClassifierMixin, BaseEstimator
):
    """What a network makes of each value of each input, fed to it alone.

    Every other input stands at a baseline.  What the value then adds to a class's margin is its
    contribution, and the contributions of a row's values, added to the baseline's margin, are an
    additive surrogate of the network: exact where inputs do not interact, and as far from the
    network as they do.  The margin of two classes is the latent, the log-odds of the second.  More
    than two have a margin each, what the softmax takes less its mean over the classes: log-odds
    against the rest do not add up even in a linear network.

    The pipeline before the network may hold any steps.  The probe sets what stands in the columns of
    the raw rows: a category, not the columns that `OneHotEncoder` makes of it.

    Parameters
    ----------
    estimator : estimator, default=None
        The network: an `MLPClassifier`, alone or at the end of a pipeline.  It is cloned and fitted;
        one that is wrapped in `FrozenEstimator`, or a trained network that `as_network` reads and that is
        no estimator, such as one of torch, is used as it is.  `None` means
        `MLPClassifier((60, 60), activation="tanh")` behind a `StandardScaler`.
    baseline : {"zero", "mean", "median"} or array-like of shape (n_features,), default="zero"
        Where the other inputs stand, in raw units.  `"zero"` of a category is no category at all: all
        its columns behind the `OneHotEncoder` are 0.  Its `"mean"` and `"median"` are the most
        frequent category.  Zeros suit indicators and categories; where zeros lie far from the data,
        as with most measurements, `"mean"` makes the better surrogate.
    n_quantiles : int, default=5
        At how many quantiles a continuous input is probed, from its smallest to its largest value.
        Categories, inputs with at most this many values, and whole numbers (of any dtype), if at
        most 100 of them are different, are probed at every value that occurs.
    interactions : {"pairs"}, default=None
        `"pairs"` probes two inputs at a time as well.
    random_state : int, RandomState instance or None, default=None
        Seed of the network's training, where the network leaves it open.

    Attributes
    ----------
    estimator_ : estimator
        The fitted network.
    network_ : EncodedNetwork
        The network as a function of raw rows.
    baseline_ : Series of shape (n_features,)
        Where the other inputs stand.
    bias_ : ndarray of shape (n_margins,)
        Margins of the baseline alone: the network's bias.  There is one margin for two classes, one
        a class for more.
    probe_table_ : DataFrame
        One row a feature and value (the index), the first of them the baseline alone,
        `("baseline", "")`.  Truth values are the strings `"False"` and `"True"` here and in the other
        tables, because pandas takes them for 0 and 1.  Columns: `("probability", class)` for every
        class, `("latent", class)` for the second of two classes or every class of more, in log-odds,
        and `"predicted"`.
    class_drivers_ : DataFrame
        Which values stand for which class: each value under the class whose margin it raises most
        above the baseline's, from the strongest to the weakest, with its contribution to the
        margin, the class's probability, the `change` of that from the baseline's and the predicted
        class.  Read contribution and change together: with more than two classes a value
        that only rules out another class raises the margins of all the rest, so its contribution is
        large, but its change is small, zero or negative.  Values that change the probability by less
        than 0.005 stand for nothing and are left out (`probe_table_` has them), unless no other is
        left, or the network is certain of the class already: it predicts the class, and their
        contribution is at least a tenth of the strongest.  A class may so be missing, most often the one
        that the network gives at the baseline, where every value speaks more for another class.
    interactions_ : DataFrame
        With `interactions="pairs"` only.  A pair of values a row, the largest departure from
        additivity first, with the class whose margin departs most, the joint effect on it, the sum
        of the two single effects (`additive`), and their difference (`departure`).
    classes_ : ndarray of shape (n_classes,)
        Class labels.
    n_features_in_ : int
        Number of inputs.
    feature_names_in_ : ndarray of shape (n_features,)
        Names of the inputs, when X has string column names.

    Raises
    ------
    ValueError
        If the data or a parameter cannot be used.
    TypeError
        If the estimator does not end with a network that can be read.

    Warns
    -----
    UnfaithfulProbeWarning
        If the additive surrogate is hardly more faithful to the network than the most frequent class: of
        the rows (of 1,000 of them, evenly spaced, where there are more) on which that class is wrong,
        it wins less than a tenth.

    Examples
    --------
    >>> import pandas as pd
    >>> from sklearn.neural_network import MLPClassifier
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.preprocessing import OneHotEncoder
    >>> from skinterpret import OneHotProbe
    >>> X = pd.DataFrame({"colour": ["red", "green", "blue"] * 20, "size": ["S", "L"] * 30})
    >>> y = X["colour"].map({"red": "stop", "green": "go", "blue": "go"})
    >>> network = make_pipeline(OneHotEncoder(), MLPClassifier((4,), solver="lbfgs", max_iter=500))
    >>> probe = OneHotProbe(network, random_state=0).fit(X, y)
    >>> probe.class_drivers_.groupby("class")["value"].first()
    class
    go      ...
    stop    red
    Name: value, dtype: ...
    >>> probe.score(X)
    1.0
    """

    _parameter_constraints: dict[str, list[Any]] = {
        "estimator": ESTIMATOR,
        "baseline": [StrOptions({"zero", "mean", "median"}), "array-like"],
        "n_quantiles": [Interval(Integral, 2, None, closed="left")],
        "interactions": [StrOptions({"pairs"}), None],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        estimator: Any = None,
        *,
        baseline: Any = "zero",
        n_quantiles: int = 5,
        interactions: str | None = None,
        random_state: Any = None,
    ) -> None:
        self.estimator = estimator
        self.baseline = baseline
        self.n_quantiles = n_quantiles
        self.interactions = interactions
        self.random_state = random_state

    @fit_context(prefer_skip_nested_validation=False)
    def fit(self, X: Any, y: Any = None) -> OneHotProbe:
        """Fit or take the network, and probe it.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Rows, of numbers or categories.
        y : array-like of shape (n_samples,), default=None
            Labels; not needed when the network is trained and frozen.

        Returns
        -------
        OneHotProbe
            The fitted probe.
        """
        given = as_dense(X)
        rows = pd.DataFrame(self._fit_network(given, y)).set_axis(self._input_names(), axis=1)
        values = [
            probed_values(rows.iloc[:, j], self.n_quantiles, is_category(rows.iloc[:, j], j, self._encoded))
            for j in range(rows.shape[1])
        ]
        for j in boolean_columns(given):
            values[j] = values[j].astype(bool)
        self.baseline_ = self._baseline.iloc[0].rename("baseline")
        self.bias_ = self.network_.margins(self._baseline, blanks=True)[0]
        self.probe_table_ = probe_singly(self.network_, self._baseline, values, self._input_names())
        self.class_drivers_ = list_drivers(self.probe_table_, self.classes_)
        if self.interactions == "pairs":
            self.interactions_ = probe_pairs(self.network_, self._baseline, values, self._input_names())
        self._warn_of_infidelity(rows)
        return self

    def _warn_of_infidelity(self, rows: pd.DataFrame) -> None:
        some = rows.iloc[np.linspace(0, len(rows) - 1, min(len(rows), MOST_JUDGED)).astype(int)]
        answers = self._classes_at(self.bias_ + self._contributions_of(some).sum(axis=1))
        reason = reason_for_distrust(self.network_.predict(some), answers, self.baseline)
        if reason:
            warn_user(reason, UnfaithfulProbeWarning)

    def transform(self, X: Any) -> Any:
        """Contribution of each input's value, on its own, to the margins.

        The network is asked about every value as it is, whether it was probed or not.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples, n_features * n_margins)
            What each value adds to the baseline's margins, all inputs for the first margin, then
            all for the next: for two classes to the log-odds of the second, for more to the centred
            log-probability of each.

        Examples
        --------
        >>> import pandas as pd
        >>> from sklearn.neural_network import MLPClassifier
        >>> from sklearn.pipeline import make_pipeline
        >>> from sklearn.preprocessing import OneHotEncoder
        >>> from skinterpret import OneHotProbe
        >>> X = pd.DataFrame({"colour": ["red", "green", "blue"] * 20, "size": ["S", "L"] * 30})
        >>> network = make_pipeline(OneHotEncoder(), MLPClassifier((4,), solver="lbfgs", max_iter=500))
        >>> probe = OneHotProbe(network, random_state=0).fit(X, X["colour"] == "red")
        >>> contributions = pd.DataFrame(probe.transform(X[:2]), columns=probe.get_feature_names_out())
        >>> (contributions["colour"] > 0).tolist()  # red speaks for True, green against it
        [True, False]
        """
        contributions = self._contributions(X)
        return contributions.transpose(0, 2, 1).reshape(len(contributions), -1)

    def get_feature_names_out(self, input_features: Any = None) -> Any:
        """Names of what `transform` gives.

        Parameters
        ----------
        input_features : array-like of str of shape (n_features,), default=None
            Names of the inputs; they must be those that `fit` has seen.

        Returns
        -------
        ndarray of str objects of shape (n_features * n_margins,)
            `"{feature}"` for two classes, `"{feature}_{class}"` for more.

        Examples
        --------
        >>> import pandas as pd
        >>> from sklearn.neural_network import MLPClassifier
        >>> from sklearn.pipeline import make_pipeline
        >>> from sklearn.preprocessing import OneHotEncoder
        >>> from skinterpret import OneHotProbe
        >>> X = pd.DataFrame({"colour": ["red", "green", "blue"] * 20, "size": ["S", "L"] * 30})
        >>> network = make_pipeline(OneHotEncoder(), MLPClassifier((4,), solver="lbfgs", max_iter=500))
        >>> probe = OneHotProbe(network, random_state=0).fit(X, X["colour"] == "red")
        >>> probe.get_feature_names_out().tolist()
        ['colour', 'size']
        """
        check_is_fitted(self)
        names = check_input_names(self, input_features)
        if len(self.classes_) == 2:
            return np.asarray(names, dtype=object)
        return np.array([f"{name}_{label}" for label in self.classes_ for name in names], dtype=object)

    def decision_function(self, X: Any) -> Any:
        """Margins by the additive surrogate.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples,) or (n_samples, n_classes)
            `bias_` and the contributions, added up: log-odds of the second of two classes, or
            centred log-probabilities of more.

        Examples
        --------
        >>> import pandas as pd
        >>> from sklearn.neural_network import MLPClassifier
        >>> from sklearn.pipeline import make_pipeline
        >>> from sklearn.preprocessing import OneHotEncoder
        >>> from skinterpret import OneHotProbe
        >>> X = pd.DataFrame({"colour": ["red", "green", "blue"] * 20, "size": ["S", "L"] * 30})
        >>> network = make_pipeline(OneHotEncoder(), MLPClassifier((4,), solver="lbfgs", max_iter=500))
        >>> probe = OneHotProbe(network, random_state=0).fit(X, X["colour"] == "red")
        >>> (probe.decision_function(X[:3]) > 0).tolist()
        [True, False, False]
        """
        contributions = self._contributions(X)  # before the bias: it checks that there is one
        margins = self.bias_ + contributions.sum(axis=1)
        return margins[:, 0] if margins.shape[1] == 1 else margins

    def predict_proba(self, X: Any) -> Any:
        """Probabilities by the additive surrogate.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples, n_classes)
            Probabilities in the order of `classes_`.

        Examples
        --------
        >>> import pandas as pd
        >>> from sklearn.neural_network import MLPClassifier
        >>> from sklearn.pipeline import make_pipeline
        >>> from sklearn.preprocessing import OneHotEncoder
        >>> from skinterpret import OneHotProbe
        >>> X = pd.DataFrame({"colour": ["red", "green", "blue"] * 20, "size": ["S", "L"] * 30})
        >>> network = make_pipeline(OneHotEncoder(), MLPClassifier((4,), solver="lbfgs", max_iter=500))
        >>> probe = OneHotProbe(network, random_state=0).fit(X, X["colour"] == "red")
        >>> (probe.predict_proba(X[:3])[:, 1] > 0.9).tolist()
        [True, False, False]
        """
        margins = self.decision_function(X)
        if margins.ndim == 1:
            return np.column_stack([expit(-margins), expit(margins)])
        return softmax(margins, axis=1)

    def predict(self, X: Any) -> Any:
        """Classes by the additive surrogate.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples,)
            Class labels.
        """
        margins = self.decision_function(X)
        return self._classes_at(margins[:, None] if margins.ndim == 1 else margins)

    def _classes_at(self, margins: Any) -> Any:
        two = margins.shape[1] == 1
        return self.classes_[(margins[:, 0] > 0).astype(int) if two else margins.argmax(axis=1)]

    def _contributions(self, X: Any) -> Any:
        """Shape (n_samples, n_features, n_margins)."""
        check_is_fitted(self)
        rows = pd.DataFrame(self._validate_rows(X, reset=False))
        self.network_.encode(rows)  # an encoder that refuses unknown categories does so here
        return self._contributions_of(rows)

    def _contributions_of(self, rows: pd.DataFrame) -> Any:
        shape = (*rows.shape, len(self.bias_))
        contributions = np.empty(shape)
        for j in range(rows.shape[1]):
            codes, values = pd.factorize(rows.iloc[:, j], use_na_sentinel=False)
            cells = set_values(self._baseline, {j: np.asarray(values)})
            margins = self.network_.margins(cells, blanks=True)
            added = margins - self.bias_
            # rows of a batch may differ by rounding from the baseline alone
            added[_same(np.asarray(values, dtype=object), self._baseline.iat[0, j])] = 0.0
            contributions[:, j] = added[codes]
        return contributions

    def _validate_rows(self, X: Any, y: Any = "no_validation", **settings: Any) -> Any:
        """Validate rows, of numbers as everywhere, or of categories; when fitting, the baseline too."""
        X = as_dense(X)
        frame = as_frame(X)
        if frame is None:
            validated = super()._validate_rows(X, y, **settings)
        else:
            validated = self._validate_frame(frame, X, y, **settings)
        rows = pd.DataFrame(validated if isinstance(y, str) else validated[0])
        rows = rows.set_axis(self._input_names(), axis=1)
        fitting = settings.get("reset", True)
        if fitting:
            self._encoded = one_hot_columns(self._given, rows)
        check_numbers(rows, self._encoded, imputer_in(self._given))
        if fitting:
            self._baseline = baseline_row(rows, self.baseline, self._encoded)
        return validated

    def _validate_frame(self, frame: pd.DataFrame, X: Any, y: Any, **settings: Any) -> Any:
        validate_data(self, X, skip_check_array=True, reset=settings.get("reset", True))
        rows = check_frame(frame, ensure_min_samples=settings.get("ensure_min_samples", 1))
        if isinstance(y, str):
            return rows
        labels = check_array(column_or_1d(y, warn=True), ensure_2d=False, dtype=None, input_name="y")
        check_consistent_length(rows, labels)
        return rows, labels

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags

    def _check_readable(self) -> None:
        steps, last = split_steps(self._given)
        if any(isinstance(step, MultiLabelBinarizer) for step in steps):
            raise TypeError(
                "MultiLabelBinarizer is made for labels and cannot be a step of a pipeline; apply it to the "
                "rows first, and pass the columns that it makes to the network and to the probe."
            )
        check_readable(last)

    def _read_network(self) -> Any:
        return EncodedNetwork(self.estimator_)

    def _input_names(self) -> list[str]:
        names = getattr(self, "feature_names_in_", None)
        return [f"x{j}" for j in range(self.n_features_in_)] if names is None else list(names)


def _same(values: Any, one: Any) -> Any:
    """Which values are the given one; gaps are alike."""
    return np.array([value == one or (pd.isna(value) and pd.isna(one)) for value in values], dtype=bool)
