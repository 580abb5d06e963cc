"""No module imports from a floor above its own, as the table in CONTRIBUTING.md has them, and no
two modules import each other, wherever in a file the imports stand.
"""

import ast
import graphlib
import re
from pathlib import Path

import pytest

from gnnconv_lib import provenance

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "gnnconv_lib"
NAME = "gnnconv_lib"
ROW = re.compile(r"^\| (-|\d) \| (`[^|]+`) \|", re.MULTILINE)
NEEDED_BY_THE_ESTIMATORS = {
    "activations",
    "estimates",
    "graphs",
    "monte_carlo",
    "precision",
    "shapes",
    "validation",
}
NO_MODEL_AND_NO_SUMMARY = {
    "activations",
    "estimates",
    "graphs",
    "kernels",
    "precision",
    "shapes",
    "trajectory",
    "validation",
}
# Modules above the models, each a room of its own: cycles between them are theirs to mend.
READERS = 5


def floors():
    """The floor of each module."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    return {
        name: -1 if floor == "-" else int(floor)
        for floor, names in ROW.findall(text)
        for name in re.findall(r"`(\w+)`", names)
    }


def imported(source, place=("module",)):
    """The modules of the package that a source file imports, anywhere in it.

    Statements count at every depth, relative ones too, and so do `import_module` with a name that
    begins with the package's, and attributes of the package itself (`import gnnconv_lib as gc`,
    then `gc.descent`). `place` is the file's path inside of the package.
    """
    tree, found, aliases = ast.parse(source), set(), set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            above = [NAME, *place[:-1]][: len(place) + 1 - node.level] if node.level else []
            parts = above + (node.module.split(".") if node.module else [])
            if parts[:1] == [NAME]:
                found |= {parts[1]} if len(parts) > 1 else {alias.name for alias in node.names}
        elif isinstance(node, ast.Import):
            for alias in node.names:
                parts = alias.name.split(".")
                if parts[0] == NAME:
                    found |= set(parts[1:2])
                    aliases |= {alias.asname or NAME}
        elif isinstance(node, ast.Call) and _name(node.func) in ("import_module", "submodule"):
            found |= set(_named(node.args))
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and _name(node.value) in aliases:
            found |= {node.attr} & set(_modules())
    return found


def _modules():
    return {p.stem for p in PACKAGE.iterdir() if p.suffix == ".py" or p.is_dir()}


def _name(node):
    """The last name of `f` or `module.f`."""
    return node.id if isinstance(node, ast.Name) else getattr(node, "attr", None)


def _named(arguments):
    """The module in `import_module("gnnconv_lib.name...")`, also in an f-string."""
    for argument in arguments[:1]:
        first = argument.values[0] if isinstance(argument, ast.JoinedStr) else argument
        if isinstance(first, ast.Constant) and isinstance(first.value, str):
            parts = first.value.split(".")
            if parts[0] == NAME and len(parts) > 1 and parts[1]:
                yield parts[1]


def sources(root):
    """Each file: its path below the root, the module that it belongs to, what it imports."""
    for path in sorted(root.rglob("*.py")):
        place = path.relative_to(root)
        mine = place.parts[0].removesuffix(".py")
        names = imported(path.read_text(encoding="utf-8"), place.parts)
        yield place, mine, sorted(names)


def upward(root, known):
    """One line for each import from a floor above the importing module's own."""
    return [
        f"{place}: {mine} imports {name}"
        for place, mine, names in sources(root)
        for name in names
        if mine in known and name in known and known[name] > known[mine]
    ]


def cycle(root, known):
    """The names along a cycle of modules below the readers' floors; None where there is none."""
    edges = {}
    for _, mine, names in sources(root):
        if known.get(mine, READERS) < READERS:
            edges.setdefault(mine, set()).update(
                name for name in names if name != mine and known.get(name, READERS) < READERS
            )
    return _cycle(edges)


