"""Hypotheses as data: what a domain says of its cases, and whether the cases are all of that.

Each part of a domain says one thing in words. A range must be filled: every value lies in it, and
the cases reach both of its ends. So a restriction that is only in the cases (no graph with one node,
no r = 1) is refused, since the words would promise more than was looked at.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gnnconv_lib.validation import InvalidInput

__all__ = ["Part", "choice", "drawn", "fixed", "graph", "integer", "real", "where"]

Case = Mapping[str, Any]
_INTERVAL = re.compile(r"([\[(])\s*(.+?)\s*,\s*(.+?)\s*([\])])")
_NAMES = {
    "inf": math.inf,
    "pi": math.pi,
    "sqrt": np.sqrt,
    "exp": np.exp,
    "log": np.log,
    "min": min,
    "max": max,
    "abs": abs,
}


@dataclass(frozen=True)
class Part:
    """One hypothesis.

    Fields:
        words: what a page prints.
        column: the name of the values that it is about; empty where there is none.
        complaints: what is wrong with the cases, as sentences.
    """

    words: str
    column: str
    complaints: Callable[[Sequence[Case]], list[str]]


def integer(name: str, interval: str, words: str = "") -> Part:
    """Whole numbers in an interval such as "[1, inf)" or "[0, n - 1]", ends by other columns.

    An unbounded end must be approached: some value is at least 4.

    Args:
        name: the column.
        interval: the range; every case lies in it and its ends are among the cases.
        words: what the number is, put before the range.
    """
    return _range(name, interval, words, 4.0, whole=True)


def real(name: str, interval: str, words: str = "", reach: float = 10.0) -> Part:
    """Real numbers in an interval such as "(0, inf)" or "[-1, 1]".

    A closed end is among the cases; an open one is approached within a twentieth of the range, or to
    1 / reach where the range is unbounded; an unbounded end is approached up to `reach`.
    """
    return _range(name, interval, words, reach, whole=False)


def choice(name: str, *values: Any, words: str = "") -> Part:
    """One of a few values, all of which occur."""

    def complaints(cases: Sequence[Case]) -> list[str]:
        found = {_plain(case[name]) for case in cases}
        missing = [value for value in values if value not in found]
        extra = sorted(map(str, found - set(values)))
        return [f"{name} never is {value}." for value in missing] + [
            f"{name} is {value}, which the hypotheses do not name." for value in extra
        ]

    listed = " or ".join(str(value) for value in values)
    return Part(f"{words or name} {'is' if words else '='} {listed}", name, complaints)


def fixed(words: str) -> Part:
    """What is the same in all cases, in words: "one hidden unit (h = 1)", "population loss"."""
    return Part(words, "", lambda cases: [])


def drawn(name: str, words: str) -> Part:
    """Values of no simple range (matrices, vectors, samples), as `words` describe them."""
    return Part(words, name, lambda cases: [])


def where(words: str, condition: Callable[..., Any]) -> Part:
    """A condition on the cases, by the names of its parameters, that every case meets."""
    wanted = condition.__code__.co_varnames[: condition.__code__.co_argcount]

    def complaints(cases: Sequence[Case]) -> list[str]:
        bad = [case for case in cases if not np.all(condition(*(case[key] for key in wanted)))]
        return [f"{len(bad)} cases do not meet '{words}'."] if bad else []

    return Part(words, "", complaints)


def graph(
    name: str = "graph",
    among: str = "every graph",
    corners: Mapping[str, Callable[[Any], bool]] | None = None,
    member: Callable[[Any], bool] | None = None,
) -> Part:
    """Graphs of a class; its corners must be among the cases.

    Args:
        name: the column of graphs.
        among: a class that is known here ("every graph", "every regular graph", "every graph with
            two different degrees", "every connected graph", "every graph with an edge"), or the
            words for another one, which then needs `member` and `corners`.
        corners: kinds of graphs that must occur, by words.
        member: whether a graph belongs to the class.
    """
    if among in _CLASSES and member is None:
        inside, needed = _CLASSES[among]
        needed = {**needed, **(corners or {})}
    elif member is None or not corners:
        raise InvalidInput(f"among must be one of {', '.join(_CLASSES)}, or come with its corners.")
    else:
        inside, needed = member, dict(corners)

    def complaints(cases: Sequence[Case]) -> list[str]:
        distinct = list({id(case[name]): case[name] for case in cases}.values())
        outside = [g for g in distinct if not inside(g)]
        sentences = [f"{g.name} is not in '{among}'." for g in outside[:1]]
        return sentences + [
            f"the cases lack {words}, which '{among}' contains."
            for words, is_one in needed.items()
            if not any(is_one(g) for g in distinct)
        ]

    return Part(among, name, complaints)


def _one_node(g: Any) -> bool:
    return bool(g.nodes == 1)


def _complete(g: Any) -> bool:
    return bool(g.nodes > 1 and np.all(g.degrees == g.nodes - 1))


def _regular(g: Any) -> bool:
    return bool(np.ptp(g.degrees) == 0)


def _between(g: Any) -> bool:
    return bool(_regular(g) and 0 < g.degrees[0] < g.nodes - 1)


def _isolated(g: Any) -> bool:
    return bool(g.nodes > 1 and np.min(g.degrees) == 0)


def _connected(g: Any) -> bool:
    from scipy.sparse.csgraph import connected_components

    return bool(connected_components(g.adjacency)[0] == 1)


def _has_edge(g: Any) -> bool:
    return bool(np.max(g.degrees) > 0)


def _unequal(g: Any) -> bool:
    return not _regular(g)


_CLASSES: dict[str, tuple[Callable[[Any], bool], dict[str, Callable[[Any], bool]]]] = {
    "every graph": (
        lambda g: True,
        {
            "a single node": _one_node,
            "a complete graph": _complete,
            "a graph with an isolated node": _isolated,
            "a graph with two different degrees": _unequal,
            "a regular graph that is neither empty nor complete": _between,
        },
    ),
    "every regular graph": (
        _regular,
        {
            "a single node": _one_node,
            "a complete graph": _complete,
            "a graph that is neither empty nor complete": _between,
        },
    ),
    "every graph with two different degrees": (
        _unequal,
        {
            "a graph with an isolated node": _isolated,
            "a connected graph": _connected,
        },
    ),
    "every connected graph": (
        _connected,
        {
            "a single node": _one_node,
            "a complete graph": _complete,
            "a graph with two different degrees": _unequal,
            "a regular graph that is neither empty nor complete": _between,
        },
    ),
    "every graph with an edge": (
        _has_edge,
        {
            "a complete graph": _complete,
            "a graph with an isolated node": _isolated,
            "a graph with two different degrees": _unequal,
            "a regular graph that is neither empty nor complete": _between,
        },
    ),
}


def _range(name: str, interval: str, words: str, reach: float, whole: bool) -> Part:
    match = _INTERVAL.fullmatch(interval.strip())
    if match is None:
        raise InvalidInput(f"interval must be like '[0, inf)', got {interval!r}.")
    opening, low, high, closing = match.groups()

    def complaints(cases: Sequence[Case]) -> list[str]:
        # A column may hold several numbers per case; each of them counts.
        rows = [(case, value) for case in cases for value in np.ravel(case[name]).tolist()]
        values = np.array([value for _, value in rows], float)
        lows = np.array([_end(low, case) for case, _ in rows])
        highs = np.array([_end(high, case) for case, _ in rows])
        sentences = []
        if whole and np.any(values != np.round(values)):
            sentences.append(f"{name} is not a whole number in every case.")
        below = values < lows if opening == "[" else values <= lows
        above = values > highs if closing == "]" else values >= highs
        if np.any(below | above):
            outside = float(values[np.flatnonzero(below | above)[0]])
            sentences.append(f"{name} = {outside:g} is outside {interval}.")
        for end, ends, others, closed, sign in (
            (low, lows, highs, opening == "[", 1.0),
            (high, highs, lows, closing == "]", -1.0),
        ):
            if not _reached(values, ends, others, closed, sign, reach):
                sentences.append(f"{name} never comes to the end {end} of {interval}.")
        return sentences

    return Part(_range_words(words or name, opening, low, high, closing), name, complaints)


def _reached(
    values: np.ndarray,
    ends: np.ndarray,
    others: np.ndarray,
    closed: bool,
    sign: float,
    reach: float,
) -> bool:
    infinite = np.isinf(ends)
    far = infinite & (-sign * values >= reach)
    distance = np.where(infinite, np.inf, sign * (values - np.where(infinite, 0.0, ends)))
    if closed:
        near = np.abs(distance) <= 1e-12 * np.maximum(1.0, np.abs(np.where(infinite, 0, ends)))
    else:
        width = np.abs(others - np.where(infinite, 0.0, ends))
        near = distance <= np.where(np.isinf(width), 1.0 / reach, width / 20)
    return bool(np.any(far | (near & ~infinite)))


def _end(text: str, case: Case) -> float:
    # Written by the authors of the claims, never by a user.
    return float(eval(text, {"__builtins__": {}}, {**_NAMES, **case}))


def _range_words(name: str, opening: str, low: str, high: str, closing: str) -> str:
    low, high = (re.sub(r"\*?\bpi\b", "π", end).replace("**2", "²") for end in (low, high))
    left = "" if low == "-inf" else f"{low} {'≤' if opening == '[' else '<'} "
    right = "" if high == "inf" else f" {'≤' if closing == ']' else '<'} {high}"
    if not left and not right:
        return f"{name} any number"
    if not left or right:
        return f"{left}{name}{right}"
    return f"{name} {'≥' if opening == '[' else '>'} {low}"


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value
