"""Decision rules as MathML."""

from __future__ import annotations

import html
import re
from typing import Any

import sympy
from sympy.printing.mathml import MathMLPresentationPrinter

from skinterpret.report.plain import to_plain
from skinterpret.report.turning import in_reading_order

LONGEST_LETTERS = 3  # names up to that length stand next to each other as the symbols of a formula do
NUMBERED_LETTER = re.compile(r"([^\W\d_])_?(\d+)")


def to_mathml(rule: sympy.Basic) -> str:
    """Write a formula in presentation MathML.

    sympy's own printer leaves names unescaped and takes `alpha` or `a_b` for notation.  Names come
    from strangers' files, so they are escaped here and left as they are; only a letter with a number
    becomes one with an index.

    Parameters
    ----------
    rule : sympy expression or relational
        What to write.

    Returns
    -------
    str
        A `math` element, to be put into HTML as it is.

    Examples
    --------
    >>> import sympy
    >>> from skinterpret.report.mathematics import to_mathml
    >>> to_mathml(sympy.Symbol("<b>") ** 2)
    '<math display="block"><msup><mi>&lt;b&gt;</mi><mn>2</mn></msup></math>'
    """
    longest = max((len(symbol.name) for symbol in rule.free_symbols), default=0)
    printer = _Printer({"mul_symbol": "dot" if longest > LONGEST_LETTERS else None})
    return f'<math display="block">{_serialise(printer._print(rule))}</math>'


class _Printer(MathMLPresentationPrinter):  # type: ignore[misc]
    """sympy's printer with names that are left alone."""

    def _print_Symbol(self, symbol: Any, style: str = "plain") -> Any:  # noqa: N802
        numbered = NUMBERED_LETTER.fullmatch(symbol.name)
        if numbered is None:
            return self._text("mtext" if " " in symbol.name else "mi", symbol.name)
        index = self.dom.createElement("msub")
        index.appendChild(self._text("mi", numbered[1]))
        index.appendChild(self._text("mn", numbered[2]))
        return index

    def _print_Integer(self, number: Any) -> Any:  # noqa: N802
        text = to_plain(number)
        if "e" not in text:
            return self._print_int(number)
        # to these digits it is written with its power of ten
        return self._print_Float(sympy.Float(text, len(text.partition("e")[0].strip("-").replace(".", ""))))

    def _print_Exp1(self, number: Any) -> Any:  # noqa: N802
        return self._text("mi", "e")  # few fonts have the letter that MathML reserves for it

    def _text(self, tag: str, text: str) -> Any:
        element = self.dom.createElement(tag)
        # sympy's other texts are markup with entities, so this one has to look like them
        element.appendChild(self.dom.createTextNode(html.escape(in_reading_order(text))))
        return element


def _serialise(node: Any) -> str:
    """Write a tree as HTML; `toxml` would leave its texts unescaped."""
    if node.nodeType == node.TEXT_NODE:
        return html.escape(html.unescape(node.data)).replace("-", "−")
    content = "".join(map(_serialise, node.childNodes))
    attributes = "".join(f' {name}="{html.escape(value)}"' for name, value in node.attributes.items())
    return f"<{node.tagName}{attributes}>{content}</{node.tagName}>"
