"""What installers are told: lowest versions, the recipe for conda and what the archives hold."""

import re
import runpy
import tomllib
from itertools import chain
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement

import skinterpret

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
RECIPE = yaml.safe_load((ROOT / "conda" / "recipe.yaml").read_text(encoding="utf-8"))
CONDA_NAMES = {"matplotlib": "matplotlib-base"}
EXTRAS = ("models", "plot", "pysr", "tables")
TOLD = re.compile(r"""["'](?:skinterpret|\.)\[([a-z, ]+)\]["']""")  # as in pip install "skinterpret[plot]"
lowest_versions = runpy.run_path(str(ROOT / ".ci" / "lowest_versions.py"))["lowest_versions"]


def in_conda(requirements):
    """The same requirements in the words of conda, as a set of (name, bounds)."""
    parsed = [Requirement(line) for line in requirements]
    return {(CONDA_NAMES.get(one.name, one.name), frozenset(map(str, one.specifier))) for one in parsed}


def of_recipe(lines):
    pairs = [line.split(" ", 1) for line in lines]
    return {(name, frozenset(bounds.split(","))) for name, bounds in pairs}


def test_the_recipe_has_the_dependencies_of_the_project():
    python = {("python", frozenset([PROJECT["requires-python"]]))}
    assert of_recipe(RECIPE["requirements"]["run"]) == in_conda(PROJECT["dependencies"]) | python


def test_the_recipe_bounds_what_the_extras_bound():
    extras = chain(*(PROJECT["optional-dependencies"][extra] for extra in EXTRAS))
    assert of_recipe(RECIPE["requirements"]["run_constraints"]) == in_conda(extras)


def test_the_recipe_has_the_commands_version_and_summary_of_the_project():
    commands = [f"{name} = {target}" for name, target in PROJECT["scripts"].items()]
    assert RECIPE["build"]["python"]["entry_points"] == commands
    assert RECIPE["context"]["version"] == skinterpret.__version__.split(".dev")[0]
    assert RECIPE["about"]["summary"] == PROJECT["description"]


def test_the_citation_names_the_licence_and_keywords_of_the_project():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["license"] == PROJECT["license"]
    assert citation["keywords"] == PROJECT["keywords"]
    assert citation["abstract"] == PROJECT["description"]
    assert "2401.04978" in citation["references"][0]["url"]


def test_every_dependency_has_a_lowest_version_that_can_be_tested():
    names = {line.split("==")[0] for line in lowest_versions((ROOT / "pyproject.toml").read_text("utf-8"))}
    wanted = [*PROJECT["dependencies"], *chain(*PROJECT["optional-dependencies"].values())]
    assert names == {Requirement(line).name for line in wanted} - {"skinterpret"}


@pytest.mark.parametrize(
    ("requirement", "constraint"),
    [("numpy>=2.0", "numpy==2.0"), ("pysr>=1.5,<3", "pysr==1.5"), ("torch[cpu]>=2.3", "torch==2.3")],
)
def test_the_lowest_version_is_the_lower_bound(requirement, constraint):
    text = f'[project]\ndependencies = ["{requirement}"]\noptional-dependencies = {{}}'
    assert lowest_versions(text) == [constraint]


def test_every_extra_that_users_are_told_to_install_exists():
    texts = [
        ROOT / "README.md",
        ROOT / "CONTRIBUTING.md",
        *(ROOT / "docs").rglob("*.rst"),
        *(ROOT / "skinterpret").rglob("*.py"),
    ]
    told = {
        (path.relative_to(ROOT).as_posix(), extra.strip())
        for path in texts
        for extras in TOLD.findall(path.read_text(encoding="utf-8"))
        for extra in extras.split(",")
    }
    assert {"README.md", "docs/get_started.rst", "skinterpret/displays/axes.py"} <= {path for path, _ in told}
    assert [pair for pair in sorted(told) if pair[1] not in PROJECT["optional-dependencies"]] == []
