"""The engine's settings as what PySR is called with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from joblib import effective_n_jobs

from skinterpret.expressions.operators import CONSTANT_COMPLEXITY, DEFAULT_OPERATORS
from skinterpret.search.pysr.contradictions import (
    SMALLEST_MAXSIZE,
    check_names,
    refuse_contradictions,
)
from skinterpret.search.pysr.inputs import guesses_for
from skinterpret.search.pysr.installed import Installation
from skinterpret.search.pysr.settings import Settings
from skinterpret.search.pysr.vocabulary import Operators, Vocabulary, make_vocabulary

DEFAULT_COMPLEXITY = 30
DEFAULT_TARGET = 1e-10
OPERATOR_OPTIONS = ("binary_operators", "unary_operators")

# PySR 2 puts these in the place of Julia's own before it looks up complexities, PySR 1 after it has.
STAND_INS = {
    "^": "safe_pow",
    "pow": "safe_pow",
    "sqrt": "safe_sqrt",
    "log": "safe_log",
    "log2": "safe_log2",
    "log10": "safe_log10",
    "log1p": "safe_log1p",
}


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
    refuse_contradictions(settings)
    vocabulary = _vocabulary(settings)
    options = {
        "precision": 64,  # in 32 bits the loss stalls at 1e-7
        "maxsize": max(settings.max_complexity or DEFAULT_COMPLEXITY, SMALLEST_MAXSIZE),
        "early_stop_condition": DEFAULT_TARGET if settings.target_loss is None else settings.target_loss,
        "verbosity": min(settings.verbose, 1),
        "progress": settings.verbose > 0,
        **({} if settings.verbose else {"input_stream": "devnull"}),
        **({} if settings.max_evals is None else {"max_evals": settings.max_evals}),
        **({} if settings.max_time is None else {"timeout_in_seconds": float(settings.max_time)}),
        **{name: value for name, value in settings.options.items() if name not in OPERATOR_OPTIONS},
        **_guesses(settings, vocabulary),
        **_complexities(settings, vocabulary),
        **_operator_options(vocabulary, installation),
        **_power_constraint(settings, vocabulary),
        **_parallelism(settings, seed),
    }
    return Plan(settings.method_in_use, options, vocabulary)


def _parallelism(settings: Settings, seed: int) -> dict[str, Any]:
    """Threads or processes; a serial search repeats exactly from its seed, and no other does."""
    if settings.is_serial:
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
    if any(options.get(name) is not None for name in OPERATOR_OPTIONS):
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
    options = settings.options
    if options.get("complexity_mapping") is not None:
        return {}
    of_constants = options.get("complexity_of_constants")
    # every operator is named, for Julia cannot tell the type of numbers in a table that holds none
    of_operators = options.get("complexity_of_operators") or vocabulary.complexities
    return {
        "complexity_of_constants": CONSTANT_COMPLEXITY if of_constants is None else of_constants,
        "complexity_of_operators": _with_stand_ins(of_operators),
    }


def _with_stand_ins(complexities: Mapping[str, float]) -> dict[str, float]:
    """Name operators as both generations of PySR look them up; a name too many does no harm."""
    stand_ins = {
        f"SymbolicRegression.{STAND_INS[name]}": complexity
        for name, complexity in complexities.items()
        if name in STAND_INS
    }
    return {**complexities, **stand_ins}


def _guesses(settings: Settings, vocabulary: Vocabulary) -> dict[str, Any]:
    guesses = settings.options.get("guesses")
    if guesses is None:
        return {}
    return {"guesses": guesses_for(settings.method_in_use, guesses, vocabulary) or None}


def _power_constraint(settings: Settings, vocabulary: Vocabulary) -> dict[str, Any]:
    """Keep exponents as small as a constant: a formula has no others, and PySR would warn."""
    given = dict(settings.options.get("constraints") or {})
    if "^" not in vocabulary.julia.get(2, []) or "^" in given:
        return {}
    size = settings.options.get("complexity_of_constants", CONSTANT_COMPLEXITY)
    return {"constraints": {**given, "^": (-1, int(size or 1))}}
