"""What is installed, found out without importing it: importing PySR starts Julia, or its download."""

from __future__ import annotations

import ast
import hashlib
import importlib.util
import json
import os
import shutil
import sys
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

MISSING = (
    "PySREngine needs PySR (version 1.5 or later, below 3) and Julia, which PySR installs when it is "
    "imported for the first time: `pip install 'pysr>=1.5,<3'`. EvolutionEngine needs neither."
)


@dataclass(frozen=True)
class Installation:
    """An installed PySR.

    Parameters
    ----------
    version : str
        Its version; empty if it has none on record.
    options : frozenset of str or None
        Names of what `PySRRegressor` takes; `None` if its source text does not tell.
    """

    version: str
    options: frozenset[str] | None


def find_pysr() -> Installation:
    """Find the installed PySR and read the names of its options from its source text.

    Returns
    -------
    Installation
        Its version and options.

    Raises
    ------
    ImportError
        If PySR is not installed, or in a version that is not supported.
    """
    specification = importlib.util.find_spec("pysr")
    if specification is None or not specification.submodule_search_locations:
        raise ImportError(MISSING)
    try:
        number = version("pysr")
    except PackageNotFoundError:
        number = ""
    if number and not (1, 5) <= _major_and_minor(number) < (3, 0):
        raise ImportError(f"PySR {number} is installed. {MISSING}")
    folder = Path(specification.submodule_search_locations[0])
    return Installation(number, _options_in(folder / "sr.py"))


def julia_is_installed() -> bool:
    """Tell whether Julia and its packages are where PySR's first import puts them, for this very PySR.

    Returns
    -------
    bool
        Whether PySR can be imported without a download, as far as can be seen from outside.
    """
    if any(importlib.util.find_spec(name) is None for name in ("pysr", "juliacall", "juliapkg")):
        return False
    if _setting("juliacall", "exe") and _setting("juliacall", "project"):
        return True  # juliacall takes this Julia as it is
    try:
        record = _record()
        return (
            Path(record["executable"]).exists()
            and record.get("override_executable") == _setting("juliapkg", "exe")
            and _packages_are_of_this_pysr(record)
        )
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return False


def julia_is_at_hand() -> bool:
    """Tell whether a Julia has been named or installed, its packages apart.

    Returns
    -------
    bool
        Whether an attempt to import PySR is worth its time.
    """
    if julia_is_installed():
        return True
    named = _setting("juliapkg", "exe")
    if named:
        return shutil.which(named) is not None
    try:
        return Path(_record()["executable"]).exists()
    except (OSError, ValueError, TypeError, KeyError):
        return False


def _setting(package: str, name: str) -> str | None:
    """Read a setting of juliapkg or juliacall, by the rules in their documentation."""
    given = sys._xoptions.get(f"{package}-{name}")
    return given if isinstance(given, str) else os.environ.get(f"PYTHON_{package}_{name}".upper())


def _packages_are_of_this_pysr(record: dict[str, Any]) -> bool:
    """Compare what PySR asks for with what was installed: another PySR needs other packages."""
    specification = importlib.util.find_spec("pysr")
    if specification is None or not specification.submodule_search_locations:
        return False
    wanted = Path(os.path.abspath(specification.submodule_search_locations[0])) / "juliapkg.json"
    installed = record["deps_files"][os.path.normcase(wanted)]["hash_sha256"]
    return bool(installed == hashlib.sha256(wanted.read_bytes()).hexdigest())


def _record() -> dict[str, Any]:
    """Read what juliapkg has written of the Julia that it installed."""
    return dict(json.loads((_julia_project() / "pyjuliapkg" / "meta.json").read_text(encoding="utf-8")))


def _julia_project() -> Path:
    """Where juliapkg keeps its environment, by the rules in its documentation."""
    given = _setting("juliapkg", "project")
    if given:
        return Path(given)
    prefix = sys.prefix if sys.prefix != sys.base_prefix else os.environ.get("CONDA_PREFIX")
    if prefix:
        return Path(prefix) / "julia_env"
    depots = os.environ.get("JULIA_DEPOT_PATH") or str(Path.home() / ".julia")
    return Path(depots.split(os.pathsep)[0]) / "environments" / "pyjuliapkg"


def _major_and_minor(number: str) -> tuple[int, int]:
    major, minor = number.split(".")[:2]
    return int(major), int("".join(digit for digit in minor if digit.isdecimal()) or 0)


def _options_in(path: Path) -> frozenset[str] | None:
    try:
        return _parameters_of_regressor(str(path), path.stat().st_mtime_ns)
    except (OSError, SyntaxError):
        return None


@cache
def _parameters_of_regressor(path: str, changed: int) -> frozenset[str] | None:
    """Read the parameters of `PySRRegressor.__init__`; `changed` keeps the cache from being stale."""
    for node in ast.parse(Path(path).read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef) and node.name == "PySRRegressor":
            for method in node.body:
                if isinstance(method, ast.FunctionDef) and method.name == "__init__":
                    found = method.args
                    arguments = [*found.posonlyargs, *found.args, *found.kwonlyargs]
                    return frozenset(argument.arg for argument in arguments[1:])
    return None
