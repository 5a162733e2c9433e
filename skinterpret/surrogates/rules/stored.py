"""The stored form of rules: JSON that is safe to load from strangers.

A file holds formulas in the text form of `Expression`, numbers, labels and names.  Reading it executes
nothing, and refuses whatever is not exactly that, or could keep the reader busy for long.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Sequence
from typing import Any

import numpy as np

from skinterpret.expressions import Expression
from skinterpret.expressions.operators import OPERATORS
from skinterpret.surrogates.rules import stored_categories, stored_trust
from skinterpret.surrogates.rules.constant_parts import has_endless_constant
from skinterpret.surrogates.rules.stored_categories import Categories
from skinterpret.surrogates.rules.stored_trust import Region

FORMAT = "skinterpret rule"
VERSION = 2
VERSIONS = (1, VERSION)  # those that are read; the first did not tell of categories
LONGEST_TEXT = 10_000_000
LONGEST_FORMULA = 10_000
HIGHEST_DEGREE = 1000.0
POWERS = {"square": 2.0, "cube": 3.0}
INPUTS = ("n_features", "feature_names", "categories")
OPTIONAL = stored_trust.KEYS | {"columns"}
KINDS = ("classification", "regression")


def write(content: dict[str, Any]) -> str:
    """Write the content of a rule as text.

    Parameters
    ----------
    content : dict
        What `classification_content` or `regression_content` gave.

    Returns
    -------
    str
        JSON with format and version.
    """
    return json.dumps({"format": FORMAT, "version": VERSION, **content}, indent=2, allow_nan=False) + "\n"


def read(text: str) -> dict[str, Any]:
    """Read the text of a rule as far as format and version.

    Parameters
    ----------
    text : str
        JSON.

    Returns
    -------
    dict
        Its content, of a known kind, otherwise unchecked.

    Raises
    ------
    ValueError
        If it is no JSON, too long, or of another format, version or kind.
    """
    if not isinstance(text, str):
        raise ValueError(
            f"from_json reads the text of a rule, but got {type(text).__name__}; load_rule reads a file."
        )
    if len(text) > LONGEST_TEXT:
        raise ValueError(f"The text is longer than {LONGEST_TEXT:,} characters, which no rule is.")
    try:
        content = json.loads(text, parse_constant=_refuse_constant, object_pairs_hook=_without_repetition)
    except RecursionError:
        raise ValueError("The text is nested too deeply for a rule.") from None
    except json.JSONDecodeError as error:
        hint = "" if "{" in text else "; load_rule reads a file"
        raise ValueError(f"The text is no JSON: {error}{hint}.") from None
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise ValueError(f'The text is no rule: it lacks "format": "{FORMAT}".')
    version = content.get("version")
    if type(version) is not int or version not in VERSIONS:
        raise ValueError(
            f"The rule has version {version!r}, but this skinterpret reads versions "
            f"{' and '.join(map(str, VERSIONS))}."
        )
    if version == 1:
        for key in ("categories", *sorted(OPTIONAL)):
            if key in content:
                raise ValueError(f"The rule has {key}, which rules of version 1 must not have.")
        content["categories"] = None
    if content.get("kind") not in KINDS:
        raise ValueError(f"The rule has the unknown kind {content.get('kind')!r}; known are: {KINDS}.")
    return content


def classification_content(
    formulas: Sequence[Expression],
    thresholds: Sequence[float],
    slopes: Sequence[float],
    classes: Any,
    n_features: int,
    feature_names: Sequence[str] | None,
    categories: Categories | None,
    columns: Sequence[str] | None = None,
    verdicts: Sequence[str] | None = None,
    region: Region | None = None,
    stop_reasons: Sequence[str] | None = None,
) -> dict[str, Any]:
    """Turn the parameters of a `ClassificationRule` into plain values.

    Parameters
    ----------
    formulas, thresholds, slopes, classes : object
        As `ClassificationRule` takes them.
    n_features, feature_names, categories, columns, verdicts, region, stop_reasons : object
        As `ClassificationRule` takes them.

    Returns
    -------
    dict
        What JSON can hold.

    Raises
    ------
    ValueError
        If the parameters are not those of a rule.
    """
    content = {
        "kind": "classification",
        "classes": np.asarray(classes).tolist(),
        **_inputs_content(n_features, feature_names, categories, columns),
        **stored_trust.written(verdicts, region, stop_reasons),
        "rules": [
            {"formula": formula.to_text(), "threshold": float(threshold), "slope": float(slope)}
            for formula, threshold, slope in zip(formulas, thresholds, slopes, strict=True)
        ],
    }
    classification(content)
    return content


def classification(content: dict[str, Any]) -> dict[str, Any]:
    """Check the content of a classification rule.

    Parameters
    ----------
    content : dict
        What `read` gave.

    Returns
    -------
    dict
        Parameters of `ClassificationRule`.

    Raises
    ------
    ValueError
        If something is missing, superfluous or not of its type.
    """
    _check_kind(content, "classification")
    _check_keys(content, {"kind", "classes", "rules", *INPUTS}, "The rule", OPTIONAL)
    classes = _labels(content["classes"])
    inputs = _inputs(content)
    rules = _entries(content["rules"], {"formula", "threshold", "slope"}, inputs["n_features"])
    wanted = 1 if len(classes) == 2 else len(classes)
    if len(rules) != wanted:
        raise ValueError(f"{len(classes)} classes need {wanted} formulas, but there are {len(rules)}.")
    return {
        "formulas": [rule["formula"] for rule in rules],
        "thresholds": [rule["threshold"] for rule in rules],
        "slopes": [rule["slope"] for rule in rules],
        "classes": classes,
        **inputs,
        **stored_trust.checked(content, len(rules), inputs["n_features"]),
    }


def regression_content(
    formulas: Sequence[Expression],
    concepts: Sequence[Expression],
    fallbacks: Sequence[float],
    n_features: int,
    feature_names: Sequence[str] | None,
    categories: Categories | None,
    columns: Sequence[str] | None = None,
    verdicts: Sequence[str] | None = None,
    region: Region | None = None,
    stop_reasons: Sequence[str] | None = None,
) -> dict[str, Any]:
    """Turn the parameters of a `RegressionRule` into plain values.

    Parameters
    ----------
    formulas, concepts, fallbacks, n_features, feature_names, categories, columns : object
        As `RegressionRule` takes them.
    verdicts, region, stop_reasons : object
        As `RegressionRule` takes them.

    Returns
    -------
    dict
        What JSON can hold.

    Raises
    ------
    ValueError
        If the parameters are not those of a rule.
    """
    content = {
        "kind": "regression",
        **_inputs_content(n_features, feature_names, categories, columns),
        **stored_trust.written(verdicts, region, stop_reasons),
        "rules": [
            {"formula": formula.to_text(), "concept": concept.to_text(), "fallback": float(fallback)}
            for formula, concept, fallback in zip(formulas, concepts, fallbacks, strict=True)
        ],
    }
    regression(content)
    return content


def regression(content: dict[str, Any]) -> dict[str, Any]:
    """Check the content of a regression rule.

    Parameters
    ----------
    content : dict
        What `read` gave.

    Returns
    -------
    dict
        Parameters of `RegressionRule`.

    Raises
    ------
    ValueError
        If something is missing, superfluous or not of its type.
    """
    _check_kind(content, "regression")
    _check_keys(content, {"kind", "rules", *INPUTS}, "The rule", OPTIONAL)
    inputs = _inputs(content)
    rules = _entries(content["rules"], {"formula", "concept", "fallback"}, inputs["n_features"])
    return {
        "formulas": [rule["formula"] for rule in rules],
        "concepts": [rule["concept"] for rule in rules],
        "fallbacks": [rule["fallback"] for rule in rules],
        **inputs,
        **stored_trust.checked(content, len(rules), inputs["n_features"]),
    }


def _refuse_constant(name: str) -> float:
    raise ValueError(f"The text holds {name}, but all numbers of a rule are finite.")


def _without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) < len(pairs):
        raise ValueError("The text gives the same key twice, so that readers could differ.")
    return content


def _check_keys(entry: Any, known: set[str], what: str, optional: frozenset[str] = frozenset()) -> None:
    keys = set(entry) - {"format", "version"} - optional if isinstance(entry, dict) else set()
    if keys != known:
        missing, superfluous = (", ".join(map(repr, sorted(each))) for each in (known - keys, keys - known))
        wrong = [
            *([f"lacks {missing}"] if missing else []),
            *([f"has {superfluous:.200}, which it must not have"] if superfluous else []),
        ]
        raise ValueError(f"{what} {' and '.join(wrong)}.")


def _check_kind(content: dict[str, Any], kind: str) -> None:
    if content["kind"] != kind:
        raise ValueError(f"The rule is one of {content['kind']}, not of {kind}; use load_rule.")


def _labels(labels: Any) -> Any:
    kinds = {type(label) for label in labels} if isinstance(labels, list) else set()
    if len(kinds) != 1 or not kinds <= {bool, int, float, str} or len(labels) < 2:
        raise ValueError("classes must be two or more labels, all numbers, all texts or all true or false.")
    if len(set(labels)) < len(labels):
        raise ValueError("classes must differ from each other.")
    if np.asarray(labels).dtype.kind not in "biufU":
        raise ValueError("classes holds a whole number of more than 64 bits.")
    return labels


def _inputs_content(
    n_features: int,
    feature_names: Sequence[str] | None,
    categories: Categories | None,
    columns: Sequence[str] | None,
) -> dict[str, Any]:
    names = None if feature_names is None else [str(name) for name in feature_names]
    return {
        "n_features": int(n_features),
        "feature_names": names,
        "categories": stored_categories.written(categories),
        **({} if columns is None else {"columns": [str(column) for column in columns]}),
    }


def _inputs(content: dict[str, Any]) -> dict[str, Any]:
    n_features, names = content["n_features"], content["feature_names"]
    if type(n_features) is not int or n_features < 1:
        raise ValueError(f"n_features must be a positive whole number, got {n_features!r}.")
    if names is not None:
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise ValueError("feature_names must be null or a list of texts.")
        if len(names) != n_features or len(set(names)) != n_features:
            raise ValueError(f"feature_names must be {n_features} different names, one an input.")
    categories = stored_categories.checked(content["categories"], n_features)
    columns = content.get("columns")
    if columns is not None and not _are_different_texts(columns):
        raise ValueError("columns must be null or a list of different texts.")
    return {"n_features": n_features, "feature_names": names, "categories": categories, "columns": columns}


def _are_different_texts(names: Any) -> bool:
    are_texts = isinstance(names, list) and all(isinstance(name, str) for name in names)
    return are_texts and len(set(names)) == len(names)


def _entries(entries: Any, keys: set[str], n_features: int) -> list[dict[str, Any]]:
    if not isinstance(entries, list) or not entries:
        raise ValueError("rules must be a list with at least one entry.")
    checked = []
    for number, entry in enumerate(entries):
        _check_keys(entry, keys, f"Entry {number} of rules")
        checked.append(
            {
                key: _formula(entry[key], key, n_features)
                if key in ("formula", "concept")
                else NUMBERS.get(key, _finite)(entry[key], key)
                for key in sorted(keys)
            }
        )
    return checked


def _finite(value: Any, key: str) -> float:
    if type(value) not in (int, float) or not abs(value) <= sys.float_info.max:
        raise ValueError(f"{key} must be a finite number, got {value!r:.40}.")
    return float(value)


def _slope(value: Any, key: str) -> float:
    slope = _finite(value, key)
    if slope == 0:
        raise ValueError(f"{key} must not be 0: the formula would decide nothing.")
    return slope


NUMBERS = {"slope": _slope}


def _formula(text: Any, key: str, n_features: int) -> Expression:
    if not isinstance(text, str) or len(text) > LONGEST_FORMULA:
        raise ValueError(f"{key} must be a text of at most {LONGEST_FORMULA:,} characters.")
    expression = Expression.parse(text)
    if expression.variables and expression.variables[-1] >= n_features:
        raise ValueError(
            f"{key} names x{expression.variables[-1]}, but there are {n_features} inputs, counted from 0."
        )
    if not _degree(expression) <= HIGHEST_DEGREE:
        raise ValueError(f"{key} holds powers of powers beyond {HIGHEST_DEGREE:g}, which no rule needs.")
    if has_endless_constant(expression):
        raise ValueError(f"{key} holds a constant that is not finite, such as exp(1000) or 1/0.")
    return expression


def _degree(expression: Expression) -> float:
    """Highest product of nested exponents; sympy would write out the digits of 9**9**9**9."""
    stack: list[float] = []
    for position, token in enumerate(expression.tokens):
        if token <= 0:
            stack.append(1.0)
            continue
        operator = OPERATORS[token - 1]
        if operator.constant_exponent:
            stack.pop()
            stack[-1] *= max(abs(expression.constants[position - 1]), 1.0)
        elif operator.arity == 2:
            right = stack.pop()
            stack[-1] = max(stack[-1], right)
        else:
            stack[-1] *= POWERS.get(operator.name, 1.0)
    return stack[0] if math.isfinite(stack[0]) else math.inf
