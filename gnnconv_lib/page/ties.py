"""Rules that tie parameters to each other, declared beside them and checked before anything runs.

A comment line in the cell tagged `parameters` states one:

    # needs: degree < nodes when family is "regular"
    # needs: nodes * degree % 2 is 0 when not graph_file

Before `when` stands what must hold, after it for which values. Both are expressions of Python in
the names of parameters, numbers and texts, with `is` for equality (papermill reads no line with a
second `=`), and with `min`, `max` and `round`.

Another names parameters that nothing uses for certain values of others; who sets them there is
refused, since a value is used as it was set:

    # unused: family, nodes, degree when graph_file
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from gnnconv_lib.page.declarations import InvalidParameter

__all__ = ["Tie", "Unused", "require_ties", "ties"]

_LINE = re.compile(
    r"^#\s*(?P<kind>needs|unused):\s*(?P<rule>.+?)(?:\s+when\s+(?P<condition>.+))?\s*$"
)
_FUNCTIONS: dict[str, Callable[..., Any]] = {"min": min, "max": max, "round": round}
_ALLOWED = (
    ast.Expression,
    ast.BoolOp,
    ast.And,
    ast.Or,
    ast.UnaryOp,
    ast.Not,
    ast.USub,
    ast.BinOp,
    ast.Add,
    ast.Sub,
    ast.Mult,
    ast.Div,
    ast.FloorDiv,
    ast.Mod,
    ast.Pow,
    ast.Compare,
    ast.Eq,
    ast.NotEq,
    ast.Lt,
    ast.LtE,
    ast.Gt,
    ast.GtE,
    ast.In,
    ast.NotIn,
    ast.Tuple,
    ast.Name,
    ast.Load,
    ast.Constant,
    ast.Call,
)


class Tie:
    """One rule: `rule` must hold where `condition` does; both as they are written."""

    def __init__(self, rule: str, condition: str = "") -> None:
        self.rule, self.condition = rule, condition
        self._rule, self._condition = _tree(rule), _tree(condition or "1")
        self.names = _names(self._rule) | _names(self._condition)

    def require(self, values: Mapping[str, Any], given: Collection[str] = ()) -> None:
        """See that the rule holds for `values`; which of them were `given` does not matter.

        Raises:
            InvalidParameter: one sentence with the values that break it.
        """
        if not _value(self._condition, values) or _value(self._rule, values):
            return
        got = ", ".join(f"{name} = {values[name]!r}" for name in _in_order(self.rule, self.names))
        where = f" when {self.condition}" if self.condition else ""
        raise InvalidParameter(f"{self.rule} must hold{where}, got {got}.")

    def __str__(self) -> str:
        condition = f" when {self.condition}" if self.condition else ""
        return f"needs {self.rule}{condition}"


class Unused:
    """Parameters that nothing uses where `condition` holds, so that nobody may set them there.

    >>> rule = ties("# unused: family, nodes when graph_file")[0]
    >>> rule.require({"family": "star", "nodes": 9, "graph_file": "g.txt"}, given=["nodes"])
    Traceback (most recent call last):
    ...
    gnnconv_lib.page.declarations.InvalidParameter: nodes must not be set when graph_file is set, \
