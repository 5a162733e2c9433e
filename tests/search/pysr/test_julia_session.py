"""How PySR is imported and called, seen from Python, with a package that records it."""

import importlib
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from skinterpret.search import PySREngine
from skinterpret.search.pysr import julia
from skinterpret.search.pysr.julia import import_pysr, search_in_julia
from skinterpret.search.pysr.objective import LOSS_NAME, OBJECTIVE, SET_TABLES, make_template

from .signatures import OPTIONS
from .stub import PACKAGE

RNG = np.random.default_rng(0)
X = RNG.uniform(1, 2, (40, 3))
DIRECTIONS = RNG.normal(size=(40, 3))
WEIGHT = RNG.uniform(0.1, 1, 40)


def search(told=("x0", "x0 + x1"), raises=None, cut=None, seconds=0.0, **parameters):
    """What comes back, and the recording package."""
    pysr = importlib.import_module("pysr")
    pysr.PySRRegressor.told, pysr.PySRRegressor.raises = list(told), raises
    pysr.PySRRegressor.cut, pysr.PySRRegressor.seconds = cut or {}, seconds
    pysr.PySRRegressor.calls.clear()
    return search_in_julia(PySREngine(**parameters)._plan(3), X, DIRECTIONS, WEIGHT), pysr


@pytest.mark.parametrize("version", OPTIONS)
def test_the_objective_gets_rows_by_number_and_directions_beside_the_data(install, version):
    install(version)
    found, pysr = search(niterations=4)
    assert found.equations == ["x0", "x0 + x1"]
    ((options, unknown, columns, target),) = pysr.PySRRegressor.calls
    assert unknown == {}
    assert options["loss_function"] == LOSS_NAME
    assert options["niterations"] == 4
    assert "expression_spec" not in options
    np.testing.assert_array_equal(columns, X)
    np.testing.assert_array_equal(target, np.arange(1, 41))
    assert target.dtype == np.float64
    directions, weight = pysr.jl.tables
    np.testing.assert_array_equal(directions, DIRECTIONS.T)
    np.testing.assert_array_equal(weight, WEIGHT)
    assert pysr.jl.sources == [OBJECTIVE, SET_TABLES]


def test_zygote_is_loaded_for_the_objective_but_not_as_pysrs_backend(install):
    install()
    _, pysr = search()
    extensions = importlib.import_module("pysr.julia_extensions")
    assert extensions.loaded == [{"autodiff_backend": "Zygote"}]
    assert "autodiff_backend" not in pysr.PySRRegressor.calls[0][0]


def test_zygote_is_announced_where_it_is_a_download(install, capsys):
    install()
    search()
    assert "Zygote" not in capsys.readouterr().err
    importlib.import_module("pysr.julia_extensions").installed = False
    search()
    assert "Zygote" in capsys.readouterr().err
    search(method="template")
    assert "Zygote" not in capsys.readouterr().err


def test_a_zygote_that_cannot_be_had_is_one_clear_error(install):
    install()
    importlib.import_module("pysr.julia_extensions").raises = RuntimeError("no route to host")
    with pytest.raises(ImportError, match="Zygote.*no route to host.*method='template'"):
        search()
    found, _ = search(method="template")
    assert found.equations


@pytest.mark.parametrize("version", OPTIONS)
def test_the_template_gets_directions_and_weight_as_columns(install, version):
    install(version)
    _, pysr = search(method="template")
    ((options, unknown, columns, target),) = pysr.PySRRegressor.calls
    assert unknown == {}
    template = make_template(3)
    assert options["expression_spec"].combine == template.combine
    assert options["expression_spec"].variable_names == template.variable_names
    assert options["elementwise_loss"].startswith("loss(prediction, target) = prediction")
    assert "loss_function" not in options
    np.testing.assert_array_equal(columns, np.column_stack([X, DIRECTIONS, WEIGHT]))
    assert not target.any()
    assert pysr.jl.sources == []


def test_the_template_gets_a_complexity_for_each_column(install):
    install()
    for method, expected in (("objective", [3, 1, 2]), ("template", [3, 1, 2, 1, 1, 1, 1])):
        _, pysr = search(method=method, complexity_of_variables=[3, 1, 2])
        assert pysr.PySRRegressor.calls[0][0]["complexity_of_variables"] == expected
    _, pysr = search(method="template", complexity_of_variables=2)
    assert pysr.PySRRegressor.calls[0][0]["complexity_of_variables"] == 2


