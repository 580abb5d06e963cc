"""No module imports from a floor above its own, as the table in CONTRIBUTING.md has them."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "gnnconv_lib"
ROW = re.compile(r"^\| (-|\d|any) \| (`[^|]+`) \|", re.MULTILINE)
NEEDED_BY_THE_ESTIMATORS = {"activations", "graphs", "monte_carlo", "validation"}


def floors():
    """The floor of each module; None for `kernels`, which serve every floor."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    number = {"-": -1, "any": None}
    return {
        name: number[floor] if floor in number else int(floor)
        for floor, names in ROW.findall(text)
        for name in re.findall(r"`(\w+)`", names)
    }


def module_of(name):
    """The module that a name in the package belongs to: `plotting_ledger` belongs to `plotting`."""
    return "plotting" if name.startswith("plotting_") else name


def imported(source):
    """The modules of the package that a source file imports, anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module:
            parts = node.module.split(".")
            if parts[0] == "gnnconv_lib":
                found |= {parts[1]} if len(parts) > 1 else {alias.name for alias in node.names}
        elif isinstance(node, ast.Import):
            names = [alias.name.split(".") for alias in node.names]
            found |= {parts[1] for parts in names if parts[0] == "gnnconv_lib" and len(parts) > 1}
    return found


def upward(root, known):
    """One line for each import from a floor above the importing module's own."""
    lines = []
    for path in sorted(root.rglob("*.py")):
        mine = module_of(path.relative_to(root).parts[0].removesuffix(".py"))
        if known.get(mine) is None:
            continue
        for name in sorted(module_of(name) for name in imported(path.read_text(encoding="utf-8"))):
            if known.get(name) is not None and known[name] > known[mine]:
                lines.append(f"{path.relative_to(root)}: {mine} imports {name}")
    return lines


def test_every_module_has_a_floor():
    names = {module_of(p.stem) for p in PACKAGE.iterdir() if p.suffix == ".py" or p.is_dir()}
    assert names - {"__init__", "__pycache__", "py"} == set(floors())


def test_nothing_is_imported_from_above():
    assert upward(PACKAGE, floors()) == []


@pytest.mark.parametrize(
    "line",
    [
        "from gnnconv_lib.descent import run",
        "from gnnconv_lib import bounds",
        "import gnnconv_lib.chapters.report",
        "def later():\n    from gnnconv_lib import plotting_ledger",
    ],
)
def test_an_import_from_above_is_found(line, tmp_path):
    (tmp_path / "relu_gnn").mkdir()
    (tmp_path / "relu_gnn" / "population.py").write_text(line + "\n", encoding="utf-8")
    (found,) = upward(tmp_path, floors())
    assert found.startswith("relu_gnn/population.py: relu_gnn imports ")


def test_the_estimators_share_no_formula_with_what_they_check():
    for path in (PACKAGE / "monte_carlo").glob("*.py"):
        assert imported(path.read_text(encoding="utf-8")) <= NEEDED_BY_THE_ESTIMATORS