since nothing uses it then, got nodes = 9, graph_file = 'g.txt'.
    """

    def __init__(self, listed: str, condition: str) -> None:
        self.listed = tuple(name.strip() for name in listed.split(","))
        for name in self.listed:
            if not name.isidentifier():
                raise InvalidParameter(f"a rule must name parameters, got {name!r}.")
        if not condition:
            raise InvalidParameter(f"a rule must say when {listed} is not used.")
        self.condition = condition
        self._condition = _tree(condition)
        self.names = {*self.listed, *_names(self._condition)}

    def holds(self, values: Mapping[str, Any]) -> bool:
        """Whether `values` are such that nothing uses these parameters."""
        return bool(_value(self._condition, values))

    def require(self, values: Mapping[str, Any], given: Collection[str] = ()) -> None:
        """See that none of the parameters is among the `given` ones where nothing uses them.

        Raises:
            InvalidParameter: one sentence with the parameter and the values it depends on.
        """
        name = next((name for name in self.listed if name in given), None)
        if name is None or not self.holds(values):
            return
        others = _in_order(self.condition, self.names)
        got = ", ".join(f"{key} = {values[key]!r}" for key in dict.fromkeys([name, *others]))
        where = re.sub(r"^(not )?(\w+)$", r"\2 is \1set", self.condition)
        raise InvalidParameter(
            f"{name} must not be set when {where}, since nothing uses it then, got {got}."
        )

    def __str__(self) -> str:
        return f"unused {', '.join(self.listed)} when {self.condition}"


def ties(source: str) -> list[Tie | Unused]:
    """The rules in the source of a `parameters` cell.

    Raises:
        InvalidParameter: for a rule that is no expression of the kind above.

    >>> rule = ties("# needs: degree < nodes when not graph_file")[0]
    >>> rule.rule, rule.condition
    ('degree < nodes', 'not graph_file')
    >>> rule.require({"degree": 3, "nodes": 2, "graph_file": ""})
    Traceback (most recent call last):
    ...
    gnnconv_lib.page.declarations.InvalidParameter: degree < nodes must hold when not graph_file, \
got degree = 3, nodes = 2.
    """
    found = (_LINE.match(line.strip()) for line in source.splitlines())
    kinds: dict[str, type[Tie] | type[Unused]] = {"needs": Tie, "unused": Unused}
    return [
        kinds[match["kind"]](match["rule"], match["condition"] or "") for match in found if match
    ]


def require_ties(
    source: str,
    values: Mapping[str, Any],
    given: Collection[str] = (),
    undecided: Collection[str] = (),
) -> None:
    """See that all rules in the source of a `parameters` cell hold for the values of all parameters.

    Args:
        source: the source of the cell.
        values: the values of all parameters by name.
        given: the parameters that somebody has set.
        undecided: parameters without a value yet; rules that name one of them are left out.

    Raises:
        InvalidParameter: for a rule with a name that is no parameter, and for one that is broken.
    """
    for tie in ties(source):
        unknown = sorted(tie.names - values.keys())
        if unknown:
            raise InvalidParameter(f"a rule must name parameters, got {unknown[0]!r}.")
        if not tie.names & set(undecided):
            tie.require(values, given)


def _tree(text: str) -> ast.Expression:
    """The expression, with `is` read as equality."""
    words = re.sub(r"\bis not\b", "!=", text)
    words = re.sub(r"\bis\b", "==", words)
    try:
        tree = ast.parse(words.strip(), mode="eval")
    except SyntaxError:
        raise InvalidParameter(f"a rule must be an expression, got {text!r}.") from None
    for node in ast.walk(tree):
        foreign = isinstance(node, ast.Call) and not (
            isinstance(node.func, ast.Name) and node.func.id in _FUNCTIONS
        )
        if foreign or not isinstance(node, _ALLOWED):
            raise InvalidParameter(f"a rule must be made of comparisons, got {text!r}.")
    return tree


def _names(tree: ast.AST) -> set[str]:
    found = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    return found - _FUNCTIONS.keys()


def _in_order(text: str, names: Iterable[str]) -> list[str]:
    """The names that stand in `text`, in its order."""
    known = set(names)
    return list(dict.fromkeys(word for word in re.findall(r"\w+", text) if word in known))


def _value(tree: ast.Expression, values: Mapping[str, Any]) -> Any:
    # Nothing but comparisons, arithmetic and three functions has passed `_tree`.
    known = {"__builtins__": {}, **_FUNCTIONS, **values}
    return eval(compile(tree, "<rule>", "eval"), known)
