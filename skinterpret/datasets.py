"""The experiments of arXiv:2401.04978, and a simulation of gene regulation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from numbers import Integral, Real
from typing import Any

import numpy as np
import pandas as pd
import sympy
from numpy.typing import ArrayLike, NDArray
from sklearn.utils import Bunch, check_random_state, check_scalar

__all__ = ["make_gene_regulation", "make_wetzel"]

Array = NDArray[np.float64]
Bounds = tuple[tuple[float, float], ...]
Rules = tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Experiment:
    """One experiment: what is drawn and how it is labelled.

    Attributes
    ----------
    rules : tuple of (str, float)
        Formulas with their thresholds that label the rows; rows on which several disagree are
        left out.
    wide : tuple of (float, float)
        Standard box, one interval an input.
    published : tuple of (float, float), default=None
        Box of the publication, where it differs.
    encoded : str, default=None
        The concept that the network of the publication encodes, where it is not the formula of the only
        rule.
    """

    rules: Rules
    wide: Bounds
    published: Bounds | None = None
    encoded: str | None = None


EXPERIMENTS = {
    1: Experiment((("x1**2 + 2*x2**2", 1.0),), ((-1, 1),) * 2),
    2: Experiment((("x1**2 + 3*x1*x2 + 2*x2**2", 5.0),), ((-2, 2),) * 2, ((-2, 0),) * 2),
    3: Experiment((("x1**2 + sin(x2 + x3)", 1.0),), ((-2, 2),) * 3, ((-2, 0),) * 3),
    4: Experiment((("exp(x1 - x2) - 3.141592653589793*x3", 1.0),), ((-1, 1),) * 3),
    5: Experiment((("x1*exp(-0.5*(x2**2 + x3**2))", 0.2),), ((0, 2), (-2, 2), (-2, 2))),
    6: Experiment((("x1*x2/((x3 - x4)**2 + (x5 - x6)**2)", 1.0),), ((0, 2),) * 6),
    7: Experiment(
        (("x1*x2", 1.0), ("x3*x4", 1.0)),
        ((0, 2),) * 4,
        encoded="x1*x2 + x3*x4",
    ),
    8: Experiment(
        (("x1*x2 + x3", 2.0), ("sin(x2*x3)", 0.5)),
        ((0, 2),) * 3,
        encoded="x1*x2 + x3 + sin(x2*x3)",
    ),
}

GENES = (
    "CRP",
    "LacI",
    "AraC",
    "FNR",
    "Fis",
    "IHF",
    "ArcA",
    "NarL",
    "PurR",
    "TrpR",
    "MetJ",
    "Fur",
    "SoxS",
    "OmpR",
    "PhoB",
)
RELEVANT_GENES = ("CRP", "AraC", "Fis", "LacI", "FNR", "PurR")
PROMOTER = Experiment(
    (("((CRP*AraC)**2 + Fis**2)/(1 + LacI**2 + FNR**2 + PurR**2)", 0.5),), ((0, 2),) * len(GENES)
)


@dataclass(frozen=True)
class Function:
    """A formula as a function of rows; it can be pickled.

    Parameters
    ----------
    formula : str
        The formula, in the names of the inputs.
    feature_names : tuple of str
        Names of the columns.

    Examples
    --------
    >>> from skinterpret.datasets import Function
    >>> g = Function("x1**2 + 2*x2**2", ("x1", "x2"))
    >>> g([[1.0, 3.0]]), g.gradient([[1.0, 3.0]])
    (array([19.]), array([[ 2., 12.]]))
    """

    formula: str
    feature_names: tuple[str, ...]

    def __call__(self, X: ArrayLike) -> Array:
        """Values, shape (n_samples,), at rows of shape (n_samples, n_features)."""
        columns = np.asarray(X, dtype=np.float64).T
        return np.asarray(_compile(self)[0](*columns), dtype=np.float64)

    def gradient(self, X: ArrayLike) -> Array:
        """Differentiate by each input at rows; both of shape (n_samples, n_features)."""
        columns = np.asarray(X, dtype=np.float64).T
        result = np.empty(columns.T.shape)
        for j, derivative in enumerate(_compile(self)[1](*columns)):
            result[:, j] = derivative  # a number where it is constant
        return result


def make_wetzel(
    experiment: int,
    n_samples: int = 10_000,
    noise: float = 0.01,
    box: str = "wide",
    *,
    return_X_y: bool = False,
    as_frame: bool = False,
    random_state: Any = None,
) -> Any:
    """Draw the data of an experiment of arXiv:2401.04978, section 4.

    Inputs are uniform on a box; the label says whether `g·N(1, noise) > c`.  In experiments 7 and 8
    there are two rules, each with a noise of its own, and only rows on which both agree are kept:
    either rule alone classifies almost perfectly, but in the published experiments a network encodes
    their sum.  How often the sum is found in the networks here stands in table recovery of the
    documentation.

    Parameters
    ----------
    experiment : int
        Number of the experiment, from 1 to 8.
    n_samples : int, default=10000
        Number of rows.
    noise : float, default=0.01
        Standard deviation of the factor that `g` is multiplied by before it is compared.
    box : {"wide", "published"}, default="wide"
        The published box of experiments 2 and 3 shows a part of the boundary that is nearly
        straight or has a rival form; the wide one does not.  The other experiments have one box.
    return_X_y : bool, default=False
        Whether to return `(data, target)` alone.
    as_frame : bool, default=False
        Whether data and target are pandas objects with names.
    random_state : int, RandomState instance or None, default=None
        Seed.

    Returns
    -------
    Bunch or tuple
        The tuple `(data, target)` if `return_X_y`; else with the keys

        - `data`: (n_samples, n_features), float64;
        - `target`: (n_samples,), int64, 1 where the rule holds and 0 elsewhere;
        - `frame`: both in one DataFrame if `as_frame`, else None;
        - `feature_names`: list of str, `x1, x2, …`;
        - `target_names`: what 0 and 1 mean;
        - `formula`: the concept `g` that the network of the publication encodes, as text;
        - `function`, `gradient`: `g` and its gradient as functions of rows;
        - `threshold`: c, or None where there are two rules;
        - `rules`: tuple of (formula, threshold) that make the labels;
        - `rule`: the same as text;
        - `box`: (n_features, 2), smallest and largest value of each input;
        - `DESCR`: what the data are.

    Raises
    ------
    ValueError
        If there is no such experiment or box, or a number is out of range.

    Examples
    --------
    >>> from skinterpret.datasets import make_wetzel
    >>> data = make_wetzel(1, n_samples=5, random_state=0)
    >>> data.rule, data.data.shape
    ('x1**2 + 2*x2**2 > 1', (5, 2))
    >>> data.function([[1.0, 0.0]]), data.gradient([[1.0, 0.0]])
    (array([1.]), array([[2., 0.]]))
    """
    if experiment not in EXPERIMENTS:
        raise ValueError(f"experiment={experiment!r} is unknown; choose from 1 to 8.")
    if box not in ("wide", "published"):
        raise ValueError(f"box={box!r} is unknown; choose 'wide' or 'published'.")
    row = EXPERIMENTS[experiment]
    bounds = row.published if box == "published" and row.published else row.wide
    names = tuple(f"x{j + 1}" for j in range(len(bounds)))
    title = f"Experiment {experiment} of arXiv:2401.04978"
    bunch = _simulate(row, bounds, names, title, n_samples, noise, random_state)
    return _deliver(bunch, return_X_y, as_frame)


def make_gene_regulation(
    n_samples: int = 10_000,
    noise: float = 0.05,
    *,
    return_X_y: bool = False,
    as_frame: bool = False,
    random_state: Any = None,
) -> Any:
    """Simulate a gene that six of fifteen transcription factors regulate.

    The names are those of regulators of *Escherichia coli*, the wiring is invented.  CRP and AraC
    activate together, Fis activates alone, and LacI, FNR and PurR inhibit; all bind as dimers, and
    only one of them (or the pair) occupies the promoter at a time.  With concentrations in units of
    their dissociation constants, uniform on [0, 2], the statistical weights of the promoter's
    states are::

        A = (CRP·AraC)² + Fis²             an activator is bound
        R = LacI² + FNR² + PurR²           an inhibitor is bound
        1                                  nothing is bound

    and the share of time with an activator bound is the competitive Hill function ::

        P = A / (1 + A + R)

    Without inhibitors Fis alone gives Hill activation, `Fis²/(1 + Fis²)`, and an inhibitor scales
    the odds by Hill inhibition, `1/(1 + LacI²)`; every coefficient is 2.  `P` is a monotone
    function of the odds `g = A/(1 + R)`, so both are one concept, and `g` is its shorter form.  The
    gene is on where `g·N(1, noise) > 1/2`; without noise, where an activator is bound more than a
    third of the time.

    Parameters
    ----------
    n_samples : int, default=10000
        Number of cells.
    noise : float, default=0.05
        Standard deviation of the factor by which the odds of a cell depart from the formula.
    return_X_y : bool, default=False
        Whether to return `(data, target)` alone.
    as_frame : bool, default=False
        Whether data and target are pandas objects with names.
    random_state : int, RandomState instance or None, default=None
        Seed.

    Returns
    -------
    Bunch or tuple
        As `make_wetzel`, with 15 inputs, labels 0 (off) and 1 (on), and `relevant`, the names of
        the six inputs that matter.

    Raises
    ------
    ValueError
        If a number is out of range.

    References
    ----------
    U. Alon, An Introduction to Systems Biology, Chapman & Hall/CRC 2006, chapter 2 and appendix A
    (Hill functions, genes with several inputs).

    L. Bintu et al., Transcriptional regulation by the numbers: models, Current Opinion in Genetics
    & Development 15, 2005 (statistical weights of a promoter's states).

    Examples
    --------
    >>> from skinterpret.datasets import make_gene_regulation
    >>> cells = make_gene_regulation(n_samples=100, random_state=0)
    >>> cells.data.shape, cells.relevant
    ((100, 15), ['CRP', 'AraC', 'Fis', 'LacI', 'FNR', 'PurR'])
    >>> cells.rule
    '((CRP*AraC)**2 + Fis**2)/(1 + LacI**2 + FNR**2 + PurR**2) > 0.5'
    """
    title = "A gene that six of fifteen transcription factors regulate (invented wiring)"
    bunch = _simulate(PROMOTER, PROMOTER.wide, GENES, title, n_samples, noise, random_state)
    bunch.update(relevant=list(RELEVANT_GENES), target_names=["off", "on"])
    return _deliver(bunch, return_X_y, as_frame)


def _simulate(
    experiment: Experiment,
    bounds: Bounds,
    names: tuple[str, ...],
    title: str,
    n_samples: int,
    noise: float,
    random_state: Any,
) -> Bunch:
    check_scalar(n_samples, "n_samples", Integral, min_val=1)
    check_scalar(noise, "noise", Real, min_val=0)
    rules, formula = experiment.rules, experiment.encoded or experiment.rules[0][0]
    box = np.array(bounds, dtype=np.float64)
    functions = [(Function(text, names), threshold) for text, threshold in rules]
    data, target = _draw(functions, box, n_samples, noise, check_random_state(random_state))
    function = Function(formula, names)
    rule = " and ".join(f"{text} > {threshold:g}" for text, threshold in rules)
    intervals = ", ".join(
        f"{name} in [{low:g}, {high:g}]" for name, (low, high) in zip(names, bounds, strict=True)
    )
    agreed = "" if len(rules) == 1 else ", on rows where all parts of the rule agree"
    return Bunch(
        data=data,
        target=target,
        frame=None,
        feature_names=list(names),
        target_names=["rule fails", "rule holds"],
        formula=formula,
        function=function,
        gradient=function.gradient,
        threshold=rules[0][1] if len(rules) == 1 else None,
        rules=rules,
        rule=rule,
        box=box,
        DESCR=(
            f"{title}; concept: {formula}.\n\n"
            f"The target is 1 where {rule}{agreed}; left-hand sides are multiplied by noise from "
            f"N(1, {noise:g}).  {n_samples} rows, uniform on {intervals}."
        ),
    )


def _draw(
    rules: list[tuple[Function, float]],
    bounds: Array,
    n_samples: int,
    noise: float,
    rng: np.random.RandomState,
) -> tuple[Array, NDArray[np.int64]]:
    """Draw rows until enough are found on which all rules agree."""
    kept, labels, found = [], [], 0
    while found < n_samples:
        rows = rng.uniform(bounds[:, 0], bounds[:, 1], size=(n_samples, len(bounds)))
        votes = np.array(
            [g(rows) * rng.normal(1, noise, size=n_samples) > threshold for g, threshold in rules]
        )
        agree = (votes == votes[0]).all(axis=0)
        kept.append(rows[agree])
        labels.append(votes[0, agree])
        found += int(agree.sum())
    return np.vstack(kept)[:n_samples], np.concatenate(labels)[:n_samples].astype(np.int64)


def _deliver(bunch: Bunch, return_X_y: bool, as_frame: bool) -> Any:
    if as_frame:
        bunch.data = pd.DataFrame(bunch.data, columns=bunch.feature_names)
        bunch.target = pd.Series(bunch.target, name="target")
        bunch.frame = pd.concat([bunch.data, bunch.target], axis=1)
    return (bunch.data, bunch.target) if return_X_y else bunch


@lru_cache
def _compile(function: Function) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """Turn a formula into numpy code for its values and for the list of its derivatives."""
    symbols = {name: sympy.Symbol(name, real=True) for name in function.feature_names}
    formula = sympy.parse_expr(function.formula, local_dict=symbols)
    arguments = list(symbols.values())
    derivatives = [formula.diff(symbol) for symbol in arguments]
    return (
        sympy.lambdify(arguments, formula, "numpy"),
        sympy.lambdify(arguments, derivatives, "numpy", cse=True),
    )
