"""The experiments of arXiv:2401.04978, and a simulation of gene regulation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.utils import Bunch, check_random_state

from skinterpret.expressions import Expression

Array = NDArray[np.float64]
Bounds = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Experiment:
    """One experiment: what is drawn and how it is labelled.

    Parameters
    ----------
    formula : str
        The concept `g` that a network encodes.
    rules : tuple of (str, float)
        Formulas with their thresholds that label the rows; rows on which several disagree are
        left out.
    wide : tuple of (float, float)
        Standard box, one interval an input.
    published : tuple of (float, float), default=None
        Box of the publication, where it differs.
    """

    formula: str
    rules: tuple[tuple[str, float], ...]
    wide: Bounds
    published: Bounds | None = None


EXPERIMENTS = {
    1: Experiment("x1**2 + 2*x2**2", (("x1**2 + 2*x2**2", 1.0),), ((-1, 1),) * 2),
    2: Experiment(
        "x1**2 + 3*x1*x2 + 2*x2**2",
        (("x1**2 + 3*x1*x2 + 2*x2**2", 5.0),),
        ((-2, 2),) * 2,
        ((-2, 0),) * 2,
    ),
    3: Experiment(
        "x1**2 + sin(x2 + x3)",
        (("x1**2 + sin(x2 + x3)", 1.0),),
        ((-2, 2),) * 3,
        ((-2, 0),) * 3,
    ),
    4: Experiment(
        "exp(x1 - x2) - 3.141592653589793*x3",
        (("exp(x1 - x2) - 3.141592653589793*x3", 1.0),),
        ((-1, 1),) * 3,
    ),
    5: Experiment(
        "x1*exp(-0.5*(x2**2 + x3**2))",
        (("x1*exp(-0.5*(x2**2 + x3**2))", 0.2),),
        ((0, 2), (-2, 2), (-2, 2)),
    ),
    6: Experiment(
        "x1*x2/((x3 - x4)**2 + (x5 - x6)**2)",
        (("x1*x2/((x3 - x4)**2 + (x5 - x6)**2)", 1.0),),
        ((0, 2),) * 6,
    ),
    7: Experiment(
        "x1*x2 + x3*x4", (("x1*x2", 1.0), ("x3*x4", 1.0)), ((0, 2),) * 4
    ),
    8: Experiment(
        "x1*x2 + x3 + sin(x2*x3)",
        (("x1*x2 + x3", 2.0), ("sin(x2*x3)", 0.5)),
        ((0, 2),) * 3,
    ),
}


def make_wetzel(
    experiment: int,
    n_samples: int = 10_000,
    *,
    noise: float = 0.01,
    box: str = "wide",
    return_X_y: bool = False,
    as_frame: bool = False,
    random_state: Any = None,
) -> Any:
    """Draw the data of an experiment of arXiv:2401.04978, section 4.

    Inputs are uniform on a box; the label says whether `g·N(1, noise) > c`.  In experiments 7 and 8
    there are two rules, and only rows on which both agree are kept: either rule alone classifies
    perfectly, but a network encodes their sum.

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
        straight; the wide one does not.  The other experiments have one box.
    return_X_y : bool, default=False
        Whether to return `(data, target)` alone.
    as_frame : bool, default=False
        Whether data and target are pandas objects with names.
    random_state : int, RandomState instance or None, default=None
        Seed.

    Returns
    -------
    Bunch or tuple
        `data` (n_samples, n_features), `target` (n_samples,) of 0 and 1, `feature_names`,
        `formula` (the concept, as text), `threshold` (None where there are two rules), `rules`
        (formulas with thresholds that made the labels), `expression` (the concept as an
        `Expression`), `box` (n_features, 2), `DESCR`.

    Raises
    ------
    ValueError
        If there is no such experiment or box.

    Examples
    --------
    >>> from skinterpret.datasets import make_wetzel
    >>> data = make_wetzel(1, n_samples=5, random_state=0)
    >>> data.formula, data.threshold, data.data.shape
    ('x1**2 + 2*x2**2', 1.0, (5, 2))
    """
    if experiment not in EXPERIMENTS:
        raise ValueError(f"experiment={experiment!r} is unknown; choose from 1 to 8.")
    if box not in ("wide", "published"):
        raise ValueError(f"box={box!r} is unknown; choose 'wide' or 'published'.")
    row = EXPERIMENTS[experiment]
    rng = check_random_state(random_state)
    bounds = np.array(row.published if box == "published" and row.published else row.wide, float)
    names = [f"x{j + 1}" for j in range(len(bounds))]
    rules = [(Expression.parse(text, names), threshold) for text, threshold in row.rules]
    data, target = _draw(rules, bounds, n_samples, noise, rng)
    bunch = Bunch(
        data=data,
        target=target,
        feature_names=names,
        formula=row.formula,
        threshold=row.rules[0][1] if len(row.rules) == 1 else None,
        rules=row.rules,
        expression=Expression.parse(row.formula, names),
        box=bounds,
        DESCR=f"Experiment {experiment} of arXiv:2401.04978: {row.formula}.",
    )
    return _deliver(bunch, return_X_y, as_frame)


GENES = (
    "CRP", "LacI", "AraC", "FNR", "Fis", "IHF", "ArcA", "NarL", "PurR", "TrpR", "MetJ", "Fur",
    "SoxS", "OmpR", "PhoB",
)
RELEVANT_GENES = ("CRP", "AraC", "Fis", "LacI", "FNR", "PurR")


def make_gene_regulation(
    n_samples: int = 10_000,
    *,
    noise: float = 0.01,
    return_X_y: bool = False,
    as_frame: bool = False,
    random_state: Any = None,
) -> Any:
    """Simulate a gene that six of fifteen transcription factors regulate.

    The names are those of regulators of *Escherichia coli*, the wiring is invented.  With
    concentrations `u` in units of micromolar, uniform on [0, 2], the promoter's activity is::

        activation = CRP²/(K² + CRP²) + AraC²/(K² + AraC²) + Fis²/(K² + Fis²)
        inhibition = 1 + LacI² + FNR² + PurR²
        activity   = activation / inhibition,   K = 1

    that is, Hill functions of coefficient 2: activators add up, and each repressor competes with
    the polymerase for the promoter (Alon, An Introduction to Systems Biology, 2nd edition 2019,
    section 1.3 and appendix A).  The gene is on where `activity · N(1, noise)` exceeds the median
    of the activity.

    Parameters
    ----------
    n_samples : int, default=10000
        Number of cells.
    noise : float, default=0.01
        Standard deviation of the factor by which the activity of a cell departs from the formula.
    return_X_y : bool, default=False
        Whether to return `(data, target)` alone.
    as_frame : bool, default=False
        Whether data and target are pandas objects with names.
    random_state : int, RandomState instance or None, default=None
        Seed.

    Returns
    -------
    Bunch or tuple
        `data` (n_samples, 15), `target` (n_samples,) of 0 (off) and 1 (on), `feature_names`,
        `relevant` (names of the six regulators), `formula`, `threshold`, `expression`, `box`,
        `DESCR`.

    Examples
    --------
    >>> from skinterpret.datasets import make_gene_regulation
    >>> cells = make_gene_regulation(n_samples=100, random_state=0)
    >>> cells.data.shape, len(cells.relevant)
    ((100, 15), 6)
    """
    rng = check_random_state(random_state)
    activation = " + ".join(f"{gene}**2/(1 + {gene}**2)" for gene in RELEVANT_GENES[:3])
    inhibition = " + ".join(["1", *(f"{gene}**2" for gene in RELEVANT_GENES[3:])])
    formula = f"({activation})/({inhibition})"
    expression = Expression.parse(formula, GENES)
    bounds = np.tile([0.0, 2.0], (len(GENES), 1))
    reference = np.random.RandomState(0).uniform(0, 2, size=(100_000, len(GENES)))
    threshold = round(float(np.median(expression(reference))), 3)
    data, target = _draw([(expression, threshold)], bounds, n_samples, noise, rng)
    bunch = Bunch(
        data=data,
        target=target,
        feature_names=list(GENES),
        relevant=list(RELEVANT_GENES),
        formula=formula,
        threshold=threshold,
        expression=expression,
        box=bounds,
        DESCR=str(make_gene_regulation.__doc__),
    )
    return _deliver(bunch, return_X_y, as_frame)


def _draw(
    rules: list[tuple[Callable[[Array], Array], float]],
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
    return (bunch.data, bunch.target) if return_X_y else bunch
