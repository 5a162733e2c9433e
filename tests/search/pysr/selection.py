"""Whether tests that need Julia can run: by trying it, where there is a Julia to try it with."""

import subprocess
import sys

from skinterpret.search.pysr.installed import julia_is_at_hand

SECONDS = 600  # a first import compiles


def why_julia_cannot_be_used(seconds=SECONDS):
    """Import PySR in a process of its own; where no Julia is at hand, which would download one, do not."""
    if not julia_is_at_hand():
        return "PySR and Julia are not installed"
    settings = [f"-X{name}={value}" for name, value in sys._xoptions.items() if name.startswith("julia")]
    try:
        command = [sys.executable, *settings, "-c", "import pysr"]
        run = subprocess.run(command, capture_output=True, text=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired:
        return f"PySR is not imported within {seconds} s"
    if run.returncode:
        last = [line for line in run.stderr.splitlines() if line.strip()][-1:]
        return f"PySR cannot be imported: {' '.join(last)}"
    return ""
