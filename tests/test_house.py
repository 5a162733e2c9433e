"""Rooms import only from rooms below them, in the order in which the documentation lists them."""

import ast
import csv
import graphlib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "skinterpret"
MODULES = sorted(PACKAGE.rglob("*.py"))
FOLDERS = sorted({module.parent for module in MODULES} - {PACKAGE})
# the public names and the start of the command line stand before the door
DOORS = {"__init__", "__main__"}


def read_rooms():
    with (ROOT / "docs" / "rooms.csv").open(encoding="utf-8", newline="") as file:
        return [row["room"] for row in csv.DictReader(file)]


def room_of(module):
    return module.relative_to(PACKAGE).with_suffix("").parts[0]


def imported_rooms(module):
    """Rooms from which a module imports anywhere in its text, with the line."""
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} line {node.lineno}: imports are absolute here"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        for name in names:
            package, _, rest = name.partition(".")
            # a public name counts as a room that nobody may enter: it is imported from where it lives
            if package == "skinterpret" and rest not in ("", "__version__"):
                yield rest.partition(".")[0], node.lineno


def inner_imports(folder):
    """What each file and folder of a package folder imports from those beside it."""
    start = ("skinterpret", *folder.relative_to(PACKAGE).parts)
    arrows = {}
    for module in folder.rglob("*.py"):
        own = module.relative_to(folder).with_suffix("").parts[0]
        if own in DOORS:
            continue
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            names = (
                [f"{node.module}.{alias.name}" for alias in node.names]
                if isinstance(node, ast.ImportFrom)
                else []
            )
            for name in names:
                parts = name.split(".")
                if tuple(parts[: len(start)]) == start and parts[len(start)] != own:
                    arrows.setdefault(own, set()).add(parts[len(start)])
    return arrows


def test_every_module_has_a_room():
    assert {room_of(module) for module in MODULES} - DOORS == set(read_rooms())


@pytest.mark.parametrize("module", MODULES, ids=lambda module: str(module.relative_to(PACKAGE)))
def test_a_module_imports_from_rooms_below_its_own_only(module):
    rooms, own = read_rooms(), room_of(module)
    allowed = rooms if own in DOORS else rooms[rooms.index(own) :]
    above = [(room, line) for room, line in imported_rooms(module) if room not in allowed]
    assert above == []


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: str(folder.relative_to(PACKAGE)))
def test_inside_of_a_folder_imports_go_one_way(folder):
    graphlib.TopologicalSorter(inner_imports(folder)).prepare()  # raises where there is a circle


def test_an_import_from_above_is_noticed(tmp_path):
    module = tmp_path / "upwards.py"
    module.write_text(
        "import skinterpret.report\ndef late():\n    from skinterpret.cli.tables import read_table\n"
    )
    assert list(imported_rooms(module)) == [("report", 1), ("cli", 3)]
