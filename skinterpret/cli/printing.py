"""What `explain` prints of a fitted surrogate."""

from __future__ import annotations

import re
import shutil
import textwrap
from typing import Any

from skinterpret.report.candidates import candidate_rules
from skinterpret.report.plain import explained, to_plain
from skinterpret.report.references import indicator_sentences
from skinterpret.surrogates.judging.figures import NO_CLOSED_FORM
from skinterpret.surrogates.judging.readability import in_options

NARROWEST = 60
QUOTED = re.compile("`[^`]*`")
HARD_SPACE = "\0"  # in names, which no line break may cut


def print_candidates(surrogate: Any) -> None:
    """Print the front of each formula, a rule a candidate.

    Parameters
    ----------
    surrogate : SymbolicSurrogate
        The fitted surrogate.
    """
    tables = candidate_rules(surrogate)
    several = len(tables) > 1
    print("\nCandidates (→ the chosen one: the knee of loss against complexity)")
    print("complexity: nodes of the rule as it is written; fidelity: on rows held back from the search")
    for name, table in zip(spoken_for(surrogate), tables, strict=True):
        print(f"\n{name} where\n" if several else "")
        print(f"  {'complexity':>10}  {'loss':>7}  {'fidelity':>8}  rule")
        for row in table.itertuples():
            print(_line(row))
    rules = [rule for table in tables for rule in table["rule"]]
    for sentence in explained(rules):
        print(f"\n  {sentence}")


def print_verdict(surrogate: Any) -> None:
    """Print how far each rule may be trusted.

    Parameters
    ----------
    surrogate : SymbolicSurrogate
        The fitted surrogate.
    """
    several = len(surrogate.classes_) > 2
    for name, trust in zip(spoken_for(surrogate), _values(surrogate.trust_, several), strict=True):
        print(f"\n{name}" if several else "")
        print(in_options(str(trust)))


def print_structure(surrogate: Any) -> None:
    """Print what the network's directions tell of its inputs, and what they were not asked.

    Parameters
    ----------
    surrogate : SymbolicSurrogate
        The fitted surrogate.
    """
    several = len(surrogate.classes_) > 2
    for name, structure in zip(spoken_for(surrogate), _values(surrogate.structure_, several), strict=True):
        if structure.findings or structure.not_tried:
            print(f"\nWhat the network's directions{f' of {name}' if several else ''} tell\n\n{structure}")


def print_rules(surrogate: Any) -> None:
    """Print the rules, a line each, so that the last line is one to copy, unless it is not to be relied on.

    Parameters
    ----------
    surrogate : SymbolicSurrogate
        The fitted surrogate.
    """
    several = len(surrogate.classes_) > 2
    rules = [to_plain(rule) for rule in _values(surrogate.decision_rule_, several)]
    print("\nDecision rule")
    for sentence in [*explained(rules), *indicator_sentences(surrogate)]:
        print(sentence)
    if several:
        print("The class whose rule is the surest is the answer.")
    print()
    verdicts = [trust.verdict for trust in _values(surrogate.trust_, several)]
    for name, rule, verdict in zip(spoken_for(surrogate), rules, verdicts, strict=True):
        print(f"{name} where  {rule}")
        if verdict == NO_CLOSED_FORM:
            print(f"  ({NO_CLOSED_FORM}: do not rely on it)")


def spoken_for(surrogate: Any) -> list[Any]:
    """List the classes that have a rule: the second of two, or all.

    Parameters
    ----------
    surrogate : SymbolicSurrogate
        The fitted surrogate.

    Returns
    -------
    list
        Class labels.
    """
    labels: list[Any] = surrogate.classes_.tolist()
    return labels[1:] if len(labels) == 2 else labels


def _line(row: Any) -> str:
    """Write a candidate, its rule in full over as many lines as it needs."""
    mark = "→" if row.chosen else " "
    start = f"{mark} {row.complexity:>10}  {1 - row.alignment:>7.1e}  {row.fidelity:>8.3f}  "
    width = max(shutil.get_terminal_size().columns, NARROWEST)
    lines = textwrap.fill(
        QUOTED.sub(lambda name: name[0].replace(" ", HARD_SPACE), row.rule),
        width,
        initial_indent=start,
        subsequent_indent=" " * len(start),
        break_long_words=False,
        break_on_hyphens=False,
    )
    return lines.replace(HARD_SPACE, " ")


def _values(values: Any, several: bool) -> list[Any]:
    return list(values.values()) if several else [values]
