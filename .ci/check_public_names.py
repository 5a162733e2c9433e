"""Check that docs/api.rst holds every public name, and that the docstrings of all are complete.

Public is what `__all__` lists: that of the package, of its rooms, and of every module that the page
refers to.  In a module without `__all__` it is each class and function whose name has no underscore.
"""

from __future__ import annotations

import inspect
import pkgutil
import re
import sys
from collections.abc import Iterable, Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

PACKAGE = "skinterpret"
PAGE = Path(__file__).parent.parent / "docs" / "api.rst"
ENTRY = re.compile(r"^\.\. (?:autoclass|autofunction|data):: (\S+)\n(?:   :members:(.*)\n)?", re.MULTILINE)
# numpydoc's names of faults: no docstring, parameters missing, unknown or without a type, no
# returns or yields.  Not PR03: parameters that belong together are described together.
FAULTS = {"GL08", "PR01", "PR02", "PR04", "RT01", "YD01"}
# methods of scikit-learn's contract, which the example of the class shows
CONTRACT = {"fit", "predict", "score"}


def entries(page: str) -> dict[str, list[str]]:
    """Names on a page, each with those of its members that are named there."""
    return {name: re.findall(r"\w+", members) for name, members in ENTRY.findall(page)}


def find(name: str) -> tuple[ModuleType, Any]:
    """Import the longest part of a name that is a module, and look up the rest in it."""
    parts = name.split(".")
    module = import_module(parts[0])
    value: Any = module
    for k, part in enumerate(parts[1:], start=2):
        if isinstance(value, ModuleType) and not hasattr(value, part):
            import_module(".".join(parts[:k]))
        value = getattr(value, part)
        if isinstance(value, ModuleType):
            module = value
    return module, value


def public_names(modules: Iterable[ModuleType]) -> Iterator[str]:
    """List what is public in each module."""
    for module in modules:
        own = [
            name
            for name, value in vars(module).items()
            if not name.startswith("_")
            and (inspect.isclass(value) or inspect.isroutine(value))
            and value.__module__ == module.__name__
        ]
        for name in getattr(module, "__all__", own):
            yield f"{module.__name__}.{name}"


def undocumented(page: str, package: str = PACKAGE) -> list[str]:
    """Public names that a page lacks, under whichever of their names it has the others."""
    found = [find(name) for name in entries(page)]
    modules = {module.__name__: module for module, _ in found} | {package: import_module(package)}
    for room in pkgutil.iter_modules(modules[package].__path__, f"{package}."):
        if room.ispkg:
            modules[room.name] = import_module(room.name)
    shown = {id(value) for _, value in found}
    names = public_names(modules[key] for key in sorted(modules))
    return [name for name in names if id(find(name)[1]) not in shown]


def incomplete(page: str) -> list[str]:
    """Say what the docstrings of a page's names and of their members lack, a sentence each."""
    sentences = []
    for name, members in entries(page).items():
        value = find(name)[1]
        if not (inspect.isclass(value) or inspect.isroutine(value)):
            continue
        sentences += _faults(name) + _no_example(name)
        for member in members:
            sentences += _faults(f"{name}.{member}")
            if member not in CONTRACT:
                sentences += _no_example(f"{name}.{member}")
    return sentences


def _no_example(name: str) -> list[str]:
    """Say that an example is missing; abstract methods, which do nothing, have none."""
    value = find(name)[1]
    missing = ">>> " not in (value.__doc__ or "") and not getattr(value, "__isabstractmethod__", False)
    return [f"{name}: no example that runs"] if missing else []


def _faults(name: str) -> list[str]:
    from numpydoc.validate import validate  # of the extra "docs"

    faults = FAULTS - {"PR01"} if _handed_out(find(name)[1]) else FAULTS
    return [f"{name}: {text}" for code, text in validate(name)["errors"] if code in faults]


def _handed_out(value: Any) -> bool:
    """Whether a class is one that users get and do not make: attributes stand for its parameters."""
    from numpydoc.docscrape import NumpyDocString

    if not inspect.isclass(value):
        return False
    described = NumpyDocString(inspect.getdoc(value) or "")["Attributes"]
    attributes = {name.strip() for entry in described for name in entry.name.split(",")}
    return bool(attributes) and set(inspect.signature(value).parameters) <= attributes


def main() -> int:
    """Print what is missing; 1 if anything is."""
    page = PAGE.read_text(encoding="utf-8")
    missing = [f"{name}: not in docs/api.rst" for name in undocumented(page)] + incomplete(page)
    print("\n".join(missing) or f"{len(entries(page))} public names, all documented")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
