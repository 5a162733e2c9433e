"""How well a network can be read: what its directions and answers say before any search."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from skinterpret._user_line import warn_user
from skinterpret.directions import Directions
from skinterpret.exceptions import UnreadableNetworkWarning
from skinterpret.network.smoothing import unsmoothed
from skinterpret.surrogates.judging.figures import READABLE, agreement_of_neighbours

__all__ = ["Readability"]

Array = NDArray[np.float64]

LEAST_DISCRIMINATION = 0.1


@dataclass(frozen=True)
class Readability:
    """What is measured on a network before its search.

    Attributes
    ----------
    smoothness : float
        Mean cosine between the network's directions at a row and at its five nearest neighbours in the
        shell: near 1 for a network that can be read.
    reliability : ndarray of shape (n_rows,)
        The same for each row of the shell.
    discrimination : float
        Variance of the network's probabilities over that of its classes if these were drawn from them
        (Tjur, American Statistician 63, 2009): 0 for a network that says the same everywhere; NaN for
        values, which are no probabilities.
    rarer : float
        Share of the rows to which the network gives the less frequent answer; NaN for values.
    has_tanh_units : bool, default=False
        Whether all hidden units are tanh ones, which then need no advice.

    Examples
    --------
    >>> import numpy as np
    >>> from skinterpret.surrogates.judging.readability import Readability
    >>> Readability(0.6, np.full(100, 0.6), discrimination=0.9, rarer=0.4).warnings
    ("The directions of neighbouring rows agree to 0.60 only, less than 0.9: no formula can ...",)
    """

    smoothness: float
    reliability: Array = field(repr=False)
    discrimination: float
    rarer: float
    has_tanh_units: bool = False

    @property
    def weight(self) -> Array:
        """Weight of each row of the shell in the search: its reliability, and none where that is negative.

        Examples
        --------
        >>> import numpy as np
        >>> from skinterpret.surrogates.judging.readability import Readability
        >>> Readability(0.4, np.array([0.9, 0.7, -0.4]), discrimination=0.9, rarer=0.4).weight.tolist()
        [0.9, 0.7, 0.0]
        """
        weight = np.maximum(self.reliability, 0.0)
        return weight if weight.any() else np.ones(len(weight))

    @property
    def warnings(self) -> tuple[str, ...]:
        """What speaks against reading the network, a sentence each, with the mend.

        Examples
        --------
        >>> import numpy as np
        >>> from skinterpret.surrogates.judging.readability import Readability
        >>> Readability(0.99, np.full(100, 0.99), discrimination=0.9, rarer=0.4).warnings
        ()
        >>> for sentence in Readability(0.6, np.full(100, 0.6), discrimination=0.02, rarer=0.4).warnings:
        ...     print(sentence)
        The network's answers hardly vary: its probabilities spread 0.02 of what they could, ...
        The directions of neighbouring rows agree to 0.60 only, less than 0.9: ...
        """
        return tuple(each.words(self).format(each.figure(self)) for each in OBSTACLES if each.holds(self))


SMOOTHER = (
    "more rows make them smoother, and so do tanh units trained by solver='lbfgs', a larger alpha than the "
    "network has now, or, for a ReLU network of few units, smoothing=0.1; make_readable_network(alpha=...) "
    "gives a smooth network for decisions."
)
SMOOTHER_OF_TANH = (
    "more rows make them smoother, and so does a larger alpha than the network has now; "
    "make_readable_network(alpha=...) gives a smooth network for decisions."
)
LEARN_MORE = (
    "train it longer or with a larger learning_rate_init, scale its inputs, and take tanh units where "
    "logistic ones do not learn."
)
SMOOTHER_BY_OPTION = (
    "more rows make them smoother, and so does a network trained in Python for that, which "
    "--estimator takes: make_readable_network(alpha=...) gives one, the smoother the larger its alpha is."
)
IN_OPTIONS = {
    SMOOTHER: SMOOTHER_BY_OPTION,
    SMOOTHER_OF_TANH: SMOOTHER_BY_OPTION,
    LEARN_MORE: "give by --estimator a network that was trained in Python, longer or with a larger "
    "learning_rate_init, on scaled inputs, and with tanh units where logistic ones do not learn.",
}


def smoother(has_tanh_units: bool) -> str:
    """Say what makes the directions of a network smoother, without what it has already.

    Parameters
    ----------
    has_tanh_units : bool
        Whether all of its hidden units are tanh ones.

    Returns
    -------
    str
        The advice.

    Examples
    --------
    >>> from skinterpret.surrogates.judging.readability import smoother
    >>> smoother(has_tanh_units=True)
    'more rows make them smoother, and so does a larger alpha than the network has now; ...'
    """
    return SMOOTHER_OF_TANH if has_tanh_units else SMOOTHER


def in_options(words: str) -> str:
    """Give the advice in a text to users of the command line, who have options in the place of parameters.

    Parameters
    ----------
    words : str
        What was said to users of Python.

    Returns
    -------
    str
        The same with the options that do what is advised.

    Examples
    --------
    >>> from skinterpret.surrogates.judging.readability import LEARN_MORE, in_options
    >>> print(in_options(f"It always says the same: {LEARN_MORE}"))
    It always says the same: give by --estimator a network that was trained in Python, longer ...
    """
    for in_python, by_option in IN_OPTIONS.items():
        for spelled in (str, _capitalised):
            words = words.replace(spelled(in_python), spelled(by_option))
    return words


def _capitalised(words: str) -> str:
    return words[0].upper() + words[1:]


class _Obstacle(NamedTuple):
    """What may speak against reading a network: a sentence with room for a figure."""

    holds: Callable[[Readability], bool]
    figure: Callable[[Readability], str]
    words: Callable[[Readability], str]


OBSTACLES = (
    _Obstacle(
        lambda measured: measured.rarer == 0,
        lambda measured: "",
        lambda measured: (
            "The network gives all rows the same answer, so it has no decision that a formula could stand "
            f"for: {LEARN_MORE}"
        ),
    ),
    _Obstacle(
        lambda measured: measured.rarer > 0 and measured.discrimination < LEAST_DISCRIMINATION,
        lambda measured: f"{measured.discrimination:.2f}",
        lambda measured: (
            "The network's answers hardly vary: its probabilities spread {} of what they could, so that even "
            "smooth directions mean little: " + LEARN_MORE
        ),
    ),
    _Obstacle(
        lambda measured: measured.smoothness < READABLE,
        lambda measured: f"{measured.smoothness:.2f}",
        lambda measured: (
            f"The directions of neighbouring rows agree to {{}} only, less than {READABLE}: no "
            f"formula can follow directions that jump.  {_capitalised(smoother(measured.has_tanh_units))}"
        ),
    ),
)


def discrimination_of(probability: Array) -> float:
    """Tell how far probabilities tell two classes apart.

    Parameters
    ----------
    probability : ndarray of shape (n_samples,)
        Probabilities of one of the classes.

    Returns
    -------
    float
        From 0, the same everywhere, to 1, sure everywhere.
    """
    spread = probability.mean() * (1 - probability.mean())
    return float(probability.var() / spread) if spread > 0 else 0.0


def measure_readability(
    network: Any,
    X: Array,
    target: Any,
    sample: Directions,
    scale: Array,
    weight: Array | None,
    *,
    has_boundary: bool,
) -> Readability:
    """Measure how well a latent can be read.

    Parameters
    ----------
    network : DenseNetwork
        The network.
    X : ndarray of shape (n_samples, n_features)
        Rows of the data.
    target : object
        Which latent.
    sample : Directions
        Its directions.
    scale : ndarray of shape (n_features,)
        Scale of each input.
    weight : ndarray of shape (n_rows,) or None
        Weights of the directions in their mean; `None` means that all count alike.
    has_boundary : bool
        Whether the latent is the log-odds of a decision.

    Returns
    -------
    Readability
        The figures.
    """
    reliability = agreement_of_neighbours(sample.X / scale, sample.directions)
    discrimination = rarer = np.nan
    if has_boundary:
        probability = expit(network.latent(X, target))
        share = float(np.mean(probability > 0.5))
        discrimination, rarer = discrimination_of(probability), min(share, 1 - share)
    smoothness = float(np.average(reliability, weights=weight))
    return Readability(smoothness, reliability, discrimination, rarer, _has_tanh_units(network))


def _has_tanh_units(network: Any) -> bool:
    """Tell whether a network has hidden units, and all of them are tanh ones."""
    activations = getattr(unsmoothed(network), "hidden_activations", ())
    return len(activations) > 0 and all(str(each) == "tanh" for each in activations)


def warn_of_unreadable(readability: Readability, target: Any) -> None:
    """Say before the search what speaks against it.

    Parameters
    ----------
    readability : Readability
        What was measured.
    target : object
        Which latent it was measured on.
    """
    if readability.warnings:
        whose = "" if target is None else f"target={target!r}: "
        warn_user(whose + " ".join(readability.warnings), UnreadableNetworkWarning)


def warn_of_unreadable_ones(measured: Mapping[Any, Readability], kind: str) -> None:
    """Say before the searches for several latents what speaks against them, in one warning.

    Parameters
    ----------
    measured : mapping of object to Readability
        What was measured on each latent.
    kind : str
        What they are, such as "class".
    """
    sentences = [_of_several(obstacle, measured, kind) for obstacle in OBSTACLES]
    if any(sentences):
        warn_user(" ".join(filter(None, sentences)), UnreadableNetworkWarning)


def _of_several(obstacle: _Obstacle, measured: Mapping[Any, Readability], kind: str) -> str:
    """Say for which latents an obstacle holds, from which figure to which; nothing where for none."""
    figures = {name: obstacle.figure(each) for name, each in measured.items() if obstacle.holds(each)}
    if not figures:
        return ""
    low, high = min(figures.values()), max(figures.values())
    words = obstacle.words(next(iter(measured.values()))).format(low if low == high else f"{low} to {high}")
    return f"For {_named(list(figures), kind)} (of {len(measured)}): {words}"


def _named(names: list[Any], kind: str) -> str:
    """Name what there is of a kind, such as: the classes 'a', 'b' and 'c'."""
    *before, last = [repr(name.item() if isinstance(name, np.generic) else name) for name in names]
    if not before:
        return f"{kind} {last}"
    return f"the {kind}{'es' if kind.endswith('s') else 's'} {', '.join(before)} and {last}"
