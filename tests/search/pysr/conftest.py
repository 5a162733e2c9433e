"""A recording PySR, and none at all, whatever is installed."""

import importlib
import sys

import pytest

from .stub import PACKAGE, write_stub


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Put a recording PySR of some version before the installed one, if there is one."""
    ours = {name for name in sys.modules if name.partition(".")[0] == "pysr"}
    for name in ours:
        monkeypatch.delitem(sys.modules, name)

    def install(version="2.7.2", package=PACKAGE):
        folder = tmp_path / version
        write_stub(folder, version, package)
        monkeypatch.syspath_prepend(str(folder))
        importlib.invalidate_caches()

    yield install
    for name in [name for name in sys.modules if name.partition(".")[0] == "pysr"]:
        del sys.modules[name]  # monkeypatch puts the real ones back


@pytest.fixture
def no_pysr(monkeypatch):
    """Hide PySR from the machinery of imports."""
    for name in [name for name in sys.modules if name.partition(".")[0] == "pysr"]:
        monkeypatch.delitem(sys.modules, name)
    find_spec = importlib.util.find_spec

    def find_all_but_pysr(name, package=None):
        return None if name == "pysr" else find_spec(name, package)

    monkeypatch.setattr(importlib.util, "find_spec", find_all_but_pysr)
