"""A spreadsheet that knows just what `to_code("excel")` writes."""

import math
import re

COMPARISONS = {"=": "==", "<>": "!="}
WORDS = {"TRUE": "True", "FALSE": "False"}


class Cell:
    """A cell that is compared: texts without regard to capitals, and an empty one equals "", 0 and FALSE."""

    def __init__(self, value):
        self.value = value

    def __eq__(self, other):
        if self.value is None:
            return other in ("", 0)
        if _kind(self.value) != _kind(other):
            return False
        return self.value.lower() == other.lower() if isinstance(other, str) else self.value == other

    def __ne__(self, other):
        return not self == other


FUNCTIONS = {
    "Cell": Cell,
    "IF": lambda holds, yes, no: yes if holds else no,
    "OR": lambda *held: any(held),
    "AND": lambda *held: all(held),
    "EXACT": lambda cell, text: cell.value == text,
    "POWER": lambda base, exponent: base**exponent,
    "EXP": math.exp,
    "SIN": math.sin,
}


def excel(code, row):
    """Calculate a formula where the second row of the sheet is this one, of up to 26 cells."""
    tokens = re.findall(r'"(?:[^"]|"")*"|[A-Z]2|[A-Z]+|<>|[\d.]+|\S', code.removeprefix("="))
    words = []
    for token, following in zip(tokens, [*tokens[1:], ""], strict=True):
        if re.fullmatch("[A-Z]2", token):
            value = row[ord(token[0]) - ord("A")]
            is_compared = following in COMPARISONS or words[-2:] == ["EXACT", "("]
            words.append(f"Cell({value!r})" if is_compared else repr(value))
        elif token.startswith('"'):
            words.append(repr(token[1:-1].replace('""', '"')))
        else:
            words.append((COMPARISONS | WORDS).get(token, token))
    return eval(" ".join(words), dict(FUNCTIONS))


def _kind(value):
    return type(value) if isinstance(value, bool | str) else float
