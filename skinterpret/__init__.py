"""Closed-form decision rules and other honest readings of trained neural networks."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from skinterpret.base import make_readable_network
    from skinterpret.comparison import compare_surrogates
    from skinterpret.metrics import (
        alignment_score,
        alignment_scorer,
        complexity_score,
        complexity_scorer,
        fidelity_score,
        fidelity_scorer,
    )
    from skinterpret.probes import NeuronProbe, OneHotProbe
    from skinterpret.surrogates import (
        PrunedSurrogate,
        PrunedSurrogateRegressor,
        SymbolicClassifier,
        SymbolicSurrogate,
        SymbolicSurrogateRegressor,
        TreeSurrogate,
        TreeSurrogateRegressor,
        load_rule,
    )

__version__ = "0.1.0.dev0"

__all__ = [
    "NeuronProbe",
    "OneHotProbe",
    "PrunedSurrogate",
    "PrunedSurrogateRegressor",
    "SymbolicClassifier",
    "SymbolicSurrogate",
    "SymbolicSurrogateRegressor",
    "TreeSurrogate",
    "TreeSurrogateRegressor",
    "alignment_score",
    "alignment_scorer",
    "compare_surrogates",
    "complexity_score",
    "complexity_scorer",
    "fidelity_score",
    "fidelity_scorer",
    "load_rule",
    "make_readable_network",
]

# A name is imported when it is first used (PEP 562), so that those who only want the version, or
# plain help on the command line, do not wait for numba, sympy and pandas.
_MODULE_OF = {
    "NeuronProbe": "skinterpret.probes",
    "OneHotProbe": "skinterpret.probes",
    "PrunedSurrogate": "skinterpret.surrogates",
    "PrunedSurrogateRegressor": "skinterpret.surrogates",
    "SymbolicClassifier": "skinterpret.surrogates",
    "SymbolicSurrogate": "skinterpret.surrogates",
    "SymbolicSurrogateRegressor": "skinterpret.surrogates",
    "TreeSurrogate": "skinterpret.surrogates",
    "TreeSurrogateRegressor": "skinterpret.surrogates",
    "alignment_score": "skinterpret.metrics",
    "alignment_scorer": "skinterpret.metrics",
    "compare_surrogates": "skinterpret.comparison",
    "complexity_score": "skinterpret.metrics",
    "complexity_scorer": "skinterpret.metrics",
    "fidelity_score": "skinterpret.metrics",
    "fidelity_scorer": "skinterpret.metrics",
    "load_rule": "skinterpret.surrogates",
    "make_readable_network": "skinterpret.base",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_MODULE_OF[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
