"""Machine code is kept on disk, and waiting for it is explained."""

import os
import subprocess
import sys
from pathlib import Path

import skinterpret

KERNEL = """
from skinterpret.expressions.compilation import entry_kernel

@entry_kernel
def next_number(x):
    return x + 1

print(next_number(1), next_number(1.5), sum(next_number.stats.cache_hits.values()))
"""


def test_compilation_is_announced_once_and_only_where_it_happens(tmp_path):
    script = tmp_path / "kernels.py"
    script.write_text(KERNEL, encoding="utf-8")

    def run():
        environment = {
            **os.environ,
            "NUMBA_CACHE_DIR": str(tmp_path / "cache"),
            "PYTHONPATH": str(Path(skinterpret.__file__).parents[1]),
        }
        return subprocess.run(
            [sys.executable, script], check=True, capture_output=True, text=True, env=environment
        )

    first, second = run(), run()
    assert first.stdout.split() == ["2", "2.5", "0"]
    assert first.stderr.count("compiles its engine, once on each machine") == 1
    assert second.stdout.split() == ["2", "2.5", "2"]
    assert not second.stderr
