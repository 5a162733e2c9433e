"""Tests that need Julia are selected exactly where PySR can be imported."""

import pytest

from . import selection
from .selection import why_julia_cannot_be_used


@pytest.fixture
def pysr_that(tmp_path, monkeypatch):
    """Put a PySR before the installed one that does something when a new process imports it."""

    def pysr_that(does, julia=True):
        (tmp_path / "pysr.py").write_text(does, encoding="utf-8")
        monkeypatch.setenv("PYTHONPATH", str(tmp_path))
        monkeypatch.setattr(selection, "julia_is_at_hand", lambda: julia)

    return pysr_that


def test_they_run_where_pysr_can_be_imported(pysr_that):
    pysr_that("x = 1")
    assert why_julia_cannot_be_used() == ""


def test_they_are_left_out_where_it_cannot_with_the_reason(pysr_that):
    pysr_that("raise RuntimeError('no such package')")
    assert why_julia_cannot_be_used() == "PySR cannot be imported: RuntimeError: no such package"
    pysr_that("import time; time.sleep(60)")
    assert why_julia_cannot_be_used(seconds=0.5) == "PySR is not imported within 0.5 s"


def test_nothing_is_tried_where_a_trial_would_download_julia(pysr_that, tmp_path):
    pysr_that(f"open({str(tmp_path / 'tried')!r}, 'w')", julia=False)
    assert why_julia_cannot_be_used() == "PySR and Julia are not installed"
    assert not (tmp_path / "tried").exists()