def test_files_of_pysrs_leave_no_trace_unless_they_are_wanted(install, tmp_path):
    install()
    _, pysr = search()
    assert not Path(pysr.PySRRegressor.calls[0][0]["output_directory"]).exists()
    _, pysr = search(output_directory=str(tmp_path / "kept"))
    assert pysr.PySRRegressor.calls[0][0]["output_directory"] == str(tmp_path / "kept")
    _, pysr = search(temp_equation_file=True)
    assert "output_directory" not in pysr.PySRRegressor.calls[0][0]


@pytest.mark.parametrize("error", [KeyboardInterrupt(), RuntimeError("InterruptException: stop")])
def test_what_was_found_before_an_interruption_is_read_from_disk(install, error):
    install()
    found, _ = search(told=["x0", "max(x0, x1)"], raises=error)
    assert found.equations == ["x0", "max(x0, x1)"]
    assert found.interrupted
    assert found.stopped_by_force


HEAD = "Complexity,Loss,Equation\n"
FILE, COPY = "hall_of_fame.csv", "hall_of_fame.csv.bak"


@pytest.mark.parametrize(
    ("cut", "equations"),
    [
        ({COPY: HEAD + '1,0.5,"x0"\n3,0.'}, ["x0", "x1"]),
        ({FILE: HEAD + '1,0.5,"x0"\n3,0.'}, ["x0", "x1"]),
        ({FILE: ""}, ["x0", "x1"]),
        ({FILE: HEAD + '1,0.5,"x2"\n3,0.', COPY: HEAD[:9]}, ["x2"]),
        ({FILE: HEAD + '1,0.5,"x2"\n3,0.4,"x0 + x', COPY: ""}, ["x2"]),
        ({FILE: HEAD + "3,0.4\n", COPY: ""}, []),
    ],
)
def test_of_the_two_files_the_one_that_is_complete_is_read(install, cut, equations):
    install()
    found, _ = search(told=["x0", "x1"], raises=KeyboardInterrupt(), cut=cut)
    assert found.equations == equations


def test_only_the_time_of_the_fit_is_counted(install):
    slow = "import time\ntime.sleep(0.5)\n" + PACKAGE
    install(package=slow)
    started = time.monotonic()
    found, _ = search(seconds=0.05)
    assert time.monotonic() - started > 0.5
    assert 0.05 <= found.seconds < 0.5
    assert not found.interrupted


def test_an_interruption_before_anything_was_found_is_passed_on(install):
    install()
    with pytest.raises(KeyboardInterrupt):
        search(told=[], raises=KeyboardInterrupt())


def test_other_errors_are_passed_on(install):
    install()
    with pytest.raises(ZeroDivisionError):
        search(raises=ZeroDivisionError())


def test_only_text_comes_back(install):
    install()
    found, _ = search()
    assert [type(equation) for equation in found.equations] == [str, str]


@pytest.mark.parametrize(
    "package", ["raise RuntimeError('no route to host')", "import a_module_that_is_nowhere", "raise OSError"]
)
def test_a_julia_that_cannot_be_started_is_one_clear_error(install, package):
    install(package=package)
    with pytest.raises(
        ImportError, match="PySR 2.7.2 is installed, but Julia cannot.*EvolutionEngine"
    ) as refused:
        import_pysr()
    assert 'python -c "import pysr"' in str(refused.value)
    assert "pip install" not in str(refused.value)


def test_a_missing_pysr_is_said_to_be_missing(no_pysr):
    with pytest.raises(ImportError, match="pip install.*EvolutionEngine needs neither"):
        import_pysr()


def test_a_download_is_announced_before_it_starts(install, monkeypatch, capsys):
    monkeypatch.setattr(julia, "julia_is_installed", lambda: False)
    install(package="import sys\nprint('importing', file=sys.stderr)")
    import_pysr()
    announced, imported = capsys.readouterr().err.split("importing")
    assert "downloads Julia" in announced
    assert imported == "\n"
    import_pysr()
    assert capsys.readouterr().err == ""


def test_nothing_is_announced_where_julia_is(install, monkeypatch, capsys):
    monkeypatch.setattr(julia, "julia_is_installed", lambda: True)
    install()
    import_pysr()
    assert capsys.readouterr().err == ""
    assert "pysr" in sys.modules
