"""What symbolic surrogates share of their settings: engine, hypotheses and names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn.base import clone

from skinterpret._sklearn import validate_parameter_constraints
from skinterpret.network import SmoothedNetwork, smooth
from skinterpret.search import Engine, EvolutionEngine
from skinterpret.search.checking import check_seed
from skinterpret.search.structure import HYPOTHESES, check_hypotheses
from skinterpret.surrogates.reading.searching import SearchPlan, branches


class SearchSettingsMixin:
    """Turn parameters of a surrogate into what a search takes."""

    engine: Any
    engine_: Any
    random_state: Any
    structure: Any
    n_directions: Any
    n_searches: Any
    smoothing: Any
    network_: Any
    _averaged_over: float | None
    encoder_: Any
    _readings: list[Any]
    _trust: list[Any]
    _input_names: Any
    _inputs_called: Any
    _parameter_constraints: dict[str, list[Any]]
    _selections: list[Any]

    def _set_engine(self) -> None:
        self.engine_ = engine_to_use(self.engine, EvolutionEngine(), getattr(self, "engine_", None))
        check_seed(self.engine_, self.random_state)

    def _plans(self, targets: Sequence[Any], delta: float | None, kind: str) -> list[SearchPlan]:
        """How each latent is searched; latents are of a kind, such as classes."""
        hypotheses, names = self._hypotheses(), self._input_names()
        return [
            SearchPlan(
                target,
                delta,
                self.n_directions,
                engine,
                self.n_searches,
                hypotheses,
                names,
                f"{kind} {target}" if len(targets) > 1 else "",
                called=self._inputs_called(),
            )
            for target, engine in zip(targets, branches(self.engine_, len(targets)), strict=True)
        ]

    def _hypotheses(self) -> Sequence[str]:
        if isinstance(self.structure, bool):
            return HYPOTHESES if self.structure else ()
        check_hypotheses(self.structure)
        return tuple(self.structure)

    def _selection_of_each(self, names: list[Any], selection: Any) -> list[Any]:
        """Give what is selected for each formula; a dict by name leaves the others as they are."""
        if isinstance(selection, list | tuple) and len(selection) == len(names) > 1:
            raise ValueError(
                f"selection={selection!r} does not say what each is for; give a dict: "
                f"{dict(zip(names, selection, strict=True))!r}."
            )
        by_name = selection if isinstance(selection, dict) else dict.fromkeys(names, selection)
        unknown = [name for name in by_name if name not in names]
        if unknown:
            raise ValueError(f"selection names {unknown[0]!r}, which has no formula; choose from: {names}.")
        for each in by_name.values():
            validate_parameter_constraints(
                {"selection": self._parameter_constraints["selection"]},
                {"selection": each},
                caller_name=f"{type(self).__name__}.select",
            )
        if len(by_name) == len(names):
            return [by_name[name] for name in names]
        return [by_name.get(name, now) for name, now in zip(names, self._selections, strict=True)]

    def _network_to_read(self, rows: Any) -> Any:
        """Give the network, or one with smoothed gradients, and keep how wide these are averaged."""
        self._averaged_over = self._width_of_means()
        if self.smoothing is None:
            return self.network_
        deviation = rows.std(axis=0)
        return smooth(self.network_, self.smoothing * np.where(deviation > 0, deviation, 1.0))

    def _width_of_means(self) -> float | None:
        """Tell over how many standard deviations directions are averaged; NaN if by the network given."""
        if isinstance(self.network_, SmoothedNetwork):
            return np.nan
        return None if self.smoothing is None else float(self.smoothing)

    def _rule_inputs(self) -> dict[str, Any]:
        """Tell what formulas take, inputs or indicators of categories, and how they came about."""
        names = [str(name) for name in self._input_names()]
        named = hasattr(self, "feature_names_in_") or self.encoder_ is not None
        return {
            "n_features": len(names),
            "feature_names": names if named else None,
            "categories": self._input_categories(),
            "columns": self._raw_columns(),
            "verdicts": [trust.verdict for trust in self._trust],
            "region": {
                names.index(str(name)): (float(low), float(high))
                for trust in self._trust
                for name, low, high in trust.region.itertuples()
            },
            "stop_reasons": [reading.front.stop_reason for reading in self._readings],
        }

    def _input_categories(self) -> dict[str, dict[Any, int | None]]:
        """Tell which inputs are indicators, by raw column and category."""
        return {} if self.encoder_ is None else self.encoder_.categories

    def _raw_columns(self) -> list[str] | None:
        """Name the columns of the table that is encoded."""
        return None if self.encoder_ is None else self.encoder_.raw_columns


def engine_to_use(wanted: Engine | None, default: Engine, last: Any) -> Engine:
    """Give the engine of a fit: a copy, or with `warm_start` that of the last fit.

    Parameters
    ----------
    wanted : Engine or None
        The parameter.
    default : Engine
        What `None` means.
    last : Engine or None
        The engine of the last fit.

    Returns
    -------
    Engine
        An engine with usable settings.
    """
    engine: Engine = default if wanted is None else clone(wanted)
    engine.validate()
    if getattr(engine, "warm_start", False) and isinstance(last, type(engine)):
        last.set_params(**engine.get_params(deep=False))
        return last
    return engine
