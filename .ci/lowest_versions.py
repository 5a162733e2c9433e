"""Print the lowest versions that pyproject.toml allows as constraints for pip."""

import sys
import tomllib
from itertools import chain
from pathlib import Path

from packaging.requirements import Requirement

PROJECT = Path(__file__).parent.parent / "pyproject.toml"


def lowest_versions(text: str) -> list[str]:
    """Read the lower bounds of all dependencies and extras of a pyproject.toml."""
    project = tomllib.loads(text)["project"]
    lines = [*project["dependencies"], *chain(*project["optional-dependencies"].values())]
    requirements = [Requirement(line) for line in lines]
    return sorted(
        {
            f"{requirement.name}=={bound.version}"
            for requirement in requirements
            for bound in requirement.specifier
            if bound.operator == ">="
        }
    )


if __name__ == "__main__":
    sys.stdout.write("".join(f"{line}\n" for line in lowest_versions(PROJECT.read_text(encoding="utf-8"))))
