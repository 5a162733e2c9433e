"""Structure for a search: found anew, or that of the search that goes on.

A search that goes on, in memory or from a checkpoint, needs the parts that it began with, and these
may depend on how much time there was to look for them.  They are therefore kept: by an engine with
`warm_start`, and for a checkpoint `search.npz` in the file `search-structure.json` beside it.  What
Ctrl-C has cut short is not kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.utils import check_random_state

from skinterpret.search.engine import Engine
from skinterpret.search.evolution import EvolutionEngine
from skinterpret.search.evolution.checkpoint import fingerprint
from skinterpret.search.evolution.progress import tell
from skinterpret.search.structure.discovery import discover_structure, draw_split, small_engine
from skinterpret.search.structure.findings import Structure
from skinterpret.search.structure.stored import load_structure, save_structure
from skinterpret.search.structure.turning import SecondDerivatives

Array = NDArray[np.float64]

BEFORE_SEARCH = 1 / 4  # of the budgets of a search that may go to the search for structure


def structure_for(
    engine: Engine,
    X: Array,
    directions: Array,
    hypotheses: Sequence[str],
    random_state: Any,
    interrupted: bool = False,
    second_derivatives: SecondDerivatives | None = None,
    called: str = "inputs",
) -> Structure:
    """Find the structure of a function within a part of an engine's budgets, or recall it.

    Parameters
    ----------
    engine : Engine
        What is to search afterwards.
    X : ndarray of shape (n_rows, n_features)
        Rows.
    directions : ndarray of shape (n_rows, n_features)
        Unit gradients of the function at these rows.
    hypotheses : sequence of str
        What to look for.
    random_state : int or RandomState instance
        Seed; as much is drawn from it when structure is recalled.
    interrupted : bool, default=False
        Whether Ctrl-C has been pressed before: then nothing that takes time is tried.
    second_derivatives : callable, default=None
        Second derivatives of the function, as `discover_structure` takes them.
    called : str, default="inputs"
        What the columns of X are, for the line that tells what is going on.

    Returns
    -------
    Structure
        What was found.
    """
    parts = small_engine(like=engine)
    if not hypotheses:
        return discover_structure(X, directions, hypotheses=(), part_engine=parts, random_state=random_state)
    rng = check_random_state(random_state)
    before = rng.get_state()
    settings = [np.array(list(hypotheses), dtype="U32"), np.array(list(parts.operators or ()), dtype="U32")]
    problem = fingerprint([X, directions, before[1], before[2], *settings, parts.max_complexity])
    known = _recalled(engine, problem, X.shape[1])
    if known is not None:
        draw_split(rng, len(X))
        return known
    engine.check_stored()
    max_time, max_evals = (getattr(engine, name, None) for name in ("max_time", "max_evals"))
    tell(getattr(engine, "verbose", 0), engine.subject, f"looking for structure in {X.shape[1]} {called} …")
    found = discover_structure(
        X,
        directions,
        hypotheses=hypotheses,
        second_derivatives=second_derivatives,
        part_engine=parts,
        max_time=0.0 if interrupted else None if max_time is None else BEFORE_SEARCH * max_time,
        max_evals=None if max_evals is None else int(BEFORE_SEARCH * max_evals),
        random_state=rng,
    )
    if found.stop_reason != "interrupted" and not interrupted:
        _keep(engine, problem, found)
    return found


def _path(engine: Engine) -> Path | None:
    checkpoint = getattr(engine, "checkpoint", None)
    if checkpoint is None:
        return None
    path = Path(checkpoint)
    return path.with_name(f"{path.stem}-structure.json")


def _recalled(engine: Engine, problem: str, n_features: int) -> Structure | None:
    path = _path(engine)
    # without a checkpoint nothing is to go on: whoever deletes it starts anew
    checkpoint: Any = getattr(engine, "checkpoint", None)
    if path is not None and path.exists() and Path(checkpoint).exists():
        return load_structure(path, problem, n_features, checkpoint)
    if isinstance(engine, EvolutionEngine) and engine.warm_start and engine.last_structure is not None:
        last_problem, last = engine.last_structure
        if last_problem == problem:
            return replace(last, evaluations=0)  # type: ignore[no-any-return]
    return None


def _keep(engine: Engine, problem: str, structure: Structure) -> None:
    path = _path(engine)
    checkpoint: Any = getattr(engine, "checkpoint", None)
    # a checkpoint that is there already may still be refused, and then nothing is to be written beside it
    if path is not None and not Path(checkpoint).exists():
        save_structure(path, structure, problem)
    if isinstance(engine, EvolutionEngine) and engine.warm_start:
        engine.last_structure = problem, structure
