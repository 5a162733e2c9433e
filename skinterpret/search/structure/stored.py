"""Structure on disk, beside the checkpoint of the search that uses it.

The file is JSON text.  Version 2 has `format` ("skinterpret structure"), `version`, `problem` (SHA-256 of
rows, seed and hypotheses), `operators` (names of the operator table, which the tokens count through),
`n_features`, `evaluations`, `stop_reason`, `not_tried` (a list of sentences) and `findings`, a list of
objects with `hypothesis`, `inputs`, `evidence`, `part` (null, or an object with `tokens` and `constants`),
and the lists `beside` and `alike` of such objects.
"""

from __future__ import annotations

import json
import math
import os
from pathlib import Path
from typing import Any

from skinterpret.expressions import OPERATORS, Expression
from skinterpret.search.evolution.checkpoint import (
    OtherVersionError,
    check_kind,
    refuse_changed,
    refuse_damaged,
    refuse_foreign,
    refuse_other_version,
    write_at_once,
)
from skinterpret.search.evolution.soundness import ChangedFileError
from skinterpret.search.structure.discovery import HYPOTHESES
from skinterpret.search.structure.findings import Finding, Structure

FORMAT = "skinterpret structure"
VERSION = 2
# what a stranger's JSON can make of reading it: other types, fields that are missing, depth, huge numbers
NOT_AS_WRITTEN = (ValueError, LookupError, TypeError, AttributeError, RecursionError, ArithmeticError)
STOP_REASONS = ("", "max_evals reached", "max_time reached")  # what Ctrl-C has cut short is not kept


def save_structure(path: str | os.PathLike[str], structure: Structure, problem: str) -> None:
    """Write what was found.

    Parameters
    ----------
    path : path-like
        Where.
    structure : Structure
        What.
    problem : str
        Fingerprint of the search for it.
    """
    content = {
        "format": FORMAT,
        "version": VERSION,
        "problem": problem,
        "operators": [operator.name for operator in OPERATORS],
        "n_features": structure.n_features,
        "evaluations": structure.evaluations,
        "stop_reason": structure.stop_reason,
        "not_tried": list(structure.not_tried),
        "findings": [_as_json(finding) for finding in structure.findings],
    }
    write_at_once(path, json.dumps(content, indent=1).encode())


def load_structure(
    path: str | os.PathLike[str], problem: str, n_features: int, checkpoint: str | os.PathLike[str]
) -> Structure:
    """Read what was found.

    Parameters
    ----------
    path : path-like
        Where.
    problem : str
        Fingerprint of the search for it.
    n_features : int
        Number of inputs of that search.
    checkpoint : path-like
        The file that users have named; this one lies beside it.

    Returns
    -------
    Structure
        The same.

    Raises
    ------
    OSError
        If the file cannot be read.
    ValueError
        If the file is damaged, was changed, is of another version or of another search; it is left untouched.
    """
    stored = Path(path).read_bytes()  # a file that may not be read is not one that is damaged
    try:
        content = json.loads(stored)
        check_kind(content, FORMAT, VERSION)
        same = content["problem"] == problem and content["operators"] == [one.name for one in OPERATORS]
        structure = _checked(content, n_features) if same else None
    except ChangedFileError as error:
        raise refuse_changed(path, str(error)) from error
    except OtherVersionError as error:
        raise refuse_other_version(path, str(error)) from error
    except NOT_AS_WRITTEN as error:
        raise refuse_damaged(path) from error
    if structure is None:
        raise refuse_foreign(checkpoint)
    return structure


def _as_json(finding: Finding) -> dict[str, Any]:
    return {
        "hypothesis": finding.hypothesis,
        "inputs": list(map(int, finding.inputs)),
        "evidence": float(finding.evidence),
        "part": None if finding.part is None else _program(finding.part),
        "beside": list(map(_program, finding.beside)),
        "alike": list(map(_program, finding.alike)),
    }


def _program(part: Expression) -> dict[str, Any]:
    return {"tokens": list(part.tokens), "constants": list(part.constants)}


def _checked(content: dict[str, Any], n_features: int) -> Structure:
    """Read a structure, and refuse one that no search can have written."""
    _demand(content["n_features"] == n_features, f"n_features is not {n_features}")
    _demand(_is_count(content["evaluations"]), "evaluations is no count")
    _demand(content["stop_reason"] in STOP_REASONS, "stop_reason is none that is kept")
    findings = tuple(_finding(each, n_features) for each in content["findings"])
    not_tried = content["not_tried"]
    _demand(
        all(type(each) is str and each.isprintable() for each in not_tried), "not_tried holds no sentences"
    )
    structure = Structure(
        n_features,
        findings,
        evaluations=content["evaluations"],
        stop_reason=content["stop_reason"],
        not_tried=tuple(not_tried),
    )
    left_out = set(structure.irrelevant)
    _demand(len(left_out) < n_features, "no input is left")
    used = {j for expression in (*structure.parts, *structure.leaves) for j in expression.variables}
    _demand(not used & left_out, "a part holds an input that is said not to matter")
    return structure


def _finding(facts: dict[str, Any], n_features: int) -> Finding:
    hypothesis, inputs, evidence = facts["hypothesis"], facts["inputs"], facts["evidence"]
    _demand(hypothesis in HYPOTHESES, "a hypothesis is unknown")
    known = all(_is_count(j) and j < n_features for j in inputs)
    _demand(known and 0 < len(set(inputs)) == len(inputs), f"inputs are not some of {n_features}")
    _demand(type(evidence) in (int, float) and 0 <= evidence < math.inf, "evidence is no measure")
    part = None if facts["part"] is None else _expression(facts["part"], n_features)
    _demand((part is None) == (hypothesis == "irrelevant_inputs"), f"{hypothesis} does not go with its part")
    beside, alike = (
        tuple(_expression(one, n_features) for one in facts[name]) for name in ("beside", "alike")
    )
    return Finding(hypothesis, tuple(inputs), part, float(evidence), beside, alike)


def _expression(program: dict[str, Any], n_features: int) -> Expression:
    tokens, constants = program["tokens"], program["constants"]
    _demand(all(type(token) is int for token in tokens), "a token is no integer")
    try:
        part = Expression(tokens, constants)
    except (ValueError, TypeError) as error:
        raise ChangedFileError("a part is no formula") from error
    known = bool(part.variables) and max(part.variables) < n_features
    _demand(known, f"a part has inputs that are not some of {n_features}")
    return part


def _is_count(value: Any) -> bool:
    return type(value) is int and value >= 0


def _demand(holds: bool, otherwise: str) -> None:
    if not holds:
        raise ChangedFileError(otherwise)
