"""What a surrogate says of itself: a summary, and a warning where it is not to be relied upon."""

from __future__ import annotations

from typing import Any

from sklearn.utils.validation import check_is_fitted

from skinterpret._user_line import warn_user
from skinterpret.exceptions import NoClosedFormWarning
from skinterpret.expressions.plain import explained
from skinterpret.surrogates.answers.open_constants import open_constants_in_words
from skinterpret.surrogates.judging.figures import NO_CLOSED_FORM, READABLE

MEND = (
    "Do not rely on it: try make_readable_network(), more rows, other operators or another candidate "
    "(select); summary() tells all figures."
)
CUT_SHORT = ("max_time reached", "interrupted")  # max_evals is how searches mostly end


class TellingMixin:
    """Print formulas and how far they may be trusted.

    Needs `_readings`, `_trust` and `_selections` (one for each formula), `selection`, `_latent_names()`,
    `_statements()` and `_coefficients_of(position)`.
    """

    selection: Any
    _selections: list[Any]
    _readings: list[Any]
    _trust: list[Any]
    _latent_names: Any
    _statements: Any
    _coefficients_of: Any

    def summary(self) -> None:
        """Print what was found and how far it may be trusted.

        Constants that the rows leave open are told, where the formula itself is to be relied upon.  With
        more than two classes each rule is judged on its class against the rest; the last line then
        tells fidelity and accuracy of all classes together, on the rows held back from the search.

        Examples
        --------
        >>> import numpy as np
        >>> from skinterpret import SymbolicSurrogate, make_readable_network
        >>> from skinterpret.search import EvolutionEngine
        >>> X = np.random.default_rng(2).uniform(-1, 1, (500, 2))
        >>> engine = EvolutionEngine(max_evals=2_000)
        >>> surrogate = SymbolicSurrogate(make_readable_network((5,)), engine=engine, random_state=0)
        >>> surrogate = surrogate.fit(X, X[:, 0] + 2 * X[:, 1] > 0.5)
        >>> surrogate.summary()
        True where  x0 + ...*x1 > ...
        Verdict: concept.
        Fidelity ...
        """
        check_is_fitted(self)
        statements = self._statements()
        for sentence in explained(statements):
            print(sentence)
        for position, (statement, reading, trust) in enumerate(
            zip(statements, self._readings, self._trust, strict=True)
        ):
            print(statement)
            if reading.structure.findings:
                print(reading.structure)
            print(trust)
            if trust.verdict != NO_CLOSED_FORM:
                for sentence in open_constants_in_words(self._coefficients_of(position)):
                    print(sentence)
            print()
        for line in self._of_all_together():
            print(line)

    def _of_all_together(self) -> list[str]:
        """Say what no formula alone can be judged by; nothing where formulas stand each for itself."""
        return []

    def _warn_of_distrust(self) -> None:
        pairs = zip(self._latent_names(), self._trust, strict=True)
        reasons = {name: trust.reasons for name, trust in pairs if trust.verdict == NO_CLOSED_FORM}
        if not reasons:
            return
        why = [f"{name!r}: {' '.join(sentences)}" for name, sentences in reasons.items()]
        if len(why) > 1:
            names = ", ".join(map(repr, reasons))
            why.insert(0, f"{names} ({len(reasons)} of {len(self._trust)}).")
        cut_short = self._cut_short()
        if cut_short:
            why.append(f"The search was cut short ({', '.join(cut_short)}): a larger budget may find one.")
        warn_user(f"No closed form found for {' '.join(why)} {MEND}", NoClosedFormWarning)

    def _cut_short(self) -> list[str]:
        """Say what ended searches early where that may be why they found no closed form.

        A network that cannot be read has none, and a candidate that was picked later stands beside a better.
        """
        ended = [
            reading.front.stop_reason
            for reading, trust, selection in zip(self._readings, self._trust, self._selections, strict=True)
            if trust.verdict == NO_CLOSED_FORM
            and reading.readability.smoothness >= READABLE
            and selection == self.selection
        ]
        return sorted({reason for each in ended for reason in each.split(", ") if reason in CUT_SHORT})
