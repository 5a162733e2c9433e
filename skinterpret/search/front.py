"""Candidates and the Pareto front that they form."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import overload

from skinterpret.expressions import Expression

BETTER = 1e-9  # share of the loss by which a longer candidate must be better
ROUNDING = 1e-15  # of a loss, which is a difference from 1


@dataclass(frozen=True)
class Candidate:
    """An expression with its loss and complexity.

    Parameters
    ----------
    expression : Expression
        The formula.
    loss : float
        `1 - |mean cos|` between its gradient and the directions, from 0 (parallel) to 1.

    Examples
    --------
    >>> from skinterpret.expressions import Expression
    >>> from skinterpret.search import Candidate
    >>> Candidate(Expression.parse("x0 + x1"), 0.1).complexity
    3
    """

    expression: Expression
    loss: float

    @property
    def complexity(self) -> int:
        """Complexity of the expression: the sum over its nodes."""
        return self.expression.complexity


@dataclass(frozen=True)
class Front(Sequence[Candidate]):
    """Pareto front of candidates, ordered by complexity with strictly falling loss.

    Parameters
    ----------
    candidates : iterable of Candidate
        Candidates in any order; those that are no better than a simpler one, but for rounding, are left out.
    evaluations : int, default=0
        Programs evaluated on all rows during the search, steps of constant fitting included.
    seconds : float, default=0.0
        Wall-clock time of the search.
    stop_reason : str, default=""
        Why the search ended, in words.

    Examples
    --------
    >>> from skinterpret.expressions import Expression
    >>> from skinterpret.search import Candidate, Front
    >>> front = Front(
    ...     [
    ...         Candidate(Expression.parse("x0 + x1"), 0.1),
    ...         Candidate(Expression.parse("x0"), 0.3),
    ...         Candidate(Expression.parse("x0 * x1 + x0"), 0.2),
    ...     ]
    ... )
    >>> front
    Front of 2 candidates
    complexity  loss     expression
             1  3.0e-01  x0
             3  1.0e-01  x0 + x1
    >>> [str(candidate.expression) for candidate in front]
    ['x0', 'x0 + x1']
    """

    candidates: Iterable[Candidate]
    evaluations: int = 0
    seconds: float = 0.0
    stop_reason: str = ""
    _front: tuple[Candidate, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        front: list[Candidate] = []
        for candidate in sorted(self.candidates, key=lambda c: (c.complexity, c.loss)):
            if not front or candidate.loss < (1 - BETTER) * front[-1].loss - ROUNDING:
                front.append(candidate)
        object.__setattr__(self, "_front", tuple(front))
        object.__setattr__(self, "candidates", self._front)

    def __repr__(self) -> str:
        facts = f", {self.stop_reason}" if self.stop_reason else ""
        lines = [f"Front of {len(self)} candidate{'' if len(self) == 1 else 's'}{facts}"]
        lines.append("complexity  loss     expression")
        lines += [f"{c.complexity:10}  {c.loss:.1e}  {c.expression}" for c in self]
        return "\n".join(lines)

    def __len__(self) -> int:
        return len(self._front)

    @overload
    def __getitem__(self, index: int) -> Candidate: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[Candidate, ...]: ...

    def __getitem__(self, index: int | slice) -> Candidate | tuple[Candidate, ...]:
        return self._front[index]

    def __iter__(self) -> Iterator[Candidate]:
        return iter(self._front)


def joined(fronts: Sequence[Front]) -> Front:
    """Join the fronts of several searches on the same rows.

    Parameters
    ----------
    fronts : sequence of Front
        At least one.

    Returns
    -------
    Front
        The Pareto front of all their candidates, with evaluations and seconds added up and each
        reason to stop once.

    Examples
    --------
    >>> from skinterpret.expressions import Expression
    >>> from skinterpret.search import Candidate, Front
    >>> from skinterpret.search.front import joined
    >>> one = Front([Candidate(Expression.parse("x0"), 0.3)], 10, 1.0, "no progress")
    >>> other = Front([Candidate(Expression.parse("x1"), 0.2)], 20, 2.0, "no progress")
    >>> both = joined([one, other])
    >>> str(both[0].expression), both.evaluations, both.stop_reason
    ('x1', 30, 'no progress')
    """
    return Front(
        [candidate for front in fronts for candidate in front],
        sum(front.evaluations for front in fronts),
        sum(front.seconds for front in fronts),
        ", ".join(dict.fromkeys(front.stop_reason for front in fronts)),
    )
