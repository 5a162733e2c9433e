"""What pytest leaves out where a framework is not installed: the modules that read it."""

from importlib.util import find_spec

READERS = {"torch": "torch_modules", "keras": "keras_models", "onnx": "onnx_graphs"}
collect_ignore = [
    f"skinterpret/network/readers/{module}.py"
    for framework, module in READERS.items()
    if find_spec(framework) is None
]
