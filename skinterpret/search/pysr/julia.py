"""The one place that imports PySR, and with it starts Julia."""

from __future__ import annotations

import csv
import sys
import tempfile
import threading
import time
import warnings
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skinterpret.search.pysr.installed import find_pysr, julia_is_installed
from skinterpret.search.pysr.objective import (
    LOSS_NAME,
    OBJECTIVE,
    SET_TABLES,
    TEMPLATE_LOSS,
    make_template,
)
from skinterpret.search.pysr.plan import Plan

Array = NDArray[np.float64]

DOWNLOAD = (
    "PySR is being imported for the first time here, or for the first time in this version: it now "
    "downloads Julia and the packages that it needs, some hundred megabytes, and compiles them, which "
    "takes minutes."
)

ADDING_ZYGOTE = (
    "Zygote, with which method='objective' differentiates formulas, is being added to the Julia packages of "
    "PySR, once, which takes minutes and a connection to the network."
)
ZYGOTE = "e88e6eb3-aa80-5325-afca-941959d7151f"  # as Julia's registry knows it

# Julia is one for the whole process, and the directions stand in its globals
_one_search_at_a_time = threading.Lock()


@dataclass(frozen=True)
class HallOfFame:
    """What PySR has found.

    Parameters
    ----------
    equations : list of str
        Its equations as it prints them.
    interrupted : bool
        Whether the search was interrupted.
    seconds : float, default=0.0
        How long `fit` of PySR took, compilation by Julia included, but neither import nor download.
    stopped_by_force : bool, default=False
        Whether Julia was torn out of its work, after which it may be of no more use in this process.
    """

    equations: list[str]
    interrupted: bool
    seconds: float = 0.0
    stopped_by_force: bool = False


def import_pysr() -> Any:
    """Import PySR, which starts Julia, and say so if that means a download.

    Returns
    -------
    module
        PySR.

    Raises
    ------
    ImportError
        If PySR or Julia cannot be had; the message says what to install.
    """
    found = find_pysr()
    if "pysr" not in sys.modules and not julia_is_installed():
        print(DOWNLOAD, file=sys.stderr, flush=True)
    try:
        return import_module("pysr")
    except Exception as error:  # a failed download is an error of any kind
        raise ImportError(
            f"PySR {found.version} is installed, but Julia cannot be downloaded or started ({error}): "
            'run `python -c "import pysr"` once with a connection to the network, or choose '
            "EvolutionEngine, which needs neither."
        ) from error


def search_in_julia(plan: Plan, X: Array, directions: Array, sample_weight: Array) -> HallOfFame:
    """Let PySR search.

    Parameters
    ----------
    plan : Plan
        What PySR is called with.
    X : ndarray of shape (n_samples, n_features)
        Rows.
    directions : ndarray of shape (n_samples, n_features)
        Directions.
    sample_weight : ndarray of shape (n_samples,)
        Positive weights.

    Returns
    -------
    HallOfFame
        Plain text: nothing of PySR's or Julia's is kept.
    """
    pysr = import_pysr()
    with _one_search_at_a_time, tempfile.TemporaryDirectory() as folder:
        options = {**_files(plan, folder), **plan.options}
        if plan.method == "objective":
            _define_objective(pysr, directions, sample_weight)
            options["loss_function"] = LOSS_NAME
            columns, target = X, np.arange(1.0, len(X) + 1.0)
        else:
            template = make_template(X.shape[1])
            options["elementwise_loss"] = TEMPLATE_LOSS
            options.update(_complexities_of_columns(plan, X.shape[1]))
            options["expression_spec"] = pysr.TemplateExpressionSpec(**template._asdict())
            columns, target = np.column_stack([X, directions, sample_weight]), np.zeros(len(X))
        return _fit(pysr.PySRRegressor(**options), columns, target)


def _files(plan: Plan, folder: str) -> dict[str, Any]:
    """Keep PySR's files out of the working directory, unless the user wants them."""
    wanted = {"output_directory", "temp_equation_file", "run_id"} & set(plan.options)
    return {} if wanted else {"output_directory": folder}


def _complexities_of_columns(plan: Plan, n_features: int) -> dict[str, Any]:
    """Give the columns beside the inputs a complexity as well: PySR wants one for each column."""
    given = plan.options.get("complexity_of_variables")
    if not isinstance(given, list):
        return {}
    return {"complexity_of_variables": [*given, *[1] * (n_features + 1)]}


def _define_objective(pysr: Any, directions: Array, sample_weight: Array) -> None:
    _load_zygote()
    pysr.jl.seval(OBJECTIVE)
    pysr.jl.seval(SET_TABLES)(np.ascontiguousarray(directions.T), np.ascontiguousarray(sample_weight))


def _load_zygote() -> None:
    """Load what derivatives inside an objective need; as PySR's own backend it would fail."""
    extensions = import_module("pysr.julia_extensions")
    if not extensions.isinstalled(ZYGOTE):
        print(ADDING_ZYGOTE, file=sys.stderr, flush=True)
    try:
        extensions.load_required_packages(autodiff_backend="Zygote")
    except Exception as error:  # a failed download is an error of Julia's, of any kind
        raise ImportError(
            f"Zygote, a package of Julia's that method='objective' needs, cannot be loaded ({error}): search "
            "once with a connection to the network, or choose method='template', which needs none."
        ) from error


def _fit(model: Any, columns: Array, target: Array) -> HallOfFame:
    start = time.monotonic()
    try:
        with warnings.catch_warnings():
            # said once, by the engine
            warnings.filterwarnings("ignore", message="The search was interrupted", category=RuntimeWarning)
            model.fit(columns, target)
    except KeyboardInterrupt:
        return HallOfFame(_what_is_on_disk(model), True, time.monotonic() - start, stopped_by_force=True)
    except Exception as error:
        if "InterruptException" not in str(error):
            raise
        return HallOfFame(_what_is_on_disk(model), True, time.monotonic() - start, stopped_by_force=True)
    equations = [str(equation) for equation in model.equations_["equation"]]
    interrupted = bool(getattr(model, "interrupted_", False))
    return HallOfFame(equations, interrupted, time.monotonic() - start)


def _what_is_on_disk(model: Any) -> list[str]:
    """Read the file that Julia writes after each iteration, or its copy if it was cut short."""
    folder = Path(getattr(model, "output_directory_", "")) / str(getattr(model, "run_id_", ""))
    texts = []
    for name in ("hall_of_fame.csv", "hall_of_fame.csv.bak"):  # Julia writes one after the other
        if (folder / name).is_file():
            texts.append((folder / name).read_text(encoding="utf-8", errors="replace"))
    if not texts:
        raise KeyboardInterrupt("before the first iteration of PySR was complete")
    return _equations_in(next(filter(_is_complete, texts), texts[0]))


def _is_complete(text: str) -> bool:
    return text.endswith("\n")


def _equations_in(text: str) -> list[str]:
    lines = text.splitlines(keepends=True)
    whole = lines if _is_complete(text) else lines[:-1]
    return [row["Equation"] for row in csv.DictReader(whole) if row.get("Equation")]
