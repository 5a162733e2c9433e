"""What is refused before a search starts: unknown names, and settings that contradict each other."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from difflib import get_close_matches
from typing import Any

from skinterpret.search.pysr.installed import Installation
from skinterpret.search.pysr.settings import Settings

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

# What PySR has taken elsewhere, or in the past, and what stands for it here.
INSTEAD = {
    "multithreading": "Set n_jobs, or parallelism='multithreading', 'serial' or 'multiprocessing'.",
    "weights": "Give sample_weight to the search.",
    "variable_names": "The inputs of a search are x0, x1, ….",
    "X_units": "Directions carry no units.",
    "y_units": "Directions carry no units.",
}

SMALLEST_MAXSIZE = 7  # below it PySR refuses to work
POPULATION_SIZE, TOURNAMENT_SELECTION_N = 27, 15  # PySR's defaults


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
        meant = f"Did you mean {near[0]!r}?" if near else ""
        hint = " " + INSTEAD.get(unknown[0], meant)
        raise ValueError(
            f"{unknown[0]!r} is neither a parameter of PySREngine nor an option of the installed "
            f"PySRRegressor (PySR {installation.version or 'of unknown version'}).{hint.rstrip()}"
        )


def refuse_contradictions(settings: Settings) -> None:
    """Refuse settings that contradict each other, or what the engine does.

    Parameters
    ----------
    settings : Settings
        The engine's settings.

    Raises
    ------
    ValueError
        If there are such; the message names them.
    """
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
    if options.get("autodiff_backend") is not None:
        raise ValueError(
            f"autodiff_backend={options['autodiff_backend']!r} cannot differentiate a loss that is made of "
            "gradients; leave it out."
        )
    _refuse_what_fails_in_julia(options)
    _refuse_backsolving(options)
    _refuse_contradictory_workers(settings)


def _refuse_what_fails_in_julia(options: Mapping[str, Any]) -> None:
    if options.get("complexity_mapping") is not None:
        for name in ("complexity_of_operators", "complexity_of_constants", "complexity_of_variables"):
            if options.get(name) is not None:
                raise ValueError(
                    f"complexity_mapping stands for {name} as well; give one of the two, not both."
                )
    population = options.get("population_size", POPULATION_SIZE)
    tournament = options.get("tournament_selection_n", TOURNAMENT_SELECTION_N)
    if tournament >= population:
        raise ValueError(
            f"tournament_selection_n={tournament} must be smaller than population_size={population}; set "
            "both."
        )
    if options.get("maxsize", SMALLEST_MAXSIZE) < SMALLEST_MAXSIZE:
        raise ValueError(
            f"maxsize={options['maxsize']} is smaller than the {SMALLEST_MAXSIZE} that PySR needs; set "
            "max_complexity, which may be."
        )
    seconds = options.get("timeout_in_seconds")
    if seconds is not None and not seconds > 0:
        raise ValueError(f"timeout_in_seconds={seconds} must be positive.")


def _refuse_backsolving(options: Mapping[str, Any]) -> None:
    # it rewrites formulas until their values are those of the target, which here are numbers of rows
    weights = [options.get("weight_backsolve")]
    for name in ("mutations", "default_mutations"):
        given = options.get(name) or {}
        weights += [given[kind] for kind in given if type(kind).__name__ == "BacksolveMutation"]
    if any(weights):
        raise ValueError(
            "The backsolve mutation of PySR cannot be used: it solves for the values of the target, and "
            "directions tell none; leave out weight_backsolve and BacksolveMutation."
        )


def _refuse_contradictory_workers(settings: Settings) -> None:
    parallelism, procs = settings.options.get("parallelism"), settings.options.get("procs")
    if parallelism not in (None, "serial", "multithreading", "multiprocessing"):
        raise ValueError(
            f"parallelism={parallelism!r} is none of 'serial', 'multithreading' and 'multiprocessing'."
        )
    if settings.options.get("cluster_manager") is not None and not settings.uses_processes:
        raise ValueError(f"cluster_manager needs parallelism='multiprocessing', not {parallelism!r}.")
    if procs is not None and parallelism in ("serial", "multithreading"):
        raise ValueError(f"procs needs parallelism='multiprocessing', not {parallelism!r}.")
    if procs is not None and not settings.uses_processes:
        raise ValueError(
            "procs is the number of worker processes, which method='objective' cannot use; set n_jobs "
            "for threads, or parallelism='multiprocessing', which takes the template."
        )
    if settings.n_jobs is not None and parallelism in ("serial", "multithreading"):
        raise ValueError("n_jobs stands for parallelism of PySR; give one of the two, not both.")
    if settings.n_jobs is not None and procs is not None:
        raise ValueError("n_jobs stands for procs of PySR; give one of the two, not both.")
    if settings.options.get("deterministic") and not settings.is_serial:
        raise ValueError("deterministic=True needs a serial search; set n_jobs=1.")
