"""The one place that imports PySR, and with it starts Julia."""

from __future__ import annotations

import csv
import sys
import tempfile
import threading
import warnings
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skinterpret.search.pysr.installed import MISSING, julia_is_installed
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
    "PySR is being imported for the first time here: it now downloads Julia and the packages that it "
    "needs, some hundred megabytes, and compiles them, which takes minutes."
)

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
    """

    equations: list[str]
    interrupted: bool


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
    if "pysr" not in sys.modules and not julia_is_installed():
        print(DOWNLOAD, file=sys.stderr, flush=True)
    try:
        return import_module("pysr")
    except Exception as error:  # a failed download is an error of any kind
        raise ImportError(f"PySR or Julia cannot be started ({error}). {MISSING}") from error


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
            options["expression_spec"] = pysr.TemplateExpressionSpec(**template._asdict())
            columns, target = np.column_stack([X, directions, sample_weight]), np.zeros(len(X))
        return _fit(pysr.PySRRegressor(**options), columns, target)


def _files(plan: Plan, folder: str) -> dict[str, Any]:
    """Keep PySR's files out of the working directory, unless the user wants them."""
    wanted = {"output_directory", "temp_equation_file", "run_id"} & set(plan.options)
    return {} if wanted else {"output_directory": folder}


def _define_objective(pysr: Any, directions: Array, sample_weight: Array) -> None:
    # derivatives inside an objective need Zygote in Main; as PySR's own backend it would fail
    extensions = import_module("pysr.julia_extensions")
    extensions.load_required_packages(autodiff_backend="Zygote")
    pysr.jl.seval(OBJECTIVE)
    pysr.jl.seval(SET_TABLES)(np.ascontiguousarray(directions.T), np.ascontiguousarray(sample_weight))


def _fit(model: Any, columns: Array, target: Array) -> HallOfFame:
    try:
        with warnings.catch_warnings():
            # said once, by the engine
            warnings.filterwarnings("ignore", message="The search was interrupted", category=RuntimeWarning)
            model.fit(columns, target)
    except KeyboardInterrupt:
        return _what_is_on_disk(model)
    except Exception as error:
        if "InterruptException" not in str(error):
            raise
        return _what_is_on_disk(model)
    equations = [str(equation) for equation in model.equations_["equation"]]
    return HallOfFame(equations, bool(getattr(model, "interrupted_", False)))


def _what_is_on_disk(model: Any) -> HallOfFame:
    """Read the file that Julia writes after each iteration."""
    folder = Path(getattr(model, "output_directory_", "")) / str(getattr(model, "run_id_", ""))
    for name in ("hall_of_fame.csv.bak", "hall_of_fame.csv"):  # the second may have been cut short
        if (folder / name).is_file():
            with (folder / name).open(newline="", encoding="utf-8") as file:
                return HallOfFame([row["Equation"] for row in csv.DictReader(file)], interrupted=True)
    raise KeyboardInterrupt("before the first iteration of PySR was complete")
