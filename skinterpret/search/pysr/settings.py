"""Our settings and PySR's: names, contradictions, and what PySR is called with."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from joblib import effective_n_jobs

from skinterpret.expressions.operators import CONSTANT_COMPLEXITY, DEFAULT_OPERATORS
from skinterpret.search.pysr.installed import Installation
from skinterpret.search.pysr.vocabulary import Operators, Vocabulary, make_vocabulary

DEFAULT_COMPLEXITY = 30
DEFAULT_TARGET = 1e-10
SMALLEST_MAXSIZE = 7  # below it PySR refuses to work

# What a setting of ours stands for; where both are given, one of them would be ignored.
COUNTERPARTS = {
    "maxsize": "max_complexity",
    "timeout_in_seconds": "max_time",
    "early_stop_condition": "target_loss",
    "verbosity": "verbose",
    "progress": "verbose",
    "binary_operators": "operators",
    "unary_operators": "operators",
}

REFUSED = {
    "loss_function": "the loss is that of directions",
    "loss_function_expression": "the loss is that of directions",
    "elementwise_loss": "the loss is that of directions",
    "expression_spec": "the engine's method sets it",
    "type_spec": "gradients need real numbers",
    "random_state": "the seed is the random_state of the surrogate or of search_directions",
    "warm_start": "each search starts anew, because nothing of PySR's is kept",
    "select_k_features": "the surrogate's structure leaves inputs out",
    "denoise": "the target holds numbers of rows, which carry no noise",
    "model_selection": "the surrogate's selection chooses among candidates",
}


@dataclass(frozen=True)
class Settings:
    """The settings of the engine.

    Parameters
    ----------
    operators : sequence of str, mapping of int to sequence of str, or None
        See `PySREngine`, as for all of these.
    method : {"objective", "template"}
        How directions are matched.
    max_complexity, max_evals, max_time, target_loss, n_jobs, verbose : object
        Limits and the like.
    options : mapping of str to object
        PySR's own.
    """

    operators: Operators | None
    method: str
    max_complexity: int | None
    max_evals: int | None
    max_time: float | None
    target_loss: float | None
    n_jobs: int | None
    verbose: int
    options: Mapping[str, Any]

    @property
    def uses_processes(self) -> bool:
        """Whether PySR is to start worker processes."""
        given = self.options.get("parallelism")
        return given == "multiprocessing" or (
            given is None and self.options.get("cluster_manager") is not None
        )

    @property
    def method_in_use(self) -> str:
        """The method, which is the template on worker processes: they lack the global directions."""
        return "template" if self.uses_processes else self.method


@dataclass(frozen=True)
class Plan:
    """What PySR is called with.

    Parameters
    ----------
    method : {"objective", "template"}
        How directions are matched.
    options : dict
        Keywords of `PySRRegressor`, loss and template apart.
    vocabulary : Vocabulary
        What formulas may be made of.
    """

    method: str
    options: dict[str, Any]
    vocabulary: Vocabulary


def check_names(names: Collection[str], installation: Installation) -> None:
    """Refuse options that the installed PySR does not have.

    Parameters
    ----------
    names : collection of str
        Names of options.
    installation : Installation
        The installed PySR.

    Raises
    ------
    ValueError
        If a name is unknown to it.
    """
    known = installation.options
    unknown = [] if known is None else [name for name in names if name not in known]
    if unknown:
        near = get_close_matches(unknown[0], known or (), n=1)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        raise ValueError(
            f"{unknown[0]!r} is neither a parameter of PySREngine nor an option of the installed "
            f"PySRRegressor (PySR {installation.version or 'of unknown version'}).{hint}"
        )


def make_plan(settings: Settings, installation: Installation, seed: int) -> Plan:
    """Translate the settings into what PySR takes.

    Parameters
    ----------
    settings : Settings
        The engine's settings.
    installation : Installation
        The installed PySR.
    seed : int
        Seed of the search.

    Returns
    -------
    Plan
        Keywords for PySR.

    Raises
    ------
    ValueError
        If an option is unknown, or settings contradict each other.
    """
    check_names(settings.options, installation)
    _refuse_contradictions(settings)
    vocabulary = _vocabulary(settings)
    options = {
        "precision": 64,  # in 32 bits the loss stalls at 1e-7
        "maxsize": max(settings.max_complexity or DEFAULT_COMPLEXITY, SMALLEST_MAXSIZE),
        "early_stop_condition": DEFAULT_TARGET if settings.target_loss is None else settings.target_loss,
        "verbosity": min(settings.verbose, 1),
        "progress": settings.verbose > 0,
        **_complexities(settings, vocabulary),
        **({} if settings.verbose else {"input_stream": "devnull"}),
        **({} if settings.max_evals is None else {"max_evals": settings.max_evals}),
        **({} if settings.max_time is None else {"timeout_in_seconds": float(settings.max_time)}),
        **{name: value for name, value in settings.options.items() if name not in _OPERATOR_OPTIONS},
        **_operator_options(vocabulary, installation),
        **_power_constraint(settings, vocabulary),
        **_parallelism(settings, seed),
    }
    return Plan(settings.method_in_use, options, vocabulary)


_OPERATOR_OPTIONS = ("binary_operators", "unary_operators")


def _refuse_contradictions(settings: Settings) -> None:
    options = settings.options
    for name, reason in REFUSED.items():
        if options.get(name) is not None and options[name] is not False:
            raise ValueError(f"The option {name} of PySR cannot be set here: {reason}.")
    for name, ours in COUNTERPARTS.items():
        value = getattr(settings, ours)
        if name in options and value is not None and not (ours == "verbose" and value == 0):
            raise ValueError(f"{ours} stands for {name} of PySR; give one of the two, not both.")
    if options.get("precision", 64) != 64:
        raise ValueError(
            f"precision={options['precision']!r} is too coarse for directions, whose loss would stall "
            "at 1e-7; leave it out, which means 64."
        )
    if options.get("autodiff_backend") == "Zygote":
        raise ValueError(
            "autodiff_backend='Zygote' cannot differentiate a loss that is made of gradients; leave it out."
        )
    _refuse_contradictory_workers(settings)


def _refuse_contradictory_workers(settings: Settings) -> None:
    parallelism, procs = settings.options.get("parallelism"), settings.options.get("procs")
    if parallelism not in (None, "serial", "multithreading", "multiprocessing"):
        raise ValueError(
            f"parallelism={parallelism!r} is none of 'serial', 'multithreading' and 'multiprocessing'."
        )
    if settings.options.get("cluster_manager") is not None and not settings.uses_processes:
        raise ValueError(f"cluster_manager needs parallelism='multiprocessing', not {parallelism!r}.")
    if procs is not None and not settings.uses_processes:
        raise ValueError(
            "procs is the number of worker processes, which method='objective' cannot use; set n_jobs "
            "for threads, or parallelism='multiprocessing', which takes the template."
        )
    if settings.n_jobs is not None and parallelism in ("serial", "multithreading"):
        raise ValueError("n_jobs stands for parallelism of PySR; give one of the two, not both.")
    if settings.n_jobs is not None and procs is not None:
        raise ValueError("n_jobs stands for procs of PySR; give one of the two, not both.")
    if settings.options.get("deterministic") and not _is_serial(settings):
        raise ValueError("deterministic=True needs a serial search; set n_jobs=1.")


def _is_serial(settings: Settings) -> bool:
    parallelism = settings.options.get("parallelism")
    if settings.uses_processes or parallelism == "multithreading":
        return False
    return parallelism == "serial" or effective_n_jobs(settings.n_jobs) == 1


def _parallelism(settings: Settings, seed: int) -> dict[str, Any]:
    """Threads or processes; a serial search repeats exactly from its seed, and no other does."""
    if _is_serial(settings):
        deterministic = settings.options.get("deterministic", True)
        seeded = {"deterministic": True, "random_state": seed} if deterministic else {}
        return {"parallelism": "serial", **seeded}
    if not settings.uses_processes:
        return {"parallelism": "multithreading"}
    counted = {} if settings.n_jobs is None else {"procs": effective_n_jobs(settings.n_jobs)}
    return {"parallelism": "multiprocessing", **counted}


def _vocabulary(settings: Settings) -> Vocabulary:
    options = settings.options
    operators: Operators = DEFAULT_OPERATORS if settings.operators is None else settings.operators
    if any(options.get(name) is not None for name in _OPERATOR_OPTIONS):
        # PySR's own default where just the other one is given
        binary = options.get("binary_operators")
        operators = {
            2: ["+", "-", "/", "*"] if binary is None else binary,
            1: options.get("unary_operators") or [],
        }
    vocabulary = make_vocabulary(operators, options.get("extra_sympy_mappings"))
    if settings.method_in_use == "template" and not {"+", "*"} <= set(vocabulary.julia.get(2, [])):
        raise ValueError(
            "method='template' differentiates formulas, for which operators must hold '+' and '*'."
        )
    return vocabulary


def _operator_options(vocabulary: Vocabulary, installation: Installation) -> dict[str, Any]:
    if max(vocabulary.julia) <= 2:
        return {
            "binary_operators": vocabulary.julia.get(2, []),
            "unary_operators": vocabulary.julia.get(1, []),
        }
    if installation.options is not None and "operators" not in installation.options:
        raise ValueError(
            f"PySR {installation.version} takes operators of one or two operands only, but "
            f"{vocabulary.julia[max(vocabulary.julia)][0]!r} has more; PySR 2 takes them."
        )
    return {"operators": vocabulary.julia}


def _complexities(settings: Settings, vocabulary: Vocabulary) -> dict[str, Any]:
    """Let PySR count as we do, unless it is told how to count."""
    if settings.options.get("complexity_mapping") is not None:
        return {}
    return {
        "complexity_of_constants": CONSTANT_COMPLEXITY,
        "complexity_of_operators": {
            name: complexity for name, complexity in vocabulary.complexities.items() if complexity != 1
        },
    }


def _power_constraint(settings: Settings, vocabulary: Vocabulary) -> dict[str, Any]:
    """Keep exponents as small as a constant: a formula has no others, and PySR would warn."""
    given = dict(settings.options.get("constraints") or {})
    if "^" not in vocabulary.julia.get(2, []) or "^" in given:
        return {}
    size = settings.options.get("complexity_of_constants", CONSTANT_COMPLEXITY)
    return {"constraints": {**given, "^": (-1, int(size or 1))}}
