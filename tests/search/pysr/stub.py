"""A package by the name of PySR that records what it is called with, and finds what it is told to.

It stands for the Python side alone; whatever is done in Julia is tested with the real one.
"""

from .signatures import OPTIONS

REGRESSOR = """
import time
from pathlib import Path

import pandas as pd

class PySRRegressor:
    told = []
    cut = {{}}
    raises = None
    seconds = 0.0
    calls = []

    def __init__(self, {parameters}, **kwargs):
        self.arguments = {{name: value for name, value in locals().items() if value is not _ABSENT}}
        self.unknown = kwargs

    def fit(self, X, y):
        arguments = {{k: v for k, v in self.arguments.items() if k not in ("self", "kwargs")}}
        PySRRegressor.calls.append((arguments, self.unknown, X, y))
        self.output_directory_ = arguments.get("output_directory", "")
        self.run_id_ = "run"
        time.sleep(self.seconds)
        if self.raises is not None:
            if self.told:
                folder = Path(self.output_directory_) / self.run_id_
                folder.mkdir(parents=True)
                rows = [f'{{k}},0.1,"{{equation}}"' for k, equation in enumerate(self.told)]
                text = chr(10).join(["Complexity,Loss,Equation", *rows, ""])
                for name in ("hall_of_fame.csv", "hall_of_fame.csv.bak"):
                    (folder / name).write_text(self.cut.get(name, text), encoding="utf-8")
            raise self.raises
        self.equations_ = pd.DataFrame({{"equation": self.told}})
        return self

_ABSENT = object()
PySRRegressor.__init__.__defaults__ = (_ABSENT,) * {count}
"""

PACKAGE = """
from .sr import PySRRegressor


class TemplateExpressionSpec:
    def __init__(self, combine, *, expressions, variable_names):
        self.combine, self.expressions, self.variable_names = combine, expressions, variable_names


class Julia:
    def __init__(self):
        self.sources, self.tables = [], None

    def seval(self, source):
        self.sources.append(source)
        return self.keep

    def keep(self, *tables):
        self.tables = tables


jl = Julia()
"""

EXTENSIONS = """
loaded, installed, raises = [], True, None


def isinstalled(uuid):
    return installed


def load_required_packages(**packages):
    if raises is not None:
        raise raises
    loaded.append(packages)
"""


def write_stub(folder, version="2.7.2", package=PACKAGE):
    """Write the package and its record of installation into a folder."""
    names = sorted(OPTIONS.get(version, OPTIONS["2.7.2"]))
    home = folder / "pysr"
    home.mkdir(parents=True)
    parameters = ", ".join(f"{name}=None" for name in names)
    source = REGRESSOR.format(parameters=parameters, count=len(names))
    (home / "__init__.py").write_text(package, encoding="utf-8")
    (home / "sr.py").write_text(source, encoding="utf-8")
    (home / "julia_extensions.py").write_text(EXTENSIONS, encoding="utf-8")
    record = folder / f"pysr-{version}.dist-info"
    record.mkdir()
    (record / "METADATA").write_text(f"Metadata-Version: 2.1\nName: pysr\nVersion: {version}\n")
