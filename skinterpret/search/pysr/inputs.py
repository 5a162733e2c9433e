"""Options that name inputs, by the numbers that these have in a search."""

from __future__ import annotations

import re
import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from skinterpret.search.pysr.equations import NUMBER, read_equation
from skinterpret.search.pysr.vocabulary import Vocabulary

INPUT = re.compile(r"\bx(\d+)\b(?!\s*\()")
CALLED = re.compile(r"[^\W\d]\w*(?=\s*\()")
SIGN = re.compile(r"(?:^|[(,+\-*/^])\s*-\s*(?![\s\d.])")
BETWEEN_OPERANDS = re.compile(r"(?<=[\w.)])\s*(\*\*|[-+*/^])")


def options_for(options: Mapping[str, Any], inputs: Sequence[int], n_features: int) -> dict[str, Any]:
    """Translate options that name inputs into those of a search over some of the inputs.

    Parameters
    ----------
    options : mapping of str to object
        Options of PySR's, over all inputs.
    inputs : sequence of int
        The inputs that the search sees, in the order in which it does.
    n_features : int
        Number of all inputs.

    Returns
    -------
    dict of str to object
        The options for that search; guesses that hold other inputs are left out, with a warning.

    Raises
    ------
    ValueError
        If there are not as many complexities as inputs, or a guess is no formula or holds an input that
        does not exist.

    Examples
    --------
    >>> from skinterpret.search.pysr.inputs import options_for
    >>> options_for({"guesses": ["x1 * x2"], "complexity_of_variables": [9, 1, 2]}, [1, 2], 3)
    {'guesses': ['x0 * x1'], 'complexity_of_variables': [1, 2]}
    """
    translated = dict(options)
    complexities: Any = options.get("complexity_of_variables")
    if complexities is not None and np.ndim(complexities):
        if len(complexities) != n_features:
            raise ValueError(
                f"complexity_of_variables has {len(complexities)} values for {n_features} inputs; give one "
                "for each input, or a single number."
            )
        translated["complexity_of_variables"] = [complexities[j] for j in inputs]
    if options.get("guesses") is not None:
        translated["guesses"] = _guesses_over(texts_of(options["guesses"]), inputs, n_features)
    return translated


def texts_of(guesses: Any) -> list[str]:
    """Write guesses as formulas of `x0`, `x1`, ….

    Parameters
    ----------
    guesses : list of str or of dict
        Guesses as PySR takes them: formulas of the inputs, or of the operands of the template's `f`.

    Returns
    -------
    list of str
        Formulas of the inputs.

    Raises
    ------
    ValueError
        If they are something else.

    Examples
    --------
    >>> from skinterpret.search.pysr.inputs import texts_of
    >>> texts_of(["x0 + x1", {"f": "#1 * #2"}])
    ['x0 + x1', 'x0 * x1']
    """
    if isinstance(guesses, Sequence) and len(guesses) == 1 and isinstance(guesses[0], list):
        guesses = guesses[0]  # PySR's form for one target among several
    texts = []
    for guess in [guesses] if isinstance(guesses, str) else guesses:
        text = guess.get("f") if isinstance(guess, Mapping) and len(guess) == 1 else guess
        if not isinstance(text, str):
            raise ValueError(
                f"guesses holds {guess!r}; each guess must be a formula of the inputs, such as 'x0 * x1'."
            )
        texts.append(re.sub(r"#(\d+)", lambda found: f"x{int(found[1]) - 1}", text))
    return texts


def guesses_for(method: str, guesses: Any, vocabulary: Vocabulary) -> list[Any]:
    """Write guesses as PySR takes them with a method.

    Parameters
    ----------
    method : {"objective", "template"}
        How directions are matched.
    guesses : list of str or of dict
        Guesses.
    vocabulary : Vocabulary
        What formulas may be made of.

    Returns
    -------
    list
        Formulas of the inputs, or of the operands of the template's `f`.

    Raises
    ------
    ValueError
        If a guess is no formula over these operators.
    """
    texts = texts_of(guesses)
    for text in texts:
        _check_guess(text, vocabulary)
    if method == "objective":
        return texts
    return [{"f": INPUT.sub(lambda found: f"#{int(found[1]) + 1}", text)} for text in texts]


def _check_guess(text: str, vocabulary: Vocabulary) -> None:
    try:
        read_equation(text, vocabulary.definitions)
    except ValueError as error:
        raise ValueError(f"The guess {text!r} cannot be read: {error}") from None
    if SIGN.search(text):
        raise ValueError(
            f"The guess {text!r} holds a sign, which Julia takes for an operator of one operand; write "
            "-1.0 * and what follows it."
        )
    without_numbers = re.sub(rf"(?<![\w.]){NUMBER}", "1", text)
    for name in CALLED.findall(text) + BETWEEN_OPERANDS.findall(without_numbers):
        if name not in vocabulary.complexities:
            raise ValueError(
                f"The guess {text!r} uses {name!r}, which is not among the operators of the search; add it, "
                "or leave out the guess."
            )


def _guesses_over(texts: list[str], inputs: Sequence[int], n_features: int) -> list[str]:
    numbers = {j: k for k, j in enumerate(inputs)}
    kept = []
    for text in texts:
        used = {int(number) for number in INPUT.findall(text)}
        missing = sorted(used - set(numbers))
        if missing and missing[-1] >= n_features:
            raise ValueError(
                f"The guess {text!r} holds x{missing[-1]}, but there are {n_features} inputs, from x0 on."
            )
        if missing:
            warnings.warn(
                f"The guess {text!r} is left out, for directions do not depend on x{missing[0]}; set "
                "structure=False to search over all inputs.",
                UserWarning,
                stacklevel=2,
            )
        else:
            kept.append(INPUT.sub(lambda found: f"x{numbers[int(found[1])]}", text))
    return kept