def file_cycle(root, under):
    """The same between the files of one package of the library."""
    edges = {}
    for path in sorted((root / under).rglob("*.py")):
        place = path.relative_to(root).with_suffix("").parts
        mine = ".".join([NAME, *(part for part in place if part != "__init__")])
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(NAME):
                inner = {f"{node.module}.{alias.name}" for alias in node.names}
                files = {name for name in inner if _is_file(root, name)}
                edges.setdefault(mine, set()).update((files or {node.module}) - {mine})
    return _cycle(edges)


def _is_file(root, name):
    path = root.joinpath(*name.split(".")[1:])
    return path.with_suffix(".py").is_file() or path.is_dir()


def _cycle(edges):
    try:
        graphlib.TopologicalSorter(edges).prepare()
    except graphlib.CycleError as error:
        return error.args[1]
    return None


def test_every_module_has_a_floor():
    assert _modules() - {"__init__", "__pycache__", "py"} == set(floors())


def test_what_evidence_and_chapters_do_not_depend_on_is_above_them():
    known = floors()
    above = {name for name, floor in known.items() if floor > known["audit"]}
    assert set(provenance.ABOVE_CLAIMS) == above
    page = known["page"]
    assert {name for name in provenance.ABOVE_CHAPTERS if known[name] <= page} == set()


def test_nothing_is_imported_from_above():
    assert upward(PACKAGE, floors()) == []


def test_no_two_modules_import_each_other():
    assert cycle(PACKAGE, floors()) is None


@pytest.mark.parametrize("package", ["kernels", "relu_gnn", "descent", "averaging_gnn"])
def test_no_two_files_import_each_other(package):
    assert file_cycle(PACKAGE, package) is None


def test_kernels_know_no_model_and_no_summary():
    for place, mine, names in sources(PACKAGE):
        if mine == "kernels":
            assert set(names) <= NO_MODEL_AND_NO_SUMMARY, place


def planted(root, name, text):
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text + "\n", encoding="utf-8")


@pytest.mark.parametrize(
    "line",
    [
        "from gnnconv_lib.descent import run",
        "from gnnconv_lib import bounds",
        "import gnnconv_lib.page.report",
        "from ..descent import run",
        "from .. import bounds",
        "def later():\n    from gnnconv_lib.plotting import ledger",
        "def later():\n    from ..descent.driver import run",
        "def later():\n    return importlib.import_module('gnnconv_lib.descent.driver')",
        "def later(name):\n    return import_module(f'gnnconv_lib.audit.{name}')",
        "def later():\n    import gnnconv_lib as gc\n    return gc.descent.run",
    ],
)
def test_an_import_from_above_is_found(line, tmp_path):
    planted(tmp_path, "relu_gnn/population.py", line)
    (found,) = upward(tmp_path, floors())
    assert found.startswith("relu_gnn/population.py: relu_gnn imports ")


def test_a_cycle_closed_inside_of_a_function_is_found(tmp_path):
    """Three modules on two floors, none of which imports from above."""
    planted(tmp_path, "summaries/overlap.py", "from gnnconv_lib import witnesses")
    planted(tmp_path, "witnesses/relu.py", "from gnnconv_lib import dual")
    planted(tmp_path, "dual/relu.py", "def later():\n    from gnnconv_lib import summaries")
    assert upward(tmp_path, floors()) == []
    assert set(cycle(tmp_path, floors())) == {"summaries", "witnesses", "dual"}


def test_a_circle_of_two_files_is_found(tmp_path):
    planted(tmp_path, "kernels/one.py", "from gnnconv_lib.kernels.two import f")
    planted(tmp_path, "kernels/two.py", "def g():\n    from gnnconv_lib.kernels import one")
    assert set(file_cycle(tmp_path, "kernels")) == {f"{NAME}.kernels.one", f"{NAME}.kernels.two"}


def test_the_estimators_share_no_formula_with_what_they_check():
    for place, mine, names in sources(PACKAGE):
        if mine in ("monte_carlo", "estimates"):
            assert set(names) <= NEEDED_BY_THE_ESTIMATORS, place
