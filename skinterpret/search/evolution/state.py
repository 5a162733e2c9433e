"""Where a search stands between epochs."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from skinterpret.expressions import Expression
from skinterpret.search.evolution.islands import (
    Island,
    clear_population,
    expression_at,
    immigrate,
    merge_fame,
)
from skinterpret.search.evolution.offsets import without_offset
from skinterpret.search.evolution.population import Members
from skinterpret.search.evolution.programs import Grammar
from skinterpret.search.evolution.soundness import allowed_tokens
from skinterpret.search.front import Candidate, Front

MIGRATING_SHARE = 0.05
NOTICEABLE = 0.01  # mean decrease of log loss over the front that counts as progress
# Epochs without progress of an island's own best; with less, searches that go on would be others.  Under the
# default patience islands restart while the front as a whole still makes progress, and not after.
RESTART_AFTER = 12


@dataclass
class SearchState:
    """Where a search stands after an epoch.

    Attributes
    ----------
    islands : list of Island
        Populations and their halls of fame.
    fame : Members
        The common hall of fame.
    parts : dict of int to Expression
        What the leaves behind the inputs mean.
    epoch : int
        Epochs done.
    evaluations : int
        Evaluations done, all islands together, without those of the search for structure before.
    seconds : float
        Wall-clock time since the start of this call.
    epochs_without_progress : int
        Epochs since the front as a whole last improved noticeably.
    epochs_since_shrinking : int
        Epochs since the simplest formula with nearly the best loss last became simpler.
    level : float
        Mean log loss over the front when it last improved noticeably.
    stagnation : list of int
        Epochs since each island's own best last improved.
    stop_reason : str
        Why the search ended; empty while it runs.

    Examples
    --------
    >>> import numpy as np
    >>> from skinterpret.search import EvolutionEngine, search_directions
    >>> def stop_after_two_epochs(state):
    ...     print(state.epoch, state.front()[0].expression)
    ...     return state.epoch == 2
    >>> engine = EvolutionEngine(callback=stop_after_two_epochs, epoch_evals=200, n_islands=1)
    >>> X, directions = np.random.default_rng(0).normal(size=(2, 64, 2))
    >>> front = search_directions(X, directions, engine=engine, random_state=0)
    1 x0
    2 x0
    """

    islands: list[Island]
    fame: Members
    parts: dict[int, Expression] = field(default_factory=dict)
    epoch: int = 0
    evaluations: int = 0
    seconds: float = 0.0
    epochs_without_progress: int = 0
    epochs_since_shrinking: int = 0
    level: float = np.inf
    stagnation: list[int] = field(default_factory=list)
    stop_reason: str = ""

    def __repr__(self) -> str:
        # not the populations, which are thousands of programs
        return (
            f"{type(self).__name__}(epoch={self.epoch}, evaluations={self.evaluations}, "
            f"seconds={self.seconds:.1f}, best_loss={self.best_loss:.1e}, "
            f"epochs_without_progress={self.epochs_without_progress}, stop_reason={self.stop_reason!r})"
        )

    @classmethod
    def start(cls, islands: list[Island], parts: dict[int, Expression]) -> SearchState:
        """Begin a search with these islands."""
        fame = merge_fame([island.fame for island in islands])
        return cls(islands, fame, parts, stagnation=[0] * len(islands))

    @property
    def best_loss(self) -> float:
        """Lowest loss so far.

        Examples
        --------
        >>> import numpy as np
        >>> from skinterpret.search import EvolutionEngine, search_directions
        >>> states = []
        >>> engine = EvolutionEngine(callback=states.append, max_evals=2_000, n_islands=1)
        >>> X, directions = np.random.default_rng(0).normal(size=(2, 64, 2))
        >>> front = search_directions(X, directions, engine=engine, random_state=0)
        >>> bool(np.isclose(states[-1].best_loss, front[-1].loss))
        True
        """
        return float(self.fame.losses.min())

    def best(self) -> Expression:
        """Find the simplest program with the lowest loss, its leaves as they are numbered.

        Examples
        --------
        >>> import numpy as np
        >>> from skinterpret.search import EvolutionEngine, search_directions
        >>> states = []
        >>> engine = EvolutionEngine(callback=states.append, max_evals=2_000, n_islands=1)
        >>> X, directions = np.random.default_rng(0).normal(size=(2, 64, 2))
        >>> front = search_directions(X, directions, engine=engine, random_state=0)
        >>> states[-1].best() == states[-1].front()[-1].expression
        True
        """
        return expression_at(self.fame, int(self.fame.losses.argmin()))

    def fits(self, grammar: Grammar, population_size: int, n_islands: int) -> bool:
        """Whether the populations may live under these settings."""
        allowed = allowed_tokens(grammar)
        return (
            len(self.islands) == n_islands
            and len(self.fame.losses) == grammar.max_complexity + 1
            and all(len(island.members.losses) == population_size for island in self.islands)
            and all(np.isin(island.members.tokens, allowed).all() for island in self.islands)
        )

    def front(self) -> Front:
        """Pareto front of the common hall of fame, without constant terms, which change no direction.

        Examples
        --------
        >>> import numpy as np
        >>> from skinterpret.search import EvolutionEngine, search_directions
        >>> states = []
        >>> engine = EvolutionEngine(callback=states.append, max_evals=2_000, n_islands=1)
        >>> X, directions = np.random.default_rng(0).normal(size=(2, 64, 2))
        >>> front = search_directions(X, directions, engine=engine, random_state=0)
        >>> states[-1].front()
        Front of ... candidates...
        """
        candidates = [
            Candidate(
                without_offset(expression_at(self.fame, int(index)).substitute(self.parts)),
                float(self.fame.losses[index]),
            )
            for index in np.flatnonzero(np.isfinite(self.fame.losses))
        ]
        return Front(candidates, self.evaluations, self.seconds, self.stop_reason)

    def advance(self, results: list[tuple[Island, int]], seed: int) -> None:
        """Take in what the islands did in one epoch, and let programs travel."""
        self.epoch += 1
        self.evaluations += sum(evaluations for _, evaluations in results)
        previous_best = [float(island.fame.losses.min()) for island in self.islands]
        self.islands = [island for island, _ in results]
        complexity = self._complexity_of_best()
        self.fame = merge_fame([self.fame, *(island.fame for island in self.islands)])
        shrunk = self._complexity_of_best() != complexity
        self.epochs_since_shrinking = 0 if shrunk else self.epochs_since_shrinking + 1
        self._note_progress()
        self._note_stagnation(previous_best)
        rng = np.random.default_rng([seed, self.epoch])
        self.islands = [
            clear_population(island)
            if self._restart_due(number)
            else immigrate(island, self.fame, MIGRATING_SHARE, rng)
            for number, island in enumerate(self.islands)
        ]

    def take_in(self, grown: list[tuple[Members, int]]) -> None:
        """Take programs that have grown from the hall of fame into it; migration spreads them."""
        self.evaluations += sum(evaluations for _, evaluations in grown)
        self.fame = merge_fame([self.fame, *(members for members, _ in grown)])
        stagnant = self.epochs_without_progress
        self._note_progress()
        if self.epochs_without_progress:  # it took no epoch
            self.epochs_without_progress = stagnant + 1

    def _complexity_of_best(self) -> int:
        """Complexity of the simplest program whose loss is next to the best."""
        return int(np.argmax(self.fame.losses <= 1e-12 + 1.01 * self.fame.losses.min()))

    def _note_progress(self) -> None:
        losses = np.minimum.accumulate(self.fame.losses)
        level = float(np.mean(np.log(np.minimum(losses, 1.0) + 1e-14)))
        if level < self.level - NOTICEABLE:
            self.level = level
            self.epochs_without_progress = 0
        else:
            self.epochs_without_progress += 1

    def _note_stagnation(self, previous_best: list[float]) -> None:
        for number, island in enumerate(self.islands):
            improved = island.fame.losses.min() < 0.99 * previous_best[number]
            self.stagnation[number] = 0 if improved else self.stagnation[number] + 1

    def _restart_due(self, number: int) -> bool:
        """Every other island restarts when it has not improved for long; the others go on."""
        due = number % 2 == 1 and self.stagnation[number] >= RESTART_AFTER
        if due:
            self.stagnation[number] = 0
        return due
