"""PySR as an engine: its settings, and the search as its users see it."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from copy import copy
from dataclasses import fields, replace
from numbers import Integral, Real
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning

from skinterpret._sklearn import Interval, StrOptions
from skinterpret._user_line import warn_user
from skinterpret.expressions import Expression
from skinterpret.search.engine import Engine
from skinterpret.search.front import Candidate, Front
from skinterpret.search.pysr.candidates import judge
from skinterpret.search.pysr.contradictions import check_names
from skinterpret.search.pysr.equations import read_equation
from skinterpret.search.pysr.inputs import options_for
from skinterpret.search.pysr.installed import find_pysr
from skinterpret.search.pysr.julia import HallOfFame, search_in_julia
from skinterpret.search.pysr.plan import DEFAULT_TARGET, Plan, make_plan
from skinterpret.search.pysr.settings import Settings


class PySREngine(Engine):
    """Search with PySR (Cranmer, arXiv:2305.01582), which runs in Julia.

    What it finds is simplified and judged by the same code as the embedded engine's candidates, and
    nothing of PySR's is kept, so a surrogate has the same attributes, with the same meaning, and can be
    pickled.  PySR is imported when the search starts; its first import downloads Julia.

    Parameters
    ----------
    operators : sequence of str or mapping of int to sequence of str, default=None
        Operators that formulas may use: from the operator table, PySR's own where they can be expressed
        in it, or definitions in Julia such as `"quart(x) = x^4"`, with their sympy form in
        `extra_sympy_mappings`; or lists of them by their number of operands.  `None` means
        `("+", "-", "*", "/", "square", "exp", "sin")`.
    method : {"objective", "template"}, default="objective"
        How directions are matched: by an objective in Julia that differentiates each formula, or by a
        `TemplateExpressionSpec` with the differential operator `D`, which is slower but works on worker
        processes as well, where it is used in any case.
    max_complexity : int, default=None
        Largest complexity of a formula, counted as everywhere in this package; `None` means 30.
    max_evals : int, default=None
        Budget in evaluations of a formula; `None` means what `niterations` amounts to.
    max_time : float, default=None
        Budget in seconds of PySR's search, by its own clock, which starts when Julia has compiled and,
        in a serial search, when each population has been through a first cycle; `None` means no limit.
    target_loss : float, default=None
        Loss that ends the search; `None` means 1e-10.
    n_jobs : int, default=None
        1, or `None` outside of a joblib context, means a serial search, the only one that repeats
        exactly from its seed.  Any other number means all threads with which Julia was started; with
        `parallelism="multiprocessing"` it is the number of worker processes.  The option `procs` is that
        number, too.
    verbose : int, default=0
        1 shows PySR's own progress.
    **options : object
        Any option of the installed `PySRRegressor`, such as `niterations`, `populations`, `parsimony`
        or `nested_constraints`.  In `guesses` and `complexity_of_variables` inputs are those of the
        rows that are given to the search, from `x0` on, whichever of them it leaves out.

    Attributes
    ----------
    options : dict
        The options of PySR's that were given.

    Examples
    --------
    >>> from skinterpret.search import PySREngine
    >>> engine = PySREngine(["+", "*", "sin"], max_time=60, niterations=200)
    >>> engine.set_params(populations=15).get_params()["populations"]
    15
    """

    _parameter_constraints: dict[str, list[Any]] = {
        "operators": ["array-like", Mapping, None],
        "method": [StrOptions({"objective", "template"})],
        "max_complexity": [Interval(Integral, 1, 200, closed="both"), None],
        "max_evals": [Interval(Integral, 1, None, closed="left"), None],
        "max_time": [Interval(Real, 0, None, closed="neither"), None],
        "target_loss": [Interval(Real, 0, 1, closed="left"), None],
        "n_jobs": [Integral, None],
        "verbose": ["verbose"],
    }

    def __init__(
        self,
        operators: Sequence[str] | Mapping[int, Sequence[str]] | None = None,
        *,
        method: str = "objective",
        max_complexity: int | None = None,
        max_evals: int | None = None,
        max_time: float | None = None,
        target_loss: float | None = None,
        n_jobs: int | None = None,
        verbose: int = 0,
        **options: Any,
    ) -> None:
        self.operators = operators
        self.method = method
        self.max_complexity = max_complexity
        self.max_evals = max_evals
        self.max_time = max_time
        self.target_loss = target_loss
        self.n_jobs = n_jobs
        self.verbose = verbose
        self.options = options

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Get all parameters, PySR's options among them.

        Parameters
        ----------
        deep : bool, default=True
            Without effect; for scikit-learn.

        Returns
        -------
        dict of str to object
            Values by name.
        """
        return {**super().get_params(deep), **self.options}

    def set_params(self, **params: Any) -> PySREngine:
        """Set parameters, PySR's options among them.

        Parameters
        ----------
        **params : object
            Values by name.

        Returns
        -------
        PySREngine
            The engine itself.

        Raises
        ------
        ValueError
            If a name is neither a parameter nor, as far as the installed PySR tells, an option.
        """
        own = {name: value for name, value in params.items() if name in self._get_param_names()}
        options = {name: value for name, value in params.items() if name not in own}
        with suppress(ImportError):  # names are checked before a search as well
            check_names(options, find_pysr())
        super().set_params(**own)
        self.options = {**self.options, **options}
        return self

    @property
    def settings(self) -> Settings:
        """All settings as one value."""
        return Settings(**{field.name: getattr(self, field.name) for field in fields(Settings)})

    def validate(self) -> None:
        """Refuse unusable settings; see `Engine.validate`.

        Raises
        ------
        ImportError
            If PySR is not installed.
        ValueError
            If a setting cannot be used, or two contradict each other.
        """
        self._validate_params()
        self._plan(seed=0)

    def for_inputs(self, inputs: Sequence[int], n_features: int) -> PySREngine:
        """Give an engine whose guesses and complexities are of these inputs; see `Engine.for_inputs`.

        Parameters
        ----------
        inputs : sequence of int
            Numbers of the inputs that the search will see.
        n_features : int
            Number of all inputs.

        Returns
        -------
        PySREngine
            An engine of its own.

        Raises
        ------
        ValueError
            If options do not fit the inputs.
        """
        engine = copy(self)
        engine.options = options_for(self.options, inputs, n_features)
        return engine

    def search(
        self,
        X: NDArray[np.float64],
        directions: NDArray[np.float64],
        sample_weight: NDArray[np.float64],
        seed: int,
        parts: Sequence[Expression] = (),
    ) -> Front:
        """Search for expressions; see `Engine.search`.

        The parts are ignored, and `evaluations` of the front is 0, since PySR does not tell them.
        """
        plan = self._plan(seed)
        if plan.method != self.method:
            warn_user(
                "Worker processes cannot use method='objective'; method='template' is used instead.",
                UserWarning,
            )
        counts = sample_weight > 0
        data = X[counts], directions[counts], sample_weight[counts]
        start = time.monotonic()
        found = search_in_julia(plan, *data)
        seconds = time.monotonic() - start
        candidates = judge(_read(found, plan), *data)
        if not candidates:
            warn_user(
                "PySR has found no formula with a gradient, so that the candidates are inputs alone; give "
                "it more time or iterations, or fewer constraints.",
                UserWarning,
            )
        # the inputs themselves are formulas, too, so that there always is a front
        inputs = judge([Expression.variable(j) for j in range(X.shape[1])], *data)
        front = Front(_small_enough([*inputs, *candidates], self.max_complexity))
        reason = self._why_it_stopped(found, front)
        _warn_of_an_early_end(found, reason)
        return replace(front, seconds=seconds, stop_reason=reason)

    def _plan(self, seed: int) -> Plan:
        return make_plan(self.settings, find_pysr(), seed)

    def _why_it_stopped(self, found: HallOfFame, front: Front) -> str:
        """Name the limit that ended the search; PySR does not tell, so there may be several."""
        target = DEFAULT_TARGET if self.target_loss is None else self.target_loss
        limit = self.options.get("timeout_in_seconds", self.max_time)
        if found.interrupted:
            return "interrupted"
        if front[-1].loss <= target and "early_stop_condition" not in self.options:
            return "target_loss reached"
        limits = {
            # PySR's clock starts later than ours, by what Julia compiles
            "max_time": limit is not None and found.seconds >= limit,
            "max_evals": self.max_evals is not None,
            "early_stop_condition": self.options.get("early_stop_condition") is not None,
        }
        return " or ".join(["niterations", *(name for name, given in limits.items() if given)]) + " reached"


def _warn_of_an_early_end(found: HallOfFame, reason: str) -> None:
    so_far = f"after {found.seconds:.1f} s in PySR; the best candidates so far are returned"
    if found.interrupted:
        mend = (
            ", and Julia may need a fresh process before it searches again" if found.stopped_by_force else ""
        )
        warn_user(f"The search was interrupted {so_far}{mend}.", ConvergenceWarning)
    elif "max_time" in reason:
        warn_user(f"The search ended ({reason}) {so_far}: give a longer max_time.", ConvergenceWarning)


def _read(found: HallOfFame, plan: Plan) -> list[Expression]:
    expressions = []
    for equation in found.equations:
        try:
            expressions.append(read_equation(equation, plan.vocabulary.definitions))
        except ValueError as error:
            warn_user(f"A formula of PySR's is left out: {error}", UserWarning)
    return expressions


def _small_enough(candidates: list[Candidate], max_complexity: int | None) -> list[Candidate]:
    """Leave out what is too complex as we count, should PySR have counted otherwise."""
    if max_complexity is None:
        return candidates
    return [candidate for candidate in candidates if candidate.complexity <= max_complexity]
