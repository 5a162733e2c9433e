"""What `import skinterpret` costs and what it leaves alone."""

import subprocess
import sys


def run(code):
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout


def test_nothing_is_compiled_and_pysr_is_left_alone():
    code = """
import sys
from numba.core import event
with event.install_recorder("numba:compile") as recorder:
    import skinterpret
print(len(recorder.buffer), "pysr" in sys.modules, "juliacall" in sys.modules)
"""
    assert run(code).split() == ["0", "False", "False"]


def test_public_names_are_those_that_are_listed():
    code = "import skinterpret; print(all(hasattr(skinterpret, n) for n in skinterpret.__all__))"
    assert run(code).strip() == "True"
