"""Which parameters a chapter uses at given values: the cell that checks them runs, later ones are read."""

from __future__ import annotations

import ast
import symtable
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from gnnconv_lib.chapters import notebooks
from gnnconv_lib.page import parameters

__all__ = ["cells_of", "run_the_check", "unused"]


class Watched(dict[str, Any]):
    """The variables of a notebook, with what is read and what is bound anew after the check."""

    def __init__(self) -> None:
        super().__init__()
        self.forget()

    def forget(self) -> None:
        self.read: set[str] = set()
        self.bound: set[str] = set()

    def __getitem__(self, name: str) -> Any:
        if name not in self.bound:
            self.read.add(name)
        return super().__getitem__(name)

    def __setitem__(self, name: str, value: Any) -> None:
        self.bound.add(name)
        super().__setitem__(name, value)


def cells_of(path: Path) -> tuple[list[str], str, str, list[str]]:
    """The code of a chapter: before its parameters, their declaration, the check, the rest."""
    cells = [cell for cell in notebooks.read(path).cells if cell.cell_type == "code"]
    place = next(k for k, cell in enumerate(cells) if "parameters" in cell.metadata.get("tags", []))
    sources = [str(cell.source) for cell in cells]
    return sources[:place], sources[place], sources[place + 1], sources[place + 2 :]


def run_the_check(path: Path, values: dict[str, Any]) -> Watched:
    """The variables of a chapter after the cell that checks its parameters."""
    before, declaration, check, _ = cells_of(path)
    names = Watched()
    for source in [*before, declaration]:
        exec(compile(source, str(path), "exec"), names)
    known = {entry.name for entry in parameters.parse(declaration)}
    for name in known & values.keys():
        names[name] = values[name]
    names["In"] = ["", declaration, check]
    original = parameters.check

    def check_and_forget(namespace: Watched) -> parameters.rules:
        found = original(namespace)
        namespace.forget()
        return found

    parameters.check = check_and_forget
    try:
        exec(compile(check, str(path), "exec"), names)
    finally:
        parameters.check = original
    return names


def unused(path: Path, values: dict[str, Any]) -> set[str]:
    """The parameters that nothing reads at these values, neither the check nor a later cell.

    Later cells are read, not run: both branches of a choice that one of them makes count.

    Args:
        path: the chapter.
        values: the parameters that are set; they must pass the check.
    """
    _, declaration, check, rest = cells_of(path)
    names = run_the_check(path, values)
    known = {entry.name for entry in parameters.parse(declaration)}
    inside = read_in_functions(check, read_later(rest, known & names.bound))
    return known - names.read - read_later(rest, names.bound) - inside


def read_in_functions(check: str, later: set[str]) -> set[str]:
    """What the functions of the check's cell read that later cells name, alone or in a dictionary."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(check)):
        if isinstance(node, ast.FunctionDef):
            names = {node.name}
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict | ast.Lambda):
            names = {target.id for target in node.targets if isinstance(target, ast.Name)}
        else:
            continue
        if names & later:
            inner = [part for part in ast.walk(node) if isinstance(part, ast.Lambda)]
            inner += [node] if isinstance(node, ast.FunctionDef) else []
            found |= {n.id for part in inner for n in ast.walk(part) if isinstance(n, ast.Name)}
    return found


def read_later(cells: Iterable[str], bound: Iterable[str]) -> set[str]:
    """The global names that the cells read before one of them binds them anew."""
    gone, found = set(bound), set()
    for source in cells:
        read, assigned = _globals_of(source)
        found |= read - gone
        gone |= assigned
    return found


def _globals_of(source: str) -> tuple[set[str], set[str]]:
    """The global names that a cell reads at its start's values, and those that it binds."""
    table = symtable.symtable(source, "cell", "exec")
    assigned = {symbol.get_name() for symbol in table.get_symbols() if symbol.is_assigned()}
    early = set(_read_before_assigned(ast.parse(source)))
    read = {
        symbol.get_name()
        for inner in _tables(table)
        for symbol in inner.get_symbols()
        if symbol.is_referenced() and (inner is table or symbol.is_global())
    }
    return {name for name in read if name not in assigned or name in early}, assigned


def _read_before_assigned(tree: ast.Module) -> Iterator[str]:
    stored: set[str] = set()
    for statement in tree.body:
        nodes = [node for node in ast.walk(statement) if isinstance(node, ast.Name)]
        targets = {node.id for node in nodes if isinstance(node.ctx, ast.Store)}
        plain = isinstance(statement, ast.Assign | ast.AugAssign | ast.Expr)
        for node in nodes:
            early = node.id not in stored and (plain or node.id not in targets)
            if isinstance(node.ctx, ast.Load) and early:
                yield node.id
        stored |= targets


def _tables(table: symtable.SymbolTable) -> Iterator[symtable.SymbolTable]:
    yield table
    for inner in table.get_children():
        yield from _tables(inner)
