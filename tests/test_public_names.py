"""The script that looks for public names without documentation."""

import runpy
import sys
from abc import abstractmethod
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = runpy.run_path(str(Path(__file__).parent.parent / ".ci" / "check_public_names.py"))


class Told:
    """Do nothing.

    Examples
    --------
    >>> told = Told()
    """

    def act(self, strength):
        """Act."""

    def fit(self):
        """Do nothing."""

    @abstractmethod
    def undone(self):
        """Do nothing."""


class Untold:
    """Do nothing."""


@pytest.fixture
def package(monkeypatch):
    module = ModuleType("some_package")
    module.__path__ = []
    for value in (Told, Untold):
        monkeypatch.setattr(value, "__module__", module.__name__)
        setattr(module, value.__name__, value)
    module._private = Untold
    module.foreign = Path
    monkeypatch.setitem(sys.modules, module.__name__, module)
    return module


def test_a_name_that_the_page_lacks_is_found(package):
    page = ".. autoclass:: some_package.Told\n"
    assert SCRIPT["undocumented"](page, "some_package") == ["some_package.Untold"]
    assert not SCRIPT["undocumented"](page + ".. autoclass:: some_package.Untold\n", "some_package")


def test_what_is_listed_is_public_and_nothing_else(package):
    package.__all__ = ["Told", "foreign"]
    page = ".. autoclass:: some_package.Told\n"
    assert SCRIPT["undocumented"](page, "some_package") == ["some_package.foreign"]


def test_a_docstring_without_an_example_or_a_parameter_is_found(package):
    pytest.importorskip("numpydoc")
    page = ".. autoclass:: some_package.Told\n   :members: act\n.. autoclass:: some_package.Untold\n"
    sentences = SCRIPT["incomplete"](page)
    assert "some_package.Untold: no example that runs" in sentences
    assert [s for s in sentences if s.startswith("some_package.Told.act: ") and "'strength'" in s]
    assert not [s for s in sentences if s.startswith("some_package.Told: ")]


def test_a_method_needs_an_example_unless_that_of_the_class_shows_it_or_there_is_nothing_to_show(package):
    pytest.importorskip("numpydoc")
    sentences = SCRIPT["incomplete"](".. autoclass:: some_package.Told\n   :members: act, fit, undone\n")
    assert [s for s in sentences if "no example" in s] == ["some_package.Told.act: no example that runs"]
