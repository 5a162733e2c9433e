"""Structure on disk, beside the checkpoint of the search that uses it.

The file is JSON text.  Version 2 has `format` ("skinterpret structure"), `version`, `problem` (SHA-256 of
rows, seed and hypotheses), `operators` (names of the operator table, which the tokens count through),
`n_features`, `evaluations`, `stop_reason`, `not_tried` (a list of sentences) and `findings`, a list of
objects with `hypothesis`, `inputs`, `evidence`, `part` (null, or an object with `tokens` and `constants`),
and the lists `beside` and `alike` of such objects.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from skinterpret.expressions import OPERATORS, Expression
from skinterpret.search.evolution.checkpoint import refuse_damaged, refuse_foreign, write_at_once
from skinterpret.search.structure.findings import Finding, Structure

FORMAT = "skinterpret structure"
VERSION = 2


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


def load_structure(path: str | os.PathLike[str], problem: str) -> Structure:
    """Read what was found.

    Parameters
    ----------
    path : path-like
        Where.
    problem : str
        Fingerprint of the search for it.

    Returns
    -------
    Structure
        The same.

    Raises
    ------
    ValueError
        If the file is damaged, of another version or of another search; it is left untouched.
    """
    try:
        content = json.loads(Path(path).read_bytes())
        if content["format"] != FORMAT or content["version"] != VERSION:
            raise ValueError
        same = content["problem"] == problem and content["operators"] == [one.name for one in OPERATORS]
        structure = Structure(
            int(content["n_features"]),
            tuple(_finding(each) for each in content["findings"]) if same else (),
            evaluations=int(content["evaluations"]),
            stop_reason=str(content["stop_reason"]),
            not_tried=tuple(map(str, content["not_tried"])),
        )
    except (ValueError, KeyError, TypeError, OSError, IndexError) as error:
        raise refuse_damaged(path) from error
    if not same:
        raise refuse_foreign(path)
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


def _finding(facts: dict[str, Any]) -> Finding:
    return Finding(
        str(facts["hypothesis"]),
        tuple(map(int, facts["inputs"])),
        None if facts["part"] is None else _expression(facts["part"]),
        float(facts["evidence"]),
        tuple(map(_expression, facts["beside"])),
        tuple(map(_expression, facts["alike"])),
    )


def _expression(program: dict[str, Any]) -> Expression:
    return Expression(program["tokens"], program["constants"])
