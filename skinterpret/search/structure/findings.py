"""What was found out about a function from its directions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from skinterpret._listing import listed
from skinterpret.expressions import Expression
from skinterpret.expressions.plain import quoted, to_plain

NOTHING_TRIED = "Structure was not looked for."
EXACT = 1e-6  # share left unexplained up to which functions are all that there is
HARDLY = 0.01  # direction component from which an input does something, if little


@dataclass(frozen=True)
class Finding:
    """One hypothesis that held on rows that it was not made from.

    Parameters
    ----------
    hypothesis : {"irrelevant_inputs", "linear_invariances", "separability", "scale_invariances"}
        What kind of hypothesis.
    inputs : tuple of int
        The inputs that it is about.
    part : Expression or None
        The function of these inputs through which they enter; `None` for irrelevant inputs.
    evidence : float
        Measured on the held-back rows: the root-mean-square direction component of irrelevant
        inputs; otherwise the share of the squared gradient by these inputs that the part, with
        those beside it, leaves unexplained.
    beside : tuple of Expression, default=()
        Further functions, where the inputs enter through several together.
    alike : tuple of Expression, default=()
        Combinations of the part and those beside it that are as simple, and may stand in the formula
        as well.

    Examples
    --------
    >>> from skinterpret.search import Finding
    >>> Finding("irrelevant_inputs", (2,), None, 0.004).describe(["a", "b", "c"])
    'c does not matter (root-mean-square direction component 4.0e-03).'
    """

    hypothesis: str
    inputs: tuple[int, ...]
    part: Expression | None
    evidence: float
    beside: tuple[Expression, ...] = ()
    alike: tuple[Expression, ...] = ()

    @property
    def parts(self) -> tuple[Expression, ...]:
        """All functions through which the inputs enter; none for irrelevant inputs.

        Examples
        --------
        >>> from skinterpret.expressions import Expression
        >>> from skinterpret.search import Finding
        >>> finding = Finding("linear_invariances", (0, 1), Expression.parse("x0 - x1"), 1e-4)
        >>> finding.parts
        (Expression('x0 - x1'),)
        """
        return () if self.part is None else (self.part, *self.beside)

    def describe(self, feature_names: Sequence[str] | None = None) -> str:
        """Say it in one sentence.

        Parameters
        ----------
        feature_names : sequence of str, default=None
            Names of the inputs; `None` means `x0`, `x1`, ….

        Returns
        -------
        str
            The sentence.

        Examples
        --------
        >>> from skinterpret.expressions import Expression
        >>> from skinterpret.search import Finding
        >>> finding = Finding("linear_invariances", (0, 1), Expression.parse("x0 - x1"), 1e-4)
        >>> finding.describe(["a", "b"])
        'a and b enter about through a - b (all but 1.0e-04 of their squared gradient).'
        """
        names = [f"x{j}" if feature_names is None else quoted(str(feature_names[j])) for j in self.inputs]
        inputs = listed(names)
        if self.part is None:
            does_not, hardly = ("does not", "s") if len(names) == 1 else ("do not", "")
            verb = f"{does_not} matter" if self.evidence < HARDLY else f"hardly matter{hardly}"
            return f"{inputs} {verb} (root-mean-square direction component {self.evidence:.1e})."
        formulas = [to_plain(_rounded(part).to_sympy(feature_names)) for part in self.parts]
        about = "" if self.evidence <= EXACT else "about "
        return (
            f"{inputs} enter {about}through {listed(formulas)} "
            f"(all but {self.evidence:.1e} of their squared gradient)."
        )


@dataclass(frozen=True)
class Structure:
    """All findings about one function.

    Parameters
    ----------
    n_features : int
        Number of inputs.
    findings : tuple of Finding, default=()
        What held, in the order in which it was found.
    feature_names : tuple of str, default=None
        Names of the inputs in the sentences; `None` means `x0`, `x1`, ….
    evaluations : int, default=0
        Programs evaluated by the searches for parts.
    stop_reason : str, default=""
        What cut these searches short, `"interrupted"` or a budget; empty where they were completed.  A
        search that is given what Ctrl-C has interrupted is a short one.

    not_tried : tuple of str, default=()
        What was not looked for, and why, a sentence each.

    Examples
    --------
    >>> from skinterpret.expressions import Expression
    >>> from skinterpret.search import Finding, Structure
    >>> part = Expression.parse("x0 - x1")
    >>> structure = Structure(3, (Finding("linear_invariances", (0, 1), part, 1e-4),), ("a", "b", "c"))
    >>> structure
    Structure(3 inputs: a and b enter about through a - b (all but 1.0e-04 of their squared gradient).)
    >>> structure.parts
    (Expression('x0 - x1'),)
    """

    n_features: int
    findings: tuple[Finding, ...] = ()
    feature_names: tuple[str, ...] | None = None
    evaluations: int = field(default=0, compare=False)
    stop_reason: str = field(default="", compare=False)
    not_tried: tuple[str, ...] = field(default=(), compare=False)

    @property
    def irrelevant(self) -> tuple[int, ...]:
        """Inputs that do not matter.

        Examples
        --------
        >>> from skinterpret.expressions import Expression
        >>> from skinterpret.search import Finding, Structure
        >>> part = Expression.parse("x0 - x1")
        >>> difference = Finding("linear_invariances", (0, 1), part, 1e-4)
        >>> nothing = Finding("irrelevant_inputs", (2,), None, 0.004)
        >>> structure = Structure(3, (difference, nothing), ("a", "b", "c"))
        >>> structure.irrelevant
        (2,)
        """
        return tuple(j for finding in self.findings if finding.part is None for j in finding.inputs)

    @property
    def parts(self) -> tuple[Expression, ...]:
        """Functions of a few inputs through which these enter.

        Examples
        --------
        >>> from skinterpret.expressions import Expression
        >>> from skinterpret.search import Finding, Structure
        >>> part = Expression.parse("x0 - x1")
        >>> difference = Finding("linear_invariances", (0, 1), part, 1e-4)
        >>> nothing = Finding("irrelevant_inputs", (2,), None, 0.004)
        >>> structure = Structure(3, (difference, nothing), ("a", "b", "c"))
        >>> structure.parts
        (Expression('x0 - x1'),)
        """
        return tuple(dict.fromkeys(part for finding in self.findings for part in finding.parts))

    @property
    def leaves(self) -> tuple[Expression, ...]:
        """What a search may take as inputs: the parts, and what may stand in their place.

        Examples
        --------
        >>> from skinterpret.expressions import Expression
        >>> from skinterpret.search import Finding, Structure
        >>> one, other = Expression.parse("x0 + x1"), Expression.parse("x0 - x1")
        >>> finding = Finding("separability", (0, 1), one, 1e-4, alike=(other,))
        >>> Structure(3, (finding,)).leaves
        (Expression('x0 - x1'), Expression('x0 + x1'))
        """
        alike = [part for finding in self.findings for part in finding.alike]
        parts = [part for finding in self.findings for part in finding.parts]
        return tuple(dict.fromkeys([*alike, *parts]))

    @property
    def sentences(self) -> list[str]:
        """All that was found, a sentence each; empty when nothing was.

        Examples
        --------
        >>> from skinterpret.expressions import Expression
        >>> from skinterpret.search import Finding, Structure
        >>> part = Expression.parse("x0 - x1")
        >>> difference = Finding("linear_invariances", (0, 1), part, 1e-4)
        >>> nothing = Finding("irrelevant_inputs", (2,), None, 0.004)
        >>> structure = Structure(3, (difference, nothing), ("a", "b", "c"))
        >>> for sentence in structure.sentences:
        ...     print(sentence)
        a and b enter about through a - b (all but 1.0e-04 of their squared gradient).
        c does not matter (root-mean-square direction component 4.0e-03).
        """
        return [finding.describe(self.feature_names) for finding in self.findings]

    def __repr__(self) -> str:
        # a line, for the dicts and lists in which surrogates keep one for each class or output
        return f"Structure({self.n_features} inputs: {' '.join(str(self).splitlines())})"

    def __str__(self) -> str:
        nothing = [] if self.sentences or NOTHING_TRIED in self.not_tried else ["No structure found."]
        return "\n".join([*self.sentences, *nothing, *self.not_tried])


def _rounded(part: Expression) -> Expression:
    """Give a formula with constants of six digits, for a sentence."""
    return part.with_constants([float(f"{value:.6g}") for value in part.constant_values])
