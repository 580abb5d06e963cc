"""The check of a chapter's parameters: the cell after their declaration.

A chapter has one cell tagged `parameters` (see `declarations` for its form). The next cell enforces
that declaration, and what ties several parameters together:

    with parameters.check(globals()):
        graph = gc.graphs.random_regular(nodes, degree, seed=0)

The module is imported before the parameters cell, so that it sees that cell run.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import MutableMapping
from typing import Any

from gnnconv_lib.page import notices
from gnnconv_lib.page.banner import show_banner
from gnnconv_lib.page.declarations import (
    InvalidParameter,
    Parameter,
    from_text,
    parse,
    require,
)
from gnnconv_lib.page.ties import require_ties
from gnnconv_lib.validation import InvalidInput

__all__ = ["InvalidParameter", "Parameter", "check", "from_text", "parse", "require", "rules"]

_CELLS: list[str] = []


def check(namespace: MutableMapping[str, Any], source: str | None = None) -> rules:
    """Check the parameters in `namespace` against their declaration; call it with `globals()`.

    Integers given for a `float` become floats. Names that papermill injected but that the chapter
    does not declare are refused, with the nearest declared name; so are values that break a rule of
    the declaration (see `ties`). Where a value is not the declared one, a banner says so.

    Args:
        namespace: the variables of the notebook.
        source: the declaration; by default the source of the `parameters` cell as it was executed.

    Returns:
        A context manager (see `rules`) for checks that tie several parameters together.

    Raises:
        InvalidParameter: one sentence.
    """
    history = [str(entry) for entry in namespace.get("In", [])]
    if not any(history):
        # nbval asks the kernel to keep no history.
        history = list(_CELLS)
    if source is None:
        source, later = _executed_declaration(history)
    else:
        later = []
    declared = {parameter.name: parameter for parameter in parse(source)}
    given = [name for cell in later for name in _assigned_names(cell)]
    for name in given:
        require(declared, name)
    for name, parameter in declared.items():
        namespace[name] = parameter.accept(namespace.get(name))
    values = {name: namespace[name] for name in declared}
    differ = [name for name, entry in declared.items() if values[name] != entry.default]
    require_ties(source, values, {*given, *differ})
    show_banner(declared.values(), values)
    return rules()


class rules:
    """Turn an `InvalidInput` inside the block into an `InvalidParameter`: a sentence, no traceback.

    >>> from gnnconv_lib.validation import require_integer
    >>> with rules():
    ...     require_integer("n", -1, minimum=0)
    Traceback (most recent call last):
    ...
    gnnconv_lib.page.declarations.InvalidParameter: n must be an integer of at least 0, got -1.
    """

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        if isinstance(error, InvalidInput) and not isinstance(error, InvalidParameter):
            raise InvalidParameter(str(error)) from None

    def _ipython_display_(self) -> None:
        """Show nothing when `check(...)` is the last line of a cell."""


def _executed_declaration(history: list[str]) -> tuple[str, list[str]]:
    """The latest executed cell of nothing but declarations, and the cells between it and now."""
    for place in range(len(history) - 2, -1, -1):
        try:
            declared = parse(history[place])
        except InvalidParameter:
            continue
        if declared:
            between = history[place + 1 : -1]
            return history[place], [cell for cell in between if cell.startswith("# Parameters")]
    raise InvalidParameter("the parameters cell must be executed before the cell that checks it.")


def _watch_cells() -> None:
    """Keep the source of every cell that runs from now on, if this is a notebook; and keep it clean."""
    shell = getattr(builtins, "get_ipython", lambda: None)()
    if shell is not None:
        notices.keep_out()
        shell.events.register("pre_run_cell", lambda info: _CELLS.append(info.raw_cell))


def _assigned_names(cell: str) -> list[str]:
    return [
        target.id
        for statement in ast.parse(cell).body
        if isinstance(statement, ast.Assign)
        for target in statement.targets
        if isinstance(target, ast.Name)
    ]


_watch_cells()
