"""The examples of the gallery are pages, and together they show every picture that the package draws."""

import ast
from pathlib import Path

import pytest

from skinterpret import displays

ROOT = Path(__file__).parent.parent
EXAMPLES = sorted((ROOT / "examples").glob("plot_*.py"))


def read_tree(example):
    return ast.parse(example.read_text(encoding="utf-8"), filename=str(example))


def used_names(example):
    """Names that a script loads after it has imported them."""
    return {
        node.id
        for node in ast.walk(read_tree(example))
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    }


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.stem)
def test_an_example_compiles_and_begins_with_a_title(example):
    compile(example.read_text(encoding="utf-8"), str(example), "exec")
    title, underline, empty, *rest = ast.get_docstring(read_tree(example)).splitlines()
    assert title
    assert underline == "=" * len(title)
    assert empty == ""
    assert any(rest), "a page says under its title what it asks"


@pytest.mark.parametrize("name", displays.__all__)
def test_an_example_uses_the_display(name):
    assert any(name in used_names(example) for example in EXAMPLES), f"no example draws a {name}"


def test_the_order_of_the_gallery_lists_every_example_once(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "docs" / "_extensions"))
    import gallery_order

    assert len(set(gallery_order.ORDER)) == len(gallery_order.ORDER)
    assert [example.name for example in EXAMPLES if example.name not in gallery_order.ORDER] == []
