"""What all tests and examples share: what is left out where a framework is missing, and closed pictures."""

import sys
from importlib.util import find_spec

import pytest

READERS = {"torch": "torch_modules", "keras": "keras_models", "onnx": "onnx_graphs"}
collect_ignore = [
    f"skinterpret/network/readers/{module}.py"
    for framework, module in READERS.items()
    if find_spec(framework) is None
]


@pytest.fixture(autouse=True)
def closed_figures():
    """Close what was drawn: matplotlib warns of many open figures, and warnings are errors."""
    yield
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")
