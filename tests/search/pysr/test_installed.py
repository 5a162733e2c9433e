"""What is installed, found out without importing it."""

import hashlib
import json
import sys

import pytest

from skinterpret.search.pysr import installed
from skinterpret.search.pysr.installed import find_pysr, julia_is_at_hand, julia_is_installed

from .signatures import OPTIONS


@pytest.mark.parametrize("version", OPTIONS)
def test_options_are_read_from_the_source_text(install, version):
    install(version, package="raise RuntimeError('imported')")
    found = find_pysr()
    assert found.version == version
    assert found.options == OPTIONS[version]
    assert "pysr" not in sys.modules


def test_without_pysr_one_sentence_says_what_to_install(no_pysr):
    with pytest.raises(ImportError, match="PySR .* and Julia.*pip install.*EvolutionEngine needs neither"):
        find_pysr()


@pytest.mark.parametrize("version", ["1.4.0", "0.19.4", "3.0.0"])
def test_other_versions_are_refused(install, version):
    install(version)
    with pytest.raises(ImportError, match=f"PySR {version} is installed.*version 1.5 or later, below 3"):
        find_pysr()


@pytest.mark.parametrize("version", ["1.5.0", "1.6.1", "2.0.0a2", "2.12.0rc1"])
def test_all_versions_between_are_taken(install, version):
    install(version)
    assert find_pysr().version == version


def test_a_source_text_without_the_class_tells_no_options(install, tmp_path):
    install("2.7.2")
    (tmp_path / "2.7.2" / "pysr" / "sr.py").write_text("from .new_home import PySRRegressor\n")
    assert find_pysr().options is None
    (tmp_path / "2.7.2" / "pysr" / "sr.py").unlink()
    assert find_pysr().options is None


@pytest.fixture
def project(tmp_path, monkeypatch, install):
    """A place for Julia, with PySR, juliapkg and juliacall as good as installed."""
    for package in ("JULIACALL", "JULIAPKG"):
        for name in ("EXE", "PROJECT"):
            monkeypatch.delenv(f"PYTHON_{package}_{name}", raising=False)
    install()
    find_spec = installed.importlib.util.find_spec
    monkeypatch.setattr(
        installed.importlib.util,
        "find_spec",
        lambda name: find_spec(name) if name == "pysr" else object(),
    )
    monkeypatch.setenv("PYTHON_JULIAPKG_PROJECT", str(tmp_path / "project"))
    (tmp_path / "project" / "pyjuliapkg").mkdir(parents=True)
    return tmp_path / "project" / "pyjuliapkg" / "meta.json"


@pytest.fixture
def record(project, tmp_path):
    """What juliapkg writes once it has installed Julia and what this PySR needs."""
    wanted = tmp_path / "2.7.2" / "pysr" / "juliapkg.json"
    wanted.write_text('{"packages": {"SymbolicRegression": {"version": "~2.7.2"}}}')
    digest = hashlib.sha256(wanted.read_bytes()).hexdigest()
    (tmp_path / "julia").touch(mode=0o755)
    return {
        "executable": str(tmp_path / "julia"),
        "override_executable": None,
        "deps_files": {str(wanted): {"timestamp": 0.0, "hash_sha256": digest}},
    }


def test_julia_is_there_when_its_record_names_a_program_that_exists(project, record, tmp_path):
    assert not julia_is_installed()
    project.write_text(json.dumps(record))
    assert julia_is_installed()
    (tmp_path / "julia").unlink()
    assert not julia_is_installed()


@pytest.mark.parametrize("damaged", ["{ damaged", "[]", "{}", '{"executable": null}', "3"])
def test_a_damaged_record_is_none(project, damaged):
    project.write_text(damaged)
    assert not julia_is_installed()


def test_after_an_upgrade_of_pysr_its_packages_are_not_there_yet(project, record, tmp_path):
    project.write_text(json.dumps(record))
    (tmp_path / "2.7.2" / "pysr" / "juliapkg.json").write_text('{"packages": {}}')
    assert not julia_is_installed()


def test_a_julia_with_packages_of_another_pysr_is_at_hand(project, record, tmp_path):
    project.write_text(json.dumps({**record, "deps_files": {}}))
    assert not julia_is_installed()
    assert julia_is_at_hand()
    (tmp_path / "julia").unlink()
    assert not julia_is_at_hand()


def test_an_option_of_python_names_the_project_too(project, record, monkeypatch, tmp_path):
    project.write_text(json.dumps(record))
    monkeypatch.setenv("PYTHON_JULIAPKG_PROJECT", str(tmp_path / "elsewhere"))
    assert not julia_is_installed()
    monkeypatch.setitem(sys._xoptions, "juliapkg-project", str(tmp_path / "project"))
    assert julia_is_installed()


def test_julia_may_be_named_by_the_environment(project, monkeypatch):
    monkeypatch.setenv("PYTHON_JULIACALL_EXE", "/somewhere/julia")
    assert not julia_is_installed()
    monkeypatch.setenv("PYTHON_JULIACALL_PROJECT", "/somewhere/project")
    assert julia_is_installed()


def test_a_julia_that_is_named_is_at_hand_before_its_packages_are(project, record, monkeypatch, tmp_path):
    assert not julia_is_at_hand()
    monkeypatch.setenv("PYTHON_JULIAPKG_EXE", str(tmp_path / "julia"))
    assert julia_is_at_hand()
    assert not julia_is_installed()
    # another Julia than that of the record means another installation
    project.write_text(json.dumps(record))
    assert not julia_is_installed()
    project.write_text(json.dumps({**record, "override_executable": str(tmp_path / "julia")}))
    assert julia_is_installed()
    monkeypatch.setenv("PYTHON_JULIAPKG_EXE", str(tmp_path / "nowhere"))
    assert not julia_is_at_hand()


def test_the_names_of_the_options_are_those_of_the_installed_pysr():
    try:
        found = find_pysr()
    except ImportError:
        pytest.skip("PySR is not installed")
    if found.version not in OPTIONS:
        pytest.skip(f"the names of PySR {found.version} are not on record here")
    assert found.options == OPTIONS[found.version]


@pytest.mark.parametrize(
    ("variables", "home"),
    [
        ({"CONDA_PREFIX": "/conda"}, "/conda/julia_env"),
        ({"JULIA_DEPOT_PATH": "/depot:/other"}, "/depot/environments/pyjuliapkg"),
    ],
)
def test_julia_is_looked_for_where_juliapkg_puts_it(monkeypatch, variables, home):
    for name in ("PYTHON_JULIAPKG_PROJECT", "CONDA_PREFIX", "JULIA_DEPOT_PATH"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "base_prefix", sys.prefix)
    assert installed._julia_project().as_posix() == home
    monkeypatch.setattr(sys, "prefix", "/environment")
    assert installed._julia_project().as_posix() == "/environment/julia_env"
