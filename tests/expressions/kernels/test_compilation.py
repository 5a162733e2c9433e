"""Kernels that have just been compiled and those from disk give the same figures, bit for bit."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np

from skinterpret.expressions import Expression
from skinterpret.expressions.kernels.labels import label_losses, make_labelled_rows
from skinterpret.expressions.kernels.matching import direction_losses, make_rows

ROOT = Path(__file__).parents[3]
FORMULAS = [
    "x0*x1",
    "exp(-0.98*x0*x1*x2)",
    "sin(1.3*x0)*x1 + 2.5*x2",
    "(1.12*x0*x1 + x2*x2 - 4.9)**2",
    "log(x0*1.3) + 2*x1",
    "cos(x0 + 0.3)*1.5 - x2/(x1 + 0.7)",
]


def test_compiled_kernels_and_those_from_disk_are_the_same(tmp_path):
    program = "from tests.expressions.kernels.test_compilation import print_losses; print_losses()"
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)}
    compiled, read = (
        subprocess.run(
            [sys.executable, "-c", program],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        for _ in range(2)
    )
    assert "compiles its engine" in compiled.stderr
    assert "compiles its engine" not in read.stderr
    assert len(compiled.stdout.split()) == 2 * len(FORMULAS)
    assert compiled.stdout == read.stdout


def print_losses():
    from tests.expressions.kernels.programs import as_arrays, workspace

    programs = as_arrays([Expression.parse(formula) for formula in FORMULAS])
    rng = np.random.default_rng(0)
    X = rng.uniform(0.1, 3, (300, 3))
    for rows, judge in [
        (make_labelled_rows(X, X[:, 0] * X[:, 1] > 1), label_losses),
        (make_rows(X, rng.normal(size=X.shape)), direction_losses),
    ]:
        losses = np.empty(len(FORMULAS))
        judge(*programs, rows, workspace(3), losses)
        print(*(loss.hex() for loss in losses.tolist()))
